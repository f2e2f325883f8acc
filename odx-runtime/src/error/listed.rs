//! Lists in messages.

use std::fmt::Display;

/// The first of them, and how many more there are: `a, b and 3 more`.
pub(crate) fn listed(items: impl ExactSizeIterator<Item: Display>, most: usize) -> String {
    let more = items.len().saturating_sub(most);
    let shown: Vec<String> = items.take(most).map(|item| item.to_string()).collect();
    match more {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
