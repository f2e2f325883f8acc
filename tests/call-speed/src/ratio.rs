//! How two callers compare, and how sure that is.

use std::fmt;

/// The median of ratios, and where the true one lies with 95 % certainty.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ratio {
    /// The median.
    pub median: f64,
    /// The least and the most that the true median may be.
    pub between: (f64, f64),
}

impl Ratio {
    /// Of at least six ratios, whatever they are distributed like: so many of them lie on either side of the true median as a
    /// coin that is tossed for each falls on one.
    ///
    /// # Panics
    /// Of fewer.
    pub fn of(ratios: impl IntoIterator<Item = f64>) -> Self {
        let mut ratios: Vec<f64> = ratios.into_iter().collect();
        ratios.sort_by(f64::total_cmp);
        let count = ratios.len();
        assert!(count >= 6, "{count} ratios say nothing");
        let half = count as f64 / 2.0;
        // 1.96 standard deviations of so many tosses.
        let first = (half - 0.98 * (count as f64).sqrt()).floor().max(0.0) as usize;
        Self {
            median: middle(&ratios),
            between: (ratios[first], ratios[count - 1 - first]),
        }
    }
}

/// The median of at least one number.
///
/// # Panics
/// Of none.
pub fn median(numbers: impl IntoIterator<Item = f64>) -> f64 {
    let mut numbers: Vec<f64> = numbers.into_iter().collect();
    numbers.sort_by(f64::total_cmp);
    middle(&numbers)
}

/// What stands in the middle of sorted numbers, or between the two that do.
fn middle(sorted: &[f64]) -> f64 {
    let half = sorted.len() / 2;
    (sorted[half] + sorted[sorted.len() - 1 - half]) / 2.0
}

/// `96.1 % | 95.4 to 96.9 %`
impl fmt::Display for Ratio {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = |ratio: f64| ratio * 100.0;
        let (least, most) = self.between;
        write!(
            f,
            "{:.1} % | {:.1} to {:.1} %",
            percent(self.median),
            percent(least),
            percent(most)
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Ratio, median};

    #[test]
    fn the_median_of_an_even_number_lies_between_two() {
        assert_eq!(median([4.0, 1.0, 2.0]), 2.0);
        assert_eq!(median([4.0, 1.0, 2.0, 3.0]), 2.5);
    }

    #[test]
    fn a_stray_round_moves_nothing_and_few_rounds_are_less_sure() {
        let spread =
            |rounds: usize| (0..rounds).map(move |at| 0.9 + at as f64 / rounds as f64 / 5.0);
        let many = Ratio::of(spread(1_000).chain([50.0]));
        assert!((many.median - 1.0).abs() < 0.001, "{many}");
        let (least, most) = many.between;
        assert!(0.99 < least && most < 1.01, "{many}");
        let (least, most) = Ratio::of(spread(10)).between;
        assert!(least < 0.94 && 1.04 < most);
    }
}
