//! Tests of the crate from outside, in one program: it links once.

#[cfg(test)]
mod breaker;
#[cfg(test)]
mod clicks;
#[cfg(test)]
mod conversions;
#[cfg(test)]
mod coverage;
#[cfg(test)]
mod deadlines;
#[cfg(test)]
mod profiles;
#[cfg(test)]
mod quiet_hours;
#[cfg(test)]
mod resends;
#[cfg(test)]
mod restraint;
#[cfg(test)]
mod vectors;
#[cfg(test)]
mod webhooks;
#[cfg(test)]
mod world;
