//! Asking recorded calls again.

use std::collections::BTreeMap;

use odx_sandbox::{Database, ObjectCall};
use serde_json::Value;

use crate::compare::same;
use crate::database::KEY;
use crate::recording::{Call, Outcome};
use crate::unknowable::{Known, Reason};

/// How many calls were answered alike.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// All.
    pub asked: usize,
    /// Those that the sandbox answered as the real Odoo did.
    pub same: usize,
    /// Those that it answered in another way, and could not know better.
    pub not_compared: BTreeMap<Reason, usize>,
    /// Those that it answered in another way.
    pub different: usize,
}

/// A call that the sandbox answered in another way.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The call.
    pub call: Call,
    /// What the real Odoo answered.
    pub real: Outcome,
    /// What the sandbox answered.
    pub ours: Outcome,
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
        writeln!(f, "{model}.{method} {args} {kwargs} as user {user}")?;
        writeln!(f, "  odoo:    {}", self.real)?;
        write!(f, "  sandbox: {}", self.ours)
    }
}

/// Asks the calls of the sandbox, in order, since one may see what another wrote.
pub fn replay(database: &mut Database, known: &Known, calls: &[Call]) -> (Tally, Vec<Difference>) {
    let mut differences = Vec::new();
    let mut not_compared = BTreeMap::new();
    for call in calls {
        continue_ids(database, call);
        let real = call.outcome();
        let ours = ask(database, call);
        if same(call, &real, &ours) {
            continue;
        }
        if let Some(reason) = known.reason(call) {
            *not_compared.entry(reason).or_default() += 1;
        } else {
            differences.push(Difference {
                call: call.clone(),
                real,
                ours,
            });
        }
    }
    let tally = Tally {
        asked: calls.len(),
        same: calls.len() - differences.len() - not_compared.values().sum::<usize>(),
        not_compared,
        different: differences.len(),
    };
    (tally, differences)
}

/// Records get the ids that they got: the sequences of the real database had been used before.
fn continue_ids(database: &mut Database, call: &Call) {
    let first = match &call.result {
        Value::Array(ids) => ids.first().and_then(Value::as_i64),
        id => id.as_i64(),
    };
    if let (true, Some(id)) = (matches!(call.method.as_str(), "create" | "copy"), first) {
        database.restart_ids(&call.model, id);
    }
}

fn ask(database: &mut Database, call: &Call) -> Outcome {
    let answer = database.execute_kw(ObjectCall {
        database: "demo",
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
