//! `odx diff`

use serde_json::json;

use crate::support::Workplace;

/// Two snapshots, `old` and `new`.
fn snapshots() -> Workplace {
    let place = Workplace::new();
    let groups = json!({"type": "many2many", "string": "Groups", "relation": "res.groups"});
    let old = json!({"m": {"groups_id": groups, "a": {"type": "char"}}});
    let new = json!({"m": {"group_ids": groups}});
    for (name, answers) in [("old", old), ("new", new)] {
        place.write("saved.json", &answers.to_string());
        place
            .odx(["pull", "--from-json", "saved.json", "--schema", name])
            .succeeds();
    }
    place
}

#[test]
fn a_guide_is_printed_as_markdown_or_as_a_page() {
    let place = snapshots();
    let markdown = place.odx(["diff", "old", "new", "--format", "markdown"]);
    assert_eq!(markdown.code, Some(1), "something differs");
    assert!(
        markdown
            .stdout
            .contains("| `m` | `groups_id` | `group_ids` | same type, relation, label |")
            && markdown.stdout.contains("\n- `a` is gone\n"),
        "{}",
        markdown.stdout
    );
    let page = place.odx(["diff", "old", "new", "--format", "html"]);
    assert!(
        page.stdout.starts_with("<!DOCTYPE html>") && page.stdout.ends_with("</html>"),
        "{}",
        page.stdout
    );
}

#[test]
fn without_a_format_a_difference_is_a_line() {
    let place = snapshots();
    let lines = place.odx(["diff", "old", "new"]);
    assert_eq!(
        lines.stdout,
        "`m.a`: removed, breaking\n`m.group_ids`: added (many2many), additive\n`m.groups_id`: removed, breaking\n"
    );
    let both = place.odx(["diff", "old", "new", "--json", "--format", "html"]);
    assert!(both.fails().stderr.contains("cannot be used with"));
}
