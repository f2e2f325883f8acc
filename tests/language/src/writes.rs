//! Writes and calls.

use chrono::NaiveDate;
use odx_live::models::{OdxProbe, OdxProbeLine, OdxProbeSelection};
use odx_runtime::model::{Blob, RecordRef};
use odx_runtime::write::PropertyValues;
use odx_runtime::{Command, Error, Id, Model, Session, values};
use serde_json::{Value, json};

use crate::call_rows;
use crate::row::{CallRow, Section};

const F: &crate::Fields = &OdxProbe::F;

/// How a property without a value is read; `false` is that of a boolean, too, which the records of these tests have not.
const UNSET: [Value; 2] = [Value::Null, Value::Bool(false)];

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, 29).expect("a day")
}

/// A field of a record, as it is read.
async fn look(odoo: &Session, probe: Id<OdxProbe>, field: &str) -> Result<Value, Error> {
    let mut rows: Value = odoo
        .call("odx.probe", "read")
        .ids([probe])
        .arg(json!([field]))
        .send()
        .await?;
    Ok(rows[0][field].take())
}

/// The bytes of a record, as text.
async fn content(odoo: &Session, probe: Id<OdxProbe>) -> Result<Option<String>, Error> {
    let rows = OdxProbe::search(|p| p.id.eq(probe)).select(|p| (p.binary,));
    let mut rows = rows.fetch(odoo).await?;
    let bytes = rows.pop().and_then(|(blob,)| blob?.bytes());
    Ok(bytes.and_then(|bytes| String::from_utf8(bytes).ok()))
}

/// The properties of a record that have a value; versions differ in how they tell that one has none.
async fn set_properties(
    odoo: &Session,
    probe: Id<OdxProbe>,
) -> Result<Vec<(String, Value)>, Error> {
    let properties = look(odoo, probe, "properties").await?;
    let properties = properties.as_array().into_iter().flatten();
    Ok(properties
        .filter(|property| !UNSET.contains(&property["value"]))
        .map(|property| {
            (
                property["name"].as_str().unwrap_or_default().to_owned(),
                property["value"].clone(),
            )
        })
        .collect())
}

/// The names of a record's lines.
async fn lines(odoo: &Session, probe: Id<OdxProbe>) -> Result<Vec<String>, Error> {
    let lines = OdxProbeLine::search(|l| l.probe_id.eq(probe)).order(|l| l.id.asc());
    let rows = lines.select(|l| (l.name,)).fetch(odoo).await?;
    Ok(rows.into_iter().filter_map(|(name,)| name).collect())
}

/// What new records became, and what of their fields was set. They are deleted.
async fn made(odoo: &Session, probes: Vec<Id<OdxProbe>>) -> Result<Vec<Value>, Error> {
    let mut seen = Vec::new();
    for probe in probes {
        let values = [
            look(odoo, probe, "name").await?,
            look(odoo, probe, "date").await?,
        ];
        seen.push(json!([values, lines(odoo, probe).await?]));
        OdxProbe::unlink(odoo, [probe]).await?;
    }
    Ok(seen)
}

/// The writes.
pub fn sections() -> Vec<Section<CallRow>> {
    vec![
        call_rows! { "Records", "`values!` and `.set` take the same. A field is set, cleared (`None`, `.clear`) or left as it is. A create must give what Odoo demands and has no default for; `..` ends a list that need not.";
            "create" |odoo, w, d| { OdxProbe::create(&odoo, values!(OdxProbe { name: "ash", date: day(), char: None })) }
                then |id| { made(&odoo, vec![id]) }
                sends { 14 => r#"create({"char":false,"date":"2024-02-29","name":"ash"})"# }
                gives r#"[Array [Array [String("ash"), String("2024-02-29")], Array []]]"#;
            "create, by the builder" |odoo, w, d| { OdxProbe::create(&odoo, OdxProbe::values().set(F.name, "ash").set(F.date, day())) }
                then |id| { made(&odoo, vec![id]) }
                sends { 14 => r#"create({"date":"2024-02-29","name":"ash"})"# }
                gives r#"[Array [Array [String("ash"), String("2024-02-29")], Array []]]"#;
            "create many, 100 a call" |odoo, w, d| { OdxProbe::create_many(&odoo, ["ash", "elm"].map(|name| values!(OdxProbe { name: name }))) }
                then |ids| { made(&odoo, ids) }
                sends { 14 => r#"create([{"name":"ash"},{"name":"elm"}])"# }
                gives r#"[Array [Array [String("ash"), Bool(false)], Array []], Array [Array [String("elm"), Bool(false)], Array []]]"#;
            "create with lines" |odoo, w, d| { OdxProbe::create(&odoo, OdxProbe::values().set(F.name, "ash").set(F.line_ids, [Command::Create(values!(OdxProbeLine { name: "leaf", .. }))])) }
                then |id| { made(&odoo, vec![id]) }
                sends { 14 => r#"create({"line_ids":[[0,0,{"name":"leaf"}]],"name":"ash"})"# }
                gives r#"[Array [Array [String("ash"), Bool(false)], Array [String("leaf")]]]"#;
            "write" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], values!(OdxProbe { char: "x", text: None, .. })) }
                then |_done| { look(&odoo, w.bare, "char") }
                sends { 14 => r#"write([3], {"char":"x","text":false})"# }
                gives r#"String("x")"#;
            "write to several" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare, w.old], OdxProbe::values().set(F.char, "y")) }
                then |_done| { look(&odoo, w.old, "char") }
                sends { 14 => r#"write([3,4], {"char":"y"})"# }
                gives r#"String("y")"#;
            "clear" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().clear(F.char)) }
                then |_done| { look(&odoo, w.bare, "char") }
                sends { 14 => r#"write([3], {"char":false})"# }
                gives "Bool(false)";
            "nothing to write is no call" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values()) }
                then |_done| { look(&odoo, w.bare, "char") }
                sends { 14 => "" }
                gives "Bool(false)";
        },
        call_rows! { "Values", "By the type of the field. A datetime of any zone is sent in UTC. Fields of the types json and properties exist from Odoo 16 on.";
            "text" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.text, "two words")) }
                then |_done| { look(&odoo, w.bare, "text") }
                sends { 14 => r#"write([3], {"text":"two words"})"# }
                gives r#"String("two words")"#;
            "integer" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.integer, 3)) }
                then |_done| { look(&odoo, w.bare, "integer") }
                sends { 14 => r#"write([3], {"integer":3})"# }
                gives "Number(3)";
            "float" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.float, 1.5)) }
                then |_done| { look(&odoo, w.bare, "float") }
                sends { 14 => r#"write([3], {"float":1.5})"# }
                gives "Number(1.5)";
            "boolean" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.boolean, true)) }
                then |_done| { look(&odoo, w.bare, "boolean") }
                sends { 14 => r#"write([3], {"boolean":true})"# }
                gives "Bool(true)";
            "date" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.date, day())) }
                then |_done| { look(&odoo, w.bare, "date") }
                sends { 14 => r#"write([3], {"date":"2024-02-29"})"# }
                gives r#"String("2024-02-29")"#;
            "datetime" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.datetime, day().and_hms_opt(8, 0, 0).expect("a time").and_utc())) }
                then |_done| { look(&odoo, w.bare, "datetime") }
                sends { 14 => r#"write([3], {"datetime":"2024-02-29 08:00:00"})"# }
                gives r#"String("2024-02-29 08:00:00")"#;
            "selection" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.selection, OdxProbeSelection::Done)) }
                then |_done| { look(&odoo, w.bare, "selection") }
                sends { 14 => r#"write([3], {"selection":"done"})"# }
                gives r#"String("done")"#;
            "many2one" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.tag_id, w.red)) }
                then |_done| { look(&odoo, w.bare, "tag_id") }
                sends { 14 => r#"write([3], {"tag_id":1})"# }
                gives r#"Array [Number(1), String("Red")]"#;
            "reference" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.reference, RecordRef::to(w.blue))) }
                then |_done| { look(&odoo, w.bare, "reference") }
                sends { 14 => r#"write([3], {"reference":"odx.probe.tag,2"})"# }
                gives r#"String("odx.probe.tag,2")"#;
            "binary" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.binary, Blob::new(b"hi"))) }
                then |_done| { content(&odoo, w.bare) }
                sends { 14 => r#"write([3], {"binary":"aGk="})"# }
                gives r#"Some("hi")"#;
            "json" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.json, json!({"a": [1, null]}))) }
                then |_done| { look(&odoo, w.bare, "json") }
                sends { 16 => r#"write([3], {"json":{"a":[1,null]}})"# }
                gives r#"Object {"a": Array [Number(1), Null]}"#;
            "many2one with properties" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.kind_id, w.kind)) }
                then |_done| { look(&odoo, w.bare, "kind_id") }
                sends { 14 => r#"write([3], {"kind_id":1})"# }
                gives r#"Array [Number(1), String("Wood")]"#;
            "properties: those left out are cleared" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.properties, PropertyValues::new().set("a_integer", 7))) }
                then |_done| { set_properties(&odoo, w.bare) }
                sends { 16 => r#"write([3], {"properties":{"a_integer":7}})"# }
                gives r#"[("a_integer", Number(7))]"#;
        },
        call_rows! { "Commands", "Of one2many and many2many. A list of ids is the command 6.";
            "6: these and no others" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.tag_ids, [w.red, w.blue])) }
                then |_done| { look(&odoo, w.bare, "tag_ids") }
                sends { 14 => r#"write([3], {"tag_ids":[[6,0,[1,2]]]})"# }
                gives "Array [Number(1), Number(2)]";
            "6, in words" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.tag_ids, [Command::Set(vec![w.blue])])) }
                then |_done| { look(&odoo, w.bare, "tag_ids") }
                sends { 14 => r#"write([3], {"tag_ids":[[6,0,[2]]]})"# }
                gives "Array [Number(2)]";
            "4: link" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.tag_ids, [Command::Link(w.red)])) }
                then |_done| { look(&odoo, w.bare, "tag_ids") }
                sends { 14 => r#"write([3], {"tag_ids":[[4,1,0]]})"# }
                gives "Array [Number(1), Number(2)]";
            "3: take out" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.tag_ids, [Command::Unlink(w.red)])) }
                then |_done| { look(&odoo, w.bare, "tag_ids") }
                sends { 14 => r#"write([3], {"tag_ids":[[3,1,0]]})"# }
                gives "Array [Number(2)]";
            "5: take all out" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.tag_ids, [Command::Clear])) }
                then |_done| { look(&odoo, w.bare, "tag_ids") }
                sends { 14 => r#"write([3], {"tag_ids":[[5,0,0]]})"# }
                gives "Array []";
            "5, as a clear" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().clear(F.tag_ids)) }
                then |_done| { look(&odoo, w.bare, "tag_ids") }
                sends { 14 => r#"write([3], {"tag_ids":[[5,0,0]]})"# }
                gives "Array []";
            "0: create" |odoo, w, d| { OdxProbe::write(&odoo, [w.bare], OdxProbe::values().set(F.line_ids, [Command::Create(values!(OdxProbeLine { name: "bud", .. }))])) }
                then |_done| { lines(&odoo, w.bare) }
                sends { 14 => r#"write([3], {"line_ids":[[0,0,{"name":"bud"}]]})"# }
                gives r#"["bud"]"#;
            "1: write to one" |odoo, w, d| { OdxProbe::write(&odoo, [w.oak], OdxProbe::values().set(F.line_ids, [Command::Update(w.first, values!(OdxProbeLine { name: "renamed", .. }))])) }
                then |_done| { lines(&odoo, w.oak) }
                sends { 14 => r#"write([1], {"line_ids":[[1,1,{"name":"renamed"}]]})"# }
                gives r#"["renamed", "second"]"#;
            "2: delete one" |odoo, w, d| { OdxProbe::write(&odoo, [w.oak], OdxProbe::values().set(F.line_ids, [Command::Delete(w.second)])) }
                then |_done| { lines(&odoo, w.oak) }
                sends { 14 => r#"write([1], {"line_ids":[[2,2,0]]})"# }
                gives r#"["renamed"]"#;
        },
        call_rows! { "Deletion and calls", "Any method may be called; its answer is of the type that it is asked for.";
            "delete records" |odoo, w, d| { OdxProbeLine::unlink(&odoo, [w.third]) }
                then |_done| { lines(&odoo, w.beech) }
                sends { 14 => "unlink([3])" }
                gives "[]";
            "call a method of records" |odoo, w, d| { OdxProbe::call(&odoo, "write").ids([w.bare]).arg(json!({"char": "z"})).send::<bool>() }
                sends { 14 => r#"write([3], {"char":"z"})"# }
                gives "true";
            "call a method of the model" |odoo, w, d| { OdxProbe::call(&odoo, "fields_get").arg(json!(["name"])).arg(json!(["type"])).send::<Value>() }
                sends { 14 => r#"fields_get(["name"], ["type"])"# }
                gives r#"Object {"name": Object {"type": String("char")}}"#;
            "call a method of any model" |odoo, w, d| { odoo.call("odx.probe.tag", "search_count").arg(json!([["id", "=", w.red.to_json()]])).send::<i64>() }
                sends { 14 => r#"search_count([["id","=",1]])"# }
                gives "1";
        },
    ]
}
