//! Partners with parents and tags, some of them bad, imported into a real Odoo by a program that is killed again and again.
//!
//! `ODX_IMPORT_ROWS`, `ODX_IMPORT_SHARE` and `ODX_IMPORT_KILLS` make it larger.

mod program;
mod rows;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use futures_util::TryStreamExt;
use odx_live::Live;
use odx_runtime::{RecordId, write::import::Imported};
use serde_json::json;

use rows::{BAD, Rows, number};

#[tokio::test]
async fn exactly_the_good_rows_are_there_after_many_kills_and_each_bad_one_is_told() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let rows = Rows::start(&odoo, 100).await;
    let kills = number("ODX_IMPORT_KILLS", 3);
    for kill in 1..=kills {
        let mut settled = rows.import(&odoo).batch_size(20).stream();
        for _ in 0..rows.rows.len() * kill / (kills + 1) {
            settled.try_next().await.unwrap().expect("more rows");
        }
        // Odoo goes on with the call that it is killed in.
        let _ = tokio::time::timeout(Duration::from_millis(30), settled.try_next()).await;
        drop(settled);
        let found = rows.found(&odoo).await.len();
        eprintln!("kill {kill}: {found} partners are there");
    }
    let begun = Instant::now();
    let imported = rows.import(&odoo).batch_size(20).send().await.unwrap();
    eprintln!("{} rows in {:.1?}", rows.rows.len(), begun.elapsed());

    let mut wrong = rows.wrong(&odoo).await;
    rows.clean(&odoo).await;
    for refused in imported.refused.iter().take(BAD.len()) {
        eprintln!("{refused}");
    }
    for refused in &imported.refused {
        let told = refused.faults[0].field.as_deref();
        wrong.extend(rows.wrongly_told(refused.row, told));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    let told: BTreeSet<usize> = imported.refused.iter().map(|one| one.row).collect();
    assert!(told.iter().eq(rows.bad.keys()), "{told:?}");
    let ids: BTreeSet<RecordId> = imported.ids.iter().flatten().copied().collect();
    assert_eq!(ids.len(), rows.rows.len() - rows.bad.len());
}

#[tokio::test]
async fn an_external_id_of_another_model_makes_and_changes_no_record() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let name = "of a live test of imports";
    let import = async |model: &'static str| -> Imported {
        let import = odoo.import(model, ["id", "name"]);
        import
            .rows([["odx_live_import.same", name]])
            .send()
            .await
            .unwrap()
    };
    let tag = import("odx.probe.tag").await;
    assert!(tag.is_complete(), "{tag:?}");
    let kind = import("odx.probe.kind").await;
    let kinds = odoo.call("odx.probe.kind", "search");
    let kinds: Vec<i64> = kinds
        .arg(json!([["name", "=", name]]))
        .send()
        .await
        .unwrap();
    let tags = odoo
        .call("odx.probe.tag", "unlink")
        .ids(tag.ids.iter().flatten().copied());
    assert!(tags.send::<bool>().await.unwrap());

    let [refused] = kind.refused.as_slice() else {
        panic!("{kind:?}");
    };
    assert!(refused.to_string().contains("odx.probe.tag"), "{refused}");
    assert!(kinds.is_empty(), "{kinds:?}");
}
