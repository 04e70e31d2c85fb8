//! Stands in for `vinculo` where this crate's tests build a cage.

use std::process::ExitCode;

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    if args.next().is_some_and(|marker| marker == connect::cage::MARKER) {
        return connect::cage::inner(&args.collect::<Vec<_>>());
    }
    ExitCode::FAILURE
}
