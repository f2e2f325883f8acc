//! The table of faults.

use std::{io::Write as _, sync::LazyLock, time::Duration};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Value, json};

use crate::{
    LARGEST_ANSWER, ODOO_KEY, PROXY_KEY,
    answers::{Ask, group, version},
    server::{How, Step, answer, head},
    verbs::{FETCHED, SELECTED},
};

/// A way to misbehave.
pub struct Fault {
    /// Its name.
    pub name: &'static str,
    /// What the server does.
    pub what: &'static str,
    /// Answers that are right here and are none otherwise: a verb and its answer as JSON, or `*` where it asks for what
    /// comes, whatever that is.
    pub also_right: &'static [(&'static str, &'static str)],
    /// What may come of a call, where that depends on how fast either side is.
    pub varies: &'static [&'static str],
    pub(crate) how: How,
    pub(crate) is_slow: bool,
}

/// Faults of one kind.
pub struct Section {
    /// What they have in common.
    pub title: &'static str,
    /// The faults.
    pub faults: Vec<Fault>,
}

impl Fault {
    const fn new(name: &'static str, what: &'static str, how: How) -> Self {
        Self {
            name,
            what,
            also_right: &[],
            varies: &[],
            how,
            is_slow: false,
        }
    }

    /// One that uses up the time limit.
    const fn slow(mut self) -> Self {
        self.is_slow = true;
        self
    }

    /// Whether it uses up the time limit, so that its calls are made at once.
    pub const fn is_slow(&self) -> bool {
        self.is_slow
    }

    const fn varies(mut self, outcomes: &'static [&'static str]) -> Self {
        self.varies = outcomes;
        self
    }

    const fn or(mut self, also_right: &'static [(&'static str, &'static str)]) -> Self {
        self.also_right = also_right;
        self
    }
}

macro_rules! faults {
    ($($name:literal, $what:literal, $how:expr $(, $change:ident($($argument:expr)?))*;)*) => {
        vec![$(Fault::new($name, $what, $how)$(.$change($($argument)?))*,)*]
    };
}

/// Every fault. What takes the server long to make is made here, so that no answer waits for it.
pub fn sections() -> Vec<Section> {
    for bomb in [&GZIP_BOMB, &DEFLATE_BOMB, &BROTLI_BOMB] {
        LazyLock::force(bomb);
    }
    vec![
        Section {
            title: "None",
            faults: faults! { "none", "answers as it should", How::Body(|ask| ask.body().into()); },
        },
        Section {
            title: "Connections",
            faults: connections(),
        },
        Section {
            title: "HTTP",
            faults: http(),
        },
        Section {
            title: "Compression",
            faults: compression(),
        },
        Section {
            title: "Envelopes",
            faults: envelopes(),
        },
        Section {
            title: "Results",
            faults: results(),
        },
        Section {
            title: "Numbers",
            faults: numbers(),
        },
        Section {
            title: "Pages",
            faults: pages(),
        },
        Section {
            title: "Sizes",
            faults: sizes(),
        },
        Section {
            title: "Keys",
            faults: keys(),
        },
    ]
}

fn connections() -> Vec<Fault> {
    faults! {
        "refused", "nobody listens", How::Refused;
        "reset-accepted", "breaks off before it reads", How::Accepted(|| vec![Step::Reset]), varies(&["Transport: Connect", "Transport: Request"]);
        "closed-accepted", "hangs up before it reads", How::Accepted(Vec::new), varies(&["Transport: Connect", "Transport: Request"]);
        "reset-begun", "breaks off within the request", How::Begun(|| vec![Step::Reset]);
        "reset-asked", "breaks off after the request", How::Asked(|_| vec![Step::Reset]);
        "closed-asked", "hangs up after the request", How::Asked(|_| vec![]);
        "reset-status", "breaks off within the status line", How::Asked(|_| vec![Step::Send(b"HTTP/1.1 2".to_vec()), Step::Wait(MOMENT), Step::Reset]);
        "reset-head", "breaks off within the headers", How::Asked(|_| vec![Step::Send(b"HTTP/1.1 200 OK\r\ncontent-ty".to_vec()), Step::Wait(MOMENT), Step::Reset]);
        "reset-body", "breaks off within the body", How::Asked(|ask| {
            let answer = answer(ask.body().as_bytes());
            vec![Step::Send(answer[..answer.len() - 5].to_vec()), Step::Wait(MOMENT), Step::Reset]
        }), varies(&["Transport: Body", "Transport: Request"]);
        "closed-body", "hangs up within the body", How::Asked(|ask| {
            let answer = answer(ask.body().as_bytes());
            vec![Step::Send(answer[..answer.len() - 5].to_vec())]
        });
        "closed-reused", "keeps the connection, and hangs up after the next request", How::Asked(|ask| {
            let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", ask.body().len());
            vec![Step::Send((head + &ask.body()).into()), Step::Next]
        }), varies(&["right", "Transport: Request"]);
        "silent", "never answers", How::Asked(|_| vec![Step::Wait(LONG)]), slow();
        "silent-accepted", "never reads", How::Accepted(|| vec![Step::Wait(LONG)]), slow();
        "slow", "answers when the time is over", How::Asked(|ask| vec![Step::Wait(LONG), Step::Send(answer(ask.body().as_bytes()))]), slow();
        "dripping-head", "sends its head byte by byte", How::Asked(|ask| vec![Step::Drip(answer(ask.body().as_bytes()))]), slow();
        "dripping-body", "sends its body byte by byte", How::Asked(|ask| {
            let body = ask.body();
            let whole = [" ".repeat(1_000).into_bytes(), body.into()].concat();
            vec![Step::Send(head("200 OK", JSON, Some(whole.len()), b"")), Step::Drip(whole)]
        }), slow();
        "not-http", "speaks another protocol", How::Accepted(|| vec![Step::Send(b"SSH-2.0-OpenSSH_9.9\r\n".to_vec())]), slow(), varies(&["Transport: Request", "LocalTimeout"]);
        "tls-wrong-name", "has a trusted certificate for another host", How::Tls { host: || "other.example".into(), trusted: true };
        "tls-unknown", "has a certificate that nobody vouches for", How::Tls { host: || "localhost".into(), trusted: false };
        "tls", "has a trusted certificate", How::Tls { host: || "localhost".into(), trusted: true };
        "endless-head", "sends headers without an end", How::Asked(|_| vec![Step::Send(b"HTTP/1.1 200 OK\r\n".to_vec()), Step::Forever(b"x-more: and more\r\n".repeat(1 << 12))]);
        "endless-informational", "sends `100 Continue` without an end", How::Asked(|_| vec![Step::Forever(b"HTTP/1.1 100 Continue\r\n\r\n".repeat(8))]), slow();
        "endless-body", "sends spaces without an end", How::Asked(|_| vec![Step::Send(head("200 OK", JSON, None, b"")), Step::Forever(vec![b' '; 64 << 10])]);
        "endless-rows", "sends rows without an end", How::Asked(|ask| {
            let start = format!(r#"{{"jsonrpc":"2.0","id":{},"result":["#, ask.id);
            let rows = format!("{},", ask.rows(&[1])[0]).repeat(8 << 10);
            vec![Step::Send(head("200 OK", JSON, None, start.as_bytes())), Step::Forever(rows.into())]
        });
        "endless-error-page", "sends a page with status 502 without an end", How::Asked(|_| vec![Step::Send(head("502 Bad Gateway", HTML, None, b"<html>")), Step::Forever(vec![b'x'; 64 << 10])]);
    }
}

fn http() -> Vec<Fault> {
    faults! {
        "length-too-long", "announces more than it sends", How::Asked(|ask| vec![Step::Send(head("200 OK", JSON, Some(ask.body().len() + 9), ask.body().as_bytes()))]);
        "length-too-short", "announces less than it sends", How::Asked(|ask| vec![Step::Send(head("200 OK", JSON, Some(ask.body().len() - 9), ask.body().as_bytes()))]);
        "length-huge", "announces more than there is memory", How::Asked(|ask| vec![Step::Send(head("200 OK", JSON, Some(1 << 60), ask.body().as_bytes()))]);
        "length-none", "announces nothing and hangs up at the end", How::Asked(|ask| vec![Step::Send(head("200 OK", JSON, None, ask.body().as_bytes()))]);
        "length-no-number", "announces a length that is no number", How::Asked(|ask| vec![Step::Send(raw_head("content-length: many", &ask.body()))]);
        "lengths-that-differ", "announces two lengths", How::Asked(|ask| vec![Step::Send(raw_head("content-length: 5\r\ncontent-length: 50", &ask.body()))]);
        "chunks-broken", "sends chunks whose size is no number", How::Asked(|_| vec![Step::Send(raw_head("transfer-encoding: chunked", "zz\r\n{}\r\n0\r\n\r\n"))]);
        "chunks-cut", "hangs up before the last chunk", How::Asked(|ask| vec![Step::Send(raw_head("transfer-encoding: chunked", &format!("{:x}\r\n{}\r\n", ask.body().len(), ask.body())))]);
        "type-missing", "does not say what it sends", How::Asked(|ask| vec![Step::Send(head("200 OK", "", Some(ask.body().len()), ask.body().as_bytes()))]);
        "type-wrong", "calls its JSON a picture", How::Asked(|ask| vec![Step::Send(head("200 OK", "image/png", Some(ask.body().len()), ask.body().as_bytes()))]);
        "html", "sends a page with status 200", How::Asked(|_| page("200 OK"));
        "empty", "sends nothing with status 200", How::Body(|_| vec![]);
        "no-content", "sends status 204", How::Asked(|_| vec![Step::Send(head("204 No Content", "", None, b""))]);
        "result-beside-500", "sends a right answer with status 500", How::Asked(|ask| vec![Step::Send(head("500 Internal Server Error", JSON, Some(ask.body().len()), ask.body().as_bytes()))]);
        "redirect", "points to another server", How::Asked(|_| redirect("https://elsewhere.example/"));
        "redirect-to-itself", "points to itself", How::Asked(|_| redirect("/api/odoo/execute"));
        "redirect-to-no-url", "points to what is no address", How::Asked(|_| redirect("http://[::"));
        "status-401", "sends a page with status 401", How::Asked(|_| page("401 Unauthorized"));
        "status-403", "sends a page with status 403", How::Asked(|_| page("403 Forbidden"));
        "status-404", "sends a page with status 404", How::Asked(|_| page("404 Not Found"));
        "status-413", "sends a page with status 413", How::Asked(|_| page("413 Content Too Large"));
        "status-429", "sends a page with status 429", How::Asked(|_| page("429 Too Many Requests"));
        "status-500", "sends a page with status 500", How::Asked(|_| page("500 Internal Server Error"));
        "status-502", "sends a page with status 502", How::Asked(|_| page("502 Bad Gateway"));
        "status-503", "sends a page with status 503", How::Asked(|_| page("503 Service Unavailable"));
        "status-504", "sends a page with status 504", How::Asked(|_| page("504 Gateway Timeout"));
        "status-999", "sends a status that there is not", How::Asked(|_| page("999 What"));
    }
}

fn compression() -> Vec<Fault> {
    faults! {
        "gzip", "compresses its answer with gzip", How::Asked(|ask| compressed("gzip", gzip(ask.body().as_bytes())));
        "gzip-broken", "compresses its answer, and breaks it", How::Asked(|ask| {
            let mut body = gzip(ask.body().as_bytes());
            let middle = body.len() / 2;
            body[middle..].iter_mut().for_each(|byte| *byte ^= 0x55);
            compressed("gzip", body)
        });
        "gzip-cut", "compresses its answer, and cuts it off", How::Asked(|ask| {
            let body = gzip(ask.body().as_bytes());
            compressed("gzip", body[..body.len() - 9].to_vec())
        });
        "gzip-false", "calls its answer compressed, which it is not", How::Asked(|ask| compressed("gzip", ask.body().into()));
        "encoding-unknown", "calls its answer compressed in an unknown way", How::Asked(|ask| compressed("snappy", ask.body().into()));
        "gzip-bomb", "sends 16 MiB in little gzip", How::Asked(|_| compressed("gzip", GZIP_BOMB.clone()));
        "deflate-bomb", "sends 16 MiB in little deflate", How::Asked(|_| compressed("deflate", DEFLATE_BOMB.clone()));
        "brotli-bomb", "sends 16 MiB in little brotli", How::Asked(|_| compressed("br", BROTLI_BOMB.clone()));
    }
}

fn envelopes() -> Vec<Fault> {
    faults! {
        "cut", "cuts its JSON off", How::Body(|ask| ask.body().into_bytes()[..ask.body().len() - 3].to_vec());
        "text-after", "sends text after the end", How::Body(|ask| (ask.body() + " and more").into());
        "envelope-after", "sends a second answer after the end", How::Body(|ask| (ask.body() + &ask.body()).into());
        "garbage-after-the-result", "sends `],,,;GARBAGE}` after the result", How::Body(|ask| {
            let body = ask.body();
            (body[..body.len() - 1].to_owned() + "],,,;GARBAGE}").into()
        });
        "two-results", "sends two results", How::Body(|ask| beside(ask, r#""result":[9]"#));
        "error-after", "sends an error after the result", How::Body(|ask| beside(ask, r#""error":{"code":0,"message":"refused"}"#));
        "error-before", "sends an error before the result", How::Body(|ask| {
            format!(r#"{{"id":{},"error":{{"code":0,"message":"refused"}},"result":{}}}"#, ask.id, ask.result()).into()
        });
        "error-after-a-large-result", "sends an error after a large result", How::Body(|ask| {
            let rows = (0..2_000).map(|_| ask.rows(&[1])[0].clone()).collect::<Vec<_>>();
            format!(r#"{{"id":{},"result":{},"error":{{"code":0,"message":"refused"}}}}"#, ask.id, json!(rows)).into()
        });
        "error-of-no-shape", "sends an error that is a text", How::Body(|ask| ask.error(&json!("refused")).into());
        "error-null", "sends a result and `null` as the error", How::Body(|ask| beside(ask, r#""error":null"#));
        "id-of-another", "answers under another id", How::Body(|ask| Ask { id: "\"other\"".into(), ..ask.clone() }.body().into());
        "id-null", "answers under the id `null`", How::Body(|ask| Ask { id: "null".into(), ..ask.clone() }.body().into());
        "id-missing", "answers without an id", How::Body(|ask| format!(r#"{{"jsonrpc":"2.0","result":{}}}"#, ask.result()).into());
        "result-missing", "answers without a result", How::Body(|ask| format!(r#"{{"jsonrpc":"2.0","id":{}}}"#, ask.id).into()), or(NOTHING);
        "no-envelope", "sends JSON that is no answer", How::Body(|_| br#"{"status":"ok"}"#.to_vec());
        "invalid-utf-8", "sends bytes that are no text for a text", How::Body(|ask| no_text(with_text(ask, "row ", "row MARK")));
        "invalid-utf-8-beside", "sends bytes that are no text beside its result", How::Body(|ask| no_text(beside(ask, "\"x\":\"MARK\"")));
        "deep-result", "nests lists a million deep as its result", How::Body(|ask| ask.around(&deep()).into());
        "deep-field", "nests lists a million deep in a JSON field", How::Body(|ask| ask.body().replacen("[1,2.5,null]", &deep(), 1).into());
        "deep-error", "nests lists a million deep in an error", How::Body(|ask| {
            format!(r#"{{"id":{},"error":{{"code":0,"message":"","data":{}}}}}"#, ask.id, deep()).into()
        });
        "deep-beside", "nests lists a million deep beside its result", How::Body(|ask| beside(ask, &format!(r#""x":{}"#, deep())));
    }
}

fn results() -> Vec<Fault> {
    faults! {
        "null", "answers `null`", How::Body(|ask| ask.around("null").into()), or(NOTHING);
        "false", "answers `false`", How::Body(|ask| ask.around("false").into()), or(FALSE);
        "true", "answers `true`", How::Body(|ask| ask.around("true").into()), or(&[("call of JSON", "true")]);
        "text", "answers a text", How::Body(|ask| ask.around("\"done\"").into()), or(&[("call of JSON", "\"done\"")]);
        "object", "answers an object", How::Body(|ask| ask.around("{}").into()), or(&[("call of JSON", "{}")]);
        "lists", "answers lists in a list", How::Body(|ask| ask.around("[[]]").into()), or(&[("call of JSON", "[[]]")]);
        "rows-that-are-none", "sends numbers in the place of rows", How::Body(|ask| ask.around("[1,2,3]").into()),
            or(&[("ids", "[1,2,3]"), ("call of JSON", "[1,2,3]")]);
        "field-missing", "leaves a field out", How::Body(|ask| rows(ask, |row| { row.as_object_mut().map(|row| row.remove("name")); }));
        "field-twice", "sends a field twice", How::Body(|ask| with_text(ask, "\"count\":", "\"count\":0,\"count\":"));
        "rows-broken", "sends a row that is no JSON", How::Body(|ask| with_text(ask, "\"count\":", "\"count\";"));
        "lone-surrogate", "sends half of a character in a text", How::Body(|ask| with_text(ask, "row ", "row \\ud800"));
        "control-character", "sends a line end in a text", How::Body(|ask| with_text(ask, "row ", "row\n"));
    }
}

fn numbers() -> Vec<Fault> {
    faults! {
        "float-for-an-integer", "sends integers as floats", How::Body(|ask| number(ask, |n| format!("{n}.0"))), or(ANY_JSON);
        "fraction-for-an-integer", "sends integers with a fraction", How::Body(|ask| number(ask, |n| format!("{n}.5"))), or(ANY_JSON);
        "beyond-2^53", "sends 9007199254740993 as a float", How::Body(|ask| number(ask, |_| "9007199254740993.0".into()));
        "beyond-2^63", "sends 9223372036854775808", How::Body(|ask| number(ask, |_| "9223372036854775808".into())), or(&[("call of JSON", r#"{"done":9223372036854775808}"#)]);
        "beyond-2^64", "sends an integer of 30 digits", How::Body(|ask| number(ask, |_| "123456789012345678901234567890".into()));
        "beyond-every-float", "sends 1e400", How::Body(|ask| number(ask, |_| "1e400".into()));
        "below-every-float", "sends 1e-400", How::Body(|ask| number(ask, |_| "1e-400".into()));
        "integer-that-is-no-float", "sends 9007199254740993 for a float", How::Body(|ask| number_in(ask, "weight", |_| "9007199254740993".into()));
        "integer-beyond-2^53-for-a-float", "sends 9007199254740993.0 for a float", How::Body(|ask| number_in(ask, "weight", |_| "9007199254740993.0".into()));
        "nan", "sends `NaN` for integers", How::Body(|ask| number(ask, |_| "NaN".into())), or(&[("call of JSON", r#"{"done":null}"#), ("group", r#"[["row 1",1,null],["row 2",1,null]]"#)]);
        "number-in-json", "sends 1e400 in a JSON field", How::Body(|ask| with_text(ask, "2.5,null", "1e400"));
    }
}

fn pages() -> Vec<Fault> {
    faults! {
        "page-repeats", "sends the first page again and again", How::Body(|ask| paged(ask, |_| vec![1, 2, 3]));
        "page-overlaps", "begins each page with the last row of the one before", How::Body(|ask| paged(ask, |after| (after.max(1)..after.max(1) + 3).collect()));
        "page-goes-back", "sends each page backwards", How::Body(|ask| paged(ask, |after| (after + 1..=after + 3).rev().collect()));
        "row-twice", "sends a row twice in a page", How::Body(|ask| all_rows(ask, |after| vec![after + 1, after + 2, after + 2]));
        "page-larger", "sends more rows than were asked for", How::Body(|ask| all_rows(ask, |after| (after + 1..=after + 50).collect()));
        "rows-without-id", "sends `false` for every id", How::Body(|ask| rows(ask, |row| row["id"] = json!(false)));
        "rows-with-id-0", "sends 0 for every id", How::Body(|ask| rows(ask, |row| row["id"] = json!(0))), or(&[("fetch", "*"), ("fetch_partial", "*"), ("select", "*")]);
        "ids-as-floats", "sends every id of a row as a float", How::Body(|ask| {
            (1..=9).fold(ask.body(), |body, id| match ask.gives_rows() {
                true => body.replace(&format!("\"id\":{id},"), &format!("\"id\":{id}.0,")).replace(&format!("\"id\":{id}}}"), &format!("\"id\":{id}.0}}")),
                false => body,
            }).into()
        });
    }
}

fn sizes() -> Vec<Fault> {
    faults! {
        "lists-in-an-error", "sends `[],[],..` as the arguments of an error", How::Body(|ask| large_error(ask, r#""arguments":["#, "[],", "0]"));
        "message-of-an-error", "sends an error with a very long message", How::Body(|ask| large_error(ask, r#""message":""#, "long ", "\""));
        "large-lists", "sends `[],[],..` as its result", How::Body(|ask| large(ask, "[", "[],", "[]]"));
        "large-objects", "sends `{},{},..` as its result", How::Body(|ask| large(ask, "[", "{},", "{}]"));
        "large-objects-with-keys", "sends small objects as its result", How::Body(|ask| large(ask, "[", r#"{"":0},"#, "{}]"));
        "large-text", "sends a very long text as its result", How::Body(|ask| large(ask, "\"", "text ", "\"")), or(&[("call", "*"), ("call of JSON", "*")]);
        "large-number", "sends a number of very many digits as its result", How::Body(|ask| large(ask, "1", "1", "1"));
        "large-zeros", "sends `0,0,..` as its result", How::Body(|ask| large(ask, "[", "0,", "0]"));
        "one-row-of-many-keys", "sends a row of more keys than were asked for", How::Body(|ask| large(ask, r#"[{"id":1,"#, r#""x":0,"#, r#""y":0}]"#));
        "one-row-of-many-ids", "sends a row with very many ids", How::Body(|ask| large_field(ask, "[2,3]", "[", "2,", "3]"));
        "one-row-of-much-json", "sends a row with `[],[],..` in a JSON field", How::Body(|ask| large_field(ask, "[1,2.5,null]", "[", "[],", "[]]"));
        "one-long-text", "sends a row with a very long text", How::Body(|ask| large_field(ask, "\"row 1\"", "\"", "row ", "1\"")),
            or(&[("fetch", "*"), ("select", "*"), ("read", "*"), ("group", "*")]);
        "long-member", "sends much beside its result", How::Body(large_member);
        "many-members", "sends very many members beside its result", How::Body(|ask| {
            let body = ask.body();
            let members = r#","x":0"#.repeat(LARGEST_ANSWER / 8);
            (body[..body.len() - 1].to_owned() + &members + "}").into()
        });
        "too-large", "sends more than the client takes", How::Body(|ask| (" ".repeat(LARGEST_ANSWER) + &ask.body()).into());
    }
}

fn keys() -> Vec<Fault> {
    faults! {
        "key-in-a-message", "names the keys in an error of Odoo", How::Body(|ask| key_error(ask, 0, "message"));
        "key-in-a-class", "names the keys as the class of an exception", How::Body(|ask| key_error(ask, 0, "name"));
        "key-in-arguments", "names the keys in the arguments of an exception", How::Body(|ask| key_error(ask, 0, "arguments"));
        "key-in-a-traceback", "names the keys in a traceback", How::Body(|ask| key_error(ask, 200, "debug"));
        "key-in-a-proxy-error", "names the keys in an error of the proxy", How::Body(|ask| ask.error(&json!({"code": -32005, "message": both(), "data": [both(), {both(): 1}]})).into());
        "key-in-a-page", "names the keys in a page", How::Asked(|_| vec![Step::Send(head("500 Internal Server Error", HTML, None, both().as_bytes()))]);
        "key-in-escaped-html", "names the keys in a page, escaped", How::Asked(|_| vec![Step::Send(head("500 Internal Server Error", HTML, None, both().replace('"', "&quot;").as_bytes()))]);
        "key-in-base64", "names the keys in base64", How::Asked(|_| vec![Step::Send(head("400 Bad Request", HTML, None, format!("Basic {} {}", BASE64_STANDARD.encode(format!("2:{ODOO_KEY}")), BASE64_STANDARD.encode(PROXY_KEY)).as_bytes()))]);
        "key-in-a-url", "names the keys in an address", How::Asked(|_| vec![Step::Send(head("400 Bad Request", HTML, None, format!("?key={}&{}", percent(PROXY_KEY), percent(ODOO_KEY)).as_bytes()))]);
        "key-in-a-status", "names the keys in the status line", How::Asked(|_| vec![Step::Send(head(&format!("500 {}", both()), HTML, Some(0), b""))]);
        "key-in-a-type", "names the keys as the content type", How::Asked(|_| vec![Step::Send(head("200 OK", &both(), Some(2), b"{}"))]);
        "key-in-a-redirect", "points to a host with the name of a key", How::Asked(|_| redirect(&format!("https://{ODOO_KEY}.example/?{}", percent(PROXY_KEY))));
        "key-in-headers", "names the keys in headers and a cookie", How::Asked(|ask| vec![Step::Send(raw_head(&format!("set-cookie: a={ODOO_KEY}\r\nx-api-key: {PROXY_KEY}\r\ncontent-length: {}", ask.body().len()), &ask.body()))]);
        "key-in-a-chunk", "names the keys where the size of a chunk belongs", How::Asked(|_| vec![Step::Send(raw_head("transfer-encoding: chunked", &format!("{}\r\n", both())))]);
        "key-in-a-certificate", "has a trusted certificate for a host with the name of a key", How::Tls { host: || format!("{}.example", ODOO_KEY.to_lowercase()), trusted: true };
        "key-for-a-result", "sends the keys for its result", How::Body(|ask| ask.around(&json!(both()).to_string()).into()), or(&[("call", "*"), ("call of JSON", "*")]);
        "key-in-rows", "sends the keys for numbers", How::Body(|ask| key_rows(ask, json!(both()))), or(ANY_JSON);
        "key-in-rows-escaped", "sends the keys for numbers, escaped", How::Body(|ask| {
            let escaped: String = both().encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
            let body = String::from_utf8(key_rows(ask, json!("KEYS"))).expect("JSON");
            body.replace("KEYS", &escaped).into()
        }), or(ANY_JSON);
        "key-at-the-cut", "sends a key where an excerpt is cut off", How::Body(|ask| key_rows(ask, json!(format!("{}{}", "x".repeat(70), both())))), or(ANY_JSON);
        "key-in-an-object", "sends the keys as keys of an object", How::Body(|ask| ask.around(&json!({both(): both()}).to_string()).into()), or(ANY_JSON);
        "key-as-an-id", "sends a key as the id of a row", How::Body(|ask| rows(ask, |row| { row["id"] = json!(ODOO_KEY); row["count"] = json!("none"); }));
        "key-as-the-id", "answers under a key as the id", How::Body(|ask| Ask { id: json!(both()).to_string(), ..ask.clone() }.body().into());
        "key-as-a-member", "names a member after a key, twice", How::Body(|ask| beside(ask, &format!("{0}:1,{0}:2", json!(both()))));
        "key-after-a-large-result", "sends the keys after a large result", How::Body(|ask| {
            let rows = (0..2_000).map(|_| ask.rows(&[1])[0].clone()).collect::<Vec<_>>();
            format!(r#"{{"id":{},"result":{}}}{}"#, ask.id, json!(rows), both()).into()
        });
        "key-in-pages", "names the keys in its version, in `about` and in the licence", How::Body(|ask| match ask.method.as_str() {
            "version" => ask.around(&version(&format!("19.0 {}", both())).to_string()).into(),
            "about" => ask.around(&json!({"build": both(), "version": both()}).to_string()).into(),
            "license" => ask.around(&json!({"licensee": both(), "valid_until": both(), "is_valid": both()}).to_string()).into(),
            _ => ask.body().into(),
        }), or(&[("version", r#""19.0 [redacted] and [redacted]""#), ("about", "*")]);
    }
}

const JSON: &str = "application/json";
const HTML: &str = "text/html";
const BOMB: usize = 16 << 20;
static GZIP_BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| gzip(&vec![b' '; BOMB]));
static DEFLATE_BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| deflate(&vec![b' '; BOMB]));
static BROTLI_BOMB: LazyLock<Vec<u8>> = LazyLock::new(|| brotli(&vec![b' '; BOMB]));
/// Until what was sent has been read.
const MOMENT: Duration = Duration::from_millis(100);
/// Longer than any time limit.
const LONG: Duration = Duration::from_secs(30);

/// What calls make of no result.
const NOTHING: &[(&str, &str)] = &[("call", "null"), ("call of JSON", "null")];
/// A call of any JSON takes what comes.
const ANY_JSON: &[(&str, &str)] = &[("call of JSON", "*")];
const FALSE: &[(&str, &str)] = &[("call", "null"), ("call of JSON", "false")];

/// Both keys.
fn both() -> String {
    format!("{ODOO_KEY} and {PROXY_KEY}")
}

fn percent(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn raw_head(headers: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\n{headers}\r\nconnection: close\r\n\r\n{body}"
    )
    .into()
}

fn page(status: &str) -> Vec<Step> {
    vec![Step::Send(head(
        status,
        HTML,
        None,
        b"<html><h1>No</h1></html>",
    ))]
}

fn redirect(to: &str) -> Vec<Step> {
    let head = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {to}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    );
    vec![Step::Send(head.into())]
}

fn compressed(encoding: &str, body: Vec<u8>) -> Vec<Step> {
    let head = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\ncontent-encoding: {encoding}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    vec![Step::Send([head.into_bytes(), body].concat())]
}

fn gzip(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

fn deflate(body: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(body).expect("memory");
    encoder.finish().expect("memory")
}

fn brotli(body: &[u8]) -> Vec<u8> {
    const FASTEST: u32 = 1;
    const WINDOW: u32 = 20;
    let mut compressed = Vec::new();
    let mut encoder = brotli::CompressorWriter::new(&mut compressed, 4096, FASTEST, WINDOW);
    encoder.write_all(body).expect("memory");
    drop(encoder);
    compressed
}

fn deep() -> String {
    // At two bytes a level, they fit in the largest answer.
    const DEEP: usize = 1_000_000;
    "[".repeat(DEEP) + &"]".repeat(DEEP)
}

/// A right answer with one member more.
fn beside(ask: &Ask, member: &str) -> Vec<u8> {
    let body = ask.body();
    format!("{},{member}}}", &body[..body.len() - 1]).into()
}

/// A right answer in which a text stands for another; rows and groups only.
fn with_text(ask: &Ask, text: &str, other: &str) -> Vec<u8> {
    ask.body().replace(text, other).into()
}

/// A body with bytes that are no UTF-8 in the place of a mark.
fn no_text(body: Vec<u8>) -> Vec<u8> {
    const MARK: &[u8] = b"MARK";
    let mut bytes = Vec::new();
    let mut rest = body.as_slice();
    while let Some(at) = rest.windows(MARK.len()).position(|part| part == MARK) {
        bytes.extend_from_slice(&rest[..at]);
        bytes.extend_from_slice(b"\xff\xfe");
        rest = &rest[at + MARK.len()..];
    }
    bytes.extend_from_slice(rest);
    bytes
}

/// A right answer with changed rows.
fn rows(ask: &Ask, change: fn(&mut Value)) -> Vec<u8> {
    if !ask.gives_rows() {
        return ask.body().into();
    }
    let mut rows = ask.rows(&ask.row_ids());
    rows.iter_mut().for_each(change);
    ask.around(&json!(rows).to_string()).into()
}

/// A right answer in whose rows the number of a field is written in another way.
fn number_in(ask: &Ask, field: &str, write: fn(i64) -> String) -> Vec<u8> {
    if !ask.gives_rows() {
        return ask.body().into();
    }
    let rows = ask.rows(&ask.row_ids()).into_iter().map(|mut row| {
        let number = write(row["id"].as_i64().unwrap_or_default());
        if row.get(field).is_some() {
            row[field] = json!("NUMBER");
        }
        row.to_string().replace("\"NUMBER\"", &number)
    });
    let rows = rows.collect::<Vec<_>>().join(",");
    ask.around(&format!("[{rows}]")).into()
}

/// A right answer whose integers are written in another way: one in each row, a count, an id, a sum.
fn number(ask: &Ask, write: fn(i64) -> String) -> Vec<u8> {
    let result = match ask.method.as_str() {
        "search_read" | "read" => return number_in(ask, "count", write),
        "formatted_read_group" => {
            let groups = [1, 2].map(|id| {
                let mut group = group(id);
                group["count:sum"] = json!("NUMBER");
                group.to_string().replace("\"NUMBER\"", &write(id))
            });
            format!("[{}]", groups.join(","))
        }
        "search" => format!("[{}]", [1, 2, 3, 4, 5, 6, 7].map(write).join(",")),
        "search_count" => write(7),
        "create" => write(8),
        "do_more" => format!(r#"{{"done":{}}}"#, write(1)),
        _ => return ask.body().into(),
    };
    ask.around(&result).into()
}

/// The pages of a walk by what the cursor says, whatever else was asked for.
fn paged(ask: &Ask, ids: fn(i64) -> Vec<i64>) -> Vec<u8> {
    let limit = &ask.keywords["limit"];
    let is_walk = *limit != FETCHED && *limit != SELECTED;
    match is_walk {
        true => all_rows(ask, ids),
        false => ask.body().into(),
    }
}

/// The same of every search.
fn all_rows(ask: &Ask, ids: fn(i64) -> Vec<i64>) -> Vec<u8> {
    if ask.method != "search_read" {
        return ask.body().into();
    }
    let rows = ask.rows(&ids(ask.after().unwrap_or(0)));
    ask.around(&json!(rows).to_string()).into()
}

/// A result that is just below what the client takes.
fn large(ask: &Ask, start: &str, part: &str, end: &str) -> Vec<u8> {
    const ROOM: usize = 1024;
    let parts = part.repeat((LARGEST_ANSWER - ROOM) / part.len());
    ask.around(&format!("{start}{parts}{end}")).into()
}

/// The same in one field of the first row.
fn large_field(ask: &Ask, value: &str, start: &str, part: &str, end: &str) -> Vec<u8> {
    const ROOM: usize = 2048;
    let parts = part.repeat((LARGEST_ANSWER - ROOM) / part.len());
    let large = format!("{start}{parts}{end}");
    ask.body().replacen(value, &large, 1).into()
}

fn large_member(ask: &Ask) -> Vec<u8> {
    const ROOM: usize = 2048;
    beside(
        ask,
        &format!(r#""x":"{}""#, "x".repeat(LARGEST_ANSWER - ROOM)),
    )
}

fn large_error(ask: &Ask, start: &str, part: &str, end: &str) -> Vec<u8> {
    const ROOM: usize = 1024;
    let parts = part.repeat((LARGEST_ANSWER - ROOM) / part.len());
    format!(
        r#"{{"id":{},"error":{{"code":0,"message":"Odoo Server Error","data":{{"name":"odoo.exceptions.UserError",{start}{parts}{end}}}}}}}"#,
        ask.id
    )
    .into()
}

/// An exception with the keys in one of its parts.
fn key_error(ask: &Ask, code: i64, part: &str) -> Vec<u8> {
    let mut data = json!({"name": "odoo.exceptions.UserError", "message": "no", "arguments": ["no"], "debug": "Traceback"});
    data[part] = match part {
        "arguments" => json!([both(), {both(): both()}]),
        _ => json!(both()),
    };
    ask.error(&json!({"code": code, "message": both(), "data": data}))
        .into()
}

/// A right answer but for the keys, where a number belongs.
fn key_rows(ask: &Ask, keys: Value) -> Vec<u8> {
    let result = match ask.method.as_str() {
        "search_read" | "read" => {
            let mut rows = ask.rows(&ask.row_ids());
            rows.iter_mut().for_each(|row| {
                row["count"] = keys.clone();
                row["name"] = json!([keys]);
            });
            json!(rows)
        }
        "formatted_read_group" => {
            let mut group = group(1);
            group["count:sum"] = keys;
            json!([group])
        }
        "search" => json!([keys.clone(), [keys]]),
        "do_it" => json!([keys]),
        _ => keys,
    };
    ask.around(&result.to_string()).into()
}
