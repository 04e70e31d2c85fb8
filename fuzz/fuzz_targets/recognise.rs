//! Any bytes, of whatever format they turn out to be.
#![no_main]

use libfuzzer_sys::fuzz_target;
use statements::{HEAD, Options, read, recognise};

fuzz_target!(|bytes: &[u8]| {
    let known = recognise(&bytes[..bytes.len().min(HEAD)]);
    let ended = read(bytes, &Options::default(), &mut |_| Ok(()));
    if let Ok(summary) = ended {
        assert_eq!(known, Some(summary.format));
    }
});
