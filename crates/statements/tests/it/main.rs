//! The readers from outside: files in, what they say out.

mod bounds;
mod fixtures;
mod heard;
mod ofx;
