//! Each command on a one2many and on a many2many.

use odx_live::{Live, models::*};
use odx_runtime::{Command, Id, Model, Session, Values, values};

/// The lines of a probe, by name, with their quantities.
async fn lines(odoo: &Session, probe: Id<OdxProbe>) -> Vec<(Option<String>, f64)> {
    OdxProbeLine::search(|line| line.probe_id.eq(probe))
        .order(|l| l.name.asc())
        .select(|l| (l.name, l.quantity))
        .fetch(odoo)
        .await
        .unwrap()
}

fn named(lines: &[(&str, f64)]) -> Vec<(Option<String>, f64)> {
    lines
        .iter()
        .map(|(name, quantity)| (Some((*name).to_owned()), *quantity))
        .collect()
}

/// The probe that a command creates the line from gives it its `probe_id`.
fn line(name: &str) -> Values<OdxProbeLine> {
    values!(OdxProbeLine { name: name, .. })
}

async fn change_lines<const N: usize>(
    odoo: &Session,
    probe: Id<OdxProbe>,
    commands: [Command<OdxProbeLine>; N],
) {
    let values = OdxProbe::values().set(OdxProbe::F.line_ids, commands);
    OdxProbe::write(odoo, [probe], values).await.unwrap();
}

#[tokio::test]
async fn each_command_changes_the_records_of_a_one2many() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let create = |name: &'static str| {
        let values = values!(OdxProbe { name: name, .. });
        OdxProbe::create(&odoo, values)
    };
    let probe = create("a live test's").await.unwrap();
    let other = create("a live test's other").await.unwrap();

    change_lines(
        &odoo,
        probe,
        ["a", "b", "c"].map(|name| Command::Create(line(name))),
    )
    .await;
    assert_eq!(
        lines(&odoo, probe).await,
        named(&[("a", 0.0), ("b", 0.0), ("c", 0.0)])
    );
    let [a, b, c] = OdxProbeLine::search(|line| line.probe_id.eq(probe))
        .order(|l| l.name.asc())
        .ids(&odoo)
        .await
        .unwrap()[..]
    else {
        panic!("three lines");
    };

    let more = values!(OdxProbeLine { quantity: 2.5, .. });
    change_lines(&odoo, probe, [Command::Update(a, more), Command::Delete(b)]).await;
    assert_eq!(lines(&odoo, probe).await, named(&[("a", 2.5), ("c", 0.0)]));

    change_lines(&odoo, other, [Command::Link(c)]).await;
    assert_eq!(lines(&odoo, probe).await, named(&[("a", 2.5)]));
    assert_eq!(lines(&odoo, other).await, named(&[("c", 0.0)]));

    change_lines(&odoo, other, [Command::Set(vec![a])]).await;
    assert_eq!(lines(&odoo, other).await, named(&[("a", 2.5)]));
    // A line cannot be without its probe, so taking it out deletes it.
    assert_eq!(OdxProbeLine::exists(&odoo, [a, b, c]).await.unwrap(), [a]);

    change_lines(
        &odoo,
        other,
        [Command::Create(line("d")), Command::Unlink(a)],
    )
    .await;
    assert_eq!(lines(&odoo, other).await, named(&[("d", 0.0)]));
    change_lines(&odoo, other, [Command::Clear]).await;
    assert_eq!(lines(&odoo, other).await, []);

    OdxProbe::unlink(&odoo, [probe, other]).await.unwrap();
}

#[tokio::test]
async fn each_command_changes_the_records_of_a_many2many() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let tag = |name: &'static str| values!(OdxProbeTag { name: name });
    let tags = ["a live test's a", "a live test's b", "a live test's c"].map(tag);
    let [a, b, c] = OdxProbeTag::create_many(&odoo, tags).await.unwrap()[..] else {
        panic!("three tags");
    };
    let probe = values!(OdxProbe {
        name: "a live test's",
        ..
    });
    let probe = OdxProbe::create(&odoo, probe).await.unwrap();
    let created = tag("a live test's d");
    let coloured = OdxProbeTag::values().set(OdxProbeTag::F.color, 7);

    change_tags(&odoo, probe, [Command::Set(vec![a, b])]).await;
    assert_eq!(tags_of(&odoo, probe).await, [a, b]);
    change_tags(&odoo, probe, [Command::Link(c)]).await;
    assert_eq!(tags_of(&odoo, probe).await, [a, b, c]);
    change_tags(&odoo, probe, [Command::Unlink(a), Command::Delete(b)]).await;
    assert_eq!(tags_of(&odoo, probe).await, [c]);
    assert_eq!(OdxProbeTag::exists(&odoo, [a, b]).await.unwrap(), [a]);
    change_tags(
        &odoo,
        probe,
        [Command::Update(c, coloured), Command::Create(created)],
    )
    .await;
    let [first, d] = tags_of(&odoo, probe).await[..] else {
        panic!("two tags");
    };
    assert_eq!(first, c);
    let found = OdxProbeTag::read(&odoo, [c, d])
        .await
        .unwrap()
        .all()
        .unwrap();
    assert_eq!([found[0].color, found[1].color], [7, 0]);
    change_tags(&odoo, probe, [Command::Clear, Command::Link(a)]).await;
    assert_eq!(tags_of(&odoo, probe).await, [a]);

    OdxProbe::unlink(&odoo, [probe]).await.unwrap();
    OdxProbeTag::unlink(&odoo, [a, c, d]).await.unwrap();
}

async fn tags_of(odoo: &Session, probe: Id<OdxProbe>) -> Vec<Id<OdxProbeTag>> {
    let row = OdxProbe::search(|p| p.id.eq(probe))
        .select(|p| (p.tag_ids,))
        .first(odoo)
        .await
        .unwrap();
    row.expect("the probe").0
}

async fn change_tags<const N: usize>(
    odoo: &Session,
    probe: Id<OdxProbe>,
    commands: [Command<OdxProbeTag>; N],
) {
    let values = OdxProbe::values().set(OdxProbe::F.tag_ids, commands);
    OdxProbe::write(odoo, [probe], values).await.unwrap();
}
