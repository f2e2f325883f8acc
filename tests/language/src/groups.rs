//! Groups.

use odx_live::models::OdxProbe;
use odx_runtime::model::NaiveDate;
use odx_runtime::query::group::{Period, count};
use odx_runtime::{Model, OdooGroup};

use crate::call_rows;
use crate::row::{CallRow, Section};

fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("a day")
}

/// A group by names.
#[derive(OdooGroup, Debug)]
#[expect(dead_code, reason = "the rows show them")]
#[odoo(model = OdxProbe)]
struct Half {
    boolean: bool,
    #[odoo(sum = "monetary")]
    total: Option<f64>,
    #[odoo(max)]
    date: Option<NaiveDate>,
    #[odoo(count)]
    probes: u64,
}

/// A group by a span of time.
#[derive(OdooGroup, Debug)]
#[expect(dead_code, reason = "the rows show them")]
#[odoo(model = OdxProbe)]
struct Month {
    #[odoo(key = "date:month")]
    month: Option<Period>,
    #[odoo(count)]
    probes: u64,
}

/// A group by a field behind a relation.
#[derive(OdooGroup, Debug)]
#[expect(dead_code, reason = "the rows show them")]
#[odoo(model = OdxProbe)]
struct ByTag {
    #[odoo(key = "tag_id.name")]
    tag: Option<String>,
}

/// The groups.
pub fn sections() -> Vec<Section<CallRow>> {
    vec![
        call_rows! { "Keys", "Up to four, as a tuple; each comes as a typed value, `None` where it is unset. Odoo 19 has a method of its own for groups, older versions `read_group`; odx gives the same for both.";
            "a selection" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.selection).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["selection"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["selection"], lazy=false)"# }
                gives r#"[Group { key: Some("draft"), count: 1, values: () }, Group { key: Some("to invoice"), count: 1, values: () }, Group { key: None, count: 1, values: () }]"#;
            "a boolean" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: () }, Group { key: true, count: 1, values: () }]";
            "a text" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.char).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["char"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["char"], lazy=false)"# }
                gives r#"[Group { key: Some("Oak 50%"), count: 1, values: () }, Group { key: Some("beech"), count: 1, values: () }, Group { key: None, count: 1, values: () }]"#;
            "an integer" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.integer_required).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["integer_required"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["integer_required"], lazy=false)"# }
                gives "[Group { key: Some(1), count: 1, values: () }, Group { key: Some(2), count: 1, values: () }, Group { key: Some(3), count: 1, values: () }]";
            "a many2one" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.tag_id).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["tag_id"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["tag_id"], lazy=false)"# }
                gives r#"[Group { key: Some(1 "Red"), count: 1, values: () }, Group { key: Some(2 "Blue"), count: 1, values: () }, Group { key: None, count: 1, values: () }]"#;
            "a many2many: a record counts in the group of each" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.tag_ids).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["tag_ids"], ["__count"], [], 0, null)"#, 15 => r#"read_group([], ["__count"], ["tag_ids"], lazy=false)"# }
                gives r#"[Group { key: Some(1 "Red"), count: 1, values: () }, Group { key: Some(2 "Blue"), count: 2, values: () }, Group { key: None, count: 1, values: () }]"#;
            "several" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| (p.boolean, p.tag_id)).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean","tag_id"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["boolean","tag_id"], lazy=false)"# }
                gives r#"[Group { key: (false, Some(2 "Blue")), count: 1, values: () }, Group { key: (false, None), count: 1, values: () }, Group { key: (true, Some(1 "Red")), count: 1, values: () }]"#;
            "a field behind a relation" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.tag_id.hop(|t| t.name)).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["tag_id.name"], ["__count"], [], 0, null)"# }
                gives r#"[Group { key: Some("Blue"), count: 1, values: () }, Group { key: Some("Red"), count: 1, values: () }, Group { key: None, count: 1, values: () }]"#;
            "a property" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.properties.property("a_char")).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["properties.a_char"], ["__count"], [], 0, null)"#, 17 => r#"read_group([], ["__count"], ["properties.a_char"], lazy=false)"# }
                gives r#"[Group { key: String("deep"), count: 1, values: () }, Group { key: Bool(false), count: 2, values: () }]"#;
        },
        call_rows! { "Spans of time", "In the timezone of the context. Each comes with its first moment and Odoo's label. A week begins on the first day that the language has, before Odoo 17 on Monday.";
            "by hour" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.datetime.hour()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["datetime:hour"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["datetime:hour"], lazy=false)"# }
                gives r#"[Group { key: Some(Period { start: 2024-02-29T23:00:00Z, label: "11:00 29 Feb" }), count: 1, values: () }, Group { key: Some(Period { start: 2024-03-10T08:00:00Z, label: "08:00 10 Mar" }), count: 1, values: () }, Group { key: None, count: 1, values: () }]"#;
            "by day" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.date.day()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["date:day"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["date:day"], lazy=false)"# }
                gives r#"[Group { key: Some(Period { start: 2024-02-29T00:00:00Z, label: "29 Feb 2024" }), count: 1, values: () }, Group { key: Some(Period { start: 2024-03-10T00:00:00Z, label: "10 Mar 2024" }), count: 1, values: () }, Group { key: None, count: 1, values: () }]"#;
            "by week" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.date.week()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["date:week"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["date:week"], lazy=false)"# }
                gives r#"[Group { key: Some(Period { start: 2024-02-25T00:00:00Z, label: "W9 2024" }), count: 1, values: () }, Group { key: Some(Period { start: 2024-03-10T00:00:00Z, label: "W11 2024" }), count: 1, values: () }, Group { key: None, count: 1, values: () }]"#
                before 17 r#"[Group { key: Some(Period { start: 2024-02-26T00:00:00Z, label: "W9 2024" }), count: 1, values: () }, Group { key: Some(Period { start: 2024-03-04T00:00:00Z, label: "W10 2024" }), count: 1, values: () }, Group { key: None, count: 1, values: () }]"#;
            "by month" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.date.month()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["date:month"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["date:month"], lazy=false)"# }
                gives r#"[Group { key: Some(Period { start: 2024-02-01T00:00:00Z, label: "February 2024" }), count: 1, values: () }, Group { key: Some(Period { start: 2024-03-01T00:00:00Z, label: "March 2024" }), count: 1, values: () }, Group { key: None, count: 1, values: () }]"#;
            "by quarter" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.date.quarter()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["date:quarter"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["date:quarter"], lazy=false)"# }
                gives r#"[Group { key: Some(Period { start: 2024-01-01T00:00:00Z, label: "Q1 2024" }), count: 2, values: () }, Group { key: None, count: 1, values: () }]"#;
            "by year" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.date.year()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["date:year"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["date:year"], lazy=false)"# }
                gives r#"[Group { key: Some(Period { start: 2024-01-01T00:00:00Z, label: "2024" }), count: 2, values: () }, Group { key: None, count: 1, values: () }]"#;
            "by the number of the month" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.date.month_number()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["date:month_number"], ["__count"], [], 0, null)"#, 18 => r#"read_group([], ["__count"], ["date:month_number"], lazy=false)"# }
                gives "[Group { key: Some(2), count: 1, values: () }, Group { key: Some(3), count: 1, values: () }, Group { key: None, count: 1, values: () }]";
            "by the day of the week" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.date.day_of_week()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["date:day_of_week"], ["__count"], [], 0, null)"#, 18 => r#"read_group([], ["__count"], ["date:day_of_week"], lazy=false)"# }
                gives "[Group { key: Some(0), count: 1, values: () }, Group { key: Some(4), count: 1, values: () }, Group { key: None, count: 1, values: () }]";
        },
        call_rows! { "Aggregates", "Up to six; `None` where no record of the group has a value. The number of records comes with every group.";
            "sum" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).sum(|p| p.monetary).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["monetary:sum","__count"], [], 0, null)"#, 14 => r#"read_group([], ["odx_0:sum(monetary)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: (Some(5.5),) }, Group { key: true, count: 1, values: (Some(10.0),) }]";
            "average" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).avg(|p| p.float).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["float:avg","__count"], [], 0, null)"#, 14 => r#"read_group([], ["odx_0:avg(float)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: (Some(7.5),) }, Group { key: true, count: 1, values: (Some(2.5),) }]";
            "smallest" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).min(|p| p.date).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["date:min","__count"], [], 0, null)"#, 14 => r#"read_group([], ["odx_0:min(date)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: (Some(2024-03-10),) }, Group { key: true, count: 1, values: (Some(2024-02-29),) }]";
            "largest" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).max(|p| p.datetime).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["datetime:max","__count"], [], 0, null)"#, 14 => r#"read_group([], ["odx_0:max(datetime)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: (Some(2024-03-10T08:00:00Z),) }, Group { key: true, count: 1, values: (Some(2024-02-29T23:30:00Z),) }]";
            "different values" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).count_distinct(|p| p.tag_id).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["tag_id:count_distinct","__count"], [], 0, null)"#, 14 => r#"read_group([], ["odx_0:count_distinct(tag_id)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: (1,) }, Group { key: true, count: 1, values: (1,) }]";
            "of what is grouped by: all records of a group share it" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.integer_required).sum(|p| p.integer_required).max(|p| p.integer_required).count_distinct(|p| p.integer_required).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["integer_required"], ["integer_required:sum","integer_required:max","integer_required:count_distinct","__count"], [], 0, null)"#, 17 => r#"read_group([], ["odx_0:sum(integer_required)","odx_1:max(integer_required)","odx_2:count_distinct(integer_required)"], ["integer_required"], lazy=false)"#, 14 => r#"read_group([], ["__count"], ["integer_required"], lazy=false)"# }
                gives "[Group { key: Some(1), count: 1, values: (Some(1), Some(1), 1) }, Group { key: Some(2), count: 1, values: (Some(2), Some(2), 1) }, Group { key: Some(3), count: 1, values: (Some(3), Some(3), 1) }]";
            "of the field that a span is made of" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.date.month()).max(|p| p.date).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["date:month"], ["date:max","__count"], [], 0, null)"#, 17 => r#"read_group([], ["odx_0:max(date)"], ["date:month"], lazy=false)"# }
                gives r#"[Group { key: Some(Period { start: 2024-02-01T00:00:00Z, label: "February 2024" }), count: 1, values: (Some(2024-02-29),) }, Group { key: Some(Period { start: 2024-03-01T00:00:00Z, label: "March 2024" }), count: 1, values: (Some(2024-03-10),) }, Group { key: None, count: 1, values: (None,) }]"#;
            "of records that a condition on the same field finds" |odoo, w, d| { OdxProbe::matching(d).and(|p| p.date.ge(day(2024, 3, 1))).group_by(|p| p.boolean).max(|p| p.date).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([["date",">=","2024-03-01"]], ["boolean"], ["date:max","__count"], [], 0, null)"#, 14 => r#"read_group([["date",">=","2024-03-01"]], ["odx_0:max(date)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 1, values: (Some(2024-03-10),) }]";
            "several" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).sum(|p| p.integer_required).max(|p| p.float).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["integer_required:sum","float:max","__count"], [], 0, null)"#, 14 => r#"read_group([], ["odx_0:sum(integer_required)","odx_1:max(float)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: (Some(5), Some(7.5)) }, Group { key: true, count: 1, values: (Some(1), Some(2.5)) }]";
        },
        call_rows! { "By names", "Into a struct with `#[derive(OdooGroup)] #[odoo(model = OdxProbe)]`. A field without an attribute is what is grouped by, `#[odoo(key = \"date:month\")]` names that in Odoo's notation; `#[odoo(count)]` is the number of records, and `sum`, `avg`, `min`, `max` and `count_distinct` are aggregates: `#[odoo(sum = \"monetary\")] total: Option<f64>`. `Half` has `boolean`, `total`, `#[odoo(max)] date` and `#[odoo(count)] probes`; `Month` the month of `date`, and `ByTag` the key `tag_id.name`.";
            "a key, aggregates and the number" |odoo, w, d| { OdxProbe::matching(d).group_as::<Half>().fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["monetary:sum","date:max","__count"], [], 0, null)"#, 14 => r#"read_group([], ["odx_0:sum(monetary)","odx_1:max(date)"], ["boolean"], lazy=false)"# }
                gives "[Half { boolean: false, total: Some(5.5), date: Some(2024-03-10), probes: 2 }, Half { boolean: true, total: Some(10.0), date: Some(2024-02-29), probes: 1 }]";
            "chosen, ordered and cut" |odoo, w, d| { OdxProbe::matching(d).group_as::<Half>().having(|_| count().ge(1)).order(|p| p.monetary.sum().desc()).limit(1).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["monetary:sum","date:max","__count"], [["__count",">=",1]], 0, 1, "monetary:sum desc nulls last, boolean asc nulls last")"#, 14 => r#"read_group([], ["odx_0:sum(monetary)","odx_1:max(date)"], ["boolean"], lazy=false)"# }
                gives "[Half { boolean: true, total: Some(10.0), date: Some(2024-02-29), probes: 1 }]";
            "by a span of time" |odoo, w, d| { OdxProbe::matching(d).group_as::<Month>().fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["date:month"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["date:month"], lazy=false)"# }
                gives r#"[Month { month: Some(Period { start: 2024-02-01T00:00:00Z, label: "February 2024" }), probes: 1 }, Month { month: Some(Period { start: 2024-03-01T00:00:00Z, label: "March 2024" }), probes: 1 }, Month { month: None, probes: 1 }]"#;
            "by a field behind a relation" |odoo, w, d| { OdxProbe::matching(d).group_as::<ByTag>().fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["tag_id.name"], ["__count"], [], 0, null)"# }
                gives r#"[ByTag { tag: Some("Blue") }, ByTag { tag: Some("Red") }, ByTag { tag: None }]"#;
        },
        call_rows! { "Choice and order", "The order is the same on all versions: the one that was asked for, then that of the keys, the smallest first; what is unset is last, whatever the direction. Texts are ordered by their code points, selections by their keys, related records by their ids. Odoo 19 chooses, and orders and cuts where it can do so in this order; for older versions, which know no `having`, odx does.";
            "of groups with so many records" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).having(|_| count().gt(1)).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["__count"], [["__count",">",1]], 0, null)"#, 14 => r#"read_group([], ["__count"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: () }]";
            "of groups by a sum" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).having(|p| p.integer_required.sum().lt(2)).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["__count"], [["integer_required:sum","<",2]], 0, null)"#, 14 => r#"read_group([], ["odx_0:sum(integer_required)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: true, count: 1, values: () }]";
            "of groups by an aggregate of what is grouped by" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.integer_required).having(|p| p.integer_required.sum().ge(2)).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["integer_required"], ["__count"], [["integer_required:sum",">=",2]], 0, null)"#, 17 => r#"read_group([], ["odx_0:sum(integer_required)"], ["integer_required"], lazy=false)"#, 14 => r#"read_group([], ["__count"], ["integer_required"], lazy=false)"# }
                gives "[Group { key: Some(2), count: 1, values: () }, Group { key: Some(3), count: 1, values: () }]";
            "the largest group first" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).order(|_| count().desc()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: () }, Group { key: true, count: 1, values: () }]";
            "the smallest aggregate first" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).sum(|p| p.integer_required).order(|p| p.integer_required.sum().asc()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["integer_required:sum","__count"], [], 0, null)"#, 14 => r#"read_group([], ["odx_0:sum(integer_required)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: true, count: 1, values: (Some(1),) }, Group { key: false, count: 2, values: (Some(5),) }]";
            "the largest aggregate first" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).sum(|p| p.integer_required).order(|p| p.integer_required.sum().desc()).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["integer_required:sum","__count"], [], 0, null)"#, 14 => r#"read_group([], ["odx_0:sum(integer_required)"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: (Some(5),) }, Group { key: true, count: 1, values: (Some(1),) }]";
            "so many at most" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).order(|_| count().desc()).limit(1).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["__count"], [], 0, 1, "__count desc nulls last, boolean asc nulls last")"#, 14 => r#"read_group([], ["__count"], ["boolean"], lazy=false)"# }
                gives "[Group { key: false, count: 2, values: () }]";
            "what is unset last" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.tag_id).max(|p| p.date).order(|p| p.date.max().desc()).limit(2).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["tag_id"], ["date:max","__count"], [], 0, 2, "date:max desc nulls last, tag_id:min asc nulls last")"#, 14 => r#"read_group([], ["odx_0:max(date)"], ["tag_id"], lazy=false)"# }
                gives r#"[Group { key: Some(2 "Blue"), count: 1, values: (Some(2024-03-10),) }, Group { key: Some(1 "Red"), count: 1, values: (Some(2024-02-29),) }]"#;
            "by texts, which each database orders in its own way" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.char).limit(1).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["char"], ["__count"], [], 0, null)"#, 14 => r#"read_group([], ["__count"], ["char"], lazy=false)"# }
                gives r#"[Group { key: Some("Oak 50%"), count: 1, values: () }]"#;
            "without the first, in the order of the keys" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.integer_required).offset(1).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["integer_required"], ["__count"], [], 1, null, "integer_required asc nulls last")"#, 14 => r#"read_group([], ["__count"], ["integer_required"], lazy=false)"# }
                gives "[Group { key: Some(2), count: 1, values: () }, Group { key: Some(3), count: 1, values: () }]";
            "without the first" |odoo, w, d| { OdxProbe::matching(d).group_by(|p| p.boolean).order(|_| count().desc()).offset(1).fetch(&odoo) }
                sends { 19 => r#"formatted_read_group([], ["boolean"], ["__count"], [], 1, null, "__count desc nulls last, boolean asc nulls last")"#, 14 => r#"read_group([], ["__count"], ["boolean"], lazy=false)"# }
                gives "[Group { key: true, count: 1, values: () }]";
        },
    ]
}
