use odx_e2e::{Sandbox, furniture_maker, models::*};
use odx_runtime::{Command, Error, Id, Model, values};
use odx_sandbox::{Fault, OdooError};

#[tokio::test]
async fn a_record_is_created_written_cleared_and_deleted() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let belgium = ResCountry::search(|c| c.code.eq("BE"))
        .ids(&odoo)
        .await
        .unwrap()[0];
    let id = ResPartner::create(
        &odoo,
        values!(ResPartner {
            name: "Acme",
            country_id: belgium,
            phone: None,
            is_company: true
        }),
    )
    .await
    .unwrap();
    ResPartner::write(
        &odoo,
        [id],
        ResPartner::values()
            .set(ResPartner::F.phone, "+32 2")
            .clear(ResPartner::F.country_id),
    )
    .await
    .unwrap();

    let acme = ResPartner::read(&odoo, [id])
        .await
        .unwrap()
        .all()
        .unwrap()
        .remove(0);
    assert_eq!(
        (acme.name.as_deref(), acme.phone.as_deref(), acme.is_company),
        (Some("Acme"), Some("+32 2"), true)
    );
    assert_eq!(acme.country_id, None);

    ResPartner::unlink(&odoo, [id]).await.unwrap();
    assert_eq!(ResPartner::read(&odoo, [id]).await.unwrap().missing, [id]);
}

#[tokio::test]
async fn nothing_to_write_is_no_call() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    ResPartner::write(&odoo, [Id::new(5)], ResPartner::values())
        .await
        .unwrap();
    ResPartner::write(
        &odoo,
        Vec::<Id<ResPartner>>::new(),
        ResPartner::values().set(ResPartner::F.phone, "1"),
    )
    .await
    .unwrap();
    ResPartner::unlink(&odoo, Vec::<Id<ResPartner>>::new())
        .await
        .unwrap();
    assert!(sandbox.calls().is_empty());
}

#[tokio::test]
async fn commands_create_link_take_out_and_replace() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let [one, two] = [1, 2].map(Id::<ResPartnerCategory>::new);
    let child = values!(ResPartner { name: "A child" });
    let parent = values!(ResPartner { name: "A parent" })
        .set(ResPartner::F.category_id, [one])
        .set(ResPartner::F.child_ids, [Command::Create(child)]);
    let id = ResPartner::create(&odoo, parent).await.unwrap();
    let categories = async || {
        ResPartner::read(&odoo, [id])
            .await
            .unwrap()
            .all()
            .unwrap()
            .remove(0)
            .category_id
    };

    assert_eq!(categories().await, [one]);
    ResPartner::write(
        &odoo,
        [id],
        ResPartner::values().set(
            ResPartner::F.category_id,
            [Command::Link(two), Command::Unlink(one)],
        ),
    )
    .await
    .unwrap();
    assert_eq!(categories().await, [two]);
    ResPartner::write(
        &odoo,
        [id],
        ResPartner::values().clear(ResPartner::F.category_id),
    )
    .await
    .unwrap();
    assert_eq!(categories().await, []);
    let children = ResPartner::search(|p| p.parent_id.eq(id))
        .fetch(&odoo)
        .await
        .unwrap();
    assert_eq!(
        children
            .iter()
            .map(|child| child.name.as_deref())
            .collect::<Vec<_>>(),
        [Some("A child")]
    );
}

fn tags(count: usize) -> impl Iterator<Item = odx_runtime::Values<ResPartnerCategory>> {
    (0..count).map(|n| {
        values!(ResPartnerCategory {
            name: format!("tag {n:03}")
        })
    })
}

#[tokio::test]
async fn many_are_created_in_batches_with_their_ids_in_order() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let ids = ResPartnerCategory::create_many(&odoo, tags(250))
        .await
        .unwrap();
    assert_eq!(sandbox.calls(), ["res.partner.category.create"; 3]);
    let records = ResPartnerCategory::read(&odoo, ids)
        .await
        .unwrap()
        .all()
        .unwrap();
    let names: Vec<_> = records.into_iter().map(|tag| tag.name).collect();
    assert_eq!(
        names,
        (0..250).map(|n| format!("tag {n:03}")).collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn a_batch_that_fails_tells_which_rows_went_in() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    // The first batch takes the delay, the second the error.
    sandbox
        .server
        .fail_next(Fault::Delay(std::time::Duration::ZERO));
    sandbox.server.fail_next(Fault::Odoo(OdooError::new(
        "odoo.exceptions.UserError",
        "no more tags",
    )));
    let error = ResPartnerCategory::create_many(&odoo, tags(250))
        .await
        .unwrap_err();
    let Error::PartlyCreated(partly) = &error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (partly.total, partly.failed_from, partly.failed_to),
        (250, 100, 199)
    );
    let created = ResPartnerCategory::exists(&odoo, partly.created.iter().copied().map(Id::of))
        .await
        .unwrap();
    assert_eq!(created.len(), 100);
}

#[tokio::test]
async fn methods_are_called_with_ids_and_answer_what_they_answer() {
    let sandbox = Sandbox::start().await;
    let odoo = sandbox.session();
    let order = SaleOrder::search(|o| o.state.eq(SaleOrderState::Draft))
        .first(&odoo)
        .await
        .unwrap()
        .unwrap();
    assert!(
        SaleOrder::call(&odoo, "action_confirm")
            .ids([order.id])
            .send::<bool>()
            .await
            .unwrap()
    );
    let order = SaleOrder::read(&odoo, [order.id])
        .await
        .unwrap()
        .all()
        .unwrap()
        .remove(0);
    assert_eq!(order.state, Some(SaleOrderState::Sale));
    let action: serde_json::Value = AccountMove::call(&odoo, "action_register_payment")
        .ids([Id::new(1)])
        .send()
        .await
        .unwrap();
    assert_eq!(action["res_model"], "account.payment.register");
}

#[tokio::test]
async fn a_language_that_is_not_installed_is_not_written_in() {
    for series in ["14", "17"] {
        let sandbox = Sandbox::with(furniture_maker().series(&format!("{series}.0"))).await;
        let odoo = sandbox.session();
        let name = |name: &str| values!(ResPartnerCategory { name: name });
        let id = ResPartnerCategory::create(&odoo, name("Blue"))
            .await
            .unwrap();
        sandbox.calls();

        let dutch = odoo.lang("nl_BE");
        let refused = ResPartnerCategory::write(&dutch, [id], name("Blauw")).await;
        let error = refused.unwrap_err();
        assert!(matches!(&error, Error::LanguageNotInstalled(error) if error.language == "nl_BE"));
        assert_eq!(
            error.to_string(),
            format!(
                "res.partner.category.write was not sent: the language `nl_BE` is not installed, and Odoo {series} would change the English texts; install it in Odoo's settings, or write in one that is installed (en_US, fr_BE)"
            )
        );
        assert_eq!(sandbox.calls(), ["res.lang.search_read"]);

        // What is installed is asked for once.
        let french = odoo.lang("fr_BE");
        ResPartnerCategory::write(&french, [id], name("Bleu"))
            .await
            .unwrap();
        ResPartnerCategory::write(&french, [id], name("Bleue"))
            .await
            .unwrap();
        ResPartnerCategory::write(&odoo.lang("en_US"), [id], name("Blue"))
            .await
            .unwrap();
        let written = "res.partner.category.write";
        assert_eq!(sandbox.calls(), [written, written, written]);
    }
}
