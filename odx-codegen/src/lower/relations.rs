//! Where relations lead.

use std::collections::{BTreeMap, BTreeSet};

use super::names::CrateNames;
use crate::ir::{Missing, Model, Target};

/// The models that relations lead to, generated or not.
pub(super) struct Relations {
    generated: BTreeMap<String, Target>,
    missing: BTreeMap<String, Target>,
}

impl Relations {
    /// `relations` are the wire names of all targets.
    pub(super) fn new<'a>(models: &[Model], relations: impl Iterator<Item = &'a str>) -> Self {
        let target = |model: &Model| Target {
            wire: model.wire.clone(),
            module: Some(model.module.clone()),
            type_name: model.type_name.clone(),
        };
        let generated: BTreeMap<String, Target> = models
            .iter()
            .map(|model| (model.wire.clone(), target(model)))
            .collect();
        let missing: BTreeSet<&str> = relations
            .filter(|wire| !generated.contains_key(*wire))
            .collect();
        let mut names = CrateNames::new();
        let missing = missing.into_iter().map(|wire| {
            let target = Target {
                wire: wire.to_owned(),
                module: None,
                type_name: names.missing_model(wire),
            };
            (wire.to_owned(), target)
        });
        Self {
            missing: missing.collect(),
            generated,
        }
    }

    pub(super) fn target(&self, wire: &str) -> &Target {
        let target = self.generated.get(wire).or_else(|| self.missing.get(wire));
        target.expect("BUG: every relation was named before fields were lowered")
    }

    /// The model of that name, if it is generated.
    pub(super) fn generated(&self, wire: &str) -> Option<&Target> {
        self.generated.get(wire)
    }

    pub(super) fn generated_names(&self) -> impl Iterator<Item = &str> {
        self.generated.keys().map(String::as_str)
    }

    pub(super) fn missing(self) -> Vec<Missing> {
        let missing = self.missing.into_values();
        missing
            .map(|target| Missing {
                wire: target.wire,
                type_name: target.type_name,
            })
            .collect()
    }
}
