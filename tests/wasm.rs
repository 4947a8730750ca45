//! Every vector inside wasm, through the boundary that the host shim uses.

#![cfg(target_arch = "wasm32")]

#[cfg(test)]
#[path = "wasm/boundary.rs"]
mod boundary;
#[cfg(test)]
#[path = "integration/vectors/check.rs"]
mod check;
#[cfg(test)]
#[path = "integration/vectors/format.rs"]
mod format;
#[cfg(test)]
#[path = "wasm/packed.rs"]
mod packed;

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::{console_log, wasm_bindgen_test};

    use super::boundary;
    use super::check::{check, phone_number};
    use super::format::Vector;

    /// Every vector's name and text.
    const VECTORS: &[(&str, &str)] = &include!("wasm/vectors.rs");

    #[wasm_bindgen_test]
    fn every_vector_inside_wasm() {
        let mut faults = Vec::new();
        for (name, text) in VECTORS {
            let vector = Vector::parse(text).unwrap();
            let found = check(&vector, &boundary::run(&vector));
            faults.extend(found.into_iter().map(|fault| format!("{name}: {fault}")));
        }
        assert!(faults.is_empty(), "{} faults\n{}", faults.len(), faults.join("\n"));
        console_log!("{} vectors", VECTORS.len());
        assert!(VECTORS.len() >= 300);
    }

    #[wasm_bindgen_test]
    fn every_published_signature_inside_wasm() {
        let text = include_str!("data/signature_vectors.json");
        let vectors: Vec<serde_json::Value> = serde_json::from_str(text).unwrap();
        assert!(vectors.len() >= 24);
        for vector in vectors {
            let line = vector.to_string();
            let verdict = twilio_destination::wasm::verify_signature(line.as_bytes(), None);
            let valid = js_sys::Reflect::get(&verdict.unwrap(), &"valid".into()).unwrap();
            assert_eq!(valid.as_bool(), vector["valid"].as_bool(), "{}", vector["name"]);
        }
    }

    #[wasm_bindgen_test]
    fn a_phone_number_is_found_where_one_is() {
        assert_eq!(phone_number("a +447700900123").as_deref(), Some("+447700900123"));
        assert_eq!(phone_number("+1 + 2"), None);
    }
}
