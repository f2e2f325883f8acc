//! The methods that get a typed function: those of the schema that `[methods]` chooses, and those that `[[method]]` names.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use glob::Pattern;
use odx_facts::{METHODS, Series};

use super::names::{self, CrateNames};
use super::relations::Relations;
use super::returns;
use super::rules::path_patterns;
use crate::config::{CalledOn, Config, MethodRule, ParameterRule, ReturnType, ValueType};
use crate::diagnostic::{Diagnostic, closest};
use crate::filter::is_glob;
use crate::ir;
use crate::schema::{Method, Model, Parameter, ParameterKind, Schema};

/// Lowers the methods of `models` into `lowered`, model by model.
pub(super) fn lower(
    schema: &Schema,
    models: &[&Model],
    lowered: &mut [ir::Model],
    config: &Config,
    relations: &Relations,
    names: &mut CrateNames,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let include = Globs::new("[methods] include", &config.methods.include, diagnostics);
    let exclude = Globs::new("[methods] exclude", &config.methods.exclude, diagnostics);
    let rules = rules(&config.method, models, diagnostics);
    let methods: Methods = models
        .iter()
        .map(|model| (model.model.as_str(), schema.methods(model)))
        .collect();
    include.report_unused(models, &methods, diagnostics);
    for (model, lowered) in models.iter().zip(lowered) {
        let known = &methods[model.model.as_str()];
        let mut context = Context {
            model,
            known,
            series: schema.meta.series(),
            relations,
            diagnostics: &mut *diagnostics,
        };
        let of_model = rules.get(model.model.as_str());
        let ruled = of_model.into_iter().flatten().map(|(method, _)| *method);
        let chosen = known.keys().map(String::as_str).filter(|method| {
            include.match_method(&model.model, method)
                && !exclude.match_method(&model.model, method)
        });
        let chosen: BTreeSet<&str> = ruled.chain(chosen).collect();
        let idents = names::methods(chosen.iter().copied());
        for method in chosen {
            let rule = of_model.and_then(|rules| rules.get(method).copied());
            let ident = idents[method].clone();
            let method = context.method(method, ident, rule);
            lowered.methods.push(method);
        }
        for method in &mut lowered.methods {
            if let Some(call) = &mut method.call {
                call.type_name = names.method_call(&lowered.type_name, &method.wire);
            }
        }
    }
}

/// The methods of the schema, by model and name.
type Methods<'a> = BTreeMap<&'a str, Cow<'a, BTreeMap<String, Method>>>;

/// `[[method]]` by model and method.
type Rules<'a> = BTreeMap<&'a str, BTreeMap<&'a str, &'a MethodRule>>;

/// Reads the names of the rules, and checks them against the models.
fn rules<'a>(
    rules: &'a [MethodRule],
    models: &[&Model],
    diagnostics: &mut Vec<Diagnostic>,
) -> Rules<'a> {
    let mut read = Rules::new();
    for rule in rules {
        match check_rule(rule, models) {
            Ok((model, method)) => {
                let of_model: &mut BTreeMap<_, _> = read.entry(model).or_default();
                if of_model.insert(method, rule).is_some() {
                    diagnostics.push(wrong(rule, "is named twice"));
                }
            }
            Err(diagnostic) => diagnostics.push(diagnostic),
        }
    }
    read
}

/// The model and the method that a rule names.
fn check_rule<'a>(
    rule: &'a MethodRule,
    models: &[&Model],
) -> Result<(&'a str, &'a str), Diagnostic> {
    let Some((model, method)) = rule.name.rsplit_once('.') else {
        let message = "has no dot between model and method, as `sale.order.action_confirm` has";
        return Err(wrong(rule, message));
    };
    let Some(found) = models.iter().find(|found| found.model == model) else {
        let likely = closest(model, models.iter().map(|model| model.model.as_str()));
        let help = likely.map_or_else(
            || "include it under [models]".to_owned(),
            |name| format!("did you mean `{name}`?"),
        );
        let message = format!("the model `{}` is not generated", model.escape_debug());
        return Err(wrong(rule, message).help(help));
    };
    if method.is_empty() {
        return Err(wrong(rule, "names no method"));
    }
    if method.starts_with('_') {
        let message = "is private: Odoo lets no client call a method that starts with `_`";
        return Err(wrong(rule, message));
    }
    let parameters = rule.parameters.as_deref().unwrap_or_default();
    if let Some(twice) = named_twice(parameters) {
        let message = format!("has two parameters `{}`", twice.escape_debug());
        return Err(wrong(rule, message));
    }
    // Where no method is known, the rule declares one.
    let is_known = found.methods.is_empty()
        || found.methods.contains_key(method)
        || METHODS
            .iter()
            .any(|known| known.model.is_none() && known.name == method);
    if !is_known {
        let (message, help) = unknown_method(found, method);
        return Err(Diagnostic {
            help,
            ..wrong(rule, message)
        });
    }
    Ok((model, method))
}

fn wrong(rule: &MethodRule, message: impl Into<String>) -> Diagnostic {
    Diagnostic::error(format!("[[method]] {}", rule.name), message)
}

fn named_twice(parameters: &[ParameterRule]) -> Option<&str> {
    let mut seen = BTreeSet::new();
    let mut names = parameters.iter().map(|parameter| parameter.name.as_str());
    names.find(|name| !seen.insert(*name))
}

/// That a model has no such method, and which one was likely meant.
fn unknown_method(model: &Model, method: &str) -> (String, Option<String>) {
    let likely = closest(method, model.methods.keys().map(String::as_str));
    let help = likely.map(|name| format!("did you mean `{name}`?"));
    let message = format!(
        "`{}` has no method `{}`",
        model.model.escape_debug(),
        method.escape_debug()
    );
    (message, help)
}

/// The globs of one key of `[methods]`.
struct Globs<'a> {
    key: &'static str,
    globs: Vec<(&'a str, Pattern, Pattern)>,
}

impl<'a> Globs<'a> {
    fn new(key: &'static str, globs: &'a [String], diagnostics: &mut Vec<Diagnostic>) -> Self {
        let mut read = Vec::new();
        for glob in globs {
            match path_patterns(glob, "method", "sale.order.action_confirm") {
                Ok((model, method)) => read.push((glob.as_str(), model, method)),
                Err(message) => diagnostics.push(Diagnostic::error(key, message)),
            }
        }
        Self { key, globs: read }
    }

    fn match_method(&self, model: &str, method: &str) -> bool {
        self.globs
            .iter()
            .any(|(_, of_model, of_method)| of_model.matches(model) && of_method.matches(method))
    }

    /// A name that is no method is an error, a glob without one a warning.
    fn report_unused(
        &self,
        models: &[&Model],
        methods: &Methods,
        diagnostics: &mut Vec<Diagnostic>,
    ) {
        let methods_of = |model: &&Model| &*methods[model.model.as_str()];
        for (glob, of_model, of_method) in &self.globs {
            let of_model: Vec<&&Model> = models
                .iter()
                .filter(|model| of_model.matches(&model.model))
                .collect();
            let mut methods = of_model.iter().flat_map(|model| methods_of(model).keys());
            if methods.any(|method| of_method.matches(method)) {
                continue;
            }
            let shown = glob.escape_debug();
            let (message, help) = match of_model.as_slice() {
                [] => (format!("`{shown}` is of no generated model"), None),
                _ if of_model.iter().all(|model| model.methods.is_empty()) => (
                    format!("`{shown}`: the schema knows no methods of this model"),
                    Some(NO_METHODS.to_owned()),
                ),
                [model] if !is_glob(glob) => unknown_method(model, of_method.as_str()),
                _ => (format!("`{shown}` matches no method of the schema"), None),
            };
            let diagnostic = match is_glob(glob) {
                true => Diagnostic::warning(self.key, message),
                false => Diagnostic::error(self.key, message),
            };
            diagnostics.push(Diagnostic { help, ..diagnostic });
        }
    }
}

const NO_METHODS: &str =
    "pull them with `odx pull --methods` (Odoo 19 and on), or declare the method as [[method]]";

struct Context<'a> {
    model: &'a Model,
    known: &'a BTreeMap<String, Method>,
    series: Option<Series>,
    relations: &'a Relations,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Context<'_> {
    fn method(&mut self, wire: &str, ident: String, rule: Option<&MethodRule>) -> ir::Method {
        let undocumented = Method::default();
        let known = self.known.get(wire).unwrap_or(&undocumented);
        let declared = rule.and_then(|rule| rule.parameters.as_ref());
        let (parameters, more) = match declared {
            Some(declared) => {
                let parameters = declared.iter();
                let parameters = parameters.map(|parameter| self.declared(wire, parameter));
                (parameters.collect(), Rest::default())
            }
            None => (
                known.parameters.iter().map(documented).collect(),
                Rest::of(&known.parameters),
            ),
        };
        let (arguments, optional) = split(parameters);
        let call = (!optional.is_empty() || more.positions || more.names).then(|| ir::MethodCall {
            type_name: String::new(),
            parameters: optional,
            positions: more.positions,
            names: more.names,
        });
        let returns = rule.and_then(|rule| rule.returns.as_ref());
        ir::Method {
            wire: wire.to_owned(),
            ident,
            doc: rule
                .and_then(|rule| rule.doc.clone())
                .or_else(|| known.doc.clone()),
            returns_annotation: known.returns.clone(),
            returns_doc: known.returns_doc.clone(),
            on_records: match rule.and_then(|rule| rule.on) {
                Some(on) => on == CalledOn::Records,
                None => !known.api_model,
            },
            arguments,
            call,
            returns: match returns {
                Some(returns) => self.returned(wire, returns),
                None => self.known_result(wire),
            },
        }
    }

    fn declared(&mut self, method: &str, parameter: &ParameterRule) -> ir::Parameter {
        ir::Parameter {
            wire: parameter.name.clone(),
            ident: String::new(),
            doc: parameter.doc.clone(),
            annotation: None,
            default: None,
            value: self.value(method, &parameter.value),
            given: match parameter.optional {
                true => ir::Given::Optional,
                false => ir::Given::ByPosition,
            },
        }
    }

    fn returned(&mut self, method: &str, returns: &ReturnType) -> ir::MethodValue {
        match returns {
            ReturnType::None => ir::MethodValue::Nothing,
            ReturnType::Action => ir::MethodValue::Action,
            ReturnType::Value(value) => self.value(method, value),
        }
    }

    /// What odx knows of a method of Odoo's own apps; JSON where the model it leads to is not generated.
    fn known_result(&mut self, method: &str) -> ir::MethodValue {
        match returns::known(&self.model.model, method, self.series) {
            Some(ReturnType::Value(ValueType::Id(model) | ValueType::Ids(model)))
                if self.relations.generated(&model).is_none() =>
            {
                ir::MethodValue::Json
            }
            Some(returns) => self.returned(method, &returns),
            None => ir::MethodValue::Json,
        }
    }

    fn value(&mut self, method: &str, value: &ValueType) -> ir::MethodValue {
        match value {
            ValueType::Boolean => ir::MethodValue::Boolean,
            ValueType::Integer => ir::MethodValue::Integer,
            ValueType::Float => ir::MethodValue::Float,
            ValueType::Text => ir::MethodValue::Text,
            ValueType::Json => ir::MethodValue::Json,
            ValueType::Id(model) => self.of_model(method, model, ir::MethodValue::Id),
            ValueType::Ids(model) => self.of_model(method, model, ir::MethodValue::Ids),
        }
    }

    fn of_model(
        &mut self,
        method: &str,
        model: &str,
        value: fn(ir::Target) -> ir::MethodValue,
    ) -> ir::MethodValue {
        if let Some(target) = self.relations.generated(model) {
            return value(target.clone());
        }
        let help = match closest(model, self.relations.generated_names()) {
            Some(name) => format!("did you mean `{name}`?"),
            None => "include it under [models], or say `json`".to_owned(),
        };
        let path = format!("[[method]] {}.{method}", self.model.model);
        let message = format!("the model `{}` is not generated", model.escape_debug());
        self.diagnostics
            .push(Diagnostic::error(path, message).help(help));
        ir::MethodValue::Json
    }
}

/// Whether a method takes more than it names.
#[derive(Default)]
struct Rest {
    positions: bool,
    names: bool,
}

impl Rest {
    fn of(parameters: &[Parameter]) -> Self {
        let has = |kind| parameters.iter().any(|parameter| parameter.kind == kind);
        Self {
            // An optional parameter without a name can only be given as the next position.
            positions: has(ParameterKind::VarPositional)
                || parameters.iter().any(|parameter| {
                    parameter.kind == ParameterKind::PositionalOnly && parameter.optional
                }),
            names: has(ParameterKind::VarKeyword),
        }
    }
}

fn documented(parameter: &Parameter) -> ir::Parameter {
    let given = match (parameter.kind, parameter.optional) {
        (ParameterKind::VarPositional | ParameterKind::VarKeyword, _)
        | (ParameterKind::PositionalOnly, true) => ir::Given::AsRest,
        (_, true) => ir::Given::Optional,
        (ParameterKind::KeywordOnly, false) => ir::Given::ByName,
        (_, false) => ir::Given::ByPosition,
    };
    ir::Parameter {
        wire: parameter.name.clone(),
        ident: String::new(),
        doc: parameter.doc.clone(),
        annotation: parameter.annotation.clone(),
        default: parameter.default.as_ref().map(ToString::to_string),
        value: annotated(parameter.annotation.as_deref()),
        given,
    }
}

/// The type in a Python annotation, where that leaves no doubt.
fn annotated(annotation: Option<&str>) -> ir::MethodValue {
    let annotation = annotation.unwrap_or_default();
    match annotation.strip_suffix(" | None").unwrap_or(annotation) {
        "bool" => ir::MethodValue::Boolean,
        "int" => ir::MethodValue::Integer,
        "float" => ir::MethodValue::Float,
        "str" => ir::MethodValue::Text,
        _ => ir::MethodValue::Json,
    }
}

/// The arguments of the function, and the parameters that a call may leave out.
fn split(parameters: Vec<ir::Parameter>) -> (Vec<ir::Parameter>, Vec<ir::Parameter>) {
    let mut arguments = Vec::new();
    let mut optional = Vec::new();
    let mut seen = BTreeSet::new();
    for mut parameter in parameters {
        if !seen.insert(parameter.wire.clone()) {
            continue;
        }
        match parameter.given {
            ir::Given::AsRest => {}
            ir::Given::Optional => optional.push(parameter),
            ir::Given::ByName | ir::Given::ByPosition => {
                // The positions before it may be left out.
                if !optional.is_empty() {
                    parameter.given = ir::Given::ByName;
                }
                arguments.push(parameter);
            }
        }
    }
    let wire = |parameters: &[ir::Parameter]| -> Vec<String> {
        parameters
            .iter()
            .map(|parameter| parameter.wire.clone())
            .collect()
    };
    let (argument_names, optional_names) = (wire(&arguments), wire(&optional));
    let argument_idents = names::arguments(argument_names.iter().map(String::as_str));
    let optional_idents = names::setters(optional_names.iter().map(String::as_str));
    for parameter in &mut arguments {
        parameter
            .ident
            .clone_from(&argument_idents[parameter.wire.as_str()]);
    }
    for parameter in &mut optional {
        parameter
            .ident
            .clone_from(&optional_idents[parameter.wire.as_str()]);
    }
    (arguments, optional)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::Schema;
    use crate::ir::MethodValue;

    fn schema(models: Value) -> Schema {
        let mut schema = Schema::default();
        for (name, methods) in models.as_object().expect("an object") {
            let model =
                json!({"model": name, "fields": {"id": {"type": "integer"}}, "methods": methods});
            schema.insert(serde_json::from_value(model).expect("a model"));
        }
        schema
    }

    fn lowered(models: Value, toml: &str) -> (ir::Crate, Vec<String>) {
        let config = Config::parse(toml, "odx.toml".as_ref()).expect("a configuration");
        let (lowered, diagnostics) =
            crate::lower::lower(&schema(models), &config).expect("lowered");
        let diagnostics = diagnostics.iter().map(ToString::to_string).collect();
        (lowered, diagnostics)
    }

    fn rejected(models: Value, toml: &str) -> String {
        let config = Config::parse(toml, "odx.toml".as_ref()).expect("a configuration");
        let rejected = crate::lower::lower(&schema(models), &config);
        rejected.expect_err("rejected").to_string()
    }

    fn names(lowered: &ir::Crate) -> Vec<String> {
        let names = lowered.models.iter().flat_map(|model| {
            let methods = model.methods.iter();
            methods.map(|method| format!("{}.{}", model.wire, method.wire))
        });
        names.collect()
    }

    fn order() -> Value {
        json!({"sale.order": {"action_confirm": {}, "action_draft": {}, "message_post": {}}, "mail.message": {}})
    }

    #[test]
    fn no_method_has_a_function_unless_it_is_asked_for() {
        let (lowered, diagnostics) = lowered(order(), "");
        assert_eq!(names(&lowered), Vec::<String>::new());
        assert!(diagnostics.is_empty());
    }

    #[test]
    fn globs_choose_among_the_methods_of_the_schema_and_rules_name_one() {
        let (lowered, diagnostics) = lowered(
            order(),
            "[methods]\ninclude = [\"sale.*.action_*\"]\nexclude = [\"*.action_draft\"]\n\
             [[method]]\nname = \"mail.message.toggle\"\n[[method]]\nname = \"sale.order.message_post\"\n",
        );
        assert_eq!(
            names(&lowered),
            [
                "mail.message.toggle",
                "sale.order.action_confirm",
                "sale.order.message_post"
            ]
        );
        assert!(diagnostics.is_empty(), "{diagnostics:?}");
    }

    #[test]
    fn an_unknown_method_is_an_error_with_the_nearest_name() {
        let message = rejected(
            order(),
            "[methods]\ninclude = [\"sale.order.action_confrim\"]\n[[method]]\nname = \"sale.order.action_darft\"\n",
        );
        assert_eq!(
            message,
            "the schema and the configuration do not go together, and nothing was written:\
             \n  error: `[[method]] sale.order.action_darft`: `sale.order` has no method `action_darft`; did you mean `action_draft`?\
             \n  error: `[methods] include`: `sale.order` has no method `action_confrim`; did you mean `action_confirm`?"
        );
    }

    #[test]
    fn a_method_of_every_model_may_be_declared_beside_those_that_are_known() {
        let (lowered, _) = lowered(order(), "[[method]]\nname = \"sale.order.copy\"\n");
        assert_eq!(names(&lowered), ["sale.order.copy"]);
    }

    #[test]
    fn an_unknown_model_is_an_error_with_the_nearest_name() {
        let message = rejected(
            order(),
            "[[method]]\nname = \"sale.odrer.action_confirm\"\n\
             [[method]]\nname = \"sale.order.message_post\"\nreturns = \"id of mail.mesage\"\n",
        );
        assert!(
            message.contains("`[[method]] sale.odrer.action_confirm`: the model `sale.odrer` is not generated; did you mean `sale.order`?"),
            "{message}"
        );
        assert!(
            message.contains("`[[method]] sale.order.message_post`: the model `mail.mesage` is not generated; did you mean `mail.message`?"),
            "{message}"
        );
    }

    #[test]
    fn a_declaration_that_cannot_be_is_an_error() {
        let message = rejected(
            order(),
            "[[method]]\nname = \"action_confirm\"\n[[method]]\nname = \"mail.message._secret\"\n\
             [[method]]\nname = \"mail.message.x\"\nparameters = [{ name = \"a\" }, { name = \"a\" }]\n\
             [[method]]\nname = \"mail.message.y\"\n[[method]]\nname = \"mail.message.y\"\n",
        );
        for expected in [
            "`[[method]] action_confirm`: has no dot between model and method",
            "`[[method]] mail.message._secret`: is private",
            "`[[method]] mail.message.x`: has two parameters `a`",
            "`[[method]] mail.message.y`: is named twice",
        ] {
            assert!(message.contains(expected), "{expected}\n{message}");
        }
    }

    #[test]
    fn a_schema_without_methods_says_how_to_get_them() {
        let message = rejected(
            json!({"res.partner": {}}),
            "[methods]\ninclude = [\"res.partner.create_company\"]\n",
        );
        assert!(
            message.ends_with(
                "`res.partner.create_company`: the schema knows no methods of this model; \
                 pull them with `odx pull --methods` (Odoo 19 and on), or declare the method as [[method]]"
            ),
            "{message}"
        );
        let (_, diagnostics) = lowered(order(), "[methods]\ninclude = [\"*.toggle_*\"]\n");
        assert_eq!(
            diagnostics,
            ["warning: `[methods] include`: `*.toggle_*` matches no method of the schema"]
        );
    }

    #[test]
    fn a_series_that_documents_no_methods_has_those_that_odx_knows_from_its_source() {
        let mut schema = schema(json!({"sale.order": {}}));
        schema.meta.odoo_version = Some("16.0".to_owned());
        let lowered = |toml| {
            let config = Config::parse(toml, "odx.toml".as_ref()).expect("a configuration");
            crate::lower::lower(&schema, &config)
        };
        let (all, diagnostics) =
            lowered("[methods]\ninclude = [\"sale.order.action_*\"]\n").expect("lowered");
        let names = names(&all);
        assert!(names.contains(&"sale.order.action_confirm".to_owned()));
        assert!(
            !names.contains(&"sale.order.action_lock".to_owned()),
            "it came with 17"
        );
        assert!(diagnostics.is_empty(), "{diagnostics:?}");

        let declared = "[[method]]\nname = \"sale.order.action_of_ours\"\n";
        let (declared, _) = lowered(declared).expect("what odx does not know is declared");
        assert_eq!(declared.models[0].methods[0].wire, "action_of_ours");

        let unknown = lowered("[methods]\ninclude = [\"sale.order.action_of_ours\"]\n");
        let message = unknown.expect_err("rejected").to_string();
        assert!(
            message.contains("declare the method as [[method]]"),
            "{message}"
        );
    }

    #[test]
    fn a_result_is_what_the_configuration_says_or_what_odx_knows() {
        let result = |models: Value, method: &str, toml: &str| {
            let include = format!("{toml}\n[methods]\ninclude = [\"sale.order.*\"]\n");
            let (lowered, _) = lowered(models, &include);
            let models = lowered.models.into_iter();
            let mut methods = models.flat_map(|model| model.methods);
            let method = methods.find(|lowered| lowered.wire == method);
            method.expect("a method").returns
        };
        let confirm = |toml| result(order(), "action_confirm", toml);
        assert!(matches!(confirm(""), MethodValue::Boolean));
        assert!(matches!(
            confirm("[[method]]\nname = \"sale.order.action_confirm\"\nreturns = \"action\""),
            MethodValue::Action
        ));
        assert!(matches!(
            result(order(), "message_post", ""),
            MethodValue::Id(target) if target.wire == "mail.message"
        ));
        let alone = json!({"sale.order": {"message_post": {}}});
        assert!(matches!(
            result(alone, "message_post", ""),
            MethodValue::Json
        ));
    }

    #[test]
    fn what_may_be_left_out_is_set_by_name_and_what_follows_it_too() {
        let parameters = json!([
            {"name": "a"}, {"name": "b", "optional": true}, {"name": "c", "kind": "KEYWORD_ONLY"},
            {"name": "a"}, {"name": "rest", "kind": "VAR_KEYWORD"},
        ]);
        let models = json!({"m": {"x": {"parameters": parameters}}});
        let (lowered, _) = lowered(models, "[methods]\ninclude = [\"m.x\"]\n");
        let method = &lowered.models[0].methods[0];
        let arguments: Vec<_> = method
            .arguments
            .iter()
            .map(|argument| (argument.wire.as_str(), argument.given))
            .collect();
        assert_eq!(
            arguments,
            [("a", ir::Given::ByPosition), ("c", ir::Given::ByName)]
        );
        let call = method.call.as_ref().expect("a call");
        assert_eq!(call.parameters[0].wire, "b");
        assert!(call.names && !call.positions);
    }

    #[test]
    fn an_annotation_is_a_type_where_it_leaves_no_doubt() {
        assert!(matches!(annotated(Some("str | None")), MethodValue::Text));
        assert!(matches!(annotated(Some("int")), MethodValue::Integer));
        assert!(matches!(annotated(Some("list[int]")), MethodValue::Json));
        assert!(matches!(annotated(None), MethodValue::Json));
    }
}
