//! What a series of Odoo cannot say.

use odx_facts::{Feature, Series};

use crate::domain::Condition;

/// A condition or group that an older Odoo cannot express.
#[derive(Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "Odoo {series} cannot express `{condition}`: {construct} came with Odoo {since}; {instead}"
)]
#[non_exhaustive]
pub struct Unsupported {
    /// The server's series.
    pub series: Series,
    /// The condition: its path and operator. Of a group, what is grouped by.
    pub condition: String,
    /// What the series does not have.
    pub construct: &'static str,
    /// The first series that has it.
    pub since: Series,
    /// What to do instead.
    pub instead: &'static str,
}

odx_facts::debug_as_told!(Unsupported);

impl Unsupported {
    pub(crate) fn new(feature: Feature, series: Series, condition: impl Into<String>) -> Self {
        Self {
            series,
            condition: condition.into(),
            construct: feature.name,
            since: feature.since.first(),
            instead: feature.instead,
        }
    }

    pub(super) fn of(feature: Feature, series: Series, condition: &Condition) -> Self {
        let text = format!("{} {}", condition.path, condition.operator);
        Self::new(feature, series, text)
    }
}

/// What a group needs of the server's series.
#[derive(Clone, Debug)]
pub(crate) struct Requirement {
    feature: Feature,
    used_in: String,
}

impl Requirement {
    /// The use of the feature in a group.
    pub(crate) fn new(feature: Feature, used_in: impl Into<String>) -> Self {
        Self {
            feature,
            used_in: used_in.into(),
        }
    }

    /// Refuses the group where the series does not have what it needs.
    pub(crate) fn check(&self, series: Series) -> Result<(), Unsupported> {
        match self.feature.since.holds(series) {
            true => Ok(()),
            false => Err(Unsupported::new(self.feature, series, self.used_in.clone())),
        }
    }
}
