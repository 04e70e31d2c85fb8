//! The sealed secrets of links. What is in them only the vault can say.

use crate::{
    Error, Tx,
    value::{Row, values},
};
use domain::ids::{LinkId, TenantId};
use std::fmt;

/// The sealed secrets of one link.
#[derive(Clone, PartialEq, Eq)]
pub struct LinkSecrets {
    /// Whose they are.
    pub link: LinkId,
    /// The key of the ring that wraps `wrapped_key`.
    pub key_number: u32,
    /// The link's own data key, wrapped.
    pub wrapped_key: Vec<u8>,
    /// The credentials, until they are erased.
    pub credentials: Option<Vec<u8>>,
    /// What the connector wants to have again at the next login: tokens, cookies, a device's name.
    pub state: Option<Vec<u8>>,
    /// Which credentials these are.
    pub credentials_version: u32,
}
impl fmt::Debug for LinkSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LinkSecrets({}, key {})", self.link, self.key_number)
    }
}

macro_rules! secret_columns {
    () => {
        "link, key_number, wrapped_key, credentials, state, credentials_version"
    };
}

fn secrets(row: &Row) -> Result<LinkSecrets, Error> {
    Ok(LinkSecrets {
        link: row.get("link")?,
        key_number: row.get("key_number")?,
        wrapped_key: row.get("wrapped_key")?,
        credentials: row.get("credentials")?,
        state: row.get("state")?,
        credentials_version: row.get("credentials_version")?,
    })
}

impl Tx {
    /// Stores a link's secrets in the place of any before.
    pub async fn put_secrets(&mut self, secrets: &LinkSecrets) -> Result<(), Error> {
        const SQL: &str = "insert into link_secrets
            (bucket, link, key_number, wrapped_key, credentials, state, credentials_version)
            values ($1, $2, $3, $4, $5, $6, $7)
            on conflict (bucket, link) do update set key_number = excluded.key_number,
                wrapped_key = excluded.wrapped_key, credentials = excluded.credentials,
                state = excluded.state, credentials_version = excluded.credentials_version";
        let row = values![
            secrets.link.bucket(),
            secrets.link,
            secrets.key_number,
            &secrets.wrapped_key,
            secrets.credentials.as_deref(),
            secrets.state.as_deref(),
            secrets.credentials_version,
        ];
        self.run(SQL, row).await.map(drop)
    }

    /// A link's secrets. The caller has made sure whose link it is.
    pub async fn secrets(&mut self, link: LinkId) -> Result<Option<LinkSecrets>, Error> {
        const SQL: &str = concat!(
            "select ",
            secret_columns!(),
            " from link_secrets where bucket = $1 and link = $2"
        );
        let row = self.row(SQL, values![link.bucket(), link]).await?;
        row.as_ref().map(secrets).transpose()
    }

    /// Keeps or forgets the connector's state; false if the link has no secrets.
    pub async fn put_state(&mut self, link: LinkId, state: Option<&[u8]>) -> Result<bool, Error> {
        const SQL: &str = "update link_secrets set state = $3 where bucket = $1 and link = $2";
        self.hit(SQL, values![link.bucket(), link, state]).await
    }

    /// Forgets the credentials and the connector's state; the data key stays for a new login.
    pub async fn erase_credentials(&mut self, link: LinkId) -> Result<bool, Error> {
        const SQL: &str = "update link_secrets set credentials = null, state = null
            where bucket = $1 and link = $2";
        self.hit(SQL, values![link.bucket(), link]).await
    }

    /// Removes the secrets, and with the data key all that was sealed under it.
    pub async fn delete_secrets(&mut self, link: LinkId) -> Result<bool, Error> {
        const SQL: &str = "delete from link_secrets where bucket = $1 and link = $2";
        self.hit(SQL, values![link.bucket(), link]).await
    }

    /// Some of those whose data key is wrapped by an older key than `newest`, with whose they are.
    pub async fn secrets_under_old_keys_across_buckets(
        &mut self,
        newest: u32,
        limit: u32,
    ) -> Result<Vec<(TenantId, LinkSecrets)>, Error> {
        const SQL: &str = concat!(
            "select (select tenant from links where links.bucket = link_secrets.bucket
                and links.id = link_secrets.link) as tenant, ",
            secret_columns!(),
            " from link_secrets where key_number < $1 order by key_number limit $2"
        );
        let rows = self.rows(SQL, values![newest, limit]).await?;
        rows.iter().map(|row| Ok((row.get("tenant")?, secrets(row)?))).collect()
    }

    /// How many data keys each key of the ring wraps.
    pub async fn secrets_by_key_across_buckets(&mut self) -> Result<Vec<(u32, u64)>, Error> {
        const SQL: &str = "select key_number, count(*) as count from link_secrets
            group by key_number order by key_number";
        let rows = self.rows(SQL, values![]).await?;
        rows.iter().map(|row| Ok((row.get("key_number")?, row.get("count")?))).collect()
    }

    /// Puts `wrapped_key` under `key_number` in the place of what `old` shows; false if it is no
    /// longer so.
    pub async fn rewrap(
        &mut self,
        old: &LinkSecrets,
        key_number: u32,
        wrapped_key: &[u8],
    ) -> Result<bool, Error> {
        const SQL: &str = "update link_secrets set key_number = $5, wrapped_key = $6
            where bucket = $1 and link = $2 and key_number = $3 and wrapped_key = $4";
        let row = values![
            old.link.bucket(),
            old.link,
            old.key_number,
            &old.wrapped_key,
            key_number,
            wrapped_key,
        ];
        self.hit(SQL, row).await
    }
}
