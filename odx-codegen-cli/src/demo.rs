//! `odx demo`: the whole way, from an Odoo to a typed query, as a user would go it.

mod checkout;
mod machine;
mod packages;
mod place;
mod program;

use std::time::Instant;

use odx_codegen::source::live;
use odx_codegen::{Config, Schema, generate, source};
use odx_runtime::Odoo;
use odx_sandbox::{COMPANY_DATABASE, COMPANY_KEY, COMPANY_USER, Options, Server};

use crate::args::DemoArgs;
use crate::failure::Failure;
use crate::output::{self, count};
use crate::{Outcome, block_on, sandbox};

use place::Place;
use program::Program;

pub(crate) fn run(args: &DemoArgs) -> Result<Outcome, Failure> {
    machine::check()?;
    let mut place = Place::new(args)?;
    let shown = block_on(show(&place))?;
    if shown.is_err() {
        // There is something to look at.
        place.keep();
    }
    shown?;
    what_next(&place);
    Ok(Outcome::Done)
}

async fn show(place: &Place) -> Result<(), Failure> {
    let program = Program::new(place.dir());
    output::title("odx demo: from an Odoo to a typed query");
    let server = Server::start(sandbox::company_database()?, Options::default()).await?;
    output::step(
        1,
        "odx sandbox",
        &format!("runs a small company's Odoo in memory, at {}", server.url()),
    );

    let config = program.write_config()?;
    let schema = pull(&server, &config).await?;
    let fields = schema.models().map(|model| model.fields.len()).sum();
    let pulled = format!(
        "{} and {}",
        count(schema.models().len(), "model"),
        count(fields, "field")
    );
    output::step(
        2,
        "odx pull",
        &format!(
            "reads its schema: {pulled}, into {}",
            config.schema.dir.display()
        ),
    );

    generate(&schema, &config)?.write(&config.output.dir)?;
    output::step(
        3,
        "odx generate",
        &format!("writes typed Rust: {}", config.output.dir.display()),
    );

    program.write()?;
    output::step(
        4,
        "cargo build",
        &format!("compiles {}, where it says", program.source().display()),
    );
    output::result(&format!("\n{}\n", indented(&program::excerpt())));
    let started = Instant::now();
    let built = program.build()?;
    let compiling = format!(
        "asks the Odoo, after {} s of compiling {}; {} had been compiled before",
        started.elapsed().as_secs(),
        count(built.compiled, "crate"),
        count(built.found, "crate")
    );
    output::step(5, "cargo run", &compiling);
    let answer = program.run(&sandbox::variables(&server))?;
    output::result(&format!("\n{}\n", indented(&answer)));
    server.stop().await;
    Ok(())
}

/// Over HTTP, as from any other Odoo.
async fn pull(server: &Server, config: &Config) -> Result<Schema, Failure> {
    let odoo = Odoo::connect(sandbox::ODOO_URL)
        .database(COMPANY_DATABASE)
        .user_id(COMPANY_USER)
        .api_key(COMPANY_KEY)
        .through(server.url(), server.key().clone())
        .await?;
    let pulled = live::pull(&odoo, COMPANY_USER, config, |_| {}).await?;
    source::write_snapshot(&pulled.schema, &config.schema.dir)?;
    Ok(pulled.schema)
}

fn indented(text: &str) -> String {
    output::printable(text)
        .lines()
        .map(|line| format!("     {line}\n"))
        .collect()
}

fn what_next(place: &Place) {
    let dir = place.dir().display();
    let rest = match place.is_kept() {
        true => format!(
            "To go on in {dir}: run `odx sandbox` in another terminal, paste the lines it prints, `cargo run`.\n\
             Then misspell a field in src/main.rs, and see what the compiler says.\n"
        ),
        false => "The folder is gone again; `odx demo --dir try-odx` leaves one to play with.\n"
            .to_owned(),
    };
    output::result(&rest);
    output::result(
        "\nWith your own Odoo: set ODX_ODOO_URL, and ODX_ODOO_API_KEY or ODX_ODOO_LOGIN and ODX_ODOO_PASSWORD, then\n\n",
    );
    output::result(&output::commands_text("next:", &NEXT));
}

const NEXT: [(&str, &str); 4] = [
    ("odx ping", "tells how it is reached, and as whom"),
    ("odx init", "writes a commented odx.toml"),
    ("odx pull", "reads the schema"),
    ("odx generate", "writes the crate"),
];
