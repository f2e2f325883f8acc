//! The guide as one web page, and the words that both formats share.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::line::{Line, Piece};
use super::{Guide, Part, by_first_word};
use crate::pages::seen;

/// The pages of the models and this one look alike.
const STYLE: &str = include_str!("../pages/assets/style.css");

/// Most models named where many share a change.
const MOST: usize = 4;

impl Guide {
    pub(super) const RENAMED: &'static str = "Renamed, probably";
    pub(super) const RENAMED_NOTE: &'static str = "Odoo does not tell what it renamed. These are guesses, by what the old and the new have in common: look at each before you replace it.";
    pub(super) const BUILD: &'static str = "What breaks the build";
    pub(super) const BUILD_NOTE: &'static str = "Code that uses one of these does not compile against the new models, so that the compiler finds the places. Neither does code that uses what was renamed.";
    pub(super) const BEHAVIOUR: &'static str = "What compiles and behaves differently";
    pub(super) const BEHAVIOUR_NOTE: &'static str =
        "No compiler finds these: look for the places where your code counts on them.";
    pub(super) const NEW: &'static str = "What is new";

    pub(super) fn heading_of_warnings(&self) -> &'static str {
        "Before you read on"
    }

    /// How much there is of what.
    pub(super) fn summary(&self) -> Vec<Line> {
        let counts = [
            (
                "Renamed, probably: ",
                [
                    (self.renamed_models.len(), "model", ""),
                    (self.renamed_fields.len(), "field", ""),
                ],
            ),
            (
                "Breaks the build: ",
                [
                    (self.dropped_models.len(), "model", " gone"),
                    (self.build.len(), "model", " changed"),
                ],
            ),
            (
                "Behaves differently: ",
                [(self.behaviour.len(), "model", ""), (0, "", "")],
            ),
            (
                "New: ",
                [
                    (self.new_models.len(), "model", ""),
                    (self.new.len(), "model", " with new fields or methods"),
                ],
            ),
            (
                "Other labels or help texts, which are not listed: ",
                [(self.words, "field", ""), (0, "", "")],
            ),
        ];
        let lines = counts.into_iter().filter_map(|(what, counts)| {
            let counts = counts.into_iter().filter(|(number, ..)| *number > 0);
            let counts: Vec<String> = counts
                .map(|(number, noun, how)| count(number, noun) + how)
                .collect();
            (!counts.is_empty()).then(|| Line::default().text(what).text(counts.join(", ")))
        });
        lines.collect()
    }

    /// The guide as one web page that names no other file. What a server says is text in it.
    pub fn html(&self) -> String {
        let markup = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (seen(&self.title)) }
                    // The style is odx's own.
                    style { (PreEscaped(STYLE)) }
                }
                body { main { (self.body()) } }
            }
        };
        markup.into_string()
    }

    fn body(&self) -> Markup {
        html! {
            h1 { (seen(&self.title)) }
            ul { @for line in self.summary() { li { (shown(&line)) } } }
            nav class="contents" aria-label="On this page" {
                @if self.has_renames() { a href="#renamed" { (Self::RENAMED) } }
                @if self.breaks_builds() { a href="#build" { (Self::BUILD) } }
                @if !self.behaviour.is_empty() { a href="#behaviour" { (Self::BEHAVIOUR) } }
                @if self.has_news() { a href="#new" { (Self::NEW) } }
            }
            @if !self.warnings.is_empty() {
                section {
                    h2 { (self.heading_of_warnings()) }
                    ul { @for warning in &self.warnings { li { (shown(warning)) } } }
                }
            }
            @if self.has_renames() { (self.renames()) }
            @if self.breaks_builds() {
                section {
                    h2 id="build" { (Self::BUILD) }
                    p { (Self::BUILD_NOTE) }
                    @if !self.dropped_models.is_empty() {
                        h3 { "Models that are gone" }
                        (names(&self.dropped_models))
                    }
                    (part(&self.build))
                }
            }
            @if !self.behaviour.is_empty() {
                section {
                    h2 id="behaviour" { (Self::BEHAVIOUR) }
                    p { (Self::BEHAVIOUR_NOTE) }
                    (part(&self.behaviour))
                }
            }
            @if self.has_news() { (self.news()) }
        }
    }

    fn renames(&self) -> Markup {
        html! {
            section {
                h2 id="renamed" { (Self::RENAMED) }
                p { (Self::RENAMED_NOTE) }
                table {
                    thead { tr {
                        th scope="col" { "Model" } th scope="col" { "Old name" } th scope="col" { "New name" }
                        th scope="col" { "Guessed by" }
                    } }
                    tbody {
                        @for rename in &self.renamed_models {
                            tr { td {} td { code { (seen(&rename.from)) } } td { code { (seen(&rename.to)) } } td { (seen(&rename.why)) } }
                        }
                        @for (model, rename) in &self.renamed_fields {
                            tr {
                                td { code { (seen(model)) } } td { code { (seen(&rename.from)) } }
                                td { code { (seen(&rename.to)) } } td { (seen(&rename.why)) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// New fields need no sentence each.
    fn news(&self) -> Markup {
        html! {
            section {
                h2 id="new" { (Self::NEW) }
                @if !self.new_models.is_empty() { h3 { "New models" } (names(&self.new_models)) }
                @if !self.new.is_empty() {
                    h3 { "New fields and methods" }
                    ul {
                        @for (line, models) in &self.new.shared { li { (shown(line)) " in " (shared(models)) } }
                        @for (model, lines) in &self.new.models {
                            li {
                                strong { code { (seen(model)) } } ": "
                                @for (index, line) in lines.iter().enumerate() { @if index > 0 { ", " } (shown(line)) }
                            }
                        }
                    }
                }
            }
        }
    }

    fn has_renames(&self) -> bool {
        !self.renamed_models.is_empty() || !self.renamed_fields.is_empty()
    }

    fn breaks_builds(&self) -> bool {
        !self.dropped_models.is_empty() || !self.build.is_empty()
    }

    fn has_news(&self) -> bool {
        !self.new_models.is_empty() || !self.new.is_empty()
    }
}

fn part(part: &Part) -> Markup {
    html! {
        @if !part.shared.is_empty() {
            h3 { "In many models" }
            ul { @for (line, models) in &part.shared { li { (shown(line)) ", in " (shared(models)) } } }
        }
        @for (model, lines) in &part.models {
            h3 { code { (seen(model)) } }
            ul { @for line in lines { li { (shown(line)) } } }
        }
    }
}

fn names(models: &[String]) -> Markup {
    html! {
        ul { @for models in by_first_word(models).into_values() {
            li { (shown(&Line::default().codes(models, usize::MAX))) }
        } }
    }
}

fn shared(models: &[String]) -> Markup {
    let names = Line::default().codes(models.iter().map(String::as_str), MOST);
    html! { (count(models.len(), "model")) ": " (shown(&names)) }
}

fn shown(line: &Line) -> Markup {
    html! {
        @for piece in &line.0 {
            @match piece {
                Piece::Text(text) => (seen(text)),
                Piece::Code(name) => code { (seen(name)) },
            }
        }
    }
}

fn count(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}
