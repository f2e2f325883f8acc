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
        Blob, Cell, DecodeError, Form, Id, Many2one, Mismatch, RecordId, RecordRef, ResId, Slot,
        number,
    },
    query::ID,
};

/// A row, a slot for each column.
pub(super) type Row = Vec<Box<dyn Slot>>;

/// A value as a text; none where it is unset.
struct Spelled {
    text: Option<String>,
    spell: fn(&mut Cell<'_, '_>) -> Result<String, Mismatch>,
}

impl Slot for Spelled {
    fn fill(&mut self, cell: &mut Cell<'_, '_>) -> Result<(), Mismatch> {
        self.text = match cell.unset()? {
            true => None,
            false => Some((self.spell)(cell)?),
        };
        Ok(())
    }

    fn to_wire(&self) -> JsonValue {
        self.text.clone().into()
    }

    fn copy(&mut self, from: &dyn Any) {
        if let Some(Self { text, .. }) = from.downcast_ref() {
            self.text.clone_from(text);
        }
    }

    fn show(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.text, f)
    }
}

fn spelled(spell: fn(&mut Cell<'_, '_>) -> Result<String, Mismatch>) -> Box<dyn Slot> {
    Box::new(Spelled { text: None, spell })
}

/// A slot that has been read, or one that holds nothing yet.
fn slot<T: Slot + Default>() -> Box<dyn Slot> {
    Box::new(T::default())
}

impl Column {
    /// Where a value of the column is read to.
    pub(super) fn slot(&self) -> Box<dyn Slot> {
        match self.kind {
            Kind::Text => spelled(|cell| Ok(cell.text()?.into_owned())),
            Kind::Integer => slot::<Option<i64>>(),
            Kind::Float => slot::<Option<f64>>(),
            // A number, as it was written.
            Kind::Decimal { .. } => {
                spelled(|cell| Ok(String::from_utf8_lossy(cell.number()?).into_owned()))
            }
            Kind::Boolean => slot::<bool>(),
            Kind::Date => slot::<Option<NaiveDate>>(),
            Kind::Datetime => slot::<Option<DateTime<Utc>>>(),
            Kind::Binary => slot::<Option<Blob>>(),
            // Some keys are integers.
            Kind::Selection(_) => spelled(|cell| cell.key(str::to_owned)),
            Kind::Many2one => slot::<Option<Many2one<()>>>(),
            Kind::Ids => slot::<Vec<Id<()>>>(),
            Kind::ResId => slot::<ResId>(),
            Kind::Reference => spelled(|cell| Ok(RecordRef::read(cell)?.to_string())),
            Kind::Json => spelled(|cell| Ok(cell.json()?.to_string())),
        }
    }

    /// The array of a column's values.
    ///
    /// # Errors
    /// [`Misfit`] names the first row whose value no array of that type holds.
    fn array(&self, rows: &[Row], at: usize) -> Result<ArrayRef, Misfit> {
        let values = Values { rows, at };
        Ok(match &self.kind {
            Kind::Text | Kind::Reference | Kind::Json => {
                Arc::new(values.texts().collect::<StringArray>())
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

    fn texts(&self) -> impl Iterator<Item = Option<&'r str>> {
        self.of::<Spelled>().map(|value| value.text.as_deref())
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
    let digits = values.each(|Spelled { text, .. }| {
        let Some(number) = text else {
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
    known: &Mutex<Vec<String>>,
) -> DictionaryArray<arrow_array::types::Int32Type> {
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let places: Int32Array = values
        .texts()
        .map(|key| {
            let key = key?;
            let place = known
                .iter()
                .position(|other| other == key)
                .unwrap_or_else(|| {
                    known.push(key.to_owned());
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

/// The batch of rows, whose ids tell which one does not fit.
///
/// # Errors
/// [`DecodeError`] names the record and the field whose value does not fit.
pub(super) fn batch(
    model: &'static str,
    columns: &[Column],
    ids: &[RecordId],
    rows: &[Row],
) -> Result<RecordBatch, DecodeError> {
    let arrays = columns.iter().enumerate().map(|(at, column)| {
        column.array(rows, at).map_err(|misfit| DecodeError {
            model,
            id: Some(ids[misfit.row]),
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
    let rows = RecordBatchOptions::new().with_row_count(Some(rows.len()));
    Ok(
        RecordBatch::try_new_with_options(schema(columns), arrays, &rows)
            .expect("BUG: the arrays are what the schema says"),
    )
}
