//! The first program, against the sandbox.

use first_program::company::{
    Company, Refused, archive, clean_up, create_company, set_parent, update,
};
use first_program::follow::{follow, in_two_languages};
use first_program::sales::{best, price_all, sales};
use models::prelude::*;
use odx_sandbox::{Fault, OdooError, Sandbox};

type Done = Result<(), Box<dyn std::error::Error + Send + Sync>>;

/// A snapshot as `odx pull` writes it: that of the examples.
const SNAPSHOT: &str = "../models/odoo-schema";

#[tokio::test]
async fn sales_are_summed_by_month_and_state() -> Done {
    let sandbox = Sandbox::from_snapshot(SNAPSHOT).await?;
    let acme = sandbox
        .make(values!(ResPartner {
            name: "Acme",
            is_company: true
        }))
        .await?;
    let sold = |total| {
        let sale = values!(SaleOrder {
            partner_id: acme,
            state: "sale",
            date_order: "2026-03-02 12:00:00",
            ..
        });
        sandbox.make(sale).set(|o| o.amount_total, total)
    };
    sold(100.0).await?;
    sold(200.0).await?;
    let offer = values!(SaleOrder {
        partner_id: acme,
        date_order: "2026-04-01 12:00:00",
        ..
    });
    sandbox.make(offer).set(|o| o.amount_total, 50.0).await?;

    let odoo = sandbox.connect().await?;
    let found: Vec<_> = sales(&odoo)
        .await?
        .into_iter()
        .map(|row| {
            let month = row.month.map(|month| month.label);
            (month.unwrap_or_default(), row.state, row.orders, row.total)
        })
        .collect();
    let (march, april) = ("March 2026".to_owned(), "April 2026".to_owned());
    assert_eq!(
        found,
        [
            (march, Some(SaleOrderState::Sale), 2, Some(300.0)),
            (april, Some(SaleOrderState::Draft), 1, Some(50.0))
        ]
    );
    assert_eq!(best(&odoo).await?, [("Acme".to_owned(), 300.0)]);
    Ok(())
}

#[tokio::test]
async fn a_company_is_made_changed_archived_and_cleaned_up() -> Done {
    let sandbox = Sandbox::company().await?;
    let odoo = sandbox.connect().await?;
    let before = ResPartner::all().with_archived().count(&odoo).await?;
    let id = create_company(&odoo, "Acme").await?;
    update(&odoo, id).await?;
    let acme = ResPartner::get_as::<Company>(&odoo, id).await?;
    assert_eq!(acme.contacts.len(), 2);
    assert_eq!(acme.phone.as_deref(), Some("+32 2 555 01 23"));
    assert_eq!(acme.email, None);
    archive(&odoo, id).await?;
    assert!(!ResPartner::search(|p| p.id.eq(id)).any(&odoo).await?);
    clean_up(&odoo).await?;
    let after = ResPartner::all().with_archived().count(&odoo).await?;
    assert_eq!(after, before);
    Ok(())
}

#[tokio::test]
async fn what_odoo_refuses_is_told_apart() -> Done {
    let sandbox = Sandbox::company().await?;
    let odoo = sandbox.connect().await?;
    let id = create_company(&odoo, "Acme").await?;
    let nobody = Id::new(999_999_999);
    assert_eq!(set_parent(&odoo, nobody, id).await?, Some(Refused::Gone));
    let words = "You cannot create recursive Partner hierarchies.";
    assert_eq!(
        set_parent(&odoo, id, id).await?,
        Some(Refused::Rule(words.to_owned()))
    );
    let forbidden = OdooError::new("odoo.exceptions.AccessError", "not yours");
    sandbox.fail("res.partner", "write", Fault::Odoo(forbidden), 1);
    assert_eq!(set_parent(&odoo, id, id).await?, Some(Refused::Forbidden));
    assert!(sandbox.planned_faults().is_empty());
    Ok(())
}

#[tokio::test]
async fn tags_are_named_in_two_languages_and_followed() -> Done {
    let sandbox = Sandbox::company().await?;
    let odoo = sandbox.connect().await?;
    let (all, _, cursor) = follow(&odoo, None).await?;
    assert!(!all.is_empty());
    let id = create_company(&odoo, "Acme").await?;
    let tag = ResPartner::get(&odoo, id).await?.category_id[0];
    let [english, other] = in_two_languages(&odoo, tag).await?;
    assert_eq!(english, ("en_US".to_owned(), "first-program".to_owned()));
    assert_eq!(other, ("fr_BE".to_owned(), "premier-programme".to_owned()));

    let (written, gone, cursor) = follow(&odoo, Some(&cursor)).await?;
    assert_eq!((written.len(), gone), (1, 0));
    assert_eq!(written[0].name, "first-program");
    clean_up(&odoo).await?;
    let (written, gone, _) = follow(&odoo, Some(&cursor)).await?;
    assert_eq!((written.len(), gone), (0, 1));
    Ok(())
}

#[tokio::test]
async fn all_products_are_priced() -> Done {
    let sandbox = Sandbox::company().await?;
    let odoo = sandbox.connect().await?;
    let (seen, sum) = price_all(&odoo).await?;
    let products = ProductProduct::all().with_archived();
    assert_eq!(seen as u64, products.count(&odoo).await?);
    assert!(sum > 0.0);
    Ok(())
}
