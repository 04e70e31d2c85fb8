//! Reads a statement file and says how long that took: `read FILE [TIMES]`. `cargo xtask ofx --bench`
//! runs it beside other readers.
#![expect(clippy::print_stdout, reason = "a tool speaks on its terminal")]

use statements::{Options, Said, read};
use std::{fs::File, io::BufReader, time::Duration};

#[expect(clippy::disallowed_types, reason = "it measures this machine")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut args = std::env::args().skip(1);
    let file = args.next().ok_or("say which file")?;
    let times: u32 = args.next().map_or(Ok(1), |times| times.parse())?;
    let mut best = Duration::MAX;
    let mut heard = 0_u64;
    for _ in 0..times {
        let begun = std::time::Instant::now();
        let mut listener = |said: Said| {
            heard += u64::from(matches!(said, Said::Movement(_)));
            Ok(())
        };
        read(BufReader::new(File::open(&file)?), &Options::default(), &mut listener)?;
        best = best.min(begun.elapsed());
    }
    println!("{} {:.6}", heard / u64::from(times), best.as_secs_f64());
    Ok(())
}
