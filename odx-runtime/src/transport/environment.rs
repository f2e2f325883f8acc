//! The HTTP proxies that the environment names, which reqwest goes through by itself.

use std::env;

use percent_encoding::percent_decode_str;

/// The variables that reqwest reads (0.13), each in capitals and in small letters.
const VARIABLES: [&str; 3] = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];

/// The passwords of these proxies, as they stand in the variables and as they are sent.
pub(super) fn passwords() -> Vec<String> {
    let names = VARIABLES
        .iter()
        .flat_map(|name| [(*name).to_owned(), name.to_lowercase()]);
    names
        .filter_map(|name| env::var(name).ok())
        .filter_map(|address| password(&address).map(str::to_owned))
        .flat_map(|password| {
            let sent = percent_decode_str(&password).decode_utf8_lossy();
            [sent.into_owned(), password]
        })
        .collect()
}

/// The password in an address, which may have no scheme; of a user without one, the user: it is a token.
fn password(address: &str) -> Option<&str> {
    let after_scheme = address.split_once("://").map_or(address, |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next()?;
    let (credentials, _) = authority.rsplit_once('@')?;
    Some(match credentials.split_once(':') {
        Some((_, password)) => password,
        None => credentials,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_of_an_address_is_found() {
        for (address, found) in [
            ("http://me:s%20cret@proxy.example:3128/", Some("s%20cret")),
            ("me:secret@proxy.example", Some("secret")),
            ("https://token@proxy.example", Some("token")),
            ("http://proxy.example:3128", None),
            ("http://proxy.example/a@b", None),
            ("", None),
        ] {
            assert_eq!(password(address), found, "{address}");
        }
    }
}
