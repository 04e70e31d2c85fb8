//! Any bytes as the answer of an OFX server.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    drop(statements::ofx::reply(bytes));
});
