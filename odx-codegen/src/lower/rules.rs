//! `[[field]]` of the configuration.

use std::cell::Cell;

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
}

impl<'a> FieldRules<'a> {
    pub(super) fn new(rules: &'a [FieldRule], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut read = Vec::new();
        for rule in rules {
            check_type(rule, diagnostics);
            for path in &rule.paths {
                match path_patterns(path, "field", "res.partner.name") {
                    Ok((model, field)) => read.push(PathRule {
                        path,
                        model,
                        field,
                        rule,
                        used: Cell::new(false),
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
        for rule in &self.rules {
            if !rule.model.matches(model) || !rule.field.matches(field) {
                continue;
            }
            rule.used.set(true);
            ruling.record = rule.rule.record.or(ruling.record);
            ruling.optional = rule.rule.optional.or(ruling.optional);
            ruling.field_type = rule.rule.field_type.as_deref().or(ruling.field_type);
        }
        ruling
    }

    pub(super) fn report_unused(&self, diagnostics: &mut Vec<Diagnostic>) {
        for rule in self.rules.iter().filter(|rule| !rule.used.get()) {
            diagnostics.push(
                Diagnostic::warning("[[field]] match", format!("`{}` matches no generated field", rule.path.escape_debug()))
                    .help("the part after the last dot is the field: `account.*.name` is the name of every account model"),
            );
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
