//! A domain as a user types it: JSON or Python's notation, checked against the snapshot.

use odx_codegen::schema::{Field, SelectionKey};
use odx_codegen::{Schema, closest, did_you_mean};
use odx_facts::{FieldType, Operator};
use serde_json::{Number, Value};

/// Nobody types a deeper one, and the stack holds it.
const DEEPEST: usize = 100;

/// Reads `[('is_company', '=', True)]` or `[["is_company", "=", true]]`.
///
/// # Errors
/// What is wrong, and at which character.
pub(crate) fn parse(text: &str) -> Result<Value, String> {
    const A_DOMAIN: &str = "a domain is a list of conditions, such as [('name', 'ilike', 'oak')]";
    if !text.trim_start().is_empty() && !text.trim_start().starts_with(['[', '(']) {
        return Err(A_DOMAIN.to_owned());
    }
    let mut reader = Reader { text, at: 0 };
    let value = reader.value(0)?;
    reader.skip_blanks();
    if reader.at < text.len() {
        return Err(reader.unexpected("the end"));
    }
    match value {
        Value::Array(_) => Ok(value),
        _ => Err(A_DOMAIN.to_owned()),
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.at += next.len_utf8();
        Some(next)
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.next();
        }
    }

    fn unexpected(&self, wanted: &str) -> String {
        let place = self.text[..self.at].chars().count() + 1;
        match self.peek() {
            Some(found) => {
                format!("character {place}: {wanted} was expected, and `{found}` stands there")
            }
            None => format!("character {place}: {wanted} was expected, and the domain ends there"),
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, String> {
        if depth > DEEPEST {
            return Err(format!("the domain is nested more than {DEEPEST} deep"));
        }
        self.skip_blanks();
        match self.peek() {
            Some('[') => self.list(']', depth),
            Some('(') => self.list(')', depth),
            Some(quote @ ('\'' | '"')) => self.string(quote),
            Some('-' | '0'..='9') => self.number(),
            Some(letter) if letter.is_alphabetic() => self.word(),
            _ => Err(self.unexpected("a value")),
        }
    }

    /// A list or a tuple. In Python a value in parentheses is no tuple without a comma.
    fn list(&mut self, end: char, depth: usize) -> Result<Value, String> {
        self.next();
        let mut items = Vec::new();
        let mut commas = 0;
        loop {
            self.skip_blanks();
            if self.peek() == Some(end) {
                self.next();
                let is_tuple = end == ']' || commas > 0 || items.is_empty();
                return Ok(match is_tuple {
                    true => Value::Array(items),
                    false => items.remove(0),
                });
            }
            if items.len() > commas {
                return Err(self.unexpected("a comma or the end of the list"));
            }
            items.push(self.value(depth + 1)?);
            self.skip_blanks();
            if self.peek() == Some(',') {
                self.next();
                commas += 1;
            }
        }
    }

    fn string(&mut self, quote: char) -> Result<Value, String> {
        self.next();
        let mut text = String::new();
        loop {
            match self.next() {
                None => return Err(self.unexpected("the end of a text")),
                Some(end) if end == quote => return Ok(text.into()),
                Some('\\') => text.push(self.escaped()?),
                Some(letter) => text.push(letter),
            }
        }
    }

    fn escaped(&mut self) -> Result<char, String> {
        Ok(match self.next() {
            Some('n') => '\n',
            Some('t') => '\t',
            Some('r') => '\r',
            Some('x') => self.code(2)?,
            Some('u') => self.code(4)?,
            Some(itself @ ('\\' | '\'' | '"' | '/')) => itself,
            _ => {
                return Err(
                    self.unexpected("an escape that is known (\\n \\t \\r \\x \\u \\\\ \\' \\\")")
                );
            }
        })
    }

    fn code(&mut self, digits: usize) -> Result<char, String> {
        let code = self.text.get(self.at..self.at + digits);
        let code = code.and_then(|code| u32::from_str_radix(code, 16).ok());
        let code = code.and_then(char::from_u32);
        let code = code.ok_or_else(|| self.unexpected("the code of a character"))?;
        self.at += digits;
        Ok(code)
    }

    fn number(&mut self) -> Result<Value, String> {
        let start = self.at;
        while self
            .peek()
            .is_some_and(|c| c.is_ascii_digit() || matches!(c, '-' | '+' | '.' | 'e' | 'E'))
        {
            self.next();
        }
        let number: Result<Number, _> = self.text[start..self.at].parse();
        number.map(Value::Number).map_err(|_| {
            self.at = start;
            self.unexpected("a number")
        })
    }

    fn word(&mut self) -> Result<Value, String> {
        let start = self.at;
        while self.peek().is_some_and(|c| c.is_alphanumeric() || c == '_') {
            self.next();
        }
        match &self.text[start..self.at] {
            "True" | "true" => Ok(true.into()),
            "False" | "false" => Ok(false.into()),
            "None" | "null" => Ok(Value::Null),
            _ => {
                self.at = start;
                Err(self.unexpected("a text in quotes, a number, True, False or None"))
            }
        }
    }
}

/// Compares a domain with what the snapshot knows of its fields. Models that it does not hold are left to Odoo.
///
/// # Errors
/// What is wrong with the first condition that is wrong.
pub(crate) fn check(domain: &Value, model: &str, schema: Option<&Schema>) -> Result<(), String> {
    let Value::Array(items) = domain else {
        return Err("a domain is a list".to_owned());
    };
    // As Odoo reads it, from the right: an operator joins the conditions that follow it.
    let mut joined = 0_usize;
    for item in items.iter().rev() {
        let needed = match item {
            Value::String(operator) => match operator.as_str() {
                "!" => 1,
                "&" | "|" => 2,
                _ => {
                    return Err(format!(
                        "`{operator}` is none of the operators \"&\", \"|\" and \"!\""
                    ));
                }
            },
            condition => {
                check_condition(condition, model, schema)?;
                joined += 1;
                continue;
            }
        };
        if joined < needed {
            return Err(format!(
                "{item} joins {needed} of the conditions that follow it, but there are fewer"
            ));
        }
        joined -= needed - 1;
    }
    Ok(())
}

fn check_condition(condition: &Value, model: &str, schema: Option<&Schema>) -> Result<(), String> {
    let parts = condition.as_array().map(Vec::as_slice);
    let Some([path, Value::String(operator), value]) = parts else {
        return Err(format!(
            "{condition} is no condition: it should be [field, operator, value]"
        ));
    };
    let Value::String(path) = path else {
        // The constants [1, "=", 1] and [0, "=", 1].
        return match path.is_number() && operator == "=" && *value == 1 {
            true => Ok(()),
            false => Err(format!("{condition} is no condition: a field is a text")),
        };
    };
    let Some(operator) = Operator::parse(operator) else {
        return Err(format!(
            "`{operator}` is not an operator, in the condition on `{path}`; {}",
            meant_or_all(operator)
        ));
    };
    let target = match schema {
        Some(schema) => check_path(path, model, schema)?,
        None => None,
    };
    match target {
        Some(Target::Model(target))
            if matches!(operator, Operator::Any | Operator::NotAny) && value.is_array() =>
        {
            check(value, target, schema)
        }
        Some(Target::Selection(field)) => check_keys(path, field, operator, value),
        _ => Ok(()),
    }
}

/// The operator that was likely meant, or all that there are.
fn meant_or_all(operator: &str) -> String {
    let nearest = || closest(operator, Operator::all().map(Operator::as_str));
    let meant = Operator::meant_by(operator);
    match meant.or_else(|| nearest().and_then(Operator::parse)) {
        Some(meant) => format!("did you mean {}?", meant.told()),
        None => format!("there are {}", Operator::list()),
    }
}

/// Refuses a key that the selection does not have: Odoo finds no record by it, and says nothing.
fn check_keys(path: &str, field: &Field, operator: Operator, value: &Value) -> Result<(), String> {
    let is_among = matches!(
        operator,
        Operator::Eq | Operator::Ne | Operator::In | Operator::NotIn
    );
    let keys = field.selection.iter().map(|(key, _)| match key {
        SelectionKey::Text(key) => Some(key.as_str()),
        _ => None,
    });
    // Keys that are no texts are of fields that only look like a selection.
    let keys: Vec<&str> = keys.collect::<Option<_>>().unwrap_or_default();
    if !is_among || keys.is_empty() {
        return Ok(());
    }
    let given = value
        .as_array()
        .map_or(std::slice::from_ref(value), Vec::as_slice);
    let mut given = given.iter().filter_map(Value::as_str);
    match given.find(|given| !given.is_empty() && keys.iter().all(|key| key != given)) {
        None => Ok(()),
        Some(given) => {
            let likely = did_you_mean(closest(given, keys.iter().copied()));
            Err(format!(
                "`{given}` is no key of `{path}`, which has `{}`{likely}",
                keys.join("`, `")
            ))
        }
    }
}

/// What a path leads to.
#[derive(Clone, Copy)]
enum Target<'a> {
    Model(&'a str),
    Selection(&'a Field),
}

/// What a path leads to, as far as the snapshot tells.
fn check_path<'a>(
    path: &str,
    model: &str,
    schema: &'a Schema,
) -> Result<Option<Target<'a>>, String> {
    let Some(mut model) = schema.model(model) else {
        return Ok(None);
    };
    let mut steps = path.split('.').peekable();
    while let Some(step) = steps.next() {
        let Some(field) = model.fields.get(step) else {
            let likely = did_you_mean(model.closest(step));
            return Err(format!(
                "`{}` has no field `{step}`, in the condition on `{path}`{likely}",
                model.model
            ));
        };
        if !field.searchable {
            return Err(format!(
                "Odoo cannot search on `{path}`: filter on a stored field; Odoo 14 to 18 would match every record"
            ));
        }
        let Some(relation) = &field.relation else {
            // A date has parts behind a dot, a property its own names.
            let has_parts =
                FieldType::of(&field.field_type).is_date() || field.definition_record.is_some();
            let is_last = steps.peek().is_none();
            if is_last && FieldType::of(&field.field_type) == FieldType::Selection {
                return Ok(Some(Target::Selection(field)));
            }
            return match is_last || has_parts {
                true => Ok(None),
                false => Err(format!(
                    "`{step}` of `{}` leads to no other field, in the condition on `{path}`",
                    model.model
                )),
            };
        };
        match schema.model(relation) {
            Some(next) => model = next,
            None => return Ok(None),
        }
    }
    Ok(Some(Target::Model(&model.model)))
}

#[cfg(test)]
mod tests {
    use odx_codegen::schema::Meta;
    use serde_json::json;

    use super::*;

    #[test]
    fn a_domain_is_read_in_both_notations() {
        let python = r#"[ '|', ('name', 'ilike', 'd\'Oak é'), ("id", 'in', (1, -2,)), ('ref', '=', None), ('active','=',False)]"#;
        let same = json!([
            "|",
            ["name", "ilike", "d'Oak é"],
            ["id", "in", [1, -2]],
            ["ref", "=", null],
            ["active", "=", false]
        ]);
        assert_eq!(parse(python), Ok(same.clone()));
        assert_eq!(parse(&same.to_string()), Ok(same));
        assert_eq!(parse("[]"), Ok(json!([])));
        assert_eq!(
            parse("[('amount', '>', 1.5e3)]"),
            Ok(json!([["amount", ">", 1.5e3]]))
        );
    }

    #[test]
    fn what_is_no_domain_is_told_with_its_place() {
        for (text, message) in [
            ("[('name', '=', x)]", "character 16: a text in quotes"),
            (
                "[('name' '=')]",
                "character 10: a comma or the end of the list",
            ),
            ("[('name'", "the domain ends there"),
            ("[] []", "character 4: the end"),
            ("'name'", "a domain is a list"),
            ("", "character 1: a value"),
            ("['\\uzzzz']", "the code of a character"),
            ("[1-1]", "a number"),
        ] {
            let error = parse(text).expect_err(text);
            assert!(error.contains(message), "{text}: {error}");
        }
        assert!(parse(&"[".repeat(100_000)).is_err());
    }

    #[test]
    fn a_key_that_a_selection_does_not_have_is_refused() {
        let selection = json!([["draft", "Quotation"], ["sale", "Order"]]);
        let fields =
            json!({"state": {"type": "selection", "searchable": true, "selection": selection}});
        let answers = [("sale.order".to_owned(), fields)];
        let (schema, _) = Schema::from_fields_get(answers, &[], Meta::default());
        let check = |condition: Value| check(&json!([condition]), "sale.order", Some(&schema));
        let refused = check(json!(["state", "=", "sales"])).expect_err("no key");
        assert_eq!(
            refused,
            "`sales` is no key of `state`, which has `draft`, `sale`; did you mean `sale`?"
        );
        assert!(check(json!(["state", "not in", ["sale", "x"]])).is_err());
        for good in [
            json!(["state", "in", ["sale", "draft"]]),
            json!(["state", "=", false]),
            json!(["state", "ilike", "sal"]),
        ] {
            assert_eq!(check(good.clone()), Ok(()), "{good}");
        }
    }

    #[test]
    fn operators_join_what_follows_them() {
        for (text, is_good) in [
            ("['|', ('a','=',1), ('b','=',1)]", true),
            ("['!', ('a','=',1), ('b','=',1)]", true),
            ("['|', ('a','=',1)]", false),
            ("['!']", false),
            ("[('a','=',1), '&']", false),
            ("['and', ('a','=',1)]", false),
            ("[('a','~',1)]", false),
            ("[(1,'=',1)]", true),
            ("[('a','=')]", false),
        ] {
            let domain = parse(text).expect("a list");
            assert_eq!(check(&domain, "m", None).is_ok(), is_good, "{text}");
        }
    }
}
