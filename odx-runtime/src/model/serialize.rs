//! serde for the values of fields, in the form that Odoo sends them in, for programs that hand them on.

use serde_core::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::Value as JsonValue;

use super::{Blob, Id, Many2one, RecordRef, ResId, Slot, Value, read_one};

/// Serialises a value as Odoo would have sent it.
///
/// # Errors
/// Those of the serializer.
#[doc(hidden)]
pub fn serialize<T: Slot, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.to_wire().serialize(serializer)
}

/// Reads a value as Odoo sends it.
///
/// # Errors
/// What was expected, and what came.
#[doc(hidden)]
pub fn deserialize<'de, T: Value, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let json = JsonValue::deserialize(deserializer)?;
    let expected = match read_one::<Option<T>>(&json) {
        Ok(Some(value)) => return Ok(value),
        Ok(None) => "a value",
        Err(expected) => expected,
    };
    Err(D::Error::custom(format!(
        "expected {expected}, but {json} came"
    )))
}

macro_rules! as_odoo_sends {
    ($([$($model:ident)?] $value:ty;)+) => {
        $(
            impl$(<$model: 'static>)? Serialize for $value {
                fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serialize(self, serializer)
                }
            }

            impl<'de$(, $model: 'static)?> Deserialize<'de> for $value {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    deserialize(deserializer)
                }
            }
        )+
    };
}

as_odoo_sends! {
    [M] Id<M>;
    [M] Many2one<M>;
    [] RecordRef;
    [] ResId;
    [] Blob;
}

#[cfg(test)]
mod tests {
    use serde_json::{from_value, json, to_value};

    use super::*;

    struct Partner;

    #[test]
    fn values_are_written_and_read_as_odoo_sends_them() {
        let partner: Many2one<Partner> = from_value(json!([7, "Acme"])).unwrap();
        assert_eq!(
            (partner.id, partner.name.as_deref()),
            (Id::new(7), Some("Acme"))
        );
        assert_eq!(to_value(&partner).unwrap(), json!([7, "Acme"]));
        let nameless: Many2one<Partner> = from_value(json!([7, false])).unwrap();
        assert_eq!(to_value(&nameless).unwrap(), json!([7, false]));
        assert_eq!(to_value(Id::<Partner>::new(3)).unwrap(), json!(3));
        for id in [json!("10"), json!("01"), json!(10)] {
            let read: Id<Partner> = from_value(id.clone()).unwrap();
            assert_eq!(to_value(read).unwrap(), id);
        }
        let reference: RecordRef = from_value(json!("res.partner,7")).unwrap();
        assert_eq!(to_value(&reference).unwrap(), json!("res.partner,7"));
    }

    #[test]
    fn what_is_no_value_is_refused_with_what_came() {
        let error = from_value::<Id<Partner>>(json!("a text of some length")).unwrap_err();
        assert_eq!(
            error.to_string(),
            "expected an id of 14 bytes at most, but \"a text of some length\" came"
        );
        let error = from_value::<Many2one<Partner>>(json!(false)).unwrap_err();
        assert_eq!(error.to_string(), "expected a value, but false came");
    }
}
