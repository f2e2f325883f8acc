//! Chosen models of an Odoo, kept as they are in a database of one's own.

mod models;
mod store;

use std::time::Duration;

use futures_util::TryStreamExt;
use odx_runtime::model::{Follows, Model, OnlyWatched};
use odx_runtime::query::changes::FollowAs;
use odx_runtime::{Error, Session};

pub use models::{Category, Order, Partner, Product};
pub use store::{Store, StoreError, Table, Tally};

/// How models are mirrored.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Whether to end when all is as it was at the beginning.
    pub once: bool,
    /// Whether to read all records again.
    pub again: bool,
    /// How long to wait between two rounds.
    pub every: Duration,
    /// How long a transaction of Odoo may take.
    pub overlap: Duration,
    /// How many records a batch has at most.
    pub page: usize,
}

/// Why a mirror stopped.
#[derive(Debug, thiserror::Error)]
pub enum MirrorError {
    /// The model is none of those that are known here.
    #[error("{model} is not among the models: {}", MODELS.join(", "))]
    UnknownModel {
        /// The model.
        model: String,
    },
    /// Odoo could not be read.
    #[error("reading {model} failed; started again, it goes on where it was")]
    Read {
        /// The model.
        model: &'static str,
        /// What failed.
        source: Box<Error>,
    },
    /// The database could not be written.
    #[error("writing {model} failed; started again, it goes on where it was")]
    Write {
        /// The model.
        model: &'static str,
        /// What failed.
        source: StoreError,
    },
}

/// The models that can be chosen.
pub const MODELS: &[&str] = &[
    "product.template",
    "res.partner",
    "res.partner.category",
    "sale.order",
];

/// Mirrors a model by its name.
///
/// # Errors
/// [`MirrorError`]; what was stored before stays.
pub async fn mirror_named(
    model: &str,
    odoo: &Session,
    store: &Store,
    settings: Settings,
) -> Result<(), MirrorError> {
    use ::models::{ProductTemplate, ResPartner, ResPartnerCategory, SaleOrder};
    match model {
        "product.template" => mirror::<ProductTemplate, Product>(odoo, store, settings).await,
        "res.partner" => mirror::<ResPartner, Partner>(odoo, store, settings).await,
        "res.partner.category" => {
            mirror::<ResPartnerCategory, Category>(odoo, store, settings).await
        }
        "sale.order" => mirror::<SaleOrder, Order>(odoo, store, settings).await,
        other => Err(MirrorError::UnknownModel {
            model: other.to_owned(),
        }),
    }
}

/// Mirrors a model into the table of a projection.
///
/// # Errors
/// [`MirrorError`]; what was stored before stays.
pub async fn mirror<M: Model, P: Follows<M, OnlyWatched>>(
    odoo: &Session,
    store: &Store,
    settings: Settings,
) -> Result<(), MirrorError> {
    let model = M::NAME;
    let write = |source| MirrorError::Write { model, source };
    let table = Table::of::<P>();
    let mut cursor = store.cursor(&table).await.map_err(write)?;
    if settings.again {
        cursor = cursor.read_again();
    }
    let changes = M::changes(cursor)
        .page_size(settings.page)
        .overlap(settings.overlap)
        .every(settings.every);
    let mut batches = match settings.once {
        true => changes.stream_as::<P>(odoo),
        false => changes.follow_as::<P>(odoo),
    };
    let read = |source| MirrorError::Read {
        model,
        source: Box::new(source),
    };
    while let Some(batch) = batches.try_next().await.map_err(read)? {
        let is_shown = !batch.is_empty();
        let tally = store.apply(&table, batch).await.map_err(write)?;
        if is_shown {
            eprintln!("{model}: {tally}");
        }
    }
    Ok(())
}
