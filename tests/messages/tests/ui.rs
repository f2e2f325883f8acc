//! Mistakes that do not compile, and what the compiler says to them.
//!
//! Each case is a mistake that a person would make; its message names the field, or shows the line where it stands, and
//! says the way out. Where its first sentence does not, a comment `// The way out:` does, for the guide's page of mistakes.
//! `TRYBUILD=overwrite cargo test -p odx-messages` writes the messages anew: read them.

#[test]
fn mistakes_do_not_compile_and_the_message_says_the_way_out() {
    trybuild::TestCases::new().compile_fail("tests/ui/*.rs");
}
