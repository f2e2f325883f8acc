//! What is read from each notation, what it lowers to, and what is answered to what cannot be read.

use super::{Condition, Domain, Filter, condition::Test};
use crate::value::Value;

/// What was read, in a notation of its own: `(and (name = "x") (not true))`.
fn read(domain: &str) -> String {
    show(
        &parse(domain)
            .unwrap_or_else(|error| panic!("{domain}: {error}"))
            .filter,
    )
}

fn error(domain: &str) -> String {
    parse(domain)
        .err()
        .unwrap_or_else(|| panic!("{domain} was read"))
        .to_string()
}

fn parse(domain: &str) -> syn::Result<Domain> {
    syn::parse_str(&format!("sale::Order, {domain}"))
}

fn show(filter: &Filter) -> String {
    let joined = |word: &str, filters: &[Filter]| {
        format!(
            "({word} {})",
            filters.iter().map(show).collect::<Vec<_>>().join(" ")
        )
    };
    match filter {
        Filter::All(filters) => joined("and", filters),
        Filter::Any(filters) => joined("or", filters),
        Filter::Not(filter) => format!("(not {})", show(filter)),
        Filter::Constant(matches) => matches.to_string(),
        Filter::Made(expr) => format!("{{{}}}", quote::quote!(#expr)),
        Filter::Condition(condition) => show_condition(condition),
    }
}

fn show_condition(Condition { path, test, .. }: &Condition) -> String {
    let path = path.to_string();
    let values = |values: &[Value]| values.iter().map(show_value).collect::<Vec<_>>().join(" ");
    match test {
        Test::IsSet(true) => format!("({path} set)"),
        Test::IsSet(false) => format!("({path} unset)"),
        Test::Value(operator, value) | Test::Text(operator, value) => {
            format!("({path} {} {})", operator.text, show_value(value))
        }
        Test::Values(operator, items) | Test::Records(operator, items) => {
            format!("({path} {} [{}])", operator.text, values(items))
        }
        Test::Iterator(operator, expr) | Test::SomeRecords(operator, expr) => {
            format!("({path} {} {})", operator.text, quote::quote!(#expr))
        }
        Test::Domain(operator, filter) => format!("({path} {} {})", operator.text, show(filter)),
    }
}

fn show_value(value: &Value) -> String {
    match value {
        Value::Text(text) => format!("{:?}", text.value()),
        Value::Number(number) => number.to_string(),
        Value::True(_) => "true".to_owned(),
        Value::False(_) => "false".to_owned(),
        Value::Unset(_) => "unset".to_owned(),
        Value::Expr(expr) => quote::quote!(#expr).to_string(),
    }
}

#[test]
fn both_notations_say_the_same() {
    let pairs = [
        ("name == \"x\"", "[(\"name\", \"=\", \"x\")]"),
        (
            "partner_id.name != \"x\"",
            "[(\"partner_id.name\", \"!=\", \"x\")]",
        ),
        ("name <> \"x\"", "[(\"name\", \"<>\", \"x\")]"),
        (
            "qty >= 1.5 && qty < 2",
            "[(\"qty\", \">=\", 1.5), (\"qty\", \"<\", 2)]",
        ),
        (
            "a || b && !c",
            "[\"|\", (\"a\", \"=\", True), \"&\", (\"b\", \"=\", True), \"!\", (\"c\", \"=\", True)]",
        ),
        (
            "state in [\"draft\", \"sent\"]",
            "[(\"state\", \"in\", (\"draft\", \"sent\"))]",
        ),
        ("state not in other", "[(\"state\", \"not in\", other)]"),
        ("name =? x", "[(\"name\", \"=?\", x)]"),
        (
            "name not =ilike \"x%\"",
            "[(\"name\", \"not =ilike\", \"x%\")]",
        ),
        ("categ_id child_of 5", "[(\"categ_id\", \"child_of\", [5])]"),
        ("categ_id parent_of x", "[(\"categ_id\", \"parent_of\", x)]"),
        (
            "categ_id access \"write\"",
            "[(\"categ_id\", \"access\", \"write\")]",
        ),
        ("id access allowed", "[(\"id\", \"access\", allowed)]"),
        (
            "lines not any (qty > 1 && ok)",
            "[(\"lines\", \"not any\", [(\"qty\", \">\", 1), (\"ok\", \"=\", True)])]",
        ),
        ("name is None", "[(\"name\", \"=\", False)]"),
        ("name is set", "[(\"name\", \"!=\", None)]"),
        (
            "date.month_number == 3",
            "[(\"date.month_number\", \"=\", 3)]",
        ),
        (
            "properties[\"color\"] == 1",
            "[(properties[\"color\"], \"=\", 1)]",
        ),
        (
            "properties.a1b2c3d4e5f60718 == 1",
            "[(\"properties.a1b2c3d4e5f60718\", \"=\", 1)]",
        ),
        ("true", "[(1, \"=\", 1)]"),
        ("false", "[(0, \"=\", 1)]"),
        ("{ made }", "[made]"),
    ];
    for (rust, odoo) in pairs {
        assert_eq!(read(rust), read(odoo));
    }
}

#[test]
fn methods_are_operators() {
    assert_eq!(read("name.eq(\"x\")"), read("name == \"x\""));
    assert_eq!(
        read("partner_id.name.not_in([\"x\"],)"),
        read("partner_id.name not in [\"x\"]")
    );
    assert_eq!(
        read("name.is_set() && !name.is_unset()"),
        "(and (name set) (not (name unset)))"
    );
    assert_eq!(read("lines.any(qty > 1)"), read("lines any (qty > 1)"));
    assert_eq!(
        read("date.month_number().le(3)"),
        read("date.month_number <= 3")
    );
    assert_eq!(
        read("properties.property(\"color\") == 1"),
        read("properties[\"color\"] == 1")
    );
}

#[test]
fn a_value_goes_as_far_as_the_next_join() {
    assert_eq!(
        read("qty > a + b * 2 && ok"),
        "(and (qty > a + b * 2) (ok = true))"
    );
    assert_eq!(
        read("name == f(|a| a && b) || ok"),
        "(or (name = f (| a | a && b)) (ok = true))"
    );
    assert_eq!(
        read("name == &&x && ok"),
        "(and (name = & & x) (ok = true))"
    );
    assert_eq!(
        read("id == Id::<Order>::new(1)"),
        "(id = Id :: < Order > :: new (1))"
    );
    assert_eq!(read("name == \"x\","), "(name = \"x\")");
}

#[test]
fn keywords_and_operators_may_be_names_of_fields() {
    assert_eq!(
        read("type == \"x\" && r#type == \"x\" && like like \"x\" && any.in is set"),
        "(and (type = \"x\") (type = \"x\") (like like \"x\") (any.in set))"
    );
}

#[test]
fn a_condition_lowers_to_the_handle_and_a_check_of_its_text() {
    let expanded = super::expand("Order, partner_id.type == \"x\"".parse().unwrap())
        .unwrap()
        .to_string()
        .replace(' ', "");
    let far =
        "::odx_runtime::macros_support::model::<Order,_>().fields.partner_id.far().fields.r#type";
    assert_eq!(
        expanded,
        format!(
            "{{const_:()=::odx_runtime::macros_support::check_literal({far},\"x\");\
             ::odx_runtime::macros_support::model::<Order,_>().fields.partner_id.searched().step({far})\
             .eq(::odx_runtime::macros_support::Lit(\"x\"))}}"
        )
    );
}

#[test]
fn a_name_that_may_be_another_fields_handle_is_checked() {
    let expand = |domain: &str| {
        super::expand(format!("Order, {domain}").parse().unwrap())
            .unwrap()
            .to_string()
            .replace(' ', "")
    };
    assert!(expand("[(\"self\", \"=\", 1)]").contains(
        "check_name(::odx_runtime::macros_support::model::<Order,_>().fields.self_,\"self\")"
    ));
    assert!(expand("self == 1").contains("check_name("));
    assert!(!expand("self_ == 1").contains("check_name("));
}

#[test]
fn what_cannot_be_read_says_what_to_write() {
    let cases = [
        (
            "[\"and\", (\"a\", \"=\", 1)]",
            "conditions are joined by \"&\", \"|\" and \"!\"; a condition stands in parentheses, such as `(\"name\", \"=\", \"Acme\")`",
        ),
        (
            "[\"!\"]",
            "\"!\" needs a condition after it, but there is none",
        ),
        (
            "[(\"name\", \"=\")]",
            "a condition has a field, an operator and a value, with commas between them: `(\"name\", \"=\", \"Acme\")`",
        ),
        (
            "[(\"name\", \"contains\", \"x\")]",
            "`contains` is not an operator of Odoo: did you mean `ilike`?",
        ),
        (
            "[(\"name\", \"=\", 1, 2)]",
            "a condition ends after its value",
        ),
        ("[(\"\", \"=\", 1)]", "the name of a field is missing"),
        ("[(\"a..b\", \"=\", 1)]", "the name of a field is missing"),
        (
            "[(2, \"=\", 1)]",
            "the only conditions without a field are `(1, \"=\", 1)` and `(0, \"=\", 1)`",
        ),
        (
            "[5]",
            "expected a condition, such as `(\"name\", \"=\", \"Acme\")`",
        ),
        (
            "date.month_number.x == 1",
            "a part of a date or a property is the end of a path: nothing can follow it",
        ),
        (
            "properties[\"a\"][\"b\"] == 1",
            "a part of a date or a property is the end of a path: nothing can follow it",
        ),
        (
            "properties[color] == 1",
            "expected the technical name of a property in quotes: `lead_properties[\"color\"]`",
        ),
        (
            "name.ilik(\"x\")",
            "`ilik` is not an operator: did you mean `ilike`?",
        ),
        ("name.eq()", "`eq` takes one value, but 0 are given"),
        (
            "name is \"x\"",
            "expected `is set`, `is not set` or `is None`; values are compared with `==`",
        ),
        (
            "name not x",
            "`not x` is not an operator: did you mean `not in`?",
        ),
        (
            "lines any qty > 1",
            "`any` takes conditions in parentheses: `line_ids any (qty > 1)`",
        ),
        ("(a) b", "expected `&&`, `||` or the end of the domain"),
        ("a && (b) | (c)", "conditions are joined by `||`"),
        ("name == \"x\" or ok", "write `or` as `||`"),
        (
            "name == \"x\" ilike",
            "expected `&&`, `||` or the end of the domain",
        ),
        (
            "a && ",
            "expected a condition, such as `is_company == true`",
        ),
        (
            "name + 1",
            "expected an operator, such as `==`, `in` or `ilike`",
        ),
        ("name like None", "`like` takes a text in double quotes"),
        (
            "[(\"id\", \"access\", \"reed\")]",
            "`reed` is nothing that a user may do: did you mean `read`?",
        ),
        (
            "id access 1",
            "`access` takes an `Operation`, such as \"read\"",
        ),
        (
            "name != [1]",
            "`!=` takes one value; a list is compared with `not in`",
        ),
        (
            "name == 'x'",
            "a text has double quotes in Rust: write \"x\"",
        ),
    ];
    for (domain, message) in cases {
        assert_eq!(error(domain), message, "{domain}");
    }
}
