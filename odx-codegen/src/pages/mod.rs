//! A schema as a folder of web pages: a page a model, and an index that searches models and fields.
//!
//! The pages are read from disk: they name no other address, ask for nothing that a file cannot give, and show without
//! scripts all that they hold. What a server says is text in them and never more: `maud` escapes it, and the scripts set
//! `textContent`.

mod drawing;
mod example;
mod field;
mod frame;
mod index;
mod model;
mod related;
mod search;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use maud::Markup;

use crate::config::Config;
use crate::emit::{GeneratedFile, Layout, MARK, Output};
use crate::error::Error;
use crate::lower;
use crate::render::is_unseen;
use crate::schema::Schema;

use frame::Site;
use related::Related;

const STYLE: &str = include_str!("assets/style.css");
const SCRIPT: &str = include_str!("assets/pages.js");

/// The page that a reader opens first, below the output folder.
pub const PAGES_INDEX: &str = "index.html";

/// The folder of the models' pages, below the output folder.
pub(crate) const MODELS: &str = "models";

/// Makes the pages of a schema. The models and their Rust names are those that [`generate`](crate::generate) gives.
///
/// # Errors
///
/// [`Error::Rejected`] with everything in the configuration that does not go together with the schema.
pub fn pages(schema: &Schema, config: &Config) -> Result<Output, Error> {
    let (lowered, diagnostics) = lower::lower(schema, config)?;
    let site = Site {
        schema,
        config,
        lowered: &lowered,
    };
    let related = Related::new(&lowered);
    let mut files = vec![
        page(PAGES_INDEX, None, index::page(&site)),
        file(
            "assets/style.css",
            format!("/* {} */\n{STYLE}", notice(&site)),
        ),
        file("assets/pages.js", format!("// {}\n{SCRIPT}", notice(&site))),
        file(
            "assets/search.js",
            format!("// {}\n{}", notice(&site), search::data(&site)),
        ),
    ];
    for model in &lowered.models {
        let path = format!("{MODELS}/{}.html", model.module);
        let markup = model::page(&site, &related, model);
        files.push(page(&path, Some(&model.wire), markup));
    }
    files.sort();
    Ok(Output {
        files,
        diagnostics,
        layout: Layout::Pages,
    })
}

fn page(path: &str, model: Option<&str>, markup: Markup) -> GeneratedFile {
    GeneratedFile {
        path: path.into(),
        content: markup.into_string(),
        model: model.map(str::to_owned),
    }
}

fn file(path: &str, content: String) -> GeneratedFile {
    GeneratedFile {
        path: path.into(),
        content,
        model: None,
    }
}

/// The first line of every file: odx replaces what has it, and nothing else.
fn notice(site: &Site<'_>) -> String {
    format!(
        "{MARK} from the schema of {}. Do not edit: run `odx docs`.",
        site.odoo()
    )
}

/// A text of the server without what is not seen: control characters, and those that turn its direction around.
pub(crate) fn seen(text: &str) -> Cow<'_, str> {
    match text.contains(is_unseen) {
        true => text.replace(is_unseen, "\u{fffd}").into(),
        false => text.into(),
    }
}
