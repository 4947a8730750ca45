//! What cells must hold to.
