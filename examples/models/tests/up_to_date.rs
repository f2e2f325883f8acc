//! The checked-in code is what the checked-in snapshot gives.

#[test]
fn models_are_up_to_date() {
    odx_codegen::testing::assert_up_to_date("odx.toml");
}
