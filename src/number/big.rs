//! Natural numbers of any size: as much of their arithmetic as decimals need.

use std::cmp::Ordering;

/// The largest power of five that a limb holds.
const LARGEST_POWER: u32 = 13;

/// A natural number, the lowest 32 bits first, without zeros at the end.
#[derive(Clone)]
pub(super) struct Big(Vec<u32>);

impl Big {
    pub(super) fn new(number: u64) -> Self {
        let mut big = Self(vec![number as u32, (number >> 32) as u32]);
        big.trim();
        big
    }

    pub(super) fn is_zero(&self) -> bool {
        self.0.is_empty()
    }

    /// How many bits it has.
    pub(super) fn bits(&self) -> u32 {
        let below = self.0.len().saturating_sub(1) as u32 * 32;
        self.0.last().map_or(0, |top| below + 32 - top.leading_zeros())
    }

    /// Multiplies it by a number, and adds another.
    pub(super) fn multiply_add(&mut self, factor: u32, more: u32) {
        let mut carry = u64::from(more);
        for limb in &mut self.0 {
            carry += u64::from(*limb) * u64::from(factor);
            *limb = carry as u32;
            carry >>= 32;
        }
        self.0.push(carry as u32);
        self.trim();
    }

    /// Multiplies it by five, so many times.
    pub(super) fn multiply_by_fives(&mut self, mut times: u32) {
        while times > 0 {
            let now = times.min(LARGEST_POWER);
            self.multiply_add(5_u32.pow(now), 0);
            times -= now;
        }
    }

    pub(super) fn shift_left(&mut self, bits: u32) {
        self.multiply_add(1 << (bits % 32), 0);
        if !self.is_zero() {
            self.0.splice(0..0, std::iter::repeat_n(0, (bits / 32) as usize));
        }
    }

    /// Takes a number away from it, unless that is greater. Whether it did.
    pub(super) fn subtract(&mut self, other: &Self) -> bool {
        let greater = self
            .0
            .len()
            .cmp(&other.0.len())
            .then_with(|| self.0.iter().rev().cmp(other.0.iter().rev()));
        if greater == Ordering::Less {
            return false;
        }
        let mut borrow = 0;
        for (at, limb) in self.0.iter_mut().enumerate() {
            let taken = borrow + u64::from(other.0.get(at).copied().unwrap_or_default());
            let left = u64::from(*limb).wrapping_sub(taken);
            *limb = left as u32;
            borrow = left >> 63;
        }
        self.trim();
        true
    }

    /// Divides it by a number that is not zero: the rest.
    pub(super) fn divide(&mut self, divisor: u32) -> u32 {
        let mut rest = 0;
        for limb in self.0.iter_mut().rev() {
            let part = rest << 32 | u64::from(*limb);
            *limb = (part / u64::from(divisor)) as u32;
            rest = part % u64::from(divisor);
        }
        self.trim();
        rest as u32
    }

    fn trim(&mut self) {
        while self.0.last() == Some(&0) {
            self.0.pop();
        }
    }
}
