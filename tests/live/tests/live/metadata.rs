//! External ids, and what the server says of fields at run time.

use odx_live::{Live, models::*};
use odx_runtime::model::FieldType;
use odx_runtime::query::XmlIdError;
use odx_runtime::{Error, Id, Model, OdooError, blocking, values};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_external_id_is_the_typed_id_of_its_record() {
    let Some(live) = Live::start().await else {
        return;
    };
    // A user who may not read `ir.model.data`.
    for odoo in [live.session(), live.limited()] {
        let company = odoo.xml_id::<ResCompany>("base.main_company").await;
        assert_eq!(company.unwrap(), Id::new(1));
        let archived = odoo.xml_id::<OdxProbe>("odx_probe.probe_archived").await;
        assert!(archived.unwrap().record_id() > 0);
    }
    let odoo = blocking::Session::from(live.session());
    let secret = odoo.xml_id::<OdxProbeSecret>("odx_probe.secret").unwrap();
    assert!(secret.record_id() > 0);
}

#[tokio::test]
async fn an_external_id_that_leads_to_no_such_record_says_why() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let reason = |error: Error| match error {
        Error::XmlId(error) => *error,
        error => panic!("{error:?}"),
    };
    for unknown in ["base.no_company", "no_module.main_company"] {
        let error = odoo.xml_id::<ResCompany>(unknown).await.unwrap_err();
        assert!(matches!(reason(error), XmlIdError::Unknown { .. }));
    }
    let error = odoo.xml_id::<ResCompany>("base.main_partner").await;
    let error = error.unwrap_err();
    assert_eq!(
        error.to_string(),
        "`base.main_partner` is a record of res.partner, not of res.company"
    );
    let error = odoo.xml_id::<ResCompany>("main_company").await.unwrap_err();
    assert!(matches!(error, Error::Usage(_)), "{error:?}");

    let odoo = live.limited();
    let error = odoo.xml_id::<OdxProbeSecret>("odx_probe.secret").await;
    let error = error.unwrap_err();
    assert!(error.odoo().is_some_and(OdooError::is_access), "{error:?}");

    let odoo = live.session();
    let probe = OdxProbe::create(
        &odoo,
        values!(OdxProbe {
            name: "a live test's",
            ..
        }),
    );
    let probe = probe.await.unwrap();
    let data = json!({"module": "a_live_test", "name": "gone", "model": "odx.probe", "res_id": probe.to_json()});
    odoo.call("ir.model.data", "create")
        .arg(data)
        .send::<i64>()
        .await
        .unwrap();
    let found = odoo.xml_id::<OdxProbe>("a_live_test.gone").await;
    assert_eq!(found.unwrap(), probe);
    // With a record Odoo deletes its external ids.
    OdxProbe::unlink(&odoo, [probe]).await.unwrap();
    let error = odoo
        .xml_id::<OdxProbe>("a_live_test.gone")
        .await
        .unwrap_err();
    assert!(matches!(reason(error), XmlIdError::Unknown { .. }));
}

#[tokio::test]
async fn the_server_describes_the_fields_in_the_language_of_the_session() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let english = odoo.fields_get::<OdxProbe>().await.unwrap();
    let selection = english.get(OdxProbe::F.selection).unwrap();
    assert_eq!(selection.field_type, FieldType::Selection);
    assert_eq!(
        selection.label_of(&OdxProbeSelection::ToInvoice),
        Some("To Invoice")
    );
    assert!(english.get(OdxProbe::F.name).unwrap().required);
    assert!(english.get(OdxProbe::F.computed).unwrap().readonly);
    let tags = english.get(OdxProbe::F.tag_ids).unwrap();
    assert_eq!(tags.relation.as_deref(), Some("odx.probe.tag"));
    let serialized = english.get(OdxProbe::F.serialized).unwrap();
    assert_eq!(serialized.field_type, FieldType::Serialized);
    assert_eq!(serialized.attribute("type"), Some(&"serialized".into()));

    let french = odoo.lang("fr_FR").fields_get::<OdxProbe>().await.unwrap();
    let label = |field| french.named(field).map(|field| field.label.as_str());
    assert_eq!(label("char"), Some("Texte court"));
    let selection = french.get(OdxProbe::F.selection).unwrap();
    assert_eq!(
        selection.label_of(&OdxProbeSelection::Done),
        Some("Terminé")
    );

    // A field of a group that the user is not in is not there.
    let limited = live.limited().fields_get::<OdxProbe>().await.unwrap();
    assert!(limited.get(OdxProbe::F.restricted).is_none());
    assert!(english.get(OdxProbe::F.restricted).is_some());
}
