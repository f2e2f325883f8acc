use odx_e2e::{Sandbox, furniture_maker, models::*};
use odx_runtime::domain::{Unit, today};
use odx_runtime::{Domain, Error, Model, Session, values};
use odx_sandbox::Server;

const VERSIONS: [u16; 6] = [14, 15, 16, 17, 18, 19];

async fn sandbox_of(version: u16) -> Sandbox {
    Sandbox::with(furniture_maker().series(&format!("{version}.0"))).await
}

/// A domain that only Odoo 19 takes.
fn recent() -> Domain<SaleOrder> {
    SaleOrder::F.date_order.gt(today().minus(1, Unit::Weeks))
}

/// Asks for what the version cannot say; gives the error, if nothing was sent.
async fn refused(odoo: &Session, server: &Server) -> String {
    server.clear_calls();
    let error = SaleOrder::matching(recent()).ids(odoo).await.unwrap_err();
    assert!(matches!(error, Error::Unsupported(_)), "{error:?}");
    assert!(server.calls().is_empty(), "{:?}", server.calls());
    error.to_string()
}

#[tokio::test]
async fn what_the_version_does_not_have_is_refused_before_it_is_sent() {
    for version in [14, 16, 17, 18] {
        let sandbox = sandbox_of(version).await;
        let odoo = sandbox.session();
        assert_eq!(odoo.known_series(), None);
        odoo.version().await.unwrap();
        assert_eq!(
            refused(&odoo, &sandbox.server).await,
            format!(
                "Odoo {version} cannot express `date_order >`: a relative date came with Odoo 19; give the date itself"
            )
        );
        for error in [
            SaleOrder::matching(recent())
                .count(&odoo)
                .await
                .unwrap_err(),
            SaleOrder::matching(recent())
                .fetch(&odoo)
                .await
                .unwrap_err(),
            SaleOrder::matching(recent())
                .group_by(|o| (o.state,))
                .fetch(&odoo)
                .await
                .unwrap_err(),
        ] {
            assert!(matches!(error, Error::Unsupported(_)), "{error:?}");
        }
        assert!(sandbox.server.calls().is_empty());
    }
}

#[tokio::test]
async fn the_version_that_one_session_asked_all_of_the_client_know() {
    let sandbox = sandbox_of(18).await;
    let before = sandbox.session();
    sandbox
        .proxy
        .odoo_version("http://odoo.invalid/")
        .await
        .unwrap();
    for odoo in [
        before.clone(),
        before.lang("en_US"),
        sandbox.session(),
        sandbox.limited(),
        sandbox
            .proxy
            .clone()
            .session_for("http://odoo.invalid", "other", 1, "key"),
    ] {
        assert_eq!(odoo.known_series(), Some(18.into()));
        refused(&odoo, &sandbox.server).await;
    }
    let elsewhere = sandbox
        .proxy
        .session_for("http://elsewhere.invalid", "prod", 2, "key");
    assert_eq!(elsewhere.known_series(), None);
}

#[tokio::test]
async fn a_stated_version_is_not_asked() {
    let sandbox = sandbox_of(17).await;
    let odoo = sandbox.session().for_version(17);
    refused(&odoo, &sandbox.server).await;
    refused(&odoo.tz("Europe/Brussels"), &sandbox.server).await;
    SaleOrder::group_by(|o| (o.state,))
        .fetch(&odoo)
        .await
        .unwrap();
    assert_eq!(sandbox.calls(), ["sale.order.read_group"]);
    assert_eq!(sandbox.session().known_series(), None);
}

#[tokio::test]
async fn the_series_is_asked_before_a_domain_that_depends_on_it_and_for_no_other() {
    let sandbox = sandbox_of(18).await;
    let odoo = sandbox.session();
    SaleOrder::search(|o| o.name.eq("S00001"))
        .ids(&odoo)
        .await
        .unwrap();
    assert_eq!(odoo.known_series(), None);

    let error = SaleOrder::matching(recent()).ids(&odoo).await.unwrap_err();
    assert!(matches!(error, Error::Unsupported(_)), "{error:?}");
    assert_eq!(odoo.known_series(), Some(18.into()));
}

#[tokio::test]
async fn what_can_be_said_otherwise_finds_the_same_in_every_version() {
    let f = SaleOrder::F;
    let belgian = || f.partner_id.hop(|p| p.country_id.hop(|c| c.code)).eq("BE");
    let domains = [
        f.partner_id
            .any(|p| p.is_company.eq(true) & p.name.ilike("e")),
        f.partner_id
            .not_any(|p| p.is_company.eq(true) & p.name.ilike("e")),
        f.partner_id
            .not_any(|p| p.name.like("e") | !p.is_company.eq(true)),
        f.order_line
            .any(|l| l.product_uom_qty.ge(10) | l.name.like("Oak")),
        f.name.not_eq_like("S0001%"),
        !f.partner_id.hop(|p| p.name).like("e"),
        !(f.state.eq(SaleOrderState::Draft) | f.partner_id.hop(|p| p.name).like("e")),
        f.partner_id.any(|p| !p.city.is_unset() & !p.name.like("e")),
    ];
    for domain in domains {
        let mut found = Vec::new();
        for version in VERSIONS {
            let sandbox = sandbox_of(version).await;
            let odoo = sandbox.session().for_version(version);
            found.push(SaleOrder::matching(&domain).ids(&odoo).await.unwrap());
        }
        assert!(
            found.iter().all(|ids| *ids == found[0]),
            "{domain}: {found:?}"
        );
        assert!((1..60).contains(&found[0].len()), "{domain}: {found:?}");
    }
    // A hop over two relations from 17 on.
    for version in [17, 18, 19] {
        let sandbox = sandbox_of(version).await;
        let odoo = sandbox.session().for_version(version);
        let belgians = SaleOrder::matching(belgian()).count(&odoo).await.unwrap();
        let others = SaleOrder::matching(!belgian()).count(&odoo).await.unwrap();
        assert_eq!(belgians + others, 60);
    }
}

#[tokio::test]
async fn groups_that_the_version_does_not_have_are_refused() {
    let sandbox = sandbox_of(17).await;
    let odoo = sandbox.session().for_version(17);
    let by_month_of_the_year = SaleOrder::group_by(|o| (o.date_order.month_number(),));
    assert_eq!(
        by_month_of_the_year
            .fetch(&odoo)
            .await
            .unwrap_err()
            .to_string(),
        "Odoo 17 cannot express `date_order.month_number`: grouping by a number out of a date came with Odoo 18; group by `.month()` or another span of time"
    );
    let by_country = SaleOrder::group_by(|o| o.partner_id.hop(|p| p.country_id));
    assert_eq!(
        by_country
            .fetch(&odoo.for_version(18))
            .await
            .unwrap_err()
            .to_string(),
        "Odoo 18 cannot express `partner_id.country_id`: grouping by a field behind a relation came with Odoo 19; group by the relation and join in Rust"
    );
    assert!(sandbox.server.calls().is_empty());
}

#[tokio::test]
async fn what_is_not_there_names_the_series_of_the_models_and_of_the_server() {
    let database = odx_e2e::furniture_maker().series("17.0");
    let sandbox = Sandbox::with(database).await;
    let odoo = sandbox.session();
    odoo.version().await.unwrap();
    assert_eq!(
        SaleOrder::meta().series(),
        Some(odx_runtime::Series::new(19, 0))
    );
    let call = SaleOrder::call(&odoo, "action_of_19").ids([odx_runtime::Id::new(1)]);
    let error = call.send::<bool>().await.unwrap_err().to_string();
    assert!(
        error.ends_with(
            "; the models were generated from an Odoo 19 and this one is 17: a field, method or model of 19 may not be in \
             17; read and write what both have, or run `odx pull` and `odx generate` for 17, into a crate of its own if the \
             program serves both"
        ),
        "{error}"
    );
}

#[tokio::test]
async fn a_refusal_that_no_series_explains_names_none() {
    let sandbox = Sandbox::with(odx_e2e::furniture_maker().series("17.0")).await;
    let odoo = sandbox.session();
    odoo.version().await.unwrap();
    let missing = SaleOrder::call(&odoo, "action_confirm").ids([odx_runtime::Id::new(999_999)]);
    let error = missing.send::<bool>().await.unwrap_err().to_string();
    assert!(!error.contains("generated from"), "{error}");
}

#[tokio::test]
async fn an_archived_record_is_part_of_a_hierarchy_on_every_series() {
    for series in ["14.0", "16.0", "17.0", "19.0"] {
        let sandbox = Sandbox::with(furniture_maker().series(series)).await;
        let odoo = sandbox.session();
        let order = SaleOrder::all().order(|o| o.id.asc()).first(&odoo).await;
        let customer = order.unwrap().unwrap().partner_id.id;
        let orders = || SaleOrder::search(|o| o.partner_id.child_of([customer]));
        let before = orders().count(&odoo).await.unwrap();
        assert!(before > 0, "{series}");
        let archived = values!(ResPartner { active: false, .. });
        ResPartner::write(&odoo, [customer], archived)
            .await
            .unwrap();
        assert_eq!(orders().count(&odoo).await.unwrap(), before, "{series}");
        let others = SaleOrder::matching(!SaleOrder::F.partner_id.child_of([customer]));
        let all = SaleOrder::all().count(&odoo).await.unwrap();
        assert_eq!(others.count(&odoo).await.unwrap(), all - before, "{series}");
    }
}

#[tokio::test]
async fn a_pattern_that_18_does_not_find_in_lists_of_properties_is_refused_there() {
    for (series, is_refused) in [("17.0", true), ("18.0", true), ("19.0", false)] {
        let sandbox = Sandbox::with(furniture_maker().series(series)).await;
        let odoo = sandbox.session();
        let like = ProjectTask::search(|t| t.task_properties.property("a").like("x"));
        let told = like.count(&odoo).await;
        assert_eq!(
            matches!(&told, Err(Error::Unsupported(error)) if error.to_string().contains(".ilike")),
            is_refused,
            "{series}: {told:?}"
        );
        let ilike = ProjectTask::search(|t| t.task_properties.property("a").ilike("x"));
        assert_eq!(ilike.count(&odoo).await.unwrap(), 0, "{series}");
    }
}
