//! Domains.

use chrono::FixedOffset;
use odx_live::models::{OdxProbe, OdxProbeSelection, OdxProbeTag};
use odx_runtime::domain::{Operation, Unit, now, today};
use odx_runtime::model::{DateTime, NaiveDate, RecordRef, Utc};
use odx_runtime::{Id, all, none};

use crate::domain_rows;
use crate::row::{DomainRow, Section};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

fn moment() -> DateTime<Utc> {
    day(2024, 2, 29)
        .and_hms_opt(23, 30, 0)
        .expect("a time")
        .and_utc()
}

fn brussels() -> FixedOffset {
    FixedOffset::east_opt(3_600).expect("an hour")
}

/// The domains.
pub fn sections() -> Vec<Section<DomainRow>> {
    vec![
        domain_rows! { "Comparison", "Of char, text, html, integer, float, monetary, date, datetime, selection, reference, many2one_reference and `id`; a boolean, many2one, one2many or many2many has no order, so no `<`. `None` is unset.";
            "equal" |p, w| { p.char.eq("beech") }
                domain { char == "beech" }
                sends { 14 => r#"[["char","=","beech"]]"# }
                finds [beech];
            "equal, a number" |p, w| { p.integer.eq(5) }
                domain { integer == 5 }
                sends { 14 => r#"[["integer","=",5]]"# }
                finds [oak];
            "equal, a boolean" |p, w| { p.boolean.eq(true) }
                domain { boolean }
                sends { 14 => r#"[["boolean","=",true]]"# }
                finds [oak];
            "equal, a date" |p, w| { p.date.eq(day(2024, 2, 29)) }
                domain { date == "2024-02-29" }
                sends { 14 => r#"[["date","=","2024-02-29"]]"# }
                finds [oak];
            "equal, a datetime" |p, w| { p.datetime.eq(moment()) }
                domain { datetime == "2024-02-29 23:30:00" }
                sends { 14 => r#"[["datetime","=","2024-02-29 23:30:00"]]"# }
                finds [oak];
            "equal, a selection" |p, w| { p.selection.eq(OdxProbeSelection::ToInvoice) }
                domain { selection == "to invoice" }
                sends { 14 => r#"[["selection","=","to invoice"]]"# }
                finds [beech];
            "equal, a many2one" |p, w| { p.tag_id.eq(w.red) }
                domain { tag_id == w.red }
                sends { 14 => r#"[["tag_id","=",1]]"# }
                finds [oak];
            "among the many" |p, w| { p.tag_ids.eq(w.red) }
                domain { tag_ids == w.red }
                sends { 14 => r#"[["tag_ids","=",1]]"# }
                finds [oak];
            "equal, a reference" |p, w| { p.reference.eq(RecordRef::to(w.red)) }
                domain { reference == RecordRef::to(w.red) }
                sends { 14 => r#"[["reference","=","odx.probe.tag,1"]]"# }
                finds [oak];
            "equal, a many2one_reference" |p, w| { p.res_id.eq(w.red) }
                domain { res_id == w.red }
                sends { 14 => r#"[["res_id","=",1]]"# }
                finds [oak];
            "equal, `id`" |p, w| { p.id.eq(w.oak) }
                domain { id == w.oak }
                sends { 14 => r#"[["id","=",1]]"# }
                finds [oak];
            "not equal; unset is among them" |p, w| { p.char.ne("beech") }
                domain { char != "beech" }
                sends { 14 => r#"[["char","!=","beech"]]"# }
                finds [oak, bare];
            "not equal, a translated text" |p, w| { p.char_translated.ne("Oak") }
                domain { char_translated != "Oak" }
                sends { 16 => r#"[["char_translated","!=","Oak"]]"#, 14 => r#"["|",["char_translated","!=","Oak"],["char_translated","=",false]]"# }
                finds [beech, bare];
            "not equal, a company-dependent text" |p, w| { p.company_char.ne("first") }
                domain { company_char != "first" }
                sends { 15 => r#"[["company_char","!=","first"]]"# }
                finds [beech, bare];
            "not equal, a company-dependent many2one" |p, w| { p.company_tag_id.ne(w.red) }
                domain { company_tag_id != w.red }
                sends { 15 => r#"[["company_tag_id","!=",1]]"# }
                finds [beech, bare];
            "less" |p, w| { p.integer_required.lt(2) }
                domain { integer_required < 2 }
                sends {
                    19 => r#"[["integer_required","<",2]]"#,
                    14 => r#"["|",["integer_required","<",2],["integer_required","=",false]]"#,
                }
                finds [oak];
            "less or equal" |p, w| { p.integer_required.le(2) }
                domain { integer_required <= 2 }
                sends {
                    19 => r#"[["integer_required","<=",2]]"#,
                    14 => r#"["|",["integer_required","<=",2],["integer_required","=",false]]"#,
                }
                finds [oak, beech];
            "greater" |p, w| { p.monetary.gt(5.5) }
                domain { monetary > 5.5 }
                sends { 14 => r#"[["monetary",">",5.5]]"# }
                finds [oak];
            "greater or equal" |p, w| { p.date.ge(day(2024, 3, 1)) }
                domain { date >= "2024-03-01" }
                sends { 14 => r#"[["date",">=","2024-03-01"]]"# }
                finds [beech];
            "between, ends included" |p, w| { p.integer_required.between(2, 3) }
                domain {}
                sends {
                    19 => r#"[["integer_required",">=",2],["integer_required","<=",3]]"#,
                    14 => r#"[["integer_required",">=",2],"|",["integer_required","<=",3],["integer_required","=",false]]"#,
                }
                finds [beech, bare];
            "equal, or no condition where the value is `None`" |p, w| { p.char.eq_if_set(None::<&str>) }
                domain { char =? None }
                sends { 14 => "[]" }
                finds [oak, beech, bare];
            "the same with a value" |p, w| { p.char.eq_if_set(Some("beech")) }
                domain { char =? "beech" }
                sends { 14 => r#"[["char","=","beech"]]"# }
                finds [beech];
            "the same of a translated text" |p, w| { p.char_translated.eq_if_set(Some("Oak")) }
                domain { char_translated =? "Oak" }
                sends { 14 => r#"[["char_translated","=","Oak"]]"# }
                finds [oak];
        },
        domain_rows! { "Lists", "Any iterator. One of none is no record; none of none is every record.";
            "one of these" |p, w| { p.char.is_in(["beech", "x"]) }
                domain { char in ["beech", "x"] }
                sends { 14 => r#"[["char","in",["beech","x"]]]"# }
                finds [beech];
            "one of these records" |p, w| { p.tag_id.is_in([w.red, w.blue]) }
                domain { tag_id in [w.red, w.blue] }
                sends { 14 => r#"[["tag_id","in",[1,2]]]"# }
                finds [oak, beech];
            "one of these, or unset" |p, w| { p.tag_id.is_in([Some(w.red), None]) }
                domain { tag_id in [w.red, None] }
                sends {
                    19 => r#"[["tag_id","in",[1,false]]]"#,
                    14 => r#"["|",["tag_id","in",[1]],["tag_id","=",false]]"#,
                }
                finds [oak, bare];
            "none of these; unset is among them" |p, w| { p.selection.not_in([OdxProbeSelection::Draft]) }
                domain { selection not in ["draft"] }
                sends { 14 => r#"[["selection","not in",["draft"]]]"# }
                finds [beech, bare];
            "none of these records" |p, w| { p.tag_ids.not_in([w.red]) }
                domain { tag_ids not in [w.red] }
                sends { 14 => r#"[["tag_ids","not in",[1]]]"# }
                finds [beech, bare];
            "one of these translated texts, or unset" |p, w| { p.char_translated.is_in([Some("Oak"), None]) }
                domain { char_translated in ["Oak", None] }
                sends {
                    19 => r#"[["char_translated","in",["Oak",false]]]"#,
                    18 => r#"["|",["char_translated","in",["Oak"]],["char_translated","=",false]]"#,
                    14 => r#"["|","|",["char_translated","in",["Oak"]],["char_translated","=",false],["char_translated","=",""]]"#,
                }
                finds [oak, bare];
            "none of these translated texts; unset is among them" |p, w| { p.char_translated.not_in(["Oak", "Elm"]) }
                domain { char_translated not in ["Oak", "Elm"] }
                sends { 16 => r#"[["char_translated","not in",["Oak","Elm"]]]"#, 14 => r#"["|","&",["char_translated","!=","Oak"],["char_translated","!=","Elm"],["char_translated","=",false]]"# }
                finds [beech, bare];
            "one of none" |p, w| { p.integer.is_in(Vec::<i64>::new()) }
                domain { integer in [] }
                sends { 14 => r#"[["integer","in",[]]]"# }
                finds [];
        },
        domain_rows! { "Patterns", "Of char, text, html, selection, reference and properties; of a relation, the name of its records. `%` stands for any text, `_` for any character, `\\` before them for themselves. All but `=like` and its kin look for the text anywhere.";
            "holds the text" |p, w| { p.char.like("ee") }
                domain { char like "ee" }
                sends { 14 => r#"[["char","like","ee"]]"# }
                finds [beech];
            "does not hold it; unset is among them" |p, w| { p.char.not_like("ee") }
                domain { char not like "ee" }
                sends { 14 => r#"[["char","not like","ee"]]"# }
                finds [oak, bare];
            "holds it in upper or lower case" |p, w| { p.char.ilike("OAK") }
                domain { char ilike "OAK" }
                sends { 14 => r#"[["char","ilike","OAK"]]"# }
                finds [oak];
            "does not hold it in upper or lower case" |p, w| { p.char.not_ilike("OAK") }
                domain { char not ilike "OAK" }
                sends { 14 => r#"[["char","not ilike","OAK"]]"# }
                finds [beech, bare];
            "a translated text does not hold it; unset is among them" |p, w| { p.char_translated.not_ilike("OAK") }
                domain { char_translated not ilike "OAK" }
                sends { 16 => r#"[["char_translated","not ilike","OAK"]]"#, 14 => r#"["|",["char_translated","not ilike","OAK"],["char_translated","=",false]]"# }
                finds [beech, bare];
            "is like the pattern" |p, w| { p.char.eq_like("Oak%") }
                domain { char =like "Oak%" }
                sends { 14 => r#"[["char","=like","Oak%"]]"# }
                finds [oak];
            "is like it in upper or lower case" |p, w| { p.char.eq_ilike("oak %") }
                domain { char =ilike "oak %" }
                sends { 14 => r#"[["char","=ilike","oak %"]]"# }
                finds [oak];
            "is not like it; unset is among them" |p, w| { p.char.not_eq_like("Oak%") }
                domain { char not =like "Oak%" }
                sends { 19 => r#"[["char","not =like","Oak%"]]"#, 14 => r#"["|","!",["char","=like","Oak%"],["char","=",false]]"# }
                finds [beech, bare];
            "is not like it in upper or lower case" |p, w| { p.char.not_eq_ilike("oak%") }
                domain { char not =ilike "oak%" }
                sends { 19 => r#"[["char","not =ilike","oak%"]]"#, 14 => r#"["|","!",["char","=ilike","oak%"],["char","=",false]]"# }
                finds [beech, bare];
            "HTML is like the pattern" |p, w| { p.html.eq_like("<p>%") }
                domain { html =like "<p>%" }
                sends { 18 => r#"[["html","=like","<p>%"]]"# }
                finds [oak];
            "a sign itself" |p, w| { p.char.like(r"50\%") }
                domain { char like r"50\%" }
                sends { 14 => r#"[["char","like","50\\%"]]"# }
                finds [oak];
            "the name of a many2one" |p, w| { p.tag_id.ilike("re") }
                domain { tag_id ilike "re" }
                sends { 14 => r#"[["tag_id","ilike","re"]]"# }
                finds [oak];
            "the name of one of the many" |p, w| { p.tag_ids.like("Blu") }
                domain { tag_ids like "Blu" }
                sends { 14 => r#"[["tag_ids","like","Blu"]]"# }
                finds [oak, beech];
        },
        domain_rows! { "Set and unset", "Of every field; json fields exist from Odoo 16 on. In Odoo 19 a number that was never set counts as 0, and where texts are compared, an unset one as `\"\"`; in Odoo 14 to 18 it is equal to no value, and neither less nor greater.";
            "has a value" |p, w| { p.date.is_set() }
                domain { date is set }
                sends { 14 => r#"[["date","!=",false]]"# }
                finds [oak, beech];
            "has no value" |p, w| { p.text.is_unset() }
                domain { text is not set }
                sends {
                    18 => r#"[["text","=",false]]"#,
                    14 => r#"["|",["text","=",false],["text","=",""]]"#,
                }
                finds [beech, bare];
            "has no value, in other words" |p, w| { p.tag_id.eq(None::<Id<OdxProbeTag>>) }
                domain { tag_id == None }
                sends { 14 => r#"[["tag_id","=",false]]"# }
                finds [bare];
            "has no value of the company's own" |p, w| { p.company_char.is_unset() }
                domain { company_char is not set }
                sends {
                    18 => r#"[["company_char","=",false]]"#,
                    15 => r#"["|",["company_char","=",false],["company_char","=",""]]"#,
                }
                finds [beech, bare];
            "has a value of the company's own" |p, w| { p.company_char.is_set() }
                domain { company_char is set }
                sends {
                    18 => r#"[["company_char","!=",false]]"#,
                    14 => r#"[["company_char","!=",""]]"#,
                }
                finds [oak];
            "has none of the many" |p, w| { p.line_ids.is_unset() }
                domain { line_ids is not set }
                sends { 14 => r#"[["line_ids","=",false]]"# }
                finds [bare];
            "has a file" |p, w| { p.binary.is_set() }
                domain { binary is set }
                sends { 14 => r#"[["binary","!=",false]]"# }
                finds [oak];
            "has a JSON value" |p, w| { p.json.is_set() }
                domain { json is set }
                sends { 16 => r#"[["json","!=",false]]"# }
                finds [oak];
        },
        domain_rows! { "Hops", "Over many2one, one2many and many2many, any number of them. A record with nothing behind the relation does not match, whatever the condition. Odoo 14 to 18 turn around the operator of a condition after `!`, which behind a relation is not the opposite, so odx sends `not any` there. In Odoo 14 and 15, `ne`, `not_in` and `not_like` of a one2many find nothing where one of the far records that match belongs to no record.";
            "a field behind a relation" |p, w| { p.tag_id.hop(|t| t.name).eq("Red") }
                domain { tag_id.name == "Red" }
                sends { 14 => r#"[["tag_id.name","=","Red"]]"# }
                finds [oak];
            "the same by the handle" |p, w| { p.tag_id.then(OdxProbeTag::F.name).eq("Red") }
                domain { tag_id.name == "Red" }
                sends { 14 => r#"[["tag_id.name","=","Red"]]"# }
                finds [oak];
            "of one of the many" |p, w| { p.line_ids.hop(|l| l.quantity).gt(5.0) }
                domain { line_ids.quantity > 5.0 }
                sends { 14 => r#"[["line_ids.quantity",">",5.0]]"# }
                finds [beech];
            "two hops" |p, w| { p.parent_id.hop(|q| q.tag_id.hop(|t| t.name)).ilike("red") }
                domain { parent_id.tag_id.name ilike "red" }
                sends { 14 => r#"[["parent_id.tag_id.name","ilike","red"]]"# }
                finds [beech];
            "one of the many, or none there" |p, w| { p.child_ids.is_in([Some(w.bare), None]) }
                domain { child_ids in [w.bare, None] }
                sends {
                    19 => r#"[["child_ids","in",[3,false]]]"#,
                    14 => r#"["|",["child_ids","in",[3]],["child_ids","=",false]]"#,
                }
                finds [beech, bare];
            "one of many tags, or none there" |p, w| { p.tag_ids.is_in([Some(w.red), None]) }
                domain { tag_ids in [w.red, None] }
                sends {
                    19 => r#"[["tag_ids","in",[1,false]]]"#,
                    14 => r#"["|",["tag_ids","in",[1]],["tag_ids","=",false]]"#,
                }
                finds [oak, bare];
            "a translated text of one of the many" |p, w| { p.child_ids.hop(|q| q.char_translated).not_in(["Oak", "Elm"]) }
                domain { child_ids.char_translated not in ["Oak", "Elm"] }
                sends { 16 => r#"[["child_ids.char_translated","not in",["Oak","Elm"]]]"# }
                finds [oak, beech];
            "unset behind a relation" |p, w| { p.parent_id.hop(|q| q.parent_id).is_unset() }
                domain { parent_id.parent_id is not set }
                sends { 14 => r#"[["parent_id.parent_id","=",false]]"# }
                finds [beech];
            "not, behind a many2one" |p, w| { !p.tag_id.hop(|t| t.name).eq("Red") }
                domain { !(tag_id.name == "Red") }
                sends { 19 => r#"["!",["tag_id.name","=","Red"]]"#, 17 => r#"[["tag_id","not any",[["name","=","Red"]]]]"#, 14 => r#"["|",["tag_id","=",false],["tag_id.name","!=","Red"]]"# }
                finds [beech, bare];
            "not, behind many" |p, w| { !p.line_ids.hop(|l| l.name).eq("first") }
                domain { !(line_ids.name == "first") }
                sends { 19 => r#"["!",["line_ids.name","=","first"]]"#, 17 => r#"[["line_ids","not any",[["name","=","first"]]]]"# }
                finds [beech, bare];
        },
        domain_rows! { "Related records", "A domain over the related records, by a closure over their fields or a domain made elsewhere. Of many records it must hold for one and the same. Before Odoo 17 it is said by paths, where that says the same, and refused elsewhere.";
            "one matches" |p, w| { p.tag_id.any(|t| t.name.eq("Red")) }
                domain { tag_id any (name == "Red") }
                sends { 17 => r#"[["tag_id","any",[["name","=","Red"]]]]"#, 14 => r#"[["tag_id.name","=","Red"]]"# }
                finds [oak];
            "one of the many matches" |p, w| { p.line_ids.any(|l| l.name.like("s") | l.quantity.gt(5.0)) }
                domain { line_ids any (name like "s" || quantity > 5.0) }
                sends { 17 => r#"[["line_ids","any",["|",["name","like","s"],["quantity",">",5.0]]]]"#, 14 => r#"["|",["line_ids.name","like","s"],["line_ids.quantity",">",5.0]]"# }
                finds [oak, beech];
            "one and the same matches both" |p, w| { p.line_ids.any(|l| l.name.eq("first") & l.quantity.gt(2.0)) }
                domain { line_ids any (name == "first" && quantity > 2.0) }
                sends { 17 => r#"[["line_ids","any",[["name","=","first"],["quantity",">",2.0]]]]"# }
                finds [];
            "none matches" |p, w| { p.tag_id.not_any(|t| t.name.eq("Red")) }
                domain { tag_id not any (name == "Red") }
                sends { 17 => r#"[["tag_id","not any",[["name","=","Red"]]]]"#, 14 => r#"["|",["tag_id","=",false],["tag_id.name","!=","Red"]]"# }
                finds [beech, bare];
            "none of the many matches" |p, w| { p.line_ids.not_any(|l| l.quantity.gt(2.0)) }
                domain { line_ids not any (quantity > 2.0) }
                sends { 17 => r#"[["line_ids","not any",[["quantity",">",2.0]]]]"# }
                finds [bare];
            "in each other" |p, w| { p.parent_id.any(|q| q.line_ids.any(|l| l.quantity.gt(2.0))) }
                domain { parent_id any (line_ids any (quantity > 2.0)) }
                sends { 17 => r#"[["parent_id","any",[["line_ids","any",[["quantity",">",2.0]]]]]]"#, 14 => r#"[["parent_id.line_ids.quantity",">",2.0]]"# }
                finds [beech, bare];
        },
        domain_rows! { "Hierarchies", "Of `id` and of relations, of and to models with a parent field; Odoo refuses it elsewhere, which its schema does not tell. In a relation of a model to itself, that field makes the hierarchy. Odoo 14 never comes to the end of a hierarchy that is a circle, as that of a partner's `commercial_partner_id` is: there it has to be a field that makes none, such as `parent_id`. Before Odoo 17 a hierarchy of the model itself ends at an archived record, unless archived ones are asked for (`.with_archived()`) or Odoo keeps the hierarchy in a field `parent_path`.";
            "these records and those below" |p, w| { p.id.child_of([w.beech]) }
                domain { id child_of w.beech }
                sends { 14 => r#"[["id","child_of",[2]]]"# }
                finds [beech, bare];
            "these records and those above" |p, w| { p.id.parent_of([w.beech]) }
                domain { id parent_of w.beech }
                sends { 14 => r#"[["id","parent_of",[2]]]"# }
                finds [oak, beech];
            "related to one below" |p, w| { p.parent_id.child_of([w.oak]) }
                domain { parent_id child_of w.oak }
                sends { 14 => r#"[["parent_id","child_of",[1]]]"# }
                finds [oak, beech, bare];
            "related to one above" |p, w| { p.parent_id.parent_of([w.beech]) }
                domain { parent_id parent_of w.beech }
                sends { 14 => r#"[["parent_id","parent_of",[2]]]"# }
                finds [oak, beech];
            "below one of several" |p, w| { p.id.child_of([w.oak, w.beech]) }
                domain { id child_of [w.oak, w.beech] }
                sends { 14 => r#"[["id","child_of",[1,2]]]"# }
                finds [oak, beech, bare];
        },
        domain_rows! { "Access", "Of `id` and of many2one. Odoo tells of it from 19.3 on; no server of these was seen. The operations are those of `odx_runtime::domain::Operation`.";
            "the user may read it" |p, w| { p.id.access(Operation::Read) }
                domain { id access "read" }
                sends { 20 => r#"[["id","access","read"]]"# }
                finds [oak, beech, bare];
            "the user may change the record it leads to" |p, w| { p.parent_id.access(Operation::Write) }
                domain { parent_id access "write" }
                sends { 20 => r#"[["parent_id","access","write"]]"# }
                finds [beech, bare];
            "the user may not delete it" |p, w| { !p.id.access(Operation::Unlink) }
                domain { !(id access "unlink") }
                sends { 20 => r#"["!",["id","access","unlink"]]"# }
                finds [];
        },
        domain_rows! { "Parts of dates", "Of date and datetime. They have the operators of numbers. The year of a date is sent to older versions as a span of days.";
            "the year" |p, w| { p.date.year_number().eq(2024) }
                domain { date.year_number == 2024 }
                sends { 18 => r#"[["date.year_number","=",2024]]"#, 14 => r#"[["date",">=","2024-01-01"],["date","<=","2024-12-31"]]"# }
                finds [oak, beech];
            "the quarter" |p, w| { p.date.quarter_number().eq(1) }
                domain { date.quarter_number == 1 }
                sends { 18 => r#"[["date.quarter_number","=",1]]"# }
                finds [oak, beech];
            "the month" |p, w| { p.date.month_number().eq(3) }
                domain { date.month_number == 3 }
                sends { 18 => r#"[["date.month_number","=",3]]"# }
                finds [beech];
            "the ISO week" |p, w| { p.date.iso_week_number().eq(9) }
                domain { date.iso_week_number == 9 }
                sends { 18 => r#"[["date.iso_week_number","=",9]]"# }
                finds [oak];
            "the day of the year" |p, w| { p.date.day_of_year().eq(60) }
                domain { date.day_of_year == 60 }
                sends { 18 => r#"[["date.day_of_year","=",60]]"# }
                finds [oak];
            "the day of the month" |p, w| { p.date.day_of_month().eq(29) }
                domain { date.day_of_month == 29 }
                sends { 18 => r#"[["date.day_of_month","=",29]]"# }
                finds [oak];
            "the day of the week, 0 for Sunday" |p, w| { p.date.day_of_week().eq(0) }
                domain { date.day_of_week == 0 }
                sends { 18 => r#"[["date.day_of_week","=",0]]"# }
                finds [beech];
            "the hour" |p, w| { p.datetime.hour_number().eq(8) }
                domain { datetime.hour_number == 8 }
                sends { 18 => r#"[["datetime.hour_number","=",8]]"# }
                finds [beech];
            "the minute" |p, w| { p.datetime.minute_number().eq(30) }
                domain { datetime.minute_number == 30 }
                sends { 18 => r#"[["datetime.minute_number","=",30]]"# }
                finds [oak];
            "the second" |p, w| { p.datetime.second_number().eq(0) }
                domain { datetime.second_number == 0 }
                sends { 18 => r#"[["datetime.second_number","=",0]]"# }
                finds [oak, beech];
            "a list of them" |p, w| { p.date.month_number().is_in([3, 4]) }
                domain { date.month_number in [3, 4] }
                sends {
                    19 => r#"[["date.month_number","in",[3,4]]]"#,
                    18 => r#"["|",["date.month_number","=",3],["date.month_number","=",4]]"#,
                }
                finds [beech];
            "of a datetime, in the timezone of the context" |p, w| { p.datetime.year_number().ge(2024) }
                domain { datetime.year_number >= 2024 }
                sends { 18 => r#"[["datetime.year_number",">=",2024]]"# }
                finds [oak, beech];
        },
        domain_rows! { "Dates", "A datetime is sent in UTC, whatever its zone. A day in place of a datetime is the day in the timezone of the context, or of the user where it names none; Odoo 14 to 18 take the day in UTC. Relative dates are worked out by Odoo when it searches.";
            "a datetime of any zone" |p, w| { p.datetime.eq(moment().with_timezone(&brussels())) }
                domain {}
                sends { 14 => r#"[["datetime","=","2024-02-29 23:30:00"]]"# }
                finds [oak];
            "a datetime before the end of a day" |p, w| { p.datetime.le(day(2024, 2, 29)) }
                domain { datetime <= "2024-02-29" }
                sends { 14 => r#"[["datetime","<=","2024-02-29"]]"# }
                finds [oak];
            "before today" |p, w| { p.date.lt(today()) }
                domain { date < "today" }
                sends { 19 => r#"[["date","<","today"]]"# }
                finds [oak, beech];
            "before this moment" |p, w| { p.datetime.lt(now()) }
                domain { datetime < "now" }
                sends { 19 => r#"[["datetime","<","now"]]"# }
                finds [oak, beech];
            "before a week ago" |p, w| { p.date.lt(today().minus(1, Unit::Weeks)) }
                domain { date < "today -1w" }
                sends { 19 => r#"[["date","<","today -1w"]]"# }
                finds [oak, beech];
            "up to two months on" |p, w| { p.datetime.le(now().plus(2, Unit::Months)) }
                domain { datetime <= "now +2m" }
                sends { 19 => r#"[["datetime","<=","now +2m"]]"# }
                finds [oak, beech];
            "before the first day of the week" |p, w| { p.date.lt(today().start_of_week()) }
                domain { date < "today =week_start" }
                sends { 19 => r#"[["date","<","today =week_start"]]"# }
                finds [oak, beech];
            "before the first day of the month" |p, w| { p.date.lt(today().start_of_month()) }
                domain { date < "today =1d" }
                sends { 19 => r#"[["date","<","today =1d"]]"# }
                finds [oak, beech];
            "before the first day of the year" |p, w| { p.date.lt(today().start_of_year()) }
                domain { date < "today =1m =1d" }
                sends { 19 => r#"[["date","<","today =1m =1d"]]"# }
                finds [oak, beech];
        },
        domain_rows! { "Properties", "One property by its technical name. Odoo knows its type, the compiler does not; of tags and records, a value is one of several. A name that no definition has matches no record.";
            "equal" |p, w| { p.properties.property("a_integer").eq(42) }
                domain { properties["a_integer"] == 42 }
                sends { 19 => r#"[["properties.a_integer","=",42]]"#, 17 => r#"[["properties.a_integer","in",42]]"# }
                finds [oak];
            "greater" |p, w| { p.properties.property("a_integer").gt(41) }
                domain { properties["a_integer"] > 41 }
                sends { 19 => r#"[["properties.a_integer",">",41]]"#, 17 => r#"[["properties.a_integer",">",41],["properties.a_integer","<",false]]"# }
                finds [oak];
            "holds the text" |p, w| { p.properties.property("a_char").ilike("DEE") }
                domain { properties["a_char"] ilike "DEE" }
                sends { 17 => r#"[["properties.a_char","ilike","DEE"]]"# }
                finds [oak];
            "one of these" |p, w| { p.properties.property("a_char").is_in(["deep", "x"]) }
                domain { properties["a_char"] in ["deep", "x"] }
                sends { 19 => r#"[["properties.a_char","in",["deep","x"]]]"#, 17 => r#"["|",["properties.a_char","in","deep"],["properties.a_char","in","x"]]"# }
                finds [oak];
            "has a value" |p, w| { p.properties.property("a_integer").is_set() }
                domain { properties["a_integer"] is set }
                sends { 17 => r#"[["properties.a_integer","!=",false]]"# }
                finds [oak];
        },
        domain_rows! { "Joins", "`&` binds stronger than `|`, in Rust and in `domain!` (`&&`, `||`). Both sides may be domains made elsewhere.";
            "both" |p, w| { p.boolean.eq(true) & p.integer.eq(5) }
                domain { boolean && integer == 5 }
                sends { 14 => r#"[["boolean","=",true],["integer","=",5]]"# }
                finds [oak];
            "one of them" |p, w| { p.char.eq("beech") | p.integer.eq(5) }
                domain { char == "beech" || integer == 5 }
                sends { 14 => r#"["|",["char","=","beech"],["integer","=",5]]"# }
                finds [oak, beech];
            "the opposite" |p, w| { !p.boolean.eq(true) }
                domain { !boolean }
                sends {
                    19 => r#"["!",["boolean","=",true]]"#,
                    14 => r#"[["boolean","!=",true]]"#,
                }
                finds [beech, bare];
            "the opposite of a comparison; unset is among it" |p, w| { !p.date.lt(day(2024, 3, 1)) }
                domain { !(date < "2024-03-01") }
                sends { 19 => r#"["!",["date","<","2024-03-01"]]"#, 14 => r#"["|",["date",">=","2024-03-01"],["date","=",false]]"# }
                finds [beech, bare];
            "the opposite of a pattern; unset is among it" |p, w| { !p.char.eq_like("Oak%") }
                domain { !(char =like "Oak%") }
                sends { 19 => r#"["!",["char","=like","Oak%"]]"#, 14 => r#"["|","!",["char","=like","Oak%"],["char","=",false]]"# }
                finds [beech, bare];
            "the opposite of conditions on translated texts" |p, w| { !(p.char_translated.eq("Oak") | p.integer.eq(7)) }
                domain { !(char_translated == "Oak" || integer == 7) }
                sends {
                    19 => r#"["!","|",["char_translated","=","Oak"],["integer","=",7]]"#,
                    16 => r#"[["char_translated","!=","Oak"],["integer","!=",7]]"#,
                    14 => r#"["|",["char_translated","!=","Oak"],["char_translated","=",false],["integer","!=",7]]"#,
                }
                finds [bare];
            "all together" |p, w| { p.date.is_set() & !(p.integer.eq(5) | p.integer.eq(6)) }
                domain { date is set && !(integer == 5 || integer == 6) }
                sends {
                    19 => r#"[["date","!=",false],"!","|",["integer","=",5],["integer","=",6]]"#,
                    14 => r#"[["date","!=",false],"&",["integer","!=",5],["integer","!=",6]]"#,
                }
                finds [beech];
            "every record" |p, w| { all() }
                domain { true }
                sends { 14 => "[]" }
                finds [oak, beech, bare];
            "no record" |p, w| { none() }
                domain { false }
                sends { 14 => r#"[[0,"=",1]]"# }
                finds [];
            "a domain made elsewhere" |p, w| { p.boolean.eq(true) & w.own() }
                domain { boolean && { w.own() } }
                sends { 14 => r#"[["boolean","=",true],["id","in",[1,2,3,4]]]"# }
                finds [oak];
            "in Odoo's notation" |p, w| { p.char.eq("beech") | p.boolean.eq(true) }
                domain { ["|", ("char", "=", "beech"), ("boolean", "=", True)] }
                sends { 14 => r#"["|",["char","=","beech"],["boolean","=",true]]"# }
                finds [oak, beech];
        },
    ]
}
