//! Runs the calls of one fault, and watches what they show and take. This is what the process of a fault does.

use std::{
    error::Error as StdError,
    fs, io, iter,
    sync::{Arc, Mutex, PoisonError},
    time::Instant,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use odx_runtime::{Error, OdxProxy, error::TransportErrorKind};
use tracing_subscriber::fmt::MakeWriter;

use crate::{
    VERBS, Verb,
    report::{Call, Report, Task},
    verbs::client,
};

/// The crate that logs the names in a certificate that it refuses.
const NAMES_CERTIFICATES: &str = "rustls_platform_verifier";

/// Makes every call.
pub async fn run(task: &Task) -> Report {
    let log = Log::default();
    tracing_subscriber::fmt()
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .with_writer(log.clone())
        .init();
    let proxy = client(task).expect("a client");
    if task.is_slow {
        let calls = VERBS.iter().map(|verb| watch(verb, &proxy, &log));
        let calls = futures_util::future::join_all(calls).await;
        let names = VERBS.iter().map(|verb| verb.name.to_owned());
        return names.zip(calls).collect();
    }
    let mut report = Report::new();
    for verb in VERBS {
        report.insert(verb.name.to_owned(), watch(verb, &proxy, &log).await);
    }
    report
}

async fn watch(verb: &Verb, proxy: &OdxProxy, log: &Log) -> Call {
    let before = memory_from_here().unwrap_or(0);
    let start = Instant::now();
    let result = verb.call(proxy.clone()).await;
    let milliseconds = start.elapsed().as_millis() as u64;
    let memory = memory("VmHWM").unwrap_or(0).saturating_sub(before);
    let log = log.take();
    let lines = log
        .lines()
        .filter(|line| !line.contains(NAMES_CERTIFICATES));
    let mut texts = vec![("a log", lines.collect::<Vec<_>>().join("\n"))];
    let mut call = Call {
        logged: log.len(),
        milliseconds,
        memory,
        ..Call::default()
    };
    match result {
        Ok(answer) => {
            let is_partial = answer["failed"].as_u64().is_some_and(|failed| failed > 0);
            call.outcome = if is_partial { "partial" } else { "right" }.to_owned();
            // What these tell is shown to people.
            if matches!(verb.name, "version" | "about" | "license") {
                texts.push(("an answer", answer.to_string()));
            }
            call.answer = Some(answer);
        }
        Err(error) => {
            call.outcome = outcome(&error);
            call.message = error.to_string();
            texts.extend(told(&error));
        }
    }
    call.shown = texts
        .into_iter()
        .filter(|(_, text)| shows_a_key(text, verb.keys()))
        .map(|(what, text)| format!("{what}: {}", text.chars().take(2_000).collect::<String>()))
        .collect();
    call
}

/// All that an error says.
fn told(error: &Error) -> Vec<(&'static str, String)> {
    let causes = iter::successors(error.source(), |&cause| cause.source());
    let mut texts: Vec<_> = causes
        .flat_map(|cause| {
            [
                ("a cause", cause.to_string()),
                ("a cause's Debug", format!("{cause:?}")),
            ]
        })
        .collect();
    texts.push(("its message", error.to_string()));
    texts.push(("its Debug", format!("{error:?} {error:#?}")));
    if let Some(odoo) = error.odoo() {
        let parts = (&odoo.class, &odoo.message, &odoo.arguments, odoo.debug());
        texts.push(("what Odoo said", format!("{parts:?}")));
    }
    texts
}

/// The variant of an error, and its kind.
fn outcome(error: &Error) -> String {
    match error {
        Error::Transport(error) => match &error.kind {
            TransportErrorKind::TooLarge { .. } => "Transport: TooLarge".to_owned(),
            kind => format!("Transport: {kind:?}"),
        },
        Error::PartlyCreated(error) => outcome(&error.source),
        error => error.name().to_owned(),
    }
}

/// Whether a key, or more than half of it, stands in a text in any of the ways in which text is sent.
fn shows_a_key(text: &str, keys: &[&str]) -> bool {
    let text = text.to_lowercase();
    keys.iter().any(|key| {
        let json = serde_json::to_string(key).unwrap_or_default();
        let escaped: String = key
            .chars()
            .map(|c| format!("\\u{:04x}", u32::from(c)))
            .collect();
        let percent: String = key.bytes().map(|byte| format!("%{byte:02x}")).collect();
        let forms = [
            key[..key.len() / 2 + 2].to_owned(),
            key[key.len() / 2 - 2..].to_owned(),
            json.trim_matches('"').to_owned(),
            escaped,
            percent,
            BASE64_STANDARD.encode(key).trim_end_matches('=').to_owned(),
            BASE64_STANDARD
                .encode(format!("2:{key}"))
                .trim_end_matches('=')
                .to_owned(),
        ];
        forms.iter().any(|form| text.contains(&form.to_lowercase()))
    })
}

/// The memory of this process now, from which its peak is counted afresh.
fn memory_from_here() -> io::Result<usize> {
    const RESET_PEAK: &str = "5";
    fs::write("/proc/self/clear_refs", RESET_PEAK)?;
    memory("VmRSS")
}

fn memory(line: &str) -> io::Result<usize> {
    let status = fs::read_to_string("/proc/self/status")?;
    let kilobytes = status
        .lines()
        .find_map(|found| found.strip_prefix(line)?.strip_prefix(':'))
        .and_then(|rest| rest.split_whitespace().next()?.parse::<usize>().ok())
        .unwrap_or(0);
    Ok(kilobytes << 10)
}

/// What every crate logs.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn take(&self) -> String {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&std::mem::take(&mut *log)).into_owned()
    }
}

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine as _, prelude::BASE64_STANDARD};

    use super::shows_a_key;
    use crate::PROXY_KEY;

    #[test]
    fn a_key_is_found_however_it_is_written() {
        let escaped: String = PROXY_KEY.bytes().map(|b| format!("\\u{b:04x}")).collect();
        let percent: String = PROXY_KEY.bytes().map(|b| format!("%{b:02X}")).collect();
        let texts = [
            format!("the key {PROXY_KEY} it is"),
            PROXY_KEY.to_uppercase(),
            PROXY_KEY[..PROXY_KEY.len() / 2 + 2].to_owned(),
            format!("{PROXY_KEY:?}"),
            escaped,
            percent,
            BASE64_STANDARD.encode(PROXY_KEY),
            BASE64_STANDARD.encode(format!("2:{PROXY_KEY}")),
        ];
        for text in texts {
            assert!(shows_a_key(&text, &[PROXY_KEY]), "{text}");
        }
        assert!(!shows_a_key("[redacted] and Prox", &[PROXY_KEY]));
    }
}
