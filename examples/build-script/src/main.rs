//! Counts companies by country, with models that `build.rs` generated. Without `ODX_ODOO_URL` it asks a sandbox.

mod models {
    odx_runtime::include_models!();
}

use example_connect::Backend;
use models::ResPartner;
use odx_runtime::query::group::count;
use odx_runtime::{Error, Model, Session};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let backend = Backend::from_env().await?;
    for (country, companies) in companies_by_country(&backend.session()).await? {
        println!("{companies:>4} {country}");
    }
    Ok(())
}

async fn companies_by_country(odoo: &Session) -> Result<Vec<(String, u64)>, Error> {
    let groups = ResPartner::search(|partner| partner.is_company.eq(true))
        .group_by(|p| p.country_id)
        .order(|_| count().desc())
        .fetch(odoo)
        .await?;
    let counts = groups.into_iter().map(|group| {
        let country = group.key;
        let name = country.and_then(|country| country.name);
        (name.unwrap_or_else(|| "(none)".to_owned()), group.count)
    });
    Ok(counts.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn every_company_is_counted_once() {
        let backend = Backend::sandbox().await.unwrap();
        let odoo = backend.session();
        let counts = companies_by_country(&odoo).await.unwrap();
        let companies = ResPartner::search(|partner| partner.is_company.eq(true));
        let all = companies.count(&odoo).await.unwrap();

        assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), all);
        assert_eq!(counts[0].0, "Belgium");
    }
}
