//! `docs/roads.md`: the parts of it that are made from the recorded runs and from what is compiled here.

use std::fmt::Write as _;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use odx_runtime::transport::RoadName;

use crate::record::{self, Outcomes, Runs, WORKS, key};
use crate::{Credentials, Promise, users};

/// Where the document is.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/roads.md")
}

/// The document with its made parts made anew.
///
/// # Panics
/// If it has no place for one of them.
pub fn rendered(document: &str) -> String {
    let runs = Runs::read();
    let parts = [
        ("api-key", lines_of("api_key")),
        ("login-and-password", lines_of("login_and_password")),
        ("odxproxy", lines_of("odxproxy")),
        ("taken", taken(&runs)),
        ("roads", roads(&runs)),
        ("cannot", cannot(&runs)),
    ];
    parts
        .iter()
        .fold(document.to_owned(), |document, (name, text)| {
            with_part(&document, name, text)
        })
}

/// The document with the text between the marks of a part.
fn with_part(document: &str, name: &str, text: &str) -> String {
    let marks = [format!("<!-- made: {name} -->"), "<!-- end -->".to_owned()];
    let parts = document
        .split_once(&marks[0])
        .and_then(|(before, rest)| Some((before, rest.split_once(&marks[1])?.1)));
    let (before, after) = parts.unwrap_or_else(|| panic!("no place for {name} in the document"));
    format!("{before}{}\n{text}{}{after}", marks[0], marks[1])
}

/// What stands in a function of `users.rs`, but for what it gives back.
fn lines_of(function: &str) -> String {
    let start = format!("pub async fn {function}(");
    let lines = users::SOURCE
        .lines()
        .skip_while(|line| !line.starts_with(&start))
        .skip_while(|line| !line.ends_with('{'))
        .skip(1)
        .take_while(|line| *line != "    Ok(odoo)");
    let lines: String = lines.map(|line| format!("{}\n", line.trim())).collect();
    let lines = EXAMPLES.iter().fold(lines, |lines, (argument, example)| {
        lines
            .replace(&format!("({argument})"), &format!("({example})"))
            .replace(&format!("({argument}, "), &format!("({example}, "))
            .replace(&format!(", {argument})"), &format!(", {example})"))
    });
    format!("```rust,no_run\n{lines}```\n")
}

/// What stands in the document for what a function of `users.rs` is given: a reader puts his own there.
const EXAMPLES: [(&str, &str); 8] = [
    ("url", "\"https://erp.example.com\""),
    ("database", "\"prod\""),
    ("login", "\"me@example.com\""),
    ("password", "\"...\""),
    ("user_id", "2"),
    ("api_key", "\"...\""),
    ("proxy_url", "\"https://proxy.example.com\""),
    ("proxy_key", "\"...\""),
];

/// Which road is taken for what is given.
fn taken(runs: &Runs) -> String {
    let mut table = Table::new(["Given", "Road"]);
    for (kind, behind) in [
        (record::TAKEN, ""),
        (record::TAKEN_BEHIND_A_PROXY, ", proxy and its key"),
    ] {
        for (_, name) in Credentials::ALL {
            let outcome = |series: u16| runs.outcome(&series.to_string(), kind, name);
            let told = by_series(&runs.series(), outcome, |outcome| match outcome {
                outcome if outcome.starts_with("Error::") => format!("none: {}", code(outcome)),
                road => code(road),
            });
            table.row([format!("{name}{behind}"), told]);
        }
    }
    table.0
}

/// The roads, where they are, and with what each was opened.
fn roads(runs: &Runs) -> String {
    let mut table = Table::new(["Road", "`ODX_ROAD`", "Asked on Odoo", "Opened by"]);
    for road in RoadName::all() {
        let seen = series_of(runs, road);
        let opens = |series: u16| {
            let outcomes = runs.outcomes(&key(series, road), record::CREDENTIALS)?;
            Some(names(outcomes, |outcome| outcome == WORKS))
        };
        table.row([
            title(road).to_owned(),
            code(road.as_str()),
            spans(&seen) + &end(road),
            by_series(&seen, opens, |opens| opens.clone()),
        ]);
    }
    table.0
}

/// What the roads cannot do.
fn cannot(runs: &Runs) -> String {
    let mut table = Table::new(["Road", "Cannot", "What comes of it"]);
    for road in RoadName::all() {
        let seen = series_of(runs, road);
        for (_, name, what) in Promise::ALL {
            let broken = |series: u16| {
                runs.outcome(&key(series, road), record::PROMISES, name)
                    .filter(|outcome| *outcome != WORKS)
            };
            if seen.iter().all(|series| broken(*series).is_none()) {
                continue;
            }
            table.row([
                code(road.as_str()),
                what.to_owned(),
                by_series(&seen, broken, |outcome| code(outcome)),
            ]);
        }
    }
    table.0
}

/// What there is of every road, in words.
fn title(road: RoadName) -> &'static str {
    match road {
        RoadName::OdxProxy => "ODXProxy v1",
        RoadName::OdxProxyV2 => "ODXProxy v2",
        RoadName::Json2 => "JSON-2",
        RoadName::JsonRpc => "`/jsonrpc`",
        RoadName::Web => "web client",
        RoadName::XmlRpc => "XML-RPC",
        other => other.as_str(),
    }
}

/// The series whose run of a road was recorded.
fn series_of(runs: &Runs, road: RoadName) -> Vec<u16> {
    let has_run = |series: &u16| {
        runs.outcomes(&key(*series, road), record::PROMISES)
            .is_some()
    };
    runs.series().into_iter().filter(has_run).collect()
}

/// Where a road ends, as Odoo announced it.
fn end(road: RoadName) -> String {
    /// As far as anything was announced.
    const ANNOUNCED: RangeInclusive<u16> = 14..=25;
    let mut ends = ANNOUNCED.skip_while(|series| !road.is_there(*series));
    match ends.find(|series| !road.is_there(*series)) {
        Some(end) => format!("; announced to be gone in {end}"),
        None => String::new(),
    }
}

fn names(outcomes: &Outcomes, is: impl Fn(&str) -> bool) -> String {
    let all = Credentials::ALL.iter().map(|(_, name)| *name);
    let names: Vec<&str> = all
        .filter(|name| outcomes.get(*name).is_some_and(|outcome| is(outcome)))
        .collect();
    names.join("; ")
}

/// What holds for each series, said once for those that have it in common.
fn by_series<T: PartialEq>(
    series: &[u16],
    outcome: impl Fn(u16) -> Option<T>,
    say: impl Fn(&T) -> String,
) -> String {
    let mut groups: Vec<(T, Vec<u16>)> = Vec::new();
    for series in series {
        let Some(outcome) = outcome(*series) else {
            continue;
        };
        match groups.iter_mut().find(|(known, _)| *known == outcome) {
            Some((_, of)) => of.push(*series),
            None => groups.push((outcome, vec![*series])),
        }
    }
    let says = groups.iter().map(|(outcome, of)| match of == series {
        true => say(outcome),
        false => format!("{}: {}", spans(of), say(outcome)),
    });
    says.collect::<Vec<_>>().join(". ")
}

/// Such as "14 to 18".
fn spans(series: &[u16]) -> String {
    let spans = series.chunk_by(|one, next| one + 1 == *next);
    let says = spans.map(|span| match span {
        [one] => one.to_string(),
        [first, .., last] => format!("{first} to {last}"),
        [] => String::new(),
    });
    says.collect::<Vec<_>>().join(", ")
}

/// Names of errors and roads as code, other words as they are.
fn code(text: &str) -> String {
    match text.contains("::") || !text.contains(' ') {
        true => format!("`{}`", text.replace(", ", "`, `")),
        false => text.to_owned(),
    }
}

struct Table(String);

impl Table {
    fn new<const N: usize>(titles: [&str; N]) -> Self {
        let mut table = Self(String::new());
        table.row(titles.map(str::to_owned));
        table.row(titles.map(|_| "---".to_owned()));
        table
    }

    fn row<const N: usize>(&mut self, cells: [String; N]) {
        writeln!(self.0, "| {} |", cells.join(" | ")).expect("a string");
    }
}
