//! Sessions: one login each, at most one open for each link. The answer to a challenge comes through
//! here, so that any node can take it.

use crate::{
    Error, Tx,
    lists::Listed,
    value::{Row, corrupt, values},
};
use domain::{
    filter::Page,
    ids::{LinkId, NodeId, RequestId, SessionId, TenantId},
    session::{Challenge, Session, State},
};
use jiff::Timestamp;
use std::fmt;

/// A session with all that is stored of it, but not its sealed parts: those are taken on their own.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredSession {
    /// Its life.
    pub session: Session,
    /// What it is for: JSON of the engine's.
    pub purpose: String,
    /// What the institution asks at present.
    pub challenge: Option<Challenge>,
    /// How many challenges there have been.
    pub challenge_number: u32,
    /// How it ended: JSON of the engine's.
    pub outcome: Option<String>,
    /// The request that caused it.
    pub request: RequestId,
    /// The node that runs it.
    pub node: NodeId,
    /// Until when that node has it.
    pub lease_until: Timestamp,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When it ended.
    pub finished_at: Option<Timestamp>,
}

/// How a session ended.
#[derive(Clone, PartialEq, Eq)]
pub struct Outcome {
    /// One of the states that are over.
    pub state: State,
    /// JSON of the engine's; nothing personal.
    pub outcome: String,
    /// What only the caller may see, sealed.
    pub sealed: Option<Vec<u8>>,
}
impl fmt::Debug for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Outcome({}, {})", self.state, self.outcome)
    }
}

macro_rules! session_columns {
    () => {
        "id, tenant, link, state, cast(purpose as text) as purpose, \
     cast(challenge as text) as challenge, challenge_number, cast(outcome as text) as outcome, \
     request, node, lease_until, deadline, created_at, finished_at"
    };
}

fn session(row: &Row) -> Result<StoredSession, Error> {
    Ok(StoredSession {
        session: Session {
            id: row.get("id")?,
            tenant: row.get("tenant")?,
            link: row.get("link")?,
            state: row.parsed("state")?,
            deadline: row.get("deadline")?,
        },
        purpose: row.get("purpose")?,
        challenge: row.maybe_json("challenge")?,
        challenge_number: row.get("challenge_number")?,
        outcome: row.get("outcome")?,
        request: row.get("request")?,
        node: row.get("node")?,
        lease_until: row.get("lease_until")?,
        created_at: row.get("created_at")?,
        finished_at: row.get("finished_at")?,
    })
}

impl Tx {
    /// Stores a new session; false if the link has one open.
    pub async fn open_session(&mut self, session: &StoredSession) -> Result<bool, Error> {
        const SQL: &str = "insert into sessions
            (bucket, id, tenant, link, state, purpose, challenge, challenge_number, request, node,
             lease_until, deadline, created_at, institution)
            values ($1, $2, $3, $4, $5, json($6), json($7), $8, $9, $10, $11, $12, $13,
                (select institution from links where links.bucket = $1 and links.id = $4))
            on conflict (bucket, link) where finished_at is null do nothing";
        let StoredSession { session: Session { id, tenant, link, state, deadline }, .. } = session;
        let row = values![
            link.bucket(),
            *id,
            *tenant,
            *link,
            state.as_str(),
            &session.purpose,
            challenge_text(session.challenge.as_ref())?,
            session.challenge_number,
            session.request,
            session.node,
            session.lease_until,
            *deadline,
            session.created_at,
        ];
        self.hit(SQL, row).await
    }

    /// A session of this tenant.
    pub async fn session(
        &mut self,
        tenant: TenantId,
        id: SessionId,
    ) -> Result<Option<StoredSession>, Error> {
        const SQL: &str = concat!(
            "select ",
            session_columns!(),
            " from sessions where bucket = $1 and id = $2 and tenant = $3"
        );
        let row = self.row(SQL, values![id.bucket(), id, tenant]).await?;
        row.as_ref().map(session).transpose()
    }

    /// The session that a link has open.
    pub async fn open_session_of(
        &mut self,
        tenant: TenantId,
        link: LinkId,
    ) -> Result<Option<StoredSession>, Error> {
        const SQL: &str = concat!(
            "select ",
            session_columns!(),
            " from sessions where bucket = $1 and link = $2 and tenant = $3 and finished_at is null"
        );
        let row = self.row(SQL, values![link.bucket(), link, tenant]).await?;
        row.as_ref().map(session).transpose()
    }

    /// A link's sessions, newest first.
    pub async fn sessions_of(
        &mut self,
        tenant: TenantId,
        link: LinkId,
        limit: u32,
    ) -> Result<Vec<StoredSession>, Error> {
        const SQL: &str = concat!(
            "select ",
            session_columns!(),
            " from sessions where bucket = $1 and link = $2 and tenant = $3
              order by created_at desc, id desc limit $4"
        );
        let rows = self.rows(SQL, values![link.bucket(), link, tenant, limit]).await?;
        rows.iter().map(session).collect()
    }

    /// A page of a tenant's sessions, newest first.
    pub async fn sessions_across_buckets(
        &mut self,
        tenant: TenantId,
        page: Page,
    ) -> Result<Listed<StoredSession>, Error> {
        const COUNT: &str = "select count(*) from sessions where tenant = $1";
        const SQL: &str = concat!(
            "select ",
            session_columns!(),
            " from sessions where tenant = $1
              order by created_at desc, id desc limit $2 offset $3"
        );
        let count = self.number(COUNT, values![tenant]).await?;
        let rows = self.rows(SQL, values![tenant, page.size, page.offset()]).await?;
        Ok(Listed { count, items: rows.iter().map(session).collect::<Result<_, _>>()? })
    }

    /// Stores a session's state, deadline and challenge, if it is still open and in state `was`;
    /// whether it was. An answer that was given to an earlier challenge is forgotten.
    pub async fn save_session(
        &mut self,
        session: &StoredSession,
        was: State,
    ) -> Result<bool, Error> {
        const SQL: &str = "update sessions set state = $3, deadline = $4, challenge = json($5),
                answer = case when challenge_number = $6 then answer end, challenge_number = $6
            where bucket = $1 and id = $2 and state = $7 and finished_at is null";
        let row = values![
            session.session.id.bucket(),
            session.session.id,
            session.session.state.as_str(),
            session.session.deadline,
            challenge_text(session.challenge.as_ref())?,
            session.challenge_number,
            was.as_str(),
        ];
        self.hit(SQL, row).await
    }

    /// Stores the sealed answer to the challenge that `answered` names, with its state, deadline and
    /// purpose: whoever answers may say anew what it is for. False if the session does not wait
    /// for it any more.
    pub async fn give_answer(
        &mut self,
        answered: &StoredSession,
        answer: &[u8],
    ) -> Result<bool, Error> {
        const SQL: &str = "update sessions
            set state = $4, deadline = $5, answer = $6, purpose = json($8)
            where bucket = $1 and id = $2 and tenant = $3 and state = 'challenged'
                and challenge_number = $7 and finished_at is null";
        let Session { id, tenant, state, deadline, .. } = answered.session;
        let row = values![
            id.bucket(),
            id,
            tenant,
            state.as_str(),
            deadline,
            answer,
            answered.challenge_number,
            &answered.purpose,
        ];
        self.hit(SQL, row).await
    }

    /// Reads the sealed answer to challenge `number` and forgets it. The session's state is saved
    /// on its own.
    pub async fn take_answer(
        &mut self,
        id: SessionId,
        number: u32,
    ) -> Result<Option<Vec<u8>>, Error> {
        const READ: &str = "select answer from sessions
            where bucket = $1 and id = $2 and challenge_number = $3 and answer is not null";
        const FORGET: &str = "update sessions set answer = null
            where bucket = $1 and id = $2 and challenge_number = $3 and answer is not null";
        let Some(row) = self.row(READ, values![id.bucket(), id, number]).await? else {
            return Ok(None);
        };
        let taken = self.hit(FORGET, values![id.bucket(), id, number]).await?;
        if taken { row.get("answer") } else { Ok(None) }
    }

    /// Ends a session, unless it is over; whether it was open. Challenge and answer are forgotten.
    pub async fn finish_session(
        &mut self,
        id: SessionId,
        outcome: &Outcome,
        now: Timestamp,
    ) -> Result<bool, Error> {
        const SQL: &str = "update sessions set state = $3, outcome = json($4),
                outcome_sealed = $5, finished_at = $6, challenge = null, answer = null
            where bucket = $1 and id = $2 and finished_at is null";
        let row = values![
            id.bucket(),
            id,
            outcome.state.as_str(),
            &outcome.outcome,
            outcome.sealed.as_deref(),
            now,
        ];
        self.hit(SQL, row).await
    }

    /// The sealed part of a session's outcome.
    pub async fn sealed_outcome(
        &mut self,
        tenant: TenantId,
        id: SessionId,
    ) -> Result<Option<Vec<u8>>, Error> {
        const SQL: &str = "select outcome_sealed from sessions
            where bucket = $1 and id = $2 and tenant = $3";
        let row = self.row(SQL, values![id.bucket(), id, tenant]).await?;
        row.map_or(Ok(None), |row| row.get("outcome_sealed"))
    }

    /// Extends the hold of `node` on an open session; false if it has lost it.
    pub async fn renew_session_lease(
        &mut self,
        id: SessionId,
        node: NodeId,
        until: Timestamp,
    ) -> Result<bool, Error> {
        const SQL: &str = "update sessions set lease_until = $4
            where bucket = $1 and id = $2 and node = $3 and finished_at is null";
        self.hit(SQL, values![id.bucket(), id, node, until]).await
    }

    /// Open sessions whose node has not renewed its lease, or whose state has lasted too long: the
    /// longest first.
    pub async fn overdue_sessions_across_buckets(
        &mut self,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<StoredSession>, Error> {
        const SQL: &str = concat!(
            "select ",
            session_columns!(),
            " from sessions where finished_at is null and (lease_until <= $1 or deadline <= $1)
              order by lease_until limit $2"
        );
        let rows = self.rows(SQL, values![now, limit]).await?;
        rows.iter().map(session).collect()
    }

    /// How many sessions the tenant has open.
    pub async fn open_sessions_across_buckets(&mut self, tenant: TenantId) -> Result<u64, Error> {
        const SQL: &str = "select count(*) from sessions where tenant = $1 and finished_at is null";
        self.number(SQL, values![tenant]).await
    }

    /// How many sessions the tenant has open, and how many are open at an institution, whosever they
    /// are.
    pub async fn open_sessions_of_and_at_across_buckets(
        &mut self,
        tenant: TenantId,
        institution: &str,
    ) -> Result<(u64, u64), Error> {
        const SQL: &str = "select
            (select count(*) from sessions where tenant = $1 and finished_at is null),
            (select count(*) from sessions where institution = $2 and finished_at is null)";
        let row = self.row(SQL, values![tenant, institution]).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.at(0)?, row.at(1)?)))
    }

    /// Removes sessions that ended before `before`; how many.
    pub async fn prune_sessions_across_buckets(&mut self, before: Timestamp) -> Result<u64, Error> {
        const SQL: &str = "delete from sessions where finished_at < $1";
        self.run(SQL, values![before]).await
    }
}

fn challenge_text(challenge: Option<&Challenge>) -> Result<Option<String>, Error> {
    let text = challenge.map(serde_json::to_string).transpose();
    text.map_err(|e| corrupt("challenge", e))
}
