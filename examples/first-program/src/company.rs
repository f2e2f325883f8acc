//! A company that is made, changed and cleaned up.

use models::prelude::*;
use odx_runtime::error::Cause;

use crate::customers::Customer;

/// What the records are known by.
const TAG: &str = "first-program";

/// What was made of the company.
#[derive(OdooModel, Debug)]
#[odoo(model = ResPartner)]
pub struct Company {
    /// Its phone.
    pub phone: Option<String>,
    /// Its address of email.
    pub email: Option<String>,
    /// Who works there.
    #[odoo(field = "child_ids")]
    pub contacts: Vec<Customer>,
    /// Its tags.
    pub category_id: Vec<Id<ResPartnerCategory>>,
}

/// A company with two contacts and a new tag, by one call.
///
/// # Errors
/// Those of the create.
pub async fn create_company(odoo: &Session, name: &str) -> Result<Id<ResPartner>, Error> {
    let belgium = odoo.xml_id::<ResCountry>("base.be").await?;
    ResPartner::create(
        odoo,
        values!(ResPartner {
            name: name,
            is_company: true,
            country_id: belgium,
            email: "info@first-program.example",
            child_ids: [
                values!(ResPartner { name: "Ada (first program)", type: "contact", .. }),
                values!(ResPartner { name: "Grace (first program)", type: "invoice", .. }),
            ],
            category_id: [values!(ResPartnerCategory {
                name: TAG,
                color: 4
            })],
        }),
    )
    .await
}

/// Gives it a phone, and takes its email.
///
/// # Errors
/// Those of the write.
pub async fn update(odoo: &Session, id: Id<ResPartner>) -> Result<(), Error> {
    let values = values!(ResPartner {
        phone: "+32 2 555 01 23",
        email: None,
        ..
    });
    ResPartner::write(odoo, [id], values).await
}

/// Lets searches leave it out.
///
/// # Errors
/// Those of the write.
pub async fn archive(odoo: &Session, id: Id<ResPartner>) -> Result<(), Error> {
    ResPartner::write(odoo, [id], values!(ResPartner { active: false, .. })).await
}

/// Why Odoo refused.
#[derive(Debug, PartialEq, Eq)]
pub enum Refused {
    /// The record does not exist.
    Gone,
    /// A rule of Odoo, in its own words.
    Rule(String),
    /// The user may not do that.
    Forbidden,
}

/// Puts a partner below another, which Odoo may refuse.
///
/// # Errors
/// Where it is not Odoo that refuses.
pub async fn set_parent(
    odoo: &Session,
    child: Id<ResPartner>,
    parent: Id<ResPartner>,
) -> Result<Option<Refused>, Error> {
    let values = values!(ResPartner {
        parent_id: parent,
        ..
    });
    let Err(error) = ResPartner::write(odoo, [child], values).await else {
        return Ok(None);
    };
    let Some(refused) = error.odoo() else {
        return Err(error);
    };
    match refused.cause() {
        Cause::MissingRecord => Ok(Some(Refused::Gone)),
        Cause::Access => Ok(Some(Refused::Forbidden)),
        Cause::Validation | Cause::User => Ok(Some(Refused::Rule(refused.message.clone()))),
        _ => Err(error),
    }
}

/// Deletes what [`create_company`] made.
///
/// # Errors
/// Those of the calls.
pub async fn clean_up(odoo: &Session) -> Result<(), Error> {
    let ours = ResPartner::search(|p| {
        p.category_id.any(|tag| tag.name.eq(TAG)) | p.name.ilike("(first program)")
    });
    let ours = ours.with_archived().ids(odoo).await?;
    ResPartner::unlink(odoo, ours).await?;
    let tags = ResPartnerCategory::search(|tag| tag.name.eq(TAG));
    let tags = tags.ids(odoo).await?;
    ResPartnerCategory::unlink(odoo, tags).await
}
