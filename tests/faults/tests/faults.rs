//! Every fault with every verb. Each fault has a server here and a client in a process of its own.

use std::{fs, sync::LazyLock, time::Duration};

use futures_util::{StreamExt, stream};
use odx_faults::{
    Call, Fault, Finding, Findings, LARGEST_ANSWER, LIMIT, Report, SHORT_LIMIT, Server, VERBS,
    Verb, path, render, sections,
};
use serde_json::Value;
use tokio::process::Command;

/// How many faults are tried at once. Most wait for most of their time.
const AT_ONCE: usize = 8;

static FINDINGS: LazyLock<Findings> = LazyLock::new(|| {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let faults: Vec<Fault> = sections()
        .into_iter()
        .flat_map(|section| section.faults)
        .collect();
    // The slow ones first: they take their time beside the others.
    let (slow, other): (Vec<_>, Vec<_>) = faults.into_iter().partition(Fault::is_slow);
    let tried = stream::iter(slow.into_iter().chain(other)).map(try_one);
    runtime.block_on(tried.buffer_unordered(AT_ONCE).collect())
});

async fn try_one(fault: Fault) -> (&'static str, Finding) {
    let server = Server::start(&fault).await.expect("a port");
    let task = serde_json::to_string(server.task()).expect("JSON");
    let client = Command::new(env!("CARGO_BIN_EXE_odx-faults-client"))
        .arg(task)
        .kill_on_drop(true)
        .output();
    let output = tokio::time::timeout(Duration::from_secs(300), client).await;
    let output = output.expect("an end").expect("a process");
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {told}", fault.name);
    let report = serde_json::from_slice(&output.stdout).expect("a report");
    let sent = server.sent();
    (fault.name, Finding { report, sent })
}

/// What is wrong with a call: each finding is asked of every one.
fn all_wrong(wrong: impl Fn(&Fault, &Finding, &Verb, &Call) -> Option<String>) -> Vec<String> {
    let sections = sections();
    let faults = sections.iter().flat_map(|section| &section.faults);
    let mut found = Vec::new();
    for fault in faults {
        let finding = &FINDINGS[fault.name];
        for verb in VERBS {
            let call = call_of(&finding.report, verb);
            if let Some(wrong) = wrong(fault, finding, verb, call) {
                found.push(format!("{} of {}: {wrong}", verb.name, fault.name));
            }
        }
    }
    found
}

fn call_of<'r>(report: &'r Report, verb: &Verb) -> &'r Call {
    &report[verb.name]
}

fn assert_none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_call_has_a_right_answer_or_an_error() {
    assert_none(&all_wrong(|fault, _, verb, call| {
        let answer = call.answer.as_ref()?;
        if verb.name.ends_with("_partial") && call.outcome == "partial" {
            return is_no_part(answer, verb)
                .then(|| format!("{answer} is no part of what is right"));
        }
        let also = fault
            .also_right
            .iter()
            .filter(|(name, _)| *name == verb.name);
        let mut right = also.map(|(_, answer)| *answer).chain([verb.right]);
        let is_right = right.any(|right| {
            right == "*"
                || *answer == serde_json::from_str::<Value>(right).expect("JSON in the table")
        });
        (!is_right).then(|| format!("{answer} is not right"))
    }));
}

/// Whether an answer of what could be read has other rows than the right one, or one twice.
fn is_no_part(answer: &Value, verb: &Verb) -> bool {
    let right: Value = serde_json::from_str(verb.right).expect("JSON in the table");
    let ids = |answer: &Value| answer["ids"].as_array().cloned().unwrap_or_default();
    let (right, mut left) = (ids(&right).into_iter(), ids(answer).into_iter().peekable());
    right.for_each(|id| {
        left.next_if_eq(&id);
    });
    left.next().is_some()
}

#[test]
fn no_two_faults_have_one_name() {
    let mut names = std::collections::BTreeSet::new();
    for fault in sections().iter().flat_map(|section| &section.faults) {
        assert!(names.insert(fault.name), "{}", fault.name);
    }
}

#[test]
fn what_varies_is_one_of_what_is_told() {
    assert_none(&all_wrong(|fault, _, _, call| {
        let is_told = fault.varies.is_empty() || fault.varies.contains(&call.outcome.as_str());
        (!is_told).then(|| format!("{} came of it", call.outcome))
    }));
}

#[test]
fn without_a_fault_every_call_has_its_answer() {
    for fault in [
        "none",
        "tls",
        "gzip",
        "length-none",
        "type-missing",
        "type-wrong",
    ] {
        for verb in VERBS {
            let call = call_of(&FINDINGS[fault].report, verb);
            assert_eq!(
                call.outcome, "right",
                "{fault}, {}: {}",
                verb.name, call.message
            );
        }
    }
}

#[test]
fn without_a_fault_each_change_is_sent_once_and_each_call_is_logged() {
    let finding = &FINDINGS["none"];
    for verb in VERBS {
        if let Some(method) = verb.changes {
            assert_eq!(finding.sent.get(method), Some(&1), "{}", verb.name);
        }
        assert!(call_of(&finding.report, verb).logged > 0, "{}", verb.name);
    }
}

#[test]
fn every_call_ends_within_its_time_limit() {
    assert_none(&all_wrong(|fault, _, _, call| {
        // A call that changes nothing is tried twice; a machine may be busy.
        let limit = if fault.is_slow() { SHORT_LIMIT } else { LIMIT };
        let limit = 2 * limit + Duration::from_secs(5);
        (u128::from(call.milliseconds) > limit.as_millis())
            .then(|| format!("it took {} ms", call.milliseconds))
    }));
}

#[test]
fn no_call_takes_more_memory_than_its_answer_may() {
    // The body and its buffers, and the values that are read from it.
    const MOST: usize = 6 * LARGEST_ANSWER + (8 << 20);
    assert_none(&all_wrong(|fault, _, _, call| {
        let most = if fault.is_slow() {
            MOST * VERBS.len()
        } else {
            MOST
        };
        (call.memory > most).then(|| format!("it took {} MiB", call.memory >> 20))
    }));
}

#[test]
fn no_call_that_may_change_something_is_sent_twice() {
    assert_none(&all_wrong(|_, finding, verb, _| {
        let sent = *finding.sent.get(verb.changes?).unwrap_or(&0);
        (sent > 1).then(|| format!("it was sent {sent} times"))
    }));
}

#[test]
fn no_key_is_shown() {
    assert_none(&all_wrong(|_, _, _, call| {
        (!call.shown.is_empty()).then(|| call.shown.join("\n"))
    }));
}

#[test]
fn the_document_is_what_was_found() {
    let (path, rendered) = (path(), render(&FINDINGS));
    if std::env::var_os("UPDATE_EXPECT").is_some_and(|value| value == "1") {
        fs::write(&path, &rendered).expect("the document can be written");
    }
    let document = fs::read_to_string(&path).unwrap_or_default();
    let differs: Vec<_> = rendered
        .lines()
        .zip(document.lines())
        .filter(|(rendered, documented)| rendered != documented)
        .collect();
    assert!(
        rendered == document,
        "docs/faults.md is not what was found; UPDATE_EXPECT=1 writes it. Differences: {differs:#?}"
    );
}
