//! Inputs that nobody would write, and what must be true of every answer.

use twilio_destination::phone::{Accept, Region, parse};

use crate::corpus::{Case, Corpus};

/// An input of the corpus, broken: cut, repeated, joined with another, sprinkled with any character.
pub fn mutated(corpus: &Corpus, number: u64) -> Case {
    let mut state = number.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5851_f42d_4c95_7f2d;
    let mut below = |bound: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound.max(1)
    };
    let mut case = corpus.case(corpus.systematic() + number);
    for _ in 0..below(4) {
        let at = below(case.text.chars().count() as u64 + 1) as usize;
        let (head, tail): (String, String) =
            (case.text.chars().take(at).collect(), case.text.chars().skip(at).collect());
        case.text = match below(9) {
            0 => head,
            1 => tail,
            2 => head.repeat(below(8) as usize) + &tail,
            3 => head + &corpus.case(below(u64::from(u32::MAX))).text + &tail,
            4 => format!(
                "{head}{}{tail}",
                char::from_u32(below(0x11_0000) as u32).unwrap_or('\u{fffd}')
            ),
            5 => format!("{head}{}{tail}", char::from_u32(below(0x250) as u32).unwrap_or(' ')),
            6 => format!(
                "{head}{}{tail}",
                ["tel:", ";phone-context=", ";isub=", ";ext=", "e+1", " or "][below(6) as usize]
            ),
            7 => {
                head + &["0", ",", " ", "#", "x", "-", "9"][below(7) as usize]
                    .repeat(below(260) as usize)
                    + &tail
            }
            _ => tail + &head,
        };
    }
    case
}

/// Reads an input under every policy. Answers whether the laxest accepts it.
///
/// # Panics
///
/// If an answer is not as it must be.
pub fn check(case: &Case) -> bool {
    let region = case.region.as_deref().and_then(Region::parse);
    let answers = [Accept::Possible, Accept::Valid, Accept::Mobile]
        .map(|accept| parse(&case.text, region, accept));
    for answer in &answers {
        match answer {
            Ok(number) => {
                let digits = number.as_e164().strip_prefix('+').unwrap_or_default();
                let is_e164 = (2..=15).contains(&digits.len())
                    && digits.bytes().all(|byte| byte.is_ascii_digit())
                    && !digits.starts_with('0');
                assert!(is_e164, "{case:?}");
                assert!(digits.starts_with(&number.calling_code().to_string()), "{case:?}");
                let _ = (number.extension(), number.main_region());
                assert!(number.is_valid() || number.kind().code() == "unknown");
            }
            Err(refusal) => {
                assert!(!refusal.to_string().bytes().any(|byte| byte.is_ascii_digit()));
            }
        }
    }
    let [possible, valid, mobile] = &answers;
    assert!(mobile.is_err() || valid == mobile, "{case:?}");
    assert!(valid.is_err() || possible == valid, "{case:?}");
    possible.is_ok()
}
