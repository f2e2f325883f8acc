//! Prints a report on orders. Without `ODX_ODOO_URL` it asks a sandbox.

use example_connect::Backend;
use odx_runtime::Session;
use order_report::{Order, backlog, best_months, largest_orders};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    let backend = Backend::from_env().await?;
    Ok(report(&backend.session()).await?)
}

async fn report(odoo: &Session) -> Result<(), odx_runtime::Error> {
    println!("The largest orders from Belgium:");
    for order in largest_orders(odoo, "BE", 3).await? {
        print(&order);
    }

    println!("\nThe best months:");
    for month in best_months(odoo, 3).await? {
        let (name, orders, total) = (month.name, month.orders, month.total);
        println!("  {name:<18} {orders:>3} orders {total:>12.2}");
    }

    let backlog = backlog(odoo).await?;
    let (pieces, lines) = (backlog.pieces, backlog.lines);
    println!("\nTo be delivered: {pieces} pieces of {lines} lines");
    Ok(())
}

fn print(order: &Order) {
    let customer = order.customer.name.as_deref().unwrap_or("(no name)");
    let day = order.date_order.date_naive();
    println!(
        "  {} of {day}, {customer}: {:.2}",
        order.name, order.amount_total
    );
    for line in &order.lines {
        let product = line
            .product
            .as_ref()
            .and_then(|product| product.name.as_deref());
        println!(
            "    {:>4} {:<40} {:>10.2}",
            line.quantity,
            product.unwrap_or("(a note)"),
            line.subtotal
        );
    }
}
