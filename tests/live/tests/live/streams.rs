//! Many records, in pages.

use futures_util::TryStreamExt;
use odx_live::{Live, models::OdxProbeStream};
use odx_runtime::{Model, all};

#[tokio::test]
async fn twelve_thousand_records_stream_by_id_and_by_order() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let count = OdxProbeStream::search(all()).count(&odoo).await.unwrap();
    assert!(count >= 10_000, "{count}");

    let mut ids = Vec::new();
    let mut rows = OdxProbeStream::search(all()).page_size(1_000).stream(&odoo);
    while let Some(row) = rows.try_next().await.unwrap() {
        ids.push(row.id);
    }
    assert_eq!(ids.len() as u64, count);
    assert!(ids.is_sorted_by(|one, next| one < next));

    let ordered = OdxProbeStream::search(all())
        .order((OdxProbeStream::F.bucket.desc(), OdxProbeStream::F.id.asc()))
        .page_size(2_000)
        .stream(&odoo);
    let mut ordered: Vec<_> = ordered.map_ok(|row| row.id).try_collect().await.unwrap();
    ordered.sort_unstable();
    assert_eq!(ordered, ids);
}
