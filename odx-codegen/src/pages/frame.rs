//! What every page has: its head, the search and the foot.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::{notice, seen};
use crate::config::Config;
use crate::ir::Crate;
use crate::schema::Schema;

/// What the pages are made of.
pub(super) struct Site<'a> {
    pub(super) schema: &'a Schema,
    pub(super) config: &'a Config,
    pub(super) lowered: &'a Crate,
}

impl Site<'_> {
    /// `Odoo 19.0`.
    pub(super) fn odoo(&self) -> String {
        match &self.lowered.odoo_version {
            Some(version) => format!("Odoo {version}"),
            None => "Odoo".to_owned(),
        }
    }
}

/// A page. `root` is the way from it to the index: empty, or `../`.
pub(super) fn page(site: &Site<'_>, root: &str, title: &str, body: &Markup) -> Markup {
    let odoo = site.odoo();
    html! {
        // The version holds no character that could end the comment.
        (PreEscaped(format!("<!-- {} -->\n", notice(site))))
        (DOCTYPE)
        html lang="en" data-root=(root) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (seen(title)) }
                link rel="stylesheet" href={ (root) "assets/style.css" };
                script src={ (root) "assets/pages.js" } defer {}
            }
            body {
                a class="skip" href="#content" { "To the content" }
                header {
                    a class="home" href={ (root) "index.html" } { (odoo) }
                    form role="search" id="search-form" {
                        label class="unseen" for="search" { "Search models and fields" }
                        input type="search" id="search" autocomplete="off" spellcheck="false"
                            placeholder="Search models and fields ( / )";
                    }
                }
                section id="found" aria-label="Search results" hidden {
                    p id="found-count" role="status" {}
                    ol id="found-list" {}
                }
                main id="content" tabindex="-1" { (body) }
                footer {
                    p {
                        "Written by odx from a snapshot of " (odoo)
                        @if let Some(lang) = &site.schema.meta.lang { ", language " (seen(lang)) }
                        @if let Some(user) = &site.schema.meta.user { ", as the user " (seen(user)) " sees it" }
                        "."
                    }
                }
            }
        }
    }
}

/// `1 field`, `16,210 fields`.
pub(super) fn count(number: usize, noun: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let plural = if number == 1 { "" } else { "s" };
    format!("{grouped} {noun}{plural}")
}
