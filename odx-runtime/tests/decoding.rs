//! Rows as Odoo sends them, read into a record.

#[allow(dead_code, unreachable_pub)]
#[path = "support/models.rs"]
mod models;

use models::{ResCountry, ResPartner, ResPartnerType};
use odx_runtime::Error;
use odx_runtime::model::{
    Absent, Blob, DecodeError, Id, JsonValue, Many2one, NaiveDate, decode_rows, to_wire,
};

fn partner(row: &str) -> Result<ResPartner, DecodeError> {
    decode_rows::<ResPartner>(format!("[{row}]").as_bytes(), Absent::Blank)
        .map(|mut rows| rows.remove(0))
}

#[test]
fn false_is_unset_and_an_empty_text_is_a_text() {
    let unset = partner(
        r#"{"id":1,"name":false,"date":false,"country_id":false,"type":false,"image":false}"#,
    )
    .unwrap();
    assert_eq!(unset.name, None);
    assert_eq!(unset.date, None);
    assert!(unset.country_id.is_none() && unset.r#type.is_none() && unset.image.is_none());
    assert_eq!(
        partner(r#"{"id":1,"name":""}"#).unwrap().name.as_deref(),
        Some("")
    );
}

#[test]
fn a_many2one_has_an_id_and_perhaps_a_name() {
    let named = partner(r#"{"id":1,"country_id":[21,"Belgium"]}"#)
        .unwrap()
        .country_id
        .unwrap();
    assert_eq!(
        (named.id, named.name.as_deref()),
        (Id::new(21), Some("Belgium"))
    );
    let nameless = partner(r#"{"id":1,"country_id":[21,false]}"#)
        .unwrap()
        .country_id
        .unwrap();
    assert_eq!(nameless.name, None);
    assert_eq!(
        partner(r#"{"id":1,"country_id":21}"#)
            .unwrap()
            .country_id
            .unwrap()
            .id,
        Id::new(21)
    );
}

#[test]
fn nan_does_not_lose_the_page() {
    let rows = br#"[{"id":1,"credit_limit":NaN,"name":"a"},{"id":2,"credit_limit":-Infinity,"name":"b"},{"id":3,"credit_limit":5,"name":"c"}]"#;
    let rows = decode_rows::<ResPartner>(rows, Absent::Blank).unwrap();
    assert!(rows[0].credit_limit.is_nan());
    assert_eq!(rows[1].credit_limit, f64::NEG_INFINITY);
    assert_eq!(rows[2].credit_limit, 5.0);
    assert_eq!(rows[2].name.as_deref(), Some("c"));
}

#[test]
fn keys_may_come_in_another_order_in_a_later_row_and_unknown_keys_are_passed_over() {
    let rows = br#"[{"id":1,"name":"a","x":[1,{"y":NaN}],"date":"2024-02-29"},{"date":"1-01-01","id":2,"name":"b"}]"#;
    let rows = decode_rows::<ResPartner>(rows, Absent::Blank).unwrap();
    assert_eq!(rows[0].date, NaiveDate::from_ymd_opt(2024, 2, 29));
    assert_eq!(rows[1].date, NaiveDate::from_ymd_opt(1, 1, 1));
    assert_eq!(rows[1].id, Id::new(2));
}

#[test]
fn an_unknown_key_of_a_selection_is_kept() {
    let known = partner(r#"{"id":1,"type":"invoice"}"#).unwrap();
    assert_eq!(known.r#type, Some(ResPartnerType::Invoice));
    let unknown = partner(r#"{"id":1,"type":"zz"}"#).unwrap();
    assert_eq!(unknown.r#type.unwrap().to_string(), "zz");
}

#[test]
fn an_error_names_model_record_field_and_what_came() {
    let error = partner(r#"{"id":7,"name":"a","date":"31/12/2024"}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "res.partner(7).date: expected a date such as \"2024-02-29\" for this date field, but `\"31/12/2024\"` came"
    );
    let error = partner(r#"{"id":7,"name":{"en_US":"a"}}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "res.partner(7).name: expected a text for this char field, but `{\"en_US\":\"a\"}` came"
    );
}

#[test]
fn an_error_says_what_to_set_right_where_odoo_is_wrong_about_a_field() {
    let advice = |row: &str| Error::from(partner(row).unwrap_err()).to_string();
    assert_eq!(
        advice(r#"{"id":874.5}"#),
        "res.partner.id: expected an integer for this integer field, but `874.5` came; what Odoo says of the field is \
         wrong, so set it right in odx.toml and run `odx generate`: [[field]], match = \"res.partner.id\", type = \"float\""
    );
    assert!(advice(r#"{"id":1,"credit_limit":false}"#).ends_with("optional = true"));
    assert!(
        advice(r#"{"id":1,"name":7}"#)
            .contains("if the field changed in Odoo, run `odx pull` and `odx generate`")
    );
}

#[test]
fn rows_that_broke_off_are_not_blamed_on_the_models() {
    let error = decode_rows::<ResCountry>(br#"[{"id":3,"#, Absent::Refuse).unwrap_err();
    assert_eq!(error.field, None);
    let error = Error::from(error).to_string();
    assert!(
        error.contains("the answer broke off") && !error.contains("odx pull"),
        "{error}"
    );
}

/// Views of the database, such as Odoo 19's `event.sale.report`, send them.
#[test]
fn the_day_of_a_datetime_is_read_where_a_date_is_expected() {
    let partner = partner(r#"{"id":1,"date":"2024-02-29 23:59:59"}"#).unwrap();
    assert_eq!(partner.date, NaiveDate::from_ymd_opt(2024, 2, 29));
}

#[test]
fn a_row_without_a_field_that_was_asked_for_is_an_error() {
    let error =
        decode_rows::<ResCountry>(br#"[{"id":3,"name":"Belgium"}]"#, Absent::Refuse).unwrap_err();
    assert_eq!(
        error.to_string(),
        "res.country(3).code: expected char, but nothing came"
    );
}

#[test]
fn a_number_that_does_not_fit_its_field_is_an_error() {
    for (row, expected) in [
        (r#"{"id":9007199254740993.0}"#, "an integer"),
        (r#"{"id":9223372036854775808}"#, "an integer"),
        (r#"{"id":1,"credit_limit":1e400}"#, "a number of 64 bits"),
        (r#"{"id":1,"credit_limit":-1e400}"#, "a number of 64 bits"),
        (
            r#"{"id":1,"credit_limit":9007199254740993}"#,
            "a number of 64 bits",
        ),
        (
            r#"{"id":1,"country_id":[9007199254740993.0,"x"]}"#,
            "an integer",
        ),
        (r#"{"id":1,"child_ids":[1e400]}"#, "an integer"),
        (
            r#"{"id":1,"properties":[{"name":"a","value":1e400}]}"#,
            "numbers of 64 bits",
        ),
        (
            r#"{"id":1,"image":[18446744073709551616]}"#,
            "numbers of 64 bits",
        ),
    ] {
        let message = partner(row).unwrap_err().to_string();
        assert!(
            message.contains(&format!("expected {expected}")),
            "{message}"
        );
    }
    let row = r#"{"id":9007199254740991.0,"credit_limit":9007199254740992}"#;
    let read = partner(row).unwrap();
    assert_eq!(read.id, Id::new(9_007_199_254_740_991));
    assert_eq!(read.credit_limit, 9_007_199_254_740_992.0);
}

#[test]
fn a_field_that_comes_twice_is_an_error() {
    let message = partner(r#"{"id":1,"name":"a","name":"b"}"#).unwrap_err();
    assert_eq!(
        message.to_string(),
        "res.partner(1).name: expected one value in a row for this char field, but `\"b\"` came"
    );
}

#[test]
fn a_row_has_no_more_keys_than_were_asked_for_and_some() {
    let row = |keys: usize| {
        let keys: Vec<String> = (0..keys).map(|key| format!("\"x{key}\":0")).collect();
        format!(r#"{{"id":1,{}}}"#, keys.join(","))
    };
    partner(&row(10)).unwrap();
    let message = partner(&row(1_000)).unwrap_err().to_string();
    assert!(
        message.starts_with("res.partner: expected the fields that were asked for, but more came"),
        "{message}"
    );
}

#[test]
fn something_after_the_rows_is_an_error() {
    for page in ["[] x", "[{\"id\":1}]]", "[{\"id\":1}] {}"] {
        assert!(
            decode_rows::<ResPartner>(page.as_bytes(), Absent::Blank).is_err(),
            "{page}"
        );
    }
}

#[test]
fn an_answer_that_breaks_off_is_an_error() {
    for broken in [
        "",
        "{",
        "[",
        "[{\"id\":1",
        "[{\"id\":1,\"name\":\"a",
        "[{\"id\":1},",
        "7",
        "[7]",
    ] {
        assert!(
            decode_rows::<ResPartner>(broken.as_bytes(), Absent::Blank).is_err(),
            "{broken}"
        );
    }
}

#[test]
fn a_text_that_is_not_utf_8_is_an_error_that_names_its_field() {
    let page = b"[{\"id\":1,\"name\":\"\xc3\xa9\"},{\"id\":2,\"name\":\"a\xffb\"}]";
    let error = decode_rows::<ResPartner>(page, Absent::Blank).unwrap_err();
    assert_eq!(
        error.to_string(),
        "res.partner(2).name: expected JSON (a text that is not UTF-8), but `\"a\u{fffd}b\"` came"
    );
}

/// `account.root` has them, from Odoo 18 on.
#[test]
fn an_id_that_is_a_text_stays_what_it_is() {
    let row = r#"{"id":"01","country_id":["10","10 Cash"],"child_ids":["10","01",10]}"#;
    let read = partner(row).unwrap();
    let country = read.country_id.as_ref().unwrap();
    assert_eq!(read.id, Id::from_text("01").unwrap());
    assert_eq!(
        (country.id.as_text(), country.id.number()),
        (Some("10"), None)
    );
    let written = to_wire(&read);
    let sent: JsonValue = serde_json::from_str(row).unwrap();
    for field in ["id", "country_id", "child_ids"] {
        assert_eq!(written[field], sent[field], "{field}");
    }
}

#[test]
fn an_id_that_is_too_long_is_an_error_and_never_cut() {
    let error = partner(r#"{"id":1,"country_id":["a text of some length","x"]}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "res.partner(1).country_id: expected an id of 14 bytes at most for this many2one field, but \
         `[\"a text of some length\",\"x\"]` came"
    );
}

#[test]
fn a_file_is_shown_by_its_beginning_and_its_length() {
    let shown = |blob: Blob| format!("{blob:?}");
    assert_eq!(shown(Blob::new([0; 6])), "Blob(AAAAAAAA)");
    assert_eq!(
        shown(Blob::new([0; 3_000])),
        "Blob(AAAAAAAAAAAAAAAAAAAAAAAA.. of 4000 characters)"
    );
    let named = shown(Blob::new([0; 3_000]).with_file_name("report.pdf"));
    assert!(named.len() < 60, "{named}");
}

/// Without its blank, the size of a file that has a column of its own would be base64.
#[test]
fn a_size_is_no_content() {
    let image = |value: &str| {
        let row = format!(r#"{{"id":1,"image":"{value}"}}"#);
        partner(&row).unwrap().image.unwrap()
    };
    for size in ["12 kB", "61.71 Kb", "8192 bytes", "5 MB"] {
        let image = image(size);
        assert_eq!(
            (image.bytes(), image.has_content()),
            (None, false),
            "{size}"
        );
    }
    for (size, bytes) in [
        ("12 kB", 12_288),
        ("61.71 Kb", 63_191),
        ("8.00 bytes", 8),
        ("5 MB", 5_242_880),
    ] {
        assert_eq!(image(size).about_size(), Some(bytes), "{size}");
    }
    for other in ["12 parsecs", "-1 kB", "x kB", "kB"] {
        assert_eq!(image(other).about_size(), None, "{other}");
    }
    assert_eq!(image("aGVsbG8=").about_size(), Some(5));
    assert_eq!(image("aGVs\\nbG8=\\n").bytes().unwrap(), b"hello");
}

#[test]
fn an_id_shows_as_its_number_and_a_many2one_as_its_name() {
    let id: Id<ResPartner> = Id::new(7);
    let acme = |name: Option<&str>| Many2one {
        id,
        name: name.map(str::to_owned),
    };
    assert_eq!(id.to_string(), "7");
    assert_eq!(acme(Some("Acme")).to_string(), "Acme");
    assert_eq!(
        acme(None).to_string(),
        "7",
        "the user may not read its name"
    );
}
