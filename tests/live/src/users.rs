//! The three lines of the three kinds of users. `docs/roads.md` shows them from here, and the live tests run them.

use odx_runtime::{Error, Model, Odoo, SecretString, Session};

use crate::models::ResPartner;

/// This file, of which the document shows what stands in the functions.
pub(crate) const SOURCE: &str = include_str!("users.rs");

/// What a user with an API key writes.
///
/// # Errors
/// Whatever Odoo refuses.
#[rustfmt::skip]
pub async fn api_key(url: &str, database: &str, api_key: SecretString) -> Result<Session, Error> {
    let odoo = Odoo::connect(url).database(database).api_key(api_key).await?;
    let partners = ResPartner::all().count(&odoo).await?;
    println!("{partners} partners, over {}", odoo.protocol());
    Ok(odoo)
}

/// What a user with a login and a password writes.
///
/// # Errors
/// Whatever Odoo refuses.
#[rustfmt::skip]
pub async fn login_and_password(url: &str, login: &str, password: SecretString) -> Result<Session, Error> {
    let odoo = Odoo::connect(url).login(login, password).await?;
    let partners = ResPartner::all().count(&odoo).await?;
    println!("{partners} partners, over {}", odoo.protocol());
    Ok(odoo)
}

/// What a user behind an ODXProxy writes.
///
/// # Errors
/// Whatever Odoo or the proxy refuses.
#[rustfmt::skip]
pub async fn odxproxy(
    (proxy_url, proxy_key): (&str, SecretString), url: &str, database: &str, user_id: i64, api_key: SecretString,
) -> Result<Session, Error> {
    let odoo = Odoo::connect(url).through(proxy_url, proxy_key).database(database).user_id(user_id).api_key(api_key).await?;
    let partners = ResPartner::all().count(&odoo).await?;
    println!("{partners} partners, over {}", odoo.protocol());
    Ok(odoo)
}
