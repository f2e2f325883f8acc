//! What may not reach a file: what opens something, and what is personal.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::{HeaderMap, header};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use uuid::Uuid;

use super::body::Body;
use super::call::{Asked, answered, clear, holds, values_of};
use super::{Credential, RECORDED_ODOO, Rules};
use crate::roads::xml::MethodCall;

/// What stands for a secret that was not among the credentials: a session's id, another user's key.
pub(super) const SECRET: &str = "recorded-secret";

/// What stands for all of them where requests are compared: who asks does not matter.
const ANYONE: &str = "#";

/// From this length on, a secret is looked for within other texts, too, and a personal text from the second on.
const SECRET_PART: usize = 8;
const PERSONAL_PART: usize = 4;

/// How the names end under which Odoo sends what opens something. The login of the web client brings several tokens
/// (`avatar_128_access_token`, 19.0).
const SECRET_NAMES: [&str; 6] = [
    "_secret",
    "api_key",
    "password",
    "session_id",
    "smtp_pass",
    "token",
];

/// Whether what stands under a name opens something.
fn is_secret_name(name: &str) -> bool {
    SECRET_NAMES.iter().any(|end| name.ends_with(end))
}

/// What opens something, as far as it is known yet.
#[derive(Clone, Debug)]
pub(super) struct Secrets {
    credentials: Vec<Credential>,
    learnt: Vec<SecretString>,
}

impl Secrets {
    pub(super) fn new(credentials: Vec<Credential>) -> Self {
        let learnt = Vec::new();
        Self {
            credentials,
            learnt,
        }
    }

    /// Learns from the headers of a request or an answer.
    pub(super) fn learn_from_headers(&mut self, headers: &HeaderMap) {
        let text = |value: &axum::http::HeaderValue| value.to_str().ok().map(str::to_owned);
        let keys = headers.get_all("x-api-key").iter().filter_map(text);
        let keys: Vec<String> = keys.collect();
        keys.into_iter().for_each(|key| self.learn(&key));
        for value in headers
            .get_all(header::AUTHORIZATION)
            .iter()
            .filter_map(text)
        {
            let Some((scheme, secret)) = value.split_once(' ') else {
                continue;
            };
            match scheme.eq_ignore_ascii_case("basic") {
                true => {
                    let login = BASE64.decode(secret.trim()).unwrap_or_default();
                    let login = String::from_utf8_lossy(&login).into_owned();
                    if let Some((_, password)) = login.split_once(':') {
                        self.learn(password);
                    }
                }
                false => self.learn(secret.trim()),
            }
        }
        for name in [header::COOKIE, header::SET_COOKIE] {
            for cookies in headers.get_all(name).iter().filter_map(text) {
                for pair in cookies.split(';') {
                    if let Some(("session_id", id)) = pair.trim().split_once('=') {
                        self.learn(id);
                    }
                }
            }
        }
    }

    /// Learns the key or password that stands at a place of its own.
    pub(super) fn learn_from_body(&mut self, body: &Body) {
        let is_login = |method: &str| matches!(method, "login" | "authenticate");
        match body {
            Body::Json(json) => {
                let params = &json["params"];
                let is_call = params["service"] == "object";
                let method = params["method"].as_str().unwrap_or_default();
                if (is_call || is_login(method))
                    && let Some(secret) = params["args"][2].as_str()
                {
                    self.learn(secret);
                }
            }
            Body::Xml(xml) => {
                let Ok(call) = MethodCall::read(xml.as_bytes()) else {
                    return;
                };
                let is_call = matches!(call.method.as_str(), "execute_kw" | "execute");
                if (is_call || is_login(&call.method))
                    && let Some(secret) = call.params.get(2).and_then(Value::as_str)
                {
                    self.learn(secret);
                }
            }
            Body::Text(_) => {}
        }
    }

    fn learn(&mut self, secret: &str) {
        let known = |known: &str| known == secret;
        let is_known = self.learnt.iter().any(|it| known(it.expose_secret()))
            || self
                .credentials
                .iter()
                .any(|it| known(it.value.expose_secret()) || it.placeholder == secret);
        if !secret.is_empty() && secret != SECRET && !is_known {
            self.learnt.push(secret.to_owned().into());
        }
    }

    /// The text without secrets, if there are some in it.
    fn replaced(&self, key: &str, text: &str) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        let is_it = |it: &&Credential| it.value.expose_secret() == text;
        if let Some(credential) = self.credentials.iter().find(is_it) {
            return Some(credential.placeholder.to_owned());
        }
        let is_placeholder = self.credentials.iter().any(|it| it.placeholder == text);
        let is_learnt = self.learnt.iter().any(|it| it.expose_secret() == text);
        if is_learnt || (is_secret_name(key) && !is_placeholder) {
            return Some(SECRET.to_owned());
        }
        let secrets = self.credentials.iter().filter(|it| it.is_secret);
        let secrets = secrets.map(|it| (it.value.expose_secret(), it.placeholder));
        let learnt = self.learnt.iter().map(|it| (it.expose_secret(), SECRET));
        let mut changed = text.to_owned();
        for (secret, placeholder) in secrets.chain(learnt) {
            if secret.len() >= SECRET_PART && changed.contains(secret) {
                changed = changed.replace(secret, placeholder);
            }
        }
        (changed != text).then_some(changed)
    }

    /// Whether a text that is about to be written holds a secret all the same.
    pub(super) fn are_in(&self, text: &str) -> bool {
        let secrets = self.credentials.iter().filter(|it| it.is_secret);
        let secrets = secrets.map(|it| it.value.expose_secret());
        let learnt = self.learnt.iter().map(ExposeSecret::expose_secret);
        secrets
            .chain(learnt)
            .any(|secret| secret.len() >= SECRET_PART && text.contains(secret))
    }

    /// A path without secrets.
    pub(super) fn scrubbed(&self, path: &str) -> String {
        self.replaced("", path).unwrap_or_else(|| path.to_owned())
    }

    pub(super) fn scrub(&self, body: &mut Body) {
        body.map(&mut |key, text| self.replaced(key, text));
        if let Body::Text(page) = body {
            *page = without_tokens(page);
        }
    }

    /// The body as requests are compared: whoever asks, and under whichever id.
    pub(super) fn compared(&self, path: &str, body: &Body) -> Body {
        let mut body = body.clone();
        if let Body::Json(Value::Object(envelope)) = &mut body
            && !path.starts_with("/json/2/")
        {
            envelope.remove("id");
        }
        let is_placeholder = |text: &str| text.starts_with("recorded-") || text == RECORDED_ODOO;
        body.map(&mut |_, text| is_placeholder(text).then(|| ANYONE.to_owned()));
        body
    }
}

/// A page without the token that its forms are sent with.
fn without_tokens(page: &str) -> String {
    const NAME: &str = "csrf_token";
    let mut written = String::new();
    let mut rest = page;
    while let Some(at) = rest.find(NAME) {
        let (head, tail) = rest.split_at(at + NAME.len());
        written.push_str(head);
        let is_hex =
            |text: &str| text.len() >= 32 && text.starts_with(|c: char| c.is_ascii_hexdigit());
        let token = tail.split(['"', '\'']).take(4).find(|part| is_hex(part));
        match token {
            Some(token) => {
                let start = tail.find(token).unwrap_or_default();
                written.push_str(&tail[..start]);
                written.push_str(SECRET);
                rest = &tail[start + token.len()..];
            }
            None => rest = tail,
        }
    }
    written + rest
}

/// The text with whole words replaced, so that `res.partner` stays what it is where somebody is called `partner`.
fn with_words_replaced(text: &str, words: &str, by: &str) -> String {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut written = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(words) {
        let (head, tail) = (&rest[..at], &rest[at + words.len()..]);
        written.push_str(head);
        let before = written.chars().next_back();
        let is_whole = !before.is_some_and(|c| is_word(c) || c == '.')
            && !tail.chars().next().is_some_and(is_word);
        written.push_str(if is_whole { by } else { words });
        rest = tail;
    }
    written + rest
}

/// The pseudonyms of one recording.
#[derive(Clone, Debug)]
pub(super) struct Pseudonyms {
    salt: Uuid,
    rules: Rules,
    /// By what they stand for.
    known: BTreeMap<String, String>,
    /// All that were given.
    given: BTreeSet<String>,
    /// The rules that met something, by model and field.
    met: BTreeSet<(String, String)>,
}

impl Pseudonyms {
    pub(super) fn new(salt: Uuid, rules: Rules, given: BTreeSet<String>) -> Self {
        Self {
            salt,
            rules,
            known: BTreeMap::new(),
            given,
            met: BTreeSet::new(),
        }
    }

    pub(super) fn given(&self) -> &BTreeSet<String> {
        &self.given
    }

    /// Learns what is personal in a call and its answer.
    pub(super) fn learn(&mut self, asked: &Asked, answer: &Body) {
        let fields = self.fields(&asked.model);
        if fields.is_empty() {
            return;
        }
        let answer = answered(answer);
        let mut found = Vec::new();
        for field in fields {
            let before = found.len();
            values_of(&asked.arguments, std::slice::from_ref(&field), &mut found);
            values_of(&answer, std::slice::from_ref(&field), &mut found);
            if found.len() > before || holds(&answer, &field) {
                self.met.insert((asked.model.clone(), field));
            }
        }
        for text in found {
            if !self.known.contains_key(text) && !self.given.contains(text) {
                let pseudonym = self.pseudonym(text);
                self.given.insert(pseudonym.clone());
                self.known.insert(text.to_owned(), pseudonym);
            }
        }
    }

    /// The rules that met nothing.
    pub(super) fn unmet(&self) -> Vec<String> {
        let rules = self.rules.replace.iter().chain(&self.rules.remove);
        let fields = rules.flat_map(|(model, fields)| fields.iter().map(move |it| (model, it)));
        fields
            .filter(|(model, field)| !self.met.contains(&((*model).clone(), (*field).clone())))
            .map(|(model, field)| format!("{model}.{field}"))
            .collect()
    }

    /// Both kinds: what is left out of rows is found by a pseudonym all the same.
    fn fields(&self, model: &str) -> Vec<String> {
        let of = |rules: &BTreeMap<String, Vec<String>>| rules.get(model).cloned();
        let both = [of(&self.rules.replace), of(&self.rules.remove)];
        both.into_iter().flatten().flatten().collect()
    }

    /// The same for the same text, and of its kind.
    fn pseudonym(&self, text: &str) -> String {
        let digest = Uuid::new_v5(&self.salt, text.as_bytes())
            .simple()
            .to_string();
        let short = &digest[..12];
        if text.contains('@') {
            return format!("p{short}@example.com");
        }
        let is_number = |c: char| c.is_ascii_digit() || " +-/().".contains(c);
        if text.chars().all(is_number) {
            let number = u64::from_str_radix(short, 16).unwrap_or_default();
            return format!("+999 {number:015}");
        }
        format!("p{short}")
    }

    /// Puts the pseudonyms into a request or an answer that was recorded.
    pub(super) fn replace(&self, body: &mut Body) {
        body.map(&mut |_, text| {
            if let Some(pseudonym) = self.known.get(text) {
                return Some(pseudonym.clone());
            }
            // The longest first: `Ada Lovelace` before `Ada`.
            let mut parts: Vec<_> = self.known.iter().collect();
            parts.sort_by_key(|(known, _)| std::cmp::Reverse(known.len()));
            let long = |known: &str| known.chars().count() >= PERSONAL_PART;
            let mut changed = text.to_owned();
            for (known, pseudonym) in parts.into_iter().filter(|(known, _)| long(known)) {
                changed = with_words_replaced(&changed, known, pseudonym);
            }
            (changed != text).then_some(changed)
        });
    }

    /// Leaves out of an answer what is to be left out.
    pub(super) fn remove(&self, asked: &Asked, body: &mut Body) {
        let Some(fields) = self.rules.remove.get(&asked.model) else {
            return;
        };
        match body {
            Body::Json(Value::Object(envelope)) if envelope.contains_key("result") => {
                if let Some(result) = envelope.get_mut("result") {
                    clear(result, fields);
                }
            }
            Body::Json(value) => clear(value, fields),
            Body::Xml(_) => {
                body.map(&mut |key, _| fields.iter().any(|it| it == key).then(String::new))
            }
            Body::Text(_) => {}
        }
    }

    /// Puts the pseudonyms into a request that is replayed: a text that a test holds has the one that was given for it.
    pub(super) fn recognise(&self, body: &mut Body) {
        body.map(&mut |_, text| {
            let pseudonym = self.pseudonym(text);
            self.given.contains(&pseudonym).then_some(pseudonym)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_replaced_and_their_like_are_not() {
        let replaced = |text| with_words_replaced(text, "partner", "p1");
        assert_eq!(replaced("the partner, partner."), "the p1, p1.");
        for same in ["res.partner", "partner_id", "partners", "mypartner"] {
            assert_eq!(replaced(same), same);
        }
    }

    #[test]
    fn a_secret_is_found_at_its_place_under_its_name_and_in_other_texts() {
        let credential = Credential {
            value: "hunter2-the-key".to_owned().into(),
            placeholder: "recorded-api-key",
            is_secret: true,
        };
        let mut secrets = Secrets::new(vec![credential]);
        let asked =
            br#"{"params":{"service":"object","args":["db",2,"anothers","res.users","read"]}}"#;
        secrets.learn_from_body(&Body::read(asked));
        let mut body = Body::read(
            br#"{"avatar_128_access_token":"t","a":"anothers","b":"key hunter2-the-key!","c":[{"password":"pw","name":"pw"}],"d":"hunter2-the-key"}"#,
        );
        secrets.scrub(&mut body);
        let expected = br#"{"a":"recorded-secret","avatar_128_access_token":"recorded-secret","b":"key recorded-api-key!","c":[{"name":"pw","password":"recorded-secret"}],"d":"recorded-api-key"}"#;
        assert_eq!(
            String::from_utf8_lossy(&body.to_bytes()),
            String::from_utf8_lossy(expected)
        );
        assert!(secrets.are_in("some hunter2-the-key") && !secrets.are_in("some hunter2"));
    }

    #[test]
    fn a_page_keeps_no_token_of_its_forms() {
        let token = "0123456789abcdef0123456789abcdef01234567o1700000000";
        let page = format!("<script>var odoo = {{csrf_token: \"{token}\", debug: \"\"}};</script>");
        let kept = without_tokens(&page);
        assert!(!kept.contains(token) && kept.contains("debug"), "{kept}");
    }
}
