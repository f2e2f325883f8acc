//! Documentation from Odoo's labels and help texts, which anybody may have written.

use crate::ir::{Field, Kind, Method, Model, Parameter, Target};

/// Text as one line of Markdown that shows as it is: no list, link, HTML, code or doctest comes of it.
pub(crate) fn plain(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut previous = ' ';
    let mut chars = text
        .chars()
        .map(|c| if c.is_whitespace() { ' ' } else { c })
        .peekable();
    while let Some(c) = chars.next() {
        // Control characters, and those that turn the direction of text around, show something else than what is there.
        if is_unseen(c) || (c == ' ' && previous == ' ') {
            continue;
        }
        let at_start = plain.bytes().all(|byte| byte.is_ascii_digit());
        let marks_a_list = at_start
            && (matches!(c, '-' | '+' | '=' | ':')
                || (!plain.is_empty() && matches!(c, '.' | ')')));
        // `://` makes a bare URL, of which rustdoc complains.
        let marks_a_url = c == '/' && previous == ':';
        // Between letters an underscore is one.
        let marks_emphasis = c == '_'
            && !(previous.is_alphanumeric()
                && chars.peek().is_some_and(|next| next.is_alphanumeric()));
        let marks_more = matches!(
            c,
            '\\' | '`' | '*' | '[' | ']' | '<' | '>' | '#' | '|' | '~' | '$' | '&'
        );
        if marks_a_list || marks_a_url || marks_emphasis || marks_more {
            plain.push('\\');
        }
        plain.push(c);
        previous = c;
    }
    plain.truncate(plain.trim_end().len());
    plain
}

/// Control characters, and those that are not seen or turn the direction of the text around.
pub(crate) fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{061c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// A wire name as code, or as plain text where it could end the code.
pub(crate) fn code(wire: &str) -> String {
    let harmless = |c: char| c.is_ascii_graphic() && c != '`';
    match !wire.is_empty() && wire.chars().all(|c| harmless(c) || c == ' ') && wire.trim() == wire {
        true => format!("`{wire}`"),
        false => plain(&format!("{wire:?}")),
    }
}

/// A text as a sentence.
fn sentence(text: &str) -> String {
    let text = plain(text);
    match text.ends_with(['.', '!', '?', ':', ';']) {
        true => text,
        false => text + ".",
    }
}

/// The label of something, or its wire name.
fn label(label: &str, wire: &str) -> String {
    match plain(label).is_empty() {
        true => code(wire),
        false => plain(label),
    }
}

pub(super) fn model(model: &Model) -> Vec<String> {
    let mut lines = vec![match plain(&model.label).is_empty() {
        true => format!("{}.", code(&model.wire)),
        false => format!("{} ({}).", plain(&model.label), code(&model.wire)),
    }];
    if model.transient {
        lines.extend([
            String::new(),
            "Transient: Odoo deletes its records after about an hour.".to_owned(),
        ]);
    }
    if model.is_abstract {
        lines.extend([
            String::new(),
            "Abstract: it has no table, and Odoo refuses to read it.".to_owned(),
        ]);
    }
    lines
}

/// A field of a record: its label.
pub(super) fn value(field: &Field) -> String {
    sentence_of_label(&field.label, &field.wire)
}

fn sentence_of_label(text: &str, wire: &str) -> String {
    match plain(text).is_empty() {
        true => format!("{}.", code(wire)),
        false => sentence(text),
    }
}

/// A handle: label and type, and a line of help.
pub(super) fn handle(field: &Field) -> Vec<String> {
    let mut first = format!(
        "{} ({}",
        label(&field.label, &field.wire),
        field_type(field)
    );
    if let Some(size) = field.size {
        first.push_str(&format!(", up to {size} characters"));
    }
    if field.flags & odx_facts::flags::REQUIRED != 0 {
        first.push_str(", required");
    }
    first.push_str(").");
    let help = field.help.as_deref().filter(|help| !plain(help).is_empty());
    match help {
        Some(help) => vec![first, String::new(), sentence(help)],
        None => vec![first],
    }
}

fn field_type(field: &Field) -> String {
    match &field.kind {
        Kind::Relation(target) => format!("{} to {}", field.field_type, link(target)),
        Kind::Choice(selection) => format!("[selection]({selection})"),
        Kind::Key => "id".to_owned(),
        Kind::Plain if field.field_type == odx_facts::FieldType::Unknown => {
            "unknown type".to_owned()
        }
        Kind::Plain => field.field_type.to_string(),
    }
}

fn link(target: &Target) -> String {
    match target.module {
        Some(_) => format!("[{}](super::{})", code(&target.wire), target.type_name),
        None => format!("{}, which was not generated", code(&target.wire)),
    }
}

/// A selection: the label and name of its field.
pub(super) fn selection(text: &str, field: &str, model: &str) -> String {
    match plain(text).is_empty() {
        true => format!("{} of {}.", code(field), code(model)),
        false => format!("{} ({} of {}).", plain(text), code(field), code(model)),
    }
}

pub(super) fn variant(text: &str, key: &str) -> String {
    sentence_of_label(text, key)
}

/// A method: what it does, what is called, what it takes and what it returns.
pub(super) fn method(method: &Method) -> Vec<String> {
    let called = match method.on_records {
        true => format!("{} on records", code(&method.wire)),
        false => format!("{} on the model", code(&method.wire)),
    };
    let mut lines = match words(&method.doc) {
        Some(doc) => vec![sentence(doc), String::new(), format!("Calls {called}.")],
        None => vec![format!("Calls {called}.")],
    };
    if let Some(call) = &method.call {
        let last = lines.last_mut().expect("BUG: it has one");
        last.push_str(&format!(
            " Optional parameters are set on the [`{}`]; its `send` makes the call.",
            call.type_name
        ));
    }
    if let Some(returns) = explained(&method.returns_annotation, &method.returns_doc) {
        lines.extend([String::new(), format!("Returns {returns}")]);
    }
    let arguments = method.arguments.iter();
    let explained = arguments.filter_map(|argument| {
        let explained = explained(&argument.annotation, &argument.doc)?;
        Some(format!("- `{}`: {explained}", bare(&argument.ident)))
    });
    let explained: Vec<String> = explained.collect();
    if !explained.is_empty() {
        lines.push(String::new());
        lines.extend(explained);
    }
    lines
}

/// The type of a call.
pub(super) fn method_call(model: &Model, method: &Method) -> String {
    // rustdoc finds `r#type` by `type`.
    format!(
        "A call of [`{}::{}`].",
        model.type_name,
        bare(&method.ident)
    )
}

/// An optional parameter: what it is, its type in Python and its default.
pub(super) fn parameter(parameter: &Parameter) -> Vec<String> {
    let mut facts = vec![code(&parameter.wire)];
    facts.extend(words(&parameter.annotation).map(code));
    facts.extend(words(&parameter.default).map(|default| format!("{} by default", code(default))));
    let facts = facts.join(", ");
    match words(&parameter.doc) {
        Some(doc) => vec![sentence(doc), String::new(), format!("{facts}.")],
        None => vec![format!("{facts}.")],
    }
}

/// A Python type and a text, as far as they are there.
fn explained(annotation: &Option<String>, doc: &Option<String>) -> Option<String> {
    match (words(annotation), words(doc)) {
        (Some(annotation), Some(doc)) => Some(format!("{}: {}", code(annotation), sentence(doc))),
        (Some(annotation), None) => Some(format!("{}.", code(annotation))),
        (None, Some(doc)) => Some(sentence(doc)),
        (None, None) => None,
    }
}

/// A text that says something.
fn words(text: &Option<String>) -> Option<&str> {
    text.as_deref().filter(|text| !plain(text).is_empty())
}

/// An identifier without `r#`.
fn bare(ident: &str) -> &str {
    ident.strip_prefix("r#").unwrap_or(ident)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_shows_as_it_is() {
        assert_eq!(plain("Country"), "Country");
        assert_eq!(plain("  two\n\tlines \r\n"), "two lines");
        assert_eq!(
            plain("a [b](c) <d> `e` *f* _g_ h_i # |"),
            r"a \[b\](c) \<d\> \`e\` \*f\* \_g\_ h_i \# \|"
        );
        assert_eq!(plain("https://odoo.com"), r"https:\//odoo.com");
        assert_eq!(plain("a\u{202e}b\u{0}c"), "abc");
    }

    #[test]
    fn no_list_or_heading_starts() {
        assert_eq!(plain("- x"), r"\- x");
        assert_eq!(plain("1. x"), r"1\. x");
        assert_eq!(plain("12) x"), r"12\) x");
        assert_eq!(plain("=== x"), r"\=== x");
        assert_eq!(plain("    code"), "code");
        assert_eq!(plain("1.5 x"), r"1\.5 x");
        assert_eq!(plain("a - b. c"), "a - b. c");
    }

    #[test]
    fn hostile_names_are_not_code() {
        assert_eq!(code("res.partner"), "`res.partner`");
        assert_eq!(code("to invoice"), "`to invoice`");
        assert_eq!(code("a`b"), r#""a\`b""#);
        assert_eq!(code("a\nb"), r#""a\\nb""#);
        assert_eq!(code(""), r#""""#);
    }
}
