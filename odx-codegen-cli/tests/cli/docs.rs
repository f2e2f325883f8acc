//! `odx docs`

use serde_json::json;

use crate::support::Workplace;

#[test]
fn the_pages_of_a_snapshot_are_written_and_say_where_to_begin() {
    let place = Workplace::with_snapshot(&json!({
        "res.partner": {"name": {"type": "char", "string": "Name"}},
        "sale.order": {"partner_id": {"type": "many2one", "relation": "res.partner"}},
    }));
    let run = place.odx(["docs", "--out", "pages"]).succeeds();
    assert!(
        run.stderr.contains("pages of 2 models into pages")
            && run
                .stderr
                .contains(&place.path("pages/index.html").display().to_string()),
        "{}",
        run.stderr
    );
    assert_eq!(place.names("pages"), ["assets", "index.html", "models"]);
    let again = place.odx(["docs", "--out", "pages"]).succeeds();
    assert!(again.stderr.contains("(unchanged)"), "{}", again.stderr);

    // Only what is asked for, and nothing of what was.
    place
        .odx(["docs", "--out", "pages", "--models", "sale.*"])
        .succeeds();
    assert_eq!(place.names("pages/models"), ["sale_order.html"]);
}

#[test]
fn models_that_are_nowhere_leave_the_pages_as_they_are() {
    let place = Workplace::with_snapshot(&json!({"sale.order": {"name": {"type": "char"}}}));
    place.odx(["docs", "--out", "pages"]).succeeds();
    place
        .odx(["docs", "--out", "pages", "--models", "sales.*"])
        .fails()
        .says("it names none of the models of the schema (1 in all)")
        .says("such as `sale.order`");
    assert_eq!(place.names("pages/models"), ["sale_order.html"]);
}

#[test]
fn pages_of_somebody_else_are_left_alone() {
    let place = Workplace::with_snapshot(&json!({"m": {"a": {"type": "char"}}}));
    place.write("odoo-docs/index.html", "<!doctype html><p>mine");
    let run = place.odx(["docs"]).fails();
    assert!(
        run.stderr.contains("index.html was not written by odx"),
        "{}",
        run.stderr
    );
    assert_eq!(place.names("odoo-docs"), ["index.html"]);
}
