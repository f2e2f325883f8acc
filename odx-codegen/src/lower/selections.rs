//! The types of selections. Selections with the same keys and labels are one type.

use std::collections::BTreeMap;

use super::names::{self, CrateNames};
use crate::diagnostic::Diagnostic;
use crate::ir::{Definition, Key, Model, Selection, Variant};
use crate::schema::{Field, SelectionKey};

/// Most variants of an enum; time zones are 597, and nobody matches on them.
const MOST_VARIANTS: usize = 64;

type Options = Vec<(Key, String)>;

/// The selections so far. Models and fields come in sorted order, so the first to have a selection owns its type.
pub(super) struct Selections<'a> {
    names: &'a mut CrateNames,
    owners: BTreeMap<Options, (String, String)>,
}

impl<'a> Selections<'a> {
    pub(super) fn new(names: &'a mut CrateNames) -> Self {
        Self {
            names,
            owners: BTreeMap::new(),
        }
    }

    /// The type of a selection field of a model.
    pub(super) fn lower(
        &mut self,
        model: &Model,
        name: &str,
        field: &Field,
        diagnostics: &mut Vec<Diagnostic>,
    ) -> Selection {
        let options = options(&format!("{}.{name}", model.wire), field, diagnostics);
        let type_name = self.names.selection(&model.type_name, name);
        Selection {
            definition: self.define(&model.module, &type_name, options),
            name: type_name,
            field: name.to_owned(),
            label: field.string.clone(),
        }
    }

    fn define(&mut self, module: &str, name: &str, options: Options) -> Definition {
        // Selections without keys are filled by the server, each in its own way.
        if options.is_empty() {
            return Definition::Text(Vec::new());
        }
        if let Some((module, name)) = self.owners.get(&options) {
            return Definition::Alias {
                module: module.clone(),
                name: name.clone(),
            };
        }
        self.owners
            .insert(options.clone(), (module.to_owned(), name.to_owned()));
        if options.len() > MOST_VARIANTS {
            return Definition::Text(options.into_iter().map(|(key, _)| key).collect());
        }
        let names = names::variants(options.iter().map(|(key, _)| key));
        let variants = options.into_iter().zip(names);
        Definition::Enum(
            variants
                .map(|((key, label), name)| Variant { key, name, label })
                .collect(),
        )
    }
}

/// The keys that are values; `false` is how the server lists the unset one.
fn options(path: &str, field: &Field, diagnostics: &mut Vec<Diagnostic>) -> Options {
    let mut options = Options::new();
    for (key, label) in &field.selection {
        let key = match key {
            SelectionKey::Text(key) => Key::Text(key.clone()),
            SelectionKey::Integer(key) => Key::Integer(*key),
            SelectionKey::Boolean(_) => continue,
        };
        if options.iter().any(|(known, _)| same_text(known, &key)) {
            diagnostics.push(Diagnostic::warning(
                path,
                "lists a selection key twice; the first was kept",
            ));
            continue;
        }
        options.push((key, label.clone()));
    }
    options
}

/// A selection is read by the text of its keys, so `1` and `"1"` are the same.
fn same_text(a: &Key, b: &Key) -> bool {
    match (a, b) {
        (Key::Integer(number), Key::Text(text)) | (Key::Text(text), Key::Integer(number)) => {
            number.to_string() == *text
        }
        (a, b) => a == b,
    }
}
