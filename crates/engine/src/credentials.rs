//! Credentials between the vault and the connector: sealed under the link's own data key, open
//! only for the length of a login.

use crate::{Engine, Error, retrieval::Retrieved};
use connect::talk::Credentials;
use domain::{
    ids::{LinkId, SessionId, TenantId},
    link::Link,
};
use secrecy::{ExposeSecret, SecretString};
use std::collections::BTreeMap;
use store::{Tx, secrets::LinkSecrets};
use vault::{Place, WrappedKey};
use zeroize::Zeroizing;

const CREDENTIALS: &str = "credentials";
const STATE: &str = "state";

fn place(tenant: TenantId, link: LinkId, field: &str) -> Place<'_> {
    Place { tenant: tenant.into(), subject: link.into(), field }
}

fn key(secrets: &LinkSecrets) -> WrappedKey {
    WrappedKey { number: secrets.key_number, bytes: secrets.wrapped_key.clone() }
}

/// The fields as JSON, in memory that is wiped.
fn write(fields: &BTreeMap<String, SecretString>) -> Zeroizing<Vec<u8>> {
    let plain: BTreeMap<&str, &str> =
        fields.iter().map(|(name, value)| (name.as_str(), value.expose_secret())).collect();
    Zeroizing::new(serde_json::to_vec(&plain).expect("text is JSON"))
}

fn read(plain: &[u8]) -> Result<BTreeMap<String, SecretString>, Error> {
    let fields: BTreeMap<String, String> = serde_json::from_slice(plain).map_err(|_| {
        Error::Internal("opening credentials", "they are not what was sealed".into())
    })?;
    Ok(fields.into_iter().map(|(name, value)| (name, SecretString::from(value))).collect())
}

impl Engine {
    /// Seals the credentials of a new link under a data key of its own.
    pub(crate) fn seal_new(
        &self,
        tenant: TenantId,
        link: LinkId,
        fields: &BTreeMap<String, SecretString>,
    ) -> Result<LinkSecrets, Error> {
        let place = place(tenant, link, CREDENTIALS);
        let wrapped = self.vault().new_data_key(&place)?;
        let credentials = self.vault().seal(&wrapped, &place, &write(fields))?;
        Ok(LinkSecrets {
            link,
            key_number: wrapped.number,
            wrapped_key: wrapped.bytes,
            credentials: Some(credentials),
            state: None,
            credentials_version: 1,
        })
    }

    /// The same link with other credentials. What the connector remembered goes with the old ones.
    pub(crate) fn seal_again(
        &self,
        link: &Link,
        old: &LinkSecrets,
        fields: &BTreeMap<String, SecretString>,
    ) -> Result<LinkSecrets, Error> {
        let credentials = self.vault().seal(
            &key(old),
            &place(link.tenant, link.id, CREDENTIALS),
            &write(fields),
        )?;
        Ok(LinkSecrets {
            credentials: Some(credentials),
            state: None,
            credentials_version: old.credentials_version + 1,
            ..old.clone()
        })
    }

    /// The fields of a link's credentials; `None` once they are erased.
    pub(crate) fn open_fields(
        &self,
        link: &Link,
        secrets: &LinkSecrets,
    ) -> Result<Option<BTreeMap<String, SecretString>>, Error> {
        let Some(sealed) = &secrets.credentials else { return Ok(None) };
        let plain =
            self.vault().open(&key(secrets), &place(link.tenant, link.id, CREDENTIALS), sealed)?;
        read(plain.expose_secret()).map(Some)
    }

    /// What the connector gets to log in with, and the keyed hash by which they are known again;
    /// `None` once the credentials are erased.
    pub(crate) fn open_credentials(
        &self,
        link: &Link,
        secrets: &LinkSecrets,
    ) -> Result<Option<(Credentials, [u8; 32])>, Error> {
        let Some(fields) = self.open_fields(link, secrets)? else { return Ok(None) };
        let hash = self.hash_of(link, &fields);
        let state = match &secrets.state {
            Some(sealed) => Some(self.open_text(secrets, link.tenant, STATE, sealed)?),
            None => None,
        };
        Ok(Some((Credentials::new(fields, state), hash)))
    }

    /// A keyed hash of credentials and of whose they are. The same for every link of them, and
    /// another one as soon as a single field is another.
    fn hash_of(&self, link: &Link, fields: &BTreeMap<String, SecretString>) -> [u8; 32] {
        let tenant = uuid::Uuid::from(link.tenant);
        let whose: [&[u8]; 3] = [b"credentials", tenant.as_bytes(), link.institution.as_bytes()];
        let fields = fields
            .iter()
            .flat_map(|(name, value)| [name.as_bytes(), value.expose_secret().as_bytes()]);
        self.index().digest(&whose.into_iter().chain(fields).collect::<Vec<_>>())
    }

    /// Seals what the connector wants to have again.
    pub(crate) async fn keep_state(
        &self,
        tx: &mut Tx,
        link: &Link,
        state: &SecretString,
    ) -> Result<(), Error> {
        let secrets = tx.secrets(link.id).await?.ok_or(Error::NoSuch("link"))?;
        let place = place(link.tenant, link.id, STATE);
        let sealed = self.vault().seal(&key(&secrets), &place, state.expose_secret().as_bytes())?;
        tx.put_state(link.id, Some(&sealed)).await?;
        Ok(())
    }

    /// Opens something small that was sealed under a link's data key for `subject`.
    pub(crate) fn open_text(
        &self,
        secrets: &LinkSecrets,
        tenant: TenantId,
        field: &str,
        sealed: &[u8],
    ) -> Result<SecretString, Error> {
        let place = Place { tenant: tenant.into(), subject: secrets.link.into(), field };
        Ok(self.vault().open_text(&key(secrets), &place, sealed)?)
    }

    /// Seals the answer to a challenge.
    pub(crate) fn seal_text(
        &self,
        secrets: &LinkSecrets,
        tenant: TenantId,
        field: &str,
        text: &SecretString,
    ) -> Result<Vec<u8>, Error> {
        let place = Place { tenant: tenant.into(), subject: secrets.link.into(), field };
        Ok(self.vault().seal(&key(secrets), &place, text.expose_secret().as_bytes())?)
    }

    /// Seals records that were not kept, for a caller who waits in another process.
    pub(crate) async fn seal_answer(
        &self,
        tx: &mut Tx,
        link: &Link,
        session: SessionId,
        answer: &Retrieved,
    ) -> Result<Vec<u8>, Error> {
        let secrets = tx.secrets(link.id).await?.ok_or(Error::NoSuch("link"))?;
        let text = serde_json::to_string(&answer.items)
            .map_err(|e| Error::Internal("sealing an answer", Box::new(e)))?;
        self.seal_text(
            &secrets,
            link.tenant,
            &format!("outcome {session}"),
            &SecretString::from(text),
        )
    }

    /// Opens what [`Engine::seal_answer`] sealed.
    pub(crate) fn open_answer(
        &self,
        secrets: &LinkSecrets,
        tenant: TenantId,
        session: SessionId,
        sealed: &[u8],
    ) -> Result<Vec<String>, Error> {
        let text = self.open_text(secrets, tenant, &format!("outcome {session}"), sealed)?;
        serde_json::from_str(text.expose_secret())
            .map_err(|e| Error::Internal("opening an answer", Box::new(e)))
    }
}
