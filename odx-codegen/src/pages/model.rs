//! The page of a model.

use maud::{Markup, html};

use super::frame::{self, Site, count};
use super::related::{Neighbour, Related};
use super::{drawing, example, field, related, seen};
use crate::ir::Model;
use crate::schema::{self, Method};

pub(super) fn page(site: &Site<'_>, related: &Related<'_>, model: &Model) -> Markup {
    let described = site.schema.model(&model.wire);
    let methods = described.map(|model| site.schema.methods(model));
    let methods: Vec<(&String, &Method)> =
        methods.iter().flat_map(|methods| methods.iter()).collect();
    let (into, from) = (related.to(model), related::from(model));
    let body = html! {
        nav class="path" aria-label="Breadcrumb" { a href="../index.html" { "All models" } }
        h1 { code { (seen(&model.wire)) } }
        (facts(model, described))
        nav class="contents" aria-label="On this page" {
            a href="#rust" { "Rust" }
            a href="#fields" { "Fields " small { (model.fields.len()) } }
            @if !model.selections.is_empty() {
                a href="#selections" { "Selections " small { (model.selections.len()) } }
            }
            @if !methods.is_empty() { a href="#methods" { "Methods " small { (methods.len()) } } }
            a href="#related" { "Related models " small { (into.len() + from.len()) } }
        }
        section {
            h2 id="rust" { "Rust" }
            @if model.is_abstract { p { "Odoo refuses to read an abstract model, which has no table." } }
            pre tabindex="0" { code { (example::example(site, model)) } }
        }
        section {
            h2 id="fields" { "Fields" }
            (field::table(site, model))
        }
        @if !model.selections.is_empty() {
            section { h2 id="selections" { "Selections" } (field::selections(site, model)) }
        }
        @if !methods.is_empty() {
            section { h2 id="methods" { "Methods" } dl class="methods" {
                @for (name, described) in &methods { (method(name, described)) }
            } }
        }
        section {
            h2 id="related" { "Related models" }
            (relations(model, &into, &from))
        }
    };
    frame::page(
        site,
        "../",
        &format!("{} – {}", model.wire, site.odoo()),
        &body,
    )
}

fn facts(model: &Model, described: Option<&schema::Model>) -> Markup {
    let modules = described.map_or(&[][..], |model| &model.modules[..]);
    html! {
        p class="facts" {
            @if !model.label.is_empty() { strong { (seen(&model.label)) } " · " }
            "in Rust " code class="rust" { (model.type_name) }
            @if model.transient { " · " span class="flag" { "transient" } " Odoo deletes its records after about an hour" }
            @if model.is_abstract { " · " span class="flag" { "abstract" } }
        }
        @if !modules.is_empty() {
            p class="facts" { "From the " @if modules.len() == 1 { "addon " } @else { "addons " }
                @for (index, module) in modules.iter().enumerate() {
                    @if index > 0 { ", " }
                    code { (seen(module)) }
                }
            }
        }
    }
}

fn method(name: &str, method: &Method) -> Markup {
    html! {
        dt { code { (seen(name)) (seen(&schema::signature(method))) } }
        dd {
            @if let Some(doc) = &method.doc { p { (seen(doc)) } }
            @if method.returns.is_some() || method.returns_doc.is_some() {
                p {
                    "Returns "
                    @if let Some(returns) = &method.returns { code { (seen(returns)) } " " }
                    @if let Some(doc) = &method.returns_doc { (seen(doc)) }
                }
            }
            @let documented: Vec<_> = method.parameters.iter().filter(|parameter| parameter.doc.is_some()).collect();
            @if !documented.is_empty() {
                ul { @for parameter in documented {
                    li { code { (seen(&parameter.name)) } ": " (seen(parameter.doc.as_deref().unwrap_or_default())) }
                } }
            }
        }
    }
}

fn relations(model: &Model, into: &[&Neighbour<'_>], from: &[Neighbour<'_>]) -> Markup {
    let from_all: Vec<&Neighbour<'_>> = from.iter().collect();
    html! {
        @if into.is_empty() && from.is_empty() {
            p { "No other model refers to it, and it refers to none." }
        } @else {
            p {
                "On the left what refers to it, on the right what it refers to. A line is dashed where it leads to many records. \
                 Who created and last changed a record is left out."
            }
            (drawing::drawing(model, into, from))
            (list("refer to it", into, true))
            (list("that it refers to", &from_all, false))
        }
    }
}

/// All of one side, folded away where the drawing has them.
fn list(how: &str, neighbours: &[&Neighbour<'_>], is_into: bool) -> Markup {
    if neighbours.is_empty() {
        return html! {};
    }
    let how = match (is_into, neighbours.len()) {
        (true, 1) => "refers to it",
        _ => how,
    };
    html! {
        details class="neighbours" {
            summary {
                (count(neighbours.len(), "model")) " " @if is_into { "that " } (how)
                @if neighbours.len() > drawing::MOST { ", of which " (drawing::MOST) " are drawn" }
            }
            ul {
                @for neighbour in neighbours {
                    li {
                        (neighbour_link(neighbour)) " by "
                        @for (index, by) in neighbour.fields.iter().enumerate() {
                            @if index > 0 { ", " }
                            @match (is_into, neighbour.module) {
                                (true, Some(module)) => a href={ (module) ".html#" (field::anchor(by)) } { code { (seen(&by.wire)) } },
                                (true, None) => code { (seen(&by.wire)) },
                                (false, _) => a href={ "#" (field::anchor(by)) } { code { (seen(&by.wire)) } },
                            }
                        }
                    }
                }
            }
        }
    }
}

fn neighbour_link(neighbour: &Neighbour<'_>) -> Markup {
    html! {
        @match neighbour.module {
            Some(module) => a href={ (module) ".html" } { code { (seen(neighbour.wire)) } },
            None => code { (seen(neighbour.wire)) },
        }
    }
}
