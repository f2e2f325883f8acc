//! The recordings that `ODX_ORACLE` names, asked again. Skipped, which is said, where it is not set.
//!
//! `ODX_ORACLE_ONLY=16.0/domains` asks one file (or, with a part of such a name, some), `ODX_ORACLE_SHOW=20` prints the
//! first calls of each file that were answered in another way, with both answers, `ODX_ORACLE_MATCH=odx.probe` those with
//! this text in what is printed. `UPDATE_EXPECT=1` writes the numbers of `not-compared.json` for the files that were asked.

use std::collections::BTreeMap;

use odx_oracle::{NotCompared, Reason, Series, Tally, Wanted, replay};
use serde::{Deserialize, Serialize};

/// The files with calls to ask again.
const FILES: &[&str] = &[
    "matrix",
    "domains",
    "groups",
    "suite-language",
    "suite-sandbox",
    "suite-live",
];

const NOT_COMPARED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/not-compared.json");

/// What of the recordings is not compared.
#[derive(Serialize, Deserialize)]
struct Expected {
    /// Why, in a sentence for each reason.
    reasons: BTreeMap<Reason, String>,
    /// The calls of each file, by the reason and the field, method or model that it is of; these numbers are met exactly.
    calls: BTreeMap<String, NotCompared>,
}

#[test]
fn the_sandbox_answers_as_each_series_did() {
    let Some(wanted) = Wanted::from_environment() else {
        return;
    };
    let text = std::fs::read_to_string(NOT_COMPARED).unwrap();
    let mut expected: Expected = serde_json::from_str(&text).unwrap();
    let (mut different, mut unexpected) = (Vec::new(), Vec::new());
    for (details, tallies) in wanted
        .of_each_series(FILES, |series, files| replayed(&wanted, series, files))
        .unwrap()
    {
        print!("{details}");
        for (name, tally) in tallies {
            println!("{name}: {tally}");
            let known = expected.calls.remove(&name).unwrap_or_default();
            if known != tally.not_compared {
                println!("{name}: not compared: {:?}", tally.not_compared);
                unexpected.push(name.clone());
            }
            if tally.different > 0 {
                different.push(name.clone());
            }
            let reasons = tally.not_compared.keys();
            let untold: Vec<_> = reasons
                .filter(|reason| !expected.reasons.contains_key(reason))
                .collect();
            assert!(untold.is_empty(), "no sentence says why: {untold:?}");
            if !tally.not_compared.is_empty() {
                expected.calls.insert(name, tally.not_compared);
            }
        }
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        let text = serde_json::to_string_pretty(&expected).unwrap();
        std::fs::write(NOT_COMPARED, text + "\n").unwrap();
        unexpected.clear();
    }
    assert!(
        unexpected.is_empty(),
        "other calls than not-compared.json has: {unexpected:?}"
    );
    assert!(
        different.is_empty(),
        "the sandbox answers otherwise: {different:?}"
    );
}

/// The details and the tallies of one series.
fn replayed(wanted: &Wanted, series: &Series, files: &[&str]) -> (String, Vec<(String, Tally)>) {
    let (mut details, mut tallies) = (String::new(), Vec::new());
    let (database, known) = series.database().unwrap();
    for file in files {
        let calls = series.calls(file).unwrap();
        let mut asked = database.clone();
        if !file.starts_with("suite") {
            asked = known.at_recording(asked);
        }
        known.add_left_behind(&mut asked, &calls).unwrap();
        let (tally, differences) = replay(&mut asked, &known, &calls);
        let name = series.name_of(file);
        // What differs, before what cannot be the same.
        let (compared, others): (Vec<_>, Vec<_>) = differences
            .iter()
            .partition(|difference| difference.unknown.is_none());
        details += &wanted.show(&name, compared.into_iter().chain(others));
        tallies.push((name, tally));
    }
    (details, tallies)
}
