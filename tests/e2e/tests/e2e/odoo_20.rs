//! What a program does on Odoo 20 and the stages before it, as far as it is told. No such server was seen: the sandbox does
//! what Odoo's documentation, its source and notes of others say.

use std::collections::BTreeMap;

use odx_e2e::{Sandbox, furniture_maker, models::*};
use odx_runtime::{
    Command, Domain, Error, FetchAs, Id, Model, Odoo, OdooModel, ReadAs, SecretString, Session,
    Values, domain, domain::Operation, model::Blob, session::Dropped, transport::RoadName,
};
use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, COMPANY_USER, Database,
    LIMITED_USER, Options, Server, User,
};
use serde_json::{Map, Value, json};

/// A file.
#[derive(OdooModel, Debug)]
#[odoo(name = "ir.attachment")]
struct Attachment {
    id: Id<Attachment>,
    name: Option<String>,
    datas: Option<Blob>,
    raw: Option<Blob>,
}

/// A case with files.
#[derive(OdooModel, Debug)]
#[odoo(name = "x.case")]
struct Case {
    id: Id<Case>,
    name: Option<String>,
    attachment_ids: Vec<Id<Attachment>>,
}

/// A file, as it is on every series.
#[derive(OdooModel, Clone, Debug)]
#[odoo(model = Attachment)]
struct File {
    name: Option<String>,
    raw: Option<Blob>,
}

/// A case, and its files as they are.
#[derive(OdooModel, Debug)]
#[odoo(model = Case)]
struct CaseWithFiles {
    attachment_ids: Vec<File>,
}

fn fields(fields: Value) -> Map<String, Value> {
    let described = fields.as_object().cloned().unwrap_or_default();
    let stored = |mut field: Value| {
        field["store"] = true.into();
        field["searchable"] = true.into();
        field
    };
    described
        .into_iter()
        .map(|(name, field)| (name, stored(field)))
        .collect()
}

fn archive(series: &str) -> Database {
    let file = json!({"type": "binary", "attachment": true});
    let attachment = json!({
        "id": {"type": "integer"}, "name": {"type": "char"}, "datas": file, "raw": file,
        "res_field": {"type": "char"},
    });
    let case = json!({
        "id": {"type": "integer"}, "name": {"type": "char"},
        "attachment_ids": {"type": "many2many", "relation": "ir.attachment"},
    });
    let user = json!({"id": {"type": "integer"}, "name": {"type": "char"}});
    let models = [
        ("ir.attachment", attachment),
        ("x.case", case),
        ("res.users", user),
    ];
    let models: BTreeMap<_, _> = models
        .into_iter()
        .map(|(model, described)| (model.to_owned(), fields(described)))
        .collect();
    Database::new(models)
        .named(COMPANY_DATABASE)
        .with_user(
            User::administrator(COMPANY_USER, COMPANY_KEY)
                .login(COMPANY_LOGIN)
                .password(COMPANY_PASSWORD),
        )
        .series(series)
}

async fn started(database: Database) -> Server {
    Server::start(database, Options::default()).await.unwrap()
}

async fn over(road: RoadName, server: &Server) -> Session {
    let odoo = Odoo::connect(server.url())
        .database(COMPANY_DATABASE)
        .login(COMPANY_LOGIN, COMPANY_PASSWORD)
        .road(road);
    let odoo = match road {
        RoadName::Web => odoo,
        _ => odoo.api_key(COMPANY_KEY),
    };
    let odoo = match road.is_behind_a_proxy() {
        true => {
            let key = SecretString::clone(server.key());
            odoo.user_id(COMPANY_USER).through(server.url(), key)
        }
        false => odoo,
    };
    odoo.await.unwrap_or_else(|error| panic!("{road}: {error}"))
}

/// The methods that were called since the last question, without those of a login.
fn calls(server: &Server) -> Vec<String> {
    let calls = server.calls();
    server.clear_calls();
    calls
        .iter()
        .filter(|call| !call.model.is_empty() && call.method != "context_get")
        .map(|call| format!("{}.{}", call.model, call.method))
        .collect()
}

fn dropped<T: std::fmt::Debug>(answer: Result<T, Error>) -> Dropped {
    match answer {
        Err(Error::Dropped(dropped)) => *dropped,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn files_are_written_read_and_found_on_odoo_20_over_every_road() {
    for road in RoadName::all() {
        let server = started(archive("20.0")).await;
        let odoo = over(road, &server).await;
        assert_eq!(
            odoo.identity().unwrap().user_id,
            Some(COMPANY_USER),
            "{road}"
        );
        let f = Attachment::F;
        let named = Blob::new(b"hello").with_file_name("hello.txt");
        let values = Values::new().set(f.name, "hello").set(f.raw, named);
        let hello = Attachment::create(&odoo, values).await.unwrap();
        let empty = Values::new().set(f.name, "nothing");
        Attachment::create(&odoo, empty).await.unwrap();

        let files: Vec<File> = Attachment::all()
            .order(|f| f.id.asc())
            .fetch_as(&odoo)
            .await
            .unwrap();
        let raw = files[0].raw.as_ref().unwrap();
        assert_eq!(raw.bytes().as_deref(), Some(b"hello".as_slice()), "{road}");
        assert_eq!(
            (raw.size(), raw.file_name()),
            (Some(5), Some("hello.txt")),
            "{road}"
        );
        assert_eq!(files[1].name.as_deref(), Some("nothing"));
        assert_eq!(files[1].raw, None, "{road}");

        // What was read is written again, with its name.
        let again = Values::new().set(f.raw, raw);
        let copy = Attachment::create(&odoo, again).await.unwrap();
        let copied: Vec<(Option<Blob>,)> = Attachment::search(|f| f.id.eq(copy))
            .select(|f| (f.raw,))
            .fetch(&odoo)
            .await
            .unwrap();
        assert_eq!(copied[0].0.as_ref(), Some(raw), "{road}");
        let set = Attachment::search(|f| f.raw.is_set())
            .ids(&odoo)
            .await
            .unwrap();
        assert_eq!(set, [hello, copy], "{road}");
    }
}

#[tokio::test]
async fn every_way_to_read_asks_for_the_content_of_files() {
    use futures_util::TryStreamExt;

    let server = started(archive("20.0")).await;
    let odoo = over(RoadName::JsonRpc, &server).await;
    let content = || Values::new().set(Attachment::F.raw, b"hello".as_slice());
    let ids = Attachment::create_many(&odoo, [content(), content()])
        .await
        .unwrap();
    let case = Values::new().set(Case::F.attachment_ids, ids.clone());
    Case::create(&odoo, case).await.unwrap();

    let has_content = |file: &File| file.raw.as_ref().is_some_and(|raw| raw.has_content());
    let files = || Attachment::search(|f| f.raw.is_set());
    let streamed: Vec<(Option<Blob>,)> = files()
        .page_size(1)
        .select(|f| (f.raw,))
        .stream(&odoo)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(streamed.len(), 2);
    assert!(
        streamed
            .iter()
            .all(|(raw,)| raw.as_ref().unwrap().has_content())
    );
    let partial = files().fetch_partial_as::<File>(&odoo).await.unwrap();
    assert!(partial.rows.len() == 2 && partial.rows.iter().all(has_content));
    let read: odx_runtime::query::Found<Attachment, File> =
        Attachment::read_as(&odoo, ids).await.unwrap();
    assert!(read.records.len() == 2 && read.records.iter().all(has_content));
    let cases: Vec<CaseWithFiles> = Case::all().fetch_as(&odoo).await.unwrap();
    assert!(cases[0].attachment_ids.len() == 2 && cases[0].attachment_ids.iter().all(has_content));
}

#[tokio::test]
async fn an_untyped_read_asks_for_the_content_of_files_unless_the_program_says_otherwise() {
    for road in RoadName::all() {
        for series in ["19.0", "20.0"] {
            let server = started(archive(series)).await;
            let odoo = over(road, &server).await;
            let content = Values::new().set(Attachment::F.raw, b"hello".as_slice());
            let id = Attachment::create(&odoo, content).await.unwrap();
            let read = async |odoo: Session| {
                let read = odoo.call("ir.attachment", "read").ids([id]);
                let rows: Value = read.kwarg("fields", json!(["raw"])).send().await.unwrap();
                rows[0]["raw"].clone()
            };
            let is_object = series == "20.0";
            let expected = match is_object {
                true => json!({"content": "aGVsbG8=", "size": 5}),
                false => json!("aGVsbG8="),
            };
            assert_eq!(read(odoo.clone()).await, expected, "{road}, {series}");
            let said = server.calls().iter().any(|call| {
                let context = call.keyword.get("context");
                context.is_some_and(|context| context.get("include_binary_content").is_some())
            });
            // A session behind a proxy has not asked for the series.
            let may_be_20 = is_object || odoo.known_series().is_none();
            assert_eq!(said, may_be_20, "{road}, {series}");
            if is_object {
                let context = odx_runtime::Context::new().set("include_binary_content", false);
                let without = read(odoo.with_context(context)).await;
                assert_eq!(without, json!({"size": 5}), "{road}");
            }
        }
    }
}

#[tokio::test]
async fn a_value_without_content_is_a_file_and_is_not_written_as_one() {
    let server = started(archive("20.0")).await;
    let odoo = over(RoadName::Json2, &server).await;
    let f = Attachment::F;
    let id = Attachment::create(&odoo, Values::new().set(f.raw, b"hello".as_slice()))
        .await
        .unwrap();
    let read = Attachment::all().select(|f| (f.raw,));
    let sizes = odoo.with_context(odx_runtime::Context::new().set("bin_size", true));
    let rows = read.fetch(&sizes).await.unwrap();
    let blob = rows[0].0.as_ref().expect("a file");
    assert!(!blob.has_content());
    assert_eq!((blob.bytes(), blob.size()), (None, Some(5)));
    server.clear_calls();
    let refused = Attachment::write(&odoo, [id], Values::new().set(f.raw, blob)).await;
    let message = refused.unwrap_err().to_string();
    assert!(
        message.contains("`raw` of ir.attachment was read without its content"),
        "{message}"
    );
    assert!(calls(&server).is_empty());
}

#[tokio::test]
async fn a_file_name_is_refused_where_only_content_is_kept() {
    for series in ["14.0", "19.0", "saas~19.4"] {
        let server = started(archive(series)).await;
        let odoo = over(RoadName::JsonRpc, &server).await;
        let raw = Attachment::F.raw;
        let blob = Blob::new(b"hello").with_file_name("hello.txt");
        server.clear_calls();
        let named = Attachment::create(&odoo, Values::new().set(raw, &blob)).await;
        assert!(
            matches!(named, Err(Error::Unsupported(_))),
            "{series}: {named:?}"
        );
        assert!(calls(&server).is_empty(), "{series}");
        let unnamed = Values::new().set(raw, blob.without_file_name());
        Attachment::create(&odoo, unnamed).await.unwrap();
        let rows = Attachment::all()
            .select(|f| (f.raw,))
            .fetch(&odoo)
            .await
            .unwrap();
        assert_eq!(
            rows[0].0.as_ref().unwrap().bytes().as_deref(),
            Some(b"hello".as_slice())
        );
    }
}

#[tokio::test]
async fn what_is_written_to_a_dropped_field_is_lost_unless_it_is_refused() {
    // As the sandbox does it where odx is not asked: no error, and no file.
    let mut database = archive("20.0");
    let mut call = |method: &str, args: Vec<Value>| {
        let call = odx_sandbox::ObjectCall {
            database: COMPANY_DATABASE,
            user: COMPANY_USER,
            key: COMPANY_KEY,
            model: "ir.attachment",
            method,
            args,
            kwargs: Map::new(),
        };
        serde_json::to_value(database.execute_kw(call).unwrap()).unwrap()
    };
    let id = call("create", vec![json!({"name": "a", "datas": "aGVsbG8="})]);
    let read = call("read", vec![json!([id]), json!(["name", "raw"])]);
    assert_eq!(read, json!([{"id": 1, "name": "a", "raw": false}]));
}

#[tokio::test]
async fn a_write_to_a_dropped_field_is_refused_before_it_is_sent_at_every_depth() {
    let datas = || Values::new().set(Attachment::F.datas, b"hello".as_slice());
    for (series, is_refused) in [
        ("19.0", false),
        ("saas~19.2", false),
        ("saas~19.3", true),
        ("20.0", true),
    ] {
        let server = started(archive(series)).await;
        let odoo = over(RoadName::Json2, &server).await;
        if !is_refused {
            Attachment::create(&odoo, datas()).await.unwrap();
            continue;
        }
        server.clear_calls();
        let files = Case::F.attachment_ids;
        let nested = || Values::new().set(files, vec![Command::Create(datas())]);
        let content = json!({"datas": "aGVsbG8="});
        for refused in [
            dropped(Attachment::create(&odoo, datas()).await),
            dropped(Attachment::create_many(&odoo, [Values::new(), datas()]).await),
            dropped(Attachment::write(&odoo, [Id::new(1)], datas()).await),
            dropped(Case::create(&odoo, nested()).await),
            dropped(Case::write(&odoo, [Id::new(1)], nested()).await),
            dropped(
                Case::call(&odoo, "create")
                    .arg(nested().to_json())
                    .send::<Value>()
                    .await,
            ),
            dropped(
                odoo.call("ir.attachment", "create")
                    .arg(json!([content]))
                    .send::<Value>()
                    .await,
            ),
            dropped(
                odoo.call("ir.attachment", "create")
                    .kwarg("vals_list", json!([content]))
                    .send::<Value>()
                    .await,
            ),
            dropped(
                odoo.call("ir.attachment", "write")
                    .ids([1])
                    .arg(content.clone())
                    .send::<Value>()
                    .await,
            ),
            dropped(
                odoo.call("ir.attachment", "write")
                    .arg(json!([1]))
                    .arg(content)
                    .send::<Value>()
                    .await,
            ),
            dropped(
                odoo.call("ir.attachment", "load")
                    .arg(json!(["name", "datas"]))
                    .arg(json!([["a", "aGVsbG8="]]))
                    .send::<Value>()
                    .await,
            ),
        ] {
            assert!(
                refused.loses_values && refused.what.contains("datas"),
                "{refused}"
            );
            assert_eq!(refused.instead, "write `raw`");
        }
        assert!(calls(&server).is_empty(), "{series}");
        assert_eq!(
            dropped(Case::create(&odoo, nested()).await).to_string(),
            format!(
                "x.case.create was not sent: Odoo {} has no field `attachment_ids[0].datas` of ir.attachment, which went with \
                 Odoo 19.3 (as Odoo's documentation and changes say): what is written to it is lost without an error; write `raw`",
                odoo.known_series().unwrap()
            )
        );
    }
}

#[tokio::test]
async fn groups_are_the_same_on_19_and_20_and_an_untyped_read_group_is_refused() {
    let mut groups = Vec::new();
    for series in ["19.0", "saas~19.1", "saas~19.5", "20.0"] {
        let sandbox = Sandbox::with(furniture_maker().series(series)).await;
        let odoo = sandbox.session();
        let by_state = SaleOrder::all()
            .group_by(|o| (o.state,))
            .sum(|o| o.amount_total);
        groups.push(by_state.fetch(&odoo).await.unwrap());
        assert_eq!(sandbox.calls(), ["sale.order.formatted_read_group"]);

        let old = || {
            odoo.call("sale.order", "read_group")
                .arg(json!([]))
                .arg(json!(["amount_total:sum"]))
                .arg(json!(["state"]))
        };
        if series == "19.0" {
            assert_eq!(old().send::<Vec<Value>>().await.unwrap().len(), 3);
            continue;
        }
        let refused = dropped(old().send::<Value>().await);
        assert!(
            refused.to_string().contains("formatted_read_group"),
            "{refused}"
        );
        assert!(refused.to_string().contains("Odoo 19.1"), "{refused}");
        let typed = SaleOrder::call(&odoo, "read_group").kwarg("groupby", json!(["state"]));
        dropped(typed.send::<Value>().await);
        assert!(sandbox.calls().is_empty());
    }
    assert!(groups.iter().all(|found| *found == groups[0]));
}

#[tokio::test]
async fn methods_that_20_no_longer_has_are_refused_with_the_way_out() {
    let sandbox = Sandbox::with(furniture_maker().series("20.0")).await;
    let odoo = sandbox.session();
    for (model, method, instead) in [
        ("res.partner", "toggle_active", "action_archive"),
        ("res.partner", "check_access_rights", "has_access"),
        ("ir.config_parameter", "get_param", "get_str"),
    ] {
        let refused = dropped(odoo.call(model, method).ids([1]).send::<Value>().await);
        assert!(refused.instead.contains(instead), "{refused}");
        assert!(
            refused.to_string().contains("as third parties note"),
            "{refused}"
        );
    }
    assert!(sandbox.calls().is_empty());
    let before = Sandbox::with(furniture_maker().series("saas~19.5")).await;
    let odoo = before.session();
    let toggled = odoo.call("res.partner", "toggle_active").ids([1]);
    toggled.send::<Value>().await.unwrap();
}

#[tokio::test]
async fn spellings_that_20_no_longer_takes_are_sent_as_it_takes_them() {
    let sandbox = Sandbox::with(furniture_maker().series("20.0")).await;
    let odoo = sandbox.session();
    let spelled = json!([["state", "<>", "draft"], ["state", "==", "sale"]]);
    let raw = odoo.call("sale.order", "search_count").arg(spelled.clone());
    let refused = raw.send::<i64>().await.unwrap_err();
    assert!(refused.odoo().is_some(), "{refused}");
    let parsed = Domain::<SaleOrder>::parse(&spelled).unwrap();
    assert_eq!(SaleOrder::matching(parsed).count(&odoo).await.unwrap(), 49);
}

#[tokio::test]
async fn records_are_found_by_what_the_user_may_do_with_them() {
    let database = furniture_maker().deny("sale.order", LIMITED_USER);
    for series in ["saas~19.3", "20.0"] {
        let sandbox = Sandbox::with(database.clone().series(series)).await;
        let (odoo, limited) = (sandbox.session(), sandbox.limited());
        let lines = async |odoo: &Session, domain: Domain<SaleOrderLine>| {
            SaleOrderLine::matching(domain).count(odoo).await.unwrap()
        };
        let of_own = || domain!(SaleOrderLine, order_id access "write");
        let every = lines(&odoo, odx_runtime::all()).await;
        assert!(every > 0);
        assert_eq!(lines(&odoo, of_own()).await, every);
        assert_eq!(lines(&limited, of_own()).await, 0);
        assert_eq!(lines(&limited, !of_own()).await, every);
        let own = SaleOrderLine::F.id.access(Operation::Read);
        assert_eq!(lines(&limited, own).await, every);
    }
    let before = Sandbox::with(database.series("saas~19.2")).await;
    let odoo = before.session();
    let refused = SaleOrder::search(|o| o.id.access(Operation::Read))
        .ids(&odoo)
        .await;
    assert!(matches!(refused, Err(Error::Unsupported(_))), "{refused:?}");
    assert!(before.calls().is_empty());
}

#[tokio::test]
async fn records_are_read_written_and_streamed_on_20_as_on_19() {
    use futures_util::TryStreamExt;

    for series in ["19.0", "20.0"] {
        let sandbox = Sandbox::with(furniture_maker().series(series)).await;
        let odoo = sandbox.session();
        let named = ResPartner::search(|p| p.is_company.eq(true) & p.name.ilike("a"));
        let found = named.fetch(&odoo).await.unwrap();
        assert!(found.len() > 3, "{series}");
        let id = ResPartner::create(&odoo, odx_runtime::values!(ResPartner { name: "Ada" }))
            .await
            .unwrap();
        ResPartner::write(
            &odoo,
            [id],
            odx_runtime::values!(ResPartner { city: "Gent" }),
        )
        .await
        .unwrap();
        let ada = ResPartner::read(&odoo, [id]).await.unwrap().records;
        assert_eq!(ada[0].city.as_deref(), Some("Gent"));
        let every: Vec<ResPartner> = ResPartner::all().stream(&odoo).try_collect().await.unwrap();
        assert_eq!(
            every.len() as u64,
            ResPartner::all().count(&odoo).await.unwrap()
        );
        ResPartner::unlink(&odoo, [id]).await.unwrap();
    }
}

#[tokio::test]
async fn no_road_uses_the_service_that_19_1_dropped() {
    let server = started(archive("saas~19.1")).await;
    for road in [RoadName::JsonRpc, RoadName::XmlRpc] {
        let odoo = Odoo::connect(server.url())
            .login(COMPANY_LOGIN, COMPANY_PASSWORD)
            .road(road);
        let odoo = odoo.await.unwrap_or_else(|error| panic!("{road}: {error}"));
        assert_eq!(odoo.version().await.unwrap().series(), (19, 1).into());
    }
}
