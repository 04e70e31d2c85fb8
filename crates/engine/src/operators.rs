//! Operators: who may sign in to the console, and their sign-ins (ADR 0021).

use crate::{Engine, Error};
use domain::{
    env::Env,
    ids::{AuditId, OperatorId, TenantId},
    operator::{self, LONGEST_PASSWORD, Role, SignIn, Tries, Unfit},
};
use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;
use store::{Store, Tx, audit::AuditLine, operators::Operator};
use uuid::Uuid;

/// What stands for the tenant in lines of the audit log that are about the installation.
#[must_use]
pub fn installation() -> TenantId {
    Uuid::nil().into()
}

/// Who acts where nobody is signed in, as the audit log says it.
pub(crate) const COMMAND_LINE: &str = "command line";

/// Why nothing was done about an operator.
#[derive(Debug, thiserror::Error)]
pub enum NotDone {
    /// The name or the password will not do.
    #[error(transparent)]
    Unfit(#[from] Unfit),
    /// There is one already.
    #[error("there is an operator “{0}” already")]
    Taken(String),
    /// There is none.
    #[error("there is no operator “{0}”")]
    NoSuch(String),
    /// Something of ours broke.
    #[error(transparent)]
    Broke(#[from] Error),
}
impl From<store::Error> for NotDone {
    fn from(error: store::Error) -> Self {
        Self::Broke(error.into())
    }
}

/// Adds an operator.
pub async fn add(
    store: &Store,
    env: &Env,
    name: &str,
    role: Role,
    password: &SecretString,
) -> Result<Operator, NotDone> {
    let name = operator::name(name)?;
    operator::check_password(&name, password.expose_secret())?;
    add_unchecked(store, env, name, role, password).await
}

/// As [`add`], whatever the password: where somebody else has chosen it, as for `dev`.
pub async fn add_unchecked(
    store: &Store,
    env: &Env,
    name: String,
    role: Role,
    password: &SecretString,
) -> Result<Operator, NotDone> {
    let operator = Operator {
        id: env.id(),
        name,
        role,
        hash: hash(password).await?,
        tries: Tries::default(),
        created_at: env.now(),
        signed_in_at: None,
        removed_at: None,
    };
    let mut tx = store.write().await?;
    if !tx.add_operator(&operator).await? {
        return Err(NotDone::Taken(operator.name));
    }
    note(&mut tx, env, None, "add_operator", &operator).await?;
    tx.commit().await?;
    Ok(operator)
}

/// Gives an operator another password, and ends all its sign-ins.
pub async fn set_password(
    store: &Store,
    env: &Env,
    name: &str,
    password: &SecretString,
) -> Result<(), NotDone> {
    let name = operator::name(name)?;
    operator::check_password(&name, password.expose_secret())?;
    let hash = hash(password).await?;
    let mut tx = store.write().await?;
    let operator = named(&mut tx, &name).await?;
    tx.set_operator_hash(operator.id, &hash).await?;
    tx.end_sign_ins_of(operator.id).await?;
    note(&mut tx, env, None, "set_operator_password", &operator).await?;
    Ok(tx.commit().await?)
}

/// Removes an operator, and ends all its sign-ins. Its lines in the audit log stay.
pub async fn remove(store: &Store, env: &Env, name: &str) -> Result<(), NotDone> {
    let name = operator::name(name)?;
    let mut tx = store.write().await?;
    let operator = named(&mut tx, &name).await?;
    tx.remove_operator(operator.id, env.now()).await?;
    tx.end_sign_ins_of(operator.id).await?;
    note(&mut tx, env, None, "remove_operator", &operator).await?;
    Ok(tx.commit().await?)
}

async fn named(tx: &mut Tx, name: &str) -> Result<Operator, NotDone> {
    tx.operator_named(name).await?.ok_or_else(|| NotDone::NoSuch(name.into()))
}

async fn hash(password: &SecretString) -> Result<String, Error> {
    let password = password.clone();
    let hashed = tokio::task::spawn_blocking(move || vault::hash_secret(&password)).await;
    Ok(hashed.map_err(Error::broke("hashing a password"))??)
}

/// A line of the audit log about an operator; by the command line where nobody is named.
async fn note(
    tx: &mut Tx,
    env: &Env,
    by: Option<OperatorId>,
    action: &str,
    about: &Operator,
) -> Result<(), Error> {
    let line = AuditLine {
        id: env.id::<AuditId>(),
        tenant: installation(),
        at: env.now(),
        actor: by.map_or_else(|| COMMAND_LINE.into(), |id| format!("operator {id}")),
        action: action.into(),
        subject: about.id.to_string(),
        detail: json!({"name": about.name, "role": about.role}).to_string(),
    };
    Ok(tx.audit(&line).await?)
}

/// Who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// The operator.
    pub id: OperatorId,
    /// What was typed to sign in.
    pub name: String,
    /// What may be done.
    pub role: Role,
    /// Since when.
    pub since: Timestamp,
}

impl Engine {
    /// Signs an operator in: the token of a new sign-in, or nothing if name and password are not
    /// those of an operator, or too many wrong ones were tried. Which of these it is takes the same
    /// time and is not told.
    pub async fn sign_in(
        &self,
        name: &str,
        password: &SecretString,
    ) -> Result<Option<SecretString>, Error> {
        match self.try_password(name, password).await? {
            Some(operator) => self.begin_sign_in(&operator, "sign_in").await,
            None => Ok(None),
        }
    }

    /// Whose sign-in a token is of, if it still holds.
    pub async fn signed_in(&self, token: &SecretString) -> Result<Option<SignedIn>, Error> {
        let digest = self.sign_in_digest(token);
        let found = self.store().glance().await?.sign_in(&digest).await?;
        let (now, rule) = (self.env().now(), self.settings().sign_in);
        let Some(found) = found.filter(|found| rule.holds(found.began_at, found.seen_at, now))
        else {
            return Ok(None);
        };
        if now.duration_since(found.seen_at) >= SignIn::GRAIN {
            let mut tx = self.store().write().await?;
            tx.touch_sign_in(&digest, now).await?;
            tx.commit().await?;
        }
        let Operator { id, name, role, .. } = found.operator;
        Ok(Some(SignedIn { id, name, role, since: found.began_at }))
    }

    /// Ends a sign-in.
    pub async fn sign_out(&self, token: &SecretString) -> Result<(), Error> {
        let digest = self.sign_in_digest(token);
        let mut tx = self.store().write().await?;
        if let Some(found) = tx.sign_in(&digest).await? {
            tx.end_sign_in(&digest).await?;
            let operator = found.operator;
            note(&mut tx, self.env(), Some(operator.id), "sign_out", &operator).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Gives the operator who is signed in another password and ends all its sign-ins: the token of
    /// a new one, or nothing if `old` is wrong.
    pub async fn change_password(
        &self,
        who: &SignedIn,
        old: &SecretString,
        new: &SecretString,
    ) -> Result<Option<SecretString>, NotDone> {
        operator::check_password(&who.name, new.expose_secret())?;
        let Some(operator) = self.try_password(&who.name, old).await? else { return Ok(None) };
        let hash = hash(new).await?;
        let mut tx = self.store().write().await?;
        tx.set_operator_hash(operator.id, &hash).await?;
        tx.end_sign_ins_of(operator.id).await?;
        note(&mut tx, self.env(), Some(operator.id), "change_password", &operator).await?;
        tx.commit().await?;
        Ok(self.begin_sign_in(&Operator { hash, ..operator }, "sign_in").await?)
    }

    /// Every operator that there has been.
    pub async fn operators(&self) -> Result<Vec<Operator>, Error> {
        Ok(self.store().glance().await?.operators().await?)
    }

    /// What a form on a page that was sent for `token` must bring back.
    #[must_use]
    pub fn form_proof(&self, token: &SecretString) -> String {
        self.index().proof(&[b"form", token.expose_secret().as_bytes()])
    }
    /// Whether a form came from a page that was sent for `token`.
    #[must_use]
    pub fn is_form_proof(&self, token: &SecretString, said: &str) -> bool {
        self.index().is_proof(&[b"form", token.expose_secret().as_bytes()], said)
    }
    /// A token for somebody who is not signed in yet, so that the form of the sign-in can be told
    /// from one on another site.
    pub fn anonymous_token(&self) -> Result<SecretString, Error> {
        Ok(vault::random_secret()?)
    }

    fn sign_in_digest(&self, token: &SecretString) -> [u8; 32] {
        self.index().digest(&[b"sign-in", token.expose_secret().as_bytes()])
    }

    /// The operator of that name, if this is the password. A try is counted before the password is
    /// looked at.
    async fn try_password(
        &self,
        name: &str,
        password: &SecretString,
    ) -> Result<Option<Operator>, Error> {
        if password.expose_secret().len() > LONGEST_PASSWORD {
            return Ok(None);
        }
        // Bounded: guessing must take neither every thread nor the places of the API's callers.
        let _slot = self.sign_ins().acquire().await.map_err(|_| Error::Busy)?;
        let admitted = match operator::name(name) {
            Ok(name) => self.count_try(&name).await?,
            Err(_) => None,
        };
        let Some((operator, tries)) = admitted else {
            // What a look at a password costs.
            hash(password).await?;
            return Ok(None);
        };
        let (secret, stored) = (password.clone(), operator.hash.clone());
        let right = tokio::task::spawn_blocking(move || vault::is_secret(&secret, &stored)).await;
        if right.map_err(Error::broke("checking a password"))?? {
            return Ok(Some(operator));
        }
        let mut tx = self.store().write().await?;
        let what = if tries.just_locked() { "lock_out" } else { "sign_in_failed" };
        note(&mut tx, self.env(), None, what, &operator).await?;
        tx.commit().await?;
        tracing::warn!(operator = operator.name, tries = tries.count, "a wrong password");
        Ok(None)
    }

    async fn count_try(&self, name: &str) -> Result<Option<(Operator, Tries)>, Error> {
        let mut tx = self.store().write().await?;
        let Some(operator) = tx.operator_named(name).await? else { return Ok(None) };
        let Some(tries) = operator.tries.with_one_more(self.env().now()) else { return Ok(None) };
        let counted = tx.count_tries(operator.id, operator.tries, tries).await?;
        tx.commit().await?;
        Ok(counted.then_some((operator, tries)))
    }

    async fn begin_sign_in(
        &self,
        operator: &Operator,
        action: &str,
    ) -> Result<Option<SecretString>, Error> {
        let now = self.env().now();
        let token = vault::random_secret()?;
        let mut tx = self.store().write().await?;
        // Whoever was removed, or has another password, while this one was looked at.
        let same = tx.operator_named(&operator.name).await?;
        if same.is_none_or(|same| same.hash != operator.hash) {
            return Ok(None);
        }
        let (began, seen) = self.settings().sign_in.bounds(now);
        tx.prune_sign_ins(began, seen).await?;
        tx.begin_sign_in(&self.sign_in_digest(&token), operator.id, now).await?;
        note(&mut tx, self.env(), Some(operator.id), action, operator).await?;
        tx.commit().await?;
        Ok(Some(token))
    }
}
