//! Any bytes as columns of text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use statements::{Format, Options, read};

fuzz_target!(|bytes: &[u8]| {
    let options = Options { format: Some(Format::Csv), ..Options::default() };
    // Whatever comes of it, it comes.
    drop(read(bytes, &options, &mut |_| Ok(())));
});
