//! The recorded pages, and three that are made of two of them.

use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use odx_runtime::Model;
use odx_runtime::model::{Absent, DecodeError, FieldType, Projection, decode_rows};
use serde_json::Value;

use crate::models;
use crate::plain::{self, Wire};

/// One page, and how its rows are read.
pub struct Page {
    /// The model, and what was made of its recorded page.
    pub name: &'static str,
    /// The list of rows, as the answer had it. The envelope around it is cut off, for all readers.
    pub rows: Vec<u8>,
    /// Reads it with odx; says how many rows there are.
    pub odx: fn(&[u8]) -> usize,
    /// Reads it with serde's derive; says how many rows there are.
    pub serde: fn(&[u8]) -> usize,
    /// What odx read, as Odoo would have sent it.
    pub odx_values: fn(&[u8]) -> Vec<Value>,
    /// What serde's derive read, as Odoo would have sent it.
    pub serde_values: fn(&[u8]) -> Vec<Value>,
}

macro_rules! pages {
    ($($name:literal = $rows:expr => $record:ident, $module:ident;)*) => {
        /// All pages.
        pub fn all() -> Vec<Page> {
            vec![$(Page {
                name: $name,
                rows: $rows,
                odx: |json| odx::<models::$record>(json).len(),
                serde: |json| serde::<plain::$module::Row>(json).len(),
                odx_values: |json| odx::<models::$record>(json).iter().map(odx_runtime::model::to_wire).collect(),
                serde_values: |json| serde::<plain::$module::Row>(json).iter().map(Wire::wire).collect(),
            }),*]
        }
    };
}

pages! {
    "account.move" = recorded("account.move") => AccountMove, account_move;
    "account.move.line" = recorded("account.move.line") => AccountMoveLine, account_move_line;
    "mail.message" = recorded("mail.message") => MailMessage, mail_message;
    "mail.message, HTML with escapes" = with_texts::<models::MailMessage>(&[FieldType::Html], escaped_html) => MailMessage, mail_message;
    "mail.message, Cyrillic as Odoo 14 and 15 send it" = with_texts::<models::MailMessage>(WRITTEN, cyrillic) => MailMessage, mail_message;
    "product.template" = recorded("product.template") => ProductTemplate, product_template;
    "res.partner" = recorded("res.partner") => ResPartner, res_partner;
    "sale.order" = recorded("sale.order") => SaleOrder, sale_order;
    "sale.order.line" = recorded("sale.order.line") => SaleOrderLine, sale_order_line;
    "sale.order.line, Cyrillic as Odoo 14 and 15 send it" = with_texts::<models::SaleOrderLine>(WRITTEN, cyrillic) => SaleOrderLine, sale_order_line;
}

/// A recorded page with other texts in some of its fields, as Python writes JSON: every character that is not ASCII is
/// escaped.
fn with_texts<M: Model>(fields: &[FieldType], text: fn(&str) -> String) -> Vec<u8> {
    let mut rows: Vec<Value> = serde_json::from_slice(&recorded(M::NAME)).expect("a recorded page");
    for row in &mut rows {
        for field in M::meta().fields() {
            let value = row.get_mut(field.name());
            let value = value.filter(|_| fields.contains(&field.field_type()));
            // The name of a many2one stands behind its id.
            let value = value.map(|value| match value {
                Value::Array(parts) => &mut parts[1],
                other => other,
            });
            if let Some(Value::String(own)) = value {
                *own = text(own);
            }
        }
    }
    as_python(&serde_json::to_string(&rows).expect("JSON"))
}

/// The fields that hold what people write. Others of the type char hold keys and addresses, too.
const WRITTEN: &[FieldType] = &[FieldType::Html, FieldType::Text, FieldType::Many2one];

fn as_python(json: &str) -> Vec<u8> {
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() {
            escaped.push(character);
            continue;
        }
        for unit in character.encode_utf16(&mut [0; 2]) {
            escaped.push_str(&format!("\\u{unit:04x}"));
        }
    }
    escaped.into_bytes()
}

/// What a mail client writes: attributes in quotes, and a line an element.
fn escaped_html(html: &str) -> String {
    html.replace("<p>", "<p class=\"o_text\" style=\"margin: 0\">")
        .replace("<li>", "<li class=\"o_item\">")
        .replace("<span>", "<span class=\"o_span\">")
        .replace('>', ">\n")
}

/// The same letters in another alphabet, but for those of tags.
fn cyrillic(html: &str) -> String {
    let other = |letter: char| match letter {
        'a'..='z' => char::from_u32(u32::from(letter) - u32::from('a') + 0x430),
        'A'..='Z' => char::from_u32(u32::from(letter) - u32::from('A') + 0x410),
        _ => None,
    };
    let mut in_tag = false;
    html.chars()
        .map(|letter| {
            in_tag = letter == '<' || (in_tag && letter != '>');
            other(letter).filter(|_| !in_tag).unwrap_or(letter)
        })
        .collect()
}

fn odx<P: Projection>(json: &[u8]) -> Vec<P> {
    read(decode_rows(json, Absent::Refuse))
}

fn read<T>(rows: Result<Vec<T>, DecodeError>) -> Vec<T> {
    rows.expect("a recorded page")
}

fn serde<T: serde::de::DeserializeOwned>(json: &[u8]) -> Vec<T> {
    serde_json::from_slice(json).expect("a recorded page")
}

/// The rows of `pages/MODEL.json.gz`, which holds the whole answer.
fn recorded(model: &str) -> Vec<u8> {
    const RESULT: &str = "\"result\":";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("pages/{model}.json.gz"));
    let file = std::fs::File::open(path).expect("a recorded page");
    let mut answer = String::new();
    GzDecoder::new(file)
        .read_to_string(&mut answer)
        .expect("gzip");
    let start = answer.find(RESULT).expect("a result") + RESULT.len();
    let end = answer.rfind('}').expect("the end of the envelope");
    answer[start..end].trim().as_bytes().to_vec()
}
