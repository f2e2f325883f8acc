//! Some fields of a search, as tuples.

use crate::{
    AnySession,
    model::{Blank, Field, FieldMeta, Model, Selectable, Slot, SlotsMut},
};

use super::{Query, Shape};

/// Fields of the model `M` that are read as a tuple.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of fields of `{M}`: name up to eight of its own fields, as in `.select(|r| (r.id, r.name))`",
    label = "not a tuple of fields of `{M}`"
)]
pub trait Columns<M> {
    /// The tuple of values.
    type Row: Send + 'static;

    /// The fields.
    fn fields(&self) -> Vec<&'static FieldMeta>;

    /// A row of blank values.
    fn blank() -> Self::Row;

    /// Adds the values to the list, to be filled.
    fn slots<'a>(row: &'a mut Self::Row, list: &mut Vec<&'a mut dyn Slot>);
}

macro_rules! columns {
    ($($kind:ident $capability:ident $index:tt),+) => {
        #[diagnostic::do_not_recommend]
        impl<M: Model, $($kind: Selectable, $capability),+> Columns<M> for ($(Field<M, $kind, $capability>,)+) {
            type Row = ($($kind::Value,)+);

            fn fields(&self) -> Vec<&'static FieldMeta> {
                vec![$(self.$index.meta()),+]
            }

            fn blank() -> Self::Row {
                ($(<$kind::Value as Blank>::BLANK,)+)
            }

            fn slots<'a>(row: &'a mut Self::Row, list: &mut Vec<&'a mut dyn Slot>) {
                SlotsMut::add(($(&mut row.$index,)+), list);
            }
        }
    };
}

columns!(A CA 0);
columns!(A CA 0, B CB 1);
columns!(A CA 0, B CB 1, D CD 2);
columns!(A CA 0, B CB 1, D CD 2, E CE 3);
columns!(A CA 0, B CB 1, D CD 2, E CE 3, F CF 4);
columns!(A CA 0, B CB 1, D CD 2, E CE 3, F CF 4, G CG 5);
columns!(A CA 0, B CB 1, D CD 2, E CE 3, F CF 4, G CG 5, H CH 6);
columns!(A CA 0, B CB 1, D CD 2, E CE 3, F CF 4, G CG 5, H CH 6, I CI 7);

/// A search that reads some fields, as tuples.
#[must_use = "a query does nothing until it is fetched or streamed"]
pub struct Select<M, S> {
    query: Query<M>,
    columns: S,
}

impl<M, S: Clone> Clone for Select<M, S> {
    fn clone(&self) -> Self {
        Self {
            query: self.query.clone(),
            columns: self.columns.clone(),
        }
    }
}

impl<M: Model, S: Columns<M> + Send + 'static> Select<M, S> {
    pub(super) fn new(query: Query<M>, columns: S) -> Self {
        Self { query, columns }
    }

    fn shape(&self) -> Shape<S::Row> {
        Shape::flat::<M>(&self.columns.fields(), S::blank, S::slots)
    }

    /// Reads the rows.
    ///
    /// # Errors
    /// As of [`Query::fetch`].
    pub fn fetch<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Vec<S::Row>> {
        let shape = self.shape();
        self.query.read(odoo, shape)
    }

    /// Reads the first row, if there is one.
    ///
    /// # Errors
    /// As of [`Query::fetch`].
    pub fn first<O: AnySession>(self, odoo: &O) -> O::Answer<'_, Option<S::Row>> {
        let shape = self.shape();
        self.query.read_first(odoo, shape)
    }

    /// All the rows, a page at a time; see [`Query::stream`].
    ///
    /// # Errors
    /// As of [`Query::stream`].
    pub fn stream<O: AnySession>(self, odoo: &O) -> O::Rows<S::Row> {
        let shape = self.shape();
        self.query.walk(odoo, shape)
    }
}
