//! Reading entries.
