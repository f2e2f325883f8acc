use std::fmt;

/// How bad a [`Diagnostic`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Something was read or generated differently from what the server or the configuration says.
    Warning,
    /// Nothing can be generated until it is resolved.
    Error,
}

/// One remark about a model or a field, made while a schema was read or lowered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Diagnostic {
    /// How bad it is.
    pub severity: Severity,
    /// Where: `res.partner`, `res.partner.name` or a place of the configuration; empty for the whole schema.
    pub path: String,
    /// What was found, and what became of it.
    pub message: String,
    /// What to do about it, if anything.
    pub help: Option<String>,
}

impl Diagnostic {
    pub(crate) fn warning(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            path: path.into(),
            message: message.into(),
            help: None,
        }
    }

    pub(crate) fn error(path: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Error,
            ..Self::warning(path, message)
        }
    }

    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether this stops the generation.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.severity {
            Severity::Warning => "warning: ",
            Severity::Error => "error: ",
        })?;
        if !self.path.is_empty() {
            write!(f, "`{}`: ", self.path.escape_debug())?;
        }
        f.write_str(&self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// The candidate most like `given`, when one is close enough to be what was meant.
pub fn closest<'a>(given: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const CLOSE_ENOUGH: f64 = 0.85;
    candidates
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(given, candidate), candidate))
        .filter(|(likeness, _)| *likeness >= CLOSE_ENOUGH)
        // Ties go to the first name in order, so that the same schema gives the same text.
        .max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(a.1)))
        .map(|(_, candidate)| candidate)
}

/// The end of a message about a name that is not there, where another one is near.
pub fn did_you_mean(likely: Option<&str>) -> String {
    likely.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_diagnostic_reads_as_one_line_with_place_and_help() {
        let diagnostic =
            Diagnostic::warning("res.partner.a\nb", "has no type").help("run `odx pull` again");
        assert_eq!(
            diagnostic.to_string(),
            r"warning: `res.partner.a\nb`: has no type; run `odx pull` again"
        );
    }

    #[test]
    fn the_closest_name_is_found_and_a_far_one_is_not() {
        let names = ["res.partner", "res.country", "sale.order"];
        assert_eq!(closest("res.parnter", names), Some("res.partner"));
        assert_eq!(closest("zzz", names), None);
    }
}
