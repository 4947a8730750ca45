//! The same seeds inside wasm: what happens must be what happens natively, step by step.

#![cfg(target_arch = "wasm32")]

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{console_log, wasm_bindgen_test};

    /// The hashes of the first seeds' traces, one a line, as `simulate --traces` printed them.
    const NATIVE: Option<&str> = option_env!("NATIVE_TRACES");

    #[wasm_bindgen_test]
    fn every_trace_is_that_of_the_native_build() {
        let native: Vec<&str> = NATIVE.expect("NATIVE_TRACES is set").split_whitespace().collect();
        assert!(native.len() >= 200, "{} traces", native.len());
        let ours = simulation::hashes(native.len() as u64).map(|hash| format!("{hash:016x}"));
        for (seed, (ours, native)) in (1..).zip(ours.zip(&native)) {
            assert_eq!(ours, **native, "seed {seed}");
        }
        console_log!("{} traces", native.len());
    }
}
