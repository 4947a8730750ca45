//! Build tools.
fn main() {}
