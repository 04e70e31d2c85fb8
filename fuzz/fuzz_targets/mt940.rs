//! Any bytes as MT940 and MT942.
#![no_main]

use libfuzzer_sys::fuzz_target;
use statements::{Format, Options, read};

fuzz_target!(|bytes: &[u8]| {
    let options = Options { format: Some(Format::Mt940), ..Options::default() };
    // Whatever comes of it, it comes.
    drop(read(bytes, &options, &mut |_| Ok(())));
});
