//! The records that the rows are about. Few, so that one sees which of them a domain finds.

use std::path::Path;

use odx_codegen::source;
use odx_live::models::{OdxProbe, OdxProbeKind, OdxProbeLine, OdxProbeTag};
use odx_runtime::{Domain, Error, Id, Model, Session};
use odx_sandbox::{Database, ModelOptions, User};
use serde_json::{Value, json};

/// The ids of the records.
#[derive(Clone, Copy, Debug)]
pub struct World {
    /// A tag.
    pub red: Id<OdxProbeTag>,
    /// Another tag.
    pub blue: Id<OdxProbeTag>,
    /// A kind with properties.
    pub kind: Id<OdxProbeKind>,
    /// Every field set.
    pub oak: Id<OdxProbe>,
    /// Below `oak`.
    pub beech: Id<OdxProbe>,
    /// Below `beech`; nothing set that need not be.
    pub bare: Id<OdxProbe>,
    /// Archived.
    pub old: Id<OdxProbe>,
    /// A line of `oak`.
    pub first: Id<OdxProbeLine>,
    /// Another line of `oak`.
    pub second: Id<OdxProbeLine>,
    /// The line of `beech`.
    pub third: Id<OdxProbeLine>,
}

/// The ids of a database that has these records only.
impl Default for World {
    fn default() -> Self {
        Self {
            red: Id::new(1),
            blue: Id::new(2),
            kind: Id::new(1),
            oak: Id::new(1),
            beech: Id::new(2),
            bare: Id::new(3),
            old: Id::new(4),
            first: Id::new(1),
            second: Id::new(2),
            third: Id::new(3),
        }
    }
}

/// A record of the world.
struct Given {
    model: &'static str,
    id: i64,
    /// Keeps the id that a server gave it.
    keep: fn(&mut World, i64),
    values: Value,
}

impl World {
    /// The probes.
    pub fn probes(&self) -> [Id<OdxProbe>; 4] {
        [self.oak, self.beech, self.bare, self.old]
    }

    /// What no other record of a server matches.
    pub fn own(&self) -> Domain<OdxProbe> {
        OdxProbe::F.id.is_in(self.probes())
    }

    /// The names of the probes among these.
    pub fn names(&self, ids: &[Id<OdxProbe>]) -> Vec<&'static str> {
        let names = ["oak", "beech", "bare", "old"];
        self.probes()
            .iter()
            .zip(names)
            .filter(|(id, _)| ids.contains(id))
            .map(|(_, name)| name)
            .collect()
    }

    /// Creates the records on a server of that version.
    ///
    /// # Errors
    /// What the server answers.
    pub async fn create(odoo: &Session, version: u16) -> Result<Self, Error> {
        let mut world = Self::default();
        for index in 0..world.given(version).len() {
            // Records come after those they refer to, whose ids are known by then.
            let given = world.given(version).swap_remove(index);
            let id = odoo
                .call(given.model, "create")
                .arg(given.values)
                .send()
                .await?;
            (given.keep)(&mut world, id);
        }
        Ok(world)
    }

    /// Deletes them; lines go with their probes.
    ///
    /// # Errors
    /// What the server answers.
    pub async fn delete(&self, odoo: &Session) -> Result<(), Error> {
        for probe in [self.old, self.bare, self.beech, self.oak] {
            OdxProbe::unlink(odoo, [probe]).await?;
        }
        OdxProbeTag::unlink(odoo, [self.red, self.blue]).await?;
        OdxProbeKind::unlink(odoo, [self.kind]).await
    }

    /// The records, without the fields that the version does not have.
    fn given(&self, version: u16) -> Vec<Given> {
        let mut given = self.given_to_newest();
        for Given { model, values, .. } in &mut given {
            if let Value::Object(values) = values {
                values.retain(|field, _| has_field(model, field, version));
            }
        }
        given
    }

    fn given_to_newest(&self) -> Vec<Given> {
        let tag = |id: Id<OdxProbeTag>, keep, name: &str| Given {
            model: "odx.probe.tag",
            id: id.number().expect("BUG: ids of the world are numbers"),
            keep,
            values: json!({"name": name}),
        };
        let kind = Given {
            model: "odx.probe.kind",
            id: self
                .kind
                .number()
                .expect("BUG: ids of the world are numbers"),
            keep: |world, id| world.kind = Id::new(id),
            values: json!({"name": "Wood", "code": "W", "properties_definition": [
                {"name": "a_integer", "type": "integer", "string": "Integer"},
                {"name": "a_char", "type": "char", "string": "Char"},
            ]}),
        };
        let probe = |id: Id<OdxProbe>, keep, values: Value| {
            let mut all = json!({
                "active": true, "boolean": false, "char_default": "default", "company_id": 1, "date_required": "2024-02-29",
                "datetime_required": "2024-02-29 23:59:59", "integer_required": 7, "selection_required": "low",
            });
            if let (Value::Object(all), Value::Object(values)) = (&mut all, values) {
                all.extend(values);
            }
            Given {
                model: "odx.probe",
                id: id.number().expect("BUG: ids of the world are numbers"),
                keep,
                values: all,
            }
        };
        let line = |id: Id<OdxProbeLine>, keep, probe: Id<OdxProbe>, name: &str, quantity: f64| {
            Given {
                model: "odx.probe.line",
                id: id.number().expect("BUG: ids of the world are numbers"),
                keep,
                values: json!({"probe_id": probe.to_json(), "name": name, "quantity": quantity, "sequence": 10}),
            }
        };
        vec![
            tag(self.red, |world, id| world.red = Id::new(id), "Red"),
            tag(self.blue, |world, id| world.blue = Id::new(id), "Blue"),
            kind,
            probe(
                self.oak,
                |world, id| world.oak = Id::new(id),
                json!({
                    "name": "oak", "char": "Oak 50%", "char_translated": "Oak", "text": "two\nlines", "html": "<p>wood</p>", "integer": 5,
                    "float": 2.5, "currency_id": 1, "monetary": 10.0, "boolean": true, "date": "2024-02-29",
                    "datetime": "2024-02-29 23:30:00", "binary": "aGVsbG8=", "selection": "draft",
                    "reference": format!("odx.probe.tag,{}", self.red), "res_model": "odx.probe.tag",
                    "res_id": self.red.to_json(), "tag_id": self.red.to_json(), "tag_ids": [self.red.to_json(), self.blue.to_json()],
                    "kind_id": self.kind.to_json(), "kind_code": "W", "properties": {"a_integer": 42, "a_char": "deep"}, "company_char": "first",
                    "company_tag_id": self.red.to_json(),
                    "json": {"a": [1, null]}, "integer_required": 1,
                }),
            ),
            probe(
                self.beech,
                |world, id| world.beech = Id::new(id),
                json!({
                    "name": "beech", "parent_id": self.oak.to_json(), "char": "beech", "char_translated": "Beech", "integer": 7, "float": 7.5,
                    "currency_id": 1, "monetary": 5.5, "date": "2024-03-10", "datetime": "2024-03-10 08:00:00",
                    "selection": "to invoice", "tag_id": self.blue.to_json(), "tag_ids": [self.blue.to_json()],
                    "kind_id": self.kind.to_json(), "kind_code": "W", "integer_required": 2,
                }),
            ),
            probe(
                self.bare,
                |world, id| world.bare = Id::new(id),
                json!({"name": "bare", "parent_id": self.beech.to_json(), "integer_required": 3}),
            ),
            probe(
                self.old,
                |world, id| world.old = Id::new(id),
                json!({"name": "old", "active": false, "char": "Oak 50%", "integer_required": 4}),
            ),
            line(
                self.first,
                |world, id| world.first = Id::new(id),
                self.oak,
                "first",
                1.5,
            ),
            line(
                self.second,
                |world, id| world.second = Id::new(id),
                self.oak,
                "second",
                3.0,
            ),
            line(
                self.third,
                |world, id| world.third = Id::new(id),
                self.beech,
                "third",
                10.0,
            ),
        ]
    }
}

/// Fields of types that Odoo 16 brought; an older one has none of them.
const SINCE_16: [(&str, &str); 3] = [
    ("odx.probe", "json"),
    ("odx.probe", "properties"),
    ("odx.probe.kind", "properties_definition"),
];

/// The first version that keeps company-dependent values in the table of the model.
const COMPANY_VALUES_IN_COLUMNS: u16 = 18;

/// Whether a version has the field.
pub fn has_field(model: &str, field: &str, version: u16) -> bool {
    version >= 16 || !SINCE_16.contains(&(model, field))
}

/// The version has no field of that type, which odx leaves to the server to say.
pub fn is_of_a_newer_field(error: &Error) -> bool {
    let text = error.to_string();
    text.contains("Invalid field odx.probe.json")
        || text.contains("Invalid field 'json'")
        || text.contains("Invalid field 'properties'")
}

/// A sandbox's database with the world's records under these ids, as a version of Odoo.
///
/// # Panics
/// Only if the records do not fit the checked-in schema.
pub fn database(world: &World, version: u16) -> Database {
    let snapshot = Path::new(env!("CARGO_MANIFEST_DIR")).join("../live/odoo-schema");
    let schema = source::read_snapshot(&snapshot).expect("the snapshot of the live tests");
    let mut models = schema.fields_get();
    for (model, fields) in &mut models {
        fields.retain(|field, _| has_field(model, field, version));
        let of_company = |field: &&mut Value| field["company_dependent"] == true;
        for field in fields.values_mut().filter(of_company) {
            field["store"] = (version >= COMPANY_VALUES_IN_COLUMNS).into();
        }
    }
    let mut database = Database::new(models)
        .series(&format!("{version}.0"))
        .with_user(User::administrator(2, "key"))
        .with_language("fr_FR")
        .with_options(
            "odx.probe.line",
            ModelOptions {
                order: "sequence, id".to_owned(),
                ..ModelOptions::default()
            },
        );
    let defaults = [
        ("active", json!(true)),
        ("char_default", json!("default")),
        ("company_id", json!(1)),
        ("date_required", json!("2024-02-29")),
        ("datetime_required", json!("2024-02-29 23:59:59")),
        ("integer_required", json!(7)),
        ("selection_required", json!("low")),
    ];
    for (field, value) in defaults {
        let default = odx_sandbox::Default::Value(value);
        database = database.with_default("odx.probe", field, default);
    }
    database = database.with_default(
        "odx.probe.line",
        "sequence",
        odx_sandbox::Default::Value(json!(10)),
    );
    let others = [
        ("res.company", json!({"id": 1, "name": "YourCompany"})),
        ("res.currency", json!({"id": 1, "name": "USD"})),
    ];
    for (model, values) in others {
        database = with_record(database, model, values);
    }
    for mut given in world.given(version) {
        given.values["id"] = given.id.into();
        database = with_record(database, given.model, given.values);
    }
    database
}

fn with_record(database: Database, model: &str, values: Value) -> Database {
    let Value::Object(values) = values else {
        panic!("{model}: a record is an object");
    };
    database
        .with_records(model, [values])
        .unwrap_or_else(|error| panic!("{model}: {error:?}"))
}
