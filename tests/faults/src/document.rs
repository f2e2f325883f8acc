//! `docs/faults.md`: what odx makes of each fault.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
};

use crate::{
    VERBS,
    report::{Findings, Report},
    sections,
};

/// Where the document is.
pub fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/faults.md")
}

const HEAD: &str = "\
# When the server misbehaves

What a program gets where the server, or something on the way to it, misbehaves: a right answer, or an error by its variant
(`Transport` with its kind). `partial` is the answer of `fetch_partial` and `stream_partial` that lists what could not be read.
Where what comes depends on how fast either side is, both stand there. Each fault is tried with each of these calls, by a process of its own:

";

const PROMISES: &str = "

For each of them, the test holds that

- an answer is right, or an error: no row is lost or given twice, and a walk goes forward or fails;
- the call ends within its time limit;
- a call that may change something is sent once, even where the client may send calls again;
- the memory that it takes is bounded by the largest answer that the client accepts (`max_response_size`);
- no key is shown by the error, by its causes, by `Debug` of either, by the log of any crate at the level `TRACE`, or by what the
  server tells of itself, however the server writes the key. (One crate is left out: `rustls_platform_verifier` logs the names in
  a certificate that it refuses.)

`cargo test -p odx-faults` tries all of it, and compares this file; with `UPDATE_EXPECT=1` it writes it.
";

/// The document.
pub fn render(findings: &Findings) -> String {
    let verbs: Vec<&str> = VERBS.iter().map(|verb| verb.name).collect();
    let mut text = format!("{HEAD}{}.{PROMISES}", verbs.join(", "));
    for section in sections() {
        write!(
            text,
            "\n## {}\n\n| fault | the server | the calls |\n| --- | --- | --- |\n",
            section.title
        )
        .expect("a string");
        for fault in &section.faults {
            let report = findings.get(fault.name).map(|finding| &finding.report);
            let outcomes = match fault.varies {
                [] => report.map(outcomes).unwrap_or_default(),
                varies => varies
                    .iter()
                    .map(|outcome| named(outcome))
                    .collect::<Vec<_>>()
                    .join(" or "),
            };
            writeln!(text, "| {} | {} | {outcomes} |", fault.name, fault.what).expect("a string");
        }
    }
    text
}

fn named(outcome: &str) -> String {
    match outcome {
        "right" | "partial" => outcome.to_owned(),
        error => format!("`{error}`"),
    }
}

/// The outcomes, each with its verbs; the most frequent stands for the others.
fn outcomes(report: &Report) -> String {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for verb in VERBS {
        let Some(call) = report.get(verb.name) else {
            continue;
        };
        match groups
            .iter_mut()
            .find(|(outcome, _)| *outcome == call.outcome)
        {
            Some((_, verbs)) => verbs.push(verb.name),
            None => groups.push((&call.outcome, vec![verb.name])),
        }
    }
    groups.sort_by_key(|(_, verbs)| std::cmp::Reverse(verbs.len()));
    let texts = groups.iter().enumerate().map(|(place, (outcome, verbs))| {
        let outcome = named(outcome);
        match place {
            0 => outcome,
            _ => format!("{outcome}: {}", verbs.join(", ")),
        }
    });
    texts.collect::<Vec<_>>().join("; ")
}
