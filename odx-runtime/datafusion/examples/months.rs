//! The sales of each month, of the Odoo that the environment names.

use odx_datafusion::Tables;
use odx_runtime::Odoo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let odoo = Odoo::from_env()?.await?;
    let engine = Tables::of_server(&odoo).await?.engine(); // or of_snapshot(&odoo, "odoo-schema")
    let months = engine.sql(
        "select date_trunc('month', date_order) as month, count(*), sum(amount_total)
         from sale_order where state = 'sale' group by 1 order by 1",
    );
    months.await?.show().await?;
    Ok(())
}
