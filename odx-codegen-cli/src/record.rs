//! `odx record` and `odx replay`

use std::collections::BTreeMap;
use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

use odx_codegen::Config;
use odx_runtime::session::Setting;
use odx_sandbox::recording::{
    Credential, Player, RECORDED_ODOO, Recorder, Rules, Upstream, check_folder,
};
use secrecy::ExposeSecret;
use url::Url;

use crate::args::{RecordArgs, ReplayArgs};
use crate::connect::Given;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::{Outcome, block_on, settings};

/// What stands in a recording for the address that is recorded, which another server takes the place of.
const ADDRESS: &str = "recorded-address";

/// How many requests that were not recorded are shown.
const SHOWN: usize = 5;

pub(crate) fn record(config: Option<&Path>, args: &RecordArgs) -> Result<Outcome, Failure> {
    let config = settings::load(config)?;
    let given = Given::read(&config, &args.connect)?;
    // What is missing, or cannot be written, is told before anything runs.
    drop(given.connect()?);
    let dir = folder(&config, args.dir.as_deref());
    check_folder(&dir)?;
    let rules = Rules {
        replace: config.record.replace.clone(),
        remove: config.record.remove.clone(),
    };
    block_on(async {
        let recorder = Recorder::start(upstream(&given)?).await?;
        let address = address_of(&given);
        let variables = given.values().filter_map(|(setting, value)| {
            let value = match setting {
                // The way to the recorder is plain.
                Setting::RootCertificates => return None,
                setting if setting == address => recorder.url(),
                _ => value.expose_secret().to_owned(),
            };
            Some((setting.variable(), value))
        });
        let code = run(&args.command, variables.collect()).await?;
        if code != 0 {
            output::warning("the command failed, so the recording is as it was before");
            return Ok(Outcome::Ended(code));
        }
        let summary = recorder.finish(&dir, &rules, credentials(&given), kept(&given))?;
        for rule in &summary.unmet {
            output::warning(format!(
                "nothing of `{rule}` ([record] in odx.toml) passed: look whether it is spelt right"
            ));
        }
        let (requests, answers) = (
            count(summary.requests, "request"),
            count(summary.answers, "answer"),
        );
        let pseudonyms = count(summary.pseudonyms, "pseudonym");
        output::done(
            "recorded:",
            format!("{requests}, {answers}, {pseudonyms} in {}", dir.display()),
        );
        Ok(Outcome::Ended(0))
    })?
}

pub(crate) fn replay(config: Option<&Path>, args: &ReplayArgs) -> Result<Outcome, Failure> {
    let config = settings::load(config)?;
    let dir = folder(&config, args.dir.as_deref());
    block_on(async {
        let player = Player::start(&dir).await?;
        let variables = Setting::ALL.into_iter().filter_map(|setting| {
            let value = player.settings().get(setting.variable())?;
            let value = match value.as_str() {
                ADDRESS => player.url(),
                value => value.to_owned(),
            };
            Some((setting.variable(), value))
        });
        let code = run(&args.command, variables.collect()).await?;
        let missed = player.missed();
        for asked in missed.iter().take(SHOWN) {
            output::warning(asked);
        }
        if missed.len() > SHOWN {
            output::warning(format!("and {} more", missed.len() - SHOWN));
        }
        Ok(match (code, missed.is_empty()) {
            (0, false) => Outcome::Differs,
            (code, _) => Outcome::Ended(code),
        })
    })?
}

fn folder(config: &Config, dir: Option<&Path>) -> PathBuf {
    dir.unwrap_or(&config.record.dir).to_owned()
}

/// The setting that names the server to stand before.
fn address_of(given: &Given) -> Setting {
    match given.is_behind_a_proxy() {
        true => Setting::ProxyUrl,
        false => Setting::Url,
    }
}

fn upstream(given: &Given) -> Result<Upstream, Failure> {
    let address = given.shown(address_of(given)).unwrap_or_default();
    let url = Url::parse(address.trim()).map_err(|source| Failure::Address { source })?;
    let upstream = Upstream::new(url);
    match given.shown(Setting::RootCertificates) {
        None => Ok(upstream),
        Some(file) => {
            let path = Path::new(file);
            let pem = std::fs::read(path).map_err(Failure::io("read", path))?;
            Ok(upstream.root_certificates(pem))
        }
    }
}

/// What stands in a recording for a setting; those without are kept as they are.
fn placeholder(given: &Given, setting: Setting) -> Option<&'static str> {
    Some(match setting {
        setting if setting == address_of(given) => ADDRESS,
        Setting::Url => RECORDED_ODOO,
        Setting::ApiKey => "recorded-api-key",
        Setting::Password => "recorded-password",
        Setting::ProxyKey => "recorded-proxy-key",
        Setting::Login => "recorded-login",
        _ => return None,
    })
}

fn credentials(given: &Given) -> Vec<Credential> {
    let mut credentials = Vec::new();
    for (setting, value) in given.values() {
        let Some(placeholder) = placeholder(given, setting) else {
            continue;
        };
        let is_secret = setting.is_secret();
        let value = value.expose_secret().trim();
        // An address is sent with and without the slash at its end.
        let forms = match setting {
            Setting::Url | Setting::ProxyUrl => {
                let bare = value.trim_end_matches('/');
                vec![bare.to_owned(), format!("{bare}/")]
            }
            _ => vec![value.to_owned()],
        };
        credentials.extend(forms.into_iter().map(|form| Credential {
            value: form.into(),
            placeholder,
            is_secret,
        }));
    }
    credentials
}

/// The variables that a replay sets again.
fn kept(given: &Given) -> BTreeMap<String, String> {
    let kept = given.values().filter_map(|(setting, value)| {
        let value = match placeholder(given, setting) {
            Some(placeholder) => placeholder.to_owned(),
            None if setting == Setting::RootCertificates => return None,
            None => value.expose_secret().to_owned(),
        };
        Some((setting.variable().to_owned(), value))
    });
    kept.collect()
}

/// Runs the command with these variables of odx and no others, and gives its exit code.
async fn run(command: &[OsString], variables: Vec<(&'static str, String)>) -> Result<u8, Failure> {
    let (program, arguments) = command.split_first().expect("BUG: clap wants a command");
    let mut child = Command::new(program);
    child.args(arguments);
    for setting in Setting::ALL {
        child.env_remove(setting.variable());
    }
    child.envs(variables);
    // No proxy of the environment leads to this machine itself.
    for name in ["NO_PROXY", "no_proxy"] {
        let others = env::var(name).unwrap_or_default();
        child.env(name, format!("127.0.0.1,{others}"));
    }
    let ended = tokio::task::spawn_blocking(move || child.status()).await;
    let status = ended.unwrap_or_else(|_| Err(std::io::ErrorKind::Other.into()));
    let status = status.map_err(|source| Failure::Command {
        command: program.to_string_lossy().into_owned(),
        source,
    })?;
    // A signal has no code of its own.
    let code = status.code().unwrap_or(2);
    Ok(u8::try_from(code).unwrap_or(2))
}
