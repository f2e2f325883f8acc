//! The recorded pages.

use std::io::Read as _;
use std::path::Path;

use flate2::read::GzDecoder;
use odx_runtime::model::{Absent, DecodeError, Projection, decode_rows};
use serde_json::Value;

use crate::models;
use crate::plain::{self, Wire};

/// One page, and how its rows are read.
pub struct Page {
    /// The model.
    pub model: &'static str,
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
    ($($model:literal: $record:ident, $module:ident;)*) => {
        /// All recorded pages.
        pub fn all() -> Vec<Page> {
            vec![$(Page {
                model: $model,
                rows: recorded($model),
                odx: |json| odx::<models::$record>(json).len(),
                serde: |json| serde::<plain::$module::Row>(json).len(),
                odx_values: |json| odx::<models::$record>(json).iter().map(odx_runtime::model::to_wire).collect(),
                serde_values: |json| serde::<plain::$module::Row>(json).iter().map(Wire::wire).collect(),
            }),*]
        }
    };
}

pages! {
    "account.move": AccountMove, account_move;
    "account.move.line": AccountMoveLine, account_move_line;
    "mail.message": MailMessage, mail_message;
    "product.template": ProductTemplate, product_template;
    "res.partner": ResPartner, res_partner;
    "sale.order": SaleOrder, sale_order;
    "sale.order.line": SaleOrderLine, sale_order_line;
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
