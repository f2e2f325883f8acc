//! A session of odx is recorded over each road, and answered again with the Odoo gone.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use odx_e2e::models::prelude::*;
use odx_e2e::roads::{Given, Network};
use odx_runtime::Session;
use odx_runtime::transport::RoadName;
use odx_sandbox::recording::{Credential, Player, RECORDED_ODOO, Recorder, Rules, Upstream};
use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, COMPANY_USER, Sandbox,
};
use secrecy::ExposeSecret;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let name = format!("odx-recording-{name}-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn text(&self) -> String {
        let files = fs::read_dir(&self.0).unwrap();
        let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
        paths.sort();
        let texts = paths.iter().map(|path| {
            let text = fs::read_to_string(path).unwrap();
            format!("{}\n{text}", path.file_name().unwrap().display())
        });
        texts.collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // What is left in the temporary folder harms nobody.
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn rules() -> Rules {
    let of = |fields: &[&str]| {
        let fields = fields.iter().map(ToString::to_string).collect();
        BTreeMap::from([("res.partner".to_owned(), fields)])
    };
    Rules {
        replace: of(&["name", "display_name", "complete_name", "email", "phone"]),
        remove: of(&["comment"]),
    }
}

/// What leads to a server at that address.
fn given(address: &str, road: RoadName, proxy_key: &str) -> Given {
    Given {
        url: match road.is_behind_a_proxy() {
            true => "http://erp.example.com".to_owned(),
            false => address.to_owned(),
        },
        proxy: address.to_owned(),
        proxy_key: proxy_key.to_owned(),
        database: COMPANY_DATABASE.to_owned(),
        login: COMPANY_LOGIN.to_owned(),
        user_id: COMPANY_USER,
        by_id: false,
        key: COMPANY_KEY.to_owned(),
        password: COMPANY_PASSWORD.to_owned(),
        by_password: false,
        network: Network::Plain,
    }
}

fn credentials(proxy_key: &str) -> Vec<Credential> {
    let credential = |value: &str, placeholder, is_secret| Credential {
        value: value.to_owned().into(),
        placeholder,
        is_secret,
    };
    vec![
        credential(COMPANY_KEY, "recorded-api-key", true),
        credential(COMPANY_PASSWORD, "recorded-password", true),
        credential(proxy_key, "recorded-proxy-key", true),
        credential(COMPANY_LOGIN, "recorded-login", false),
        credential("http://erp.example.com", RECORDED_ODOO, false),
    ]
}

/// What leads to a recording.
fn replayed(address: &str, road: RoadName) -> Given {
    let mut given = given(address, road, "recorded-proxy-key");
    if road.is_behind_a_proxy() {
        given.url = RECORDED_ODOO.to_owned();
    }
    given.login = "recorded-login".to_owned();
    given.key = "recorded-api-key".to_owned();
    given.password = "recorded-password".to_owned();
    given
}

/// A program that reads, writes, groups, streams, and asks for what it has read.
async fn program(odoo: &Session) -> Vec<String> {
    let mut told = Vec::new();
    let orders = SaleOrder::all().order(|o| o.id.asc()).limit(5);
    for order in orders.fetch(odoo).await.unwrap() {
        told.push(format!(
            "{:?} {} {:?}",
            order.id, order.amount_total, order.date_order
        ));
    }
    let count = SaleOrder::all().count(odoo).await.unwrap();
    let acme = values!(ResPartner {
        name: "Acme Anvils",
        email: "wile@acme.example",
        comment: "no credit"
    });
    let acme = ResPartner::create(odoo, acme).await.unwrap();
    // The same question as before, with another answer to come: answers are kept in their order.
    let partners = ResPartner::all().count(odoo).await.unwrap();
    ResPartner::write(
        odoo,
        [acme],
        values!(ResPartner {
            phone: "+32 2 555 01 02",
            ..
        }),
    )
    .await
    .unwrap();
    let read = ResPartner::get(odoo, acme).await.unwrap();
    // By what was read, and by what stands in the program.
    let by_name = ResPartner::search(|p| p.email.eq(read.email.clone().unwrap()));
    let found = by_name.first(odoo).await.unwrap().unwrap();
    let by_text = ResPartner::search(|p| p.name.eq("Acme Anvils"));
    let also = by_text.first(odoo).await.unwrap().unwrap();
    told.push(format!(
        "{count} {partners} {:?} {:?} {:?}",
        found.id, also.id, read.id
    ));
    ResPartner::unlink(odoo, [acme]).await.unwrap();
    told.push(format!("{}", ResPartner::all().count(odoo).await.unwrap()));
    told
}

async fn record(road: RoadName, folder: &Path) -> Vec<String> {
    let sandbox = Sandbox::company().await.unwrap();
    let proxy_key = sandbox.server().key().expose_secret().to_owned();
    let upstream = Upstream::new(sandbox.url().parse().unwrap());
    let recorder = Recorder::start(upstream).await.unwrap();
    let given = given(&recorder.url(), road, &proxy_key);
    let odoo = given.session(road.as_str()).await.unwrap();
    let told = program(&odoo).await;
    let credentials = credentials(&proxy_key);
    let summary = recorder
        .finish(folder, &rules(), credentials, BTreeMap::new())
        .unwrap();
    assert!(summary.unmet.is_empty(), "{road}: {summary:?}");
    let mut secrets = vec![
        COMPANY_KEY.to_owned(),
        COMPANY_PASSWORD.to_owned(),
        proxy_key,
    ];
    secrets.extend(sandbox.server().session_ids());
    let text = Folder(folder.to_owned());
    for secret in secrets.iter().map(String::as_str).chain([
        "Acme Anvils",
        "wile@acme.example",
        "555 01 02",
        "no credit",
        "erp.example.com",
    ]) {
        assert!(
            !text.text().contains(secret),
            "{road}: {secret} stands in the recording"
        );
    }
    std::mem::forget(text);
    sandbox.stop().await;
    told
}

#[tokio::test]
async fn a_session_is_recorded_over_each_road_and_answered_again_with_the_odoo_gone() {
    for road in RoadName::all() {
        let folder = Folder::new(road.as_str());
        let told = record(road, &folder.0).await;
        let player = Player::start(&folder.0).await.unwrap();
        let odoo = replayed(&player.url(), road)
            .session(road.as_str())
            .await
            .unwrap();
        assert_eq!(program(&odoo).await, told, "{road}");
        assert_eq!(player.missed(), Vec::<String>::new(), "{road}");

        let error = ResPartner::search(|p| p.name.eq("Nobody"))
            .count(&odoo)
            .await
            .unwrap_err();
        let text = error.to_string();
        assert!(
            text.contains("not recorded") && text.contains("res.partner.search_count"),
            "{road}: {text}"
        );
        assert!(text.contains("`odx record`"), "{road}: {text}");
        assert_eq!(player.missed().len(), 1, "{road}");
    }
}

#[tokio::test]
async fn a_recording_that_is_made_anew_is_the_same() {
    let folder = Folder::new("anew");
    record(RoadName::JsonRpc, &folder.0).await;
    let files = |folder: &Folder| {
        // Dates of creation are those of the clock.
        let text = folder.text();
        let lines = text.lines().filter(|line| !line.contains("_date\""));
        lines.map(str::to_owned).collect::<Vec<_>>()
    };
    let first = files(&folder);
    record(RoadName::JsonRpc, &folder.0).await;
    assert_eq!(files(&folder), first);
}

#[tokio::test]
async fn a_folder_of_other_files_is_left_alone() {
    let folder = Folder::new("other");
    fs::create_dir_all(&folder.0).unwrap();
    fs::write(folder.0.join("package.json"), "{}").unwrap();
    let upstream = Upstream::new("http://127.0.0.1:9".parse().unwrap());
    let recorder = Recorder::start(upstream).await.unwrap();
    let error = recorder
        .finish(&folder.0, &rules(), Vec::new(), BTreeMap::new())
        .unwrap_err();
    assert!(
        error.to_string().contains("holds files and no recording"),
        "{error}"
    );
    assert!(folder.0.join("package.json").is_file());
}
