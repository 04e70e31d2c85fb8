//! Widget tokens: which session each began last, and those that have connected their link, which each
//! does once.

use crate::{Error, Tx, value::values};
use domain::ids::SessionId;
use jiff::Timestamp;

impl Tx {
    /// Remembers until `ends` that a token is used; false if it was already.
    pub async fn use_token(&mut self, token: &str, ends: Timestamp) -> Result<bool, Error> {
        const SQL: &str = "insert into used_tokens (token, ends) values ($1, $2)
            on conflict (token) do nothing";
        self.hit(SQL, values![token, ends]).await
    }

    /// Whether a token is used.
    pub async fn token_is_used(&mut self, token: &str) -> Result<bool, Error> {
        const SQL: &str = "select token from used_tokens where token = $1";
        Ok(self.row(SQL, values![token]).await?.is_some())
    }

    /// Remembers until `ends` which session a token has begun, in the place of any before.
    pub async fn bind_token(
        &mut self,
        token: &str,
        session: SessionId,
        ends: Timestamp,
    ) -> Result<(), Error> {
        const SQL: &str = "insert into token_sessions (token, session, ends) values ($1, $2, $3)
            on conflict (token) do update set session = excluded.session";
        self.run(SQL, values![token, session, ends]).await.map(drop)
    }

    /// The session that a token has begun last.
    pub async fn session_of_token(&mut self, token: &str) -> Result<Option<SessionId>, Error> {
        const SQL: &str = "select session from token_sessions where token = $1";
        self.row(SQL, values![token]).await?.map(|row| row.get("session")).transpose()
    }

    /// Forgets tokens that have ended: they open nothing anyway.
    pub async fn forget_ended_tokens(&mut self, now: Timestamp) -> Result<u64, Error> {
        self.run("delete from token_sessions where ends <= $1", values![now]).await?;
        self.run("delete from used_tokens where ends <= $1", values![now]).await
    }
}
