//! A drawing of what a model is related to: the models that refer to it, itself, and those that it refers to.

use std::borrow::Cow;

use maud::{Markup, html};

use super::field::anchor;
use super::related::Neighbour;
use super::seen;
use crate::ir::Model;

/// Most models on a side; the lists below the drawing have all.
pub(super) const MOST: usize = 12;

// In the units of the drawing, about a pixel each.
const WIDTH: usize = 960;
const BOX: usize = 300;
const CENTRE: usize = 180;
const HEIGHT: usize = 42;
const STEP: usize = 50;
/// Where the centre's box begins.
const CENTRE_X: usize = (WIDTH - CENTRE) / 2;

/// Letters that fit a box.
const LETTERS: usize = 35;
const LETTERS_OF_CENTRE: usize = 20;
const SMALL_LETTERS: usize = 45;

/// On which side of the model a neighbour stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    RefersToIt,
    IsReferredTo,
}

/// The drawing, with at most [`MOST`] models on a side.
pub(super) fn drawing(model: &Model, into: &[&Neighbour<'_>], from: &[Neighbour<'_>]) -> Markup {
    let into = &into[..into.len().min(MOST)];
    let from = &from[..from.len().min(MOST)];
    let rows = into.len().max(from.len()).max(1);
    let height = rows * STEP;
    let middle = height / 2;
    let top = |index: usize, of: usize| (rows - of) * STEP / 2 + index * STEP + (STEP - HEIGHT) / 2;
    html! {
        div class="drawing" {
            svg viewBox={ "0 0 " (WIDTH) " " (height) } width=(WIDTH) height=(height) role="group"
                aria-label="Related models" {
                defs { marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="8" markerHeight="8"
                    orient="auto" { path d="M0 0L8 4L0 8z" {} } }
                @for (index, neighbour) in into.iter().enumerate() {
                    (line(Side::RefersToIt, neighbour, top(index, into.len()), middle))
                }
                @for (index, neighbour) in from.iter().enumerate() {
                    (line(Side::IsReferredTo, neighbour, top(index, from.len()), middle))
                }
                g class="centre" {
                    title { (seen(&model.wire)) }
                    rect x=(CENTRE_X) y=(middle - HEIGHT / 2) width=(CENTRE) height=(HEIGHT) rx="6" {}
                    text class="name" x=(WIDTH / 2) y=(middle + 5) text-anchor="middle" {
                        (cut(&model.wire, LETTERS_OF_CENTRE))
                    }
                }
                @for (index, neighbour) in into.iter().enumerate() {
                    (node(Side::RefersToIt, neighbour, top(index, into.len())))
                }
                @for (index, neighbour) in from.iter().enumerate() {
                    (node(Side::IsReferredTo, neighbour, top(index, from.len())))
                }
            }
        }
    }
}

/// From who refers to who is referred to; dashed where no relation is to one record.
fn line(side: Side, neighbour: &Neighbour<'_>, top: usize, middle: usize) -> Markup {
    let y = top + HEIGHT / 2;
    let (from, to) = match side {
        Side::RefersToIt => ((BOX, y), (CENTRE_X, middle)),
        Side::IsReferredTo => ((CENTRE_X + CENTRE, middle), (WIDTH - BOX, y)),
    };
    let bend = (from.0 + to.0) / 2;
    let path = format!(
        "M{} {}C{bend} {} {bend} {} {} {}",
        from.0, from.1, from.1, to.1, to.0, to.1
    );
    let class = if neighbour.is_of_one() { "one" } else { "many" };
    html! { path class=(class) d=(path) marker-end="url(#arrow)" {} }
}

fn node(side: Side, neighbour: &Neighbour<'_>, top: usize) -> Markup {
    let x = match side {
        Side::RefersToIt => 0,
        Side::IsReferredTo => WIDTH - BOX,
    };
    let names: Vec<&str> = (neighbour.fields.iter())
        .map(|field| field.wire.as_str())
        .collect();
    let names = names.join(", ");
    let drawn = html! {
        title { (seen(neighbour.wire)) ": " (seen(&names)) }
        rect x=(x) y=(top) width=(BOX) height=(HEIGHT) rx="6" {}
        text class="name" x=(x + 10) y=(top + 18) { (cut(neighbour.wire, LETTERS)) }
        text class="fields" x=(x + 10) y=(top + 34) { (cut(&names, SMALL_LETTERS)) }
    };
    match neighbour.module {
        // What refers to the model is told where it stands: at the field on the other page.
        Some(module) => {
            let place = match (side, neighbour.fields.first()) {
                (Side::RefersToIt, Some(field)) => format!("#{}", anchor(field)),
                _ => String::new(),
            };
            html! { a href={ (module) ".html" (place) } { (drawn) } }
        }
        None => html! { g class="missing" { (drawn) } },
    }
}

/// The text, or its start.
fn cut(text: &str, most: usize) -> String {
    let text: Cow<'_, str> = seen(text);
    if text.chars().count() <= most {
        return text.into_owned();
    }
    let start: String = text.chars().take(most - 1).collect();
    start + "…"
}
