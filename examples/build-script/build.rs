//! Generates the models from the snapshot, without a network.

fn main() -> Result<(), odx_codegen::Error> {
    odx_codegen::build("odx.toml")
}
