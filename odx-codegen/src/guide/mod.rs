//! What a new schema means for code that was written against an old one, to be read by who migrates it.
//!
//! Whether code still compiles is not guessed: both schemas are lowered to what would be generated, and that is compared. What
//! was renamed is guessed, and said to be.

mod addons;
mod compare;
mod html;
mod line;
mod markdown;
mod renames;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use crate::config::Config;
use crate::error::Error;
use crate::ir;
use crate::lower;
use crate::schema::{Model, Schema};

use addons::Missing;
use compare::{Change, Weight};
use line::Line;
use renames::{Rename, Renames};

/// A change that so many models share is told once.
const SHARED: usize = 8;

/// What changed from one schema to another, as a document.
#[derive(Debug)]
pub struct Guide {
    title: String,
    /// What makes the comparison less sure, or parts of it no migration at all.
    warnings: Vec<Line>,
    renamed_models: Vec<Rename>,
    /// By model, under its new name.
    renamed_fields: Vec<(String, Rename)>,
    dropped_models: Vec<String>,
    build: Part,
    behaviour: Part,
    new: Part,
    new_models: Vec<String>,
    /// Labels and help texts that differ.
    words: usize,
}

/// Changes of one kind.
#[derive(Debug, Default)]
struct Part {
    /// What many models share: the change, and the models.
    shared: Vec<(Line, Vec<String>)>,
    /// By model.
    models: BTreeMap<String, Vec<Line>>,
}

/// Makes the guide from `old` to `new`.
///
/// # Errors
///
/// [`Error::Rejected`] when one of them cannot be generated from.
pub fn guide(old: &Schema, new: &Schema) -> Result<Guide, Error> {
    let config = Config::default();
    let (old_code, _) = lower::lower(old, &config)?;
    let (new_code, _) = lower::lower(new, &config)?;
    let missing = Missing::new(old, new);
    let renames = Renames::guess(old, new, &missing);
    let (mut build, mut gone) = (Vec::new(), Vec::new());
    let (mut behaviour, mut added) = (Vec::new(), Vec::new());
    let mut words = 0;
    for model in old.models() {
        let name = renames.model(&model.model);
        let Some(now) = new.model(name) else {
            continue;
        };
        words += compare::words(model, now);
        let pair = compare::Pair {
            schemas: (old, new),
            described: (model, now),
            code: (code(&old_code, &model.model), code(&new_code, name)),
            crates: (&old_code, &new_code),
            renames: &renames,
        };
        for Change { weight, line } in pair.changes() {
            let of_weight = match weight {
                Weight::Build => &mut build,
                Weight::Gone => &mut gone,
                Weight::Behaviour => &mut behaviour,
                Weight::New => &mut added,
            };
            of_weight.push((name.to_owned(), line));
        }
    }
    let is_known =
        |model: &&Model| old.model(&model.model).is_none() && !renames.is_new(&model.model);
    let is_gone = |model: &&Model| {
        new.model(&model.model).is_none() && renames.model(&model.model) == model.model
    };
    let dropped = old.models().filter(is_gone);
    Ok(Guide {
        title: format!("From {} to {}", odoo(&old_code), odoo(&new_code)),
        warnings: addons::warnings(old, new, &missing),
        dropped_models: dropped
            .filter(|model| !missing.explains(model))
            .map(|model| model.model.clone())
            .collect(),
        new_models: (new.models().filter(is_known))
            .map(|model| model.model.clone())
            .collect(),
        build: Part::new(build).with_gone(Part::new(gone)),
        behaviour: Part::new(behaviour),
        new: Part::new(added),
        renamed_fields: renames.fields(),
        renamed_models: renames.models,
        words,
    })
}

impl Part {
    /// Takes together what many models share.
    fn new(changes: Vec<(String, Line)>) -> Self {
        let mut by_line: BTreeMap<Line, Vec<String>> = BTreeMap::new();
        for (model, line) in &changes {
            by_line.entry(line.clone()).or_default().push(model.clone());
        }
        by_line.retain(|_, models| models.len() >= SHARED);
        let mut models: BTreeMap<String, Vec<Line>> = BTreeMap::new();
        for (model, line) in changes {
            if !by_line.contains_key(&line) {
                models.entry(model).or_default().push(line);
            }
        }
        let mut shared: Vec<_> = by_line.into_iter().collect();
        shared.sort_by_key(|(_, models)| std::cmp::Reverse(models.len()));
        Self { shared, models }
    }

    /// The same, led by what is gone: each is named, and a line says it of all.
    fn with_gone(mut self, gone: Self) -> Self {
        let is_gone =
            |line: Line, number| line.text(if number == 1 { " is gone" } else { " are gone" });
        let shared = gone.shared.into_iter();
        self.shared
            .extend(shared.map(|(line, models)| (is_gone(line, 1), models)));
        self.shared
            .sort_by_key(|(_, models)| std::cmp::Reverse(models.len()));
        for (model, lines) in gone.models {
            let number = lines.len();
            let line = is_gone(Line::joined(lines), number);
            self.models.entry(model).or_default().insert(0, line);
        }
        self
    }

    fn is_empty(&self) -> bool {
        self.shared.is_empty() && self.models.is_empty()
    }

    /// How many models it is about.
    fn len(&self) -> usize {
        let shared = self.shared.iter().flat_map(|(_, models)| models);
        shared
            .chain(self.models.keys())
            .collect::<BTreeSet<_>>()
            .len()
    }
}

fn code<'a>(lowered: &'a ir::Crate, wire: &str) -> &'a ir::Model {
    let place = (lowered.models).binary_search_by(|model| model.wire.as_str().cmp(wire));
    &lowered.models[place.expect("BUG: every model of a schema is generated, sorted by name")]
}

fn odoo(lowered: &ir::Crate) -> String {
    match &lowered.odoo_version {
        Some(version) => format!("Odoo {version}"),
        None => "an Odoo of unknown version".to_owned(),
    }
}

/// Names by their first word: `fleet.` and how many begin so.
fn by_first_word(names: &[String]) -> BTreeMap<&str, Vec<&str>> {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in names {
        let word = name.split('.').next().unwrap_or(name);
        groups.entry(word).or_default().push(name);
    }
    groups
}
