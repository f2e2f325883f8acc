//! The values of a column: read into slots, and made into an array.

use std::{
    any::Any,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use arrow_array::{
    ArrayRef, BinaryArray, BooleanArray, Date32Array, Decimal128Array, DictionaryArray,
    Float64Array, Int32Array, Int64Array, ListArray, RecordBatch, RecordBatchOptions, StringArray,
    StructArray, TimestampMicrosecondArray,
    builder::{Int64Builder, ListBuilder},
    types::Date32Type,
};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value as JsonValue;

use super::column::{Column, Kind, UTC, item, many2one, schema};
use crate::{
    model::{
        Blob, Cell, DecodeError, Id, Many2one, Mismatch, Page, RecordId, RecordRef, ResId, Slot,
        number,
    },
    query::ID,
};

/// A row, a slot for each column.
pub(super) type Row = Vec<Box<dyn Slot>>;

/// A key of a selection.
type Key = String;

/// A number, as it was written; none where it is unset.
struct Written(Option<String>);

impl Slot for Written {
    fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch> {
        self.0 = match cell.unset()? {
            true => None,
            false => Some(String::from_utf8_lossy(cell.number()?).into_owned()),
        };
        Ok(())
    }

    fn to_wire(&self) -> JsonValue {
        self.0.clone().into()
    }

    fn copy(&mut self, from: &dyn Any) {
        if let Some(Self(number)) = from.downcast_ref() {
            self.0.clone_from(number);
        }
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A key of a selection, read as keys are: some are integers.
struct KeySlot(Option<Key>);

impl Slot for KeySlot {
    fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch> {
        self.0 = match cell.unset()? {
            true => None,
            false => Some(cell.key(str::to_owned)?),
        };
        Ok(())
    }

    fn to_wire(&self) -> JsonValue {
        self.0.clone().into()
    }

    fn copy(&mut self, from: &dyn Any) {
        if let Some(Self(key)) = from.downcast_ref() {
            self.0.clone_from(key);
        }
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A slot that has been read, or one that holds nothing yet.
fn slot<T: Slot + Default>() -> Box<dyn Slot> {
    Box::new(T::default())
}

impl Column {
    /// Where a value of the column is read to.
    pub(super) fn slot(&self) -> Box<dyn Slot> {
        match self.kind {
            Kind::Text => slot::<Option<String>>(),
            Kind::Integer => slot::<Option<i64>>(),
            Kind::Float => slot::<Option<f64>>(),
            Kind::Decimal { .. } => Box::new(Written(None)),
            Kind::Boolean => slot::<bool>(),
            Kind::Date => slot::<Option<NaiveDate>>(),
            Kind::Datetime => slot::<Option<DateTime<Utc>>>(),
            Kind::Binary => slot::<Option<Blob>>(),
            Kind::Selection(_) => Box::new(KeySlot(None)),
            Kind::Many2one => slot::<Option<Many2one<()>>>(),
            Kind::Ids => slot::<Vec<Id<()>>>(),
            Kind::ResId => slot::<ResId>(),
            Kind::Reference => slot::<Option<RecordRef>>(),
            Kind::Json => slot::<Option<JsonValue>>(),
        }
    }

    /// The array of a column's values.
    ///
    /// # Errors
    /// [`Misfit`] names the first row whose value no array of that type holds.
    fn array(&self, rows: &[Row], at: usize) -> Result<ArrayRef, Misfit> {
        let values = Values { rows, at };
        Ok(match &self.kind {
            Kind::Text => {
                let texts = values.of::<Option<String>>();
                Arc::new(texts.map(Option::as_deref).collect::<StringArray>())
            }
            Kind::Integer if self.name() == ID => {
                let ids =
                    values.each(|id: &Option<i64>| id.ok_or(Unfit("an id", "`false`".into())))?;
                Arc::new(Int64Array::from(ids))
            }
            Kind::Integer => Arc::new(values.of::<Option<i64>>().copied().collect::<Int64Array>()),
            Kind::Float => Arc::new(
                values
                    .of::<Option<f64>>()
                    .copied()
                    .collect::<Float64Array>(),
            ),
            Kind::Decimal { precision, scale } => decimals(&values, *precision, *scale)?,
            Kind::Boolean => Arc::new(BooleanArray::from_iter(
                values.of::<bool>().map(|value| Some(*value)),
            )),
            Kind::Date => {
                let dates = values.of::<Option<NaiveDate>>();
                Arc::new(
                    dates
                        .map(|date| date.map(Date32Type::from_naive_date))
                        .collect::<Date32Array>(),
                )
            }
            Kind::Datetime => {
                let moments = values.of::<Option<DateTime<Utc>>>();
                let moments = moments.map(|moment| moment.map(|moment| moment.timestamp_micros()));
                Arc::new(
                    moments
                        .collect::<TimestampMicrosecondArray>()
                        .with_timezone(UTC),
                )
            }
            Kind::Binary => {
                let bytes = values.each(bytes)?;
                Arc::new(bytes.iter().map(Option::as_deref).collect::<BinaryArray>())
            }
            Kind::Selection(keys) => Arc::new(selection(&values, keys)),
            Kind::Many2one => many2ones(&values)?,
            Kind::Ids => id_lists(&values)?,
            Kind::ResId => {
                let ids = values.of::<ResId>();
                Arc::new(
                    ids.map(|id| (id.0 != 0).then_some(id.0))
                        .collect::<Int64Array>(),
                )
            }
            Kind::Reference => {
                let texts = values.of::<Option<RecordRef>>();
                let texts = texts.map(|value| value.as_ref().map(RecordRef::to_string));
                Arc::new(texts.collect::<StringArray>())
            }
            Kind::Json => {
                let texts = values.of::<Option<JsonValue>>();
                let texts = texts.map(|value| value.as_ref().map(JsonValue::to_string));
                Arc::new(texts.collect::<StringArray>())
            }
        })
    }
}

/// The values of a column.
struct Values<'r> {
    rows: &'r [Row],
    at: usize,
}

impl<'r> Values<'r> {
    fn of<T: 'static>(&self) -> impl Iterator<Item = &'r T> {
        let at = self.at;
        self.rows.iter().map(move |row| {
            let slot: &dyn Any = &*row[at];
            slot.downcast_ref()
                .expect("BUG: a column reads the slots that it made")
        })
    }

    fn each<T: 'static, U>(
        &self,
        mut read: impl FnMut(&'r T) -> Result<U, Unfit>,
    ) -> Result<Vec<U>, Misfit> {
        let values = self.of::<T>().enumerate();
        values
            .map(|(row, value)| read(value).map_err(|unfit| Misfit { row, unfit }))
            .collect()
    }
}

/// What was expected, and what came.
struct Unfit(&'static str, String);

/// A value that its column cannot hold.
struct Misfit {
    row: usize,
    unfit: Unfit,
}

fn number_of(id: RecordId) -> Result<i64, Unfit> {
    id.number()
        .ok_or_else(|| Unfit("an id that is a number", format!("`{id}`")))
}

fn bytes(blob: &Option<Blob>) -> Result<Option<Vec<u8>>, Unfit> {
    const EXPECTED: &str = "content in base64";
    let Some(blob) = blob else {
        return Ok(None);
    };
    match blob.bytes() {
        Some(bytes) => Ok(Some(bytes)),
        None => Err(Unfit(EXPECTED, "something else".to_owned())),
    }
}

fn decimals(values: &Values<'_>, precision: u8, scale: u8) -> Result<ArrayRef, Misfit> {
    let most = 10_i128.pow(precision.into());
    let digits = values.each(|Written(number)| {
        let Some(number) = number else {
            return Ok(None);
        };
        number::scaled(number.as_bytes(), scale.into())
            .filter(|digits| digits.abs() < most)
            .map(Some)
            .ok_or_else(|| {
                Unfit(
                    "a decimal of the digits that were asked for",
                    format!("`{number}`"),
                )
            })
    })?;
    let array = Decimal128Array::from(digits).with_precision_and_scale(precision, scale as i8);
    Ok(Arc::new(array.expect("BUG: the digits were counted")))
}

/// Keys by their place in the dictionary, to which unknown ones are added.
fn selection(
    values: &Values<'_>,
    known: &Mutex<Vec<Key>>,
) -> DictionaryArray<arrow_array::types::Int32Type> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let places: Int32Array = values
        .of::<KeySlot>()
        .map(|KeySlot(key)| {
            let key = key.as_ref()?;
            let place = known
                .iter()
                .position(|other| other == key)
                .unwrap_or_else(|| {
                    known.push(key.clone());
                    known.len() - 1
                });
            i32::try_from(place).ok()
        })
        .collect();
    let keys = StringArray::from_iter_values(known.iter());
    DictionaryArray::new(places, Arc::new(keys))
}

fn many2ones(values: &Values<'_>) -> Result<ArrayRef, Misfit> {
    let ids = values.each(|value: &Option<Many2one<()>>| {
        let id = value.as_ref().map(|value| value.id.record_id());
        id.map(number_of).transpose()
    })?;
    let is_set = ids.iter().map(Option::is_some).collect::<Vec<bool>>();
    // The slot of a null struct holds some number, since an id is never null.
    let ids = Int64Array::from_iter_values(ids.into_iter().map(Option::unwrap_or_default));
    let names = values.of::<Option<Many2one<()>>>();
    let names = names.map(|value| value.as_ref().and_then(|value| value.name.as_deref()));
    let names = names.collect::<StringArray>();
    Ok(Arc::new(StructArray::new(
        many2one(),
        vec![Arc::new(ids), Arc::new(names)],
        Some(is_set.into()),
    )))
}

fn id_lists(values: &Values<'_>) -> Result<ArrayRef, Misfit> {
    let lists = values.each(|ids: &Vec<Id<()>>| {
        let numbers = ids.iter().map(|id| number_of(id.record_id()));
        numbers.collect::<Result<Vec<i64>, Unfit>>()
    })?;
    let mut builder = ListBuilder::new(Int64Builder::new()).with_field(item());
    for ids in lists {
        builder.values().append_slice(&ids);
        builder.append(true);
    }
    let array: ListArray = builder.finish();
    Ok(Arc::new(array))
}

/// The batch of a page.
///
/// # Errors
/// [`DecodeError`] names the record and the field whose value does not fit.
pub(super) fn batch(
    model: &'static str,
    columns: &[Column],
    page: &Page<Row>,
) -> Result<RecordBatch, DecodeError> {
    let arrays = columns.iter().enumerate().map(|(at, column)| {
        column.array(&page.rows, at).map_err(|misfit| DecodeError {
            model,
            id: page.ids[misfit.row],
            field: Some(column.name()),
            expected: format!(
                "{} for this {} field",
                misfit.unfit.0,
                column.field.field_type()
            ),
            found: misfit.unfit.1,
        })
    });
    let arrays = arrays.collect::<Result<Vec<_>, _>>()?;
    let rows = RecordBatchOptions::new().with_row_count(Some(page.rows.len()));
    Ok(
        RecordBatch::try_new_with_options(schema(columns), arrays, &rows)
            .expect("BUG: the arrays are what the schema says"),
    )
}
