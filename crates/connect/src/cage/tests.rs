//! Which cells are refused.
