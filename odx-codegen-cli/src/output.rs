//! What the user sees: results on standard output, everything else on standard error.
//!
//! Much of it comes from a server, so nothing is printed that a terminal would act upon.

use std::error::Error;
use std::fmt::Display;
use std::io::{self, ErrorKind, Write};
use std::iter;
use std::path::Path;
use std::process;
use std::time::Duration;

use clap::builder::styling::{AnsiColor, Style};
use odx_codegen::Diagnostic;

use crate::failure::Failure;

const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();
const GREEN: Style = AnsiColor::Green.on_default().bold();
const CYAN: Style = AnsiColor::Cyan.on_default().bold();
const BOLD: Style = Style::new().bold();
const REMOVED: Style = AnsiColor::Red.on_default();
const ADDED: Style = AnsiColor::Green.on_default();

/// Diagnostics shown one by one; a big Odoo gives hundreds of the same kind.
const MOST_DIAGNOSTICS: usize = 10;

/// A result, on standard output.
pub(crate) fn result(text: &str) {
    let mut stdout = anstream::stdout().lock();
    if let Err(error) = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush())
    {
        end_of_output(&error);
    }
}

/// `odx models | head` closes our output, which is no failure.
fn end_of_output(error: &io::Error) -> ! {
    if error.kind() != ErrorKind::BrokenPipe {
        say(&format!(
            "{RED}error:{RED:#} cannot write to standard output: {error}"
        ));
        process::exit(crate::COULD_NOT_TELL.into());
    }
    process::exit(0)
}

pub(crate) fn title(text: &str) {
    result(&format!("{BOLD}{text}{BOLD:#}\n\n"));
}

/// A step of the demo: its number, the command one would run, and what it does.
pub(crate) fn step(number: usize, command: &str, what: &str) {
    result(&format!(
        "{GREEN}{number}{GREEN:#}  {BOLD}{command:<12}{BOLD:#}  {}\n",
        one_line(what)
    ));
}

/// A line on standard error. When even that is closed, there is nobody left to tell.
pub(crate) fn say(line: &str) {
    let _ = writeln!(anstream::stderr().lock(), "{line}");
}

/// What was done: a word, and the rest.
pub(crate) fn done(what: &str, rest: impl Display) {
    say(&format!(
        "{GREEN}{what}{GREEN:#} {}",
        printable(&rest.to_string())
    ));
}

/// Another odx writes the folder, and this one goes on when that has ended.
pub(crate) fn waiting_for(folder: &Path) {
    let what = format!("for another odx, which is writing {}", folder.display());
    say(&format!("{YELLOW}waiting{YELLOW:#} {}", printable(&what)));
}

pub(crate) fn warning(text: impl Display) {
    say(&format!(
        "{YELLOW}warning:{YELLOW:#} {}",
        printable(&text.to_string())
    ));
}

/// What can be run next, each with a word of why.
pub(crate) fn next(commands: &[(&str, &str)]) {
    say(commands_text("next:", commands).trim_end_matches('\n'));
}

/// Commands and what they do, under each other behind a label.
pub(crate) fn commands_text(label: &str, commands: &[(&str, &str)]) -> String {
    let width = commands
        .iter()
        .map(|(command, _)| command.len())
        .max()
        .unwrap_or_default();
    let line = |(index, (command, why)): (usize, &(&str, &str))| {
        let (label, indent) = if index == 0 {
            (label, 0)
        } else {
            ("", label.len())
        };
        let gap = width - command.len();
        format!(
            "{CYAN}{label}{CYAN:#}{:indent$} {BOLD}{}{BOLD:#}{:gap$}  {why}\n",
            "",
            one_line(command),
            ""
        )
    };
    commands.iter().enumerate().map(line).collect()
}

/// A failure with what is at the root of it, and what helps.
pub(crate) fn error(failure: &Failure) {
    let mut message = printable(&failure.to_string());
    let causes = iter::successors(failure.source(), |cause| (*cause).source());
    if let Some(root) = causes
        .last()
        .map(|root| printable(&root.to_string()))
        .filter(|root| !message.contains(root))
    {
        message.push_str("\n  caused by: ");
        message.push_str(&root);
    }
    say(&format!("{RED}error:{RED:#} {message}"));
    if let Some(help) = failure.help() {
        say(&format!("{CYAN}help:{CYAN:#} {}", printable(&help)));
    }
}

/// The first of the diagnostics, and how many there are.
pub(crate) fn diagnostics(diagnostics: &[Diagnostic]) {
    for diagnostic in diagnostics.iter().take(MOST_DIAGNOSTICS) {
        let text = diagnostic.to_string();
        warning(text.strip_prefix("warning: ").unwrap_or(&text));
    }
    if diagnostics.len() > MOST_DIAGNOSTICS {
        warning(format!(
            "... and {} more like these",
            diagnostics.len() - MOST_DIAGNOSTICS
        ));
    }
}

/// A unified diff, in colours.
pub(crate) fn coloured_diff(diff: &str) -> String {
    let mut text = String::with_capacity(diff.len());
    for line in diff.lines() {
        let style = match line.as_bytes().first() {
            _ if line.starts_with("--- ") || line.starts_with("+++ ") => BOLD,
            Some(b'-') => REMOVED,
            Some(b'+') => ADDED,
            Some(b'@') => CYAN,
            _ => Style::new(),
        };
        text.push_str(&format!("{style}{}{style:#}\n", printable(line)));
    }
    text
}

/// A table with a bold head. The last column is not padded.
pub(crate) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| one_line(cell)).collect())
        .collect();
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].len()]).max().unwrap_or_default()
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: &mut dyn Iterator<Item = &str>| -> String {
        let padded = cells
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"));
        padded.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    let mut text = format!("{BOLD}{}{BOLD:#}\n", line(&mut head.iter().copied()));
    for row in &rows {
        text.push_str(&line(&mut row.iter().map(String::as_str)));
        text.push('\n');
    }
    text
}

/// Text without anything that a terminal would act upon, but for the ends of lines.
pub(crate) fn printable(text: &str) -> String {
    let shown = |c: char| match c {
        '\n' => "\n".to_owned(),
        '\t' => "    ".to_owned(),
        c if is_unprintable(c) => c.escape_unicode().to_string(),
        c => c.to_string(),
    };
    text.chars().map(shown).collect()
}

fn one_line(text: &str) -> String {
    printable(text).replace('\n', " ")
}

/// Control characters, and those that are not seen or turn the direction of the text around.
fn is_unprintable(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// A value as JSON, in lines.
pub(crate) fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string_pretty(value)
        .expect("BUG: what is listed has text keys and no failing impl")
        + "\n"
}

/// A time in milliseconds, to a tenth.
pub(crate) fn milliseconds(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e4).round() / 10.0
}

/// `1 model`, `2 models`, `12,345 models`.
pub(crate) fn count(number: usize, noun: &str) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{grouped} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_and_in_the_plural() {
        assert_eq!(count(0, "model"), "0 models");
        assert_eq!(count(1, "model"), "1 model");
        assert_eq!(count(16_210, "field"), "16,210 fields");
        assert_eq!(count(1_234_567, "field"), "1,234,567 fields");
    }

    #[test]
    fn a_terminal_does_not_act_upon_a_servers_text() {
        assert_eq!(
            printable("a\u{1b}[31mb\r\u{202e}c\nd"),
            "a\\u{1b}[31mb\\u{d}\\u{202e}c\nd"
        );
    }

    #[test]
    fn the_columns_of_a_table_stand_under_each_other() {
        let rows = [
            vec!["res.partner".to_owned(), "Contact\nor so".to_owned()],
            vec!["x".to_owned(), "é".to_owned()],
        ];
        let table =
            anstream::adapter::strip_str(&super::table(&["model", "label"], &rows)).to_string();
        assert_eq!(
            table,
            "model        label\nres.partner  Contact or so\nx            é\n"
        );
    }
}
