//! Names: from Odoo's to Rust's.
//!
//! A name that is a Rust identifier already stays as it is. Any other is spelled with ASCII letters, digits and
//! underscores. Of two that come out the same, the one that had to be changed, or else the later in order, is numbered.

use std::collections::{BTreeMap, HashMap, HashSet};

use heck::ToUpperCamelCase;

use super::types;
use crate::ir::Key;

/// Longest identifier, in bytes. Files are named after modules, and must fit every file system.
const LONGEST: usize = 100;

/// The keywords of all editions, with those that are only reserved.
const KEYWORDS: [&str; 51] = [
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate",
    "do", "dyn", "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl",
    "in", "let", "loop", "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref",
    "return", "self", "static", "struct", "super", "trait", "true", "try", "type", "typeof",
    "unsafe", "unsized", "use", "virtual", "where", "while", "yield",
];

/// Keywords that `r#` does not make identifiers, and the underscore, which is none.
const NEVER_RAW: [&str; 5] = ["Self", "_", "crate", "self", "super"];

/// Modules that would hide a crate, or would be one of odx's own.
const RESERVED_MODULES: [&str; 10] = [
    "alloc",
    "core",
    "lib",
    "main",
    "mod",
    "not_generated",
    "odx_runtime",
    "prelude",
    "proc_macro",
    "std",
];

/// Files that are devices on Windows, beside those with a number.
const DEVICES: [&str; 4] = ["aux", "con", "nul", "prn"];

/// The types and traits of Rust's prelude: a model of that name would hide them in its file.
const PRELUDE: [&str; 44] = [
    "AsMut",
    "AsRef",
    "AsyncFn",
    "AsyncFnMut",
    "AsyncFnOnce",
    "Box",
    "Clone",
    "Copy",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Into",
    "IntoFuture",
    "IntoIterator",
    "Iterator",
    "None",
    "Ok",
    "Option",
    "Ord",
    "PartialEq",
    "PartialOrd",
    "Result",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "Unpin",
    "Vec",
];

/// What a generated model has functions for already, and a constant.
const MODEL_FUNCTIONS: [&str; 32] = [
    "F",
    "all",
    "attach",
    "call",
    "changes",
    "clone",
    "create",
    "create_many",
    "default",
    "download",
    "exists",
    "fmt",
    "from",
    "get",
    "get_as",
    "group_as",
    "group_by",
    "import",
    "into",
    "matching",
    "meta",
    "name_search",
    "read",
    "read_as",
    "report",
    "search",
    "translate",
    "translations",
    "unlink",
    "upload",
    "values",
    "write",
];

/// What the function of a method has arguments for already.
const ARGUMENTS: [&str; 2] = ["ids", "odoo"];

/// What a call of a method has functions for already.
const CALL_FUNCTIONS: [&str; 3] = ["arg", "kwarg", "send"];

/// Whether `name` can be an identifier as it stands, or as `r#name`.
pub(super) fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    let starts = bytes
        .next()
        .is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_');
    starts
        && name.len() <= LONGEST
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !NEVER_RAW.contains(&name)
}

/// Whether a model is named as Odoo names models.
pub(super) fn is_ordinary_model(model: &str) -> bool {
    model
        .bytes()
        .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'))
}

/// Whether `name` can be an identifier only as `r#name`.
pub(super) fn is_keyword(name: &str) -> bool {
    KEYWORDS.contains(&name)
}

/// `name` with `r#` where it is a keyword.
fn raw(name: &str) -> String {
    match is_keyword(name) {
        true => format!("r#{name}"),
        false => name.to_owned(),
    }
}

/// The identifiers of a model's fields, by wire name.
pub(super) fn fields<'a>(wire: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    idents(wire, &[])
}

/// The identifiers of a model's methods, by wire name.
pub(super) fn methods<'a>(wire: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    idents(wire, &MODEL_FUNCTIONS)
}

/// The identifiers of a method's required parameters, by wire name.
pub(super) fn arguments<'a>(wire: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    idents(wire, &ARGUMENTS)
}

/// The identifiers of a method's optional parameters, by wire name.
pub(super) fn setters<'a>(wire: impl IntoIterator<Item = &'a str>) -> BTreeMap<&'a str, String> {
    idents(wire, &CALL_FUNCTIONS)
}

/// An identifier for each name; those in `reserved` get underscores.
fn idents<'a>(
    wire: impl IntoIterator<Item = &'a str>,
    reserved: &[&str],
) -> BTreeMap<&'a str, String> {
    let mut wire: Vec<&str> = wire.into_iter().collect();
    wire.sort_unstable();
    let (legal, others): (Vec<&str>, Vec<&str>) = wire
        .into_iter()
        .partition(|name| is_identifier(name) && !reserved.contains(name));
    let mut names = Names::default();
    reserved.iter().for_each(|name| names.take(name));
    let mut idents: BTreeMap<&str, String> = BTreeMap::new();
    for name in legal {
        names.take(name);
        idents.insert(name, raw(name));
    }
    for name in others {
        let ident = match NEVER_RAW.contains(&name) || reserved.contains(&name) {
            true => names.claim_with_underscores(name),
            false => names.claim(&snake(name)),
        };
        idents.insert(name, raw(&ident));
    }
    idents
}

/// The names of types and modules in a generated crate, which stand side by side in its index. Models come before what
/// belongs to them, so that `ir.model.fields` is `IrModelFields` and the handles of `ir.model` are not.
pub(super) struct CrateNames {
    names: Names,
}

impl CrateNames {
    pub(super) fn new() -> Self {
        let mut names = Names::default();
        (reserved_types().chain(RESERVED_MODULES)).for_each(|name| names.take(name));
        Self { names }
    }

    /// Gives a model the name that its user chose, if it is free.
    pub(super) fn take_type(&mut self, name: &str) -> bool {
        let free = self.names.is_free(name);
        self.names.take(name);
        free
    }

    /// `res.partner` is `ResPartner`.
    pub(super) fn model_type(&mut self, model: &str) -> String {
        let mut name = camel(model, "Model");
        if name.starts_with('_') {
            // What begins with a digit would be no name of a type, and that of its module.
            name = format!("Model{}", name.trim_start_matches('_'));
        }
        match reserved_types().any(|reserved| reserved == name) {
            true => self.names.claim_camel(&format!("{name}Model")),
            false => self.names.claim_camel(&name),
        }
    }

    /// A model that is not generated, beside which stands a trait of its name. Both have a parameter `T`.
    pub(super) fn missing_model(&mut self, model: &str) -> String {
        self.names.take("T");
        loop {
            let name = self.model_type(model);
            let generated = format!("{name}IsGenerated");
            if self.names.is_free(&generated) {
                self.names.take(&generated);
                return name;
            }
        }
    }

    /// The handles of `ResPartner` are `ResPartnerFields`.
    pub(super) fn handles(&mut self, model_type: &str) -> String {
        self.names.claim_camel(&format!("{model_type}Fields"))
    }

    /// The selection `state` of `SaleOrder` is `SaleOrderState`.
    pub(super) fn selection(&mut self, model_type: &str, field: &str) -> String {
        self.names
            .claim_camel(&cut(format!("{model_type}{}", camel(field, "Selection"))))
    }

    /// A call of the method `message_post` of `SaleOrder` is a `SaleOrderMessagePost`.
    pub(super) fn method_call(&mut self, model_type: &str, method: &str) -> String {
        self.names
            .claim_camel(&cut(format!("{model_type}{}", camel(method, "Call"))))
    }

    /// `res.partner` is `res_partner`.
    pub(super) fn module(&mut self, model: &str) -> String {
        let name = snake(model).to_ascii_lowercase();
        match is_keyword(&name) || is_reserved_module(&name) {
            true => self.names.claim(&format!("{name}_model")),
            false => self.names.claim(&name),
        }
    }
}

fn is_reserved_module(name: &str) -> bool {
    RESERVED_MODULES.contains(&name) || is_device(name)
}

/// Whether a file of that name is a device on Windows, whatever its extension.
fn is_device(name: &str) -> bool {
    let numbered = ["com", "lpt"]
        .iter()
        .find_map(|device| name.strip_prefix(device));
    DEVICES.contains(&name) || numbered.is_some_and(|rest| matches!(rest.as_bytes(), [b'0'..=b'9']))
}

fn reserved_types() -> impl Iterator<Item = &'static str> {
    PRELUDE.into_iter().chain(types::runtime_names())
}

/// The variants of a selection, in the order of its keys. Named from the key, never the label, which is translated.
pub(super) fn variants<'a>(keys: impl IntoIterator<Item = &'a Key>) -> Vec<String> {
    let keys: Vec<String> = keys
        .into_iter()
        .map(|key| match key {
            Key::Text(key) => key.clone(),
            Key::Integer(key) => key.to_string(),
        })
        .collect();
    let plain: Vec<String> = keys.iter().map(|key| camel(key, "Empty")).collect();
    let mut uses: HashMap<&str, usize> = HashMap::new();
    for name in &plain {
        *uses.entry(name).or_default() += 1;
    }
    // Where keys differ in symbols alone (`GMT-0` and `GMT0`), the symbols are spelled.
    let wanted: Vec<String> = (keys.iter().zip(&plain))
        .map(|(key, name)| match uses[name.as_str()] {
            1 => name.clone(),
            _ => camel(&spelled(key), "Empty"),
        })
        .collect();
    let mut names = Names::default();
    names.take("Other");
    names.take("Self");
    let unique = wanted.iter().map(|name| match name.as_str() {
        "Other" | "Self" => names.claim_camel(&format!("{name}Key")),
        name => names.claim_camel(name),
    });
    unique.collect()
}

/// Names that are given out once.
#[derive(Default)]
struct Names {
    taken: HashSet<String>,
    /// The last number given to a name, so that many equal names take linear time.
    numbers: HashMap<String, usize>,
}

impl Names {
    fn take(&mut self, name: &str) {
        self.taken.insert(name.to_owned());
    }

    fn is_free(&self, name: &str) -> bool {
        !self.taken.contains(name)
    }

    /// `name`, or else the first of `name_2`, `name_3`, ... that is free.
    fn claim(&mut self, name: &str) -> String {
        self.claim_numbered(name, "_")
    }

    /// `Name`, or else the first of `Name2`, `Name3`, ... that is free.
    fn claim_camel(&mut self, name: &str) -> String {
        let separator = if name.ends_with(|last: char| last.is_ascii_digit()) {
            "_"
        } else {
            ""
        };
        self.claim_numbered(name, separator)
    }

    fn claim_numbered(&mut self, name: &str, separator: &str) -> String {
        if self.taken.insert(name.to_owned()) {
            return name.to_owned();
        }
        let number = self.numbers.entry(name.to_owned()).or_insert(1);
        loop {
            *number += 1;
            let numbered = format!("{name}{separator}{number}");
            if self.taken.insert(numbered.clone()) {
                return numbered;
            }
        }
    }

    /// `name` with as many underscores as it takes.
    fn claim_with_underscores(&mut self, name: &str) -> String {
        let mut longer = format!("{name}_");
        while !self.taken.insert(longer.clone()) {
            longer.push('_');
        }
        longer
    }
}

/// ASCII letters, digits and underscores, all others an underscore each.
fn snake(name: &str) -> String {
    let mut snake: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if !snake.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        snake.insert(0, '_');
    }
    let snake = cut(snake);
    match is_identifier(&snake) {
        true => snake,
        false => snake + "_",
    }
}

/// The words of a name in upper camel case; digits of two words are kept apart (`1.2` is `_1_2`).
fn camel(name: &str, empty: &str) -> String {
    let mut camel = String::new();
    for word in words(name) {
        let starts_with_digit = word.starts_with(|c: char| c.is_ascii_digit());
        if starts_with_digit && (camel.is_empty() || camel.ends_with(|c: char| c.is_ascii_digit()))
        {
            camel.push('_');
        }
        camel.push_str(&word.to_upper_camel_case());
    }
    match camel.is_empty() {
        true if name.is_empty() => empty.to_owned(),
        true => camel_of_symbols(name, empty),
        false => cut(camel),
    }
}

fn camel_of_symbols(name: &str, empty: &str) -> String {
    let spelled = spelled(name);
    match words(&spelled).next() {
        Some(_) => camel(&spelled, empty),
        None => empty.to_owned(),
    }
}

/// The ASCII words of a name; a minus before a leading number, and letters of other scripts, are words of their own.
fn words(name: &str) -> impl Iterator<Item = String> {
    let negative = name
        .strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let text: String = name
        .chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() => c.to_string(),
            c if c.is_alphanumeric() => format!(" {} ", code_point(c)),
            _ => " ".to_owned(),
        })
        .collect();
    let words: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    negative
        .then(|| "minus".to_owned())
        .into_iter()
        .chain(words)
}

/// A name with its symbols in words.
fn spelled(name: &str) -> String {
    let mut spelled = String::new();
    for c in name.chars() {
        match SYMBOLS.iter().find(|(symbol, _)| *symbol == c) {
            Some((_, word)) => spelled.push_str(&format!(" {word} ")),
            None if c.is_ascii_alphanumeric() => spelled.push(c),
            None => spelled.push_str(&format!(" {} ", code_point(c))),
        }
    }
    spelled
}

const SYMBOLS: [(char, &str); 33] = [
    (' ', ""),
    ('!', "not"),
    ('"', "quote"),
    ('#', "hash"),
    ('$', "dollar"),
    ('%', "percent"),
    ('&', "and"),
    ('\'', "apostrophe"),
    ('(', "open"),
    (')', "close"),
    ('*', "star"),
    ('+', "plus"),
    (',', "comma"),
    ('-', "minus"),
    ('.', "dot"),
    ('/', "slash"),
    (':', "colon"),
    (';', "semicolon"),
    ('<', "less"),
    ('=', "equal"),
    ('>', "greater"),
    ('?', "question"),
    ('@', "at"),
    ('[', "open bracket"),
    ('\\', "backslash"),
    (']', "close bracket"),
    ('^', "caret"),
    ('_', "underscore"),
    ('`', "backtick"),
    ('{', "open brace"),
    ('|', "or"),
    ('}', "close brace"),
    ('~', "tilde"),
];

fn code_point(c: char) -> String {
    format!("u{:04x}", u32::from(c))
}

/// At most [`LONGEST`] bytes of an ASCII name, with room for a number.
fn cut(mut name: String) -> String {
    const ROOM_FOR_A_NUMBER: usize = 10;
    if name.len() > LONGEST - ROOM_FOR_A_NUMBER {
        name.truncate(LONGEST - ROOM_FOR_A_NUMBER);
    }
    name
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn field(names: &[&str], wire: &str) -> String {
        fields(names.iter().copied())[wire].clone()
    }

    fn variants_of(keys: &[&str]) -> Vec<String> {
        let keys: Vec<Key> = keys
            .iter()
            .map(|key| Key::Text((*key).to_owned()))
            .collect();
        variants(&keys)
    }

    #[test]
    fn fields_keep_odoos_names() {
        for name in [
            "name",
            "_barcode_scanned",
            "l10n_tw_edi_ecpay_hashIV",
            "UPPER_Case",
            "x_studio_07",
            "union",
            "auto",
        ] {
            assert_eq!(field(&[name], name), name);
        }
    }

    #[test]
    fn keywords_of_any_edition_become_raw() {
        for name in [
            "type", "ref", "abstract", "match", "async", "gen", "try", "yield",
        ] {
            assert_eq!(field(&[name], name), format!("r#{name}"));
        }
    }

    #[test]
    fn keywords_that_cannot_be_raw_get_underscores_until_they_are_free() {
        assert_eq!(field(&["self"], "self"), "self_");
        assert_eq!(field(&["self", "self_"], "self"), "self__");
        assert_eq!(field(&["self", "self_"], "self_"), "self_");
        assert_eq!(field(&["crate", "super", "_"], "_"), "__");
    }

    #[test]
    fn a_method_gives_way_to_what_every_model_has() {
        let idents = methods(["search", "search_", "action_confirm", "type", "do it"]);
        let idents: Vec<&str> = idents.values().map(String::as_str).collect();
        assert_eq!(
            idents,
            ["action_confirm", "do_it", "search__", "search_", "r#type"]
        );
        assert_eq!(arguments(["odoo", "ids", "self"])["odoo"], "odoo_");
        assert_eq!(setters(["send", "kwarg"])["send"], "send_");
    }

    #[test]
    fn names_that_are_no_identifiers_are_spelled_and_give_way_to_those_that_are() {
        let names = ["a b", "a-b", "a_b", "1st", "", "é"];
        assert_eq!(field(&names, "a_b"), "a_b");
        assert_eq!(field(&names, "a b"), "a_b_2");
        assert_eq!(field(&names, "a-b"), "a_b_3");
        assert_eq!(field(&names, "1st"), "_1st");
        assert_eq!(field(&names, ""), "__");
        assert_eq!(field(&names, "é"), "___2");
    }

    #[test]
    fn models_are_camel_case_types_in_snake_case_modules() {
        let mut names = CrateNames::new();
        assert_eq!(names.model_type("res.partner"), "ResPartner");
        assert_eq!(names.module("res.partner"), "res_partner");
        assert_eq!(names.model_type("l10n_us.tax_form"), "L10nUsTaxForm");
        assert_eq!(
            names.model_type("report.product.report_producttemplatelabel4x12noprice"),
            "ReportProductReportProducttemplatelabel4x12noprice"
        );
    }

    #[test]
    fn models_that_come_out_the_same_are_numbered() {
        let mut names = CrateNames::new();
        assert_eq!(names.model_type("a.b"), "AB");
        assert_eq!(names.model_type("a_b"), "AB2");
        assert_eq!(names.module("a.b"), "a_b");
        assert_eq!(names.module("a_b"), "a_b_2");
        assert_eq!(names.module("A.B"), "a_b_3");
    }

    #[test]
    fn a_model_that_begins_with_a_digit_has_a_name_of_a_type() {
        let mut names = CrateNames::new();
        assert_eq!(names.model_type("1a"), "Model1a");
        assert_eq!(names.module("1a"), "_1a");
        assert_eq!(names.model_type("model.1a"), "Model1a2");
        assert_eq!(names.selection("Model1a", "9"), "Model1a_9");
    }

    #[test]
    fn a_missing_model_and_its_trait_have_names_of_their_own() {
        let mut names = CrateNames::new();
        assert_eq!(names.missing_model("a"), "A");
        assert_eq!(names.missing_model("a.is_generated"), "AIsGenerated2");
        assert_eq!(names.missing_model("b.is_generated"), "BIsGenerated");
        assert_eq!(names.missing_model("b"), "B2");
        assert_eq!(names.missing_model("t"), "T2");
    }

    #[test]
    fn a_module_gives_way_to_a_type_that_its_user_named_so() {
        let mut names = CrateNames::new();
        assert!(names.take_type("res_partner"));
        assert_eq!(names.module("res.partner"), "res_partner_2");
        assert!(!names.take_type("not_generated"));
    }

    #[test]
    fn no_file_is_a_device() {
        let mut names = CrateNames::new();
        for device in ["con", "com1", "lpt9", "nul"] {
            assert_eq!(names.module(device), format!("{device}_model"));
        }
        assert_eq!(names.module("com10"), "com10");
    }

    #[test]
    fn models_hide_no_name_that_generated_code_uses() {
        let mut names = CrateNames::new();
        assert_eq!(names.model_type("option"), "OptionModel");
        assert_eq!(names.model_type("field"), "FieldModel");
        assert_eq!(names.model_type("_unknown"), "UnknownModel");
        assert_eq!(names.module("std"), "std_model");
        assert_eq!(names.module("type"), "type_model");
        assert_eq!(names.module("../../lib"), "______lib");
    }

    #[test]
    fn handles_give_way_to_a_model_of_their_name() {
        let mut names = CrateNames::new();
        let model = names.model_type("ir.model");
        assert_eq!(names.model_type("ir.model.fields"), "IrModelFields");
        assert_eq!(names.handles(&model), "IrModelFields2");
    }

    #[test]
    fn variants_are_named_from_keys() {
        let names = |key| variants_of(&[key]).remove(0);
        assert_eq!(names("to invoice"), "ToInvoice");
        assert_eq!(names("HALF-UP"), "HalfUp");
        assert_eq!(names("VATEX-EU-132-1A"), "VatexEu132_1a");
        assert_eq!(names("0002"), "_0002");
        assert_eq!(names("-1"), "Minus1");
        assert_eq!(names(""), "Empty");
        assert_eq!(names("<="), "LessEqual");
        assert_eq!(names("%H:%M:%S"), "HMS");
        assert_eq!(names("[3,0]"), "_3_0");
        assert_eq!(names("in"), "In");
        assert_eq!(names("other"), "OtherKey");
        assert_eq!(names("self"), "SelfKey");
        assert_eq!(names("é"), "U00e9");
        assert_eq!(names("🎉"), "U1f389");
    }

    #[test]
    fn keys_that_differ_in_symbols_alone_are_told_apart() {
        assert_eq!(variants_of(&["1", "-1"]), ["_1", "Minus1"]);
        assert_eq!(
            variants_of(&["<", "<=", ">", ">=", "=="]),
            ["Less", "LessEqual", "Greater", "GreaterEqual", "EqualEqual"]
        );
        assert_eq!(
            variants_of(&["GMT-0", "GMT0", "GMT+0"]),
            ["GmtMinus0", "Gmt0", "GmtPlus0"]
        );
        assert_eq!(variants_of(&["a", "A", "A2"]), ["A", "A2", "A2_2"]);
        assert_eq!(
            variants_of(&["other", "other_", "Other"]),
            ["OtherKey", "OtherUnderscore", "OtherKey2"]
        );
    }

    proptest! {
        #[test]
        fn any_fields_have_identifiers_of_their_own(wire in proptest::collection::btree_set("\\PC{0,12}|[a-z_ .-]{0,3}|self_{0,2}", 0..60)) {
            let idents = fields(wire.iter().map(String::as_str));
            let distinct: HashSet<&String> = idents.values().collect();
            prop_assert_eq!(distinct.len(), wire.len());
            for ident in idents.values() {
                prop_assert!(syn::parse_str::<syn::Ident>(ident).is_ok(), "{ident}");
            }
        }

        #[test]
        fn any_keys_have_variants_of_their_own(keys in proptest::collection::btree_set("\\PC{0,12}|[-+0-9a-zA-Z_. ]{0,3}", 0..60)) {
            let names = variants(&keys.iter().cloned().map(Key::Text).collect::<Vec<_>>());
            let distinct: HashSet<&String> = names.iter().collect();
            prop_assert_eq!(distinct.len(), keys.len());
            for name in &names {
                prop_assert!(syn::parse_str::<syn::Ident>(name).is_ok(), "{name}");
                prop_assert!(name != "Other");
                prop_assert!(name.len() <= LONGEST + 10);
            }
        }

        #[test]
        fn any_models_have_types_and_files_of_their_own(models in proptest::collection::btree_set("\\PC{0,12}|[a-zA-Z_.]{0,4}|[a-z]{200}", 0..60)) {
            let mut names = CrateNames::new();
            let mut types = HashSet::new();
            let mut modules = HashSet::new();
            for model in &models {
                let type_name = names.model_type(model);
                let module = names.module(model);
                prop_assert!(syn::parse_str::<syn::Ident>(&type_name).is_ok(), "{type_name}");
                prop_assert!(syn::parse_str::<syn::Ident>(&module).is_ok(), "{module}");
                prop_assert!(module.len() <= LONGEST && module == module.to_ascii_lowercase());
                types.insert(type_name);
                modules.insert(module);
            }
            prop_assert_eq!(types.len(), models.len());
            prop_assert_eq!(modules.len(), models.len());
        }
    }
}
