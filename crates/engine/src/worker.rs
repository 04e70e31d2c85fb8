//! The worker: claims what is due by lease, does it side by side, and gives signs of life meanwhile.

use crate::{Engine, Error, effects::Cause, error::Chain, jobs::Kind, rest::Busy, retention};
use domain::{link::Event, time::later};
use jiff::{SignedDuration, Timestamp};
use store::{Buckets, Tx, jobs::Job};

/// How long a claim lasts without a sign of life. Taken over well within thirty seconds.
const LEASE: SignedDuration = SignedDuration::from_secs(20);
/// How often signs of life are given.
const HEARTBEAT: SignedDuration = SignedDuration::from_secs(5);
/// How many times work that failed on our side is tried again.
pub(crate) const MOST_ATTEMPTS: u32 = 6;
/// How many times a load or a refresh is claimed of which nobody lived to say how it ended.
const MOST_CLAIMS: u32 = 24;

impl Engine {
    /// Until when a claim made now lasts.
    pub(crate) fn lease(&self) -> Timestamp {
        later(self.env().now(), LEASE)
    }

    /// The worker: claims what is due and does it, until told to stop.
    pub async fn work(self) {
        let stop = self.stopping();
        let mut heartbeat = self.env().now();
        let mut cleaning = heartbeat;
        loop {
            let woken = self.workers_woken();
            if heartbeat <= self.env().now() {
                self.give_signs_of_life().await;
                heartbeat = later(self.env().now(), HEARTBEAT);
            }
            if cleaning <= self.env().now() {
                if let Err(error) = self.forget_old().await {
                    tracing::error!(error = %Chain(&error), "old things could not be forgotten");
                }
                if let Err(error) = self.set_work_aside().await {
                    tracing::error!(error = %Chain(&error), "work could not be set aside");
                }
                cleaning = later(self.env().now(), retention::EVERY);
            }
            let did = {
                let _turn = self.turn().lock().await;
                self.do_some_work().await
            };
            match did {
                Ok(0) => {}
                Ok(_) => continue,
                Err(error) => {
                    tracing::error!(error = %Chain(&error), "the worker cannot reach its queue");
                }
            }
            let look = later(self.env().now(), SignedDuration::from_secs(1));
            tokio::select! {
                () = woken => {}
                () = self.env().sleep_until(look) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Signs of life without work, until told to stop.
    pub(crate) async fn stay_alive(self) {
        let stop = self.stopping();
        loop {
            self.give_signs_of_life().await;
            tokio::select! {
                () = self.env().sleep(HEARTBEAT) => {}
                () = stop.cancelled() => return,
            }
        }
    }

    /// Renews the claims of this process on jobs and sessions, ends the sessions of processes that
    /// give no signs of life any more, and takes up what waits for its connectors.
    pub(crate) async fn give_signs_of_life(&self) {
        let renewed = async {
            let (claims, sessions) = (self.running().claims(), self.live().ids());
            if claims.is_empty() && sessions.is_empty() {
                return Ok(());
            }
            let mut tx = self.store().write().await?;
            for (job, fence) in claims {
                tx.renew(job, fence, self.lease()).await?;
            }
            for session in sessions {
                if !tx.renew_session_lease(session, self.node(), self.lease()).await? {
                    // Somebody else has ended it, or its link is gone.
                    self.live().cancel(session);
                }
            }
            tx.commit().await?;
            Ok::<_, Error>(())
        };
        if let Err(error) = renewed.await {
            tracing::error!(error = %Chain(&error), "claims could not be renewed");
        }
        if let Err(error) = self.end_abandoned_sessions().await {
            tracing::error!(error = %Chain(&error), "abandoned sessions could not be ended");
        }
        if let Err(error) = self.take_up_work().await {
            tracing::error!(error = %Chain(&error), "work that was set aside could not be taken up");
        }
    }

    /// Claims a batch and runs it side by side; answers how many there were.
    async fn do_some_work(&self) -> Result<usize, Error> {
        let free = self.slots().available_permits();
        if free == 0 {
            return Ok(0);
        }
        let jobs = self.claim(u32::try_from(free.min(32)).unwrap_or(1)).await?;
        let count = jobs.len();
        for job in jobs {
            let Ok(slot) = self.slots().try_acquire_owned() else { break };
            let (engine, busy) = (self.clone(), self.bustle().busy());
            self.tracker().spawn(async move {
                engine.run_job(job, busy).await;
                drop(slot);
                engine.wake_workers();
            });
        }
        Ok(count)
    }

    /// Does one claimed job in the background.
    pub(crate) fn start_job(&self, job: Job) {
        let (engine, busy) = (self.clone(), self.bustle().busy());
        self.tracker().spawn(async move { engine.run_job(job, busy).await });
    }

    /// Claims due work that this process has connectors for.
    pub(crate) async fn claim(&self, limit: u32) -> Result<Vec<Job>, Error> {
        let (catalogue, now, lease) = (self.catalogue(), self.env().now(), self.lease());
        let offered = catalogue.names();
        let mut tx = self.store().write().await?;
        let jobs =
            tx.claim_across_buckets(self.node(), now, lease, limit, Buckets::ALL, &offered).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    /// Does one claimed job; whatever happens, its row says so afterwards.
    async fn run_job(&self, job: Job, busy: Busy) {
        let (id, fence, attempt) = (job.id, job.fence, job.attempt);
        let _claim = self.running().claim(id, fence);
        let kind = job.kind.clone();
        // What only we do is never given up, and a revocation says itself for how long it is tried.
        let asks = Kind::named(&kind).is_none_or(Kind::asks);
        let reads = asks && kind != Kind::Revoke.as_str();
        if reads && attempt > MOST_CLAIMS {
            tracing::error!(job.kind = %kind, job.id = %id, attempt, "a job never came to an end");
        } else {
            let error = match Box::pin(self.perform(job.clone())).await {
                Ok(None) => return,
                Ok(Some(session)) => {
                    // It knows by itself when it is busy.
                    drop(busy);
                    return session.run().await;
                }
                Err(error) => error,
            };
            tracing::error!(job.kind = %kind, job.id = %id, error = %Chain(&error), "a job failed on our side");
        }
        let put_back = async {
            let mut tx = self.store().write().await?;
            if asks && attempt >= MOST_ATTEMPTS {
                self.give_up(&mut tx, &job).await?;
            } else {
                let wait = self.env().jitter(SignedDuration::from_secs(15 << attempt.min(6)));
                tx.retry(id, fence, later(self.env().now(), wait)).await?;
            }
            Ok::<_, Error>(tx.commit().await?)
        };
        if let Err(error) = put_back.await {
            tracing::error!(job.id = %id, error = %Chain(&error), "its lease will run out instead");
        }
    }

    /// Ends work that fails on our side time after time, so that the institution is not asked for ever: a
    /// load may be asked for again, a refresh has its calendar.
    async fn give_up(&self, tx: &mut Tx, job: &Job) -> Result<(), Error> {
        let ended = tx.finish(job.id, job.fence, "gave up", self.env().now()).await?;
        let Some(link) = job.link.filter(|_| ended) else { return Ok(()) };
        match Kind::named(&job.kind) {
            // What was kept for this alone goes with it.
            Some(Kind::Revoke) => {
                tx.erase_credentials(link).await?;
            }
            Some(Kind::Refresh) => {
                if let Some(link) = tx.link_for_update(job.tenant, link).await? {
                    let cause = Cause::Schedule(self.env().id());
                    self.happened(tx, &link, Event::Unreachable, cause).await?;
                }
            }
            Some(Kind::Load | Kind::Delete | Kind::Erase | Kind::Stale) | None => {}
        }
        Ok(())
    }
}
