use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::thread;

use odx_sandbox::COMPANY_KEY;
use serde_json::{Value, json};

use crate::support::{Sandbox, Workplace};

const DOCUMENT: &str = include_str!("../../../odx-codegen/tests/data/doc-bearer-sale.order.json");

/// An Odoo that answers every request so; its address, and the heads of the requests it got.
fn odoo(status: &str, body: &str) -> (String, thread::JoinHandle<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address");
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let served = thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("a client");
        let lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
        let head = lines
            .map_while(Result::ok)
            .take_while(|line| !line.is_empty());
        let head: Vec<String> = head.collect();
        stream.write_all(answer.as_bytes()).expect("answered");
        head.join("\n")
    });
    (format!("http://{address}"), served)
}

fn order(place: &Workplace) -> Value {
    serde_json::from_str(&place.read("odoo-schema/sale.order.json")).expect("JSON")
}

#[test]
fn methods_are_asked_of_odoo_itself_and_get_functions() {
    let sandbox = Sandbox::start();
    let mut place = Workplace::with(&sandbox);
    let (url, served) = odoo("200 OK", DOCUMENT);
    place.set("ODX_ODOO_URL", &url);
    place
        .odx(["pull", "--methods", "--models", "sale.order"])
        .succeeds()
        .says("7 methods into odoo-schema")
        .shows_nowhere(COMPANY_KEY);
    let request = served.join().expect("a request");
    assert!(
        request.starts_with("GET /doc-bearer/sale.order.json "),
        "{request}"
    );
    assert!(request.contains(&format!("Bearer {COMPANY_KEY}")));
    assert_eq!(
        order(&place)["methods"]["action_confirm"]["returns"],
        "bool"
    );

    place
        .odx(["methods", "sale.order"])
        .succeeds()
        .prints("activity_feedback")
        .prints("act_type_xmlids [user_id] [feedback]")
        .prints("Confirm the given quotation(s)")
        .says("listed 7 methods of sale.order");
    place
        .odx(["methods", "sale.order", "--json"])
        .succeeds()
        .prints("\"name\": \"action_confirm\"");

    place.write(
        "odx.toml",
        "[models]\ninclude = [\"sale.order\"]\n[methods]\ninclude = [\"*.action_confirm\"]\n",
    );
    place
        .odx(["generate", "--stdout", "sale.order"])
        .succeeds()
        .prints("pub fn action_confirm<O: odx_runtime::AnySession>(");
}

#[test]
fn methods_are_not_asked_for_unless_told() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull", "--models", "sale.order"]).succeeds();
    assert_eq!(order(&place).get("methods"), None);
    place
        .odx(["methods", "sale.order"])
        .succeeds()
        .says("listed 0 methods of sale.order")
        .says("next: odx pull --methods");
}

#[test]
fn an_odoo_that_documents_no_methods_has_those_that_odx_knows_from_its_source() {
    let sandbox = Sandbox::of_series("16.0");
    let place = Workplace::with(&sandbox);
    place.write(
        "odx.toml",
        "[models]\ninclude = [\"sale.order\"]\n[methods]\ninclude = [\"sale.order.action_c*\"]\n",
    );
    place.odx(["pull"]).succeeds();
    place
        .odx(["methods", "sale.order"])
        .succeeds()
        .prints("action_confirm")
        .says("next: odx generate");
    place
        .odx(["generate", "--stdout", "sale.order"])
        .succeeds()
        .prints("pub fn action_cancel<")
        .prints("pub fn action_confirm<O: odx_runtime::AnySession>(");
}

#[test]
fn an_odoo_out_of_reach_costs_the_methods_alone_and_keeps_those_known() {
    let sandbox = Sandbox::start();
    let place = Workplace::with(&sandbox);
    place.odx(["pull", "--models", "sale.order"]).succeeds();
    let mut known = order(&place);
    known["methods"] = json!({"action_confirm": {}});
    place.write("odoo-schema/sale.order.json", &known.to_string());
    place.keep_edited_snapshot();

    place
        .odx(["pull", "--methods", "--models", "sale.order", "res.country"])
        .fails()
        .says("no methods were read: Odoo shows its documentation of its methods itself, past any ODXProxy")
        .says("pulled 2 models")
        .shows_nowhere(COMPANY_KEY);
    assert_eq!(order(&place)["methods"], json!({"action_confirm": {}}));
    assert_eq!(order(&place)["fields"], known["fields"]);
    place
        .odx(["check", "--live", "--models", "sale.order", "res.country"])
        .fails()
        .says("no methods were read")
        .says("nothing else differs, but these could not be compared");
}

#[test]
fn an_odoo_before_19_and_a_user_who_may_not_read_are_told() {
    let sandbox = Sandbox::of_series("17.0");
    let place = Workplace::with(&sandbox);
    place
        .odx(["pull", "--methods", "--models", "sale.order"])
        .fails()
        .says("no methods were read: Odoo 17.0 does not document its methods")
        .says("pulled 1 model");

    let sandbox = Sandbox::start();
    let mut place = Workplace::with(&sandbox);
    let refused =
        json!({"name": "odoo.exceptions.AccessError", "message": "Not for you.", "arguments": []});
    let (url, _) = odoo("403 FORBIDDEN", &refused.to_string());
    place.set("ODX_ODOO_URL", &url);
    place
        .odx(["pull", "--methods", "--models", "sale.order"])
        .fails()
        .says("`sale.order` shows no methods: Odoo refused")
        .says("Not for you.")
        .says("pulled 1 model");
}

#[test]
fn a_method_that_is_not_there_is_named_with_the_likeliest_other() {
    let sandbox = Sandbox::start();
    let mut place = Workplace::with(&sandbox);
    let (url, _) = odoo("200 OK", DOCUMENT);
    place.set("ODX_ODOO_URL", &url);
    place.write(
        "odx.toml",
        "[models]\ninclude = [\"sale.order\"]\n[source]\nmethods = true\n\
         [[method]]\nname = \"sale.order.action_confrim\"\n",
    );
    place.odx(["pull"]).succeeds();
    place
        .odx(["generate"])
        .fails()
        .says("`sale.order` has no method `action_confrim`; did you mean `action_confirm`?");
    assert!(place.names("models").is_empty());
}
