//! Runs the tests that `cargo test --target wasm32-unknown-unknown` builds, in Node or a browser.
//!
//! Cargo calls it through `CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER`.

use std::{env, error::Error};

fn main() -> Result<(), Box<dyn Error>> {
    wasm_bindgen_cli::wasm_bindgen_test_runner::run_cli_with_args(env::args_os())?;
    Ok(())
}
