use glob::Pattern;

use crate::config::ModelsConfig;
use crate::diagnostic::Diagnostic;
use crate::error::Error;

/// Which models are pulled and generated: `[models]` of `odx.toml`.
#[derive(Debug, Clone)]
pub struct ModelFilter {
    include: Vec<Pattern>,
    exclude: Vec<Pattern>,
}

impl ModelFilter {
    /// Reads the globs.
    ///
    /// # Errors
    ///
    /// [`Error::Rejected`] names every glob that is none.
    pub fn new(config: &ModelsConfig) -> Result<Self, Error> {
        let mut diagnostics = Vec::new();
        let mut patterns = |key: &str, globs: &[String]| -> Vec<Pattern> {
            globs
                .iter()
                .filter_map(|glob| {
                    pattern(glob)
                        .map_err(|message| {
                            diagnostics.push(Diagnostic::error(format!("[models] {key}"), message))
                        })
                        .ok()
                })
                .collect()
        };
        let filter = Self {
            include: patterns("include", &config.include),
            exclude: patterns("exclude", &config.exclude),
        };
        match diagnostics.is_empty() {
            true => Ok(filter),
            false => Err(Error::Rejected(diagnostics)),
        }
    }

    /// Whether the model with this technical name is in.
    pub fn matches(&self, model: &str) -> bool {
        self.include.iter().any(|pattern| pattern.matches(model)) && !self.excludes(model)
    }

    /// Whether the model with this technical name is named by `exclude`, and so is out wherever a relation leads.
    pub fn excludes(&self, model: &str) -> bool {
        self.exclude.iter().any(|pattern| pattern.matches(model))
    }

    /// The models that are included by name rather than by glob.
    pub fn named(&self) -> impl Iterator<Item = &str> {
        self.include
            .iter()
            .map(Pattern::as_str)
            .filter(|glob| !is_glob(glob))
    }

    /// The globs of `include` that match none of `models`. What `exclude` matches was never pulled.
    pub(crate) fn unused<'a>(&'a self, models: &'a [&'a str]) -> impl Iterator<Item = &'a str> {
        self.include
            .iter()
            .filter(|pattern| !models.iter().any(|model| pattern.matches(model)))
            .map(Pattern::as_str)
    }
}

pub(crate) fn is_glob(text: &str) -> bool {
    text.contains(['*', '?', '['])
}

pub(crate) fn pattern(glob: &str) -> Result<Pattern, String> {
    Pattern::new(glob)
        .map_err(|error| format!("`{}` is no glob: {}", glob.escape_debug(), error.msg))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(include: &[&str], exclude: &[&str]) -> Result<ModelFilter, Error> {
        let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect();
        ModelFilter::new(&ModelsConfig {
            include: owned(include),
            exclude: owned(exclude),
        })
    }

    #[test]
    fn a_model_is_in_when_it_is_included_and_not_excluded() {
        let filter = filter(&["res.partner", "sale.*"], &["*.report"]).expect("globs");
        assert!(filter.matches("res.partner"));
        assert!(filter.matches("sale.order.line"));
        assert!(!filter.matches("sale.report"));
        assert!(!filter.matches("res.partner.bank"));
        assert_eq!(filter.named().collect::<Vec<_>>(), ["res.partner"]);
    }

    #[test]
    fn every_broken_glob_is_named() {
        let error = filter(&["a["], &["***"]).expect_err("broken").to_string();
        assert!(
            error.contains("`[models] include`: `a[` is no glob")
                && error.contains("`[models] exclude`: `***`"),
            "{error}"
        );
    }
}
