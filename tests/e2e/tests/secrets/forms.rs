//! The forms in which a secret may show.

use base64::{
    Engine as _,
    prelude::{BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD},
};

/// Fails if a text shows a secret in any form.
#[track_caller]
pub(crate) fn shows_none(what: &str, text: &str, secrets: &[&str]) {
    for secret in secrets {
        if let Some((form, at)) = find(text, secret) {
            let mut start = at.saturating_sub(300);
            while !text.is_char_boundary(start) {
                start -= 1;
            }
            panic!(
                "{what} shows {secret} as {form}: {}",
                &text[start..at + form.len()]
            );
        }
    }
}

/// The first form of a secret that a text holds, and where.
pub(crate) fn find(text: &str, secret: &str) -> Option<(String, usize)> {
    let mut forms = forms(secret).into_iter();
    forms.find_map(|form| text.find(&form).map(|at| (form.clone(), at)))
}

/// As it is; as JSON, Rust and HTML write it; in URLs; in base64, wherever it begins.
pub(crate) fn forms(secret: &str) -> Vec<String> {
    let json = serde_json::to_string(secret).expect("JSON");
    let rust = format!("{secret:?}");
    let html = secret
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('"', "&quot;");
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let url: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    let mut user_info = url::Url::parse("http://user@host").expect("a URL");
    user_info.set_password(Some(secret)).expect("a password");
    let user_info = user_info.password().unwrap_or_default().to_owned();
    let mut forms = vec![
        secret.to_owned(),
        json.trim_matches('"').to_owned(),
        rust.trim_matches('"').to_owned(),
        html,
        percent.to_lowercase(),
        percent,
        url,
        user_info,
        secret.escape_debug().to_string().replace('\\', "\\\\"),
    ];
    for engine in [BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE_NO_PAD] {
        for before in 0..3 {
            let bytes = [&vec![0; before], secret.as_bytes()].concat();
            let encoded = engine.encode(&bytes);
            // The signs that nothing before and behind has a part in.
            forms.push(encoded[(before * 8_usize).div_ceil(6)..bytes.len() * 8 / 6].to_owned());
        }
    }
    forms
}

#[test]
fn a_secret_is_found_in_every_form() {
    let secret = "k9a1e/ü+&=%\"<z";
    for text in [
        format!("x-api-key: {secret}"),
        format!("{:?}", secret),
        serde_json::json!({"key": secret}).to_string(),
        format!(
            "Basic {}",
            BASE64_STANDARD_NO_PAD.encode(format!("nora:{secret}"))
        ),
        format!(
            "Basic {}",
            BASE64_STANDARD_NO_PAD.encode(format!("no:{secret}"))
        ),
        format!(
            "?key={}",
            url::form_urlencoded::byte_serialize(secret.as_bytes()).collect::<String>()
        ),
    ] {
        assert!(find(&text, secret).is_some(), "{text}");
    }
    assert!(find("k9a1e and nothing else", secret).is_none());
}
