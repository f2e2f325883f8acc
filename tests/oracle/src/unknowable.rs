//! What no database in memory can know, and so is not compared.
//!
//! Each [`Reason`] is a rule that a recorded call can be told by. A call that a reason holds for is asked all the same; only
//! where the sandbox answers otherwise is it counted by its reason instead of as different. `not-compared.json` says of each
//! reason why, and has these counts by what the call asked, which must be met exactly, so that nothing hides in them.

use std::collections::{BTreeMap, BTreeSet};

use odx_sandbox::{Database, ModelOptions};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::recording::{Call, Outcome};

/// Why an answer cannot be known from fields and rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reason {
    /// A module's Python says what a condition on a computed field searches, or which records a field lists.
    SearchedByModule,
    /// The model's own Python searches, sorts or groups, or names what is searched by name: access to what an attachment
    /// or a message belongs to, the parts of a product's name.
    ModelOfItsOwnKind,
    /// The rows or the fields of a model were left out of the recording, or what labels are in another language, what bytes a
    /// file has, which groups a user is in.
    NotRecorded,
    /// The method, or a declaration of its own of one of Odoo's, is a module's.
    MethodOfModule,
    /// A module's Python refuses values, or completes them.
    CheckedByModule,
    /// A module's Python computes a field that is read; all others are the same.
    ComputedByModule,
    /// The order leaves ties, and only some of the records were asked for, or groups are sorted by what they share.
    Ties,
    /// The answer has an address of the server's memory in it.
    Address,
}

/// Why an answer cannot be known, and what of the call is to blame: a field, a method or a model.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unknown {
    /// Why.
    pub reason: Reason,
    /// Such as `qty_available`, `sale.order.message_post` or `ir.rule`.
    pub of: String,
}

impl Reason {
    pub(crate) fn of(self, parts: &[&str]) -> Unknown {
        Unknown {
            reason: self,
            of: parts.join("."),
        }
    }
}

/// What Python prints of bytes out of the database.
const ADDRESS: &str = "<memory at 0x";

/// Models whose Python searches itself: by the access to the records that their rows belong to, or beyond what stands
/// in the database.
const SEARCH_THEMSELVES: &[&str] = &["account.code.mapping", "ir.attachment", "mail.message"];

/// Models whose Python looks at a domain, which has to be a list, before the search does.
const READ_DOMAINS_THEMSELVES: &[&str] = &["account.move.line", "project.task", "res.partner"];

/// Models that find names by their own Python.
const NAME_THEMSELVES: &[&str] = &[
    "mrp.bom",
    "mrp.bom.line",
    "product.product",
    "product.template",
];

/// Fields whose conditions the Python of a module rewrites, although a column holds them or none can be searched.
const REWRITTEN: &[&str] = &["analytic_distribution", "analytic_distribution_search"];

/// Fields by which, or of which, the model's own Python sorts, groups or adds up: activities of the user, a date as of the
/// day of the call, amounts in several currencies.
const READ_THEMSELVES: &[(&str, &str)] = &[
    ("account.move.line", "amount_currency"),
    ("account.move.line", "payment_date"),
    ("crm.lead", "my_activity_date_deadline"),
    ("sale.order.line", "analytic_distribution"),
];

/// The model whose Python takes the first part of each term of a domain of groups for a path.
const READS_PATHS_ITSELF: &str = "project.task";

/// Odoo's own rows, which were not recorded.
const LEFT_OUT: &[&str] = &["ir.model.access", "ir.rule", "ir.ui.menu", "ir.ui.view"];

/// The recorded fields, and which models have rows.
#[derive(Clone, Debug)]
pub struct Known {
    pub(crate) fields: BTreeMap<String, Map<String, Value>>,
    /// The models of which the rows were recorded, too, if there are any.
    pub(crate) recorded: BTreeSet<String>,
    with_rows: BTreeSet<String>,
    /// The order of models, what a search by name looks at, and of which computed fields is known what is searched.
    options: BTreeMap<String, ModelOptions>,
    /// When the recording was made.
    moment: String,
}

impl Known {
    pub(crate) fn new(
        fields: BTreeMap<String, Map<String, Value>>,
        recorded: BTreeSet<String>,
        with_rows: BTreeSet<String>,
        options: BTreeMap<String, ModelOptions>,
    ) -> Self {
        Self {
            fields,
            recorded,
            with_rows,
            options,
            moment: String::new(),
        }
    }

    pub(crate) fn recorded_at(self, moment: String) -> Self {
        Self { moment, ..self }
    }

    /// The sandbox's database at the time of the recording: what is `today` in a call was that day.
    #[must_use]
    pub fn at_recording(&self, database: Database) -> Database {
        database.at(self.moment.as_str())
    }

    /// Why the sandbox could not answer as the real Odoo did, if it could not.
    pub fn unknown(&self, call: &Call, ours: &Outcome) -> Option<Unknown> {
        if is_of_module(call) {
            return Some(Reason::MethodOfModule.of(&[&call.model, &call.method]));
        }
        if is_refused_by_module(call, ours) {
            return Some(Reason::CheckedByModule.of(&[&call.model, &call.method]));
        }
        if let (Outcome::Answered(real), Outcome::Answered(ours)) = (call.outcome(), ours)
            && let Some(unknown) = self.same_but_for(call, real, ours.clone())
        {
            return Some(unknown);
        }
        // The fields do not depend on rows.
        match call.method.as_str() {
            "fields_get" | "default_get" if self.fields.contains_key(&call.model) => None,
            _ => self.unknown_of_call(call),
        }
    }

    pub(crate) fn field(&self, model: &str, field: &str) -> Option<&Map<String, Value>> {
        self.fields.get(model)?.get(field)?.as_object()
    }

    fn unknown_of_call(&self, call: &Call) -> Option<Unknown> {
        if call.result.to_string().contains(ADDRESS) {
            return Some(Reason::Address.of(&[&call.model]));
        }
        let mut seen = Seen::default();
        seen.models.insert(call.model.clone());
        let domain = call.args.first().or(call.kwargs.get("domain"));
        self.domain(&call.model, domain.unwrap_or(&Value::Null), &mut seen);
        let own = |model: &&String| SEARCH_THEMSELVES.contains(&model.as_str());
        let named = |model: &&String| NAME_THEMSELVES.contains(&model.as_str());
        if let Some(field) = seen.by_module {
            return Some(Reason::SearchedByModule.of(&[&field]));
        }
        let reads_domain = READ_DOMAINS_THEMSELVES.contains(&call.model.as_str());
        if reads_domain && call.method == "search" && domain.is_some_and(|it| !it.is_array()) {
            return Some(Reason::ModelOfItsOwnKind.of(&[&call.model, "search"]));
        }
        let itself = seen.models.iter().find(own);
        if let Some(model) = itself.or_else(|| seen.named.iter().find(named)) {
            return Some(Reason::ModelOfItsOwnKind.of(&[model]));
        }
        if let Some(field) = read_itself(call) {
            return Some(Reason::ModelOfItsOwnKind.of(&[&call.model, field]));
        }
        if takes_paths(call) && has_other_than_paths(domain) {
            return Some(Reason::ModelOfItsOwnKind.of(&[&call.model, &call.method]));
        }
        let unrecorded = |model: &&String| {
            let is_left_out =
                LEFT_OUT.contains(&model.as_str()) && !self.with_rows.contains(*model);
            is_left_out || !self.recorded.contains(*model)
        };
        if let Some(model) = seen.models.iter().find(unrecorded) {
            return Some(Reason::NotRecorded.of(&[model]));
        }
        if !self.with_rows.contains(&call.model) || self.has_unrecorded_aggregates(call) {
            return Some(Reason::NotRecorded.of(&[&call.model]));
        }
        self.has_ties(call)
            .then(|| Reason::Ties.of(&[&call.model, &call.method]))
    }

    /// Whether the order that was asked for leaves open which records or groups come first.
    fn has_ties(&self, call: &Call) -> bool {
        if let Some(Value::String(order)) = call.kwargs.get("orderby") {
            let groupby = call.args.get(2).and_then(Value::as_array);
            let is_grouped = |word: &str| {
                let mut names = groupby.into_iter().flatten().filter_map(Value::as_str);
                names.any(|name| name == word || name.split(':').next() == Some(word))
            };
            return !order.split(',').any(|term| {
                term.split_whitespace().next().is_some_and(|word| {
                    word == "id" || (is_grouped(word) && !self.may_tie(&call.model, word))
                })
            });
        }
        let order = call.kwargs.get("order").and_then(Value::as_str);
        let is_cut = call.kwargs.contains_key("limit") || call.kwargs.contains_key("offset");
        let has_ties = !order.is_some_and(|order| order.split([',', ' ']).any(|word| word == "id"));
        is_cut && has_ties && call.method == "search"
    }

    /// Whether groups by a field come in an order that may put two of them in one place: that of the records it links to.
    fn may_tie(&self, model: &str, spec: &str) -> bool {
        let name = spec.split(':').next().unwrap_or(spec);
        let field = self.fields.get(model).and_then(|fields| fields.get(name));
        let comodel = field.and_then(|field| field.get("relation")?.as_str());
        let order = comodel.and_then(|comodel| self.options.get(comodel));
        order.is_some_and(|options| {
            let mut words = options.order.split([',', ' ']);
            !words.any(|word| word == "id")
        })
    }

    /// What a search by name looks at.
    fn names(&self, model: &str) -> Vec<String> {
        let options = self.options.get(model);
        let given = options.map(|options| options.rec_names_search.clone());
        given
            .filter(|names| !names.is_empty())
            .or_else(|| Some(vec![options?.rec_name.clone()?]))
            .unwrap_or_else(|| vec!["name".to_owned()])
    }

    /// Whether groups with all fields have one that `fields_get` kept from the user who recorded.
    fn has_unrecorded_aggregates(&self, call: &Call) -> bool {
        let asks_all = call
            .args
            .get(1)
            .is_some_and(|fields| fields.as_array().is_some_and(Vec::is_empty));
        let (true, Some(fields)) = (
            asks_all && call.method == "read_group",
            self.fields.get(&call.model),
        ) else {
            return false;
        };
        let is_known = |key: &str| {
            let name = key.split(':').next().unwrap_or(key);
            let counted = name.strip_suffix("_count").unwrap_or(name);
            name.starts_with("__") || fields.contains_key(name) || fields.contains_key(counted)
        };
        let groups = call.result.as_array().into_iter().flatten();
        let mut keys = groups.filter_map(Value::as_object).flat_map(Map::keys);
        keys.any(|key| !is_known(key))
    }

    pub(crate) fn domain(&self, model: &str, domain: &Value, seen: &mut Seen) {
        for term in domain.as_array().into_iter().flatten() {
            let Some([Value::String(path), operator, value]) = term.as_array().map(Vec::as_slice)
            else {
                continue;
            };
            let (end, last) = self.path(model, path, seen, 0);
            let holds_domain = matches!(operator.as_str(), Some("any" | "not any"));
            let is_relation = last.is_some_and(|field| field.get("relation").is_some());
            let by_name = match value {
                Value::Array(items) => items.iter().any(Value::is_string),
                value => value.is_string(),
            };
            let is_named =
                (is_relation && by_name && !holds_domain) || path.ends_with("display_name");
            if is_named && seen.named.insert(end.clone()) {
                for name in self.names(&end) {
                    self.path(&end, &name, seen, 0);
                }
            }
            if holds_domain {
                self.domain(&end, value, seen);
            }
        }
    }

    /// Follows a path: the model that it ends at, and the last field.
    fn path(
        &self,
        model: &str,
        path: &str,
        seen: &mut Seen,
        depth: usize,
    ) -> (String, Option<&Map<String, Value>>) {
        let mut model = model.to_owned();
        let mut last = None;
        for name in path.split('.') {
            let field = self
                .fields
                .get(&model)
                .and_then(|fields| fields.get(name))
                .and_then(Value::as_object);
            let Some(field) = field else {
                break;
            };
            let by_module = || Some(name.to_owned());
            if REWRITTEN.contains(&name) {
                seen.by_module = by_module();
            }
            let flag = |key: &str| field.get(key) == Some(&Value::Bool(true));
            if !flag("store") && !flag("company_dependent") && name != "id" {
                let related = match field.get("related") {
                    Some(Value::String(path)) => Some(path.clone()),
                    Some(Value::Array(path)) => {
                        let names: Vec<&str> = path.iter().filter_map(Value::as_str).collect();
                        Some(names.join("."))
                    }
                    _ => None,
                };
                let is_known = self
                    .options
                    .get(&model)
                    .is_some_and(|options| options.searches.contains_key(name));
                match related {
                    Some(path) if depth < FOLLOW_LIMIT => {
                        self.path(&model, &path, seen, depth + 1);
                    }
                    Some(_) => {}
                    None if flag("searchable") && !is_known && name != "display_name" => {
                        seen.by_module = by_module();
                    }
                    None => {}
                }
            }
            if let Some(Value::String(relation)) = field.get("relation") {
                model.clone_from(relation);
                seen.models.insert(model.clone());
            }
            last = Some(field);
        }
        (model, last)
    }
}

/// Methods that `web` gives every model, and the sandbox, too.
const OF_EVERY_MODEL: &[&str] = &["check_access_rights", "read_progress_bar", "web_read_group"];

/// How the core begins what it says of a constraint of the database.
const CONSTRAINT: &str = "The operation cannot be completed";

/// Whether the method is a module's, or Odoo's and declared by one otherwise: `default_get` itself raises nothing.
fn is_of_module(call: &Call) -> bool {
    let is_known = OF_EVERY_MODEL.contains(&call.method.as_str())
        || odx_facts::Method::of(&call.model, &call.method).is_some();
    !is_known || (call.method == "default_get" && call.error.is_some())
}

/// Whether a module's Python refused values that the database takes.
fn is_refused_by_module(call: &Call, ours: &Outcome) -> bool {
    let is_write = matches!(call.method.as_str(), "create" | "write");
    let is_own = |message: &str| !message.starts_with(CONSTRAINT);
    let refused = call.error.as_ref().is_some_and(|raised| {
        raised.name == "odoo.exceptions.ValidationError" && is_own(&raised.message)
    });
    is_write && refused && matches!(ours, Outcome::Answered(_))
}

/// The field that a call sorts or groups by, or adds up, by the model's own Python.
fn read_itself(call: &Call) -> Option<&str> {
    let order = ["order", "orderby"].map(|key| call.kwargs.get(key).and_then(Value::as_str));
    let in_order = order
        .into_iter()
        .flatten()
        .flat_map(|order| order.split([',', ' ']));
    let in_groups = call.args.iter().skip(1).filter_map(Value::as_array);
    let in_groups = in_groups.flatten().filter_map(Value::as_str);
    let mut names = in_order
        .chain(in_groups)
        .map(|spec| spec.split(':').next().unwrap_or(spec));
    names.find(|name| READ_THEMSELVES.contains(&(call.model.as_str(), name)))
}

fn takes_paths(call: &Call) -> bool {
    call.model == READS_PATHS_ITSELF && call.method.ends_with("read_group")
}

fn has_other_than_paths(domain: Option<&Value>) -> bool {
    let terms = domain.and_then(Value::as_array).into_iter().flatten();
    let mut firsts = terms.filter_map(|term| term.as_array()?.first());
    firsts.any(|first| !first.is_string())
}

/// How many related fields may lead to one another.
const FOLLOW_LIMIT: usize = 8;

/// What a domain looks at.
#[derive(Default)]
pub(crate) struct Seen {
    models: BTreeSet<String>,
    /// The models whose records are looked for by name.
    named: BTreeSet<String>,
    /// The field whose conditions a module's Python answers.
    pub(crate) by_module: Option<String>,
}
