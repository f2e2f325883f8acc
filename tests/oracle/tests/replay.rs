//! The recordings that `ODX_ORACLE` names, asked again. Skipped, which is said, where it is not set.
//!
//! `ODX_ORACLE_ONLY=16.0/domains` asks one file (or, with a part of such a name, some), `ODX_ORACLE_SHOW=20` prints the
//! first differing calls of each file with both answers, `ODX_ORACLE_MATCH=odx.probe` those with this text in the call.

use std::collections::BTreeMap;
use std::path::PathBuf;

use odx_oracle::{Reason, Series, Tally, replay, series_in};

/// The files with calls to ask again.
const FILES: &[&str] = &[
    "matrix",
    "domains",
    "groups",
    "suite-language",
    "suite-sandbox",
    "suite-live",
];

/// How many calls of each file still differ. A number here may only become smaller; a file that is not named must not
/// differ at all.
const KNOWN: &str = include_str!("../differences.json");

/// How many calls of each file are not compared, by reason; these numbers are met exactly.
const NOT_COMPARED: &str = include_str!("../not-compared.json");

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

#[test]
fn the_sandbox_answers_as_each_series_did() {
    let Some(folder) = variable("ODX_ORACLE") else {
        eprintln!("skipped: set ODX_ORACLE to a folder of recordings (see tests/oracle) to run it");
        return;
    };
    let folder = PathBuf::from(folder);
    let all = series_in(&folder).unwrap();
    let reports = std::thread::scope(|scope| {
        let running: Vec<_> = all
            .iter()
            .map(|series| scope.spawn(|| replayed(series)))
            .collect();
        running
            .into_iter()
            .map(|thread| thread.join().unwrap())
            .collect::<Vec<_>>()
    });
    let known: BTreeMap<String, usize> = serde_json::from_str(KNOWN).unwrap();
    let expected: BTreeMap<String, BTreeMap<Reason, usize>> =
        serde_json::from_str(NOT_COMPARED).unwrap();
    let (mut worse, mut unexpected) = (Vec::new(), Vec::new());
    let mut tallies = Vec::new();
    for (details, found) in reports {
        print!("{details}");
        tallies.extend(found);
    }
    for (name, tally) in tallies {
        let not_compared: usize = tally.not_compared.values().sum();
        println!(
            "{name}: asked {}, same {}, not compared {not_compared}, different {}",
            tally.asked, tally.same, tally.different
        );
        if expected.get(&name).cloned().unwrap_or_default() != tally.not_compared {
            println!("{name}: not compared, by reason: {:?}", tally.not_compared);
            unexpected.push(name.clone());
        }
        if tally.different > known.get(&name).copied().unwrap_or_default() {
            worse.push(name);
        }
    }
    assert!(
        unexpected.is_empty(),
        "other numbers of calls that cannot be compared: {unexpected:?}"
    );
    assert!(worse.is_empty(), "the sandbox answers otherwise: {worse:?}");
}

/// The details and the tallies of one series.
fn replayed(series: &Series) -> (String, Vec<(String, Tally)>) {
    let only = variable("ODX_ORACLE_ONLY");
    let shown: usize = variable("ODX_ORACLE_SHOW").map_or(0, |count| count.parse().unwrap());
    let wanted = variable("ODX_ORACLE_MATCH").unwrap_or_default();
    let files: Vec<&str> = FILES
        .iter()
        .copied()
        .filter(|file| {
            let name = format!("{}/{file}", series.name);
            only.as_ref().is_none_or(|only| name.contains(only))
        })
        .collect();
    let (mut details, mut tallies) = (String::new(), Vec::new());
    if files.is_empty() {
        return (details, tallies);
    }
    let (database, known) = series.database().unwrap();
    for file in files {
        let calls = series.calls(file).unwrap();
        let mut asked = database.clone();
        known.add_left_behind(&mut asked, &calls).unwrap();
        let (tally, differences) = replay(&mut asked, &known, &calls);
        let name = format!("{}/{file}", series.name);
        for difference in differences
            .iter()
            .map(ToString::to_string)
            .filter(|text| text.contains(&wanted))
            .take(shown)
        {
            details.push_str(&format!("{name}: {difference}\n"));
        }
        tallies.push((name, tally));
    }
    (details, tallies)
}
