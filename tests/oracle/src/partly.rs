//! Answers of which a part cannot be known, and all else is compared.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::compare::alike;
use crate::database::{ADMINISTRATOR, FILE, SOURCE_LANGUAGE};
use crate::recording::Call;
use crate::unknowable::{Known, Reason, Seen, Unknown};

/// Why fields cannot be known, and which.
type Rule<'a> = (Reason, &'a dyn Fn(&str) -> bool);

impl Known {
    /// Why parts of rows and descriptions differ, where all others are the same.
    pub(crate) fn same_but_for(
        &self,
        call: &Call,
        mut real: Value,
        mut ours: Value,
    ) -> Option<Unknown> {
        let has_rows = matches!(call.method.as_str(), "read" | "search_read");
        let mut differing = Vec::new();
        let of_call = |reason: Reason| reason.of(&[&call.model, &call.method]);
        match call.method.as_str() {
            "fields_get" => leave_out_unrecorded(call, &mut real, &mut ours),
            "default_get" => {
                retain_asked(call, &mut real);
                return alike(&real, &ours).then(|| of_call(Reason::MethodOfModule));
            }
            _ if has_rows => differing = differing_fields(&real, &ours),
            _ => return None,
        }
        if !has_rows {
            return alike(&real, &ours).then(|| of_call(Reason::NotRecorded));
        }
        let files = self.files(call, &ours);
        let has_unrecorded =
            |field: &str| !self.is_recorded(&call.model, field) || files.contains(&field);
        let is_restricted = |field: &str| self.is_restricted(&call.model, field);
        let is_computed = |field: &str| self.is_computed(&call.model, field);
        let rules: [Rule<'_>; 3] = [
            (Reason::NotRecorded, &has_unrecorded),
            (Reason::SearchedByModule, &is_restricted),
            (Reason::ComputedByModule, &is_computed),
        ];
        for (reason, is_unknown) in rules {
            for values in [&mut real, &mut ours] {
                retain_in_rows(values, |field| !is_unknown(field));
            }
            if alike(&real, &ours) {
                differing.retain(|field| is_unknown(field));
                return Some(reason.of(&[&call.model, &differing.join(" ")]));
            }
        }
        None
    }

    /// Whether the field lists the records that a module's Python finds.
    fn is_restricted(&self, model: &str, name: &str) -> bool {
        let Some(field) = self.field(model, name) else {
            return false;
        };
        let text = |key: &str| field.get(key).and_then(Value::as_str);
        let lists = matches!(text("type"), Some("one2many" | "many2many"));
        let mut seen = Seen::default();
        if let (true, Some(comodel), Some(own)) = (lists, text("relation"), field.get("domain")) {
            self.domain(comodel, own, &mut seen);
        }
        seen.by_module.is_some()
    }

    /// Whether the records were recorded that the field links to, if it does.
    fn is_recorded(&self, model: &str, name: &str) -> bool {
        let field = self.field(model, name);
        let relation = field.and_then(|field| field.get("relation")?.as_str());
        relation.is_none_or(|model| self.recorded.contains(model))
    }

    /// The fields in which stands what the sandbox has in place of the bytes of a file.
    fn files(&self, call: &Call, ours: &Value) -> Vec<&str> {
        let has_file = |field: &&str| {
            let mut rows = ours.as_array().into_iter().flatten();
            rows.any(|row| row.get(field) == Some(&Value::from(FILE)))
        };
        let fields = self.fields.get(&call.model).into_iter();
        let names = fields.flat_map(Map::keys).map(String::as_str);
        names.filter(has_file).collect()
    }

    /// Whether only Python knows the value: neither stored, nor followed from another.
    fn is_computed(&self, model: &str, name: &str) -> bool {
        let Some(field) = self.field(model, name) else {
            return false;
        };
        let flag = |key: &str| field.get(key) == Some(&Value::Bool(true));
        let follows = field.contains_key("related") || flag("company_dependent");
        !flag("store") && !follows && !matches!(name, "id" | "display_name")
    }
}

/// The fields of which a row has another value.
fn differing_fields(real: &Value, ours: &Value) -> Vec<String> {
    let rows = |rows: &Value| rows.as_array().cloned().unwrap_or_default();
    let mut fields = BTreeSet::new();
    for (real, ours) in rows(real).iter().zip(&rows(ours)) {
        let names = real.as_object().into_iter().flat_map(Map::keys);
        let differs = |name: &&String| {
            let ours = ours.get(*name).unwrap_or(&Value::Null);
            !alike(&real[name.as_str()], ours)
        };
        fields.extend(names.filter(differs).cloned());
    }
    fields.into_iter().collect()
}

/// What a `default_get` gave of the fields that it was asked for: a module's gives others, too.
fn retain_asked(call: &Call, defaults: &mut Value) {
    let asked = call.args.first().and_then(Value::as_array);
    let is_asked = |field: &str| asked.is_some_and(|asked| asked.contains(&Value::from(field)));
    retain(defaults, is_asked);
}

/// Leaves out the labels in another language, and the fields that need groups of other users.
fn leave_out_unrecorded(call: &Call, real: &mut Value, ours: &mut Value) {
    let lang = call
        .kwargs
        .get("context")
        .and_then(|context| context.get("lang"));
    let is_translated = lang.is_some_and(|lang| lang != SOURCE_LANGUAGE);
    for described in [real, ours] {
        let Value::Object(fields) = described else {
            continue;
        };
        fields.retain(|_, field| call.user == ADMINISTRATOR || field.get("groups").is_none());
        for field in fields.values_mut().filter_map(Value::as_object_mut) {
            if is_translated {
                field.retain(|key, _| key != "string" && key != "help");
                if let Some(Value::Array(pairs)) = field.get_mut("selection") {
                    let key = |pair: &Value| pair.get(0).cloned().unwrap_or_default();
                    *pairs = pairs.iter().map(key).collect();
                }
            }
        }
    }
}

fn retain(values: &mut Value, is_kept: impl Fn(&str) -> bool) {
    if let Value::Object(values) = values {
        values.retain(|field, _| is_kept(field));
    }
}

fn retain_in_rows(rows: &mut Value, is_kept: impl Fn(&str) -> bool) {
    for row in rows.as_array_mut().into_iter().flatten() {
        retain(row, &is_kept);
    }
}
