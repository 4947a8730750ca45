//! A `f64` to the shortest decimal that reads back as it.

use std::ops::RangeInclusive;

use super::big::Big;
use super::read::nearest;

/// Writes `number` as JavaScript's `String(number)` does (ECMA-262, `Number::toString`, radix 10).
pub fn write(number: f64, out: &mut String) {
    write_within(number, -5..=21, out);
}

/// The same without ever an exponent.
pub fn write_plain(number: f64, out: &mut String) {
    write_within(number, i64::MIN..=i64::MAX, out);
}

/// Writes a number; with an exponent if the point lies outside of `plain`, seen from the first digit.
fn write_within(number: f64, plain: RangeInclusive<i64>, out: &mut String) {
    if number.is_nan() {
        out.push_str("NaN");
        return;
    }
    let size = number.abs();
    // Most numbers of an event are whole.
    if size < 9e15 && number.fract() == 0.0 {
        out.push_str(&(number as i64).to_string());
        return;
    }
    if number < 0.0 {
        out.push('-');
    }
    if size.is_infinite() {
        out.push_str("Infinity");
        return;
    }
    let (digits, power) = shortest(size);
    place(digits, power, &plain, out);
}

/// Digits times a power of ten: the fewest that read back as `number`, which is above zero and
/// finite, and of those the nearest.
fn shortest(number: f64) -> (u64, i64) {
    let (digits, power) = exact(number);
    let length = digits.len();
    for count in 1..=17_usize.min(length) {
        let digit = |digit: &u8| u64::from(*digit);
        let below = digits.iter().take(count).fold(0, |sum, next| sum * 10 + digit(next));
        let power = power + (length - count) as i64;
        let is_nearer_above = digits.get(count).is_some_and(|next| *next >= 5);
        let nearer = below + u64::from(is_nearer_above);
        let farther = below + u64::from(!is_nearer_above);
        // Below a power of two, neighbours are twice as near as above it: there the nearest decimal
        // can read back as a neighbour, and the one on the other side not.
        for candidate in [nearer, farther] {
            if nearest(candidate, power) == number {
                return (candidate, power);
            }
        }
    }
    (0, 0)
}

/// All digits of a number above zero, and the power of ten that they are times.
fn exact(number: f64) -> (Vec<u8>, i64) {
    let bits = number.to_bits();
    let (exponent, fraction) = (bits >> 52, bits & ((1 << 52) - 1));
    let mantissa = if exponent == 0 { fraction } else { fraction | 1 << 52 };
    let zeros = mantissa.trailing_zeros();
    let power = exponent.max(1) as i64 - 1075 + i64::from(zeros);
    let mut big = Big::new(mantissa >> zeros);
    if power < 0 {
        // A half is five tenths.
        big.multiply_by_fives(power.unsigned_abs() as u32);
    } else {
        big.shift_left(power as u32);
    }
    let mut digits = Vec::new();
    while !big.is_zero() {
        digits.push(big.divide(10) as u8);
    }
    digits.reverse();
    (digits, power.min(0))
}

/// Puts the point where JavaScript has it.
fn place(digits: u64, power: i64, plain: &RangeInclusive<i64>, out: &mut String) {
    let text = digits.to_string();
    // How many digits stand before the point.
    let point = text.len() as i64 + power;
    let digits = text.trim_end_matches('0');
    let zeros = |count: i64| std::iter::repeat_n('0', usize::try_from(count).unwrap_or_default());
    let is_plain = plain.contains(&point);
    let shown = if is_plain { point } else { 1 };
    if shown <= 0 {
        out.push_str("0.");
        out.extend(zeros(-shown));
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && at as i64 == shown {
            out.push('.');
        }
        out.push(digit);
    }
    out.extend(zeros(shown - digits.len() as i64));
    if !is_plain {
        out.push_str(if point > 0 { "e+" } else { "e" });
        out.push_str(&(point - 1).to_string());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::read;

    fn written(number: f64) -> String {
        let mut out = String::new();
        write(number, &mut out);
        out
    }

    #[test]
    fn numbers_are_written_as_javascript_writes_them() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (1.0, "1"),
            (-12.5, "-12.5"),
            (0.1 + 0.2, "0.30000000000000004"),
            (1e20, "100000000000000000000"),
            (123_456_789_012_345_680_000.0, "123456789012345680000"),
            (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (0.000_001, "0.000001"),
            (0.000_001_5, "0.0000015"),
            (1e-7, "1e-7"),
            (-2.5e-9, "-2.5e-9"),
            (5e-324, "5e-324"),
            (9_007_199_254_740_993.0, "9007199254740992"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "Infinity"),
            (f64::NEG_INFINITY, "-Infinity"),
        ];
        for (number, expected) in cases {
            assert_eq!(written(number), expected);
        }
    }

    #[test]
    fn plain_numbers_have_no_exponent() {
        let mut out = String::new();
        for number in [1e-7, 0.000_25, 1e22] {
            write_plain(number, &mut out);
            out.push(' ');
        }
        assert_eq!(out, "0.0000001 0.00025 10000000000000000000000 ");
    }

    /// Xorshift: the same numbers in every run.
    fn numbers() -> impl Iterator<Item = f64> {
        let mut state = 0x2026_1121_u64;
        let random = std::iter::repeat_with(move || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state
        });
        // Around powers of two the neighbours lie unevenly; cents are what events hold.
        let powers = (0..2047).step_by(23).flat_map(|exponent: u64| {
            let power = exponent << 52;
            [power.saturating_sub(1), power, power + 1]
        });
        let any = random.take(700).flat_map(|bits| [bits, (bits % 100_000_000) << 30]);
        let cents = (1..30_000_u32).step_by(97).map(|cents| f64::from(cents) / 100.0);
        powers.chain(any).map(f64::from_bits).chain(cents).filter(|number| number.is_finite())
    }

    #[test]
    fn digits_are_those_of_the_standard_library() {
        let plain = |text: &str| text.replace("e+", "e");
        for number in numbers() {
            let (ours, theirs) = (written(number), format!("{number:e}"));
            assert_eq!(theirs.parse::<f64>(), Ok(number));
            assert_eq!(format!("{:e}", plain(&ours).parse::<f64>().unwrap()), theirs);
            let digits = |text: &str| {
                let mantissa = text.split('e').next().unwrap().replace(['.', '-'], "");
                mantissa.trim_matches('0').to_owned()
            };
            assert_eq!(digits(&ours), digits(&theirs), "{theirs}");
            assert_eq!(read(&ours).map(f64::to_bits), Some((number + 0.0).to_bits()), "{ours}");
        }
    }

    #[test]
    fn decimals_are_read_as_the_standard_library_reads_them() {
        let long = "0".repeat(900);
        for number in numbers().step_by(7) {
            // Of 54 bits, the last of them set: in the middle between two numbers.
            let middle = number.to_bits() >> 10 | 1 << 53 | 1;
            let power = (number.to_bits() % 700) as i64 - 350;
            let digits = format!("{:.30e}", number.abs());
            let (mantissa, exponent) = digits.split_once('e').unwrap();
            let texts = [
                middle.to_string(),
                format!("{middle}.{long}1"),
                format!("{}.9{long}", middle - 1),
                format!("{middle}e{power}"),
                format!("-.{middle}E{power}"),
                format!("+{}e{exponent}", mantissa.get(..20).unwrap()),
                format!("{}e{exponent}", mantissa.get(..25).unwrap()),
            ];
            for text in texts {
                assert_eq!(read(&text), text.parse().ok(), "{text}");
            }
        }
    }

    #[test]
    fn limits_are_those_of_the_standard_library() {
        for text in [
            "0",
            "-0",
            "000.000",
            "1.",
            ".5",
            "1e400",
            "1e-400",
            "1e99999999999999999999",
            "0e999",
            "1e-99999999999999999999",
            "2.4703282292062327e-324",
            "2.4703282292062328e-324",
            "2.2250738585072011e-308",
            "1.7976931348623158e308",
            "1.7976931348623159e308",
            "+1",
            "",
            ".",
            "e5",
            "1e",
            "1e+",
            "--1",
            "1 ",
            "1_0",
            "0x10",
            "1e5.0",
            "1.2.3",
            "-",
            "٣",
        ] {
            assert_eq!(read(text), text.parse().ok(), "{text}");
        }
        assert_eq!(read("-Infinity"), Some(f64::NEG_INFINITY));
        assert_eq!([read("inf"), read("NaN"), read("infinity")], [None; 3]);
    }
}
