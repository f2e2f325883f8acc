//! Asking recorded calls again.

use std::collections::BTreeMap;

use odx_sandbox::{Database, ObjectCall};
use serde_json::Value;

use crate::compare::same;
use crate::database::KEY;
use crate::recording::{Call, Outcome};
use crate::unknowable::{Known, Reason, Unknown};

/// How many calls were answered alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All.
    pub asked: usize,
    /// Those that the sandbox answered as the real Odoo did.
    pub same: usize,
    /// Those that it answered in another way, and could not know better.
    pub not_compared: NotCompared,
    /// Those that it answered in another way.
    pub different: usize,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let not_compared: usize = self.not_compared.values().flat_map(BTreeMap::values).sum();
        write!(
            f,
            "asked {}, same {}, not compared {not_compared}, different {}",
            self.asked, self.same, self.different
        )
    }
}

/// How many calls could not be compared, by the reason and what it is of.
pub type NotCompared = BTreeMap<Reason, BTreeMap<String, usize>>;

/// A call that the sandbox answered in another way.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The call.
    pub call: Call,
    /// What the real Odoo answered.
    pub real: Outcome,
    /// What the sandbox answered.
    pub ours: Outcome,
    /// Why it could not answer as the real one did.
    pub unknown: Option<Unknown>,
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Call {
            model,
            method,
            args,
            kwargs,
            user,
            ..
        } = &self.call;
        let args = Value::from(args.clone());
        let kwargs = Value::from(kwargs.clone());
        if let Some(Unknown { reason, of }) = &self.unknown {
            writeln!(f, "not compared, {reason:?} of {of}:")?;
        }
        writeln!(f, "{model}.{method} {args} {kwargs} as user {user}")?;
        writeln!(f, "  odoo:    {}", self.real)?;
        write!(f, "  sandbox: {}", self.ours)
    }
}

/// Asks the calls of the sandbox, in order, since one may see what another wrote.
pub fn replay(database: &mut Database, known: &Known, calls: &[Call]) -> (Tally, Vec<Difference>) {
    let mut differences = Vec::new();
    for (place, call) in calls.iter().enumerate() {
        continue_ids(database, known, call, &calls[place + 1..]);
        let real = call.outcome();
        let before = is_refused_write(call).then(|| database.clone());
        let ours = ask(database, call);
        if same(call, &real, &ours) {
            continue;
        }
        // What the real one refused has changed nothing there.
        if let Some(before) = before {
            *database = before;
        }
        differences.push(Difference {
            call: call.clone(),
            unknown: known.unknown(call, &ours),
            real,
            ours,
        });
    }
    let mut tally = Tally {
        asked: calls.len(),
        same: calls.len() - differences.len(),
        ..Tally::default()
    };
    for difference in &differences {
        match &difference.unknown {
            Some(Unknown { reason, of }) => {
                let of_reason = tally.not_compared.entry(*reason).or_default();
                *of_reason.entry(of.clone()).or_default() += 1;
            }
            None => tally.different += 1,
        }
    }
    (tally, differences)
}

fn is_refused_write(call: &Call) -> bool {
    call.error.is_some() && !odx_facts::is_read_only(&call.model, &call.method)
}

/// Records get the ids that they got: the sequences of the real database had been used before.
fn continue_ids(database: &mut Database, known: &Known, call: &Call, later: &[Call]) {
    let first = match &call.result {
        Value::Array(ids) => ids.first().and_then(Value::as_i64),
        id => id.as_i64(),
    };
    if let (true, Some(id)) = (matches!(call.method.as_str(), "create" | "copy"), first) {
        database.restart_ids(&call.model, id);
    }
    for model in known.created_along(call) {
        if let Some(id) = id_seen_later(database, &model, later) {
            database.restart_ids(&model, id);
        }
    }
}

/// The first id of records that a call creates along with its own: the lowest new one that a later answer shows.
fn id_seen_later(database: &Database, model: &str, later: &[Call]) -> Option<i64> {
    let highest = database.ids(model).into_iter().max().unwrap_or_default();
    for call in later.iter().filter(|call| call.model == model) {
        if matches!(call.method.as_str(), "create" | "copy") {
            return None;
        }
        let shown = call.result.as_array().into_iter().flatten();
        let ids = shown.filter_map(|row| row.get("id").unwrap_or(row).as_i64());
        if let Some(lowest) = ids.filter(|id| *id > highest).min() {
            return Some(lowest);
        }
    }
    None
}

/// Asks a call of the sandbox.
pub fn ask(database: &mut Database, call: &Call) -> Outcome {
    let answer = database.execute_kw(ObjectCall {
        database: database_of(call),
        user: call.user,
        key: KEY,
        model: &call.model,
        method: &call.method,
        args: call.args.clone(),
        kwargs: call.kwargs.clone(),
    });
    match answer {
        Ok(answer) => Outcome::Answered(
            serde_json::to_value(answer).expect("BUG: an answer of the sandbox is JSON"),
        ),
        Err(error) => Outcome::Raised(error.name().to_owned(), error.message().to_owned()),
    }
}

/// The database that was asked: only of one that does not exist was recorded which.
fn database_of(call: &Call) -> &str {
    let message = call.error.as_ref().map(|raised| raised.message.as_str());
    let missing = message.and_then(|text| {
        let (_, name) = text.split_once("database \"")?;
        let (name, rest) = name.split_once('"')?;
        rest.starts_with(" does not exist").then_some(name)
    });
    missing.unwrap_or("demo")
}
