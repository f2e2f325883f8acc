//! The mirror among writers, killed again and again: it equals the source in the end, and nothing was given to it twice.
//!
//! Against the sandbox, and with `ODX_LIVE=1` against the Odoo that the environment names, where transactions are held open
//! through PostgreSQL as well. `ODX_SCALE=1` makes it 20,000 records and 50 kills.

#[allow(unreachable_pub)]
#[path = "support/source.rs"]
mod source;
#[allow(unreachable_pub)]
#[path = "support/target.rs"]
mod target;
#[allow(unreachable_pub)]
#[path = "support/writers.rs"]
mod writers;

use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use std::time::Duration;

use source::{MODEL, Source};
use target::Target;
use writers::Writers;

/// How much is written, and how often the mirror is killed.
#[derive(Clone, Copy, Debug)]
struct Size {
    /// How often each of the eight writers creates, writes, archives and deletes.
    turns: usize,
    /// How many records a turn creates.
    created: usize,
    /// How many are created at once, with one `write_date`.
    at_once: usize,
    kills: usize,
    /// How long the mirror lives at most, in milliseconds.
    life: u64,
}

const SMALL: Size = Size {
    turns: 3,
    created: 10,
    at_once: 300,
    kills: 6,
    life: 2_000,
};

const WHOLE: Size = Size {
    turns: 45,
    created: 50,
    at_once: 2_000,
    kills: 50,
    life: 5_000,
};

fn mirror(source: &Source, target: &Target, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mirror"));
    command.envs(source.variables()).stderr(Stdio::piped());
    command.arg("--to").arg(target.name());
    command.args(["--every", "0.1", "--overlap", "60", "--page", "100"]);
    command.args(more).arg(MODEL);
    command
}

/// Lets the mirror catch up.
fn catch_up(source: &Source, target: &Target) {
    let output = mirror(source, target, &["--once"])
        .output()
        .expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

async fn a_killed_mirror_equals_the_source(source: &Source, target: &Target, size: Size) {
    let began = std::time::Instant::now();
    let writers = Writers::start(source, size.turns, size.created, size.at_once).await;
    let mut random = fastrand::Rng::with_seed(12);
    let mut kills = 0;
    while kills < size.kills || !writers.are_done() {
        let mut process = mirror(source, target, &[]).spawn().expect("it runs");
        let life = Duration::from_millis(random.u64(size.life / 5..size.life));
        tokio::time::sleep(life).await;
        if let Some(status) = process.try_wait().expect("a process") {
            let output = process.wait_with_output().expect("what it said");
            panic!("{status}: {}", String::from_utf8_lossy(&output.stderr));
        }
        process.kill().expect("it is killed");
        process.wait().expect("it ends");
        kills += 1;
    }
    let wrote = writers.finish().await;
    let (mut source_rows, mut mirror_rows) = (BTreeMap::new(), BTreeMap::new());
    // Others may write to a shared server meanwhile.
    for _ in 0..5 {
        catch_up(source, target);
        mirror_rows = target.rows().await;
        source_rows = source.rows().await;
        if source_rows == mirror_rows {
            break;
        }
    }
    let (given, unchanged) = target.given().await;
    eprintln!(
        "{}: {wrote}; {kills} kills in {:.0?}; {} records, {given} given, {unchanged} of them as they were",
        source.name(),
        began.elapsed(),
        mirror_rows.len(),
    );
    source.clean_up().await;
    let differ: Vec<_> = source_rows
        .keys()
        .chain(mirror_rows.keys())
        .filter(|id| source_rows.get(*id) != mirror_rows.get(*id))
        .map(|id| (id, source_rows.get(id), mirror_rows.get(id)))
        .collect();
    assert!(differ.is_empty(), "{differ:?}");
    assert!(wrote.created >= size.at_once && wrote.written > 0 && wrote.deleted > 0);
    // What a killed process had in hand was not stored, so that nothing was given to the mirror twice.
    assert_eq!(unchanged, 0);
    assert!(given >= source_rows.len() as i64);
    catch_up(source, target);
    assert_eq!(target.given().await.1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_of_the_sandbox_that_is_killed_equals_it() {
    let source = Source::sandbox().await;
    a_killed_mirror_equals_the_source(&source, &Target::sqlite(), SMALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_of_a_real_odoo_that_is_killed_equals_it() {
    let Some(source) = Source::live().await else {
        return;
    };
    let is_whole = std::env::var("ODX_SCALE").is_ok_and(|value| value == "1");
    let size = if is_whole { WHOLE } else { SMALL };
    a_killed_mirror_equals_the_source(&source, &Target::sqlite(), size).await;
}

/// In a database of its own, beside that of the real Odoo.
#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_in_postgresql_that_is_killed_equals_its_source() {
    let Some(live) = Source::live().await else {
        return;
    };
    let Some(cluster) = &live.postgres else {
        eprintln!("skipped: ODX_ODOO_ENV names no Odoo whose PostgreSQL this test may use");
        return;
    };
    let target = Target::postgres(cluster).await;
    let source = Source::sandbox().await;
    a_killed_mirror_equals_the_source(&source, &target, SMALL).await;
    target.drop().await;
}
