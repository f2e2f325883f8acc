use odx_live::{Live, models::OdxProbe};
use odx_runtime::{Id, Model, Session, all};
use serde_json::{Value, json};

async fn some_probe(odoo: &Session) -> Id<OdxProbe> {
    OdxProbe::search(all())
        .first(odoo)
        .await
        .unwrap()
        .expect("a probe")
        .id
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
    assert_eq!(
        call("answer_records").send::<Vec<i64>>().await.unwrap(),
        [probe.get()]
    );
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
    let arrived: Value = OdxProbe::call(&odoo, "echo")
        .ids([probe])
        .arg(1.5)
        .kwarg("key", json!([true, null]))
        .send()
        .await
        .unwrap();
    assert_eq!(arrived["ids"], json!([probe.get()]));
    assert_eq!(arrived["args"], json!([1.5]));
    assert_eq!(arrived["kwargs"], json!({"key": [true, null]}));
    assert_eq!(
        (&arrived["context"]["lang"], &arrived["context"]["tz"]),
        (&json!("fr_FR"), &json!("Europe/Brussels"))
    );
}
