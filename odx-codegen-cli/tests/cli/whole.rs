//! A folder changes whole: under kill, beside a second run, and on a full disk.

use std::collections::hash_map::RandomState;
use std::ffi::OsStr;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Duration;

use serde_json::{Map, Value, json};

use crate::support::{Run, Workplace};

const MODELS: usize = 80;

/// How often a run is killed, or two are started.
const TRIES: usize = 20;

type Files = Vec<(PathBuf, Vec<u8>)>;

/// What a server said, and later said otherwise of every model.
fn answers(label: &str) -> Value {
    let models = (0..MODELS).map(|number| {
        let fields = json!({"id": {"type": "integer", "store": true}, "name": {"type": "char", "string": label, "store": true}});
        (format!("x.model{number}"), fields)
    });
    Value::Object(Map::from_iter(models))
}

/// A folder with two saved answers, and two snapshots of them.
fn place() -> Workplace {
    let place = Workplace::new();
    for name in ["old", "new"] {
        place.write(&format!("{name}.json"), &answers(name).to_string());
        place
            .odx([
                "pull",
                "--from-json",
                &format!("{name}.json"),
                "--schema",
                name,
            ])
            .succeeds();
    }
    // The manifest differs, too.
    place.write(
        "new.toml",
        "[schema]\ndir = \"new\"\n[types]\nserde = true\n",
    );
    place.write("old.toml", "[schema]\ndir = \"old\"\n");
    place
}

const GENERATE: [[&str; 3]; 2] = [
    ["--config", "old.toml", "generate"],
    ["--config", "new.toml", "generate"],
];

const PULL: [[&str; 3]; 2] = [
    ["pull", "--from-json", "old.json"],
    ["pull", "--from-json", "new.json"],
];

/// What a folder is after each of two commands.
fn states(place: &Workplace, commands: [[&str; 3]; 2], folder: &str) -> [Files; 2] {
    commands.map(|command| {
        place.odx(command).succeeds();
        files(place, folder)
    })
}

/// The files of a folder, but for the user's own.
fn files(place: &Workplace, folder: &str) -> Files {
    let mut files = place.files(folder);
    files.retain(|(path, _)| path.file_name() != Some(OsStr::new("README.md")));
    files
}

fn random_below(end: u64) -> u64 {
    RandomState::new().build_hasher().finish() % end
}

/// Whether a run has begun to write, here or in the folder that it writes.
fn is_staging(place: &Workplace, folder: &str) -> bool {
    let names = [place.names("."), place.names(folder)];
    names
        .concat()
        .iter()
        .any(|name| name.starts_with(".odx-staging"))
}

fn start(place: &Workplace, command: [&str; 3]) -> Child {
    let mut command = place.command(command);
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command.spawn().expect("odx starts")
}

/// Kills a run within some milliseconds of its staging. Whether it was still at it.
fn kill_while_writing(place: &Workplace, command: [&str; 3], folder: &str) -> bool {
    let mut run = start(place, command);
    while !is_staging(place, folder) {
        if run.try_wait().expect("a state").is_some() {
            return false;
        }
        thread::sleep(Duration::from_micros(100));
    }
    thread::sleep(Duration::from_micros(random_below(20_000)));
    run.kill().expect("killed");
    !run.wait().expect("a state").success()
}

#[track_caller]
fn assert_whole(found: &Files, states: &[Files; 2], what: &str) {
    let news = |state: &Files| found.iter().filter(|file| state.contains(file)).count();
    assert!(
        states.contains(found),
        "{what}: {} old and {} new files of {}",
        news(&states[0]),
        news(&states[1]),
        found.len()
    );
}

fn is_whole_under_kill(commands: [[&str; 3]; 2], folder: &str) {
    let place = place();
    let states = states(&place, commands, folder);
    let mine = format!("{folder}/README.md");
    place.write(&mine, "mine");
    let mut killed = 0;
    for index in 0..TRIES {
        // What is there now is to become the other.
        let is_old = files(&place, folder) == states[0];
        killed += usize::from(kill_while_writing(
            &place,
            commands[usize::from(is_old)],
            folder,
        ));
        assert_whole(&files(&place, folder), &states, &format!("try {index}"));
        assert_eq!(place.read(&mine), "mine");
    }
    assert!(killed > 0, "no run was killed while it wrote");
    for command in commands {
        place.odx(command).succeeds();
    }
    assert_eq!(files(&place, folder), states[1]);
    assert!(!is_staging(&place, folder), "what was left is removed");
}

#[test]
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn a_killed_generate_leaves_the_old_code_or_the_new() {
    is_whole_under_kill(GENERATE, "models");
}

#[test]
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn a_killed_pull_leaves_the_old_snapshot_or_the_new() {
    is_whole_under_kill(PULL, "odoo-schema");
}

fn both_of_two_succeed(commands: [[&str; 3]; 2], folder: &str) {
    let place = place();
    let states = states(&place, commands, folder);
    for index in 0..TRIES {
        let runs = commands.map(|command| start(&place, command));
        for run in runs {
            Run::of(run.wait_with_output().expect("an end")).succeeds();
        }
        assert_whole(&files(&place, folder), &states, &format!("pair {index}"));
    }
    assert!(!is_staging(&place, folder));
}

#[test]
fn two_generates_at_once_both_succeed_and_one_of_them_wins() {
    both_of_two_succeed(GENERATE, "models");
}

#[test]
fn two_pulls_at_once_both_succeed_and_one_of_them_wins() {
    both_of_two_succeed(PULL, "odoo-schema");
}

#[test]
fn a_generate_beside_pulls_reads_one_snapshot_or_the_other() {
    let place = place();
    states(&place, PULL, "odoo-schema");
    let generate = ["generate", "--out", "models"];
    let states = PULL.map(|pull| {
        place.odx(pull).succeeds();
        place.odx(generate).succeeds();
        files(&place, "models")
    });
    for index in 0..TRIES {
        let pull = start(&place, PULL[index % 2]);
        let run = start(&place, generate);
        for run in [pull, run] {
            Run::of(run.wait_with_output().expect("an end")).succeeds();
        }
        assert_whole(&files(&place, "models"), &states, &format!("pair {index}"));
    }
}

#[test]
fn who_waits_says_for_what() {
    let place = place();
    let held = File::open(place.path(".")).expect("a folder");
    held.lock().expect("a lock");
    let mut run = start(&place, GENERATE[0]);
    let mut stderr = BufReader::new(run.stderr.take().expect("standard error"));
    let mut line = String::new();
    stderr.read_line(&mut line).expect("a line");
    assert_eq!(line, "waiting for another odx, which is writing models\n");
    assert!(!place.path("models").exists());
    drop(held);
    assert!(run.wait().expect("an end").success());
}

#[test]
fn a_half_snapshot_is_noticed_by_all_that_read_it_and_nothing_is_written() {
    let place = place();
    let states = states(&place, PULL, "odoo-schema");
    place.odx(["generate"]).succeeds();
    let code = files(&place, "models");
    let mut halves = states[0].clone();
    halves.truncate(MODELS / 2);
    for (path, bytes) in halves {
        fs::write(path, bytes).expect("a file");
    }
    for command in ["check", "generate", "models"] {
        place
            .odx([command])
            .fails()
            .says(".json is not as it was when odoo-schema/_meta.json was written")
            .says("run `odx pull` to write it anew");
    }
    assert_eq!(files(&place, "models"), code);
    place.odx(PULL[1]).succeeds();
    place.odx(["check"]).succeeds();
}

/// A file system of its own, which ends with the value.
struct SmallDisk<'a>(&'a Path);

impl<'a> SmallDisk<'a> {
    /// `None` where this user may not mount one.
    fn mount(path: &'a Path, size: &str) -> Option<Self> {
        fs::create_dir_all(path).expect("a folder");
        let options = format!("size={size}");
        let mount = ["-t", "tmpfs", "-o", &options, "odx-test"];
        let mounted = Command::new("mount").args(mount).arg(path).output();
        mounted
            .is_ok_and(|run| run.status.success())
            .then_some(Self(path))
    }
}

impl Drop for SmallDisk<'_> {
    fn drop(&mut self) {
        // Detached at once, even if something still looks at it.
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_leaves_everything_as_it_was_and_names_the_file() {
    let place = place();
    let path = place.path("disk");
    // A page a file, and a run needs both the old files and the new.
    let Some(_disk) = SmallDisk::mount(&path, "600k") else {
        eprintln!(
            "skipped: this user may not mount a tmpfs; the limit of a file's size is tested elsewhere"
        );
        return;
    };
    let generate = |name| place.odx(["generate", "--schema", name, "--out", "disk/models"]);
    let pull = |name| {
        let saved = format!("{name}.json");
        place.odx(["pull", "--schema", "disk/snapshot", "--from-json", &saved])
    };
    let ways: [(&dyn Fn(&'static str) -> Run, &str); 2] =
        [(&generate, "disk/models"), (&pull, "disk/snapshot")];
    for (run, folder) in ways {
        run("old").succeeds();
        let before = place.files(folder);
        run("new")
            .fails()
            .says(&format!("cannot write {folder}"))
            .says("caused by: No space left on device");
        assert_eq!(place.files(folder), before);
        assert_eq!(place.names("disk").len(), 1, "nothing is left beside it");
        fs::remove_dir_all(place.path(folder)).expect("removed");
    }
}
