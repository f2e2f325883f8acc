//! `odx completions` and `odx man`, made from the arguments themselves.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::Outcome;
use crate::args::Args;
use crate::failure::Failure;
use crate::output;

const NAME: &str = "odx";

pub(crate) fn completions(shell: Shell) -> Result<Outcome, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Args::command(), NAME, &mut script);
    print(&script)
}

/// The page of odx, or of one of its commands.
pub(crate) fn page(command: Option<&str>) -> Result<Outcome, Failure> {
    let mut odx = Args::command();
    odx.build();
    let described = match command {
        None => odx,
        Some(name) => {
            let found = odx.find_subcommand(name).cloned();
            found.ok_or_else(|| Failure::NoCommand(name.to_owned()))?
        }
    };
    let mut text = Vec::new();
    let written = clap_mangen::Man::new(described).render(&mut text);
    written.expect("BUG: memory takes what is written");
    print(&text)
}

fn print(text: &[u8]) -> Result<Outcome, Failure> {
    output::result(&String::from_utf8_lossy(text));
    Ok(Outcome::Done)
}
