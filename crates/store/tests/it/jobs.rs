//! Jobs: one for each subject, held by one worker at a time, never lost.

use crate::world::{after, any_page, env, page, seeded, start};
use domain::{
    env::Env,
    ids::{Bucket, JobId, NodeId, TenantId},
};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use store::{
    Buckets, Store, Tx,
    events::Announced,
    jobs::{Job, NewJob, Shown},
    testing::{self, stores},
};

fn new_job(env: &Env, subject: &str, run_at: i64) -> NewJob {
    NewJob {
        id: env.id_in(Bucket::of(12)),
        tenant: env.id(),
        link: None,
        institution: None,
        kind: "refresh".into(),
        subject: subject.into(),
        payload: r#"{"n":1}"#.into(),
        run_at: after(run_at),
        created_at: start(),
    }
}

async fn claim(tx: &mut Tx, node: NodeId, now: i64) -> Vec<Job> {
    tx.claim_across_buckets(node, after(now), after(now + 30), 10, Buckets::ALL, &[]).await.unwrap()
}

#[tokio::test]
async fn work_at_an_institution_is_left_to_who_offers_it() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let mut tx = store.write().await.unwrap();
        let at = |institution: &str, due| NewJob {
            institution: Some(institution.into()),
            ..new_job(&env, institution, due)
        };
        for job in [at("here", 3), at("elsewhere", 1), new_job(&env, "nowhere", 2)] {
            tx.schedule(&job).await.unwrap();
        }
        let claims = async |tx: &mut Tx, offered: &[&str]| {
            let (now, lease) = (after(5), after(30));
            let jobs = tx.claim_across_buckets(node, now, lease, 10, Buckets::ALL, offered).await;
            jobs.unwrap().into_iter().map(|job| job.subject).collect::<Vec<_>>()
        };
        let next = async |tx: &mut Tx, offered: Option<&[&str]>| {
            tx.next_run_at_across_buckets(offered).await.unwrap()
        };
        assert_eq!(next(&mut tx, None).await, Some(after(1)));
        assert_eq!(next(&mut tx, Some(&["here"])).await, Some(after(2)));
        let mut claimed = claims(&mut tx, &["here", "far"]).await;
        claimed.sort();
        assert_eq!(claimed, ["here", "nowhere"]);
        assert_eq!(claims(&mut tx, &[]).await, [""; 0]);
        assert_eq!(next(&mut tx, Some(&["here"])).await, Some(after(30)), "their leases' end");
        assert_eq!(claims(&mut tx, &["elsewhere"]).await, ["elsewhere"]);
    }
}

#[tokio::test]
async fn what_is_set_aside_is_nobodys_until_its_institution_is_offered_again() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let mut tx = store.write().await.unwrap();
        let tenant: TenantId = env.id();
        let at = |institution: &str, subject: &str, due| NewJob {
            institution: Some(institution.into()),
            tenant,
            ..new_job(&env, subject, due)
        };
        for job in [
            at("gone", "a", 1),
            at("gone", "b", 2),
            at("gone", "later", 50),
            at("here", "c", 3),
            new_job(&env, "anybody's", 4),
        ] {
            tx.schedule(&job).await.unwrap();
        }
        let offered = &["here"][..];
        let aside = async |tx: &mut Tx, most| {
            tx.set_aside_across_buckets(after(9), offered, most).await.unwrap()
        };
        assert_eq!(aside(&mut tx, 1).await, 1, "{}: the longest due", store.name);
        assert_eq!((aside(&mut tx, 9).await, aside(&mut tx, 9).await), (1, 0));
        let waiting = tx.jobs_across_buckets(Some(tenant), Shown::Waiting, any_page());
        let shown: Vec<_> =
            waiting.await.unwrap().items.into_iter().map(|j| (j.subject, j.run_at)).collect();
        let words = [("c", 3), ("later", 50), ("a", 1), ("b", 2)];
        let expected: BTreeMap<_, _> = words.map(|(s, at)| (s.to_owned(), after(at))).into();
        assert_eq!(shown.iter().cloned().collect::<BTreeMap<_, _>>(), expected);
        assert_eq!([&shown[0].0, &shown[1].0], ["c", "later"], "what is set aside comes last");
        let trouble = tx.troubled_jobs_across_buckets(tenant, after(9), after(0)).await.unwrap();
        assert_eq!(trouble, (3, 0), "it is late all the same");

        let all = ["gone", "here"];
        let claim = async |tx: &mut Tx| {
            let jobs =
                tx.claim_across_buckets(node, after(9), after(30), 9, Buckets::ALL, &all).await;
            jobs.unwrap().into_iter().map(|job| job.subject).collect::<BTreeSet<_>>()
        };
        assert_eq!(claim(&mut tx).await, BTreeSet::from(["anybody's".into(), "c".into()]));
        assert!(!tx.any_aside_across_buckets(offered).await.unwrap());
        assert_eq!(tx.take_up_across_buckets(offered).await.unwrap(), 0);
        // What somebody schedules anew is looked at anew.
        tx.schedule(&at("gone", "b", 5)).await.unwrap();
        assert_eq!(claim(&mut tx).await, BTreeSet::from(["b".into()]));
        assert!(tx.any_aside_across_buckets(&all).await.unwrap());
        assert_eq!(tx.take_up_across_buckets(&all).await.unwrap(), 1);
        assert_eq!(tx.next_run_at_across_buckets(Some(&all)).await.unwrap(), Some(after(1)));
        assert_eq!(claim(&mut tx).await, BTreeSet::from(["a".into()]));
        assert_eq!(aside(&mut tx, 9).await, 0, "what is being done stays where it is");
        tx.set_aside_across_buckets(after(31), offered, 9).await.unwrap();
        assert_eq!(tx.take_up_across_buckets(&all).await.unwrap(), 2, "its worker died");
    }
}

#[tokio::test]
async fn a_waiting_job_moves_and_a_second_one_is_not_made() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let mut tx = store.write().await.unwrap();
        assert_eq!(tx.next_run_at_across_buckets(None).await.unwrap(), None);
        let first = new_job(&env, "a", 60);
        tx.schedule(&first).await.unwrap();
        assert!(!tx.schedule_if_absent(&new_job(&env, "a", 5)).await.unwrap());
        assert_eq!(tx.next_run_at_across_buckets(None).await.unwrap(), Some(after(60)));
        let moved = NewJob { payload: r#"{"n":2}"#.into(), ..new_job(&env, "a", 10) };
        tx.schedule(&moved).await.unwrap();
        assert_eq!(claim(&mut tx, node, 9).await, [], "it is not due");
        let [job] = claim(&mut tx, node, 10).await.try_into().unwrap();
        assert_eq!((job.id, job.payload.as_str()), (first.id, r#"{"n":2}"#), "{}", store.name);
        assert_eq!((job.fence, job.attempt, job.lease_owner), (1, 1, Some(node)));
        assert_eq!(job.run_at, after(40), "the end of its lease");
        let unfinished = tx.unfinished_job(Bucket::of(12), "refresh", "a").await.unwrap();
        assert_eq!(unfinished, Some(job));
        assert!(tx.schedule_if_absent(&new_job(&env, "b", 5)).await.unwrap());
    }
}

#[tokio::test]
async fn what_is_scheduled_while_a_job_runs_runs_afterwards() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let mut tx = store.write().await.unwrap();
        tx.schedule(&new_job(&env, "a", 0)).await.unwrap();
        let [job] = claim(&mut tx, node, 0).await.try_into().unwrap();
        let again = NewJob { payload: r#"{"n":2}"#.into(), ..new_job(&env, "a", 20) };
        tx.schedule(&again).await.unwrap();
        assert!(tx.finish(job.id, job.fence, "done", after(5)).await.unwrap());
        assert_eq!(claim(&mut tx, node, 19).await, []);
        let [second] = claim(&mut tx, node, 20).await.try_into().unwrap();
        assert_eq!((second.id, second.payload.as_str()), (job.id, r#"{"n":2}"#));
        assert_eq!((second.fence, second.attempt), (2, 1), "its attempts begin anew");
        assert!(tx.finish(second.id, second.fence, "done", after(21)).await.unwrap());
        assert_eq!(tx.next_run_at_across_buckets(None).await.unwrap(), None, "that was all");

        // The same when the first run has to be tried again.
        tx.schedule(&new_job(&env, "a", 30)).await.unwrap();
        let [job] = claim(&mut tx, node, 30).await.try_into().unwrap();
        tx.schedule(&again).await.unwrap();
        assert!(tx.retry(job.id, job.fence, after(3600)).await.unwrap());
        let [third] = claim(&mut tx, node, 31).await.try_into().unwrap();
        assert_eq!(third.payload, r#"{"n":2}"#);
        let before = tx.unfinished_job(Bucket::of(12), "refresh", "a").await.unwrap().unwrap();
        assert!(tx.put_back(third.id, third.fence, after(100)).await.unwrap());
        assert!(!tx.put_back(third.id, third.fence, after(100)).await.unwrap(), "it was let go");
        let back = tx.unfinished_job(Bucket::of(12), "refresh", "a").await.unwrap().unwrap();
        assert_eq!((back.attempt, back.lease_owner), (before.attempt - 1, None));
        assert_eq!(tx.next_run_at_across_buckets(None).await.unwrap(), Some(after(100)));
    }
}

#[tokio::test]
async fn a_cancelled_job_does_not_run_and_a_running_one_not_once_more() {
    for store in stores().await {
        let (env, node, bucket) = (env(), env().id(), Bucket::of(12));
        let mut tx = store.write().await.unwrap();
        tx.schedule(&new_job(&env, "a", 0)).await.unwrap();
        assert!(tx.cancel(bucket, "refresh", "a").await.unwrap());
        assert!(!tx.cancel(bucket, "refresh", "a").await.unwrap());
        tx.schedule(&new_job(&env, "a", 0)).await.unwrap();
        let [job] = claim(&mut tx, node, 0).await.try_into().unwrap();
        tx.schedule(&new_job(&env, "a", 9)).await.unwrap();
        assert!(tx.cancel(bucket, "refresh", "a").await.unwrap());
        assert!(tx.holds(job.id, job.fence).await.unwrap(), "what runs goes on");
        assert!(tx.finish(job.id, job.fence, "done", after(5)).await.unwrap());
        assert_eq!(claim(&mut tx, node, 99).await, []);
    }
}

#[tokio::test]
async fn a_dead_workers_lease_is_taken_over_and_its_fence_keeps_it_out() {
    for store in stores().await {
        let env = env();
        let [dead, heir]: [NodeId; 2] = [env.id(), env.id()];
        let mut tx = store.write().await.unwrap();
        tx.schedule(&new_job(&env, "a", 0)).await.unwrap();
        let [lost] = claim(&mut tx, dead, 0).await.try_into().unwrap();
        assert!(tx.renew(lost.id, lost.fence, after(60)).await.unwrap());
        assert_eq!(claim(&mut tx, heir, 59).await, [], "the lease was extended");
        let [taken] = claim(&mut tx, heir, 60).await.try_into().unwrap();
        assert_eq!((taken.id, taken.fence, taken.attempt), (lost.id, 2, 2));

        assert!(!tx.holds(lost.id, lost.fence).await.unwrap());
        assert!(!tx.renew(lost.id, lost.fence, after(999)).await.unwrap());
        assert!(!tx.finish(lost.id, lost.fence, "done", after(61)).await.unwrap());
        assert!(!tx.retry(lost.id, lost.fence, after(999)).await.unwrap());
        assert!(tx.holds(taken.id, taken.fence).await.unwrap());
        assert!(tx.finish(taken.id, taken.fence, "gave up", after(61)).await.unwrap());
        assert!(!tx.holds(taken.id, taken.fence).await.unwrap(), "it is over");
    }
}

#[tokio::test]
async fn all_leases_end_at_once_when_their_only_holder_is_gone() {
    for store in stores().await {
        let env = env();
        let [dead, heir]: [NodeId; 2] = [env.id(), env.id()];
        let mut tx = store.write().await.unwrap();
        tx.schedule(&new_job(&env, "leased", 0)).await.unwrap();
        let [lost] = claim(&mut tx, dead, 0).await.try_into().unwrap();
        tx.schedule(&new_job(&env, "later", 60)).await.unwrap();
        let link = crate::world::new_link(&env, env.id(), 3);
        let session = crate::world::session(&env, &link);
        tx.open_session(&session).await.unwrap();
        let event = crate::world::event(&env, &link, "x");
        let to = vec![(env.id_in(link.id.bucket()), env.id())];
        tx.announce(&[Announced { event, to }]).await.unwrap();
        let all = Buckets::ALL;
        let sent = tx.claim_deliveries_across_buckets(dead, after(1), after(60), 9, all, &[]);
        assert_eq!(sent.await.unwrap().len(), 1);

        tx.end_all_leases_across_buckets(after(2)).await.unwrap();
        let [taken] = claim(&mut tx, heir, 2).await.try_into().unwrap();
        assert_eq!((taken.id, taken.fence), (lost.id, 2), "{}", store.name);
        assert_eq!(tx.overdue_sessions_across_buckets(after(2), 9).await.unwrap().len(), 1);
        let sent = tx.claim_deliveries_across_buckets(heir, after(2), after(60), 9, all, &[]);
        assert_eq!(sent.await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_job_can_be_born_under_a_lease() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let mut tx = store.write().await.unwrap();
        let job = tx.insert_claimed(&new_job(&env, "a", 30), node).await.unwrap().unwrap();
        assert_eq!((job.fence, job.attempt, job.lease_owner), (1, 1, Some(node)));
        assert!(tx.holds(job.id, 1).await.unwrap());
        assert_eq!(tx.insert_claimed(&new_job(&env, "a", 30), node).await.unwrap(), None);
        assert_eq!(claim(&mut tx, node, 29).await, []);
        assert_eq!(claim(&mut tx, node, 30).await.len(), 1, "its maker died");
    }
}

#[tokio::test]
async fn workers_prefer_their_own_buckets() {
    for store in stores().await {
        let (env, node): (Env, NodeId) = (env(), env().id());
        let mut tx = store.write().await.unwrap();
        for bucket in [0, 1, 2047, 2048, 4095] {
            let id: JobId = env.id_in(Bucket::of(bucket));
            tx.schedule(&NewJob { id, ..new_job(&env, "a", 0) }).await.unwrap();
        }
        let half = Buckets { from: Bucket::of(2048), to: Bucket::of(4095) };
        let claimed =
            tx.claim_across_buckets(node, after(0), after(9), 10, half, &[]).await.unwrap();
        let buckets: BTreeSet<u16> = claimed.iter().map(|job| job.id.bucket().number()).collect();
        assert_eq!(buckets, BTreeSet::from([2048, 4095]), "{}", store.name);
        assert_eq!(claim(&mut tx, node, 0).await.len(), 3, "overlap is harmless");
    }
}

#[tokio::test]
async fn operators_see_what_waits_and_what_failed() {
    for store in stores().await {
        let (env, node) = (env(), env().id());
        let mut tx = store.write().await.unwrap();
        let [good, bad, waiting] = ["good", "bad", "waiting"].map(|s| new_job(&env, s, 0));
        for job in [&good, &bad] {
            tx.schedule(job).await.unwrap();
        }
        for job in claim(&mut tx, node, 0).await {
            let outcome = if job.subject == "good" { "done" } else { "gave up" };
            assert!(tx.finish(job.id, job.fence, outcome, after(1)).await.unwrap());
        }
        tx.schedule(&waiting).await.unwrap();
        let mut shown = async |tenant, shown| {
            let listed = tx.jobs_across_buckets(tenant, shown, any_page()).await.unwrap();
            assert_eq!(listed.count, listed.items.len() as u64);
            listed.items.into_iter().map(|job| job.subject).collect::<Vec<_>>()
        };
        assert_eq!(shown(None, Shown::Waiting).await, ["waiting"], "{}", store.name);
        assert_eq!(shown(None, Shown::Failed).await, ["bad"]);
        assert_eq!(shown(Some(bad.tenant), Shown::Failed).await, ["bad"]);
        assert_eq!(shown(Some(env.id::<TenantId>()), Shown::Failed).await, [""; 0]);
        assert_eq!(shown(Some(waiting.tenant), Shown::Waiting).await, ["waiting"]);
        let trouble = async |tx: &mut Tx, tenant, due, failed| {
            tx.troubled_jobs_across_buckets(tenant, after(due), after(failed)).await.unwrap()
        };
        let due = i64::MAX / 10_000_000_000_000;
        assert_eq!(trouble(&mut tx, waiting.tenant, due, 0).await, (1, 0));
        assert_eq!(trouble(&mut tx, waiting.tenant, -1, 0).await, (0, 0), "not due so long");
        assert_eq!(trouble(&mut tx, bad.tenant, due, 1).await, (0, 1));
        assert_eq!(trouble(&mut tx, bad.tenant, due, 2).await, (0, 0), "failed before that");
        assert_eq!(tx.job(waiting.tenant, waiting.id).await.unwrap().unwrap().subject, "waiting");
        assert_eq!(tx.job(bad.tenant, waiting.id).await.unwrap(), None, "another tenant's");
        assert_eq!(
            tx.jobs_across_buckets(None, Shown::Waiting, page(2, 1)).await.unwrap().items,
            []
        );
        assert_eq!(tx.jobs_of(env.id_in(Bucket::of(12)), 9).await.unwrap(), []);
        let of_link = env.id_in(Bucket::of(12));
        tx.schedule(&NewJob { link: Some(of_link), ..new_job(&env, "link's", 0) }).await.unwrap();
        assert_eq!(tx.jobs_of(of_link, 9).await.unwrap().len(), 1);
        assert_eq!(tx.unfinished_jobs_of(of_link).await.unwrap(), 1);
        assert_eq!(tx.prune_jobs_across_buckets(after(2)).await.unwrap(), 2);
        assert_eq!(tx.prune_jobs_across_buckets(after(2)).await.unwrap(), 0);
    }
}

/// Four workers at once, until nothing is left; how often each job ran.
async fn work_off(store: &Store, jobs: usize) -> BTreeMap<JobId, usize> {
    let workers = (0..4_u8).map(|seed| {
        let store = store.clone();
        async move {
            let node = seeded(seed).id();
            let mut ran = Vec::new();
            loop {
                let mut tx = store.write().await.unwrap();
                let claimed = tx
                    .claim_across_buckets(node, after(0), after(30), 7, Buckets::ALL, &[])
                    .await
                    .unwrap();
                tx.commit().await.unwrap();
                assert!(claimed.len() <= 7);
                for job in &claimed {
                    let mut tx = store.write().await.unwrap();
                    assert!(tx.holds(job.id, job.fence).await.unwrap());
                    assert!(tx.finish(job.id, job.fence, "done", after(1)).await.unwrap());
                    tx.commit().await.unwrap();
                    ran.push(job.id);
                }
                let mut tx = store.read().await.unwrap();
                if tx.next_run_at_across_buckets(None).await.unwrap().is_none() {
                    return ran;
                }
            }
        }
    });
    let mut set = tokio::task::JoinSet::new();
    workers.for_each(|worker| drop(set.spawn(worker)));
    let mut ran = BTreeMap::new();
    for id in set.join_all().await.into_iter().flatten() {
        *ran.entry(id).or_default() += 1;
    }
    assert_eq!(ran.len(), jobs);
    ran
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_job_is_claimed_by_two_workers_and_none_is_left() {
    for store in stores().await {
        let env = env();
        let mut tx = store.write().await.unwrap();
        for n in 0..100_u16 {
            let id: JobId = env.id_in(Bucket::of(n * 40));
            tx.schedule(&NewJob { id, ..new_job(&env, &n.to_string(), 0) }).await.unwrap();
        }
        tx.commit().await.unwrap();
        let ran = work_off(&store, 100).await;
        assert!(ran.values().all(|&times| times == 1), "{}: {ran:?}", store.name);
    }
}

#[derive(Debug, Clone)]
enum Step {
    Schedule(u8, i64),
    Claim(u32),
    Finish(u8),
    Retry(u8, i64),
    Cancel(u8),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (0..6_u8, -5..40_i64).prop_map(|(s, at)| Step::Schedule(s, at)),
        4 => (0..5_u32).prop_map(Step::Claim),
        2 => (0..6_u8).prop_map(Step::Finish),
        2 => (0..6_u8, 0..40_i64).prop_map(|(s, at)| Step::Retry(s, at)),
        1 => (0..6_u8).prop_map(Step::Cancel),
        3 => (1..40_i64).prop_map(Step::Wait),
    ]
}

/// What the table should hold, told in the simplest words.
#[derive(Debug, Clone, PartialEq, Default)]
struct Model {
    run_at: i64,
    leased: bool,
    fence: u64,
    again_at: Option<i64>,
}

async fn follow(store: &Store, steps: &[Step]) {
    let env = env();
    let node = env.id();
    let mut tx = store.write().await.unwrap();
    let mut model: BTreeMap<u8, Model> = BTreeMap::new();
    let mut held: BTreeMap<u8, Job> = BTreeMap::new();
    let mut now = 0;
    for step in steps {
        match *step {
            Step::Schedule(subject, at) => {
                tx.schedule(&new_job(&env, &subject.to_string(), now + at)).await.unwrap();
                let job = model.entry(subject).or_default();
                if job.leased {
                    job.again_at = Some(now + at);
                } else {
                    job.run_at = now + at;
                }
            }
            Step::Claim(limit) => {
                let lease = after(now + 30);
                let claimed = tx
                    .claim_across_buckets(node, after(now), lease, limit, Buckets::ALL, &[])
                    .await
                    .unwrap();
                let due = model.values().filter(|job| job.run_at <= now).count();
                assert_eq!(
                    claimed.len(),
                    due.min(limit as usize),
                    "all that is due, up to the limit"
                );
                for job in claimed {
                    let subject: u8 = job.subject.parse().unwrap();
                    let known = model.get_mut(&subject).expect("only what was scheduled");
                    assert!(known.run_at <= now, "only what is due");
                    *known = Model { run_at: now + 30, leased: true, fence: job.fence, ..*known };
                    held.insert(subject, job);
                }
            }
            Step::Finish(subject) => {
                let Some(job) = held.remove(&subject) else { continue };
                let ours = model.get(&subject).is_some_and(|m| m.leased && m.fence == job.fence);
                let done = tx.finish(job.id, job.fence, "done", after(now)).await.unwrap();
                assert_eq!(done, ours);
                if let Some(known) = model.get_mut(&subject).filter(|_| ours) {
                    match known.again_at.take() {
                        Some(at) => *known = Model { run_at: at, leased: false, ..*known },
                        None => drop(model.remove(&subject)),
                    }
                }
            }
            Step::Retry(subject, at) => {
                let Some(job) = held.remove(&subject) else { continue };
                assert!(tx.retry(job.id, job.fence, after(now + at)).await.unwrap());
                let known = model.get_mut(&subject).unwrap();
                let again = known.again_at.take().unwrap_or(i64::MAX);
                *known = Model { run_at: again.min(now + at), leased: false, ..*known };
            }
            Step::Cancel(subject) => {
                let bucket = Bucket::of(12);
                let found = tx.cancel(bucket, "refresh", &subject.to_string()).await.unwrap();
                let expected = match model.get_mut(&subject) {
                    Some(job) if job.leased => job.again_at.take().is_some(),
                    other => other.is_some(),
                };
                assert_eq!(found, expected);
                if model.get(&subject).is_some_and(|job| !job.leased) {
                    model.remove(&subject);
                }
            }
            Step::Wait(seconds) => now += seconds,
        }
        let next = tx.next_run_at_across_buckets(None).await.unwrap();
        assert_eq!(next, model.values().map(|job| after(job.run_at)).min());
    }
}

#[test]
fn whatever_happens_claims_keep_their_bounds_and_nothing_is_lost() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let stores = runtime.block_on(testing::stores());
    let config = ProptestConfig { cases: 48, ..ProptestConfig::default() };
    proptest!(config, |(steps in prop::collection::vec(step(), 0..25))| {
        // Each case's transaction is dropped, so each begins with an empty table.
        runtime.block_on(async { for store in &stores { follow(store, &steps).await } });
    });
}
