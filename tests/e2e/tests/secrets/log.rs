//! The whole log of the process: that of odx and of every library below it, at trace level.

use std::io;
use std::sync::{Arc, Mutex, Once};

use tracing_subscriber::{fmt::MakeWriter, fmt::format::FmtSpan, util::SubscriberInitExt};

static LINES: Mutex<Vec<u8>> = Mutex::new(Vec::new());
static START: Once = Once::new();

/// Starts to collect. What libraries tell by the crate `log` comes in, too.
pub(crate) fn start() {
    START.call_once(|| {
        let log = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(Arc::new(Log))
            .finish();
        log.try_init().expect("the only log");
    });
}

/// What was logged so far.
pub(crate) fn so_far() -> String {
    String::from_utf8_lossy(&LINES.lock().unwrap()).into_owned()
}

struct Log;

impl io::Write for &Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = &'a Log;

    fn make_writer(&'a self) -> Self::Writer {
        self
    }
}
