//! `[[field]]` of the configuration.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;

use glob::Pattern;

use super::types;
use crate::config::FieldRule;
use crate::diagnostic::{Diagnostic, closest};
use crate::filter::pattern;

/// What the rules say of one field.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ruling<'a> {
    pub(super) record: Option<bool>,
    pub(super) optional: Option<bool>,
    pub(super) field_type: Option<&'a str>,
    pub(super) writable: Option<bool>,
    /// The places of the rules that said so.
    by: [Option<usize>; SETTINGS.len()],
}

/// What a rule can say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Setting {
    Record,
    Optional,
    Type,
    Writable,
}

const SETTINGS: [Setting; 4] = [
    Setting::Record,
    Setting::Optional,
    Setting::Type,
    Setting::Writable,
];

/// What a field is where no rule speaks of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Unruled<'a> {
    /// `id` is the same in every record.
    pub(super) is_id: bool,
    pub(super) in_record: bool,
    /// Of the type that it is treated as; `None` where that is never an `Option`.
    pub(super) optional: Option<bool>,
    pub(super) field_type: &'a str,
    pub(super) writable: bool,
    /// Whether a write can change it at all.
    pub(super) may_be_written: bool,
}

/// What came of a rule.
#[derive(Debug, Clone)]
enum Effect {
    Changes,
    /// Nothing so far, for this field and reason.
    Vain {
        field: String,
        reason: String,
        help: Option<&'static str>,
    },
}

/// The rules, with their paths read.
pub(super) struct FieldRules<'a> {
    rules: Vec<PathRule<'a>>,
}

struct PathRule<'a> {
    path: &'a str,
    model: Pattern,
    field: Pattern,
    rule: &'a FieldRule,
    used: Cell<bool>,
    effects: RefCell<BTreeMap<Setting, Effect>>,
}

impl<'a> FieldRules<'a> {
    pub(super) fn new(rules: &'a [FieldRule], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut read = Vec::new();
        for rule in rules {
            check_type(rule, diagnostics);
            if !SETTINGS.iter().any(|setting| rule.says(*setting)) {
                let message = format!(
                    "the rule for `{}` says nothing",
                    rule.paths.join("`, `").escape_debug()
                );
                let help = "say `record`, `optional`, `type` or `writable`, or leave it out";
                diagnostics.push(Diagnostic::warning("[[field]]", message).help(help));
            }
            for path in &rule.paths {
                match path_patterns(path, "field", "res.partner.name") {
                    Ok((model, field)) => read.push(PathRule {
                        path,
                        model,
                        field,
                        rule,
                        used: Cell::new(false),
                        effects: RefCell::default(),
                    }),
                    Err(message) => diagnostics.push(Diagnostic::error("[[field]] match", message)),
                }
            }
        }
        Self { rules: read }
    }

    /// What is said of a field; later rules win.
    pub(super) fn ruling(&self, model: &str, field: &str) -> Ruling<'a> {
        let mut ruling = Ruling::default();
        for (place, rule) in self.rules.iter().enumerate() {
            if !rule.model.matches(model) || !rule.field.matches(field) {
                continue;
            }
            rule.used.set(true);
            for setting in SETTINGS
                .into_iter()
                .filter(|setting| rule.rule.says(*setting))
            {
                ruling.by[setting as usize] = Some(place);
                // Until it is judged that it did something.
                rule.is_vain(
                    setting,
                    model,
                    field,
                    ("a later rule says otherwise".to_owned(), None),
                );
            }
            ruling.record = rule.rule.record.or(ruling.record);
            ruling.optional = rule.rule.optional.or(ruling.optional);
            ruling.writable = rule.rule.writable.or(ruling.writable);
            ruling.field_type = rule.rule.field_type.as_deref().or(ruling.field_type);
        }
        ruling
    }

    /// Notes which rules made a difference for a field.
    pub(super) fn judge(&self, model: &str, field: &str, ruling: Ruling<'_>, unruled: Unruled<'_>) {
        for setting in SETTINGS {
            let Some(rule) = ruling.by[setting as usize].map(|place| &self.rules[place]) else {
                continue;
            };
            match ruling.in_vain(setting, unruled) {
                Some(why) => rule.is_vain(setting, model, field, why),
                None => {
                    rule.effects.borrow_mut().insert(setting, Effect::Changes);
                }
            }
        }
    }

    /// Tells of rules that match no field, and of words of rules that change nothing.
    pub(super) fn report(&self, diagnostics: &mut Vec<Diagnostic>) {
        self.report_unused(diagnostics);
        for rule in &self.rules {
            for (setting, effect) in &*rule.effects.borrow() {
                diagnostics.extend(rule.report_vain(*setting, effect));
            }
        }
    }

    fn report_unused(&self, diagnostics: &mut Vec<Diagnostic>) {
        for rule in self.rules.iter().filter(|rule| !rule.used.get()) {
            diagnostics.push(
                Diagnostic::warning("[[field]] match", format!("`{}` matches no generated field", rule.path.escape_debug()))
                    .help("the part after the last dot is the field: `account.*.name` is the name of every account model"),
            );
        }
    }
}

impl PathRule<'_> {
    /// A word of the rule did nothing for a field. It may do something for others.
    fn is_vain(
        &self,
        setting: Setting,
        model: &str,
        field: &str,
        (reason, help): (String, Option<&'static str>),
    ) {
        let field = format!("{model}.{field}");
        let vain = Effect::Vain {
            field: field.clone(),
            reason,
            help,
        };
        let mut effects = self.effects.borrow_mut();
        match effects.get(&setting) {
            Some(Effect::Changes) => {}
            // The reason of the first field, and of that the last, which is the nearest.
            Some(Effect::Vain { field: first, .. }) if *first != field => {}
            _ => {
                effects.insert(setting, vain);
            }
        }
    }

    fn report_vain(&self, setting: Setting, effect: &Effect) -> Option<Diagnostic> {
        let Effect::Vain {
            field,
            reason,
            help,
        } = effect
        else {
            return None;
        };
        let path = self.path.escape_debug();
        let example = match field == self.path {
            true => String::new(),
            false => format!(", as for `{}`", field.escape_debug()),
        };
        let message = format!("`{path}` changes nothing{example}: {reason}");
        let warning = Diagnostic::warning(format!("[[field]] {}", setting.key()), message);
        Some(warning.help(help.unwrap_or("remove it")))
    }
}

impl FieldRule {
    fn says(&self, setting: Setting) -> bool {
        match setting {
            Setting::Record => self.record.is_some(),
            Setting::Optional => self.optional.is_some(),
            Setting::Type => self.field_type.is_some(),
            Setting::Writable => self.writable.is_some(),
        }
    }
}

impl Setting {
    fn key(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Optional => "optional",
            Self::Type => "type",
            Self::Writable => "writable",
        }
    }
}

impl Ruling<'_> {
    /// Why a word makes no difference, and what does; `None` where it makes one.
    fn in_vain(
        &self,
        setting: Setting,
        unruled: Unruled<'_>,
    ) -> Option<(String, Option<&'static str>)> {
        const ANY_VALUE: &str = "where a server sends something else, `record = false` leaves the field out, and `type = \"json\"` takes any value";
        if unruled.is_id {
            return Some(("`id` is the same in every record".to_owned(), None));
        }
        match setting {
            Setting::Record => (self.record == Some(unruled.in_record)).then(|| {
                let is = if unruled.in_record { "is" } else { "is not" };
                (format!("it {is} in the record anyhow"), None)
            }),
            Setting::Type => (self.field_type == Some(unruled.field_type))
                .then(|| (format!("its type is `{}` anyhow", unruled.field_type), None)),
            Setting::Writable if self.writable == Some(unruled.writable) => {
                let is = if unruled.writable { "is" } else { "is not" };
                Some((format!("it {is} writable anyhow"), None))
            }
            Setting::Writable => (!unruled.writable && !unruled.may_be_written).then(|| {
                (
                    "Odoo writes it itself, or has no way to keep what a client writes".to_owned(),
                    None,
                )
            }),
            Setting::Optional => {
                let field_type = self.field_type.unwrap_or(unruled.field_type).escape_debug();
                let in_record = self.record.unwrap_or(unruled.in_record);
                match unruled.optional {
                    None => Some((
                        format!("a value of type `{field_type}` is never an `Option`"),
                        (self.optional == Some(true)).then_some(ANY_VALUE),
                    )),
                    Some(_) if !in_record => Some((
                        "it is not in the record".to_owned(),
                        Some("`record = true` puts it there"),
                    )),
                    Some(optional) if self.optional == Some(optional) => {
                        let is = if optional { "is" } else { "is not" };
                        Some((format!("it {is} an `Option` anyhow"), None))
                    }
                    Some(_) => None,
                }
            }
        }
    }
}

/// The globs on both sides of the last dot: a model's, and that of a `member` of it.
pub(super) fn path_patterns(
    path: &str,
    member: &str,
    example: &str,
) -> Result<(Pattern, Pattern), String> {
    let Some((model, name)) = path.rsplit_once('.') else {
        return Err(format!(
            "`{}` has no dot between model and {member}, as `{example}` has",
            path.escape_debug()
        ));
    };
    Ok((pattern(model)?, pattern(name)?))
}

fn check_type(rule: &FieldRule, diagnostics: &mut Vec<Diagnostic>) {
    let Some(name) = rule.field_type.as_deref() else {
        return;
    };
    if types::find(name).is_some() {
        return;
    }
    let help = match closest(name, types::names()) {
        Some(known) => format!("did you mean `{known}`?"),
        None => format!(
            "the types are {}",
            types::names().collect::<Vec<_>>().join(", ")
        ),
    };
    diagnostics.push(
        Diagnostic::error(
            "[[field]] type",
            format!("`{}` is no Odoo field type", name.escape_debug()),
        )
        .help(help),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rule(paths: &[&str]) -> FieldRule {
        FieldRule {
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            record: None,
            optional: None,
            field_type: None,
            writable: None,
        }
    }

    #[test]
    fn the_part_after_the_last_dot_is_the_field() {
        let mut diagnostics = Vec::new();
        let mut rules = [rule(&["res.partner.*"]), rule(&["*.amount_total"])];
        rules[0].record = Some(true);
        rules[1].optional = Some(false);
        let rules = FieldRules::new(&rules, &mut diagnostics);
        assert_eq!(rules.ruling("res.partner", "image").record, Some(true));
        assert_eq!(rules.ruling("res.partner.bank", "image").record, None);
        assert_eq!(
            rules.ruling("sale.order", "amount_total").optional,
            Some(false)
        );
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn the_later_rule_wins() {
        let mut rules = [rule(&["*.*"]), rule(&["a.b"])];
        rules[0].record = Some(true);
        rules[0].field_type = Some("char".to_owned());
        rules[1].record = Some(false);
        let rules = FieldRules::new(&rules, &mut Vec::new());
        let ruling = rules.ruling("a", "b");
        assert_eq!(
            (ruling.record, ruling.field_type),
            (Some(false), Some("char"))
        );
    }

    #[test]
    fn rules_that_cannot_be_meant_are_told() {
        let mut diagnostics = Vec::new();
        let mut rules = [rule(&["name", "account.*", "a[.b"])];
        rules[0].field_type = Some("chr".to_owned());
        let rules = FieldRules::new(&rules, &mut diagnostics);
        rules.ruling("account.move", "name");
        rules.report_unused(&mut diagnostics);
        let lines: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        assert!(
            lines[0].contains("`chr` is no Odoo field type; did you mean `char`?"),
            "{lines:?}"
        );
        assert!(lines[1].contains("`name` has no dot"), "{lines:?}");
        assert!(lines[2].contains("`a[` is no glob"), "{lines:?}");
        assert!(
            lines[3].contains("`account.*` matches no generated field"),
            "{lines:?}"
        );
    }
}
