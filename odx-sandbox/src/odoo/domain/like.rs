//! SQL's `LIKE`: `%` for any text, `_` for one character, `\` to take the next one literally.

/// A compiled pattern.
#[derive(Clone, Debug)]
pub(crate) struct Pattern {
    parts: Vec<Part>,
    fold: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Part {
    Literal(char),
    One,
    Many,
}

impl Pattern {
    /// Compiles `text`. `whole` compares the whole value, else a part of it; `fold` ignores case.
    pub(crate) fn new(text: &str, whole: bool, fold: bool) -> Self {
        let text = fold_case(text, fold);
        let mut parts = Vec::new();
        let mut chars = text.chars();
        while let Some(next) = chars.next() {
            parts.push(match next {
                '%' => Part::Many,
                '_' => Part::One,
                '\\' => Part::Literal(chars.next().unwrap_or('\\')),
                other => Part::Literal(other),
            });
        }
        if !whole {
            parts.insert(0, Part::Many);
            parts.push(Part::Many);
        }
        Self { parts, fold }
    }

    pub(crate) fn matches(&self, value: &str) -> bool {
        let value: Vec<char> = fold_case(value, self.fold).chars().collect();
        let (mut at, mut part) = (0, 0);
        // Where to go on if the literal after the last `%` did not fit.
        let mut retry: Option<(usize, usize)> = None;
        while at < value.len() {
            match self.parts.get(part) {
                Some(Part::Many) => {
                    retry = Some((part, at));
                    part += 1;
                }
                Some(Part::One) => {
                    at += 1;
                    part += 1;
                }
                Some(Part::Literal(wanted)) if *wanted == value[at] => {
                    at += 1;
                    part += 1;
                }
                _ => match retry {
                    Some((many, from)) => {
                        retry = Some((many, from + 1));
                        at = from + 1;
                        part = many + 1;
                    }
                    None => return false,
                },
            }
        }
        self.parts[part..].iter().all(|rest| *rest == Part::Many)
    }
}

fn fold_case(text: &str, fold: bool) -> String {
    if fold {
        text.to_lowercase()
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    fn matches(pattern: &str, whole: bool, fold: bool, value: &str) -> bool {
        Pattern::new(pattern, whole, fold).matches(value)
    }

    #[test]
    fn a_part_is_enough_unless_the_whole_is_asked_for() {
        assert!(matches("cme", false, false, "Acme Ltd"));
        assert!(!matches("cme", true, false, "Acme Ltd"));
        assert!(matches("A%Ltd", true, false, "Acme Ltd"));
        assert!(!matches("A%Ltd", true, false, "Acme Ltd."));
    }

    #[test]
    fn an_underscore_is_exactly_one_character() {
        assert!(matches("_cme", true, false, "Acme"));
        assert!(!matches("_cme", true, false, "cme"));
        assert!(matches("é_", true, false, "éx"));
    }

    #[test]
    fn a_backslash_takes_a_wildcard_literally() {
        assert!(matches("100\\%", false, false, "100% wool"));
        assert!(!matches("100\\%", false, false, "1000 wool"));
        assert!(matches("a\\_b", true, false, "a_b"));
        assert!(!matches("a\\_b", true, false, "axb"));
    }

    #[test]
    fn case_counts_only_without_the_i() {
        assert!(matches("ACME", false, true, "acme ltd"));
        assert!(!matches("ACME", false, false, "acme ltd"));
    }

    #[test]
    fn many_wildcards_backtrack() {
        assert!(matches("%a%b%c", true, false, "xxaxxbxxbxxc"));
        assert!(!matches("%a%b%c", true, false, "xxaxxbxxbxxcx"));
        assert!(matches("%", true, false, ""));
    }
}
