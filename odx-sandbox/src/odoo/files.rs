//! Files: what Odoo works out of an attachment's content, and reports as PDF.

use base64::{Engine as _, prelude::BASE64_STANDARD as BASE64};
use odx_facts::{ATTACHMENT, DATAS, HAS_DATAS, RAW};
use serde_json::{Map, Value, json};
use sha1::{Digest as _, Sha1};

use super::call::Answer;
use super::database::{Database, User};
use super::env::Env;
use super::errors::{OdooError, Result};
use super::schema::Model;

/// The model of reports.
pub(crate) const REPORT: &str = "ir.actions.report";

/// What says that wkhtmltopdf is there.
pub(crate) const STATE: &str = "get_wkhtmltopdf_state";

/// What Odoo works out by itself, whatever the caller says.
const OWN: [&str; 3] = ["checksum", "file_size", "store_fname"];

/// A file as a page of the web client gives it.
#[derive(Clone, Debug)]
pub(crate) struct File {
    pub(crate) bytes: Vec<u8>,
    pub(crate) kind: String,
}

impl File {
    pub(crate) fn sha1(&self) -> String {
        sha1(&self.bytes)
    }
}

fn sha1(bytes: &[u8]) -> String {
    let hash = Sha1::digest(bytes);
    hash.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The models that files and reports need.
pub(crate) fn models() -> [(&'static str, Map<String, Value>); 2] {
    let stored =
        |kind: &str| json!({"type": kind, "store": true, "searchable": true, "sortable": true});
    let content = json!({"type": "binary", "store": false, "searchable": false});
    let attachment = json!({
        "name": stored("char"), "type": stored("selection"), "url": stored("char"), "mimetype": stored("char"),
        "res_model": stored("char"), "res_id": stored("many2one_reference"), "res_field": stored("char"),
        "checksum": stored("char"), "file_size": stored("integer"), DATAS: content, RAW: content,
    });
    let report = json!({
        "name": stored("char"), "model": stored("char"), "report_name": stored("char"), "report_type": stored("char"),
    });
    let fields = |fields: Value| fields.as_object().cloned().unwrap_or_default();
    [(ATTACHMENT, fields(attachment)), (REPORT, fields(report))]
}

/// The values of an attachment with what Odoo works out of them.
pub(crate) fn complete(
    env: &Env<'_>,
    model: &Model,
    values: &mut Map<String, Value>,
    is_new: bool,
) {
    if model.name != ATTACHMENT || !model.fields.contains_key("checksum") {
        return;
    }
    values.retain(|name, _| !OWN.contains(&name.as_str()));
    let has_datas = env.holds(HAS_DATAS);
    // Before `datas` went, `raw` took a text for the content itself.
    let given = [(DATAS, true), (RAW, !has_datas)]
        .into_iter()
        .find_map(|(field, is_base64)| Some((values.get(field)?.clone(), is_base64)));
    if is_new && model.fields.contains_key("type") {
        values.entry("type").or_insert_with(|| "binary".into());
    }
    let Some((given, is_base64)) = given else {
        return;
    };
    let text = match &given {
        Value::Object(named) => named.get("content").and_then(Value::as_str),
        other => other.as_str(),
    };
    let bytes = match (text, is_base64) {
        (Some(text), true) => {
            let compact: String = text.split_ascii_whitespace().collect();
            // What cannot be read is refused where it is stored.
            BASE64.decode(compact).unwrap_or_default()
        }
        (Some(text), false) => text.as_bytes().to_vec(),
        (None, _) => Vec::new(),
    };
    if is_new && bytes.is_empty() {
        return;
    }
    values.insert("checksum".to_owned(), sha1(&bytes).into());
    values.insert("file_size".to_owned(), bytes.len().into());
    if has_datas && !is_base64 {
        values.insert(DATAS.to_owned(), BASE64.encode(bytes).into());
    }
}

impl Database {
    /// The same with the models of attachments and reports, where the schema does not bring its own: `ir.attachment` and
    /// `ir.actions.report`.
    #[must_use]
    pub fn with_files(mut self) -> Self {
        for (name, fields) in models() {
            self.add_model(name, fields);
        }
        self
    }

    /// A report of a model as PDF, such as `sale.report_saleorder` of `sale.order`, where the database has the model of
    /// [reports](Database::with_files). The sandbox writes the names of the records into it.
    ///
    /// # Errors
    /// [`OdooError`] where the model of reports lacks a field that it needs.
    pub fn with_report(self, name: &str, model: &str) -> Result<Self> {
        let id = self.ids(REPORT).len() as i64 + 1;
        let record = json!({
            "id": id, "name": name, "model": model, "report_name": name, "report_type": "qweb-pdf",
        });
        let record = record.as_object().cloned().unwrap_or_default();
        self.with_records(REPORT, [record])
    }

    /// The content of a binary field that a user may read; `None` where there is none.
    pub(crate) fn file(
        &mut self,
        user: User,
        model: &str,
        id: i64,
        field: Option<&str>,
    ) -> Result<Option<File>> {
        let field = match field {
            Some(field) if model != ATTACHMENT => field,
            _ if HAS_DATAS.holds(self.series) => DATAS,
            _ => RAW,
        };
        let context = json!({"context": {odx_facts::INCLUDE_BINARY_CONTENT: true}});
        let context = context.as_object().cloned().unwrap_or_default();
        let args = vec![json!([id]), json!([field])];
        let Answer::Rows(rows) = self.execute_as(user, model, "read", args, context)? else {
            return Ok(None);
        };
        let rows = serde_json::to_value(rows).unwrap_or_default();
        let value = &rows[0][field];
        let content = match value {
            Value::Object(named) => named.get("content").and_then(Value::as_str),
            value => value.as_str(),
        };
        let Some(bytes) = content.and_then(|content| BASE64.decode(content).ok()) else {
            return Ok(None);
        };
        Ok(Some(File {
            bytes,
            kind: "application/octet-stream".to_owned(),
        }))
    }

    /// A report of some records as PDF.
    pub(crate) fn report(&mut self, user: User, name: &str, ids: &[i64]) -> Result<File> {
        let report = self.ids(REPORT).into_iter().find_map(|id| {
            let record = self.record(REPORT, id)?;
            let is_named = record.get("report_name").is_some_and(|known| known == name);
            is_named.then(|| {
                record
                    .get("model")
                    .and_then(Value::as_str)
                    .map(str::to_owned)
            })?
        });
        let model = report.ok_or_else(|| {
            OdooError::value(format!("External ID not found in the system: {name}"))
        })?;
        let args = vec![json!(ids), json!(["display_name"])];
        let asks = user.id();
        let answer = self.execute_as(user, &model, "read", args, Map::new())?;
        let names = match answer {
            Answer::Rows(rows) => serde_json::to_value(rows).unwrap_or_default(),
            _ => Value::Null,
        };
        let rows = names.as_array().map(Vec::as_slice).unwrap_or_default();
        let is_there = |id: &&i64| rows.iter().any(|row| row["id"] == **id);
        if let Some(missing) = ids.iter().find(|id| !is_there(id)) {
            return Err(OdooError::missing(&model, *missing, asks));
        }
        let names = rows
            .iter()
            .filter_map(|row| row["display_name"].as_str().map(str::to_owned));
        let lines: Vec<String> = std::iter::once(name.to_owned()).chain(names).collect();
        Ok(File {
            bytes: pdf(&lines),
            kind: "application/pdf".to_owned(),
        })
    }

    /// Makes an attachment, as the form of the web client does.
    pub(crate) fn upload(
        &mut self,
        user: User,
        name: &str,
        bytes: &[u8],
        model: &str,
        id: i64,
    ) -> Result<Value> {
        let field = match HAS_DATAS.holds(self.series) {
            true => DATAS,
            false => RAW,
        };
        let values =
            json!({"name": name, field: BASE64.encode(bytes), "res_model": model, "res_id": id});
        let created = self.execute_as(user, ATTACHMENT, "create", vec![values], Map::new())?;
        let id = match created {
            Answer::Value(id) => id,
            _ => Value::Null,
        };
        Ok(json!([{
            "filename": name, "mimetype": "application/octet-stream", "id": id, "size": bytes.len(),
        }]))
    }
}

/// Whether a method of the model of reports is known.
pub(crate) fn has_method(model: &str, method: &str) -> bool {
    model == REPORT && method == STATE
}

/// A page of these lines.
fn pdf(lines: &[String]) -> Vec<u8> {
    let mut text = "BT /F1 12 Tf 14 TL 72 770 Td".to_owned();
    for line in lines {
        // What Latin-1 has not is left out: the fonts of every reader have no more.
        let shown: String = line
            .chars()
            .filter(|c| c.is_ascii() && !c.is_ascii_control())
            .flat_map(|c| {
                matches!(c, '(' | ')' | '\\')
                    .then_some('\\')
                    .into_iter()
                    .chain([c])
            })
            .collect();
        text.push_str(&format!(" ({shown}) Tj T*"));
    }
    text.push_str(" ET");
    let objects = [
        "<</Type/Catalog/Pages 2 0 R>>".to_owned(),
        "<</Type/Pages/Kids[3 0 R]/Count 1>>".to_owned(),
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>".to_owned(),
        format!("<</Length {}>>stream\n{text}\nendstream", text.len()),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>".to_owned(),
    ];
    let mut pdf = "%PDF-1.4\n".to_owned();
    let mut places = String::new();
    for (number, object) in (1..).zip(&objects) {
        places.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let start = pdf.len();
    pdf.push_str(&format!(
        "xref\n0 6\n0000000000 65535 f \n{places}trailer<</Size 6/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n"
    ));
    pdf.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pdf_says_where_its_parts_are() {
        let pdf = String::from_utf8(pdf(&["S00001 (draft)".to_owned()])).expect("a text");
        let start = pdf.rfind("startxref\n").expect("a start") + 10;
        let table: usize = pdf[start..]
            .lines()
            .next()
            .expect("a line")
            .parse()
            .expect("a place");
        assert!(pdf[table..].starts_with("xref\n"));
        for (number, line) in (1..).zip(pdf[table..].lines().skip(3).take(5)) {
            let place: usize = line[..10].parse().expect("a place");
            assert!(
                pdf[place..].starts_with(&format!("{number} 0 obj")),
                "{line}"
            );
        }
        assert!(pdf.contains("(S00001 \\(draft\\)) Tj"));
    }
}
