//! Finds the structs in Rust sources. What the derive itself refuses is passed over: the compiler tells of it.

use std::fs;
use std::path::{Path, PathBuf};

use syn::ext::IdentExt;
use syn::meta::ParseNestedMeta;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{Attribute, Ident, ItemStruct, LitStr, Token, Type};

use crate::failure::Failure;

/// A struct that is a model of its own.
pub(super) struct Struct {
    pub(super) file: PathBuf,
    pub(super) line: usize,
    pub(super) name: String,
    /// The model that it names.
    pub(super) model: String,
    pub(super) fields: Vec<StructField>,
}

/// One field of such a struct.
pub(super) struct StructField {
    pub(super) line: usize,
    pub(super) name: String,
    /// The name on the wire.
    pub(super) wire: String,
    pub(super) ty: Type,
    /// What `#[odoo(kind = "..")]` says.
    pub(super) kind: Option<String>,
    pub(super) computed: bool,
}

/// The structs in the files that the globs match, in the order of the files.
pub(super) fn structs(globs: &[String]) -> Result<Vec<Struct>, Failure> {
    let mut files = Vec::new();
    for pattern in globs {
        let before = files.len();
        let matched = glob::glob(pattern).map_err(|error| Failure::SourceGlob {
            glob: pattern.clone(),
            message: error.to_string(),
        })?;
        for file in matched {
            let file = file.map_err(|error| Failure::Io {
                action: "read",
                path: error.path().to_owned(),
                source: error.into(),
            })?;
            if file.is_file() {
                files.push(file);
            }
        }
        if files.len() == before {
            return Err(Failure::NoSources(pattern.clone()));
        }
    }
    files.sort();
    files.dedup();
    let mut structs = Vec::new();
    for file in files {
        structs.extend(of_file(&file)?);
    }
    Ok(structs)
}

fn of_file(file: &Path) -> Result<Vec<Struct>, Failure> {
    let text = fs::read_to_string(file).map_err(Failure::io("read", file))?;
    let parsed = syn::parse_file(&text).map_err(|error| Failure::Source {
        path: file.to_owned(),
        line: error.span().start().line,
        message: error.to_string(),
    })?;
    let mut finder = Finder {
        file,
        structs: Vec::new(),
    };
    finder.visit_file(&parsed);
    Ok(finder.structs)
}

struct Finder<'a> {
    file: &'a Path,
    structs: Vec<Struct>,
}

impl<'ast> Visit<'ast> for Finder<'_> {
    fn visit_item_struct(&mut self, item: &'ast ItemStruct) {
        visit::visit_item_struct(self, item);
        if !derives_model(&item.attrs) {
            return;
        }
        let Some(model) = entries(&item.attrs).text("name") else {
            return;
        };
        self.structs.push(Struct {
            file: self.file.to_owned(),
            line: item.ident.span().start().line,
            name: item.ident.to_string(),
            model,
            fields: item.fields.iter().filter_map(StructField::read).collect(),
        });
    }
}

impl StructField {
    fn read(field: &syn::Field) -> Option<Self> {
        let name = field.ident.as_ref()?.unraw().to_string();
        let entries = entries(&field.attrs);
        Some(Self {
            line: field.ty.span().start().line,
            wire: entries.text("field").unwrap_or_else(|| name.clone()),
            kind: entries.text("kind"),
            computed: entries.has("computed"),
            ty: field.ty.clone(),
            name,
        })
    }
}

fn derives_model(attributes: &[Attribute]) -> bool {
    attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("derive"))
        .filter_map(|attribute| {
            attribute
                .parse_args_with(Punctuated::<syn::Path, Token![,]>::parse_terminated)
                .ok()
        })
        .flatten()
        .any(|path| {
            path.segments
                .last()
                .is_some_and(|last| last.ident == "OdooModel")
        })
}

/// What stands in `#[odoo(..)]`: words, some with a text.
struct Entries(Vec<(String, Option<String>)>);

impl Entries {
    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|(entry, _)| entry == word)
    }

    fn text(&self, word: &str) -> Option<String> {
        let (_, text) = self.0.iter().find(|(entry, _)| entry == word)?;
        text.clone()
    }
}

fn entries(attributes: &[Attribute]) -> Entries {
    let mut entries = Vec::new();
    for attribute in attributes
        .iter()
        .filter(|attribute| attribute.path().is_ident("odoo"))
    {
        // An error ends the list, and the compiler tells of it.
        let _ = attribute.parse_nested_meta(|meta| {
            let word = meta.path.require_ident()?.unraw().to_string();
            let text = value(&meta)?;
            entries.push((word, text));
            Ok(())
        });
    }
    Entries(entries)
}

/// `= "text"`, or `= name`, as a field may be given.
fn value(meta: &ParseNestedMeta) -> syn::Result<Option<String>> {
    if !meta.input.peek(Token![=]) {
        return Ok(None);
    }
    let value = meta.value()?;
    if value.peek(LitStr) {
        return value.parse::<LitStr>().map(|text| Some(text.value()));
    }
    value
        .call(Ident::parse_any)
        .map(|name| Some(name.unraw().to_string()))
}
