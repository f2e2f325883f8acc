//! An import into a model that has no Rust type.

use super::{Imported, Settings, collected, given::Given, settled};
use crate::{AnySession, RecordId, Session};

use super::outcome::Settled;

/// Rows of texts that become records of a model by its name on the wire: made by
/// [`Session::import`](crate::Session::import). See [`Import`](super::Import) for the rest.
#[must_use = "nothing is sent before `send` or `stream`, or before it is awaited"]
pub struct UntypedImport<'a, O> {
    odoo: &'a O,
    model: &'static str,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    settings: Settings,
}

impl<'a, O: AnySession> UntypedImport<'a, O> {
    pub(crate) fn new(odoo: &'a O, model: &'static str, columns: Vec<String>) -> Self {
        Self {
            odoo,
            model,
            columns,
            rows: Vec::new(),
            settings: Settings::default(),
        }
    }

    /// Adds rows, each with a text for every column. An empty text clears the field.
    pub fn rows<R: IntoIterator<Item = T>, T: Into<String>>(
        mut self,
        rows: impl IntoIterator<Item = R>,
    ) -> Self {
        let rows = rows.into_iter();
        let rows = rows.map(|row| row.into_iter().map(Into::into).collect());
        self.rows.extend(rows);
        self
    }

    /// As [`Import::batch_size`](super::Import::batch_size).
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.settings.batch_size = rows;
        self
    }

    /// Rows that an earlier import of the same rows settled, each with whether it was refused. They are not sent, and nothing
    /// is told of them, but where a row refers to one that was refused.
    pub fn settled(mut self, rows: impl IntoIterator<Item = (usize, bool)>) -> Self {
        self.settings.settled.extend(rows);
        self
    }

    /// Imports the rows.
    ///
    /// # Errors
    /// As [`Import::send`](super::Import::send).
    pub fn send(self) -> O::Answer<'a, Imported> {
        let odoo = self.odoo;
        let (session, model, given, settings) = self.parts();
        odoo.answer(async move { collected(session, model, given, settings).await })
    }

    /// The same, row by row.
    ///
    /// # Errors
    /// As [`Import::stream`](super::Import::stream).
    pub fn stream(self) -> O::Rows<Settled<RecordId>> {
        let odoo = self.odoo;
        let (session, model, given, settings) = self.parts();
        odoo.rows(settled(session, model, given, settings))
    }

    fn parts(self) -> (Session, &'static str, Given, Settings) {
        let given = Given::Texts {
            columns: self.columns,
            rows: self.rows,
        };
        (
            self.odoo.session().clone(),
            self.model,
            given,
            self.settings,
        )
    }
}
