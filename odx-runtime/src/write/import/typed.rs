//! An import of values of a model.

use std::{collections::BTreeMap, marker::PhantomData};

use futures_core::Stream;
use futures_util::{TryStreamExt, stream};

use super::{
    given::Given,
    outcome::{ImportStopped, Refused, Settled},
    run::Run,
};
use crate::{AnySession, Error, Id, RecordId, Session, Values, model::Model};

/// Rows that become records of the model `M`: made by [`Model::import`].
#[must_use = "nothing is sent before `send` or `stream`, or before it is awaited"]
pub struct Import<'a, O, M> {
    odoo: &'a O,
    given: Given,
    settings: Settings,
    model: PhantomData<fn() -> M>,
}

/// What came of an import.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Imported<I = RecordId> {
    /// The record of each row, in the order of the rows; `None` of those that were refused.
    pub ids: Vec<Option<I>>,
    /// The rows that were refused, in their order.
    pub refused: Vec<Refused>,
    /// What Odoo warned of, of rows that it took.
    pub warned: Vec<Settled<I>>,
}

/// How rows are sent.
#[derive(Clone, Debug)]
pub(super) struct Settings {
    pub(super) batch_size: usize,
    /// The rows that are settled already, each with whether it was refused.
    pub(super) settled: BTreeMap<usize, bool>,
}

impl Default for Settings {
    /// Large enough that the call costs little beside the rows, small enough that one bad row makes few be sent again.
    fn default() -> Self {
        Self {
            batch_size: 200,
            settled: BTreeMap::new(),
        }
    }
}

impl<'a, O: AnySession, M: Model> Import<'a, O, M> {
    #[doc(hidden)]
    pub fn new<X: Into<String>>(
        odoo: &'a O,
        rows: impl IntoIterator<Item = (X, Values<M>)>,
    ) -> Self {
        let rows = rows.into_iter();
        let rows = rows.map(|(external_id, values)| (external_id.into(), values.into_entries()));
        Self {
            odoo,
            given: Given::Values(rows.collect()),
            settings: Settings::default(),
            model: PhantomData,
        }
    }

    /// How many rows a call has at most; 200 unless told.
    pub fn batch_size(mut self, rows: usize) -> Self {
        self.settings.batch_size = rows;
        self
    }

    /// Imports the rows. Those that are refused are no error: [`Imported::refused`] has them.
    ///
    /// # Errors
    /// [`Error::Usage`] of fields that the model does not have or that cannot be imported, before anything is sent;
    /// [`Error::ImportStopped`] where it could not go on, with what was settled before.
    pub fn send(self) -> O::Answer<'a, Imported<Id<M>>> {
        let session = self.odoo.session().clone();
        let (given, settings) = (self.given, self.settings);
        self.odoo.answer(async move {
            let imported = collected(session, M::NAME, given, settings).await?;
            Ok(imported.of())
        })
    }

    /// The same, row by row as they are settled, which is not their order.
    ///
    /// # Errors
    /// As [`send`](Self::send), but what stopped the import comes as it is, after what was settled before.
    pub fn stream(self) -> O::Rows<Settled<Id<M>>> {
        let session = self.odoo.session().clone();
        let settled = settled(session, M::NAME, self.given, self.settings);
        self.odoo.rows(settled.map_ok(Settled::of))
    }
}

impl<I> Imported<I> {
    /// Whether no row was refused.
    pub fn is_complete(&self) -> bool {
        self.refused.is_empty()
    }
}

impl Imported {
    fn of<M>(self) -> Imported<Id<M>> {
        Imported {
            ids: self.ids.into_iter().map(|id| id.map(Id::of)).collect(),
            refused: self.refused,
            warned: self.warned.into_iter().map(Settled::of).collect(),
        }
    }
}

impl Settled {
    fn of<M>(self) -> Settled<Id<M>> {
        Settled {
            row: self.row,
            external_id: self.external_id,
            result: self.result.map(Id::of),
            warnings: self.warnings,
        }
    }
}

/// Where a stream is.
enum Importing {
    NotBegun(Session, &'static str, Box<Given>, Settings),
    Running(Box<Run>),
}

/// The rows of an import as they are settled.
pub(super) fn settled(
    session: Session,
    model: &'static str,
    given: Given,
    settings: Settings,
) -> impl Stream<Item = Result<Settled, Error>> + Send + 'static {
    let first = Importing::NotBegun(session, model, Box::new(given), settings);
    stream::try_unfold(first, async |importing| {
        let mut run = match importing {
            Importing::Running(run) => run,
            Importing::NotBegun(session, model, given, settings) => {
                Box::new(Run::begin(&session, model, *given, settings).await?)
            }
        };
        let settled = run.next().await?;
        Ok(settled.map(|settled| (settled, Importing::Running(run))))
    })
}

/// All of an import.
pub(super) async fn collected(
    session: Session,
    model: &'static str,
    given: Given,
    settings: Settings,
) -> Result<Imported, Error> {
    let mut imported = Imported {
        ids: vec![None; given.len()],
        refused: Vec::new(),
        warned: Vec::new(),
    };
    let mut run = Run::begin(&session, model, given, settings).await?;
    loop {
        let settled = match run.next().await {
            Ok(Some(settled)) => settled,
            Ok(None) => break,
            Err(source) => {
                imported.refused.sort_by_key(|refused| refused.row);
                return Err(Error::ImportStopped(Box::new(ImportStopped {
                    model,
                    ids: imported.ids,
                    refused: imported.refused,
                    source,
                })));
            }
        };
        if let Ok(id) = &settled.result {
            imported.ids[settled.row] = Some(*id);
        }
        if !settled.warnings.is_empty() {
            imported.warned.push(settled.clone());
        }
        imported.refused.extend(settled.result.err());
    }
    imported.refused.sort_by_key(|refused| refused.row);
    Ok(imported)
}
