//! The structs that a user without odx would write.

use std::io;
use std::path::Path;
use std::{fmt::Write as _, fs};

use odx_codegen::Schema;

const MANIFEST: &str = r#"[package]
name = "plain"
version = "0.1.0"
edition = "2024"

[dependencies]
chrono = { version = "0.4", default-features = false, features = ["serde", "std"] }
serde = { version = "1", features = ["derive"] }
serde_json = "1"

[workspace]
"#;

/// Odoo's types, and what a user would hold them in.
const TYPES: &[(&str, &str)] = &[
    ("integer", "i64"),
    ("many2one_reference", "i64"),
    ("float", "f64"),
    ("monetary", "f64"),
    ("boolean", "bool"),
    ("date", "Option<chrono::NaiveDate>"),
    ("datetime", "Option<chrono::DateTime<chrono::Utc>>"),
    ("many2one", "Option<(i64, String)>"),
    ("one2many", "Vec<i64>"),
    ("many2many", "Vec<i64>"),
    ("json", "Option<serde_json::Value>"),
    ("properties", "Vec<serde_json::Value>"),
    ("properties_definition", "Vec<serde_json::Value>"),
];

/// Writes a crate with one struct a model.
pub(crate) fn write(schema: &Schema, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder.join("src"))?;
    fs::write(folder.join("Cargo.toml"), MANIFEST)?;
    let mut library = String::from("#![allow(nonstandard_style)]\n");
    for (number, model) in schema.models().enumerate() {
        let mut text =
            String::from("#[derive(serde::Serialize, serde::Deserialize)]\npub struct Model {\n");
        for (name, field) in &model.fields {
            let ty = TYPES
                .iter()
                .find(|(odoo, _)| *odoo == field.field_type)
                .map_or("Option<String>", |(_, rust)| rust);
            let _ = writeln!(text, "    pub {}: {ty},", ident(name));
        }
        text.push_str("}\n");
        fs::write(folder.join(format!("src/model_{number}.rs")), text)?;
        let _ = writeln!(library, "pub mod model_{number};");
    }
    fs::write(folder.join("src/lib.rs"), library)
}

fn ident(name: &str) -> String {
    [name.to_owned(), format!("r#{name}")]
        .into_iter()
        .find(|ident| syn::parse_str::<syn::Ident>(ident).is_ok())
        .unwrap_or_else(|| format!("{name}_"))
}
