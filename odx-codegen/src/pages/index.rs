//! The index: all models, by the first word of their names.

use std::collections::BTreeMap;

use maud::{Markup, html};

use super::frame::{self, Site, count};
use super::{MODELS, seen};
use crate::ir::Model;

pub(super) fn page(site: &Site<'_>) -> Markup {
    let models = &site.lowered.models;
    let fields = models.iter().map(|model| model.fields.len()).sum();
    let mut groups: BTreeMap<&str, Vec<&Model>> = BTreeMap::new();
    for model in models {
        groups.entry(group(&model.wire)).or_default().push(model);
    }
    let title = format!("Models of {}", site.odoo());
    let body = html! {
        h1 { (title) }
        p class="facts" {
            (count(models.len(), "model")) ", " (count(fields, "field"))
            @if !site.schema.meta.modules.is_empty() {
                ", " (count(site.schema.meta.modules.len(), "addon"))
            }
        }
        nav class="groups" aria-label="Groups of models" {
            @for (index, (name, models)) in groups.iter().enumerate() {
                a href={ "#group-" (index) } { (seen(name)) " " small { (models.len()) } }
            }
        }
        @for (index, (name, models)) in groups.iter().enumerate() {
            section class="group" {
                h2 id={ "group-" (index) } { (seen(name)) }
                table class="models" {
                    thead class="unseen" { tr {
                        th scope="col" { "Model" } th scope="col" { "Name" } th scope="col" { "Kind" }
                        th scope="col" { "Fields" }
                    } }
                    tbody { @for model in models { (row(model)) } }
                }
            }
        }
    };
    frame::page(site, "", &title, &body)
}

fn row(model: &Model) -> Markup {
    html! {
        tr {
            th scope="row" { a href={ (MODELS) "/" (model.module) ".html" } { code { (seen(&model.wire)) } } }
            td { (seen(&model.label)) }
            td {
                @if model.transient { span class="flag" { "transient" } " " }
                @if model.is_abstract { span class="flag" { "abstract" } }
            }
            td class="number" { (count(model.fields.len(), "field")) }
        }
    }
}

/// The first word of a model's name: `sale` of `sale.order`.
fn group(wire: &str) -> &str {
    wire.split('.').next().unwrap_or(wire)
}
