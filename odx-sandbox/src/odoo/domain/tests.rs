//! Which records of the fixture a domain finds, and what is refused.

use serde_json::json;

use crate::odoo::fixture::Fixture;

/// Asserts which records of the fixture each domain finds.
macro_rules! finds {
    ($($domain:tt => $ids:tt,)+) => {{
        let mut fixture = Fixture::new();
        $(assert_eq!(fixture.find(json!($domain)), json!($ids), "{}", stringify!($domain));)+
    }};
}

#[test]
fn an_unset_number_counts_as_zero() {
    finds! {
        [["number", "=", 0]] => [2],
        [["number", "=", false]] => [2],
        [["number", "<", 1]] => [2, 3],
        [["weight", "in", [0]]] => [2, 3],
        [["weight", "!=", 0]] => [1],
        [["weight", "<=", 0]] => [2, 3],
    }
}

#[test]
fn an_unset_text_counts_as_empty() {
    finds! {
        [["short", "=", ""]] => [2, 3],
        [["short", "=", false]] => [2, 3],
        [["short", "!=", "abc"]] => [2, 3],
        [["short", "<", "b"]] => [1, 2, 3],
        [["short", "not in", ["abc", false]]] => [],
    }
}

#[test]
fn an_unset_selection_or_date_is_not_smaller_than_anything() {
    finds! {
        [["day", "<", "2025-01-01"]] => [1, 3],
        [["day", "<", false]] => [],
        [["day", "!=", "2024-02-29"]] => [2, 3],
        ["!", ["day", "<", "2024-01-01"]] => [1, 2],
        ["!", ["state", "<", false]] => [2, 3],
        [["state", "=", ""]] => [],
    }
}

#[test]
fn archived_records_are_found_only_if_asked_for() {
    finds! {
        [] => [1, 2, 3],
        [["active", "=", false]] => [4],
        [["active", "in", [true, false]]] => [1, 2, 3, 4],
    }
    let mut fixture = Fixture::new();
    fixture.context = json!({"active_test": false});
    assert_eq!(fixture.find(json!([])), json!([1, 2, 3, 4]));
}

#[test]
fn a_many2one_is_searched_by_id_by_name_or_by_path() {
    finds! {
        [["tag_id", "=", 1]] => [1],
        [["tag_id", "!=", 1]] => [2, 3],
        [["tag_id", "=", false]] => [3],
        [["tag_id", "=", 0]] => [],
        [["tag_id", "in", 1]] => [1],
        [["tag_id", "in", [2, false]]] => [2, 3],
        [["tag_id", "=", "Red"]] => [1],
        [["tag_id", "ilike", "E"]] => [1, 2],
        [["tag_id", "not ilike", "red"]] => [2, 3],
        [["tag_id.color", ">", 1]] => [1],
        [["parent_id.tag_id.name", "=", "Red"]] => [2],
        [["parent_id.tag_id", "=", false]] => [],
    }
}

#[test]
fn an_x2many_matches_with_one_of_its_records() {
    finds! {
        [["tag_ids", "in", [1]]] => [1],
        [["tag_ids", "not in", [1]]] => [2, 3],
        [["tag_ids", "=", false]] => [2, 3],
        [["line_ids.name", "=", "late"]] => [1],
        [["line_ids", "any", [["sequence", ">", 15]]]] => [1],
        [["line_ids", "not any", []]] => [2, 3],
        [["child_ids.child_ids", "!=", false]] => [1],
    }
}

#[test]
fn the_other_side_of_a_many2many_is_searched_too() {
    let mut fixture = Fixture::new();
    let tags = fixture.value("tag", "search", json!([[["rec_ids.name", "=", "One"]]]));
    assert_eq!(tags, json!([1, 2]));
}

#[test]
fn hierarchies_go_up_and_down() {
    finds! {
        [["id", "child_of", 2]] => [2, 3],
        [["id", "parent_of", [3]]] => [1, 2, 3],
        [["parent_id", "child_of", 1]] => [1, 2, 3],
        [["id", "child_of", "Two"]] => [2, 3],
        [["id", "child_of", false]] => [],
    }
}

#[test]
fn related_fields_are_searched_along_their_path() {
    finds! {
        [["tag_color", "=", 3]] => [1],
        [["tag_color", "!=", 3]] => [2, 3],
        [["tag_color", "=", false]] => [3],
    }
    let mut fixture = Fixture::new();
    let found = fixture.value("variant", "search", json!([[["name", "like", "Tw"]]]));
    assert_eq!(found, json!([1]));
}

#[test]
fn properties_are_searched_by_name() {
    finds! {
        [["props.color", "=", "r"]] => [1],
        [["props.color", "=", false]] => [2, 3],
        [["props.size", ">", 1]] => [1],
        [["props.marks", "in", "x"]] => [1],
        [["props.nope", "=", 1]] => [],
    }
    let error = Fixture::new().error("rec", "search", json!([[["props", "=", 1]]]));
    assert_eq!(error.message(), "Missing property name for rec.props");
}

#[test]
fn parts_of_dates_are_those_of_the_users_clock() {
    finds! {
        [["day.month_number", "=", 2]] => [1],
        [["day.year_number", "!=", 2024]] => [2, 3],
        [["at.day_of_month", "=", 1]] => [2],
    }
    let mut fixture = Fixture::new();
    fixture.context = json!({"tz": "Asia/Tokyo"});
    assert_eq!(
        fixture.find(json!([["at.day_of_month", "=", 1]])),
        json!([1, 2])
    );
}

#[test]
fn a_date_alone_is_a_whole_day_of_a_datetime() {
    finds! {
        [["at", "<=", "2024-02-29"]] => [1],
        [["at", ">", "2024-02-29"]] => [2],
        [["at", "=", "2024-03-01"]] => [2],
        [["at", "=", "2024-02-29"]] => [],
        [["at", ">=", "2024-02-29T23:30:00"]] => [1, 2],
        [["at", "<", "now"]] => [1, 2],
    }
}

#[test]
fn wildcards_and_their_escapes_are_those_of_sql() {
    finds! {
        [["text", "like", "100\\%"]] => [1],
        [["text", "=like", "1%wool"]] => [1],
        [["text", "not like", "wool"]] => [2, 3],
        [["name", "ilike", "T_"]] => [2, 3],
        [["name", "like", ""]] => [1, 2, 3],
        [["short", "=like", ""]] => [2, 3],
        [["number", "like", "5"]] => [1],
    }
}

#[test]
fn a_missing_value_leaves_the_condition_out() {
    finds! {
        [["name", "=?", false]] => [1, 2, 3],
        [["name", "=?", "One"]] => [1],
        [["line_ids.name", "=?", false]] => [1],
        [["name", "in", []]] => [],
        [["name", "not in", []]] => [1, 2, 3],
    }
}

#[test]
fn conditions_that_cannot_be_are_refused_in_odoos_words() {
    let mut fixture = Fixture::new();
    for (domain, expected) in [
        (
            json!([["nope", "=", 1]]),
            "builtins.ValueError: Invalid field rec.nope in condition ('nope', '=', 1)",
        ),
        (
            json!([["tag_id.nope", "=", 1]]),
            "builtins.ValueError: Invalid field tag.nope in condition ('nope', '=', 1)",
        ),
        (
            json!([["computed", "=", "x"]]),
            "builtins.ValueError: Cannot convert rec.computed to SQL because it is not stored",
        ),
        (
            json!([["flag", "<", true]]),
            "builtins.ValueError: Cannot compare 'flag' to <class 'bool'> which is not a collection of length 1 in condition ('flag', '<', True)",
        ),
        (
            json!([["name", "child_of", 1]]),
            "builtins.ValueError: Cannot execute child_of for rec.name, works only for relational fields in condition ('name', 'child_of', 1)",
        ),
        (
            json!([["tag_ids", "<", 1]]),
            "builtins.AssertionError: Relational field rec.tag_ids expects 'any' operator",
        ),
        (
            json!([["data", "=", {"a": 1}]]),
            "builtins.TypeError: unhashable type: 'dict'",
        ),
    ] {
        assert_eq!(
            fixture.error("rec", "search", json!([domain])).to_string(),
            expected
        );
    }
}

#[test]
fn before_19_a_field_that_cannot_be_searched_matches_everything() {
    let mut fixture = Fixture::new().series("17.0");
    assert_eq!(
        fixture.find(json!([["computed", "=", "x"]])),
        json!([1, 2, 3])
    );
}

#[test]
fn a_kept_file_can_only_be_searched_for_being_there() {
    finds! {
        [["file", "!=", false]] => [1],
        [["file", "=", false]] => [2, 3],
        [["file", "=", "aGVsbG8="]] => [1, 2, 3],
    }
}

#[test]
fn no_records_are_a_null_before_18() {
    for (series, found) in [("17.0", json!([3])), ("18.0", json!([1, 2, 3]))] {
        let mut fixture = Fixture::new().series(series);
        let none = json!([["tag_id", "not any", [["id", "in", []]]]]);
        assert_eq!(fixture.find(none), found, "{series}");
    }
}

#[test]
fn what_is_unset_is_in_no_empty_list() {
    for series in ["16.0", "18.0"] {
        let mut fixture = Fixture::new().series(series);
        let unnamed = json!(["!", ["tag_id.name", "=like", "nothing"]]);
        assert_eq!(fixture.find(unnamed), json!([1, 2, 3]), "{series}");
    }
}

const ALL_SERIES: [&str; 6] = ["14.0", "15.0", "16.0", "17.0", "18.0", "19.0"];

#[test]
fn files_of_fields_are_found_by_their_id_or_their_field_alone() {
    for series in ALL_SERIES {
        let mut fixture = Fixture::new().series(series);
        let mut found = |model, domain| fixture.value(model, "search", json!([domain]));
        let files = "ir.attachment";
        assert_eq!(found(files, json!([])), json!([1]), "{series}");
        let named = json!(["|", ["name", "=", "image"], ["name", "=", "report"]]);
        assert_eq!(found(files, named), json!([1]), "{series}");
        let by_id = json!([["id", ">", 0]]);
        assert_eq!(found(files, by_id), json!([1, 2]), "{series}");
        let by_field = json!(["!", ["res_field", "=", false]]);
        assert_eq!(found(files, by_field), json!([2]), "{series}");
        let beyond = json!([["file_id.name", "in", ["image", "report"]]]);
        assert_eq!(found("variant", beyond), json!([1]), "{series}");
        let count = fixture.value(files, "search_count", json!([[]]));
        assert_eq!(count, json!(1), "{series}");
    }
}
