//! Tokens to text. prettyplease formats everything but the bodies of the runtime's macros, which it would fill like
//! prose, documentation and all.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::Parser;
use syn::{Attribute, File, Item, ItemMacro};

/// Items as text, with a blank line between them. `attributes` stand at the top.
pub(super) fn format(attributes: TokenStream, items: TokenStream) -> String {
    let mut blocks = Vec::new();
    let attributes = Attribute::parse_inner
        .parse2(attributes)
        .expect("BUG: what is rendered is attributes");
    if !attributes.is_empty() {
        blocks.push(unparse(attributes, Vec::new()).trim_end().to_owned() + "\n");
    }
    let mut imports = String::new();
    for item in parse(items).items {
        match item {
            Item::Use(_) => imports.push_str(&unparse_item(item)),
            Item::Macro(call) => blocks.push(format_call(call)),
            item => {
                blocks.extend(take_if_any(&mut imports));
                blocks.push(unparse_item(item));
            }
        }
    }
    blocks.extend(take_if_any(&mut imports));
    blocks.join("\n")
}

fn take_if_any(text: &mut String) -> Option<String> {
    (!text.is_empty()).then(|| std::mem::take(text))
}

/// A call of one of the runtime's macros: an item at most, and a list.
fn format_call(call: ItemMacro) -> String {
    let name = call
        .mac
        .path
        .segments
        .last()
        .map(|segment| segment.ident.to_string())
        .unwrap_or_default();
    let mut tokens: Vec<TokenTree> = call.mac.tokens.into_iter().collect();
    let table = tokens.pop_if(|token| name == "model" && is_table(token));
    let mut tokens = tokens.into_iter().peekable();
    let mut body = String::new();
    if matches!(tokens.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == '#') {
        let mut item = Vec::new();
        for token in &mut tokens {
            let ends = match &token {
                TokenTree::Punct(punct) => punct.as_char() == ';',
                TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
                _ => false,
            };
            item.push(token);
            if ends {
                break;
            }
        }
        for item in parse(item.into_iter().collect()).items {
            body.push_str(&unparse_item(item));
        }
    }
    body.push_str(&filled(tokens));
    let table = table.map(|table| lines(&table)).unwrap_or_default();
    format!("odx_runtime::{name}! {{\n{}{table}}}\n", indented(&body))
}

/// Whether this is a text of several lines.
fn is_table(token: &TokenTree) -> bool {
    text(token).is_some_and(|text| text.starts_with('\n'))
}

/// A text of several lines, as they are; what is special in Rust or for a reader of the file stays escaped.
fn lines(table: &TokenTree) -> String {
    let text = text(table).unwrap_or_default();
    let lines = text
        .split('\n')
        .map(|line| line.escape_debug().to_string())
        .collect::<Vec<_>>();
    format!("\"{}\"\n", lines.join("\n"))
}

fn text(token: &TokenTree) -> Option<String> {
    match syn::parse2(token.clone().into()).ok()? {
        syn::Lit::Str(text) => Some(text.value()),
        _ => None,
    }
}

/// A list in lines of a readable length, with what is in braces on lines of its own.
fn filled(tokens: impl Iterator<Item = TokenTree>) -> String {
    const LONGEST_LINE: usize = 92;
    let mut lines = vec![String::new()];
    for token in tokens {
        let line = lines.last_mut().expect("BUG: a line is always open");
        match token {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                line.push_str(" {");
                lines.extend(
                    indented(&filled(group.stream().into_iter()))
                        .lines()
                        .map(str::to_owned),
                );
                lines.push("}".to_owned());
            }
            TokenTree::Punct(_) | TokenTree::Group(_) => line.push_str(&token.to_string()),
            TokenTree::Ident(_) | TokenTree::Literal(_) => {
                let word = token.to_string();
                if !line.is_empty()
                    && !line.ends_with(':')
                    && line.len() + word.len() >= LONGEST_LINE
                {
                    lines.push(word);
                    continue;
                }
                if !line.is_empty() && !line.ends_with("::") {
                    line.push(' ');
                }
                line.push_str(&word);
            }
        }
    }
    let lines = lines.into_iter().filter(|line| !line.is_empty());
    lines.map(|line| line + "\n").collect()
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("    {line}\n")).collect()
}

fn unparse_item(item: Item) -> String {
    unparse(Vec::new(), vec![item])
}

fn unparse(attrs: Vec<Attribute>, items: Vec<Item>) -> String {
    prettyplease::unparse(&File {
        shebang: None,
        frontmatter: None,
        attrs,
        items,
    })
}

fn parse(tokens: TokenStream) -> File {
    syn::parse2(tokens).expect("BUG: what is rendered is items")
}

#[cfg(test)]
mod tests {
    use quote::quote;

    use super::*;

    #[test]
    fn items_are_set_apart_and_imports_are_not() {
        let text = format(
            quote!(#![allow(x)]),
            quote!(
                use a;
                use b;
                struct A;
                struct B;
            ),
        );
        assert_eq!(
            text,
            "#![allow(x)]\n\nuse a;\nuse b;\n\nstruct A;\n\nstruct B;\n"
        );
    }

    #[test]
    fn selections_are_laid_out_like_the_items_they_become() {
        let text = format(
            quote!(),
            quote!(
                odx_runtime::selection! { #[doc = " State."] pub enum State { #[doc = " Draft."] Draft = "draft", Two = "2" as integer, } }
            ),
        );
        assert_eq!(
            text,
            "odx_runtime::selection! {\n    /// State.\n    pub enum State {\n        /// Draft.\n        Draft = \"draft\",\n        Two = \"2\" as integer,\n    }\n}\n"
        );
    }

    #[test]
    fn lists_in_braces_stand_on_lines_of_their_own() {
        let text = format(
            quote!(),
            quote!(odx_runtime::record! { A, META[2] { id, r#type: 1 } }),
        );
        assert_eq!(
            text,
            "odx_runtime::record! {\n    A, META[2] {\n        id, r#type: 1\n    }\n}\n"
        );
    }

    #[test]
    fn keys_without_an_enum_fill_lines() {
        let keys = (0..30).map(|number| format!("key{number}"));
        let text = format(
            quote!(),
            quote!(odx_runtime::selection_text! { #[doc = " Zone."] pub struct Zone; #(#keys),* }),
        );
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines[..3],
            [
                "odx_runtime::selection_text! {",
                "    /// Zone.",
                "    pub struct Zone;"
            ]
        );
        assert!(
            lines[3].starts_with("    \"key0\", \"key1\", ") && lines[3].len() <= 100,
            "{text}"
        );
        assert!(text.ends_with(" \"key29\"\n}\n"), "{text}");
    }
}
