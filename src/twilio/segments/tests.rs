use serde_json::Value;

use std::borrow::Cow;

use super::*;

fn data(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// A small generator, so that every run tries the same texts.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    /// A text of up to `longest` runs, from plain GSM-7 to emoji.
    fn text(&mut self, longest: usize) -> String {
        const PIECES: [&str; 16] = [
            "a",
            "Hello, ",
            "€",
            "[{^}]",
            "\r\n",
            "Ä",
            "Ω",
            "ж",
            "😀",
            "👍🏽",
            "e\u{301}",
            "“it’s”",
            "…",
            "\t",
            "\u{200c}",
            "一二三",
        ];
        let kinds = 1 + self.below(PIECES.len());
        let mut text = String::new();
        for _ in 0..self.below(longest) {
            let piece = PIECES[self.below(kinds)];
            for _ in 0..=self.below(40) {
                text.push_str(piece);
            }
        }
        text
    }
}

#[test]
fn agrees_with_twilios_calculator_on_every_vector() {
    let file = data(include_str!("../../../tests/data/segments.json"));
    let vectors = file["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 73);
    let mut split_elsewhere = 0;
    for vector in vectors {
        let name = &vector["name"];
        let original = vector["text"].as_str().unwrap();
        let encoded = smart_encode(original);
        let text = if vector["smart_encoding"] == true { &*encoded } else { original };
        if let Some(expected) = vector["text_after_smart_encoding"].as_str() {
            assert_eq!(text, expected, "{name}");
        }
        let counted = count(text);
        assert_eq!(counted.encoding.name(), vector["encoding"], "{name}");
        assert_eq!(counted.count, vector["segments"].as_u64().unwrap() as usize, "{name}");
        let units: Vec<_> = split(text).iter().map(|segment| segment.units).collect();
        assert_eq!(counted.units, units.iter().sum::<usize>(), "{name}");
        let by_character = vector.get("codepoint_greedy_segment_units");
        split_elsewhere += usize::from(by_character.is_some());
        let expected = by_character.unwrap_or(&vector["segment_units"]);
        assert_eq!(&serde_json::to_value(&units).unwrap(), expected, "{name}");
        let non_gsm = vector["non_gsm_characters"].as_array().unwrap();
        assert_eq!(forcing(text).next().is_some(), !non_gsm.is_empty(), "{name}");
        for (_, c) in forcing(text) {
            let listed = non_gsm.iter().any(|cluster| cluster.as_str().unwrap().contains(c));
            assert!(listed, "{name}: {c:?}");
        }
    }
    assert_eq!(split_elsewhere, 1, "a cluster lies across a boundary in one vector");
}

#[test]
fn the_alphabet_is_that_of_the_standard() {
    let file = data(include_str!("../../../tests/data/segments_alphabet.json"));
    let basic = file["basic"].as_str().unwrap();
    let extension = file["extension"].as_str().unwrap();
    assert_eq!((basic.chars().count(), extension.chars().count()), (127, 10));
    for c in '\0'..=char::MAX {
        let expected = match (basic.contains(c), extension.contains(c)) {
            (true, _) => 1,
            (_, true) => 2,
            _ => 0,
        };
        assert_eq!(septets(c), expected, "{c:?}");
    }
}

#[test]
fn smart_encoding_replaces_what_twilio_replaces_and_nothing_else() {
    let file = data(include_str!("../../../tests/data/segments_smart_encoding.json"));
    let pairs = file["replacements"].as_array().unwrap();
    let pairs: Vec<_> =
        pairs.iter().map(|pair| (pair[0].as_str().unwrap(), pair[1].as_str().unwrap())).collect();
    assert_eq!(pairs.len(), 271);
    for (from, to) in &pairs {
        assert_eq!(smart_encode(from), *to, "{from:?}");
        assert_eq!(smart_encode(to), *to, "{to:?}");
    }
    let replaced = ('\0'..=char::MAX).filter(|c| {
        let text = c.to_string();
        smart_encode(&text) != text
    });
    assert_eq!(replaced.count(), 271);
}

#[test]
fn an_untouched_text_is_not_copied() {
    assert!(matches!(smart_encode("Hello, Ä € 😀"), Cow::Borrowed(_)));
    assert!(matches!(smart_encode("it’s"), Cow::Owned(_)));
}

#[test]
fn an_empty_text_is_one_empty_segment() {
    assert_eq!(count(""), Segments { encoding: Encoding::Gsm7, count: 1, units: 0 });
    assert_eq!(split(""), [Segment { bytes: 0..0, units: 0 }]);
    assert_eq!(truncate("", 0), "");
    assert_eq!(truncate("", 1), "");
}

#[test]
fn the_characters_that_force_ucs2_are_named_with_their_places() {
    let found: Vec<_> = forcing("a’b€😀").collect();
    assert_eq!(found, [(1, '’'), (8, '😀')]);
}

#[test]
fn truncating_keeps_pairs_whole() {
    assert_eq!(truncate(&"€".repeat(200), 1), "€".repeat(80));
    assert_eq!(truncate(&"€".repeat(200), 2), "€".repeat(152));
    assert_eq!(truncate(&"😀".repeat(50), 1), "😀".repeat(35));
    assert_eq!(truncate(&"😀".repeat(99), 2), "😀".repeat(66));
    assert_eq!(truncate("anything", 0), "");
}

#[test]
fn truncating_before_the_first_wide_character_stays_in_gsm7() {
    let text = format!("{}😀", "a".repeat(160));
    assert_eq!(count(&text).count, 3);
    assert_eq!(truncate(&text, 1), "a".repeat(160));
}

#[test]
fn counting_splitting_and_truncating_agree_on_any_text() {
    let mut dice = Dice(0x5eed);
    for _ in 0..3_000 {
        let text = dice.text(12);
        let counted = count(&text);
        let segments = split(&text);
        assert_eq!(segments.len(), counted.count);
        assert_eq!(segments.iter().map(|segment| segment.units).sum::<usize>(), counted.units);
        let joined: String =
            segments.iter().map(|segment| text.get(segment.bytes.clone()).unwrap()).collect();
        assert_eq!(joined, text);
        assert_eq!(counted.encoding == Encoding::Ucs2, forcing(&text).next().is_some());

        let max = dice.below(counted.count + 2);
        let kept = truncate(&text, max);
        assert!(text.starts_with(kept));
        assert!(max == 0 || count(kept).count <= max);
        if max > 0
            && let Some(next) = text.strip_prefix(kept).unwrap().chars().next()
        {
            assert!(count(&format!("{kept}{next}")).count > max, "one more would have fitted");
        }

        let encoded = smart_encode(&text);
        assert_eq!(smart_encode(&encoded), encoded);
    }
}

/// What lets [`truncate`] stop at the first beginning that does not fit.
#[test]
fn a_longer_beginning_never_takes_fewer_segments() {
    let mut dice = Dice(0xbeef);
    for _ in 0..100 {
        let text = dice.text(8);
        let mut tally = Tally::new();
        let mut before = 1;
        for (at, c) in text.char_indices() {
            tally.add(c);
            let (beginning, _) = text.split_at(at + c.len_utf8());
            assert_eq!(tally.segments().count, split(beginning).len());
            assert!(tally.segments().count >= before);
            before = tally.segments().count;
        }
    }
}
