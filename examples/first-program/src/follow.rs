//! Tags, in two languages, and what becomes of them.

use futures_util::TryStreamExt;
use models::prelude::*;
use odx_runtime::query::changes::Cursor;

/// A language of Odoo; `res.lang` is not among the generated models.
#[derive(OdooModel)]
#[odoo(name = "res.lang")]
struct Lang {
    code: String,
}

/// Names a tag in another language that is installed, and reads the name in both: code and name.
///
/// # Errors
/// Those of the calls.
pub async fn in_two_languages(
    odoo: &Session,
    tag: Id<ResPartnerCategory>,
) -> Result<[(String, String); 2], Error> {
    let other: Option<String> = Lang::search(|l| l.code.ne("en_US"))
        .order(|l| l.code.asc())
        .pluck(|l| l.code)
        .first(odoo)
        .await?;
    let other = other.unwrap_or("en_US".to_owned());
    let (english, foreign) = (odoo.lang("en_US"), odoo.lang(&other));
    let values = values!(ResPartnerCategory {
        name: "premier-programme",
        ..
    });
    ResPartnerCategory::write(&foreign, [tag], values).await?;
    let name = ResPartnerCategory::search(|t| t.id.eq(tag)).pluck(|t| t.name);
    let in_english: Vec<String> = name.clone().fetch(&english).await?;
    let in_the_other: Vec<String> = name.fetch(&foreign).await?;
    Ok([
        ("en_US".to_owned(), in_english.concat()),
        (other, in_the_other.concat()),
    ])
}

/// A tag.
#[derive(OdooModel, Debug)]
#[odoo(model = ResPartnerCategory)]
pub struct Tag {
    /// Its name.
    pub name: String,
    /// The number of its colour.
    pub color: Option<i64>,
}

/// What became of the tags since the cursor, which is stored as text: those that were written, how many are gone, and the cursor for
/// the next time. Without a cursor it is all tags.
///
/// # Errors
/// Those of the changes, and of a text that is no cursor.
pub async fn follow(
    odoo: &Session,
    stored: Option<&str>,
) -> Result<(Vec<Tag>, usize, String), Box<dyn std::error::Error + Send + Sync>> {
    let mut cursor = match stored {
        Some(text) => text.parse::<Cursor>()?,
        None => Cursor::start(),
    };
    let (mut written, mut gone) = (Vec::new(), 0);
    let mut batches = ResPartnerCategory::changes(cursor.clone()).stream_as::<Tag>(odoo);
    while let Some(batch) = batches.try_next().await? {
        written.extend(batch.written.into_iter().map(|changed| changed.record));
        gone += batch.archived.len() + batch.deleted.len();
        cursor = batch.cursor;
    }
    Ok((written, gone, cursor.to_string()))
}
