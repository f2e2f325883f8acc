//! The same by the program `odx import`, whose process is killed.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use odx_live::Live;

use super::rows::{COLUMNS, Rows, number};
use crate::odx::Proxy;

/// A folder with the file of the rows.
struct Place {
    folder: PathBuf,
    batch: String,
}

impl Place {
    fn of(rows: &Rows) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&rows.module);
        fs::create_dir_all(&folder).unwrap();
        let place = Self {
            folder,
            batch: (rows.rows.len() / 10).clamp(1, 200).to_string(),
        };
        let mut file = csv::Writer::from_path(place.path("partners.csv")).unwrap();
        file.write_record(COLUMNS).unwrap();
        for row in &rows.rows {
            file.write_record(row).unwrap();
        }
        file.flush().unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    fn import(&self, proxy: &Proxy) -> Command {
        let import = "import res.partner partners.csv --good-rows --batch-size";
        let mut command = proxy.command(&self.folder, import.split(' ').chain([&*self.batch]));
        // A pipe that nobody reads would be in the way.
        command.stdout(Stdio::null());
        command.stderr(File::create(self.path("told")).unwrap());
        command
    }

    fn told(&self) -> String {
        fs::read_to_string(self.path("told")).unwrap()
    }

    /// How many rows the runs so far have settled, by what they keep beside the file.
    fn settled(&self) -> usize {
        let kept = fs::read(self.path("partners.csv.importing")).unwrap_or_default();
        // The first line says what is imported.
        let lines = kept.iter().filter(|byte| **byte == b'\n').count();
        lines.saturating_sub(1)
    }

    /// Kills a run when so many rows are settled, and a while later.
    fn kill(&self, mut run: Child, settled: usize, later: Duration) {
        while self.settled() < settled && run.try_wait().unwrap().is_none() {
            thread::sleep(Duration::from_millis(10));
        }
        thread::sleep(later);
        let ended = run.try_wait().unwrap();
        assert!(ended.is_none(), "it ended before: {}", self.told());
        run.kill().unwrap();
        run.wait().unwrap();
    }

    /// The rows that were refused, each with the reason.
    fn refused(&self) -> Vec<(Vec<String>, String)> {
        let mut file = csv::Reader::from_path(self.path("partners.refused.csv")).unwrap();
        let rows = file.records().map(|record| {
            let mut cells: Vec<String> = record.unwrap().iter().map(str::to_owned).collect();
            let reason = cells.pop().expect("a reason");
            (cells, reason)
        });
        rows.collect()
    }
}

/// The field that a reason begins with.
fn field(reason: &str) -> Option<&str> {
    let mut fields = COLUMNS.iter().filter_map(|name| name.split('/').next());
    fields.find(|field| {
        let rest = reason.strip_prefix(field);
        rest.is_some_and(|rest| rest.starts_with([' ', ':']))
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn odx_import_that_is_killed_again_and_again_leaves_exactly_the_good_rows() {
    let Some(live) = Live::start().await else {
        return;
    };
    let odoo = live.session();
    let rows = Rows::start(&odoo, 200).await;
    let place = Place::of(&rows);
    let proxy = Proxy::start();
    let kills = number("ODX_IMPORT_KILLS", 3);
    let begun = Instant::now();
    for kill in 0..kills {
        let run = place.import(&proxy).spawn().unwrap();
        // The first one before a call is answered; and not always where one begins.
        let later = Duration::from_millis(17 * kill as u64 % 50);
        place.kill(run, rows.rows.len() * kill / kills + 1, later);
        eprintln!("kill {}: {} rows are settled", kill + 1, place.settled());
    }
    let status = place.import(&proxy).status().unwrap();
    let told = place.told();
    eprintln!(
        "{} rows and {kills} kills in {:.1?}: {told}",
        rows.rows.len(),
        begun.elapsed()
    );
    let mut wrong = rows.wrong(&odoo).await;
    eprintln!("wrong: {wrong:#?}");
    rows.clean(&odoo).await;

    // Rows were refused.
    assert_eq!(status.code(), Some(2), "{told}");
    assert!(told.contains("going on after"), "{told}");
    let refused = place.refused();
    assert_eq!(refused.len(), rows.bad.len());
    for ((cells, reason), row) in refused.iter().zip(rows.bad.keys()) {
        assert_eq!(*cells, rows.rows[*row]);
        wrong.extend(rows.wrongly_told(*row, field(reason)));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(!place.path("partners.csv.importing").exists());
    fs::remove_dir_all(&place.folder).unwrap();
}
