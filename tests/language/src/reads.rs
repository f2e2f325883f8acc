//! Reads.

use futures_util::TryStreamExt;
use odx_live::models::{OdxProbe, OdxProbeLine, ResCompany};
use odx_runtime::{Context, FetchAs, Id, Model, OdooModel, ReadAs};

use crate::call_rows;
use crate::row::{CallRow, Section};

/// A projection.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = OdxProbe)]
struct Named {
    name: String,
}

/// A line of a nested projection.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = OdxProbeLine)]
struct Line {
    name: String,
    quantity: f64,
}

/// A nested projection.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = OdxProbe)]
struct Tree {
    name: String,
    parent_id: Option<Named>,
    line_ids: Vec<Line>,
}

/// The reads.
pub fn sections() -> Vec<Section<CallRow>> {
    vec![
        call_rows! { "Searches", "Without an order the model's own holds; without a limit there is none. A part of the records needs an order that leaves none equal, so `id` ends it. The end of a stream is where Odoo finds nothing more: some models take away what the user may not see after the limit.";
            "ids" |odoo, w, d| { OdxProbe::matching(d).ids(&odoo) }
                sends { 14 => "search([])" }
                gives "[1, 2, 3]";
            "records, into a projection" |odoo, w, d| { OdxProbe::matching(d).fetch_as::<Named>(&odoo) }
                sends { 14 => r#"search_read([], fields=["name"])"# }
                gives r#"[Named { name: "oak" }, Named { name: "beech" }, Named { name: "bare" }]"#;
            "some fields, as tuples" |odoo, w, d| { OdxProbe::matching(d).select(|p| (p.name, p.integer)).fetch(&odoo) }
                sends { 14 => r#"search_read([], fields=["name","integer"])"# }
                gives r#"[(Some("oak"), 5), (Some("beech"), 7), (Some("bare"), 0)]"#;
            "the first" |odoo, w, d| { OdxProbe::matching(d).first_as::<Named>(&odoo) }
                sends { 14 => r#"search_read([], fields=["name"], limit=1)"# }
                gives r#"Some(Named { name: "oak" })"#;
            "the one that there is, by id" |odoo, w, d| { OdxProbe::matching(d).and(|p| p.boolean.eq(true)).one_id(&odoo) }
                sends { 14 => r#"search([["boolean","=",true]], limit=2); search([["boolean","=",true]])"# }
                gives "1";
            "one field" |odoo, w, d| { OdxProbe::matching(d).pluck::<String, _>(|p| p.name).fetch(&odoo) }
                sends { 14 => r#"search_read([], fields=["name"])"# }
                gives r#"["oak", "beech", "bare"]"#;
            "narrowed" |odoo, w, d| { OdxProbe::matching(d).and(|p| p.boolean.eq(true)).ids(&odoo) }
                sends { 14 => r#"search([["boolean","=",true]])"# }
                gives "[1]";
            "in an order" |odoo, w, d| { OdxProbe::matching(d).order(|p| p.name.asc()).ids(&odoo) }
                sends { 14 => r#"search([], order="name")"# }
                gives "[3, 2, 1]";
            "in an order of several" |odoo, w, d| { OdxProbe::matching(d).order(|p| (p.boolean.desc(), p.name.asc())).ids(&odoo) }
                sends { 14 => r#"search([], order="boolean desc, name")"# }
                gives "[1, 3, 2]";
            "in an order by a company-dependent field" |odoo, w, d| { OdxProbe::matching(d).order(|p| (p.company_char.desc(), p.name.asc())).ids(&odoo) }
                sends { 18 => r#"search([], order="company_char desc, name")"# }
                gives "[3, 2, 1]";
            "in an order by a field that is read through another" |odoo, w, d| { OdxProbe::matching(d).order(|p| (p.kind_name.asc(), p.name.asc())).ids(&odoo) }
                sends { 18 => r#"search([], order="kind_name, name")"# }
                gives "[2, 1, 3]";
            "so many at most" |odoo, w, d| { OdxProbe::matching(d).limit(2).ids(&odoo) }
                sends { 14 => "search([], limit=2)" }
                gives "[1, 2]";
            "without the first" |odoo, w, d| { OdxProbe::matching(d).order(|p| p.id.asc()).offset(1).limit(1).ids(&odoo) }
                sends { 14 => r#"search([], limit=1, offset=1, order="id")"# }
                gives "[2]";
            "their number" |odoo, w, d| { OdxProbe::matching(d).count(&odoo) }
                sends { 14 => "search_count([])" }
                gives "3";
            "whether there is one" |odoo, w, d| { OdxProbe::matching(d).any(&odoo) }
                sends { 14 => "search([], limit=1)" }
                gives "true";
            "a stream, by id" |odoo, w, d| { OdxProbe::matching(d).page_size(2).stream_as::<Named>(&odoo).try_collect::<Vec<_>>() }
                sends { 14 => r#"search_read([], fields=["name"], limit=2, order="id"); search_read([["id",">",2]], fields=["name"], limit=2, order="id"); search([["id",">=",3]], order="id")"# }
                gives r#"[Named { name: "oak" }, Named { name: "beech" }, Named { name: "bare" }]"#;
            "a stream in an order, by ids in that order" |odoo, w, d| { OdxProbe::matching(d).order(|p| p.name.asc()).page_size(2).stream_as::<Named>(&odoo).try_collect::<Vec<_>>() }
                sends { 14 => r#"search([], limit=100000, order="name, id"); search([], order="name, id"); read([3,2], ["name"]); read([1], ["name"])"# }
                gives r#"[Named { name: "bare" }, Named { name: "beech" }, Named { name: "oak" }]"#;
        },
        call_rows! { "By id and by name", "`read` keeps the order of the ids and says which are missing.";
            "read" |odoo, w, d| { OdxProbe::read_as::<Named>(&odoo, [w.beech, Id::new(999_999_999), w.oak]) }
                sends { 14 => r#"read([2,999999999,1], ["name"])"# }
                gives r#"Found { records: [Named { name: "beech" }, Named { name: "oak" }], missing: [999999999] }"#;
            "which exist, archived or not" |odoo, w, d| { OdxProbe::exists(&odoo, [w.old, Id::new(999_999_999), w.oak]) }
                sends { 14 => r#"search([["id","in",[4,999999999,1]]], context={"active_test":false})"# }
                gives "[4, 1]";
            "by name, as Odoo's search boxes do" |odoo, w, d| { OdxProbe::name_search(&odoo, "beech") }
                sends { 14 => r#"name_search("beech")"# }
                gives r#"[2 "beech"]"#;
        },
        call_rows! { "Nested projections", "A field of a projection may be a projection, or a `Vec` of one. Each relation is read by one call for all records, in batches of 1,000 ids.";
            "a record, what it belongs to and its lines" |odoo, w, d| { OdxProbe::matching(d).fetch_as::<Tree>(&odoo) }
                sends { 14 => r#"search_read([], fields=["name","parent_id","line_ids"]); read([1,2], ["name"]); read([1,2,3], ["name","quantity"])"# }
                gives r#"[Tree { name: "oak", parent_id: None, line_ids: [Line { name: "first", quantity: 1.5 }, Line { name: "second", quantity: 3.0 }] }, Tree { name: "beech", parent_id: Some(Named { name: "oak" }), line_ids: [Line { name: "third", quantity: 10.0 }] }, Tree { name: "bare", parent_id: Some(Named { name: "beech" }), line_ids: [] }]"#;
        },
        call_rows! { "Context", "On a query, or on the session for all of its calls.";
            "archived records too" |odoo, w, d| { OdxProbe::matching(d).with_archived().ids(&odoo) }
                sends { 14 => r#"search([], context={"active_test":false})"# }
                gives "[1, 2, 3, 4]";
            "in a company" |odoo, w, d| { OdxProbe::matching(d).company(Id::<ResCompany>::new(1)).ids(&odoo) }
                sends { 14 => r#"search([], context={"allowed_company_ids":[1]})"# }
                gives "[1, 2, 3]";
            "in a language" |odoo, w, d| { OdxProbe::matching(d).lang("fr_FR").ids(&odoo) }
                sends { 14 => r#"search([], context={"lang":"fr_FR"})"# }
                gives "[1, 2, 3]";
            "in a timezone" |odoo, w, d| { OdxProbe::matching(d).tz("Asia/Tokyo").ids(&odoo) }
                sends { 14 => r#"fields_get(["tz"], ["selection"]); search([], context={"tz":"Asia/Tokyo"})"# }
                gives "[1, 2, 3]";
            "binary fields without their content" |odoo, w, d| { OdxProbe::matching(d).without_content().ids(&odoo) }
                sends { 14 => r#"search([], context={"bin_size":true})"# }
                gives "[1, 2, 3]";
            "any other key" |odoo, w, d| { OdxProbe::matching(d).context(Context::new().set("bin_size", true)).ids(&odoo) }
                sends { 14 => r#"search([], context={"bin_size":true})"# }
                gives "[1, 2, 3]";
            "all of a session's calls" |odoo, w, d| { OdxProbe::matching(d).ids(&odoo.lang("fr_FR").tz("Asia/Tokyo").companies([1]).with_archived()) }
                sends { 14 => r#"search([], context={"active_test":false,"allowed_company_ids":[1],"lang":"fr_FR","tz":"Asia/Tokyo"})"# }
                gives "[1, 2, 3, 4]";
        },
    ]
}
