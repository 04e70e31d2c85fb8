//! Durable work. At most one unfinished job of a kind is about a subject; a worker holds it by a
//! lease, and a number that grows with each lease (the fence) keeps out a worker that lost it.
//!
//! A job's `run_at` is when it may be claimed: its due time, or, while it is leased, the lease's end.
//! A dead worker's job is therefore simply due. What nobody can do for want of a connector is set
//! aside: its `run_at` is `NEVER`, and `aside_due` remembers when it was due.

use crate::{
    Buckets, Error, Tx,
    claims::{Claim, claim},
    lists::Listed,
    value::{Row, names, values},
};
use domain::{
    filter::Page,
    ids::{Bucket, JobId, LinkId, NodeId, TenantId},
};
use jiff::Timestamp;

/// When what is set aside may be claimed.
const NEVER: Timestamp = Timestamp::MAX;

/// Work to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewJob {
    /// Carries the bucket: its link's, or any fixed one for work about no link.
    pub id: JobId,
    /// Whose.
    pub tenant: TenantId,
    /// The link that it is about.
    pub link: Option<LinkId>,
    /// The institution that is spoken to for it; `None` where nobody is.
    pub institution: Option<String>,
    /// What is to be done.
    pub kind: String,
    /// What it is about; unique among the unfinished of its kind and bucket.
    pub subject: String,
    /// JSON of the engine's.
    pub payload: String,
    /// When.
    pub run_at: Timestamp,
    /// Now.
    pub created_at: Timestamp,
}

/// A stored job.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Carries the bucket.
    pub id: JobId,
    /// Whose.
    pub tenant: TenantId,
    /// The link that it is about.
    pub link: Option<LinkId>,
    /// The institution that is spoken to for it; `None` where nobody is.
    pub institution: Option<String>,
    /// What is to be done.
    pub kind: String,
    /// What it is about.
    pub subject: String,
    /// JSON of the engine's.
    pub payload: String,
    /// When it may be claimed: due, or the end of the lease. Of what is set aside, when it was due.
    pub run_at: Timestamp,
    /// Who holds it.
    pub lease_owner: Option<NodeId>,
    /// Which lease this is.
    pub fence: u64,
    /// How often it has been claimed since it was scheduled.
    pub attempt: u32,
    /// When it is to run once more after the present run.
    pub again_at: Option<Timestamp>,
    /// When it was first scheduled.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
    /// How it ended: a word of the engine's.
    pub outcome: Option<String>,
}

/// Which jobs an operator wants to see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// Those not finished, the next due first, and last those that are set aside.
    Waiting,
    /// Those that ended otherwise than `done`, the latest first.
    Failed,
}

macro_rules! job_columns {
    () => {
        "id, tenant, link, institution, kind, subject, cast(payload as text) as payload, \
     coalesce(aside_due, run_at) as run_at, lease_owner, fence, attempt, again_at, created_at, finished_at, outcome"
    };
}

fn job(row: &Row) -> Result<Job, Error> {
    Ok(Job {
        id: row.get("id")?,
        tenant: row.get("tenant")?,
        link: row.get("link")?,
        institution: row.get("institution")?,
        kind: row.get("kind")?,
        subject: row.get("subject")?,
        payload: row.get("payload")?,
        run_at: row.get("run_at")?,
        lease_owner: row.get("lease_owner")?,
        fence: row.get("fence")?,
        attempt: row.get("attempt")?,
        again_at: row.get("again_at")?,
        created_at: row.get("created_at")?,
        finished_at: row.get("finished_at")?,
        outcome: row.get("outcome")?,
    })
}

macro_rules! insert_job { ($rest:literal) => { concat!(
    "insert into jobs (bucket, id, tenant, link, kind, subject, payload, run_at, created_at, \
     institution, lease_owner, fence, attempt) values ($1, $2, $3, $4, $5, $6, json($7), $8, $9, \
     $10, ",
    $rest
) } }

impl Tx {
    /// How many jobs of a link are not finished.
    pub async fn unfinished_jobs_of(&mut self, link: LinkId) -> Result<u64, Error> {
        const SQL: &str = "select count(*) from jobs
            where bucket = $1 and link = $2 and finished_at is null";
        self.number(SQL, values![link.bucket(), link]).await
    }

    /// Queues a job. If one of its kind and subject is waiting, that one moves to the new instant
    /// and payload. If one is being worked at, it runs once more afterwards, at that instant and
    /// with that payload: what was scheduled while it ran may not have been seen by it.
    pub async fn schedule(&mut self, job: &NewJob) -> Result<(), Error> {
        const SQL: &str = insert_job!(
            "null, 0, 0) on conflict (bucket, kind, subject) where finished_at is null do update set
                run_at = case when jobs.lease_owner is null
                    then excluded.run_at else jobs.run_at end,
                aside_due = null,
                payload = case when jobs.lease_owner is null
                    then excluded.payload else jobs.payload end,
                attempt = case when jobs.lease_owner is null then 0 else jobs.attempt end,
                again_at = case when jobs.lease_owner is not null then excluded.run_at end,
                again_payload = case when jobs.lease_owner is not null then excluded.payload end"
        );
        self.run(SQL, new(job)).await.map(drop)
    }

    /// Queues a job unless one of its kind and subject is waiting or being worked at; whether it
    /// was queued.
    pub async fn schedule_if_absent(&mut self, job: &NewJob) -> Result<bool, Error> {
        const SQL: &str = insert_job!(
            "null, 0, 0) on conflict (bucket, kind, subject) where finished_at is null do nothing"
        );
        self.hit(SQL, new(job)).await
    }

    /// Stores a job that its maker works at already, under a lease that ends at its `run_at`;
    /// `None` if one of its kind and subject is unfinished. Its fence is 1.
    pub async fn insert_claimed(
        &mut self,
        new_job: &NewJob,
        node: NodeId,
    ) -> Result<Option<Job>, Error> {
        const SQL: &str = concat!(
            insert_job!(
                "$11, 1, 1) on conflict (bucket, kind, subject) where finished_at is null do nothing
                 returning "
            ),
            job_columns!()
        );
        let mut row = new(new_job);
        row.extend(values![node]);
        let row = self.row(SQL, row).await?;
        row.as_ref().map(job).transpose()
    }

    /// Removes the waiting job of this kind and subject. One that is being worked at goes on, but
    /// will not run once more. Whether there was anything to cancel.
    pub async fn cancel(
        &mut self,
        bucket: Bucket,
        kind: &str,
        subject: &str,
    ) -> Result<bool, Error> {
        const WAITING: &str = "delete from jobs where bucket = $1 and kind = $2 and subject = $3
            and finished_at is null and lease_owner is null";
        const LEASED: &str = "update jobs set again_at = null, again_payload = null
            where bucket = $1 and kind = $2 and subject = $3
                and finished_at is null and again_at is not null";
        Ok(self.hit(WAITING, values![bucket, kind, subject]).await?
            || self.hit(LEASED, values![bucket, kind, subject]).await?)
    }

    /// The unfinished job of this kind and subject.
    pub async fn unfinished_job(
        &mut self,
        bucket: Bucket,
        kind: &str,
        subject: &str,
    ) -> Result<Option<Job>, Error> {
        const SQL: &str = concat!(
            "select ",
            job_columns!(),
            " from jobs where bucket = $1 and kind = $2 and subject = $3 and finished_at is null"
        );
        let row = self.row(SQL, values![bucket, kind, subject]).await?;
        row.as_ref().map(job).transpose()
    }

    /// Takes up to `limit` due jobs out of `buckets` for `node`, the longest due first, until
    /// `lease_until`. No other worker gets them before then. Those at institutions that are not
    /// `offered` here are left to who can do them.
    pub async fn claim_across_buckets(
        &mut self,
        node: NodeId,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
        buckets: Buckets,
        offered: &[&str],
    ) -> Result<Vec<Job>, Error> {
        const JOBS: Claim = claim!(
            "jobs",
            if: "finished_at is null and (institution is null
                or institution in (select value ->> 'name' from json_each($5)))",
            by: "run_at",
            then: "id",
            also: ", attempt = attempt + 1",
            columns: job_columns!()
        );
        let due = values![now, buckets.from, buckets.to, limit, names(offered)];
        let claimed = self.take(&JOBS, due, node, lease_until).await?;
        claimed.iter().map(job).collect()
    }

    /// Extends a lease; false if it is lost.
    pub async fn renew(
        &mut self,
        id: JobId,
        fence: u64,
        lease_until: Timestamp,
    ) -> Result<bool, Error> {
        const SQL: &str = "update jobs set run_at = $4 where bucket = $1 and id = $2 and fence = $3
            and lease_owner is not null and finished_at is null";
        self.hit(SQL, values![id.bucket(), id, fence, lease_until]).await
    }

    /// Whether the lease is still held. The answer stays true until this transaction ends: nobody
    /// can take the job before.
    pub async fn holds(&mut self, id: JobId, fence: u64) -> Result<bool, Error> {
        macro_rules! held {
            () => {
                "select id from jobs where bucket = $1 and id = $2 and fence = $3
             and lease_owner is not null and finished_at is null"
            };
        }
        const HELD: &str = held!();
        const HELD_FAST: &str = concat!(held!(), " for update");
        let row = self.row(self.lock(HELD, HELD_FAST), values![id.bucket(), id, fence]).await?;
        Ok(row.is_some())
    }

    /// Ends a job with a word, `done` if all went well; false if the lease is lost. If it is to run
    /// once more, it waits again instead.
    pub async fn finish(
        &mut self,
        id: JobId,
        fence: u64,
        outcome: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        const SQL: &str = "update jobs set lease_owner = null,
                finished_at = case when again_at is null then cast($5 as bigint) end,
                outcome = case when again_at is null then $4 end,
                run_at = coalesce(again_at, run_at), payload = coalesce(again_payload, payload),
                attempt = case when again_at is null then attempt else 0 end,
                again_at = null, again_payload = null
            where bucket = $1 and id = $2 and fence = $3
                and lease_owner is not null and finished_at is null";
        self.hit(SQL, values![id.bucket(), id, fence, outcome, now]).await
    }

    /// Gives a job back, to be tried again at `at`; false if the lease is lost. If it is to run once
    /// more, it does so then or earlier, with the new payload.
    pub async fn retry(&mut self, id: JobId, fence: u64, at: Timestamp) -> Result<bool, Error> {
        const SQL: &str = "update jobs set lease_owner = null,
                run_at = case when again_at < $4 then again_at else $4 end,
                payload = coalesce(again_payload, payload), again_at = null, again_payload = null
            where bucket = $1 and id = $2 and fence = $3
                and lease_owner is not null and finished_at is null";
        self.hit(SQL, values![id.bucket(), id, fence, at]).await
    }

    /// Gives a job back as if it had never been claimed, to be claimed again at `at`; false if the
    /// lease is lost. If it is to run once more, see [`Tx::retry`].
    pub async fn put_back(&mut self, id: JobId, fence: u64, at: Timestamp) -> Result<bool, Error> {
        const SQL: &str = "update jobs set attempt = attempt - 1
            where bucket = $1 and id = $2 and fence = $3
                and lease_owner is not null and finished_at is null";
        Ok(self.hit(SQL, values![id.bucket(), id, fence]).await?
            && self.retry(id, fence, at).await?)
    }

    /// Sets up to `limit` jobs aside that have been due since before `due` at institutions that are
    /// not `offered`, so that claims do not come past them; how many.
    pub async fn set_aside_across_buckets(
        &mut self,
        due: Timestamp,
        offered: &[&str],
        limit: u32,
    ) -> Result<u64, Error> {
        macro_rules! stuck {
            ($lock:literal) => {
                concat!(
                    "update jobs set aside_due = run_at, run_at = $4, lease_owner = null
                     where (bucket, id) in (select bucket, id from jobs where finished_at is null
                        and run_at < $1 and institution is not null and institution not in
                            (select value ->> 'name' from json_each($2))
                        order by run_at, id limit $3",
                    $lock,
                    ")"
                )
            };
        }
        const STUCK: &str = stuck!("");
        const STUCK_AND_FREE: &str = stuck!(" for update skip locked");
        let sql = self.lock(STUCK, STUCK_AND_FREE);
        self.run(sql, values![due, names(offered), limit, NEVER]).await
    }

    /// Whether anything is set aside at institutions that are `offered`.
    pub async fn any_aside_across_buckets(&mut self, offered: &[&str]) -> Result<bool, Error> {
        const SQL: &str = "select 1 from jobs where aside_due is not null
            and institution in (select value ->> 'name' from json_each($1)) limit 1";
        Ok(self.row(SQL, values![names(offered)]).await?.is_some())
    }

    /// Makes what was set aside due again, at institutions that are `offered`; how many.
    pub async fn take_up_across_buckets(&mut self, offered: &[&str]) -> Result<u64, Error> {
        const SQL: &str = "update jobs set run_at = aside_due, aside_due = null
            where aside_due is not null
                and institution in (select value ->> 'name' from json_each($1))";
        self.run(SQL, values![names(offered)]).await
    }

    /// When the next job falls due, or the next lease ends: of all, or of those that can be done
    /// where these institutions are `offered`.
    pub async fn next_run_at_across_buckets(
        &mut self,
        offered: Option<&[&str]>,
    ) -> Result<Option<Timestamp>, Error> {
        const OF_ALL: &str = "select min(run_at) from jobs where finished_at is null";
        const HERE: &str = "select run_at from jobs where finished_at is null
            and (institution is null
                or institution in (select value ->> 'name' from json_each($1)))
            order by run_at limit 1";
        let row = match offered {
            None => self.row(OF_ALL, values![]).await?,
            Some(offered) => self.row(HERE, values![names(offered)]).await?,
        };
        row.map_or(Ok(None), |row| row.at(0))
    }

    /// A page of the jobs that an operator wants to see, of one tenant or of all. What is set aside
    /// waits the longest.
    pub async fn jobs_across_buckets(
        &mut self,
        tenant: Option<TenantId>,
        shown: Shown,
        page: Page,
    ) -> Result<Listed<Job>, Error> {
        macro_rules! list {
            ($whose:literal, $condition:literal, $order:literal) => {
                (
                    concat!("select count(*) from jobs where ", $whose, " and ", $condition),
                    concat!(
                        "select ",
                        job_columns!(),
                        " from jobs where ",
                        $whose,
                        " and ",
                        $condition,
                        " order by ",
                        $order,
                        " limit $2 offset $3"
                    ),
                )
            };
        }
        macro_rules! lists {
            ($condition:literal, $order:literal) => {
                match tenant {
                    Some(_) => list!("tenant = $1", $condition, $order),
                    None => list!("tenant = coalesce($1, tenant)", $condition, $order),
                }
            };
        }
        let (count, list) = match shown {
            Shown::Waiting => lists!("finished_at is null", "jobs.run_at, id"),
            Shown::Failed => {
                lists!("finished_at is not null and outcome <> 'done'", "finished_at desc, id desc")
            }
        };
        let count = self.number(count, values![tenant]).await?;
        let rows = self.rows(list, values![tenant, page.size, page.offset()]).await?;
        Ok(Listed { count, items: rows.iter().map(job).collect::<Result<_, _>>()? })
    }

    /// How many jobs of a tenant have been due since before `due`, those that are set aside among them,
    /// and how many have failed since `failed`.
    pub async fn troubled_jobs_across_buckets(
        &mut self,
        tenant: TenantId,
        due: Timestamp,
        failed: Timestamp,
    ) -> Result<(u64, u64), Error> {
        const DUE: &str = "select count(*) from jobs
            where tenant = $1 and finished_at is null and run_at < $2";
        const ASIDE: &str = "select count(*) from jobs
            where tenant = $1 and finished_at is null and run_at >= $3 and aside_due < $2";
        const FAILED: &str = "select count(*) from jobs
            where tenant = $1 and outcome <> 'done' and finished_at >= $2";
        let aside = self.number(ASIDE, values![tenant, due, NEVER]).await?;
        let due = self.number(DUE, values![tenant, due]).await?.saturating_add(aside);
        Ok((due, self.number(FAILED, values![tenant, failed]).await?))
    }

    /// A job of this tenant, finished or not.
    pub async fn job(&mut self, tenant: TenantId, id: JobId) -> Result<Option<Job>, Error> {
        const SQL: &str = concat!(
            "select ",
            job_columns!(),
            " from jobs where bucket = $1 and id = $2 and tenant = $3"
        );
        let row = self.row(SQL, values![id.bucket(), id, tenant]).await?;
        row.as_ref().map(job).transpose()
    }

    /// A link's jobs, finished ones included, the latest scheduled first.
    pub async fn jobs_of(&mut self, link: LinkId, limit: u32) -> Result<Vec<Job>, Error> {
        const SQL: &str = concat!(
            "select ",
            job_columns!(),
            " from jobs where bucket = $1 and link = $2 order by created_at desc, id desc limit $3"
        );
        let rows = self.rows(SQL, values![link.bucket(), link, limit]).await?;
        rows.iter().map(job).collect()
    }

    /// Removes jobs that ended before `before`; how many.
    pub async fn prune_jobs_across_buckets(&mut self, before: Timestamp) -> Result<u64, Error> {
        const SQL: &str = "delete from jobs where finished_at < $1";
        self.run(SQL, values![before]).await
    }
}

fn new(job: &NewJob) -> Vec<crate::value::Value> {
    values![
        job.id.bucket(),
        job.id,
        job.tenant,
        job.link,
        &job.kind,
        &job.subject,
        &job.payload,
        job.run_at,
        job.created_at,
        job.institution.as_deref(),
    ]
}
