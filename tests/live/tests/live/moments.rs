//! Moments, and the microseconds that Odoo keeps of `create_date` and `write_date`.

use std::time::SystemTime;

use odx_live::{Live, models::*};
use odx_runtime::{
    Domain, Model,
    model::{DateTime, Utc},
    values,
};

#[tokio::test]
async fn a_record_is_found_by_the_second_that_is_read_of_it() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let tag = values!(OdxProbeTag {
        name: "a live test's"
    });
    let tag = OdxProbeTag::create(&odoo, tag).await.unwrap();
    let written = OdxProbeTag::F.write_date;
    let (read,) = OdxProbeTag::search(|t| t.id.eq(tag))
        .select(|_| (written,))
        .first(&odoo)
        .await
        .unwrap()
        .expect("the tag");
    let read = read.expect("a moment");
    let finds = async |domain: Domain<OdxProbeTag>| {
        let found = OdxProbeTag::search(|t| domain & t.id.eq(tag));
        found.count(&odoo).await.unwrap() == 1
    };

    // Odoo's clock is this machine's.
    let now: DateTime<Utc> = SystemTime::now().into();
    assert!(finds(written.le(now)).await);
    assert!(!finds(written.gt(now)).await);
    for (domain, is_found) in [
        (written.le(read), true),
        (written.ge(read), true),
        (written.eq(read), true),
        (written.is_in([read]), true),
        (written.between(read, read), true),
        (written.lt(read), false),
        (written.gt(read), false),
        (written.ne(read), false),
        (written.not_in([read]), false),
        (!written.le(read), false),
        (!written.gt(read), true),
    ] {
        let shown = domain.to_string();
        assert_eq!(finds(domain).await, is_found, "{shown}");
    }
    OdxProbeTag::unlink(&odoo, [tag]).await.unwrap();
}
