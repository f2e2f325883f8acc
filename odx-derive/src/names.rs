//! Names: from Odoo's to the identifiers of the generated handles, by the generator's rules.

use proc_macro2::{Ident, Span};

/// Keywords that `r#` does not make identifiers.
const NEVER_RAW: [&str; 5] = ["Self", "_", "crate", "self", "super"];

/// The handle of a field.
///
/// A name that Rust does not take is spelled otherwise there, which another field's name may be too: then `exact` is
/// false, and the handle has to be checked against the name.
pub(crate) struct HandleName {
    pub(crate) ident: Ident,
    pub(crate) exact: bool,
}

/// The handle of the field with that name on the wire.
pub(crate) fn handle(wire: &str, span: Span) -> HandleName {
    if NEVER_RAW.contains(&wire) {
        return HandleName {
            ident: Ident::new(&format!("{wire}_"), span),
            exact: false,
        };
    }
    match identifier(wire, span) {
        // `self_` is the handle of `self`, unless the model has a field of that name.
        Some(ident) => HandleName {
            ident,
            exact: !wire.ends_with('_'),
        },
        None => HandleName {
            ident: sanitised(wire, span),
            exact: false,
        },
    }
}

/// The name as it stands, raw where it is a keyword.
fn identifier(name: &str, span: Span) -> Option<Ident> {
    let starts = name.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_');
    let legal = starts
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !legal {
        return None;
    }
    // Keywords do not parse as identifiers.
    Some(
        match syn::parse_str::<Ident>(name).is_ok() && name != "gen" {
            true => Ident::new(name, span),
            false => Ident::new_raw(name, span),
        },
    )
}

fn sanitised(name: &str, span: Span) -> Ident {
    let mut ident: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if !ident.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        ident.insert(0, '_');
    }
    if ident.chars().all(|c| c == '_') {
        ident.push('_');
    }
    identifier(&ident, span).expect("BUG: letters, digits and underscores are an identifier")
}

/// The name that an identifier stands for.
pub(crate) fn unraw(ident: &Ident) -> String {
    let text = ident.to_string();
    text.strip_prefix("r#").map(str::to_owned).unwrap_or(text)
}

/// "did you mean" the nearest of `names`, or else all of them.
pub(crate) fn suggestion<'a>(wrong: &str, names: impl Iterator<Item = &'a str> + Clone) -> String {
    let nearest = names
        .clone()
        .map(|name| (strsim::damerau_levenshtein(wrong, name), name))
        .min()
        .filter(|(distance, _)| *distance <= 1 + wrong.len() / 3);
    match nearest {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None => format!(
            "it is one of {}",
            names
                .map(|name| format!("`{name}`"))
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(wire: &str) -> (String, bool) {
        let name = handle(wire, Span::call_site());
        (name.ident.to_string(), name.exact)
    }

    #[test]
    fn a_legal_name_is_its_own_handle_and_a_keyword_is_raw() {
        assert_eq!(of("country_id"), ("country_id".to_owned(), true));
        assert_eq!(of("UPPER_Case"), ("UPPER_Case".to_owned(), true));
        assert_eq!(of("type"), ("r#type".to_owned(), true));
        assert_eq!(of("async"), ("r#async".to_owned(), true));
        assert_eq!(of("gen"), ("r#gen".to_owned(), true));
    }

    #[test]
    fn a_name_that_is_spelled_otherwise_is_to_be_checked() {
        assert_eq!(of("self"), ("self_".to_owned(), false));
        assert_eq!(of("self_"), ("self_".to_owned(), false));
        assert_eq!(of("x-y"), ("x_y".to_owned(), false));
        assert_eq!(of("1st"), ("_1st".to_owned(), false));
        assert_eq!(of("_"), ("__".to_owned(), false));
        assert_eq!(of(""), ("__".to_owned(), false));
    }

    #[test]
    fn the_nearest_name_is_suggested_or_else_all() {
        assert_eq!(
            suggestion("modle", ["model", "name"].into_iter()),
            "did you mean `model`?"
        );
        assert_eq!(
            suggestion("zzzzz", ["model", "name"].into_iter()),
            "it is one of `model`, `name`"
        );
    }
}
