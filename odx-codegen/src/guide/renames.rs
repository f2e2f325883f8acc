//! What was likely renamed: something that is gone and something that is new, alike in all that a rename keeps.

use std::collections::{BTreeMap, BTreeSet};

use odx_facts::KEPT_BY_ODOO;

use super::addons::Missing;
use crate::schema::{Field, Model, Schema};

/// The least likeness of two names whose labels differ, by Jaro and Winkler.
const ALIKE: f64 = 0.9;

/// The least part of fields that two models share, to be one model: with the same name for people, and without.
const SHARED_OF_NAMESAKES: f64 = 0.4;
const SHARED: f64 = 0.7;

/// Fewest fields of their own that they share.
const FEWEST: usize = 3;

/// A guess.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Rename {
    pub(super) from: String,
    pub(super) to: String,
    /// What it is guessed by.
    pub(super) why: String,
}

/// All guesses.
#[derive(Debug, Default)]
pub(super) struct Renames {
    pub(super) models: Vec<Rename>,
    /// By the old name of the model.
    fields: BTreeMap<String, Vec<Rename>>,
}

impl Renames {
    pub(super) fn guess(old: &Schema, new: &Schema, missing: &Missing) -> Self {
        let mut renames = Self {
            models: models(old, new, missing),
            fields: BTreeMap::new(),
        };
        for model in old.models() {
            if let Some(now) = new.model(renames.model(&model.model)) {
                let found = fields(model, now, &renames);
                if !found.is_empty() {
                    renames.fields.insert(model.model.clone(), found);
                }
            }
        }
        renames
    }

    /// The name of a model in the new schema.
    pub(super) fn model<'a>(&'a self, old: &'a str) -> &'a str {
        let found = self.models.iter().find(|rename| rename.from == old);
        found.map_or(old, |rename| &rename.to)
    }

    /// Whether a model of the new schema is one of the old.
    pub(super) fn is_new(&self, model: &str) -> bool {
        self.models.iter().any(|rename| rename.to == model)
    }

    /// The renames of a model's fields, by its old name.
    pub(super) fn of(&self, model: &str) -> &[Rename] {
        self.fields.get(model).map_or(&[], Vec::as_slice)
    }

    /// All renamed fields, by the new name of the model.
    pub(super) fn fields(&self) -> Vec<(String, Rename)> {
        let all = self.fields.iter().flat_map(|(model, renames)| {
            let model = self.model(model);
            renames
                .iter()
                .map(move |rename| (model.to_owned(), rename.clone()))
        });
        all.collect()
    }
}

/// A pair that may be one, and how alike it is.
struct Guess<'a> {
    likeness: f64,
    from: &'a str,
    to: &'a str,
    why: String,
}

/// The best guesses, each name in one of them at most.
fn best(mut guesses: Vec<Guess<'_>>) -> Vec<Rename> {
    guesses.sort_by(|a, b| {
        let by_likeness = b.likeness.total_cmp(&a.likeness);
        by_likeness.then_with(|| (a.from, a.to).cmp(&(b.from, b.to)))
    });
    let (mut taken, mut given) = (BTreeSet::new(), BTreeSet::new());
    let mut found: Vec<Rename> = Vec::new();
    for guess in guesses {
        if taken.contains(guess.from) || given.contains(guess.to) {
            continue;
        }
        taken.insert(guess.from);
        given.insert(guess.to);
        found.push(Rename {
            from: guess.from.to_owned(),
            to: guess.to.to_owned(),
            why: guess.why,
        });
    }
    found.sort_by(|a, b| a.from.cmp(&b.from));
    found
}

fn models(old: &Schema, new: &Schema, missing: &Missing) -> Vec<Rename> {
    let gone = |model: &&Model| new.model(&model.model).is_none() && !missing.explains(model);
    let gone: Vec<&Model> = old.models().filter(gone).collect();
    let come: Vec<&Model> = (new.models())
        .filter(|model| old.model(&model.model).is_none())
        .collect();
    let common = common(old);
    let own = |model: &'_ Model| -> BTreeSet<String> {
        let names = model
            .fields
            .keys()
            .filter(|name| !common.contains(name.as_str()));
        names.cloned().collect()
    };
    let come: Vec<(&Model, BTreeSet<String>)> =
        come.into_iter().map(|model| (model, own(model))).collect();
    let mut guesses = Vec::new();
    for was in gone {
        let had = own(was);
        for (is, has) in &come {
            let shared = had.intersection(has).count();
            let part = shared as f64 / had.union(has).count().max(1) as f64;
            let are_namesakes = !was.name.is_empty() && was.name == is.name;
            let least = if are_namesakes {
                SHARED_OF_NAMESAKES
            } else {
                SHARED
            };
            if shared < FEWEST || part < least {
                continue;
            }
            let namesakes = if are_namesakes {
                "the same name for people and "
            } else {
                ""
            };
            guesses.push(Guess {
                likeness: part + f64::from(u8::from(are_namesakes)),
                from: &was.model,
                to: &is.model,
                why: format!("{namesakes}{shared} of {} fields of its own", had.len()),
            });
        }
    }
    best(guesses)
}

/// Fields that many models have, which tell no two of them apart.
fn common(schema: &Schema) -> BTreeSet<&str> {
    let mut number: BTreeMap<&str, usize> = BTreeMap::new();
    for name in schema.models().flat_map(|model| model.fields.keys()) {
        *number.entry(name).or_default() += 1;
    }
    let many = (schema.models().len() / 10).max(10);
    number.retain(|_, models| *models > many);
    number
        .into_keys()
        .chain(KEPT_BY_ODOO.iter().copied())
        .collect()
}

fn fields(old: &Model, new: &Model, renames: &Renames) -> Vec<Rename> {
    let gone = old
        .fields
        .iter()
        .filter(|(name, _)| !new.fields.contains_key(*name));
    let come: Vec<(&String, &Field)> = (new.fields.iter())
        .filter(|(name, _)| !old.fields.contains_key(*name))
        .collect();
    let mut guesses = Vec::new();
    for (from, was) in gone {
        for (to, is) in &come {
            if let Some((likeness, why)) = alike(from, was, to, is, renames) {
                guesses.push(Guess {
                    likeness,
                    from,
                    to,
                    why,
                });
            }
        }
    }
    best(guesses)
}

/// How alike two fields are, and in what; `None` where they are not.
fn alike(
    from: &str,
    was: &Field,
    to: &str,
    is: &Field,
    renames: &Renames,
) -> Option<(f64, String)> {
    let relation = was.relation.as_deref().map(|model| renames.model(model));
    if was.field_type != is.field_type || relation != is.relation.as_deref() {
        return None;
    }
    let names = strsim::jaro_winkler(from, to);
    let is_labelled = !was.string.is_empty() && was.string == is.string;
    let keys = |field: &Field| -> BTreeSet<String> {
        field
            .selection
            .iter()
            .map(|(key, _)| format!("{key:?}"))
            .collect()
    };
    let same_keys = was.selection.len() > 1 && keys(was) == keys(is);
    if !is_labelled && !same_keys && names < ALIKE {
        return None;
    }
    let mut why = vec!["type"];
    for (holds, what) in [
        (is.relation.is_some(), "relation"),
        (same_keys, "keys"),
        (is_labelled, "label"),
    ] {
        why.extend(holds.then_some(what));
    }
    let mut why = format!("same {}", why.join(", "));
    if !is_labelled && !same_keys {
        why.push_str(", alike names");
    }
    let marks = f64::from(u8::from(is_labelled)) + f64::from(u8::from(same_keys));
    Some((marks + names, why))
}
