//! The mirror among writers, killed again and again: it equals the source in the end, and nothing was given to it twice.
//!
//! Against the sandbox, and with `ODX_LIVE=1` against the Odoo that the environment names, where transactions are held open
//! through PostgreSQL as well. `ODX_SCALE=1` makes it 20,000 records and 50 kills.

#[allow(unreachable_pub)]
#[path = "support/source.rs"]
mod source;
#[allow(unreachable_pub)]
#[path = "support/writers.rs"]
mod writers;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rusqlite::Connection;
use source::{MODEL, Row, Source};
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
    life: 900,
};

const WHOLE: Size = Size {
    turns: 45,
    created: 50,
    at_once: 2_000,
    kills: 50,
    life: 5_000,
};

fn mirror(source: &Source, file: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mirror"));
    command.envs(source.variables()).stderr(Stdio::piped());
    command.arg("--to").arg(file);
    command.args(["--every", "0.1", "--overlap", "60", "--page", "100"]);
    command.args(more).arg(MODEL);
    command
}

/// Lets the mirror catch up.
fn catch_up(source: &Source, file: &Path) {
    let output = mirror(source, file, &["--once"]).output().expect("it runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
}

fn mirrored(file: &Path) -> BTreeMap<i64, Row> {
    let connection = Connection::open(file).expect("the mirror");
    let mut select = connection
        .prepare(
            "SELECT id, name, color, parent_id, archived, write_date FROM res_partner_category",
        )
        .expect("a statement");
    let rows = select.query_map([], |row| {
        Ok((
            row.get(0)?,
            Row {
                name: row.get(1)?,
                color: row.get(2)?,
                parent: row.get(3)?,
                archived: row.get(4)?,
                written: row.get(5)?,
            },
        ))
    });
    rows.expect("rows").collect::<Result<_, _>>().expect("rows")
}

/// How many records the mirror was given, and how many of them as they were.
fn given(file: &Path) -> (i64, i64) {
    let connection = Connection::open(file).expect("the mirror");
    connection
        .query_row("SELECT given, unchanged FROM odx_mirror", [], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .expect("a tally")
}

async fn a_killed_mirror_equals_the_source(source: &Source, size: Size) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("mirror.sqlite");
    let began = std::time::Instant::now();
    let writers = Writers::start(source, size.turns, size.created, size.at_once).await;
    let mut random = fastrand::Rng::with_seed(12);
    let mut kills = 0;
    while kills < size.kills || !writers.are_done() {
        let mut process = mirror(source, &file, &[]).spawn().expect("it runs");
        let life = Duration::from_millis(random.u64(size.life / 10..size.life));
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
        catch_up(source, &file);
        mirror_rows = mirrored(&file);
        source_rows = source.rows().await;
        if source_rows == mirror_rows {
            break;
        }
    }
    let (given, unchanged) = given(&file);
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
    catch_up(source, &file);
    assert_eq!(self::given(&file).1, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_of_the_sandbox_that_is_killed_equals_it() {
    let source = Source::sandbox().await;
    a_killed_mirror_equals_the_source(&source, SMALL).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mirror_of_a_real_odoo_that_is_killed_equals_it() {
    let Some(source) = Source::live().await else {
        return;
    };
    let is_whole = std::env::var("ODX_SCALE").is_ok_and(|value| value == "1");
    let size = if is_whole { WHOLE } else { SMALL };
    a_killed_mirror_equals_the_source(&source, size).await;
}
