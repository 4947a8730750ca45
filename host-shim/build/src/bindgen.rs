//! Generates the JavaScript and TypeScript that surround the core's wasm file.
//!
//! Usage: `bindgen <input.wasm> <output folder>`. Target `web` is the one form of output that every
//! runtime can instantiate; the small files under `host-shim/load/` do that, one for each runtime.

use std::{env, error::Error, path::PathBuf};

use wasm_bindgen_cli_support::Bindgen;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = env::args_os().skip(1).map(PathBuf::from);
    let (Some(input), Some(output), None) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Err("usage: bindgen <input.wasm> <output folder>".into());
    };
    Bindgen::new()
        .input_path(input)
        .web(true)?
        .typescript(true)
        // Without a default path the generated file names no file of its own, so that a bundler
        // does not pull in a second copy of the wasm.
        .omit_default_module_path(true)
        .generate(output)?;
    Ok(())
}
