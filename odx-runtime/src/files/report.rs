//! Reports as PDF, which the web client has a page for.

use std::fmt;

use odx_facts::REPORTS_TAKE_A_LANGUAGE;
use serde_json::{Value, json};

use super::{
    Download, FileError,
    download::{self, no_pages},
    pieces::{Expected, Notice},
};
use crate::{
    AnySession, Call, Error, Id, RecordId, Session,
    model::{Ids, Model},
    session::{Page, Pieces, Refusal},
};

/// The model of reports.
const REPORTS: &str = "ir.actions.report";

/// A report of some records.
#[derive(Clone, Debug)]
pub(super) struct Report {
    model: &'static str,
    name: String,
    ids: Vec<RecordId>,
}

/// A report of some records, as PDF.
pub(crate) fn of_report<O: AnySession, M: Model>(
    odoo: &O,
    name: impl Into<String>,
    ids: impl Ids<M>,
) -> Download<'_, O> {
    let report = Report {
        model: M::NAME,
        name: name.into(),
        ids: ids.into_ids().into_iter().map(Id::record_id).collect(),
    };
    download::report(odoo, report)
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the report {} of {}(", self.name, self.model)?;
        for (place, id) in self.ids.iter().take(Self::SHOWN).enumerate() {
            write!(f, "{}{id}", if place == 0 { "" } else { ", " })?;
        }
        f.write_str(if self.ids.len() > Self::SHOWN {
            ", ..)"
        } else {
            ")"
        })
    }
}

impl Report {
    const SHOWN: usize = 3;

    pub(super) async fn fetch(
        &self,
        session: &Session,
        into: &Pieces,
        notice: &Notice,
    ) -> Result<(), Error> {
        if self.ids.is_empty() {
            return Err(Error::usage(format!(
                "{self} was not asked for: name the records that it is of"
            )));
        }
        let Some(by) = session.transfers().filter(|by| by.has_pages()) else {
            return Err(no_pages(session, self.to_string()));
        };
        self.check(session).await?;
        let page = self.page(session).await?;
        notice.give(Expected::Pdf);
        match by.page(&page, into, session.options()).await? {
            Ok(()) => Ok(()),
            Err(refusal) => Err(self.refused(session, refusal).await),
        }
    }

    async fn page(&self, session: &Session) -> Result<Page, Error> {
        const LANGUAGE: &str = "lang";
        let context = session.context();
        if context.get(LANGUAGE).is_some()
            && !REPORTS_TAKE_A_LANGUAGE.holds(session.series().await?)
        {
            let series = session.series().await?;
            return Err(Error::usage(format!(
                "{self} was not asked for: Odoo {series} takes no notice of the session's language; leave it out, and the \
                 report comes in that of the user, or of its records"
            )));
        }
        let ids: Vec<String> = self.ids.iter().map(ToString::to_string).collect();
        let query = match context.is_empty() {
            true => Vec::new(),
            false => vec![("context", Value::from(context.clone()).to_string())],
        };
        Ok(Page {
            path: format!("/report/pdf/{}/{}", self.name, ids.join(",")),
            query,
            model: REPORTS.to_owned(),
            purpose: "pdf",
        })
    }

    /// Odoo renders a report of any model with the ids of another one, so it is looked at before.
    async fn check(&self, session: &Session) -> Result<(), Error> {
        let call = Call::new(REPORTS, "search_read")
            .arg(json!([
                "|",
                ["report_name", "=", self.name],
                ["model", "=", self.model]
            ]))
            .arg(json!(["report_name", "model", "report_type"]));
        let reply = session.execute(call).await?;
        let rows = reply.json()?;
        let rows = rows.as_array().map(Vec::as_slice).unwrap_or_default();
        let is_named = |row: &&Value| row["report_name"] == self.name.as_str();
        let is_pdf = |row: &&Value| row["report_type"] == "qweb-pdf";
        if rows
            .iter()
            .filter(is_named)
            .any(|row| is_pdf(&row) && row["model"] == self.model)
        {
            return Ok(());
        }
        let named = rows.iter().find(is_named);
        let what = match named {
            None => "no report of this Odoo".to_owned(),
            Some(row) if row["model"] == self.model => "no report that is made as PDF".to_owned(),
            Some(row) => format!(
                "a report of {}, and not of {}",
                reply.shown(row["model"].as_str().unwrap_or("another model")),
                self.model
            ),
        };
        let names: Vec<&str> = rows
            .iter()
            .filter(|row| is_pdf(row) && row["model"] == self.model)
            .filter_map(|row| row["report_name"].as_str())
            .collect();
        Err(FileError::NoReport {
            report: self.name.clone(),
            what,
            instead: match names.is_empty() {
                true => format!("{} has none", self.model),
                false => format!("{} has {}", self.model, reply.shown(&names.join(", "))),
            },
        }
        .into())
    }

    async fn refused(&self, session: &Session, refusal: Refusal) -> Error {
        let state = Call::new(REPORTS, "get_wkhtmltopdf_state");
        let state = async { session.execute(state).await?.to::<String>() }.await;
        let advice = match state.as_deref() {
            Ok("install" | "broken") => {
                "; this Odoo has no wkhtmltopdf that runs: install it on its server, and start Odoo again"
            }
            Ok(_) if refusal.status == 404 => "; see whether the records are there",
            _ => "; see whether the records are there, and the log of Odoo",
        };
        FileError::Report {
            report: self.to_string(),
            status: refusal.status,
            text: refusal.text,
            advice,
        }
        .into()
    }
}
