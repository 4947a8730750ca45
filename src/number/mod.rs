//! Numbers to text and back, as JavaScript has them.
//!
//! Both ways are exact. The standard library's are faster where a number has more digits than a
//! `f64` can hold apart, by tables and code that would be a twentieth of what a page downloads.

mod big;
mod read;
mod write;

pub use read::read;
pub use write::{write, write_plain};
