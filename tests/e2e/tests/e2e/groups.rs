use odx_e2e::{Sandbox, furniture_maker, models::*};
use odx_runtime::query::group::{Group, count};
use odx_runtime::{Error, Model, Session};

type ByState = Vec<Group<(Option<SaleOrderState>,), (Option<f64>,)>>;

async fn by_state(odoo: &Session) -> Result<ByState, Error> {
    SaleOrder::group_by(|o| (o.state,))
        .sum(|o| o.amount_total)
        .order(|o| o.amount_total.sum().desc())
        .fetch(odoo)
        .await
}

#[tokio::test]
async fn orders_are_grouped_by_state() {
    let sandbox = Sandbox::start().await;
    let groups = by_state(&sandbox.session()).await.unwrap();
    let counts: Vec<_> = groups
        .iter()
        .map(|group| (group.key.0.as_ref().map(ToString::to_string), group.count))
        .collect();
    assert_eq!(counts.iter().map(|(_, count)| count).sum::<u64>(), 60);
    assert_eq!(counts[0], (Some("sale".to_owned()), 49));
    let total: f64 = groups.iter().filter_map(|group| group.values.0).sum();
    assert!((total - 231_248.5).abs() < 0.01, "{total}");
}

#[tokio::test]
async fn odoo_17_and_19_give_the_same_groups() {
    let old = Sandbox::with(furniture_maker().series("17.0")).await;
    let new = Sandbox::start().await;
    let (old, new) = (old.session(), new.session());
    assert_eq!(by_state(&old).await.unwrap(), by_state(&new).await.unwrap());

    let by_month = async |odoo: &Session| {
        SaleOrder::all()
            .group_by(|o| (o.state, o.date_order.month()))
            .sum(|o| o.amount_total)
            .count_distinct(|o| o.partner_id)
            .having(|_| count().gt(1))
            .order(|_| count().desc())
            .limit(5)
            .fetch(odoo)
            .await
            .unwrap()
    };
    let groups = by_month(&new).await;
    assert_eq!(groups.len(), 5);
    assert!(groups.iter().all(|group| group.count > 1));
    assert_eq!(by_month(&old).await, groups);
}
