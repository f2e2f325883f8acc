//! A folder, an environment, and the binary run in them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use odx_sandbox::{
    COMPANY_DATABASE, COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, COMPANY_USER, Database,
    LIMITED_KEY, LIMITED_USER, Options, Server, company,
};
use tempfile::TempDir;
use tokio::runtime::Runtime;

pub(crate) const PROXY_KEY: &str = "proxy-key-of-the-tests";

/// A folder in which `odx` is run.
pub(crate) struct Workplace {
    dir: TempDir,
    environment: Vec<(&'static str, String)>,
}

/// How a run ended, and what it printed.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Workplace {
    /// An empty folder, and no variable of odx set.
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().expect("a folder"),
            environment: Vec::new(),
        }
    }

    /// The same, with the variables that lead to a sandbox.
    pub(crate) fn with(sandbox: &Sandbox) -> Self {
        Self {
            environment: sandbox.environment(),
            ..Self::new()
        }
    }

    /// The same, with what leads to a sandbox over that road, and no more than that.
    pub(crate) fn over(sandbox: &Sandbox, road: &str) -> Self {
        Self {
            environment: sandbox.environment_over(road),
            ..Self::new()
        }
    }

    /// A folder with a snapshot of these saved `fields_get` answers.
    pub(crate) fn with_snapshot(answers: &serde_json::Value) -> Self {
        let place = Self::new();
        place.write("saved.json", &answers.to_string());
        place.odx(["pull", "--from-json", "saved.json"]).succeeds();
        place
    }

    pub(crate) fn set(&mut self, variable: &'static str, value: &str) {
        self.environment.retain(|(name, _)| *name != variable);
        self.environment.push((variable, value.to_owned()));
    }

    pub(crate) fn unset(&mut self, variable: &'static str) {
        self.environment.retain(|(name, _)| *name != variable);
    }

    /// Who may read less: not `ir.model`, for one.
    pub(crate) fn as_limited_user(&mut self) {
        self.set("ODX_ODOO_USER_ID", &LIMITED_USER.to_string());
        self.set("ODX_ODOO_API_KEY", LIMITED_KEY);
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    pub(crate) fn replace(&self, name: &str, from: &str, to: &str) {
        let text = self.read(name);
        assert!(text.contains(from), "{name} has no {from}");
        self.write(name, &text.replace(from, to));
    }

    /// What one does who edited the snapshot and means it.
    pub(crate) fn keep_edited_snapshot(&self) {
        let mut meta: serde_json::Value =
            serde_json::from_str(&self.read("odoo-schema/_meta.json")).expect("JSON");
        let digests = meta.as_object_mut().expect("an object").remove("files");
        assert!(digests.is_some());
        self.write("odoo-schema/_meta.json", &meta.to_string());
    }

    /// The names in a folder, sorted; none if there is no such folder.
    pub(crate) fn names(&self, folder: &str) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path(folder)) else {
            return Vec::new();
        };
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// Every file below a folder, with its bytes.
    pub(crate) fn files(&self, folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        collect(&self.path(folder), &mut files);
        files.sort();
        files
    }

    pub(crate) fn command<const N: usize>(&self, arguments: [&str; N]) -> Command {
        self.command_of(&arguments)
    }

    pub(crate) fn command_of(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_odx"));
        for (name, _) in
            std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("ODX_"))
        {
            command.env_remove(name);
        }
        command
            .args(arguments)
            .current_dir(self.dir.path())
            .stdin(Stdio::null())
            .envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }

    pub(crate) fn odx<const N: usize>(&self, arguments: [&str; N]) -> Run {
        Run::of(self.command(arguments).output().expect("odx starts"))
    }
}

fn collect(folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => collect(&path, files),
            false => files.push((path.clone(), fs::read(&path).expect("a file"))),
        }
    }
}

impl Run {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout).expect("text"),
            stderr: String::from_utf8(output.stderr).expect("text"),
        }
    }

    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{}{}", self.stdout, self.stderr);
        self
    }

    #[track_caller]
    pub(crate) fn succeeds(self) -> Self {
        self.ends_with(0)
    }

    #[track_caller]
    pub(crate) fn differs(self) -> Self {
        self.ends_with(1)
    }

    #[track_caller]
    pub(crate) fn fails(self) -> Self {
        self.ends_with(2)
    }

    /// Standard error holds this.
    #[track_caller]
    pub(crate) fn says(self, text: &str) -> Self {
        assert!(
            self.stderr.contains(text),
            "not said: {text}\n{}",
            self.stderr
        );
        self
    }

    /// Standard output holds this.
    #[track_caller]
    pub(crate) fn prints(self, text: &str) -> Self {
        assert!(
            self.stdout.contains(text),
            "not printed: {text}\n{}",
            self.stdout
        );
        self
    }

    #[track_caller]
    pub(crate) fn shows_nowhere(self, secret: &str) -> Self {
        assert!(
            !self.stdout.contains(secret) && !self.stderr.contains(secret),
            "{}{}",
            self.stdout,
            self.stderr
        );
        self
    }
}

/// The small company's Odoo behind the protocol, in this process.
pub(crate) struct Sandbox {
    pub(crate) server: Server,
    _runtime: Runtime,
}

impl Sandbox {
    pub(crate) fn start() -> Self {
        Self::of_series("19.0")
    }

    /// The same, as another version of Odoo.
    pub(crate) fn of_series(series: &str) -> Self {
        Self::with(company().expect("the company").series(series))
    }

    /// Another Odoo.
    pub(crate) fn with(database: Database) -> Self {
        let runtime = Runtime::new().expect("a runtime");
        let options = Options::default().key(PROXY_KEY);
        let server = runtime
            .block_on(Server::start(database, options))
            .expect("a server");
        Self {
            server,
            _runtime: runtime,
        }
    }

    /// What each road asks for at least; the database is found where it can be.
    fn environment_over(&self, road: &str) -> Vec<(&'static str, String)> {
        let odoo = ("ODX_ODOO_URL", self.server.url());
        let key = ("ODX_ODOO_API_KEY", COMPANY_KEY.to_owned());
        let login = ("ODX_ODOO_LOGIN", COMPANY_LOGIN.to_owned());
        let password = ("ODX_ODOO_PASSWORD", COMPANY_PASSWORD.to_owned());
        let mut environment = match road {
            "json2" => vec![odoo, key],
            "web" => vec![odoo, login, password],
            "odxproxy-v2" => {
                let mut environment = self.environment();
                environment.retain(|(name, _)| *name != "ODX_ODOO_USER_ID");
                environment
            }
            "odxproxy-v1" => self.environment(),
            _ => vec![odoo, login, password],
        };
        environment.push(("ODX_ROAD", road.to_owned()));
        environment
    }

    fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("ODX_PROXY_URL", self.server.url()),
            ("ODX_PROXY_KEY", PROXY_KEY.to_owned()),
            ("ODX_ODOO_URL", "http://odoo.invalid".to_owned()),
            ("ODX_ODOO_DB", COMPANY_DATABASE.to_owned()),
            ("ODX_ODOO_USER_ID", COMPANY_USER.to_string()),
            ("ODX_ODOO_API_KEY", COMPANY_KEY.to_owned()),
        ]
    }
}
