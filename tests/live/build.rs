//! Generates the models of the addon `odx_probe` from the checked-in snapshot.

fn main() -> Result<(), odx_codegen::Error> {
    odx_codegen::build("odx.toml")
}
