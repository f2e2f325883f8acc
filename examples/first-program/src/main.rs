//! Asks an Odoo for what the library asks, and makes a company there that it deletes in the end. Without `ODX_ODOO_URL` it asks a
//! sandbox.

use example_connect::Backend;
use first_program::company::{Company, archive, clean_up, create_company, set_parent, update};
use first_program::customers::customers;
use first_program::follow::{follow, in_two_languages};
use first_program::orders::latest_orders;
use first_program::sales::{best, price_all, sales};
use models::prelude::*;
use odx_runtime::model::NaiveDate;

type Done = Result<(), Box<dyn std::error::Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Done {
    let backend = Backend::from_env().await?;
    let odoo = backend.session();
    println!(
        "Odoo {} over {}",
        odoo.version().await?.series(),
        odoo.protocol()
    );
    look(&odoo).await?;
    change(&odoo).await
}

async fn look(odoo: &Session) -> Done {
    for customer in customers(odoo, &["BE", "US", "FR"]).await? {
        let country = customer.country_id.map(|country| country.to_string());
        let (name, email) = (customer.name, customer.email);
        println!("{} {name:?} <{email:?}> {country:?}", customer.id);
    }
    for order in latest_orders(odoo, NaiveDate::MIN).await? {
        let customer = order.customer.name.as_deref().unwrap_or("nobody");
        let state = order.state.map(|state| state.to_string());
        println!(
            "{} {state:?}: {:.2} for {customer}",
            order.name, order.amount_total
        );
        for line in &order.lines {
            let product = line.product_id.as_ref();
            let product = product.and_then(|product| product.display_name.as_deref());
            println!(
                "    {} x {}",
                line.product_uom_qty,
                product.unwrap_or(&line.name)
            );
        }
    }
    for row in sales(odoo).await? {
        let month = row.month.map(|month| month.label).unwrap_or_default();
        println!(
            "{month} {:?}: {} orders, {:?}",
            row.state, row.orders, row.total
        );
    }
    for (name, turnover) in best(odoo).await? {
        println!("{name}: {turnover:.2}");
    }
    let (products, sum) = price_all(odoo).await?;
    println!("{products} products of {sum:.2} together");
    Ok(())
}

async fn change(odoo: &Session) -> Done {
    clean_up(odoo).await?;
    let (tags, _, cursor) = follow(odoo, None).await?;
    println!("{} tags", tags.len());

    let id = create_company(odoo, "Acme (first program)").await?;
    update(odoo, id).await?;
    let acme = ResPartner::get_as::<Company>(odoo, id).await?;
    println!("{id}: {acme:?}");
    println!("its own parent: {:?}", set_parent(odoo, id, id).await?);
    println!(
        "somebody who is gone: {:?}",
        set_parent(odoo, Id::new(999_999_999), id).await?
    );
    println!("{:?}", in_two_languages(odoo, acme.category_id[0]).await?);
    archive(odoo, id).await?;

    let (tags, gone, cursor) = follow(odoo, Some(&cursor)).await?;
    println!("since then {tags:?}, {gone} gone");
    clean_up(odoo).await?;
    let (tags, gone, _) = follow(odoo, Some(&cursor)).await?;
    println!("at the end {tags:?}, {gone} gone");
    Ok(())
}
