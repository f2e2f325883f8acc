use odx_e2e::{Sandbox, furniture_maker, models::*};
use odx_runtime::query::Action;
use odx_runtime::{Error, Id, Model, Session};
use serde_json::json;

async fn some_order(odoo: &Session, state: SaleOrderState) -> Id<SaleOrder> {
    let orders = SaleOrder::search(|order| order.state.eq(state)).limit(1);
    orders.ids(odoo).await.unwrap()[0]
}

#[tokio::test]
async fn an_order_is_confirmed_by_a_function_of_its_model() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let order = some_order(&odoo, SaleOrderState::Draft).await;
    assert!(SaleOrder::action_confirm(&odoo, [order]).await.unwrap());

    let found = SaleOrder::read(&odoo, [order]).await.unwrap();
    let order = found.all().unwrap().remove(0);
    assert_eq!(order.state, Some(SaleOrderState::Sale));
}

#[tokio::test]
async fn what_odoo_refuses_is_an_error_of_odoo() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let order = some_order(&odoo, SaleOrderState::Sale).await;
    let error = SaleOrder::action_confirm(&odoo, [order]).await.unwrap_err();
    assert!(error.odoo().unwrap().is_user_error(), "{error}");
}

#[test]
fn the_same_functions_block_without_async() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sandbox = runtime.block_on(Sandbox::start());
    let odoo = sandbox.blocking();
    let order = SaleOrder::search(|order| order.state.eq(SaleOrderState::Draft));
    let order = order.limit(1).ids(&odoo).unwrap()[0];
    assert!(SaleOrder::action_confirm(&odoo, [order]).unwrap());
    let action = SaleOrder::action_view_invoice(&odoo, [order])
        .send()
        .unwrap();
    assert!(action.is_some());
}

#[tokio::test]
async fn an_action_is_typed_and_may_be_none() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let invoice = AccountMove::all().limit(1).ids(&odoo).await.unwrap()[0];
    let action: Option<Action> = AccountMove::action_register_payment(&odoo, [invoice])
        .await
        .unwrap();
    let action = action.expect("a wizard");
    assert_eq!(
        (action.action_type.as_str(), action.target.as_deref()),
        ("ir.actions.act_window", Some("new"))
    );
    assert_eq!(
        action.res_model.as_deref(),
        Some("account.payment.register")
    );
    assert_eq!(
        action.context,
        Some(json!({"active_model": "account.move", "active_ids": [invoice.to_json()]}))
    );
    assert_eq!(action.rest["views"], json!([[false, "form"]]));

    AccountMove::button_draft(&odoo, [invoice]).await.unwrap();
    let posted = AccountMove::action_post(&odoo, [invoice]).await.unwrap();
    assert_eq!(posted, None);
}

#[tokio::test]
async fn optional_parameters_are_sent_by_name_and_only_when_set() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let order = Id::new(1);
    SaleOrder::action_view_invoice(&odoo, [order])
        .send()
        .await
        .unwrap();
    SaleOrder::action_view_invoice(&odoo, [order])
        .invoices([Id::new(3), Id::new(4)])
        .await
        .unwrap();
    let calls = sandbox.server.calls();
    let calls: Vec<_> = calls
        .iter()
        .filter(|call| call.method == "action_view_invoice")
        .map(|call| (&call.params, &call.keyword))
        .collect();
    let expected = [
        (json!([[1]]), json!({})),
        (json!([[1]]), json!({"invoices": [3, 4]})),
    ];
    assert_eq!(json!(calls), json!(expected));
}

#[tokio::test]
async fn records_come_typed_from_odoo_19_and_from_the_text_of_older_ones() {
    for series in ["19.0", "17.0"] {
        let sandbox = Sandbox::with(furniture_maker().series(series)).await;
        let odoo = sandbox.session();
        let services = SaleOrderLine::search(|line| {
            line.product_id
                .hop(|product| product.r#type)
                .eq(ProductProductType::Service)
        });
        let line = services.first(&odoo).await.unwrap().expect("a service");
        let order = line.order_id.id;
        let found = SaleOrder::get_first_service_line(&odoo, [order])
            .await
            .unwrap()
            .expect("a line");
        let found = SaleOrderLine::read(&odoo, [found]).await.unwrap();
        assert_eq!(found.all().unwrap()[0].order_id.id, order);
    }
}

#[tokio::test]
async fn a_method_of_the_model_takes_no_ids() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let created = ResPartner::name_create(&odoo, "Ada").await.unwrap();
    assert_eq!(created[1], "Ada");
}

#[tokio::test]
async fn a_result_that_is_none_of_its_type_names_the_method() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let error = SaleOrder::call(&odoo, "action_view_invoice")
        .ids([Id::new(1)])
        .result::<Vec<Id<SaleOrder>>>()
        .await
        .unwrap_err();
    assert!(matches!(error, Error::UnexpectedResult(_)));
    assert!(
        error.to_string().contains("sale.order.action_view_invoice"),
        "{error}"
    );
}
