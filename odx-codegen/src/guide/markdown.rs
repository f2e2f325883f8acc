//! The guide as Markdown.

use std::fmt::{self, Write};

use super::line::{Line, Piece};
use super::{Guide, Part, by_first_word};
use crate::render::code;

/// Most models named where many share a change.
const MOST: usize = 4;

impl Guide {
    /// The guide as Markdown. What a server says is text in it.
    pub fn markdown(&self) -> String {
        let mut text = String::new();
        self.write(&mut text)
            .expect("BUG: a String takes everything");
        text
    }

    fn write(&self, out: &mut String) -> fmt::Result {
        writeln!(out, "# {}\n", self.title)?;
        for line in self.summary() {
            writeln!(out, "- {}", shown(&line))?;
        }
        if !self.warnings.is_empty() {
            writeln!(out, "\n## {}\n", self.heading_of_warnings())?;
            for warning in &self.warnings {
                writeln!(out, "- {}", shown(warning))?;
            }
        }
        if !self.renamed_models.is_empty() || !self.renamed_fields.is_empty() {
            writeln!(out, "\n## {}\n\n{}\n", Self::RENAMED, Self::RENAMED_NOTE)?;
            writeln!(
                out,
                "| Model | Old name | New name | Guessed by |\n|---|---|---|---|"
            )?;
            for rename in &self.renamed_models {
                let (from, to) = (cell(&rename.from), cell(&rename.to));
                writeln!(out, "| | {from} | {to} | {} |", rename.why)?;
            }
            for (model, rename) in &self.renamed_fields {
                let (model, from, to) = (cell(model), cell(&rename.from), cell(&rename.to));
                writeln!(out, "| {model} | {from} | {to} | {} |", rename.why)?;
            }
        }
        if !self.dropped_models.is_empty() || !self.build.is_empty() {
            writeln!(out, "\n## {}\n\n{}", Self::BUILD, Self::BUILD_NOTE)?;
            if !self.dropped_models.is_empty() {
                writeln!(out, "\n### Models that are gone\n")?;
                for (_, models) in by_first_word(&self.dropped_models) {
                    writeln!(
                        out,
                        "- {}",
                        shown(&Line::default().codes(models, usize::MAX))
                    )?;
                }
            }
            part(out, &self.build)?;
        }
        if !self.behaviour.is_empty() {
            writeln!(out, "\n## {}\n\n{}", Self::BEHAVIOUR, Self::BEHAVIOUR_NOTE)?;
            part(out, &self.behaviour)?;
        }
        if !self.new_models.is_empty() || !self.new.is_empty() {
            writeln!(out, "\n## {}", Self::NEW)?;
            if !self.new_models.is_empty() {
                writeln!(out, "\n### New models\n")?;
                for (_, models) in by_first_word(&self.new_models) {
                    writeln!(
                        out,
                        "- {}",
                        shown(&Line::default().codes(models, usize::MAX))
                    )?;
                }
            }
            self.write_new(out)?;
        }
        Ok(())
    }

    /// New fields need no sentence each.
    fn write_new(&self, out: &mut String) -> fmt::Result {
        if self.new.is_empty() {
            return Ok(());
        }
        writeln!(out, "\n### New fields and methods\n")?;
        for (line, models) in &self.new.shared {
            writeln!(out, "- {} in {}", shown(line), shared(models))?;
        }
        for (model, lines) in &self.new.models {
            let lines: Vec<String> = lines.iter().map(shown).collect();
            writeln!(out, "- **{}**: {}", code(model), lines.join(", "))?;
        }
        Ok(())
    }
}

fn part(out: &mut String, part: &Part) -> fmt::Result {
    if !part.shared.is_empty() {
        writeln!(out, "\n### In many models\n")?;
        for (line, models) in &part.shared {
            writeln!(out, "- {}, in {}", shown(line), shared(models))?;
        }
    }
    for (model, lines) in &part.models {
        writeln!(out, "\n### {}\n", code(model))?;
        for line in lines {
            writeln!(out, "- {}", shown(line))?;
        }
    }
    Ok(())
}

fn shared(models: &[String]) -> String {
    let names = Line::default().codes(models.iter().map(String::as_str), MOST);
    format!("{} models: {}", models.len(), shown(&names))
}

fn shown(line: &Line) -> String {
    let pieces = line.0.iter().map(|piece| match piece {
        // odx's own words, which mean nothing else in Markdown.
        Piece::Text(text) => text.clone(),
        Piece::Code(name) => code(name),
    });
    pieces.collect()
}

/// A name in a table, where a bar would end the cell even in code.
fn cell(name: &str) -> String {
    code(name).replace('|', "\\|")
}
