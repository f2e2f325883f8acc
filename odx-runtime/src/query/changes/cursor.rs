//! Cursors: where a program has come to.

use std::{fmt, str::FromStr};

use base64::{Engine, engine::general_purpose::STANDARD};
use odx_facts::Series;
use roaring::RoaringBitmap;
use serde_core::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use super::given::{Given, GivenList, hash};

/// How far the changes of a model were given: what a program stores with what it made of a batch.
///
/// It is of one model, domain, projection and context, and knows the ids of all records that were given, compressed: some
/// hundred bytes where ids follow each other, 2 MB for a million far apart. Beside them it has 12 bytes for each record that
/// was written within the overlap.
///
/// It is stored as [bytes](Self::to_bytes), as text ([`Display`](fmt::Display) and [`FromStr`]), or by serde as that text.
/// Each has a version and a checksum: one that is damaged, or of a newer odx, is refused.
#[derive(Clone, PartialEq)]
pub struct Cursor(pub(super) State);

/// What a cursor says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct State {
    /// What was asked; nothing before the first batch.
    pub(super) of: Option<Asking>,
    /// The ids of all records that were given and not deleted since.
    pub(super) known: RoaringBitmap,
    /// What was written before this second has been given. None while the first round is not over.
    pub(super) settled: Option<i64>,
    pub(super) place: Place,
    /// The records of the last round that were written within the overlap.
    pub(super) given: GivenList,
    /// Those of this round.
    pub(super) fresh: GivenList,
}

/// What was asked when the cursor was made.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asking {
    pub(super) model: String,
    pub(super) series: Series,
    pub(super) domain: u64,
    pub(super) fields: u64,
    pub(super) context: u64,
}

/// The place in a round.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Place {
    /// It has not begun.
    #[default]
    Between,
    /// Among the records that were written.
    Written {
        /// The last id.
        after: u32,
        /// What is settled when the round is over.
        next: Option<i64>,
    },
    /// Among the ids that are compared.
    Compared {
        /// The last id.
        after: u32,
    },
}

/// Bytes or a text that are no cursor.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CursorError {
    /// They are of something else, or were cut or changed.
    #[error(
        "this is no cursor, or it is damaged: take the last one that was stored whole, or begin anew with `Cursor::start`"
    )]
    Damaged,
    /// It is of a version of the format that this odx does not know.
    #[error(
        "the cursor has version {found} of its format, and this odx knows {VERSION}: use the odx that wrote it or a newer one, or \
         begin anew with `Cursor::start`"
    )]
    Version {
        /// The version.
        found: u8,
    },
}

odx_facts::debug_as_told!(CursorError);

const MAGIC: &[u8] = b"odxc";

const VERSION: u8 = 1;

impl Cursor {
    /// Before everything: the first round gives all records.
    pub fn start() -> Self {
        Self(State::default())
    }

    /// The same, after which the next round gives all records again, and whatever was deleted. What changed without a trace in
    /// `write_date` comes with them.
    #[must_use]
    pub fn read_again(self) -> Self {
        let State { of, known, .. } = self.0;
        Self(State {
            of,
            known,
            ..State::default()
        })
    }

    /// The model that it is of; none at the start.
    pub fn model(&self) -> Option<&str> {
        self.0.of.as_ref().map(|of| of.model.as_str())
    }

    /// How many records were given and not deleted since.
    pub fn len(&self) -> u64 {
        self.0.known.len()
    }

    /// Whether no record was given, or all were deleted.
    pub fn is_empty(&self) -> bool {
        self.0.known.is_empty()
    }

    /// The cursor to be stored.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = [MAGIC, &[VERSION]].concat();
        self.0.write(&mut bytes);
        let sum = hash([&bytes]);
        bytes.extend(sum.to_le_bytes());
        bytes
    }

    /// The cursor that was stored.
    ///
    /// # Errors
    /// [`CursorError`] for what is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CursorError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(CursorError::Damaged)?;
        match rest.first() {
            Some(&VERSION) => {}
            Some(&found) => return Err(CursorError::Version { found }),
            None => return Err(CursorError::Damaged),
        }
        let (body, sum) = bytes.split_last_chunk().ok_or(CursorError::Damaged)?;
        if hash([body]) != u64::from_le_bytes(*sum) {
            return Err(CursorError::Damaged);
        }
        let mut reader = Reader(body.get(MAGIC.len() + 1..).ok_or(CursorError::Damaged)?);
        let state = State::read(&mut reader).ok_or(CursorError::Damaged)?;
        match reader.0.is_empty() {
            true => Ok(Self(state)),
            false => Err(CursorError::Damaged),
        }
    }
}

impl State {
    fn write(&self, to: &mut Vec<u8>) {
        let Some(of) = &self.of else {
            to.push(0);
            return;
        };
        to.push(1);
        write_number(to, of.model.len() as u64);
        to.extend(of.model.as_bytes());
        to.extend(of.series.major().to_le_bytes());
        to.extend(of.series.minor().to_le_bytes());
        for hash in [of.domain, of.fields, of.context] {
            to.extend(hash.to_le_bytes());
        }
        write_second(to, self.settled);
        let after = match self.place {
            Place::Between => {
                to.push(0);
                0
            }
            Place::Written { after, next } => {
                to.push(1);
                to.extend(after.to_le_bytes());
                write_second(to, next);
                after
            }
            Place::Compared { after } => {
                to.push(2);
                to.extend(after.to_le_bytes());
                0
            }
        };
        // What this round has passed stands in `fresh`.
        write_given(to, self.given.beyond(after));
        write_given(to, self.fresh.beyond(0));
        let mut known = self.known.clone();
        known.optimize();
        known
            .serialize_into(&mut *to)
            .expect("BUG: a vector takes all that is written");
    }

    fn read(from: &mut Reader<'_>) -> Option<Self> {
        if from.byte()? == 0 {
            return Some(Self::default());
        }
        let length = usize::try_from(from.number()?).ok()?;
        let model = std::str::from_utf8(from.take(length)?).ok()?.to_owned();
        let series = Series::new(
            u16::from_le_bytes(from.array()?),
            u16::from_le_bytes(from.array()?),
        );
        let mut hashes = [0; 3];
        for hash in &mut hashes {
            *hash = u64::from_le_bytes(from.array()?);
        }
        let [domain, fields, context] = hashes;
        let settled = from.second()?;
        let place = match from.byte()? {
            0 => Place::Between,
            1 => Place::Written {
                after: u32::from_le_bytes(from.array()?),
                next: from.second()?,
            },
            2 => Place::Compared {
                after: u32::from_le_bytes(from.array()?),
            },
            _ => return None,
        };
        Some(Self {
            of: Some(Asking {
                model,
                series,
                domain,
                fields,
                context,
            }),
            settled,
            place,
            given: from.given()?,
            fresh: from.given()?,
            known: RoaringBitmap::deserialize_from(&mut from.0).ok()?,
        })
    }
}

/// Seven bits a byte, the lowest first.
fn write_number(to: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        to.push(number as u8 | 0x80);
        number >>= 7;
    }
    to.push(number as u8);
}

fn write_second(to: &mut Vec<u8>, second: Option<i64>) {
    to.push(u8::from(second.is_some()));
    if let Some(second) = second {
        to.extend(second.to_le_bytes());
    }
}

/// Rising ids, each by how much it is beyond the one before.
fn write_given(to: &mut Vec<u8>, given: &[Given]) {
    write_number(to, given.len() as u64);
    let mut last = 0;
    for Given { id, hash } in given {
        write_number(to, u64::from(id - last));
        to.extend(hash.to_le_bytes());
        last = *id;
    }
}

/// What is left to be read. Each answer is none where it is too short or says what cannot be.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn byte(&mut self) -> Option<u8> {
        self.array().map(|[byte]| byte)
    }

    fn number(&mut self) -> Option<u64> {
        let mut number = 0;
        for shift in (0..63).step_by(7) {
            let byte = self.byte()?;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn second(&mut self) -> Option<Option<i64>> {
        match self.byte()? {
            0 => Some(None),
            1 => Some(Some(i64::from_le_bytes(self.array()?))),
            _ => None,
        }
    }

    fn given(&mut self) -> Option<GivenList> {
        let count = self.number()?;
        let mut last = 0_u32;
        let mut list = Vec::new();
        for _ in 0..count {
            let beyond = u32::try_from(self.number()?).ok()?;
            last = last.checked_add(beyond).filter(|_| beyond > 0)?;
            let hash = u64::from_le_bytes(self.array()?);
            list.push(Given { id: last, hash });
        }
        Some(list.into_iter().collect())
    }
}

impl Default for Cursor {
    fn default() -> Self {
        Self::start()
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cursor")
            .field("model", &self.model())
            .field("records", &self.len())
            .field("place", &self.0.place)
            .finish_non_exhaustive()
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.to_bytes()))
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, CursorError> {
        let bytes = STANDARD.decode(text.trim());
        Self::from_bytes(&bytes.map_err(|_| CursorError::Damaged)?)
    }
}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(place: Place) -> Cursor {
        let given = |ids: &[u32]| {
            ids.iter()
                .map(|id| Given {
                    id: *id,
                    hash: u64::from(*id) << 40,
                })
                .collect()
        };
        Cursor(State {
            of: Some(Asking {
                model: "res.partner".to_owned(),
                series: Series::new(17, 2),
                domain: 1,
                fields: 2,
                context: u64::MAX,
            }),
            known: [1, 2, 3, 70_000, u32::MAX].into_iter().collect(),
            settled: Some(-5),
            place,
            given: given(&[1, 200, u32::MAX]),
            fresh: given(&[2, 3]),
        })
    }

    #[test]
    fn a_cursor_is_stored_and_read_again_as_bytes_text_and_json() {
        for cursor in [
            Cursor::start(),
            of(Place::Between),
            of(Place::Compared { after: 7 }),
            of(Place::Written {
                after: 0,
                next: None,
            }),
        ] {
            assert_eq!(Cursor::from_bytes(&cursor.to_bytes()), Ok(cursor.clone()));
            assert_eq!(cursor.to_string().parse(), Ok(cursor.clone()));
            let json = serde_json::to_string(&cursor).unwrap();
            assert_eq!(serde_json::from_str::<Cursor>(&json).unwrap(), cursor);
        }
    }

    #[test]
    fn what_a_round_has_passed_is_not_stored_twice() {
        let place = Place::Written {
            after: 200,
            next: Some(1),
        };
        let read = Cursor::from_bytes(&of(place).to_bytes()).unwrap();
        assert_eq!(read.0.given.beyond(0).len(), 1);
        assert_eq!(read.0.fresh, of(place).0.fresh);
    }

    #[test]
    fn a_million_ids_in_a_row_are_small() {
        let mut cursor = of(Place::Between);
        cursor.0.known = (1..=1_000_000).collect();
        assert!(cursor.to_bytes().len() < 1_000);
    }

    #[test]
    fn whatever_is_cut_or_changed_is_refused() {
        let bytes = of(Place::Written {
            after: 1,
            next: Some(9),
        })
        .to_bytes();
        for length in 0..bytes.len() {
            assert!(Cursor::from_bytes(&bytes[..length]).is_err(), "{length}");
        }
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 0x10;
            assert!(Cursor::from_bytes(&changed).is_err(), "{at}");
        }
        let mut longer = bytes;
        longer.push(0);
        assert_eq!(Cursor::from_bytes(&longer), Err(CursorError::Damaged));
        assert_eq!("no cursor".parse::<Cursor>(), Err(CursorError::Damaged));
    }

    #[test]
    fn a_cursor_of_a_newer_odx_is_refused_by_its_version() {
        let mut bytes = Cursor::start().to_bytes();
        bytes[4] = 2;
        assert_eq!(
            Cursor::from_bytes(&bytes),
            Err(CursorError::Version { found: 2 })
        );
    }
}
