//! `docs/language.md`: what the rows render to.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use crate::VERSIONS;
use crate::kinds::{CLASSES, kinds};
use crate::row::{CallRow, DomainRow, Section, Sends};
use crate::{World, domains, groups, reads, writes};

/// Where the document is.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/language.md")
}

/// The document.
pub fn render() -> String {
    let mut text = HEAD.to_owned();
    text.push_str("\n## Domains\n\n");
    text.push_str(DOMAINS);
    text.push_str("\n### Operators by type of field\n\n");
    operators(&mut text);
    domains::sections()
        .iter()
        .for_each(|section| domain_section(&mut text, section));
    for (title, note, sections) in [
        ("Reads", READS, reads::sections()),
        ("Groups", GROUPS, groups::sections()),
        ("Writes", WRITES, writes::sections()),
    ] {
        write!(text, "\n## {title}\n\n{note}").expect("a string");
        sections
            .iter()
            .for_each(|section| call_section(&mut text, section));
    }
    text
}

const HEAD: &str = "\
# The typed language

Every operator and construct: the versions of Odoo that it can be said to, the Rust that says it, and what is sent. \"All\" are
Odoo 14 to 19. Where a version is sent something else, that stands below what the newest is sent.

The tables are the tests: each row is compiled, run against the sandbox as Odoo 14 to 19, which is held against what real ones
answered, and against a real Odoo 14 and a real Odoo 19; this file is what the rows render to. Each is run against the sandbox
as Odoo 20, too, which does what is told of it: odx has seen no Odoo 20. What is sent to 15 to 18 for
these and thousands of other domains is held against the answers that were recorded of them. The rows are about `odx.probe`, a
model with one field of every type, each named after its type. `cargo test -p odx-language` checks all of it; with `UPDATE_EXPECT=1` it writes this file.

A domain finds the same records on every version: an unset text counts as an empty one, an unset number as 0, and what a
condition does not find, its opposite does. Where a version would answer otherwise, it is asked otherwise, as the rows tell, or
the domain is refused before it is sent, by an error that names the condition, the version and what to do instead. The
server's version is asked once a client, before the first domain or group that depends on it, unless the program states it:
`odoo.for_version(17)`.
";

const DOMAINS: &str = "\
`p` stands for the fields of the model: `OdxProbe::search(|p| ..)`, or `OdxProbe::F`. The column `domain!` has the same as it
is said in `domain!(OdxProbe, ..)`. `red` and `blue` are ids of tags; `oak`, `beech` and `bare` of probes; `day(..)`,
`moment()` and `brussels()` make chrono's values.

The compiler lets only those fields stand in a domain that Odoo can search, and only operators that their type has.
";

const READS: &str = "\
`d` is a domain and `F` is `OdxProbe::F`. A method's named arguments stand as `name=value`.
";

const GROUPS: &str = "\
As for reads. `OdxProbe::group_by(|p| ..)` groups all records, `.group_by(..)` on a query those that it finds.
";

const WRITES: &str = "\
As for reads. Only fields that a write changes can be written.
";

/// Which types have which operators.
fn operators(text: &mut String) {
    let cell = |cells: Vec<String>| format!("| {} |\n", cells.join(" | "));
    let titles = CLASSES.iter().map(|class| class.title.to_owned());
    text.push_str(&cell(
        std::iter::once(String::new()).chain(titles).collect(),
    ));
    text.push_str(&cell(vec!["---".to_owned(); CLASSES.len() + 1]));
    for kind in kinds() {
        let domains = (kind.domains)(&odx_live::models::OdxProbe::F, &World::default());
        let marks = domains
            .iter()
            .map(|domains| if domains.is_empty() { "" } else { "✓" }.to_owned());
        text.push_str(&cell(
            std::iter::once(kind.name.to_owned()).chain(marks).collect(),
        ));
    }
    text.push('\n');
    for class in &CLASSES {
        writeln!(text, "- {}: {}", class.title, class.operators).expect("a string");
    }
    text.push_str("\nA many2many to a model with a parent field has hierarchies too. Dates have [parts](#parts-of-dates) besides, and properties fields [properties](#properties).\n");
}

fn domain_section(text: &mut String, section: &Section<DomainRow>) {
    write!(
        text,
        "\n### {}\n\n{}\n\n| | Odoo | Rust | `domain!` | sends |\n| --- | --- | --- | --- | --- |\n",
        section.title, section.note
    )
    .expect("a string");
    for row in &section.rows {
        let by_macro = match row.by_macro {
            "" => String::new(),
            form => code(&without_world(form)),
        };
        writeln!(
            text,
            "| {} | {} | {} | {by_macro} | {} |",
            row.what,
            since(row.sends),
            code(&without_world(row.rust)),
            sends(row.sends)
        )
        .expect("a string");
    }
}

fn call_section(text: &mut String, section: &Section<CallRow>) {
    write!(
        text,
        "\n### {}\n\n{}\n\n| | Odoo | Rust | sends |\n| --- | --- | --- | --- |\n",
        section.title, section.note
    )
    .expect("a string");
    for row in &section.rows {
        writeln!(
            text,
            "| {} | {} | {} | {} |",
            row.what,
            since(row.sends),
            code(&without_world(row.rust)),
            sends(row.sends)
        )
        .expect("a string");
    }
}

/// The records of the world are variables to a reader.
fn without_world(rust: &str) -> String {
    let mut text = rust.split_whitespace().collect::<Vec<_>>().join(" ");
    for before in ["(", "[", " ", "{"] {
        text = text.replace(&format!("{before}w."), before);
    }
    text
}

fn since(sends: Sends) -> String {
    let (oldest, _) = sends.last().expect("BUG: a row is sent to some version");
    match *oldest {
        oldest if oldest == *VERSIONS.start() => "all".to_owned(),
        oldest => format!("{oldest} on"),
    }
}

fn sends(sends: Sends) -> String {
    let mut newer = None;
    let mut forms = Vec::new();
    for (since, sent) in sends {
        let sent = match *sent {
            "" => "nothing".to_owned(),
            sent => sent.split("; ").map(code).collect::<Vec<_>>().join("<br>"),
        };
        forms.push(match newer {
            None => sent,
            Some(newer) if newer - since == 1 => format!("Odoo {since}: {sent}"),
            Some(newer) => format!("Odoo {since} to {}: {sent}", newer - 1),
        });
        newer = Some(*since);
    }
    forms.join("<br>")
}

/// Code in a cell of a table.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    format!("`{text}`")
}
