//! Any bytes as CNAB 240.
#![no_main]

use libfuzzer_sys::fuzz_target;
use statements::{Format, Options, read};

fuzz_target!(|bytes: &[u8]| {
    let options = Options { format: Some(Format::Cnab240), ..Options::default() };
    // Whatever comes of it, it comes.
    drop(read(bytes, &options, &mut |_| Ok(())));
});
