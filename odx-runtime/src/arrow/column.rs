//! What is read of each record, and as what.

use std::{
    fmt,
    marker::PhantomData,
    sync::{Arc, Mutex},
};

use arrow_schema::{DataType, Field, Fields, Schema, SchemaRef, TimeUnit};
use odx_facts::Value;

use crate::{
    Error,
    model::{FieldMeta, FieldType, Model, Reads},
    query::ID,
};

/// The time zone of Odoo's datetimes on the wire.
pub(super) const UTC: &str = "UTC";

/// The most digits of a decimal of 128 bits.
const MOST_DIGITS: u8 = 38;

/// What the values of a column are.
#[derive(Clone, Debug)]
pub(super) enum Kind {
    Text,
    Integer,
    Float,
    Decimal {
        precision: u8,
        scale: u8,
    },
    Boolean,
    Date,
    Datetime,
    Binary,
    /// The keys so far: the schema's own, and what came beside them. They only grow, so that a key keeps its place.
    Selection(Arc<Mutex<Vec<String>>>),
    Many2one,
    Ids,
    ResId,
    Reference,
    Json,
}

/// A field, as a column.
#[derive(Clone, Debug)]
pub struct Column {
    pub(super) field: &'static FieldMeta,
    pub(super) kind: Kind,
}

impl Column {
    /// A field by its name on the wire and its type, as `fields_get` tells them.
    pub fn new(name: &str, ty: FieldType) -> Self {
        Self::of(FieldMeta::untyped(name, ty))
    }

    fn of(field: &'static FieldMeta) -> Self {
        let kind = match field.field_type().value() {
            Value::Text => Kind::Text,
            Value::Integer => Kind::Integer,
            Value::Float => Kind::Float,
            Value::Boolean => Kind::Boolean,
            Value::Date => Kind::Date,
            Value::Datetime => Kind::Datetime,
            Value::Blob => Kind::Binary,
            Value::Selection => {
                let keys = field.selection_keys().all.iter();
                let keys: Vec<String> = keys.map(|key| (*key).to_owned()).collect();
                Kind::Selection(Arc::new(Mutex::new(keys)))
            }
            Value::Many2one => Kind::Many2one,
            Value::Ids => Kind::Ids,
            Value::RecordRef => Kind::Reference,
            Value::ResId => Kind::ResId,
            Value::Json | Value::Properties | Value::PropertiesDefinition => Kind::Json,
        };
        Self { field, kind }
    }

    /// The keys that a selection is known to have. Others are taken, too; these come first in the dictionary.
    #[must_use]
    pub fn keys<K: Into<String>>(mut self, keys: impl IntoIterator<Item = K>) -> Self {
        if let Kind::Selection(known) = &mut self.kind {
            let keys = keys.into_iter().map(Into::into).collect();
            *known = Arc::new(Mutex::new(keys));
        }
        self
    }

    /// The name of the field.
    pub fn name(&self) -> &'static str {
        self.field.name()
    }

    fn decimal(&mut self, precision: u8, scale: u8) -> Result<(), Error> {
        if !matches!(self.kind, Kind::Float | Kind::Decimal { .. }) {
            return Err(Error::usage(format!(
                "`{}` is a {} field: only floats and monetary ones are read as decimals",
                self.field.name(),
                self.field.field_type(),
            )));
        }
        if precision == 0 || precision > MOST_DIGITS || scale > precision {
            return Err(Error::usage(format!(
                "no decimal has {precision} digits with {scale} of them behind the point: give 1 to {MOST_DIGITS} digits, \
                 and no more places than digits",
            )));
        }
        self.kind = Kind::Decimal { precision, scale };
        Ok(())
    }

    fn data_type(&self) -> DataType {
        match self.kind {
            Kind::Text | Kind::Reference | Kind::Json => DataType::Utf8,
            Kind::Integer | Kind::ResId => DataType::Int64,
            Kind::Float => DataType::Float64,
            // Both are 38 at most.
            Kind::Decimal { precision, scale } => DataType::Decimal128(precision, scale as i8),
            Kind::Boolean => DataType::Boolean,
            Kind::Date => DataType::Date32,
            // Odoo sends seconds, and Parquet has no unit so coarse: engines would read numbers.
            Kind::Datetime => DataType::Timestamp(TimeUnit::Microsecond, Some(UTC.into())),
            Kind::Binary => DataType::Binary,
            Kind::Selection(_) => {
                DataType::Dictionary(DataType::Int32.into(), DataType::Utf8.into())
            }
            Kind::Many2one => DataType::Struct(many2one()),
            Kind::Ids => DataType::List(item()),
        }
    }

    fn is_nullable(&self) -> bool {
        !matches!(self.kind, Kind::Boolean | Kind::Ids) && self.field.name() != ID
    }
}

/// The fields of a many2one.
pub(super) fn many2one() -> Fields {
    let id = Field::new("id", DataType::Int64, false);
    let name = Field::new("name", DataType::Utf8, true);
    Fields::from(vec![id, name])
}

/// An id in a list of them.
pub(super) fn item() -> Arc<Field> {
    Arc::new(Field::new("item", DataType::Int64, false))
}

/// The columns that records of a model are read into.
pub struct Columns<M> {
    pub(super) columns: Arc<[Column]>,
    model: PhantomData<fn() -> M>,
}

impl<M> Clone for Columns<M> {
    fn clone(&self) -> Self {
        Self {
            columns: Arc::clone(&self.columns),
            model: PhantomData,
        }
    }
}

impl<M> fmt::Debug for Columns<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let fields = self.columns.iter().map(|column| column.field);
        f.debug_list().entries(fields).finish()
    }
}

impl<M: Model> Columns<M> {
    /// A column for each field that a projection reads. A nested projection is the many2one, or the ids, that it stands on.
    pub fn of<P: Reads<M>>() -> Self {
        let fields = P::fields().iter().copied();
        Self {
            columns: fields.map(Column::of).collect(),
            model: PhantomData,
        }
    }

    /// Reads a float or a monetary as a decimal of so many digits, `scale` of them behind the point. Odoo sends floats: the
    /// decimal is the nearest one, a half going away from zero.
    ///
    /// # Errors
    /// [`Error::Usage`] for a field that is not among the columns or is no float, and for what is no decimal.
    pub fn decimal(mut self, field: &str, precision: u8, scale: u8) -> Result<Self, Error> {
        self.columns = with_decimal(&self.columns, field, precision, scale)?;
        Ok(self)
    }

    /// The schema of the batches.
    pub fn schema(&self) -> SchemaRef {
        schema(&self.columns)
    }
}

pub(super) fn with_decimal(
    columns: &[Column],
    field: &str,
    precision: u8,
    scale: u8,
) -> Result<Arc<[Column]>, Error> {
    let mut columns = columns.to_vec();
    match columns.iter_mut().find(|column| column.name() == field) {
        Some(column) => column.decimal(precision, scale)?,
        None => {
            return Err(Error::usage(format!(
                "`{field}` is none of the columns: they are {}",
                columns
                    .iter()
                    .map(Column::name)
                    .collect::<Vec<_>>()
                    .join(", "),
            )));
        }
    }
    Ok(columns.into())
}

pub(super) fn schema(columns: &[Column]) -> SchemaRef {
    let fields: Vec<Field> = columns
        .iter()
        .map(|column| Field::new(column.name(), column.data_type(), column.is_nullable()))
        .collect();
    Arc::new(Schema::new(fields))
}
