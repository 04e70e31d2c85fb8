//! Any bytes as the head of a table: what is proposed can be saved, and read with.
#![no_main]

use libfuzzer_sys::fuzz_target;
use statements::{Format, Mapping, Options, read};

fuzz_target!(|bytes: &[u8]| {
    let Some(guess) = Mapping::guess(bytes) else { return };
    assert!(guess.sure <= 100);
    assert!(guess.mapping.check().is_ok());
    let (format, mapping) = (Some(Format::Csv), Some(guess.mapping));
    // Whatever comes of it, it comes.
    drop(read(bytes, &Options { format, mapping, ..Options::default() }, &mut |_| Ok(())));
});
