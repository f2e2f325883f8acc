//! Which models relate to which.

use std::collections::BTreeMap;

use odx_facts::{KEPT_BY_ODOO, Value};

use crate::ir::{Crate, Field, Kind, Model, Target};

/// A model at the other end, and the fields that lead there or come from there.
pub(super) struct Neighbour<'a> {
    pub(super) wire: &'a str,
    /// The stem of its page, or `None` when it is not generated.
    pub(super) module: Option<&'a str>,
    /// Sorted by name.
    pub(super) fields: Vec<&'a Field>,
}

impl Neighbour<'_> {
    /// Whether one of the relations is to one record.
    pub(super) fn is_of_one(&self) -> bool {
        self.fields
            .iter()
            .any(|field| field.field_type.value() == Value::Many2one)
    }
}

/// The relations into each model, by its wire name.
pub(super) struct Related<'a> {
    into: BTreeMap<&'a str, Vec<Neighbour<'a>>>,
}

impl<'a> Related<'a> {
    pub(super) fn new(lowered: &'a Crate) -> Self {
        let mut into: BTreeMap<&str, Vec<Neighbour<'_>>> = BTreeMap::new();
        for model in &lowered.models {
            for neighbour in from(model) {
                // A one2many is the other side of a many2one, which is told where it stands.
                let fields: Vec<&Field> = (neighbour.fields.into_iter())
                    .filter(|field| field.field_type != odx_facts::FieldType::One2many)
                    .collect();
                if !fields.is_empty() {
                    into.entry(neighbour.wire).or_default().push(Neighbour {
                        wire: &model.wire,
                        module: Some(&model.module),
                        fields,
                    });
                }
            }
        }
        Self { into }
    }

    /// The models that refer to this one, the closest first.
    pub(super) fn to(&self, model: &Model) -> Vec<&Neighbour<'a>> {
        let into = self.into.get(model.wire.as_str());
        let mut neighbours: Vec<&Neighbour<'_>> = into.into_iter().flatten().collect();
        neighbours.sort_by_cached_key(|neighbour| closeness(model, neighbour));
        neighbours
    }
}

/// The models that a model's relations lead to, the closest first.
pub(super) fn from(model: &Model) -> Vec<Neighbour<'_>> {
    let mut targets: BTreeMap<&str, Neighbour<'_>> = BTreeMap::new();
    for field in &model.fields {
        let Kind::Relation(Target { wire, module, .. }) = &field.kind else {
            continue;
        };
        // Every model has these, and they tell nothing of it.
        if KEPT_BY_ODOO.contains(&field.wire.as_str()) {
            continue;
        }
        let target = targets.entry(wire).or_insert_with(|| Neighbour {
            wire,
            module: module.as_deref(),
            fields: Vec::new(),
        });
        target.fields.push(field);
    }
    let mut targets: Vec<Neighbour<'_>> = targets.into_values().collect();
    for target in &mut targets {
        target.fields.sort_by(|a, b| a.wire.cmp(&b.wire));
    }
    targets.sort_by_cached_key(|target| closeness(model, target));
    targets
}

/// What a reader most likely looks for comes first: relations that a record cannot be without, of the same part of Odoo, kept in
/// the database; then by name.
fn closeness<'a>(model: &Model, neighbour: &Neighbour<'a>) -> (u8, &'a str) {
    let holds = |flag: u16| neighbour.fields.iter().any(|field| field.flags & flag != 0);
    let first_word = |wire: &'a str| wire.split('.').next();
    let is_kin = first_word(neighbour.wire) == model.wire.split('.').next();
    let mut distance = 0;
    for (is_close, weight) in [
        (holds(odx_facts::flags::STORED), 4),
        (holds(odx_facts::flags::REQUIRED), 2),
        (is_kin, 1),
    ] {
        distance += if is_close { 0 } else { weight };
    }
    (distance, neighbour.wire)
}
