//! Every road leads to the same: snapshots, errors that name the variable, and no secret anywhere.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use odx_runtime::transport::RoadName;
use odx_sandbox::{COMPANY_KEY, COMPANY_LOGIN, COMPANY_PASSWORD, Fault, LIMITED_KEY, OdooError};

use crate::support::{PROXY_KEY, Run, Sandbox, Workplace};

/// The roads that an Odoo 19 has.
pub(crate) fn roads() -> impl Iterator<Item = &'static str> {
    let there = RoadName::all().filter(|road| road.is_there(19));
    there.map(RoadName::as_str)
}

const SECRETS: [&str; 5] = [
    COMPANY_KEY,
    COMPANY_PASSWORD,
    PROXY_KEY,
    "some-other-secret",
    HTTP_PROXY_PASSWORD,
];

/// That of an HTTP proxy, as the variables of the environment name one.
const HTTP_PROXY_PASSWORD: &str = "h2b8d-http-proxy-password";

/// Neither what was printed nor a file holds a secret, as it is, in base64 or as URLs have it.
pub(crate) fn shows_no_secret(place: &Workplace, run: Run) -> Run {
    let files = place.files(".");
    let forms: Vec<String> = SECRETS.into_iter().flat_map(forms_of).collect();
    for form in &forms {
        for (path, bytes) in &files {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.contains(form), "{}", path.display());
        }
    }
    forms.iter().fold(run, |run, form| run.shows_nowhere(form))
}

fn forms_of(secret: &str) -> Vec<String> {
    let percent: String = secret.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let mut forms = vec![secret.to_owned(), percent];
    for before in 0..3 {
        let bytes = [&vec![0; before], secret.as_bytes()].concat();
        let encoded = BASE64_STANDARD.encode(&bytes);
        // The signs that nothing before and behind has a part in.
        forms.push(encoded[(before * 8_usize).div_ceil(6)..bytes.len() * 8 / 6].to_owned());
    }
    forms
}

#[test]
fn the_same_snapshot_comes_over_every_road() {
    let sandbox = Sandbox::start();
    let mut snapshots = roads().map(|road| {
        let place = Workplace::over(&sandbox, road);
        let run = place
            .odx(["pull", "--models", "res.*", "sale.*"])
            .succeeds();
        shows_no_secret(&place, run).says("connected to Odoo 19.0 as nora");
        let files = place.files("odoo-schema").into_iter();
        let files: Vec<_> = files
            .map(|(path, bytes)| (path.file_name().expect("a name").to_owned(), bytes))
            .collect();
        (road, files)
    });
    let (_, first) = snapshots.next().expect("a road");
    assert!(first.len() > 5);
    let mut compared = 0;
    for (road, snapshot) in snapshots {
        assert!(snapshot == first, "{road} gives another snapshot");
        compared += 1;
    }
    assert!(compared >= 4, "{compared} roads");
}

#[test]
fn an_address_and_a_key_or_a_login_and_a_password_are_enough() {
    for (series, variables) in [
        ("19.0", vec![("ODX_ODOO_API_KEY", COMPANY_KEY)]),
        // No Odoo 20 was seen: the sandbox does what is told of it.
        ("20.0", vec![("ODX_ODOO_API_KEY", COMPANY_KEY)]),
        (
            "14.0",
            vec![
                ("ODX_ODOO_API_KEY", COMPANY_KEY),
                ("ODX_ODOO_LOGIN", COMPANY_LOGIN),
            ],
        ),
        (
            "14.0",
            vec![
                ("ODX_ODOO_PASSWORD", COMPANY_PASSWORD),
                ("ODX_ODOO_LOGIN", COMPANY_LOGIN),
            ],
        ),
    ] {
        let sandbox = Sandbox::of_series(series);
        let mut place = Workplace::new();
        place.set("ODX_ODOO_URL", &sandbox.server.url());
        for (name, value) in variables {
            place.set(name, value);
        }
        let run = place.odx(["pull", "--models", "res.partner"]).succeeds();
        shows_no_secret(&place, run).says(&format!("connected to Odoo {series} as nora"));
        place
            .odx(["models", "--live", "res.*"])
            .succeeds()
            .prints("res.partner");
        place
            .odx(["check", "--live", "--models", "res.partner"])
            .succeeds();
    }
}

#[test]
fn what_is_wrong_names_its_variable_and_no_proxy_that_is_not_there() {
    let sandbox = Sandbox::start();
    for road in roads() {
        let with_key = road != "web" && road != "jsonrpc" && road != "xmlrpc";
        let secret = if with_key {
            "ODX_ODOO_API_KEY"
        } else {
            "ODX_ODOO_PASSWORD"
        };
        let mut wrong = vec![(secret, "some-other-secret"), ("ODX_ODOO_DB", "elsewhere")];
        if road == "odxproxy-v1" {
            wrong.push(("ODX_ODOO_USER_ID", "99"));
        } else if !with_key {
            wrong.push(("ODX_ODOO_LOGIN", "nobody"));
        }
        let is_behind = road.starts_with("odxproxy");
        if is_behind {
            wrong.push(("ODX_PROXY_URL", "http://127.0.0.1:1"));
            wrong.push(("ODX_PROXY_KEY", "some-other-secret"));
        } else {
            wrong.push(("ODX_ODOO_URL", "http://127.0.0.1:1"));
            wrong.push(("ODX_ODOO_URL", "127.0.0.1:1"));
        }
        for (variable, value) in wrong {
            let mut place = Workplace::over(&sandbox, road);
            place.set(variable, value);
            for run in [
                place.odx(["pull"]),
                place.odx(["ping"]),
                place.odx(["smoke"]),
                place.odx(["call", "res.users", "context_get"]),
                place.odx(["search", "res.users", "[]"]),
            ] {
                let run = run.fails();
                assert!(
                    run.stderr.contains(variable),
                    "{road}, {variable}={value}: {}",
                    run.stderr
                );
                let speaks_of_a_proxy = run.stderr.to_lowercase().contains("proxy");
                assert!(
                    is_behind || !speaks_of_a_proxy,
                    "{road}, {variable}={value}: {}",
                    run.stderr
                );
                shows_no_secret(&place, run);
            }
            assert_eq!(place.names("."), Vec::<String>::new());
        }
    }
}

/// Whoever is on the machine reads the arguments of a program.
#[test]
fn no_command_takes_a_secret_as_an_argument() {
    let place = Workplace::new();
    let run = place.odx(["completions", "bash"]).succeeds();
    let options: Vec<&str> = run
        .stdout
        .split(|c: char| !(c.is_ascii_lowercase() || c == '-'))
        .collect();
    assert!(options.contains(&"--connection"), "{options:?}");
    for option in options.iter().filter(|option| option.starts_with("--")) {
        for word in ["key", "password", "secret", "token"] {
            assert!(!option.contains(word), "{option}");
        }
    }
    // Nor does what a failure advises.
    let sandbox = Sandbox::start();
    for road in roads() {
        let mut place = Workplace::over(&sandbox, road);
        for name in ["ODX_ODOO_API_KEY", "ODX_ODOO_PASSWORD"] {
            place.unset(name);
        }
        let run = place.odx(["ping"]).fails();
        for option in ["--key", "--api-key", "--password"] {
            assert!(!run.stderr.contains(option), "{}", run.stderr);
        }
        run.says("ODX_ODOO_API_KEY");
    }
}

#[test]
fn a_server_that_tells_what_it_was_sent_is_not_passed_on() {
    let sandbox = Sandbox::start();
    let echo: Vec<String> = SECRETS[..3]
        .iter()
        .flat_map(|secret| forms_of(secret))
        .collect();
    let echo = echo.join(" ");
    let page = Fault::Raw {
        status: 500,
        content_type: "text/html".to_owned(),
        body: echo.clone(),
    };
    let raised = |class: &str| Fault::Odoo(OdooError::new(class, echo.as_str()));
    let faults = [
        page,
        raised("builtins.ValueError"),
        raised("odoo.exceptions.AccessDenied"),
    ];
    for road in roads() {
        let place = Workplace::over(&sandbox, road);
        // What a road does not send, a server cannot tell.
        let sent: Vec<&str> = match road {
            "web" => vec![COMPANY_PASSWORD],
            _ if road.starts_with("odxproxy") => vec![COMPANY_KEY, PROXY_KEY],
            "json2" => vec![COMPANY_KEY],
            _ => vec![COMPANY_PASSWORD],
        };
        for fault in &faults {
            for command in [
                &["call", "res.partner", "search_count", "--arg", "[]"][..],
                &["pull"],
                &["smoke"],
            ] {
                sandbox.server.fail("", "", fault.clone(), 1);
                let output = place.command_of(command).env("RUST_LOG", "trace").output();
                let run = Run::of(output.expect("odx starts"));
                for form in sent.iter().flat_map(|secret| forms_of(secret)) {
                    let text = format!("{}{}", run.stdout, run.stderr);
                    assert!(!text.contains(&form), "{road}, {command:?}: {text}");
                }
                for (path, bytes) in place.files(".") {
                    let text = String::from_utf8_lossy(&bytes).into_owned();
                    for form in sent.iter().flat_map(|secret| forms_of(secret)) {
                        assert!(!text.contains(&form), "{}", path.display());
                    }
                }
                sandbox.server.clear_faults();
            }
        }
    }
}

#[test]
fn the_password_of_an_http_proxy_of_the_environment_is_not_shown() {
    let sandbox = Sandbox::start();
    // Nobody is there, and there is no such name.
    for at in ["127.0.0.1:1", "nowhere.invalid:3128"] {
        for road in roads() {
            let mut place = Workplace::over(&sandbox, road);
            let proxy = format!("http://me:{HTTP_PROXY_PASSWORD}@{at}");
            for variable in ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"] {
                place.set(variable, &proxy);
            }
            place.set("NO_PROXY", "");
            place.set("no_proxy", "");
            let run = place.odx(["ping"]).fails();
            shows_no_secret(&place, run);
        }
    }
}

#[test]
fn a_road_that_is_not_there_or_unknown_is_refused() {
    let sandbox = Sandbox::of_series("14.0");
    let place = Workplace::over(&sandbox, "json2");
    place
        .odx(["pull"])
        .fails()
        .says("Odoo 14 does not have the road json2")
        .says("19 on")
        .says("ODX_ROAD")
        .shows_nowhere("in place of the key");
    Workplace::over(&sandbox, "odxproxy-v2")
        .odx(["pull"])
        .fails()
        .says("Odoo 14 does not have the road odxproxy-v2")
        .says("19 on")
        .says("ODX_ROAD");
    place
        .odx(["pull", "--road", "jsonrcp"])
        .fails()
        .says("there is no road `jsonrcp`: there are odxproxy-v1")
        .says("--road");
}

#[test]
fn methods_need_an_api_key_and_a_password_alone_is_told_so() {
    let sandbox = Sandbox::start();
    let place = Workplace::over(&sandbox, "web");
    place
        .odx(["pull", "--models", "res.partner", "--methods"])
        .fails()
        .says("no methods were read: Odoo shows its documentation of its methods for an API key")
        .says("ODX_ODOO_API_KEY");
}

#[test]
fn a_connection_of_the_configuration_takes_its_secrets_from_elsewhere() {
    let sandbox = Sandbox::start();
    let mut place = Workplace::new();
    place.set("SALES_KEY", LIMITED_KEY);
    place.set("PROD_PASSWORD", COMPANY_PASSWORD);
    // What names another Odoo is not looked at.
    place.set("ODX_ODOO_URL", "http://127.0.0.1:1");
    place.set("ODX_ODOO_API_KEY", "some-other-secret");
    let url = sandbox.server.url();
    place.write(
        "odx.toml",
        &format!(
            "[connections.prod]\nurl = \"{url}\"\nlogin = \"nora\"\npassword-env = \"PROD_PASSWORD\"\n\
             [connections.sales]\nurl = \"{url}\"\ndatabase = \"demo\"\nkey-command = \"echo $SALES_KEY; echo more\"\n\
             [connections.bare]\nurl = \"{url}\"\n"
        ),
    );
    let pull = |name| place.odx(["pull", "--models", "res.partner", "--connection", name]);
    pull("prod").succeeds().says("as nora");
    pull("sales")
        .succeeds()
        .says("as tom")
        .shows_nowhere(LIMITED_KEY);
    pull("bare").fails().says("`key-env` of [connections.bare]");
    pull("pord")
        .fails()
        .says("there is no [connections.pord]: there are bare, prod, sales");
}

#[test]
fn what_the_command_of_a_secret_prints_is_in_no_error() {
    let place = Workplace::new();
    for command in [
        "echo hunter2; exit 3",
        "echo hunter2 >&2; exit 3",
        "echo hunter2 >&2",
    ] {
        let command_is_shown = command.replace("hunter2", "$WORD");
        let mut place_of = Workplace::new();
        place_of.set("WORD", "hunter2");
        place_of.write(
            "odx.toml",
            &format!("[connections.prod]\nurl = \"http://127.0.0.1:1\"\nkey-command = \"{command_is_shown}\"\n"),
        );
        place_of
            .odx(["pull", "--connection", "prod"])
            .fails()
            .says("the command of [connections.prod] gave no secret")
            .shows_nowhere("hunter2");
    }
    place.write("odx.toml", "[connections.prod]\npassword = \"hunter2\"\n");
    place
        .odx(["pull"])
        .fails()
        .says("odx.toml:2:")
        .says("a secret does not belong into this file")
        .shows_nowhere("hunter2");
}

#[test]
fn a_password_over_a_road_that_takes_a_key_alone_is_told_with_the_roads_that_take_it() {
    let sandbox = Sandbox::start();
    let mut place = Workplace::over(&sandbox, "json2");
    place.unset("ODX_ODOO_API_KEY");
    place.set("ODX_ODOO_LOGIN", COMPANY_LOGIN);
    place.set("ODX_ODOO_PASSWORD", COMPANY_PASSWORD);
    let run = place.odx(["ping", "--road", "json2"]).fails();
    run.says("JSON-2 takes an API key and no password: give the key by `api_key`, or take a road that takes passwords: jsonrpc, web")
        .says("ODX_ODOO_API_KEY  the user's API key (in Odoo, Preferences, Account Security)\n")
        .says("--road            in place of the key, a road that takes a password: jsonrpc, web");
}
