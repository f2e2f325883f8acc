//! External ids: `base.main_company`.

use serde_json::Value as JsonValue;

use crate::{AnySession, Call, Error, Id, RecordId, model::Model};

/// An external id that leads to no record.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum XmlIdError {
    /// No module has such a record.
    #[error(
        "Odoo has no external id `{xml_id}`; check the names of the module and of the record, and that the module is installed"
    )]
    Unknown {
        /// The external id.
        xml_id: String,
        /// What Odoo said.
        #[source]
        source: Error,
    },
    /// The record is of another model than the one asked for.
    #[error("`{xml_id}` is a record of {found}, not of {model}")]
    OtherModel {
        /// The external id.
        xml_id: String,
        /// The model asked for.
        model: &'static str,
        /// The model of the record.
        found: String,
    },
    /// The record was deleted, or the user may not read it.
    #[error("`{xml_id}` is a record of {model} that was deleted, or that this user may not read")]
    Hidden {
        /// The external id.
        xml_id: String,
        /// Its model.
        model: &'static str,
    },
}

odx_facts::debug_as_told!(XmlIdError);

/// The record that an external id stands for.
///
/// Over `check_object_reference`, which every version has and which plain users may call; they may not read
/// `ir.model.data` itself since Odoo 15.
///
/// # Errors
/// [`Error::XmlId`] says whether the external id is unknown, of another model, or of a record that cannot be read.
pub fn xml_id<O: AnySession, M: Model>(
    odoo: &O,
    xml_id: impl Into<String>,
) -> O::Answer<'_, Id<M>> {
    let xml_id = xml_id.into();
    // Odoo searches for the record, and an archived one is one too.
    let session = odoo.session().with_archived();
    odoo.answer(async move {
        let (module, name) = parts(&xml_id)?;
        let call = Call::new("ir.model.data", "check_object_reference")
            .arg(module)
            .arg(name);
        let reply = match session.execute(call).await {
            Err(source) if is_unknown(&source) => {
                return Err(XmlIdError::Unknown { xml_id, source }.into());
            }
            reply => reply?,
        };
        let (found, id): (String, JsonValue) = reply.to()?;
        let model = M::NAME;
        if found != model {
            return Err(XmlIdError::OtherModel {
                xml_id,
                model,
                found,
            }
            .into());
        }
        match RecordId::from_json(&id) {
            Some(id) => Ok(Id::of(id)),
            None => Err(XmlIdError::Hidden { xml_id, model }.into()),
        }
    })
}

/// The module and the name; the name may have dots of its own.
fn parts(xml_id: &str) -> Result<(&str, &str), Error> {
    match xml_id.split_once('.') {
        Some((module, name)) if !module.is_empty() && !name.is_empty() => Ok((module, name)),
        _ => Err(Error::usage(format!(
            "`{xml_id}` is not an external id: they are a module and a name with a dot between, as in `base.main_company`"
        ))),
    }
}

fn is_unknown(error: &Error) -> bool {
    error
        .odoo()
        .is_some_and(|error| error.class == "builtins.ValueError")
}
