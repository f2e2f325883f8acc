use crate::support::Workplace;

#[test]
fn the_demo_ends_in_typed_rows_and_leaves_a_project_in_which_every_command_works() {
    let place = Workplace::new();
    place
        .odx(["demo", "--dir", "try-odx"])
        .succeeds()
        .prints("The largest orders from Belgium:\n")
        .prints("phone Some(\"+32 2 555 01 23\"), email None")
        .prints("next: odx ping");
    place
        .odx(["check", "--config", "try-odx/odx.toml"])
        .succeeds();
    place
        .odx(["demo", "--dir", "try-odx"])
        .fails()
        .says("try-odx is not empty");
}

#[test]
fn the_demo_says_what_to_install_where_there_is_no_cargo() {
    let place = Workplace::new();
    let mut command = place.command(["demo"]);
    let output = command
        .env("PATH", "")
        .env_remove("CARGO")
        .output()
        .expect("odx starts");
    crate::support::Run::of(output)
        .fails()
        .says("`cargo` could not be started")
        .says("https://rustup.rs");
}

#[test]
fn the_demo_says_what_to_install_where_there_is_no_c_compiler() {
    let place = Workplace::new();
    let mut command = place.command(["demo"]);
    let output = command
        .env("PATH", "")
        .env("CARGO", env!("CARGO"))
        .env_remove("CC")
        .output()
        .expect("odx starts");
    crate::support::Run::of(output)
        .fails()
        .says("no C compiler was found")
        .says("such as `gcc`");
}
