//! Decimals to the nearest `f64`.

use super::big::Big;

/// More digits than any two neighbours share: what lies behind them only says that there is more.
const ENOUGH_DIGITS: usize = 800;

/// Powers of ten that a `f64` holds exactly.
const POWERS: [f64; 23] = [
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
    1e17, 1e18, 1e19, 1e20, 1e21, 1e22,
];

/// The number that a text is, as ECMA-262's `StrDecimalLiteral` has it: `-1.5e3`, `.5`, `5.` and
/// `Infinity` are numbers, and a text with anything around one is none.
///
/// The nearest `f64`; of two that are equally near, the even one.
pub fn read(text: &str) -> Option<f64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let size = if unsigned == "Infinity" { f64::INFINITY } else { size(unsigned)? };
    Some(if text.starts_with('-') { -size } else { size })
}

fn size(text: &str) -> Option<f64> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let exponent = exponent_of(exponent)?;
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = || whole.bytes().chain(fraction.bytes());
    if digits().next().is_none() || !digits().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let power = exponent.saturating_sub(fraction.len() as i64);
    let significant = || digits().skip_while(|digit| *digit == b'0').map(|digit| digit & 15);
    let length = significant().count();
    if length <= 19 {
        let number = significant().fold(0, |number, digit| number * 10 + u64::from(digit));
        return Some(nearest(number, power));
    }
    let mut big = Big::new(0);
    significant().take(ENOUGH_DIGITS).for_each(|digit| big.multiply_add(10, digit.into()));
    let behind = length.saturating_sub(ENOUGH_DIGITS);
    if significant().skip(ENOUGH_DIGITS).any(|digit| digit != 0) {
        big.multiply_add(10, 1);
        return Some(round(big, power.saturating_add(behind as i64 - 1)));
    }
    Some(round(big, power.saturating_add(behind as i64)))
}

/// An exponent; one beyond all bounds is as good as one that is far outside.
fn exponent_of(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let far = |size: i64, digit: u8| (size * 10 + i64::from(digit & 15)).min(1 << 40);
    let size = digits.bytes().fold(0, far);
    Some(if text.starts_with('-') { -size } else { size })
}

/// The `f64` that is nearest to `number` times ten to the power of `power`.
pub(super) fn nearest(number: u64, power: i64) -> f64 {
    let exact = POWERS.get(power.unsigned_abs() as usize).filter(|_| number < 1 << 53);
    match exact {
        // Both are exact, so that only one rounding takes place.
        Some(factor) if power < 0 => number as f64 / factor,
        Some(factor) => number as f64 * factor,
        None => round(Big::new(number), power),
    }
}

fn round(mut number: Big, power: i64) -> f64 {
    // Ten is more than 2³ and less than 2⁴. A number of `bits` lies between 2^(bits - 1) and 2^bits.
    let bits = i64::from(number.bits());
    if number.is_zero() || bits + power * if power < 0 { 3 } else { 4 } < -1100 {
        return 0.0;
    }
    if bits + power * if power < 0 { 4 } else { 3 } > 1100 {
        return f64::INFINITY;
    }
    let mut divisor = Big::new(1);
    let fives = if power < 0 { &mut divisor } else { &mut number };
    fives.multiply_by_fives(power.unsigned_abs() as u32);
    // 63 or 64 bits of the quotient are found, by long division.
    let shift = 63 + i64::from(divisor.bits()) - i64::from(number.bits());
    let shifted = if shift < 0 { &mut divisor } else { &mut number };
    shifted.shift_left(shift.unsigned_abs() as u32);
    divisor.shift_left(64);
    let mut quotient = 0_u64;
    for _ in 0..64 {
        number.shift_left(1);
        quotient = quotient << 1 | u64::from(number.subtract(&divisor));
    }
    assemble(quotient, power - shift, !number.is_zero())
}

/// Rounds `quotient`, or a little more, times two to the power of `power`.
fn assemble(quotient: u64, power: i64, more: bool) -> f64 {
    let length = 64 - i64::from(quotient.leading_zeros());
    let top = length - 1 + power;
    // Below the smallest normal number fewer bits are kept.
    let dropped = length - 53 + (-1022 - top).max(0);
    if dropped > 64 {
        return 0.0;
    }
    let wide = u128::from(quotient);
    let (kept, rest) = (wide >> dropped, wide & ((1 << dropped) - 1));
    let half = 1 << (dropped - 1);
    let up = rest > half || rest == half && (more || kept & 1 == 1);
    // A mantissa that rounds up to the next power of two carries into the exponent, as it should.
    let exponent = (top + 1022).max(0) as u64;
    let bits = (exponent << 52) + kept as u64 + u64::from(up);
    f64::from_bits(bits.min(f64::INFINITY.to_bits()))
}
