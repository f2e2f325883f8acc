//! Rows of the table.

use std::sync::Arc;

use odx_live::models::OdxProbe;
use odx_runtime::{Domain, Session, session::BoxFuture};

use crate::World;

/// What is sent, from a version of Odoo on; the newest first. Versions before the last refuse.
pub type Sends = &'static [(u16, &'static str)];

/// A part of the table.
pub struct Section<R> {
    /// Its title.
    pub title: &'static str,
    /// What there is to know about all of its rows.
    pub note: &'static str,
    /// Its rows.
    pub rows: Vec<R>,
}

/// A domain.
pub struct DomainRow {
    /// What it says.
    pub what: &'static str,
    /// The Rust that says it.
    pub rust: &'static str,
    /// The same by `domain!`, if it has a form of its own.
    pub by_macro: &'static str,
    /// Makes the domain.
    pub made: fn(&'static crate::Fields, &World) -> Domain<OdxProbe>,
    /// Makes it by `domain!`.
    pub made_by_macro: fn(&World) -> Option<Domain<OdxProbe>>,
    /// What is sent.
    pub sends: Sends,
    /// The probes it finds.
    pub finds: &'static [&'static str],
}

/// A call.
pub struct CallRow {
    /// What it does.
    pub what: &'static str,
    /// The Rust that says it.
    pub rust: &'static str,
    /// Does it, tells that it is done, and looks at the outcome.
    pub run: fn(Session, World, Domain<OdxProbe>, Done) -> BoxFuture<'static, String>,
    /// What is sent.
    pub sends: Sends,
    /// What it gives.
    pub gives: &'static str,
    /// What it gave before a version, if that was another thing.
    pub gave: Option<(u16, &'static str)>,
}

impl CallRow {
    /// What it gives in a version.
    pub fn gives_in(&self, version: u16) -> &'static str {
        match self.gave {
            Some((changed, gave)) if version < changed => gave,
            _ => self.gives,
        }
    }
}

/// Told when the call of a row is done, before a row looks at the outcome.
pub type Done = Arc<dyn Fn() + Send + Sync>;

/// What is sent to a version; none where it is refused.
pub fn sent_to(sends: Sends, version: u16) -> Option<&'static str> {
    sends
        .iter()
        .find(|(since, _)| version >= *since)
        .map(|(_, sent)| *sent)
}

/// A section of domains.
///
/// `"what" |p, w| { Rust } domain { macro } sends { 17 => "..", 14 => ".." } finds [names]`
#[macro_export]
#[doc(hidden)]
macro_rules! domain_rows {
    ($title:literal, $note:literal; $(
        $what:literal |$p:ident, $w:ident| { $($rust:tt)* }
        domain { $($domain:tt)* }
        sends { $($since:literal => $sent:literal),+ $(,)? }
        finds [$($name:ident),* $(,)?];
    )*) => {
        $crate::row::Section {
            title: $title,
            note: $note,
            rows: vec![$($crate::row::DomainRow {
                what: $what,
                rust: stringify!($($rust)*),
                by_macro: stringify!($($domain)*),
                made: |$p, $w| {
                    let _ = ($p, $w);
                    $($rust)*
                },
                made_by_macro: |$w| {
                    let _ = $w;
                    $crate::by_macro!($($domain)*)
                },
                sends: &[$(($since, $sent)),+],
                finds: &[$(stringify!($name)),*],
            }),*],
        }
    };
}

/// The domain by `domain!`, or none where the row has no such form.
#[macro_export]
#[doc(hidden)]
macro_rules! by_macro {
    () => {
        None
    };
    ($($domain:tt)*) => {
        Some(odx_runtime::domain!(OdxProbe, $($domain)*))
    };
}

/// What a call gave before a version.
#[macro_export]
#[doc(hidden)]
macro_rules! gave {
    () => {
        None
    };
    ($changed:literal $gave:literal) => {
        Some(($changed, $gave))
    };
}

/// A section of calls.
///
/// `"what" |odoo, w, d| { Rust } sends { 19 => "..", 14 => ".." } gives "text";`, where `d` finds the world's records
/// only. `then |answer| { Rust }` looks at the outcome where the answer tells too little. `before 17 "text"` is what older
/// versions give.
#[macro_export]
#[doc(hidden)]
macro_rules! call_rows {
    ($title:literal, $note:literal; $(
        $what:literal |$odoo:ident, $w:ident, $d:ident| { $($rust:tt)* }
        $(then |$answer:ident| { $($then:tt)* })?
        sends { $($since:literal => $sent:literal),+ $(,)? }
        gives $gives:literal
        $(before $changed:literal $gave:literal)?;
    )*) => {
        $crate::row::Section {
            title: $title,
            note: $note,
            rows: vec![$($crate::row::CallRow {
                what: $what,
                rust: stringify!($($rust)*),
                run: |$odoo, $w, $d, done| Box::pin(async move {
                    let _ = (&$odoo, &$w, &$d);
                    let answer = ($($rust)*).await?;
                    done();
                    $(let answer = {
                        let $answer = answer;
                        ($($then)*).await?
                    };)?
                    Ok(format!("{answer:?}"))
                }),
                sends: &[$(($since, $sent)),+],
                gives: $gives,
                gave: $crate::gave!($($changed $gave)?),
            }),*],
        }
    };
}
