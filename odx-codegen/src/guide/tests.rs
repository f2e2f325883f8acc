use serde_json::{Value, json};

use super::*;
use crate::schema::Meta;

fn schema(version: &str, models: Value) -> Schema {
    let Value::Object(models) = models else {
        panic!("a schema is an object");
    };
    let meta = Meta {
        odoo_version: Some(version.to_owned()),
        ..Meta::default()
    };
    Schema::from_fields_get(models, &[], meta).0
}

fn told(old: Value, new: Value) -> String {
    let (old, new) = (schema("18.0", old), schema("19.0", new));
    guide(&old, &new).expect("a guide").markdown()
}

/// The lines below a heading.
fn below<'a>(text: &'a str, heading: &str) -> Vec<&'a str> {
    let lines = text.lines().skip_while(|line| *line != heading).skip(1);
    let lines = lines.take_while(|line| !line.starts_with("## "));
    lines
        .filter(|line| line.starts_with(['-', '|', '#']))
        .collect()
}

fn field(of_type: &str, more: Value) -> Value {
    let mut field = json!({"type": of_type, "store": true, "searchable": true, "sortable": true});
    let Value::Object(more) = more else {
        panic!("attributes are an object");
    };
    field.as_object_mut().expect("an object").extend(more);
    field
}

#[test]
fn a_rename_is_guessed_and_said_to_be() {
    let groups = |name: &str| json!({"m": {name: field("many2many", json!({"string": "Groups", "relation": "res.groups"}))}});
    let text = told(groups("groups_id"), groups("group_ids"));
    assert!(text.contains("These are guesses"), "{text}");
    assert_eq!(
        below(&text, "## Renamed, probably")[2..],
        ["| `m` | `groups_id` | `group_ids` | same type, relation, label |"]
    );
    assert!(!text.contains("` is gone"), "{text}");

    // Another type, or a relation to another model, is no rename.
    let other = json!({"m": {"group_ids": field("char", json!({"string": "Groups"}))}});
    let text = told(groups("groups_id"), other);
    assert!(
        !text.contains("## Renamed") && text.contains("- `groups_id` is gone"),
        "{text}"
    );
}

#[test]
fn a_renamed_model_is_followed_by_relations_and_compared() {
    let models = |name: &str, more: &str| {
        json!({
            name: {
                "link": field("char", json!({})), "code": field("char", json!({})), "weight": field("float", json!({})),
                "colour": field("integer", json!({})), more: field("boolean", json!({})),
            },
            "m": {"x_id": field("many2one", json!({"relation": name}))},
        })
    };
    let text = told(
        models("bus.presence", "old"),
        models("mail.presence", "old"),
    );
    assert!(
        text.contains("| | `bus.presence` | `mail.presence` | 5 of 5 fields of its own |"),
        "{text}"
    );
    assert!(!text.contains("## What breaks"), "{text}");
    let text = told(models("bus.presence", "a"), models("mail.presence", "zz"));
    assert!(
        !text.contains("mail.presence` |"),
        "4 of 6 are too few: {text}"
    );
}

#[test]
fn what_breaks_the_build_is_told_apart_from_what_behaves_differently() {
    let state = |keys: Value| field("selection", json!({"selection": keys}));
    let old = json!({"m": {
        "name": field("char", json!({"required": true})),
        "note": field("char", json!({})),
        "total": field("monetary", json!({})),
        "kind": field("char", json!({})),
        "state": state(json!([["a", "A"], ["b", "B"]])),
        "date": field("date", json!({})),
        "day": field("date", json!({})),
        "x_id": field("many2one", json!({"relation": "a"})),
        "size": field("char", json!({})),
        "tag_ids": field("one2many", json!({"relation": "a", "relation_field": "m_id"})),
    }});
    let new = json!({"m": {
        "name": field("char", json!({})),
        "note": field("text", json!({})),
        "total": field("integer", json!({})),
        "kind": field("char", json!({"searchable": false})),
        "state": state(json!([["a", "A"], ["c", "C"]])),
        "x_id": field("many2one", json!({"relation": "b"})),
        "size": field("char", json!({"size": 5, "translate": true})),
        "tag_ids": field("many2many", json!({"relation": "a"})),
        "more": field("boolean", json!({})),
    }});
    let text = told(old, new);
    assert_eq!(
        below(&text, "## What breaks the build"),
        [
            "### `m`",
            "- `date`, `day` are gone",
            "- `kind` cannot be searched by any more",
            "- `name` may be empty now; in Rust `String` becomes `Option<String>`",
            "- `state`: no key `b` any more",
            "- `total`: monetary becomes integer; in Rust `f64` becomes `i64`",
            "- `x_id` leads to `b`, no longer to `a`",
        ]
    );
    assert_eq!(
        below(&text, "## What compiles and behaves differently"),
        [
            "### `m`",
            "- `note`: char becomes text; the same type in Rust",
            "- `size` is translated now",
            "- `size` is cut at 5 characters now",
            "- `state`: new keys `c`, which a `_` arm catches",
            "- `tag_ids`: one2many becomes many2many; the same type in Rust",
        ]
    );
    assert_eq!(
        below(&text, "## What is new"),
        ["### New fields and methods", "- **`m`**: `more` (boolean)"]
    );
}

#[test]
fn a_new_field_that_each_create_has_to_give_breaks_the_build() {
    let with = |default: bool| {
        let mut schema = schema("19.0", json!({}));
        let code = json!({"type": "char", "store": true, "required": true, "default": default});
        let model = json!({"model": "m", "fields": {"code": code}});
        schema.insert(serde_json::from_value(model).expect("a model"));
        schema
    };
    let old = schema("18.0", json!({"m": {}}));
    let told = |new: &Schema| guide(&old, new).expect("a guide").markdown();
    assert_eq!(
        below(&told(&with(false)), "## What breaks the build"),
        [
            "### `m`",
            "- `code` (char) is new and required: each create has to give it"
        ]
    );
    assert!(!told(&with(true)).contains("## What breaks"));
}

#[test]
fn what_is_gone_with_an_addon_is_told_once() {
    let with = |models: &[(&str, &str)]| {
        let mut schema = Schema::new(Meta::default());
        for (model, addon) in models {
            let model =
                json!({"model": model, "modules": [addon], "fields": {"a": {"type": "char"}}});
            schema.insert(serde_json::from_value(model).expect("a model"));
        }
        schema
    };
    let old = with(&[
        ("fleet.car", "fleet"),
        ("fleet.trip", "fleet"),
        ("res.title", "base"),
        ("res.x", "base"),
    ]);
    let new = with(&[("res.x", "base")]);
    let text = guide(&old, &new).expect("a guide").markdown();
    let warning =
        "- The new Odoo lacks 1 addon that the old one has: `fleet`. 2 models are gone with them";
    assert!(text.contains(warning), "{text}");
    assert_eq!(
        below(&text, "## What breaks the build"),
        ["### Models that are gone", "- `res.title`"]
    );

    // Where the addons are not told, whole groups of models are taken for some.
    let models = |names: &[&str]| {
        let models = names
            .iter()
            .map(|name| ((*name).to_owned(), json!({"a": {"type": "char"}})));
        Value::Object(models.collect())
    };
    let old = models(&["fleet.a", "fleet.b", "fleet.c", "m.a", "m.b"]);
    let text = told(old, models(&["m.b"]));
    assert!(
        text.contains("no model at all of `fleet.*`") && text.contains("does not tell its addons"),
        "{text}"
    );
    assert_eq!(
        below(&text, "## What breaks the build"),
        ["### Models that are gone", "- `m.a`"]
    );
}

#[test]
fn what_many_models_share_is_told_once() {
    let models = |fields: Value| {
        let models = (0..9).map(|number| (format!("m.{number}"), fields.clone()));
        Value::Object(models.collect())
    };
    let text = told(models(json!({"old": {"type": "char"}})), models(json!({})));
    assert_eq!(
        below(&text, "## What breaks the build"),
        [
            "### In many models",
            "- `old` is gone, in 9 models: `m.0`, `m.1`, `m.2`, `m.3` and 5 more"
        ]
    );
}

#[test]
fn what_a_server_says_is_text_in_both_formats() {
    const EVIL: &str = "x|`</style><script>alert(1)</script>";
    let old = schema(
        "18.0",
        json!({EVIL: {EVIL: {"type": "char", "string": EVIL}}}),
    );
    let new = schema("19.0", json!({EVIL: {}}));
    let guide = guide(&old, &new).expect("a guide");
    let page = guide.html();
    assert!(page.contains("x|`&lt;/style&gt;&lt;script&gt;"), "{page}");
    assert!(
        !page.contains("<script>") && page.matches("</style>").count() == 1,
        "{page}"
    );
    let text = guide.markdown();
    let tags: Vec<_> = text.match_indices("<script>").collect();
    assert!(
        tags.iter().all(|(at, _)| text[..*at].ends_with('\\')),
        "{text}"
    );
}

#[test]
fn the_same_schema_has_nothing_to_tell() {
    let models = json!({"m": {"a": field("char", json!({}))}});
    let text = told(models.clone(), models);
    assert!(!text.contains("## What") && !text.contains(" 0 "), "{text}");
}
