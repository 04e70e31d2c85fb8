//! Widget tokens that have connected their link: each does so once.

use crate::{Error, Tx, value::values};
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

    /// Forgets tokens that have ended: they open nothing anyway.
    pub async fn forget_ended_tokens(&mut self, now: Timestamp) -> Result<u64, Error> {
        self.run("delete from used_tokens where ends <= $1", values![now]).await
    }
}
