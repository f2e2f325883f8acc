use odx_live::{Live, Promise, models::*};
use odx_runtime::transport::OdooDocumentation;
use odx_runtime::{Context, Error, Id, Model, Session, values};
use serde_json::{Value, json};

async fn some_probe(odoo: &Session) -> Id<OdxProbe> {
    let probes = OdxProbe::all().limit(1).ids(odoo).await.unwrap();
    *probes.first().expect("a probe")
}

#[tokio::test]
async fn methods_answer_none_values_actions_records_and_text() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let probe = some_probe(&odoo).await;
    let call = |method| OdxProbe::call(&odoo, method).ids([probe]);

    call("answer_none").send::<()>().await.unwrap();
    assert_eq!(
        call("answer_none").send::<Value>().await.unwrap(),
        Value::Null
    );
    assert!(!call("answer_false").send::<bool>().await.unwrap());
    assert_eq!(call("answer_integer").send::<i64>().await.unwrap(), 42);
    assert_eq!(call("answer_text").send::<String>().await.unwrap(), "text");
    if Promise::RecordsAsResult.is_kept() {
        let records: Vec<Id<OdxProbe>> = call("answer_records").result().await.unwrap();
        assert_eq!(records, [probe]);
    }
    let action: Value = call("answer_action").send().await.unwrap();
    assert_eq!(
        action,
        json!({"type": "ir.actions.act_window", "res_model": "odx.probe", "views": [[false, "list"]]})
    );
}

#[tokio::test]
async fn a_method_of_the_model_takes_no_ids() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let answer: Value = OdxProbe::call(&odoo, "answer_model")
        .kwarg("value", "x")
        .send()
        .await
        .unwrap();
    assert_eq!(answer, json!({"value": "x"}));
}

#[tokio::test]
async fn ids_arguments_and_context_arrive_as_they_were_given() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session().lang("fr_FR").tz("Europe/Brussels");
    let probe = some_probe(&odoo).await;
    let echo = || OdxProbe::call(&odoo, "echo").ids([probe]);
    let by_position = echo().arg(1.5).send::<Value>().await;
    match Promise::Positions.is_kept() {
        true => assert_eq!(by_position.unwrap()["args"], json!([1.5])),
        false => assert!(
            matches!(by_position, Err(Error::Usage(_))),
            "{by_position:?}"
        ),
    }
    let given = match Promise::NoneWithin.is_kept() {
        true => json!([true, null]),
        false => json!([true, false]),
    };
    let arrived: Value = echo().kwarg("key", given.clone()).send().await.unwrap();
    assert_eq!(arrived["ids"], json!([probe.to_json()]));
    assert_eq!(arrived["kwargs"], json!({"key": given}));
    assert_eq!(
        (&arrived["context"]["lang"], &arrived["context"]["tz"]),
        (&json!("fr_FR"), &json!("Europe/Brussels"))
    );
}

#[tokio::test]
async fn functions_of_methods_answer_none_values_actions_records_and_text() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let probe = some_probe(&odoo).await;

    OdxProbe::answer_none(&odoo, [probe]).await.unwrap();
    assert!(!OdxProbe::answer_false(&odoo, [probe]).await.unwrap());
    let integer: i64 = OdxProbe::answer_integer(&odoo, [probe]).await.unwrap();
    assert_eq!(integer, 42);
    let text: Option<String> = OdxProbe::answer_text(&odoo, [probe]).await.unwrap();
    assert_eq!(text.as_deref(), Some("text"));
    if Promise::RecordsAsResult.is_kept() {
        let records: Vec<Id<OdxProbe>> = OdxProbe::answer_records(&odoo, [probe]).await.unwrap();
        assert_eq!(records, [probe]);
        let none = OdxProbe::answer_records(&odoo, Vec::<Id<OdxProbe>>::new())
            .await
            .unwrap();
        assert_eq!(none, []);
    }
    let action = OdxProbe::answer_action(&odoo, [probe]).await.unwrap();
    let action = action.expect("an action");
    assert_eq!(action.action_type, "ir.actions.act_window");
    assert_eq!(action.res_model.as_deref(), Some("odx.probe"));
    assert_eq!(action.rest["views"], json!([[false, "list"]]));
}

#[tokio::test]
async fn functions_of_methods_pass_on_what_they_are_given() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let probe = some_probe(&odoo).await;

    let answer = OdxProbe::answer_model(&odoo).value("x").send().await;
    assert_eq!(answer.unwrap(), json!({"value": "x"}));
    let answer = OdxProbe::answer_model(&odoo).send().await;
    match Promise::NoneWithin.is_kept() {
        true => assert_eq!(answer.unwrap(), json!({"value": null})),
        false => assert!(
            matches!(answer, Err(Error::UnexpectedResult(_))),
            "{answer:?}"
        ),
    }
    let arrived = OdxProbe::echo(&odoo, [probe]).kwarg("key", "x");
    let arrived = arrived.send().await.unwrap();
    assert_eq!(arrived["ids"], json!([probe.to_json()]));
    assert_eq!(arrived["kwargs"], json!({"key": "x"}));
    if Promise::Positions.is_kept() {
        let arrived = OdxProbe::echo(&odoo, [probe]).arg(1.5).send().await;
        assert_eq!(arrived.unwrap()["args"], json!([1.5]));
    }
    assert_eq!(OdxProbe::sleep(&odoo, 0.0).await.unwrap(), 0.0);
    let error = OdxProbe::raise_user_error(&odoo, [probe])
        .await
        .unwrap_err();
    assert_eq!(error.odoo().unwrap().message, "A user error");
}

#[tokio::test]
async fn an_order_of_any_version_is_confirmed_and_talked_about() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let customer = ResPartner::create(&odoo, values!(ResPartner { name: "Ada" }));
    let customer = customer.await.unwrap();
    let order = SaleOrder::create(
        &odoo,
        SaleOrder::values().set(SaleOrder::F.partner_id, customer),
    );
    let order = order.await.unwrap();
    let state = async || {
        let found = SaleOrder::search(|o| o.id.eq(order)).select(|o| (o.state,));
        found.first(&odoo).await.unwrap().expect("the order").0
    };

    assert!(SaleOrder::action_confirm(&odoo, [order]).await.unwrap());
    assert_eq!(state().await, Some(SaleOrderState::Sale));
    let message: Option<Id<MailMessage>> = SaleOrder::message_post(&odoo, [order])
        .body("Packed today.")
        .subtype_xmlid("mail.mt_note")
        .send()
        .await
        .unwrap();
    let message = MailMessage::search(|m| m.id.is_in(message)).select(|m| (m.body,));
    let (body,) = message.first(&odoo).await.unwrap().expect("the message");
    assert!(body.unwrap().contains("Packed today."));

    // From Odoo 16 on, a confirmed order is cancelled by a wizard, unless the context says that nobody has to be asked.
    SaleOrder::call(&odoo, "action_cancel")
        .ids([order])
        .context(Context::new().set("disable_cancel_warning", true))
        .send::<Value>()
        .await
        .unwrap();
    assert_eq!(state().await, Some(SaleOrderState::Cancel));
    SaleOrder::unlink(&odoo, [order]).await.unwrap();
    ResPartner::unlink(&odoo, [customer]).await.unwrap();
}

#[tokio::test]
async fn an_order_is_confirmed_and_talked_about() {
    let Some(live) = Live::since(19).await else {
        return;
    };
    let odoo = live.session();
    let customer = ResPartner::create(&odoo, values!(ResPartner { name: "Ada" }));
    let customer = customer.await.unwrap();
    let order = SaleOrder::create(
        &odoo,
        values!(SaleOrder {
            partner_id: customer
        }),
    );
    let order = order.await.unwrap();
    let state = async || {
        let found = SaleOrder::read(&odoo, [order]).await.unwrap();
        found.all().unwrap().remove(0).state
    };

    SaleOrder::action_quotation_sent(&odoo, [order])
        .await
        .unwrap();
    assert_eq!(state().await, Some(SaleOrderState::Sent));
    assert!(SaleOrder::action_confirm(&odoo, [order]).await.unwrap());
    assert_eq!(state().await, Some(SaleOrderState::Sale));
    let again = SaleOrder::action_confirm(&odoo, [order]).await;
    assert!(again.unwrap_err().odoo().unwrap().is_user_error());

    let message: Option<Id<MailMessage>> = SaleOrder::message_post(&odoo, [order])
        .body("Packed today.")
        .subtype_xmlid("mail.mt_note")
        .send()
        .await
        .unwrap();
    let message = MailMessage::read(&odoo, message).await.unwrap();
    let message = message.all().unwrap().remove(0);
    assert!(message.body.unwrap().contains("Packed today."));

    // They hold `None`.
    if Promise::NoneWithin.is_kept() {
        let action = SaleOrder::action_view_invoice(&odoo, [order]).send().await;
        let action = action.unwrap().expect("an action");
        assert_eq!(action.action_type, "ir.actions.act_window_close");
        let action = SaleOrder::action_quotation_send(&odoo, [order]).await;
        let action = action.unwrap().expect("an action");
        assert_eq!(
            (action.res_model.as_deref(), action.target.as_deref()),
            (Some("mail.compose.message"), Some("new"))
        );
    }
    let action = SaleOrder::action_preview_sale_order(&odoo, [order]).await;
    assert!(action.unwrap().expect("an action").url.is_some());

    SaleOrder::action_lock(&odoo, [order]).await.unwrap();
    SaleOrder::action_unlock(&odoo, [order]).await.unwrap();
    assert!(SaleOrder::action_cancel(&odoo, [order]).await.unwrap());
    assert_eq!(state().await, Some(SaleOrderState::Cancel));
    assert!(SaleOrder::action_draft(&odoo, [order]).await.unwrap());
    SaleOrder::unlink(&odoo, [order]).await.unwrap();
    ResPartner::unlink(&odoo, [customer]).await.unwrap();
}

#[tokio::test]
async fn the_documentation_is_for_its_readers() {
    let Some(live) = Live::since(19).await else {
        return;
    };
    let document = OdooDocumentation::new(&live.instance()).unwrap();
    let document: Value = document.model("odx.probe").await.unwrap().to().unwrap();
    assert!(document["methods"]["answer_none"].is_object());

    let limited = OdooDocumentation::new(&live.limited_instance()).unwrap();
    let error = limited.model("odx.probe").await.unwrap_err();
    assert!(error.odoo().unwrap().is_access(), "{error}");
    let unknown = OdooDocumentation::new(&live.instance()).unwrap();
    let error = unknown.model("no.model").await.unwrap_err();
    assert!(matches!(error, Error::Odoo(_)), "{error}");
}
