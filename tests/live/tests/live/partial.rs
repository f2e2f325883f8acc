//! Reads that go on where a field or a record fails.

use futures_util::TryStreamExt;
use odx_live::{Live, models::OdxProbeFailing};
use odx_runtime::{Error, FetchAs, Id, Model, OdooModel};

/// One of its fields cannot be computed.
#[derive(OdooModel, Debug)]
#[odoo(model = OdxProbeFailing)]
struct Failing {
    id: Id<OdxProbeFailing>,
    name: Option<String>,
    fails: Option<String>,
}

#[tokio::test]
async fn a_field_that_cannot_be_computed_is_listed_and_the_rest_is_read() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let query = || OdxProbeFailing::all();
    let count = query().count(&odoo).await.unwrap() as usize;
    let error = query().fetch_as::<Failing>(&odoo).await.unwrap_err();
    assert!(matches!(error, Error::Odoo(_)), "{error}");

    let read = query().fetch_partial_as::<Failing>(&odoo).await.unwrap();
    assert_eq!(read.rows.len(), count);
    assert!(
        read.rows
            .iter()
            .all(|row| row.name.is_some() && row.fails.is_none())
    );
    let failed: Vec<_> = read
        .failed
        .iter()
        .map(|unread| (unread.id, unread.field))
        .collect();
    let expected: Vec<_> = read
        .rows
        .iter()
        .map(|row| (row.id.into(), Some("fails")))
        .collect();
    assert_eq!(failed, expected);
    assert!(
        read.failed[0]
            .to_string()
            .contains("This field cannot be computed"),
        "{}",
        read.failed[0]
    );

    let rows = query().stream_partial_as::<Failing>(&odoo);
    let rows: Vec<_> = rows.try_collect().await.unwrap();
    assert_eq!(rows.len(), count);
    assert!(
        rows.iter()
            .all(|row| row.row.is_some() && row.failed.len() == 1)
    );
}

#[tokio::test]
async fn a_model_that_the_user_may_not_read_is_an_error() {
    let Some(live) = Live::start().await else {
        return;
    };
    #[derive(OdooModel, Debug)]
    #[odoo(name = "ir.config_parameter")]
    struct Parameter {
        #[odoo(kind = "char", field = "key")]
        _key: Option<String>,
    }
    let query = Parameter::all();
    let error = query.fetch_partial(&live.limited()).await.unwrap_err();
    assert!(
        error.odoo().is_some_and(odx_runtime::OdooError::is_access),
        "{error}"
    );
}
