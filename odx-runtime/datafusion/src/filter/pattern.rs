//! Patterns of `like`, as Odoo is to search by them.

/// The pattern by which Odoo finds at least the texts that SQL's pattern matches; `None` if that is every text.
///
/// Odoo takes accents away from both sides where its database has `unaccent`, and compares upper and lower case as the locale
/// of the database does. A character that these may turn into several becomes `%`, one that they may turn into another `_`.
pub(crate) fn wider(pattern: &str, is_insensitive: bool) -> Option<String> {
    let mut wider = String::new();
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        match letter {
            // What it stands for is not the same to both before all characters.
            '\\' => {
                letters.next();
                wider.push('%');
            }
            // A character may be several without its accents, or a sign of patterns.
            '%' | '_' => wider.push('%'),
            letter if !letter.is_ascii() => wider.push('%'),
            // ſ, the sign of Kelvin, and the two kinds of i in Turkish.
            'i' | 'I' | 'k' | 'K' | 's' | 'S' if is_insensitive => wider.push('_'),
            letter => wider.push(letter),
        }
    }
    let says_something = wider.chars().any(|letter| letter != '%');
    // A control character does not pass XML unchanged.
    let is_plain = !wider.chars().any(char::is_control);
    (says_something && is_plain).then_some(wider)
}

#[cfg(test)]
mod tests {
    use super::wider;

    #[test]
    fn a_pattern_that_means_the_same_to_odoo_stays() {
        assert_eq!(wider("S00%", false).as_deref(), Some("S00%"));
        assert_eq!(wider("Inc.", false).as_deref(), Some("Inc."));
    }

    #[test]
    fn what_may_be_several_characters_without_its_accent_is_any_text() {
        assert_eq!(wider("S_1", false).as_deref(), Some("S%1"));
        assert_eq!(wider("c\u{153}ur", true).as_deref(), Some("c%ur"));
        // Without its width it is a backslash.
        assert_eq!(wider("a\u{ff3c}b", false).as_deref(), Some("a%b"));
    }

    #[test]
    fn letters_whose_case_is_another_elsewhere_are_any_character() {
        assert_eq!(wider("%desk%", true).as_deref(), Some("%de__%"));
    }

    #[test]
    fn a_pattern_that_every_text_matches_is_not_said() {
        assert_eq!(wider("%", false), None);
        assert_eq!(wider("_%", false), None);
        assert_eq!(wider("a\u{1}", false), None);
    }

    #[test]
    fn an_escape_is_any_text() {
        assert_eq!(wider(r"50\%", false).as_deref(), Some("50%"));
    }
}
