use odx_e2e::{Sandbox, models::*};
use odx_runtime::{Error, Model, blocking, values};

fn rounds(odoo: &blocking::Session) -> Result<(), Error> {
    assert_eq!(SaleOrder::all().count(odoo)?, 60);
    assert_eq!(
        SaleOrder::all()
            .page_size(25)
            .stream(odoo)
            .collect::<Result<Vec<_>, _>>()?
            .len(),
        60
    );
    assert_eq!(SaleOrder::all().select(|o| (o.id,)).fetch(odoo)?.len(), 60);
    assert!(!SaleOrder::group_by(|o| (o.state,)).fetch(odoo)?.is_empty());

    let id = ResPartner::create(odoo, values!(ResPartner { name: "Acme" }))?;
    ResPartner::write(
        odoo,
        [id],
        ResPartner::values().set(ResPartner::F.phone, "+32 2"),
    )?;
    let acme = ResPartner::read(odoo, [id])?.all()?.remove(0);
    assert_eq!(acme.phone.as_deref(), Some("+32 2"));
    assert!(!ResPartner::name_search(odoo, "Acme")?.is_empty());
    ResPartner::unlink(odoo, [id])?;
    assert!(ResPartner::exists(odoo, [id])?.is_empty());

    let belgium = odoo.xml_id::<ResCountry>("base.be")?;
    assert_eq!(belgium.record_id(), 1);
    let fields = odoo.fields_get::<SaleOrder>()?;
    assert!(fields.get(SaleOrder::F.name).is_some());

    let error = SaleOrder::call(odoo, "no_such_method")
        .send::<()>()
        .unwrap_err();
    assert!(error.odoo().is_some(), "{error:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_exists_without_async() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.blocking();
    tokio::task::spawn_blocking(move || rounds(&odoo))
        .await
        .unwrap()
        .unwrap();
}
