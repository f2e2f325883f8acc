//! External ids, and what the server says of fields at run time.

use odx_e2e::{Sandbox, models::*};
use odx_runtime::model::FieldType;
use odx_runtime::query::XmlIdError;
use odx_runtime::{Error, Id, Model, Session};
use odx_sandbox::Fault;
use serde_json::json;

async fn no_company(odoo: &Session, xml_id: &str) -> Error {
    odoo.xml_id::<ResCompany>(xml_id).await.unwrap_err()
}

#[tokio::test]
async fn an_external_id_is_the_typed_id_of_its_record() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let company = odoo
        .xml_id::<ResCompany>("base.main_company")
        .await
        .unwrap();
    assert_eq!(company, Id::new(1));
    // Who may not read `ir.model.data` may ask all the same.
    let belgium = sandbox.limited().xml_id::<ResCountry>("base.be").await;
    assert_eq!(belgium.unwrap(), Id::new(1));
}

#[tokio::test]
async fn an_external_id_that_leads_to_no_such_record_says_why() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();

    let unknown = no_company(&odoo, "base.my_company").await;
    assert_eq!(
        unknown.to_string(),
        "Odoo has no external id `base.my_company`; check the names of the module and of the record, and that the module is installed"
    );
    let other = no_company(&odoo, "base.be").await;
    assert_eq!(
        other.to_string(),
        "`base.be` is a record of res.country, not of res.company"
    );
    sandbox.calls();
    for malformed in ["main_company", ".main_company", "base."] {
        let error = no_company(&odoo, malformed).await;
        assert!(matches!(error, Error::Usage(_)), "{error:?}");
        assert_eq!(
            error.to_string(),
            format!(
                "`{malformed}` is not an external id: they are a module and a name with a dot between, as in `base.main_company`"
            )
        );
    }
    assert!(sandbox.calls().is_empty());

    let unseen = Fault::Result(json!(["res.company", false]));
    sandbox.server.fail_next(unseen);
    let hidden = no_company(&odoo, "base.main_company").await;
    assert!(
        matches!(&hidden, Error::XmlId(error) if matches!(**error, XmlIdError::Hidden { .. })),
        "{hidden:?}"
    );
}

#[tokio::test]
async fn an_archived_record_has_its_external_id() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let partner = Id::<ResPartner>::new(2);
    let archived = ResPartner::values().set(ResPartner::F.active, false);
    ResPartner::write(&odoo, [partner], archived).await.unwrap();
    let found = odoo.xml_id::<ResPartner>("base.partner_admin").await;
    assert_eq!(found.unwrap(), partner);
}

#[tokio::test]
async fn the_server_describes_the_fields_of_a_model() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let fields = odoo.fields_get::<SaleOrder>().await.unwrap();

    let state = fields.get(SaleOrder::F.state).unwrap();
    assert_eq!(state.field_type, FieldType::Selection);
    assert_eq!(state.label, "Status");
    assert!(state.readonly && state.stored && state.searchable && state.sortable);
    assert_eq!(state.label_of(&SaleOrderState::Sale), Some("Sales Order"));
    assert_eq!(state.label_of_key("nope"), None);

    let partner = fields.get(SaleOrder::F.partner_id).unwrap();
    assert!(partner.required);
    assert_eq!(partner.relation.as_deref(), Some("res.partner"));
    assert_eq!(partner.attribute("type"), Some(&"many2one".into()));
    assert!(fields.named("no_such_field").is_none());
    assert!(fields.iter().is_sorted_by_key(|field| &field.name));
}
