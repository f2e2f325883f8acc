//! Models that are gone since the new Odoo lacks an addon: no migration, and not to be told model by model.

use std::collections::{BTreeMap, BTreeSet};

use super::line::Line;
use crate::schema::{Model, Schema};

/// Where addons are not told, this many models of one first word that are all gone are taken for one.
const FEWEST: usize = 3;

/// Most names of a list that stands in a sentence.
const MOST: usize = 12;

/// What the new Odoo lacks.
#[derive(Debug, Default)]
pub(super) struct Missing {
    /// Addons, where both snapshots tell theirs.
    addons: BTreeSet<String>,
    /// Whether both tell.
    are_told: bool,
    /// First words of models of which there is none any more, where one of them does not.
    words: BTreeSet<String>,
}

impl Missing {
    pub(super) fn new(old: &Schema, new: &Schema) -> Self {
        let (had, has) = (addons(old), addons(new));
        let are_told = !had.is_empty() && !has.is_empty();
        if are_told {
            return Self {
                addons: had
                    .difference(&has)
                    .map(|name| (*name).to_owned())
                    .collect(),
                are_told,
                words: BTreeSet::new(),
            };
        }
        let mut by_word: BTreeMap<&str, usize> = BTreeMap::new();
        for model in old.models() {
            *by_word.entry(first_word(&model.model)).or_default() += 1;
        }
        let now: BTreeSet<&str> = new.models().map(|model| first_word(&model.model)).collect();
        by_word.retain(|word, models| *models >= FEWEST && !now.contains(word));
        Self {
            addons: BTreeSet::new(),
            are_told,
            words: by_word.into_keys().map(str::to_owned).collect(),
        }
    }

    /// Whether a model that is gone is gone for this.
    pub(super) fn explains(&self, model: &Model) -> bool {
        let is_of_missing_addons = !model.modules.is_empty()
            && model
                .modules
                .iter()
                .all(|addon| self.addons.contains(addon));
        is_of_missing_addons || self.words.contains(first_word(&model.model))
    }
}

/// The addons of an Odoo: those it lists, or those that its models name.
fn addons(schema: &Schema) -> BTreeSet<&str> {
    let listed = schema.meta.modules.iter();
    let named = schema.models().flat_map(|model| &model.modules);
    listed.chain(named).map(String::as_str).collect()
}

/// What a reader has to know before the rest.
pub(super) fn warnings(old: &Schema, new: &Schema, missing: &Missing) -> Vec<Line> {
    let is_gone = |model: &&Model| new.model(&model.model).is_none() && missing.explains(model);
    let gone: Vec<&str> = (old.models().filter(is_gone))
        .map(|model| model.model.as_str())
        .collect();
    let mut warnings = Vec::new();
    if !missing.addons.is_empty() {
        warnings.push(
            Line::default()
                .text(format!("The new Odoo lacks {} that the old one has: ", count(missing.addons.len(), "addon")))
                .codes(missing.addons.iter().map(String::as_str), MOST)
                .text(format!(
                    ". {} gone with them and not listed below; fields that they gave to other models are. Some addons were merged into others or \
                     renamed; install what your code needs, pull again, and compare again.",
                    are(gone.len(), "model")
                )),
        );
    }
    if !missing.are_told {
        warnings.push(
            Line::default()
                .text("One of the snapshots does not tell its addons, so that what is gone with an addon cannot be told from what Odoo dropped. \
                       Pull both as a user who may read ")
                .code("ir.model")
                .text(" for a better guide."),
        );
    }
    if !missing.words.is_empty() {
        let words: Vec<String> = missing
            .words
            .iter()
            .map(|word| format!("{word}.*"))
            .collect();
        warnings.push(
            Line::default()
                .text("The new snapshot has no model at all of ")
                .codes(words.iter().map(String::as_str), MOST)
                .text(format!(
                    ": their addons are not installed there, or Odoo dropped them. {} gone with them and not listed below.",
                    are(gone.len(), "model")
                )),
        );
    }
    let (was, is) = (&old.meta, &new.meta);
    if was.lang != is.lang && was.lang.is_some() && is.lang.is_some() {
        warnings.push(Line::default().text(
            "The snapshots are of two languages: labels cannot be compared, so that fewer renames are found.",
        ));
    }
    if was.user != is.user && was.user.is_some() && is.user.is_some() {
        warnings.push(Line::default().text(
            "The snapshots were pulled by two users: a field that is gone may be one that the second may not see.",
        ));
    }
    if !methods_are_told(old, new) && (has_methods(old) || has_methods(new)) {
        warnings.push(
            Line::default()
                .text("Only one of the snapshots has methods, so that they are not compared: run ")
                .code("odx pull --methods")
                .text(" on both sides."),
        );
    }
    warnings
}

/// Whether both snapshots have methods.
pub(super) fn methods_are_told(old: &Schema, new: &Schema) -> bool {
    has_methods(old) && has_methods(new)
}

fn has_methods(schema: &Schema) -> bool {
    schema.models().any(|model| !model.methods.is_empty())
}

fn first_word(model: &str) -> &str {
    model.split('.').next().unwrap_or(model)
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

fn are(number: usize, noun: &str) -> String {
    format!(
        "{} {}",
        count(number, noun),
        if number == 1 { "is" } else { "are" }
    )
}
