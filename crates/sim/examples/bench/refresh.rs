//! Scheduled refreshes of links where nothing is new: what a quiet night costs.

use crate::{House, Options};
use domain::access::AccessMode;
use jiff::SignedDuration;
use std::time::Instant;

pub(crate) async fn run(house: &House, options: &Options) {
    house.bank.shows(100);
    let links = 40 * usize::try_from(options.seconds).unwrap_or(5);
    for index in 0..links {
        house.register(&format!("f{index}"), AccessMode::Recurrent).await;
    }
    house.engine.settle_down().await.unwrap();
    let begun = Instant::now();
    let week = house.engine.env().now() + SignedDuration::from_hours(7 * 24 + 1);
    house.engine.advance(week).await.unwrap();
    println!(
        "refreshes with nothing new, one at a time: {:.0}/s",
        links as f64 / begun.elapsed().as_secs_f64()
    );
}
