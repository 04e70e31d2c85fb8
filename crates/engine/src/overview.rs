//! How a tenant's links are, at a glance: what is counted is counted by indexes, and what could grow
//! without end is looked at from its newer end only.

use crate::{Engine, Error, institutions::Standing};
use domain::{
    filter::{Condition, Field, IS, Page, Source, Test, Value},
    ids::TenantId,
    institution::Health,
    link::Status,
    refresh::Rate,
    time::{earlier, later},
};
use jiff::{SignedDuration, Timestamp};
use store::{
    deliveries::{DeliveryCount, DeliveryState},
    links::LinkCount,
};

/// How far back deliveries are counted, in hours.
const HOURS: u32 = 24;
/// The most deliveries that are counted.
const MOST_DELIVERIES: u32 = 10_000;
/// The most institutions that are named for being down.
const MOST_DOWN: u32 = 10;
/// Work that has been due for so long is late.
const LATE: SignedDuration = SignedDuration::from_mins(5);

/// How a tenant's links are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// When this was so.
    pub at: Timestamp,
    /// How many links there are in each status, in the order of the words.
    pub links: Vec<(Status, u64)>,
    /// Valid recurrent links by their rate, and of how many the data are late.
    pub refreshes: Vec<Refreshes>,
    /// Deliveries of the last day, hour by hour, the earliest first.
    pub hours: Vec<Hour>,
    /// Since when the deliveries were counted, if there were too many to count all of the day.
    pub cut: bool,
    /// How many institutions are in order.
    pub healthy: u64,
    /// How many are down.
    pub down_count: u64,
    /// The first of those that are down.
    pub down: Vec<Standing>,
    /// Work that is late.
    pub late_jobs: u64,
    /// Work that has failed within a day.
    pub failed_jobs: u64,
}

/// Valid recurrent links of one rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refreshes {
    /// How often they are refreshed.
    pub rate: Rate,
    /// How many there are.
    pub links: u64,
    /// Of how many the data are older than the rate promises.
    pub late: u64,
}

/// The deliveries that were announced in one hour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hour {
    /// When it begins.
    pub from: Timestamp,
    /// Taken by their endpoints.
    pub delivered: u64,
    /// On their way.
    pub pending: u64,
    /// Given up or cancelled.
    pub failed: u64,
}

impl Engine {
    /// How a tenant's links are.
    pub async fn overview(&self, tenant: TenantId) -> Result<Overview, Error> {
        static STATUS: Field = Field::text("status", IS, Source::Column("status"));
        let now = self.env().now();
        let before = |age| earlier(now, age);
        let since = before(SignedDuration::from_hours(HOURS.into()));
        let mut tx = self.store().read().await?;
        let states = tx.links_by_state_across_buckets(tenant, |rate| before(rate.late_after()));
        let states = states.await?;
        let counts = tx.latest_deliveries_across_buckets(tenant, since, MOST_DELIVERIES).await?;
        let (late_jobs, failed_jobs) = tx
            .troubled_jobs_across_buckets(
                tenant,
                before(LATE),
                before(SignedDuration::from_hours(24)),
            )
            .await?;
        let catalogue = self.catalogue();
        let one = Page { number: 1, size: 1 };
        let all = tx.institutions(&catalogue.names(), &[], one, now).await?.count;
        drop(tx);
        let down = Value::Text(Health::Down.as_str().into());
        let down = Condition { field: &STATUS, test: Test::Is(down) };
        let down = self.standings(tenant, &[down], Page { number: 1, size: MOST_DOWN }).await?;
        Ok(Overview {
            at: now,
            links: by_status(&states),
            refreshes: by_rate(&states),
            cut: counts.iter().map(|c| c.count).sum::<u64>() >= u64::from(MOST_DELIVERIES),
            hours: by_hour(since, &counts),
            healthy: all.saturating_sub(down.count),
            down_count: down.count,
            down: down.items,
            late_jobs,
            failed_jobs,
        })
    }
}

fn by_status(states: &[LinkCount]) -> Vec<(Status, u64)> {
    let count = |&status: &Status| {
        let of = states.iter().filter(|state| state.status == status);
        (status, of.map(|state| state.count).sum())
    };
    Status::ALL.iter().map(count).collect()
}

fn by_rate(states: &[LinkCount]) -> Vec<Refreshes> {
    let counted = |&rate: &Rate| {
        let of = states.iter().filter(|s| s.status == Status::Valid && s.rate == Some(rate));
        let (links, late) = of.fold((0, 0), |(all, late), s| (all + s.count, late + s.late));
        Refreshes { rate, links, late }
    };
    Rate::ALL.iter().map(counted).filter(|of| of.links > 0).collect()
}

fn by_hour(since: Timestamp, counts: &[DeliveryCount]) -> Vec<Hour> {
    let hour = |hour: u32| {
        let of = |wanted: &[DeliveryState]| {
            let here = |c: &&DeliveryCount| c.hour.min(HOURS - 1) == hour;
            let of = counts.iter().filter(here).filter(|c| wanted.contains(&c.state));
            of.map(|c| c.count).sum()
        };
        Hour {
            from: later(since, SignedDuration::from_hours(hour.into())),
            delivered: of(&[DeliveryState::Delivered]),
            pending: of(&[DeliveryState::Pending]),
            failed: of(&[DeliveryState::Failed, DeliveryState::Cancelled]),
        }
    };
    // What was announced at this very instant begins an hour of its own; it belongs to the last.
    (0..HOURS).map(hour).collect()
}
