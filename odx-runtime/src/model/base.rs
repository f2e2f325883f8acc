//! Models.

use std::borrow::Cow;

use super::{Field, Id, Ids, Many2one, ModelMeta, OverFields, Projection, Related, Table};
use crate::{
    AnySession, Values, all,
    domain::{Conditions, IntoDomain},
    query::{
        self, Found, MethodCall, Query,
        group::{GroupAs, GroupBy, GroupKeys, GroupRowOf},
    },
    write::{self, Translation, ValuesOf},
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

    /// The records that match conditions: `ResPartner::search(|p| p.is_company.eq(true))`.
    fn search<D: IntoDomain<Self>>(conditions: impl Conditions<Self, D>) -> Query<Self> {
        Query::new(conditions(Self::F).into_domain())
    }

    /// The records that match a finished domain. A closure over the fields is given to [`search`](Self::search).
    fn matching(domain: impl IntoDomain<Self>) -> Query<Self> {
        Query::new(domain.into_domain())
    }

    /// All records; the first of them is read by `.first(&odoo)`.
    fn all() -> Query<Self> {
        Query::new(all())
    }

    /// The records that change after a cursor: created, written, archived, deleted. See [`changes`](query::changes).
    #[cfg(feature = "client")]
    fn changes(cursor: query::changes::Cursor) -> query::changes::Changes<Self> {
        Self::all().changes(cursor)
    }

    /// Reads records by id, in the order of the ids; tells which are missing.
    ///
    /// # Errors
    /// [`Error::Decode`](crate::Error::Decode) of a row that does not fit the record, and what any call can fail with. Ids
    /// that no record has are no error: [`Found::all`] makes them one.
    fn read<O: AnySession>(odoo: &O, ids: impl Ids<Self>) -> O::Answer<'_, Found<Self, Self>>
    where
        Self: Projection<Model = Self>,
    {
        query::read(odoo, ids)
    }

    /// Reads one record. Into a projection: [`get_as`](query::ReadAs::get_as).
    ///
    /// # Errors
    /// [`Error::MissingRecords`](crate::Error::MissingRecords) if there is no such record.
    fn get<O: AnySession>(odoo: &O, id: Id<Self>) -> O::Answer<'_, Self>
    where
        Self: Projection<Model = Self>,
    {
        query::get(odoo, id)
    }

    /// Those of the ids that exist.
    ///
    /// # Errors
    /// What any call can fail with.
    fn exists<O: AnySession>(odoo: &O, ids: impl Ids<Self>) -> O::Answer<'_, Vec<Id<Self>>> {
        query::exists(odoo, ids)
    }

    /// The records whose name matches a text; 100 at most.
    ///
    /// # Errors
    /// What any call can fail with.
    fn name_search<O: AnySession>(
        odoo: &O,
        text: impl Into<String>,
    ) -> O::Answer<'_, Vec<Many2one<Self>>> {
        query::name_search(odoo, text)
    }

    /// Groups all records: `SaleOrder::group_by(|o| (o.state, o.date_order.month()))`.
    fn group_by<K: GroupKeys<Self>>(keys: impl OverFields<Self, K>) -> GroupBy<Self, K> {
        Self::all().group_by(keys)
    }

    /// Groups all records, into a struct with `#[derive(OdooGroup)]`: `SaleOrder::group_as::<Month>()`.
    fn group_as<G: GroupRowOf<Self>>() -> GroupAs<Self, G> {
        Self::all().group_as()
    }

    /// Values to write, none yet.
    fn values() -> Values<Self> {
        Values::new()
    }

    /// Creates a record.
    ///
    /// # Errors
    /// [`Error::Usage`](crate::Error::Usage) of values that Odoo would refuse or cut off, before anything is sent;
    /// [`Error::Odoo`](crate::Error::Odoo) where Odoo refuses them; and what any call can fail with.
    fn create<O: AnySession>(odoo: &O, values: impl ValuesOf<Self>) -> O::Answer<'_, Id<Self>> {
        write::create(odoo, values)
    }

    /// Creates records, in batches; their ids come in the order of the values.
    ///
    /// # Errors
    /// [`Error::PartlyCreated`](crate::Error::PartlyCreated) names the batch that failed and the records that were created
    /// before it; [`Error::Usage`](crate::Error::Usage), before anything is sent, as of [`create`](Self::create).
    fn create_many<O: AnySession>(
        odoo: &O,
        values: impl IntoIterator<Item = Values<Self>>,
    ) -> O::Answer<'_, Vec<Id<Self>>> {
        write::create_many(odoo, values)
    }

    /// Creates or updates records by external id, in batches, and tells of each row what came of it. See
    /// [`import`](crate::write::import).
    #[cfg(feature = "client")]
    fn import<O: AnySession, X: Into<String>>(
        odoo: &O,
        rows: impl IntoIterator<Item = (X, Values<Self>)>,
    ) -> write::import::Import<'_, O, Self> {
        write::import::Import::new(odoo, rows)
    }

    /// Writes the same values to records.
    ///
    /// # Errors
    /// As of [`create`](Self::create).
    fn write<O: AnySession>(
        odoo: &O,
        ids: impl Ids<Self>,
        values: impl ValuesOf<Self>,
    ) -> O::Answer<'_, ()> {
        write::write(odoo, ids, values)
    }

    /// Deletes records.
    ///
    /// # Errors
    /// [`Error::Odoo`](crate::Error::Odoo) where Odoo refuses to delete one of them, and what any call can fail with.
    fn unlink<O: AnySession>(odoo: &O, ids: impl Ids<Self>) -> O::Answer<'_, ()> {
        write::unlink(odoo, ids)
    }

    /// The texts of a translated field in every language that is installed: `ResCountry::translations(&odoo, id, |c| c.name)`.
    ///
    /// Of HTML, which Odoo translates by its sentences, one for each language and sentence; before Odoo 16 that is refused.
    /// Before 16 each language is a call.
    ///
    /// # Errors
    /// [`Error::Usage`](crate::Error::Usage) for what the series cannot say, and those of a call.
    fn translations<O: AnySession, K, C>(
        odoo: &O,
        id: Id<Self>,
        field: impl OverFields<Self, Field<Self, K, C>>,
    ) -> O::Answer<'_, Vec<Translation>> {
        write::translations(odoo, id, field)
    }

    /// Writes texts of a translated field in several languages:
    /// `ResCountry::translate(&odoo, id, |c| c.name, [Translation::new("fr_BE", "Belgique")])`. Other languages keep theirs.
    ///
    /// From Odoo 16 on by one call. Before, each language is a call of its own, English first, so where one fails those before
    /// it are written.
    ///
    /// # Errors
    /// [`Error::Usage`](crate::Error::Usage) for a language that is not installed, a field that is not translated or, before
    /// Odoo 17, has no text yet, and what the series cannot say; and those of a call.
    fn translate<O: AnySession, K, C>(
        odoo: &O,
        id: Id<Self>,
        field: impl OverFields<Self, Field<Self, K, C>>,
        texts: impl IntoIterator<Item = Translation>,
    ) -> O::Answer<'_, ()> {
        write::translate(odoo, id, field, texts)
    }

    /// The value of a binary field to download: `ResPartner::download(&odoo, id, |p| p.image_1920).to_file("logo.png")`. An
    /// attachment by its id: [`Session::download`](crate::Session::download).
    #[cfg(feature = "client")]
    fn download<O: AnySession, C>(
        odoo: &O,
        id: Id<Self>,
        field: impl OverFields<Self, Field<Self, super::Binary, C>>,
    ) -> crate::files::Download<'_, O> {
        crate::files::of_field(odoo, id, field)
    }

    /// Writes a file to a binary field of a record: `ResPartner::upload(&odoo, id, |p| p.image_1920, Content::file("logo.png"))`,
    /// and looks whether Odoo has it as it was sent.
    ///
    /// # Errors
    /// [`Error::File`](crate::Error::File): [`FileError::Altered`](crate::files::FileError::Altered) where Odoo has made something
    /// else of it, as of a large image, and what stands in the way of reading or sending it; and what any call can fail with.
    #[cfg(feature = "client")]
    fn upload<O: AnySession, C>(
        odoo: &O,
        id: Id<Self>,
        field: impl OverFields<Self, Field<Self, super::Binary, C>>,
        content: crate::files::Content,
    ) -> O::Answer<'_, crate::files::Uploaded> {
        crate::files::upload(odoo, id, field, content)
    }

    /// Attaches a file to a record: `SaleOrder::attach(&odoo, order, Content::file("quotation.pdf"))`, and looks whether Odoo has
    /// it as it was sent. Images are left as they are.
    ///
    /// # Errors
    /// [`Error::File`](crate::Error::File): [`FileError::Altered`](crate::files::FileError::Altered) where Odoo has something
    /// else, whose attachment is then removed; what stands in the way of reading or sending the file; and what any call can fail
    /// with. Where no answer comes, the attachment may be there.
    #[cfg(feature = "client")]
    fn attach<O: AnySession>(
        odoo: &O,
        id: Id<Self>,
        content: crate::files::Content,
    ) -> O::Answer<'_, crate::files::Attached> {
        crate::files::attach(odoo, Some((Self::NAME, id.record_id())), content)
    }

    /// A report of records as PDF: `SaleOrder::report(&odoo, "sale.report_saleorder", [order]).to_file("order.pdf")`. It is a page
    /// of Odoo's web client, so that it needs the road [`web`](crate::transport::RoadName::Web).
    #[cfg(feature = "client")]
    fn report<O: AnySession>(
        odoo: &O,
        name: impl Into<String>,
        ids: impl Ids<Self>,
    ) -> crate::files::Download<'_, O> {
        crate::files::of_report(odoo, name, ids)
    }

    /// A call of any method of the model.
    fn call<O: AnySession>(
        odoo: &O,
        method: impl Into<Cow<'static, str>>,
    ) -> MethodCall<'_, O, Self> {
        MethodCall::new(odoo, method)
    }

    super::mistakes::verbs!();
}
