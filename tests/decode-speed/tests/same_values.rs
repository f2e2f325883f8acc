//! The readers that are compared read the same.

use odx_decode_speed::pages;
use serde_json::Value;

#[test]
fn every_reader_finds_the_same_values_in_every_page() {
    for page in pages::all() {
        let sent: Vec<Value> = serde_json::from_slice(&page.rows).expect("JSON");
        assert!(!sent.is_empty(), "{}: no rows", page.name);
        assert_same(page.name, "odx", &(page.odx_values)(&page.rows), &sent);
        assert_same(page.name, "serde", &(page.serde_values)(&page.rows), &sent);
    }
}

fn assert_same(model: &str, reader: &str, read: &[Value], sent: &[Value]) {
    assert_eq!(read.len(), sent.len(), "{model}, read by {reader}");
    for (read, sent) in read.iter().zip(sent) {
        let (read, sent) = (fields(read), fields(sent));
        assert!(
            read.keys().eq(sent.keys()),
            "{model}, read by {reader}: other fields"
        );
        for (field, value) in sent {
            assert!(
                same(&read[field], value),
                "{model}.{field}: {} read by {reader}, {value} sent",
                read[field]
            );
        }
    }
}

fn fields(row: &Value) -> &serde_json::Map<String, Value> {
    row.as_object().expect("a row")
}

/// An integer may stand for a float.
fn same(read: &Value, sent: &Value) -> bool {
    match (read.as_f64(), sent.as_f64()) {
        (Some(read), Some(sent)) => read == sent,
        _ => read == sent,
    }
}
