//! What odx sends to a series for a domain, on what was recorded of that series.
//!
//! The domains are those that were recorded of the probe addon's models, as far as `Domain::parse` reads them, and those of
//! the language tests ([`meanings`]). Each is lowered for the series of a recording, and for the newest series. The first is
//! asked of the real Odoo where it was recorded in these words, else of the sandbox as that series, which answers what was
//! recorded as the real one did (`replay.rs`); the second of the sandbox as the newest series with the same records.
//! Both have to find the same, unless odx refuses the domain before it is sent: a program gets the same answer on every
//! series, or none. An error of one of them is no wrong answer, and is counted apart. Days in place of moments are left out
//! where the context has a timezone: which day is meant differs by series, as the documentation says. What the newest series answers is held against a real one by the live tests of the sandbox.
//!
//! Skipped, which is said, where `ODX_ORACLE` is not set; `ODX_ORACLE_ONLY`, `ODX_ORACLE_SHOW` and `ODX_ORACLE_MATCH` as in `replay.rs`.

use std::collections::{BTreeMap, BTreeSet};

use odx_language::{World, meanings};
use odx_live::models::{OdxProbe, OdxProbeDelegate, OdxProbeKind, OdxProbeLine, OdxProbeTag};
use odx_oracle::{Call, Outcome, Series, Wanted, ask};
use odx_runtime::domain::Unsupported;
use odx_runtime::{Domain, Model};
use odx_sandbox::Database;
use serde_json::{Map, Value, json};

/// The series whose answers say what a domain means.
const NEWEST: u16 = 19;

/// The files with searches of one state, which the real Odoo answered.
const RECORDED: &[&str] = &["matrix", "domains"];

/// The rows of the language tests' domains, which were not recorded in a file.
const MEANINGS: &str = "meanings";

const FILES: &[&str] = &["matrix", "domains", MEANINGS];

/// The fields of the probes with a date and a time.
const MOMENTS: &[&str] = &["create_date", "write_date", "datetime", "datetime_required"];

const DAY: &str = "2024-02-29";

/// A search, and what odx sends for its domain.
struct Search {
    model: &'static str,
    context: Value,
    user: i64,
    domain: Value,
    sent: Box<dyn Fn(u16) -> Result<Value, Unsupported>>,
}

impl Search {
    fn of<M: Model>(domain: Domain<M>, context: Value, user: i64) -> Self {
        Self {
            model: M::NAME,
            context,
            user,
            domain: domain.to_json(),
            sent: Box::new(move |series| domain.to_json_for(series)),
        }
    }

    /// The recorded search, if odx reads its domain.
    fn read(call: &Call) -> Option<Self> {
        fn parsed<M: Model>(call: &Call) -> Option<Search> {
            let domain = Domain::<M>::parse(call.args.first()?).ok()?;
            let context = call.kwargs.get("context").cloned().unwrap_or_default();
            Some(Search::of(domain, context, call.user))
        }
        match call.model.as_str() {
            OdxProbe::NAME => parsed::<OdxProbe>(call),
            OdxProbeDelegate::NAME => parsed::<OdxProbeDelegate>(call),
            OdxProbeKind::NAME => parsed::<OdxProbeKind>(call),
            OdxProbeLine::NAME => parsed::<OdxProbeLine>(call),
            OdxProbeTag::NAME => parsed::<OdxProbeTag>(call),
            _ => None,
        }
    }

    /// The call for what is sent, of all records in the order of their ids.
    fn call(&self, sent: Value) -> Call {
        let mut kwargs = Map::from_iter([("order".to_owned(), json!("id"))]);
        if !self.context.is_null() {
            kwargs.insert("context".to_owned(), self.context.clone());
        }
        Call {
            model: self.model.to_owned(),
            method: "search".to_owned(),
            args: vec![sent],
            kwargs,
            user: self.user,
            result: Value::Null,
            error: None,
        }
    }
}

/// How the searches of one file came out.
#[derive(Default)]
struct Tally {
    asked: usize,
    /// Those that odx does not read as domains: wrong operators, values of other types, fields without a search.
    not_read: usize,
    same: usize,
    /// Those of the same for which the real Odoo was asked in the words that odx sends.
    by_real: usize,
    refused: usize,
    /// Those that one of the servers raises an error for.
    raised: usize,
    differences: Vec<String>,
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "asked {}, no domain of odx {}, same {} ({} by the real Odoo), refused before sending {}, an error of one {}, different {}",
            self.asked,
            self.not_read,
            self.same,
            self.by_real,
            self.refused,
            self.raised,
            self.differences.len()
        )
    }
}

/// One series: what was recorded, and sandboxes as itself and as the newest.
struct Place<'a> {
    series: &'a Series,
    version: u16,
    own: Database,
    newest: Database,
    /// What the real Odoo found, by what was sent.
    real: BTreeMap<String, Outcome>,
}

impl<'a> Place<'a> {
    fn new(series: &'a Series) -> Self {
        let (own, _) = series.database().unwrap();
        let newest = own.clone().series(&format!("{NEWEST}.0"));
        let mut real = BTreeMap::new();
        for file in RECORDED {
            for call in series.calls(file).unwrap() {
                let is_whole = call.kwargs.get("order").is_none_or(|order| order == "id")
                    && ["limit", "offset"]
                        .iter()
                        .all(|key| !call.kwargs.contains_key(*key));
                if call.method == "search" && is_whole {
                    real.insert(words(&call), sorted(call.outcome()));
                }
            }
        }
        let (major, _) = series.name.split_once('.').unwrap();
        Self {
            series,
            version: major.parse().unwrap(),
            own,
            newest,
            real,
        }
    }

    /// Whether the domain was answered by the real Odoo, and what both find; nothing where odx refuses it.
    fn found(&mut self, search: &Search) -> Option<(bool, Outcome, Outcome, Value)> {
        let sent = (search.sent)(self.version).ok()?;
        let call = search.call(sent.clone());
        let real = self.real.get(&words(&call)).cloned();
        let is_real = real.is_some();
        let found = real.unwrap_or_else(|| sorted(ask(&mut self.own, &call)));
        let meant = match (search.sent)(NEWEST) {
            Ok(sent) => sorted(ask(&mut self.newest, &search.call(sent))),
            Err(error) => Outcome::Raised(
                "refused for the newest series".to_owned(),
                error.to_string(),
            ),
        };
        Some((is_real, found, meant, sent))
    }

    fn tally(&mut self, searches: impl IntoIterator<Item = Option<Search>>) -> Tally {
        let mut tally = Tally::default();
        for search in searches {
            tally.asked += 1;
            let Some(search) = search else {
                tally.not_read += 1;
                continue;
            };
            match self.found(&search) {
                None => tally.refused += 1,
                Some((_, found, meant, _)) if raises(&found) != raises(&meant) => tally.raised += 1,
                Some((is_real, found, meant, _)) if agree(&found, &meant) => {
                    tally.same += 1;
                    tally.by_real += usize::from(is_real);
                }
                Some((_, found, meant, sent)) => tally.differences.push(format!(
                    "{} {} {}:\n  means {meant}\n  found {found}\n  sent  {sent}",
                    search.model, search.domain, search.context
                )),
            }
        }
        tally
    }

    fn searches(&self, file: &str) -> Vec<Option<Search>> {
        if file == MEANINGS {
            let domains = meanings(&OdxProbe::F, &World::default());
            let context = json!({"active_test": false});
            let search = |domain| Some(Search::of(domain, context.clone(), 2));
            return domains.into_iter().map(search).collect();
        }
        let calls = self.series.calls(file).unwrap();
        let probes = calls.iter().filter(|call| {
            call.method == "search"
                && call.model.starts_with(OdxProbe::NAME)
                && !has_day_of_timezone(call)
        });
        probes.map(Search::read).collect()
    }
}

/// What a call says, apart from order and the way in which the first conditions are joined.
fn words(call: &Call) -> String {
    let context = call.kwargs.get("context").cloned().unwrap_or_default();
    let domain = call.args.first().map(joined).unwrap_or_default();
    json!([call.model, call.user, context, domain]).to_string()
}

/// A domain with each `&` that Odoo adds.
fn joined(domain: &Value) -> Value {
    let Value::Array(terms) = domain else {
        return domain.clone();
    };
    let mut missing = 1usize;
    let mut joined = Vec::new();
    for term in terms {
        if missing == 0 {
            joined.insert(0, json!("&"));
            missing = 1;
        }
        joined.push(term.clone());
        match term.as_str() {
            Some("&" | "|") => missing += 1,
            Some("!") => {}
            _ => missing -= 1,
        }
    }
    Value::from(joined)
}

fn sorted(outcome: Outcome) -> Outcome {
    match outcome {
        Outcome::Answered(Value::Array(ids)) => {
            let ids: BTreeSet<i64> = ids.iter().filter_map(Value::as_i64).collect();
            Outcome::Answered(ids.into_iter().collect())
        }
        other => other,
    }
}

/// The same records, or an error from both.
fn agree(found: &Outcome, meant: &Outcome) -> bool {
    (raises(found) && raises(meant)) || found == meant
}

fn raises(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Raised(..))
}

/// Whether a day stands for a moment in another timezone than UTC.
fn has_day_of_timezone(call: &Call) -> bool {
    let tz = call
        .kwargs
        .get("context")
        .and_then(|context| context["tz"].as_str());
    tz.is_some_and(|tz| tz != "UTC") && call.args.iter().any(has_day)
}

fn has_day(domain: &Value) -> bool {
    let is_day = |value: &Value| {
        value
            .as_str()
            .is_some_and(|text| text.len() == DAY.len() && text.contains('-'))
    };
    let terms = domain.as_array().into_iter().flatten();
    terms
        .filter_map(Value::as_array)
        .any(|term| match term.as_slice() {
            [Value::String(path), _, value] => {
                let is_moment = MOMENTS.iter().any(|name| path.ends_with(name));
                let mut values = value.as_array().into_iter().flatten();
                (is_moment && (is_day(value) || values.any(is_day))) || has_day(value)
            }
            _ => false,
        })
}

#[test]
fn what_odx_sends_finds_on_each_series_what_it_finds_on_the_newest() {
    let Some(wanted) = Wanted::from_environment() else {
        return;
    };
    let mut different = Vec::new();
    for (details, tallies) in wanted
        .of_each_series(FILES, |series, files| lowered(&wanted, series, files))
        .unwrap()
    {
        print!("{details}");
        for (name, tally) in tallies {
            println!("{name} as odx sends it: {tally}");
            if !tally.differences.is_empty() {
                different.push(name);
            }
        }
    }
    assert!(
        different.is_empty(),
        "odx gets other records than on the newest series: {different:?}"
    );
}

/// The details and the tallies of one series.
fn lowered(wanted: &Wanted, series: &Series, files: &[&str]) -> (String, Vec<(String, Tally)>) {
    let (mut details, mut tallies) = (String::new(), Vec::new());
    let mut place = Place::new(series);
    for file in files {
        let searches = place.searches(file);
        let tally = place.tally(searches);
        let name = series.name_of(file);
        details += &wanted.show(&name, &tally.differences);
        tallies.push((name, tally));
    }
    (details, tallies)
}
