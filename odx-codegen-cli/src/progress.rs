//! How a pull goes on: a bar on a terminal, plain lines elsewhere.

use std::io::{self, IsTerminal};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use odx_codegen::source::live::Event;

use crate::output::{self, count};

/// Models between two plain lines.
const LINE_EVERY: usize = 100;

pub(crate) struct Progress {
    /// Drawn on a terminal.
    bar: Option<ProgressBar>,
}

/// Things of which so many are to be done.
pub(crate) struct Bar(Option<ProgressBar>);

impl Bar {
    pub(crate) fn new(total: u64, done: u64, what: &'static str) -> Self {
        let bar = terminal_bar("{bar:32.cyan} {pos}/{len} {msg} {per_sec:.dim} {eta:.dim}");
        if let Some(bar) = &bar {
            bar.set_length(total);
            bar.set_position(done);
            bar.reset_eta();
            bar.set_message(what);
        }
        Self(bar)
    }

    /// So many more are done. More than were expected may come.
    pub(crate) fn add(&self, done: u64) {
        if let Some(bar) = &self.0 {
            let done = bar.position() + done;
            bar.set_length(bar.length().unwrap_or_default().max(done));
            bar.set_position(done);
        }
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}

/// A bar, if a person looks on.
fn terminal_bar(template: &str) -> Option<ProgressBar> {
    io::stderr().is_terminal().then(|| {
        let style = ProgressStyle::with_template(template);
        let bar = ProgressBar::new(0).with_style(style.expect("BUG: the template is well formed"));
        bar.enable_steady_tick(Duration::from_millis(120));
        bar
    })
}

impl Progress {
    pub(crate) fn new() -> Self {
        let bar = terminal_bar("{bar:32.cyan} {pos}/{len} {wide_msg:.dim}");
        Self { bar }
    }

    pub(crate) fn observe(&self, event: &Event<'_>) {
        match event {
            Event::Connected { meta } => {
                let version = meta.odoo_version.as_deref().unwrap_or("of unknown version");
                let user = meta.user.as_deref().unwrap_or("unknown");
                self.line("connected", &format!("to Odoo {version} as {user}"));
            }
            Event::Listed { by, models } => {
                self.line("found", &format!("{} by {by}", count(*models, "model")));
                if let Some(bar) = &self.bar {
                    bar.set_length(*models as u64);
                }
            }
            Event::Read { model, done, total } => self.read(model, *done, *total),
            _ => {}
        }
    }

    fn read(&self, model: &str, done: usize, total: usize) {
        match &self.bar {
            Some(bar) => {
                bar.set_length(total as u64);
                bar.set_position(done as u64);
                bar.set_message(output::printable(model));
            }
            None if done.is_multiple_of(LINE_EVERY) && done < total => {
                output::done("read", format!("{done} of {}", count(total, "model")))
            }
            None => {}
        }
    }

    fn line(&self, what: &str, rest: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| output::done(what, rest)),
            None => output::done(what, rest),
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
