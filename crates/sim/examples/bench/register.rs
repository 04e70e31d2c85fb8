//! Registrations of links, each with its login, its sealed credentials and its job.

use crate::{House, Options};
use domain::access::AccessMode;
use std::time::Instant;

pub(crate) async fn run(house: &House, options: &Options) {
    for lanes in [1, 16] {
        let begun = Instant::now();
        let time = options.time();
        let tasks: Vec<_> = (0..lanes)
            .map(|lane| async move {
                let mut done = 0_u32;
                while begun.elapsed() < time {
                    // Single links without a load: the registration alone.
                    house.register(&format!("r{lanes}-{lane}-{done}"), AccessMode::Single).await;
                    done += 1;
                }
                done
            })
            .collect();
        let done: u32 = futures::future::join_all(tasks).await.into_iter().sum();
        println!(
            "registrations, {lanes} at once: {:.0}/s",
            f64::from(done) / begun.elapsed().as_secs_f64()
        );
    }
}
