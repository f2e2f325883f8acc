//! Records as record batches: what each field type becomes, and that a stream of batches is a stream as any other.

#[allow(dead_code, unreachable_pub)]
#[path = "support/table.rs"]
mod table;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use chrono::DateTime;
use futures_util::TryStreamExt;
use odx_facts::Value;
use odx_runtime::arrow::arrow_array::cast::AsArray;
use odx_runtime::arrow::arrow_array::types::{
    Date32Type, Decimal128Type, Float64Type, Int32Type, Int64Type, TimestampMicrosecondType,
};
use odx_runtime::arrow::arrow_array::{Array, RecordBatch};
use odx_runtime::arrow::{Column, Columns};
use odx_runtime::model::{FieldType, JsonValue};
use odx_runtime::prelude::*;
use proptest::prelude::*;
use serde_json::json;
use table::Table;

/// A model of its own with what the tests read.
#[derive(OdooModel)]
#[odoo(name = "sale.order")]
struct SaleOrder {
    id: Id<SaleOrder>,
    name: Option<String>,
    #[odoo(kind = "monetary")]
    amount_total: f64,
    #[odoo(kind = "selection")]
    state: Option<String>,
    partner_id: Option<Many2one<SaleOrder>>,
    order_line: Vec<Id<SaleOrder>>,
}

const NAMES: [&str; 6] = [
    "id",
    "name",
    "amount_total",
    "state",
    "partner_id",
    "order_line",
];

/// Two orders: one with all its values, one with none.
fn orders() -> Table {
    let set = [
        json!("S1"),
        json!(19.99),
        json!("sale"),
        json!([7, "Ann"]),
        json!([3, 4]),
    ];
    let unset = [
        json!(false),
        json!(0.0),
        json!(false),
        json!(false),
        json!([]),
    ];
    let mut table = Table::of([1, 2]);
    for (name, value) in NAMES[1..].iter().zip(set) {
        table = table.with_value(1, name, value);
    }
    for (name, value) in NAMES[1..].iter().zip(unset) {
        table = table.with_value(2, name, value);
    }
    table
}

async fn batches(table: &Table, size: usize) -> Vec<RecordBatch> {
    let query = SaleOrder::all().page_size(size);
    query
        .stream_arrow(&table.session(), Columns::of::<SaleOrder>())
        .try_collect()
        .await
        .unwrap()
}

#[tokio::test]
async fn a_projection_is_a_schema_and_its_records_are_rows() {
    let found = batches(&orders(), 10).await;
    let [batch] = &found[..] else {
        panic!("{} batches", found.len());
    };
    assert_eq!(batch.schema(), Columns::of::<SaleOrder>().schema());
    assert_eq!(batch.num_rows(), 2);
    assert_eq!(batch["id"].as_primitive::<Int64Type>().values(), &[1, 2]);
    let names: Vec<Option<&str>> = batch["name"].as_string::<i32>().iter().collect();
    assert_eq!(names, [Some("S1"), None]);
    let partners = batch["partner_id"].as_struct();
    assert!(partners.is_valid(0) && partners.is_null(1));
    assert_eq!(partners.column(0).as_primitive::<Int64Type>().value(0), 7);
    assert_eq!(partners.column(1).as_string::<i32>().value(0), "Ann");
    let states = batch["state"].as_dictionary::<Int32Type>();
    let keys = states.downcast_dict::<odx_runtime::arrow::arrow_array::StringArray>();
    let keys: Vec<Option<&str>> = keys.unwrap().into_iter().collect();
    assert_eq!(keys, [Some("sale"), None]);
    let lines = batch["order_line"].as_list::<i32>();
    assert_eq!(lines.value(0).as_primitive::<Int64Type>().values(), &[3, 4]);
    assert!(lines.is_valid(1) && lines.value(1).is_empty());
    let totals = batch["amount_total"].as_primitive::<Float64Type>();
    assert_eq!(totals.values(), &[19.99, 0.0]);
}

#[tokio::test]
async fn every_record_is_in_one_batch_whatever_the_page() {
    let mut table = Table::of(1..=25).hiding(|id| id % 4 == 0);
    for id in 1..=25 {
        for (name, value) in NAMES[1..].iter().zip([
            json!("x"),
            json!(1.0),
            json!("sale"),
            json!(false),
            json!([]),
        ]) {
            table = table.with_value(id, name, value);
        }
    }
    let visible: Vec<i64> = (1..=25).filter(|id| id % 4 != 0).collect();
    let session = table.session();
    for size in [1, 3, 7, 100] {
        for (query, expected) in [
            (SaleOrder::all(), visible.clone()),
            (SaleOrder::all().limit(11), visible[..11].to_vec()),
            (
                SaleOrder::all().order(|o| o.id.desc()),
                visible.iter().rev().copied().collect(),
            ),
        ] {
            let query = query.page_size(size);
            let found = query.stream_arrow(&session, Columns::of::<SaleOrder>());
            let found: Vec<RecordBatch> = found.try_collect().await.unwrap();
            let ids: Vec<i64> = found
                .iter()
                .flat_map(|batch| batch["id"].as_primitive::<Int64Type>().values().to_vec())
                .collect();
            assert_eq!(ids, expected, "pages of {size}");
        }
    }
}

/// A record with one field, of a model without a Rust type.
async fn one(ty: FieldType, value: JsonValue) -> Result<RecordBatch, Error> {
    let table = Table::of([1]).with_value(1, "x_field", value);
    let session = table.session();
    let batches = session.arrow("x.model", [Column::new("x_field", ty)]);
    let mut found: Vec<RecordBatch> = batches.stream().try_collect().await?;
    Ok(found.remove(0))
}

/// Whether the only value of the batch is null.
fn is_null(batch: &RecordBatch) -> bool {
    batch["x_field"].is_null(0)
}

#[tokio::test]
async fn what_is_unset_is_null_but_for_booleans_and_lists() {
    for ty in FieldType::ALL {
        let unset = if ty.is_to_many() {
            json!([])
        } else {
            json!(false)
        };
        let unset = match ty {
            FieldType::Many2oneReference => json!(0),
            _ => unset,
        };
        let batch = one(*ty, unset).await.unwrap();
        let never = ty.is_to_many() || *ty == FieldType::Boolean;
        assert_eq!(is_null(&batch), !never, "{ty}");
        assert_eq!(batch.schema().field(0).is_nullable(), !never, "{ty}");
    }
}

#[tokio::test]
async fn dates_moments_bytes_and_json_keep_their_values() {
    let date = one(FieldType::Date, json!("1970-01-03")).await.unwrap();
    assert_eq!(date["x_field"].as_primitive::<Date32Type>().value(0), 2);
    let moment = one(FieldType::Datetime, json!("1970-01-01 00:01:05"))
        .await
        .unwrap();
    let micros = moment["x_field"].as_primitive::<TimestampMicrosecondType>();
    assert_eq!(
        (micros.value(0), micros.timezone()),
        (65_000_000, Some("UTC"))
    );
    let bytes = one(FieldType::Binary, json!("aGk=")).await.unwrap();
    assert_eq!(bytes["x_field"].as_binary::<i32>().value(0), b"hi");
    let json = one(FieldType::Json, json!({"a": [1]})).await.unwrap();
    assert_eq!(json["x_field"].as_string::<i32>().value(0), r#"{"a":[1]}"#);
    let reference = one(FieldType::Reference, json!("res.partner,7")).await;
    let reference = reference.unwrap();
    assert_eq!(
        reference["x_field"].as_string::<i32>().value(0),
        "res.partner,7"
    );
}

#[tokio::test]
async fn a_value_that_does_not_fit_its_column_names_record_and_field() {
    for (ty, value, expected) in [
        (
            FieldType::Integer,
            json!(1.5),
            "x.model(1).x_field: expected an integer for this integer field, but `1.5` came",
        ),
        (
            FieldType::Many2one,
            json!(["abc", "Ann"]),
            "x.model(1).x_field: expected an id that is a number for this many2one field, but `abc` came",
        ),
        (
            FieldType::Binary,
            json!("12 kB"),
            "x.model(1).x_field: expected content in base64 for this binary field, but something else came",
        ),
    ] {
        let table = Table::of([1]).with_value(1, "x_field", value);
        let session = table.session();
        let columns = [
            Column::new("id", FieldType::Integer),
            Column::new("x_field", ty),
        ];
        let read: Result<Vec<RecordBatch>, Error> = session
            .arrow("x.model", columns)
            .stream()
            .try_collect()
            .await;
        let error = read.unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[tokio::test]
async fn a_key_that_the_schema_does_not_name_is_added_to_the_dictionary() {
    let table = Table::of([1, 2, 3])
        .with_value(1, "x_field", json!("new"))
        .with_value(2, "x_field", json!("b"))
        .with_value(3, "x_field", json!(false));
    let session = table.session();
    let column = Column::new("x_field", FieldType::Selection).keys(["a", "b"]);
    let batches = session.arrow("x.model", [column]).page_size(1);
    let found: Vec<RecordBatch> = batches.stream().try_collect().await.unwrap();
    let places: Vec<Option<i32>> = found
        .iter()
        .flat_map(|batch| {
            batch["x_field"]
                .as_dictionary::<Int32Type>()
                .keys()
                .iter()
                .collect::<Vec<_>>()
        })
        .collect();
    assert_eq!(places, [Some(2), Some(1), None]);
    let last = found[2]["x_field"].as_dictionary::<Int32Type>();
    let keys: Vec<_> = last.values().as_string::<i32>().iter().flatten().collect();
    assert_eq!(keys, ["a", "b", "new"]);
}

#[tokio::test]
async fn a_decimal_is_the_nearest_one_of_its_places() {
    for (number, digits) in [
        (json!(19.99), 1999),
        (json!(0.1 + 0.2), 30),
        (json!(-2.675), -268),
        (json!(1e-7), 0),
        (json!(12), 1200),
    ] {
        let table = Table::of([1]).with_value(1, "amount_total", number.clone());
        let session = table.session();
        let column = Column::new("amount_total", FieldType::Monetary);
        let batches = session.arrow("sale.order", [column]);
        let batches = batches.decimal("amount_total", 16, 2).unwrap();
        let found: Vec<RecordBatch> = batches.stream().try_collect().await.unwrap();
        let column = found[0]["amount_total"].as_primitive::<Decimal128Type>();
        assert_eq!(column.value(0), digits, "{number}");
    }
    let columns = Columns::of::<SaleOrder>();
    for (field, expected) in [
        ("name", "only floats and monetary ones"),
        ("nmae", "is none of the columns: they are id, name,"),
    ] {
        let error = columns
            .clone()
            .decimal(field, 16, 2)
            .unwrap_err()
            .to_string();
        assert!(error.contains(expected), "{error}");
    }
    assert!(columns.decimal("amount_total", 2, 3).is_err());
}

#[tokio::test]
async fn a_decimal_of_more_digits_than_there_are_is_refused() {
    let table = Table::of([1]).with_value(1, "amount_total", json!(1e9));
    let session = table.session();
    let column = Column::new("amount_total", FieldType::Monetary);
    let batches = session.arrow("sale.order", [column]);
    let batches = batches.decimal("amount_total", 6, 2).unwrap();
    let read: Result<Vec<RecordBatch>, Error> = batches.stream().try_collect().await;
    let error = read.unwrap_err().to_string();
    assert!(
        error.contains("sale.order(1).amount_total: expected a decimal"),
        "{error}"
    );
}

/// A value of a type as Odoo sends it.
fn value(kind: Value) -> BoxedStrategy<JsonValue> {
    let text = any::<String>().prop_map(JsonValue::from).boxed();
    let id = 1..=i64::MAX;
    let years = -62_135_596_800..=253_402_300_799_i64;
    let moment = years.prop_map(|seconds| DateTime::from_timestamp(seconds, 0).unwrap());
    match kind {
        Value::Text => text,
        Value::Integer => any::<i64>().prop_map(JsonValue::from).boxed(),
        Value::Float => proptest::num::f64::NORMAL.prop_map(JsonValue::from).boxed(),
        Value::Boolean => any::<bool>().prop_map(JsonValue::from).boxed(),
        Value::Date => moment
            .prop_map(|moment| moment.format("%Y-%m-%d").to_string().into())
            .boxed(),
        Value::Datetime => moment
            .prop_map(|moment| moment.format("%Y-%m-%d %H:%M:%S").to_string().into())
            .boxed(),
        Value::Blob => proptest::collection::vec(any::<u8>(), 1..50)
            .prop_map(|bytes| BASE64_STANDARD.encode(bytes).into())
            .boxed(),
        Value::Selection => "[a-z_ ]{1,8}".prop_map(JsonValue::from).boxed(),
        Value::Many2one => (id, ".{1,20}")
            .prop_map(|(id, name)| json!([id, name]))
            .boxed(),
        Value::Ids => proptest::collection::hash_set(id, 0..5)
            .prop_map(|ids| json!(ids))
            .boxed(),
        Value::RecordRef => id.prop_map(|id| format!("res.partner,{id}").into()).boxed(),
        Value::ResId => id.prop_map(JsonValue::from).boxed(),
        Value::Json | Value::Properties | Value::PropertiesDefinition => any::<(String, i64)>()
            .prop_map(|(text, number)| json!([{"name": text, "value": [number, null, {}]}]))
            .boxed(),
    }
}

/// What a column of the field's type says of a row, in the words that Odoo sent it in.
fn sent(kind: Value, column: &dyn Array) -> JsonValue {
    let text = || column.as_string::<i32>().value(0);
    match kind {
        Value::Text | Value::RecordRef => text().into(),
        Value::Integer | Value::ResId => column.as_primitive::<Int64Type>().value(0).into(),
        Value::Float => column.as_primitive::<Float64Type>().value(0).into(),
        Value::Boolean => column.as_boolean().value(0).into(),
        Value::Date => {
            let date = column.as_primitive::<Date32Type>().value_as_date(0);
            date.unwrap().format("%Y-%m-%d").to_string().into()
        }
        Value::Datetime => {
            let micros = column.as_primitive::<TimestampMicrosecondType>().value(0);
            let moment = DateTime::from_timestamp_micros(micros).unwrap();
            moment.format("%Y-%m-%d %H:%M:%S").to_string().into()
        }
        Value::Blob => BASE64_STANDARD
            .encode(column.as_binary::<i32>().value(0))
            .into(),
        Value::Selection => {
            let keys = column.as_dictionary::<Int32Type>();
            let place = keys.keys().value(0);
            keys.values()
                .as_string::<i32>()
                .value(place.try_into().unwrap())
                .into()
        }
        Value::Many2one => {
            let parts = column.as_struct();
            let id = parts.column(0).as_primitive::<Int64Type>().value(0);
            json!([id, parts.column(1).as_string::<i32>().value(0)])
        }
        Value::Ids => {
            let ids = column.as_list::<i32>().value(0);
            json!(ids.as_primitive::<Int64Type>().values().to_vec())
        }
        Value::Json | Value::Properties | Value::PropertiesDefinition => {
            serde_json::from_str(text()).unwrap()
        }
    }
}

/// A type, and a value of it.
fn typed() -> impl Strategy<Value = (FieldType, JsonValue)> {
    proptest::sample::select(FieldType::ALL)
        .prop_flat_map(|ty| value(ty.value()).prop_map(move |value| (ty, value)))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_column_says_what_was_sent((ty, value) in typed()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let batch = runtime.block_on(one(ty, value.clone())).unwrap();
        prop_assert!(!is_null(&batch));
        prop_assert_eq!(sent(ty.value(), &batch["x_field"]), value);
    }
}

#[tokio::test]
async fn a_model_is_read_by_ranges_of_ids_each_record_in_one() {
    let mut table = Table::of(1..=30).hiding(|id| id % 5 == 0);
    for id in 1..=30 {
        table = table.with_value(id, "x_field", json!(id));
    }
    let session = table.session();
    let mut all = Vec::new();
    for (after, up_to) in [
        (None, Some(7)),
        (Some(7), Some(8)),
        (Some(8), Some(25)),
        (Some(25), None),
    ] {
        let columns = ["id", "x_field"].map(|name| Column::new(name, FieldType::Integer));
        let mut batches = session.arrow("x.model", columns).page_size(3);
        if let Some(after) = after {
            batches = batches.after(after);
        }
        if let Some(up_to) = up_to {
            batches = batches.up_to(up_to);
        }
        let found: Vec<RecordBatch> = batches.stream().try_collect().await.unwrap();
        for batch in found {
            let ids = batch["id"].as_primitive::<Int64Type>().values().to_vec();
            let is_within = |id: &i64| {
                after.is_none_or(|after| *id > after) && up_to.is_none_or(|up_to| *id <= up_to)
            };
            assert!(ids.iter().all(is_within), "{ids:?}");
            all.extend(ids);
        }
    }
    let visible: Vec<i64> = (1..=30).filter(|id| id % 5 != 0).collect();
    assert_eq!(all, visible);
}

#[tokio::test]
async fn a_range_of_files_leaves_out_those_of_fields_as_the_whole_does() {
    let table = Table::of(1..=9).with_files_of_fields(|id| id % 3 == 0);
    let session = table.session();
    let batches = session.arrow("ir.attachment", [Column::new("id", FieldType::Integer)]);
    let found: Vec<RecordBatch> = batches.up_to(6).stream().try_collect().await.unwrap();
    let ids: Vec<i64> = found
        .iter()
        .flat_map(|batch| batch["id"].as_primitive::<Int64Type>().values().to_vec())
        .collect();
    assert_eq!(ids, [1, 2, 4, 5]);
}
