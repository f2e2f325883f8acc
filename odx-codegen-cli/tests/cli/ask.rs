//! `odx ping`, `version`, `call`, `search` and `smoke`, and what is made of the arguments: completions and manual.

use odx_sandbox::{COMPANY_DATABASE, COMPANY_KEY, Database, LIMITED_KEY, User};
use serde_json::{Value, json};

use crate::roads::{roads, shows_no_secret};
use crate::support::{Sandbox, Workplace};

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn ping_tells_the_road_the_user_and_the_rights() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let run = place.odx(["ping", "--json"]).succeeds();
    let mut told = json_of(&shows_no_secret(&place, run).stdout);
    let latency = told["latency_ms"].take();
    assert!(latency.as_f64().is_some_and(|latency| latency > 0.0));
    let url = told["url"].take();
    assert_eq!(url, sandbox.server.url());
    let roads = told["roads"].take();
    let rust = told["rust"].take();
    assert_eq!(
        rust,
        format!(
            "Odoo::connect({url}).database(\"demo\").api_key(api_key).road(RoadName::Json2).await?"
        )
    );
    assert_eq!(
        told,
        json!({
            "url": null, "version": "19.0", "series": "19", "database": "demo", "user_id": 2, "login": "nora",
            // The sandbox has no model that only administrators read.
            "administrator": null, "reads_ir_model": true,
            "road": "json2", "why": "it was asked for", "given": "An API key", "rust": null, "roads": null, "ending_keys": [], "latency_ms": null,
        })
    );
    let roads = roads.as_array().expect("a list");
    let state = |name: &str| {
        let road = roads
            .iter()
            .find(|road| road["road"] == name)
            .expect("the road");
        (
            road["state"].as_str().expect("a text"),
            road["reason"].as_str().expect("a text"),
        )
    };
    assert_eq!(state("json2"), ("taken", ""));
    assert_eq!(
        state("odxproxy-v1"),
        ("not-tried", "ODX_PROXY_URL is not set")
    );
    assert_eq!(state("jsonrpc"), ("not-tried", "ODX_ODOO_LOGIN is not set"));
}

#[test]
fn ping_goes_on_where_the_road_cannot_say_the_users_context() {
    let sandbox = Sandbox::of_series("14.0");
    let place = Workplace::over(&sandbox, "xmlrpc");
    // As Odoo 14's XML-RPC does, whose `context_get` gives what it cannot write.
    let unsaid = odx_sandbox::Fault::Result(json!({"uid": 1_i64 << 40}));
    sandbox
        .server
        .fail("res.users", "context_get", unsaid, usize::MAX);
    place.odx(["ping"]).succeeds().prints("xmlrpc");
}

#[test]
fn who_is_to_be_named_is_told_where_a_key_and_a_password_are_given() {
    let sandbox = Sandbox::of_series("14.0");
    let mut place = Workplace::new();
    place.set("ODX_ODOO_URL", &sandbox.server.url());
    place.set("ODX_ODOO_PASSWORD", "some-password");
    let run = place.odx(["ping"]).fails();
    run.says("ODX_ODOO_LOGIN");
    place.set("ODX_ODOO_API_KEY", COMPANY_KEY);
    let run = shows_no_secret(&place, place.odx(["ping"]).fails());
    run.says("say whose API key it is").says("ODX_ODOO_LOGIN");
}

#[test]
fn a_key_of_another_user_than_is_named_is_refused() {
    let sandbox = Sandbox::start();
    for road in ["json2", "odxproxy-v2"] {
        let mut place = Workplace::over(&sandbox, road);
        place.set("ODX_ODOO_LOGIN", "somebody@example.com");
        place
            .odx(["ping"])
            .fails()
            .says("odx refused the answer to res.users.context_get on")
            .says("the API key is that of `nora`, and not of `somebody@example.com`")
            .says("ODX_ODOO_LOGIN");
        place.set("ODX_ODOO_LOGIN", "nora");
        place.odx(["ping"]).succeeds();
    }
}

#[test]
fn ping_tells_which_keys_of_the_user_end() {
    let fields = |fields: Value| fields.as_object().cloned().unwrap_or_default();
    let models = [
        (
            "res.users",
            json!({"id": {"type": "integer"}, "login": {"type": "char"}, "name": {"type": "char"}}),
        ),
        (
            "res.users.apikeys",
            json!({
                "id": {"type": "integer"}, "name": {"type": "char"}, "scope": {"type": "char"},
                "user_id": {"type": "many2one", "relation": "res.users"},
                "expiration_date": {"type": "datetime"},
            }),
        ),
    ];
    let models = models.map(|(name, described)| (name.to_owned(), fields(described)));
    let key = |user: i64, name: &str, scope: &str, ends: Value| {
        fields(json!({"user_id": user, "name": name, "scope": scope, "expiration_date": ends}))
    };
    let database = Database::new(models.into())
        .named(COMPANY_DATABASE)
        .with_user(User::administrator(2, COMPANY_KEY))
        .with_records(
            "res.users",
            [2, 3].map(|id| fields(json!({"id": id, "login": "nora"}))),
        )
        .and_then(|database| {
            database.with_records(
                "res.users.apikeys",
                [
                    key(2, "night job", "rpc", json!("2999-12-31 10:00:00")),
                    key(2, "no end", "rpc", json!(false)),
                    key(2, "long gone", "rpc", json!("2001-01-01 00:00:00")),
                    key(2, "two factors", "browser", json!("2999-12-31 10:00:00")),
                    key(3, "of another", "rpc", json!("2999-12-31 10:00:00")),
                ],
            )
        })
        .expect("the records");
    for (series, tells) in [("17.0", false), ("18.0", true), ("20.0", true)] {
        let sandbox = Sandbox::with(database.clone().series(series));
        let place = Workplace::over(&sandbox, "odxproxy-v1");
        let told = place.odx(["ping"]).succeeds().stdout;
        let line = "api key   `night job` ends on 2999-12-31, in ";
        assert_eq!(told.contains(line), tells, "{series}: {told}");
        let run = place.odx(["ping", "--json"]).succeeds();
        let keys = json_of(&run.stdout)["ending_keys"].take();
        assert_eq!(keys.as_array().map(Vec::len), Some(usize::from(tells)));
        if tells {
            assert_eq!(
                (&keys[0]["name"], &keys[0]["ends"]),
                (&json!("night job"), &json!("2999-12-31"))
            );
        }
    }
}

/// What `odx ping` tells a user to write.
fn assert_line(place: &Workplace, heading: &str, says: &str) {
    let run = place.odx(["ping", "--json"]).succeeds();
    let told = json_of(&shows_no_secret(place, run).stdout);
    assert_eq!(told["given"], heading);
    let line = told["rust"].as_str().expect("a text");
    let says = format!(".database(\"demo\"){says}.road(RoadName::");
    assert!(line.contains(&says), "{line}");
    let is_behind = line.contains(", proxy_key)");
    assert_eq!(is_behind, heading == "Behind ODXProxy", "{line}");
}

#[test]
fn ping_tells_the_line_of_each_kind_of_user_and_closes_what_it_tried() {
    let sandbox = Sandbox::start();
    let by_password = ("A login and a password", ".login(\"nora\", password)");
    let by_key = ".user_id(2).api_key(api_key)";
    let lines = [
        ("odxproxy-v1", ("Behind ODXProxy", by_key)),
        ("odxproxy-v2", ("Behind ODXProxy", ".api_key(api_key)")),
        ("json2", ("An API key", ".api_key(api_key)")),
        ("jsonrpc", by_password),
        ("xmlrpc", by_password),
        ("web", by_password),
    ];
    for (road, (heading, says)) in lines {
        let mut place = Workplace::over(&sandbox, road);
        assert_line(&place, heading, says);
        if road == "jsonrpc" {
            place.set("ODX_ODOO_API_KEY", COMPANY_KEY);
            assert_line(&place, "An API key", ".user(\"nora\").api_key(api_key)");
        }
    }
    assert!(sandbox.server.session_ids().is_empty());
}

#[test]
fn ping_without_a_road_says_why_it_took_the_one_it_took() {
    let sandbox = Sandbox::of_series("14.0");
    let mut place = Workplace::over(&sandbox, "web");
    place.unset("ODX_ROAD");
    place
        .odx(["ping"])
        .succeeds()
        .prints("odoo      14.0 at http://127.0.0.1:")
        .prints("user      nora, id 2")
        .prints("road      jsonrpc: a password was given, which /jsonrpc of Odoo 14 takes")
        .prints("given     A login and a password (docs/roads.md)")
        .prints(".database(\"demo\").login(\"nora\", password).await?")
        .prints("json2        absent     Odoo 14 does not have it")
        .prints("web          works");
    place.set("ODX_ODOO_LOGIN", "tom");
    place.set("ODX_ODOO_PASSWORD", odx_sandbox::LIMITED_PASSWORD);
    let sandbox = Sandbox::start();
    place.set("ODX_ODOO_URL", &sandbox.server.url());
    place
        .odx(["ping"])
        .succeeds()
        .prints("may not read ir.model");
}

/// A checkout has git, a package has cargo's file; a copy without either tells the version alone.
#[test]
fn the_version_tells_the_commit() {
    let told = Workplace::new().odx(["--version"]).succeeds().stdout;
    let head = std::process::Command::new("git")
        .args(["rev-parse", "HEAD"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output();
    let commit = head.ok().filter(|git| git.status.success()).map(|git| {
        let commit = String::from_utf8(git.stdout).expect("hexadecimal digits");
        format!(" ({})", &commit[..12])
    });
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(
        told,
        format!("odx {version}{}\n", commit.unwrap_or_default())
    );
}

#[test]
fn the_version_needs_no_login_and_no_odoo() {
    let place = Workplace::new();
    let own = env!("CARGO_PKG_VERSION");
    let run = place.odx(["version", "--json"]).succeeds();
    assert_eq!(json_of(&run.stdout), json!({"odx": own, "server": null}));
    let sandbox = Sandbox::of_series("16.0");
    let mut place = Workplace::new();
    place.set("ODX_ODOO_URL", &sandbox.server.url());
    let run = place.odx(["version", "--json"]).succeeds();
    let told = json_of(&run.stdout);
    assert_eq!(
        (&told["odx"], &told["server"]["series"]),
        (&json!(own), &json!("16"))
    );
    place.odx(["version"]).succeeds().prints("Odoo 16.0\n");
    let behind = Workplace::over(&sandbox, "odxproxy-v1");
    behind.odx(["version"]).succeeds().prints("Odoo 16.0\n");
}

#[test]
fn a_call_gives_the_same_result_over_every_road() {
    let sandbox = Sandbox::start();
    for road in roads() {
        let place = Workplace::over(&sandbox, road);
        let call = place.odx([
            "call",
            "res.users",
            "read",
            "--ids",
            "2",
            "--kwarg",
            "fields=[\"login\"]",
        ]);
        let run = shows_no_secret(&place, call.succeeds());
        assert_eq!(
            json_of(&run.stdout),
            json!([{"id": 2, "login": "nora"}]),
            "{road}"
        );
        let count = place.odx([
            "call",
            "res.users",
            "search_count",
            "--arg",
            "[[\"id\", \"=\", 2]]",
        ]);
        assert_eq!(count.succeeds().stdout, "1\n", "{road}");
    }
}

#[test]
fn an_argument_that_is_no_json_is_not_sent_and_not_shown() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place
        .odx(["call", "res.users", "change_password", "--arg", "hunter2"])
        .fails()
        .says("--arg 1 is no JSON")
        .says("a text with its quotes")
        .shows_nowhere("hunter2");
    place
        .odx(["call", "res.users", "read", "--kwarg", "hunter2"])
        .fails()
        .says("--kwarg has no `=`")
        .shows_nowhere("hunter2");
    assert!(sandbox.server.calls().is_empty());
}

#[test]
fn a_domain_stands_behind_the_model_or_has_its_name() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let domain = "[('code', '=', 'BE')]";
    place
        .odx(["search", "res.country", "--domain", domain])
        .succeeds()
        .says("found 1 record of res.country");
    place
        .odx(["export", "res.country", domain, "--to", "countries.csv"])
        .succeeds();
    assert_eq!(place.read("countries.csv").lines().count(), 2);
    place
        .odx(["search", "res.country", domain, "--domain", domain])
        .fails()
        .says("'[DOMAIN]' cannot be used with '--domain <DOMAIN>'");
}

#[test]
fn a_search_prints_a_table_or_json_and_tells_of_more() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    let arguments = [
        "search",
        "res.country",
        "[('code', 'in', ('BE', 'FR'))]",
        "--fields",
        "code,name",
        "--order",
        "code",
    ];
    let table = place
        .odx(arguments)
        .succeeds()
        .says("found 2 records of res.country");
    insta::assert_snapshot!(table.stdout);
    let run = place
        .odx([
            "search",
            "res.country",
            "[[\"code\", \"in\", [\"BE\", \"FR\"]]]",
            "--fields",
            "code",
            "--order",
            "code",
            "--limit",
            "1",
            "--json",
        ])
        .succeeds()
        .says("warning: there are more");
    insta::assert_snapshot!(run.stdout);
}

#[test]
fn a_domain_is_checked_against_the_snapshot_before_anything_is_sent() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    place
        .odx(["pull", "--models", "res.country", "res.country.state"])
        .succeeds();
    sandbox.server.clear_calls();
    for (domain, message) in [
        (
            "[('nmae', '=', 'x')]",
            "`res.country` has no field `nmae`, in the condition on `nmae`; did you mean `name`?",
        ),
        (
            "[('state_ids.cod', '=', 'x')]",
            "`res.country.state` has no field `cod`",
        ),
        (
            "[('name.code', '=', 'x')]",
            "`name` of `res.country` leads to no other field",
        ),
        ("['|', ('name', '=', 'x')]", "joins 2 of the conditions"),
        (
            "[('name', 'likes', 'x')]",
            "`likes` is not an operator, in the condition on `name`; did you mean `like`?",
        ),
        ("[('id', '=>', 7)]", "did you mean `>=`?"),
        ("[('name', 'contains', 'x')]", "did you mean `ilike`?"),
        ("[('name', 'near', 'x')]", "`access` (Odoo 19.3 on)"),
        ("[('name', '=', x)]", "character 16"),
    ] {
        place
            .odx(["search", "res.country", domain])
            .fails()
            .says("the domain cannot be used: ")
            .says(message);
    }
    assert!(sandbox.server.calls().is_empty());
    place
        .odx([
            "search",
            "res.country",
            "[('state_ids.name', 'ilike', 'a')]",
        ])
        .succeeds();
    place
        .odx(["search", "res.country", "--fields", "nmae"])
        .fails()
        .says("`res.country` has no field `nmae`; did you mean `name`?");
}

#[test]
fn smoke_passes_over_every_road_and_writes_nothing() {
    for series in ["20.0", "19.0", "14.0"] {
        let sandbox = Sandbox::of_series(series);
        for road in roads() {
            let place = Workplace::over(&sandbox, road);
            if series == "14.0" && ["json2", "odxproxy-v2"].contains(&road) {
                continue;
            }
            let run = shows_no_secret(&place, place.odx(["smoke", "--json"]).succeeds());
            let told = json_of(&run.stdout);
            assert_eq!(
                (&told["passed"], &told["road"]),
                (&json!(true), &json!(road))
            );
            let steps = told["steps"].as_array().expect("a list");
            let names: Vec<&str> = steps
                .iter()
                .filter_map(|step| step["name"].as_str())
                .collect();
            assert_eq!(
                names,
                [
                    "version",
                    "login",
                    "fields_get",
                    "search_count",
                    "search",
                    "search_read",
                    "groups",
                    "name_search",
                    "error"
                ]
            );
        }
        // What a command opens over the web client's road, it closes.
        assert!(sandbox.server.session_ids().is_empty());
        let writes = ["create", "write", "unlink"];
        let calls = sandbox.server.calls();
        assert!(
            calls
                .iter()
                .all(|call| !writes.contains(&call.method.as_str()))
        );
    }
}

#[test]
fn smoke_says_what_failed() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "json2");
    sandbox.server.fail(
        "res.partner",
        "name_search",
        odx_sandbox::Fault::Odoo(odx_sandbox::OdooError::new(
            "odoo.exceptions.AccessError",
            "You are not allowed to access this.",
        )),
        usize::MAX,
    );
    place
        .odx(["smoke"])
        .fails()
        .prints("name_search   failed")
        .says("1 step failed over json2");
}

#[test]
fn completions_and_manual_know_every_command() {
    let place = Workplace::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        place.odx(["completions", shell]).succeeds().prints("smoke");
    }
    place
        .odx(["man"])
        .succeeds()
        .prints(".TH odx 1")
        .prints("odx\\-smoke");
    place
        .odx(["man", "search"])
        .succeeds()
        .prints("\\-\\-fields");
    place
        .odx(["man", "serach"])
        .fails()
        .says("odx has no command `serach`");
}

#[test]
fn a_key_in_the_wrong_place_is_not_shown() {
    let sandbox = Sandbox::start();
    for name in [
        "ODX_ODOO_USER_ID",
        "ODX_ROAD",
        "ODX_ODOO_URL",
        "ODX_PROXY_URL",
    ] {
        let mut place = Workplace::over(&sandbox, "odxproxy-v1");
        place.set(name, LIMITED_KEY);
        place
            .odx(["ping"])
            .fails()
            .says(name)
            .shows_nowhere(LIMITED_KEY)
            .shows_nowhere(COMPANY_KEY);
    }
}
