//! Customers.

use models::prelude::*;

/// A partner, as far as it matters here.
#[derive(OdooModel, Debug)]
#[odoo(model = ResPartner)]
pub struct Customer {
    /// Its id.
    pub id: Id<ResPartner>,
    /// Its name.
    pub name: Option<String>,
    /// Its address of email.
    pub email: Option<String>,
    /// Where it is.
    pub city: Option<String>,
    /// In which country.
    pub country_id: Option<Many2one<ResCountry>>,
}

/// Companies with an email or a phone, in one of the countries, that are no test data.
///
/// # Errors
/// Those of the search.
pub async fn customers(odoo: &Session, countries: &[&str]) -> Result<Vec<Customer>, Error> {
    ResPartner::search(|p| {
        p.is_company.eq(true)
            & (p.email.is_set() | p.phone.is_set())
            & p.country_id.hop(|c| c.code).is_in(countries)
            & !p.name.ilike("test")
    })
    .order(|p| (p.name.asc(), p.id.desc()))
    .limit(50)
    .fetch_as(odoo)
    .await
}
