//! Models.

use std::borrow::Cow;

use super::{Id, Many2one, ModelMeta, Projection, Reads, Related, Table};
use crate::{
    AnySession, Values, all,
    domain::IntoDomain,
    query::{
        self, Found, MethodCall, Query,
        group::{GroupBy, GroupKeys},
    },
    write,
};

/// An Odoo model, and what every model can do. Generated code implements it.
///
/// The functions are the trait's, because those of each model's own would take long to compile: bring them in by
/// `use odx_runtime::Model`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an Odoo model: take a struct that `odx generate` wrote, or put `#[derive(OdooModel)] #[odoo(name = \"res.partner\")]` on it",
    label = "not an Odoo model"
)]
pub trait Model: Sized + 'static {
    /// The struct of typed field handles.
    type Fields: 'static;

    /// The name on the wire, such as `res.partner`.
    const NAME: &'static str;

    /// The typed field handles.
    const F: Self::Fields;

    /// The table of the fields, for the macros; nothing unless the model was generated.
    #[doc(hidden)]
    const TABLE: &'static str = "";

    /// What the table names.
    #[doc(hidden)]
    const RELATED: fn() -> Related = Related::default;

    /// What is known of the model at run time.
    fn meta() -> &'static ModelMeta {
        ModelMeta::of(Table::of::<Self>())
    }

    /// The records that match a domain.
    fn search(domain: impl IntoDomain<Self>) -> Query<Self> {
        Query::new(domain.into_domain())
    }

    /// The records that match a domain, given by a closure over the fields.
    fn filter<D: IntoDomain<Self>>(domain: impl FnOnce(Self::Fields) -> D) -> Query<Self> {
        Query::new(domain(Self::F).into_domain())
    }

    /// Reads records by id, in the order of the ids; tells which are missing.
    fn read<O: AnySession>(
        odoo: &O,
        ids: impl IntoIterator<Item = Id<Self>>,
    ) -> O::Answer<'_, Found<Self, Self>>
    where
        Self: Projection<Model = Self>,
    {
        query::read(odoo, ids)
    }

    /// Reads records by id into a projection.
    fn read_as<O: AnySession, P: Reads<Self>>(
        odoo: &O,
        ids: impl IntoIterator<Item = Id<Self>>,
    ) -> O::Answer<'_, Found<Self, P>> {
        query::read(odoo, ids)
    }

    /// Those of the ids that exist.
    fn exists<O: AnySession>(
        odoo: &O,
        ids: impl IntoIterator<Item = Id<Self>>,
    ) -> O::Answer<'_, Vec<Id<Self>>> {
        query::exists(odoo, ids)
    }

    /// The records whose name matches a text; 100 at most.
    fn name_search<O: AnySession>(
        odoo: &O,
        text: impl Into<String>,
    ) -> O::Answer<'_, Vec<Many2one<Self>>> {
        query::name_search(odoo, text)
    }

    /// Groups all records: `.group_by((F.state, F.date_order.month()))`.
    fn group_by<K: GroupKeys<Self>>(keys: K) -> GroupBy<Self, K> {
        Self::search(all()).group_by(keys)
    }

    /// Values to write, none yet.
    fn values() -> Values<Self> {
        Values::new()
    }

    /// Creates a record.
    fn create<O: AnySession>(odoo: &O, values: Values<Self>) -> O::Answer<'_, Id<Self>> {
        write::create(odoo, values)
    }

    /// Creates records, in batches; their ids come in the order of the values.
    fn create_many<O: AnySession>(
        odoo: &O,
        values: impl IntoIterator<Item = Values<Self>>,
    ) -> O::Answer<'_, Vec<Id<Self>>> {
        write::create_many(odoo, values)
    }

    /// Writes the same values to records.
    fn write<O: AnySession>(
        odoo: &O,
        ids: impl IntoIterator<Item = Id<Self>>,
        values: Values<Self>,
    ) -> O::Answer<'_, ()> {
        write::write(odoo, ids, values)
    }

    /// Deletes records.
    fn unlink<O: AnySession>(
        odoo: &O,
        ids: impl IntoIterator<Item = Id<Self>>,
    ) -> O::Answer<'_, ()> {
        write::unlink(odoo, ids)
    }

    /// A call of any method of the model.
    fn call<O: AnySession>(
        odoo: &O,
        method: impl Into<Cow<'static, str>>,
    ) -> MethodCall<'_, O, Self> {
        MethodCall::new(odoo, method)
    }
}
