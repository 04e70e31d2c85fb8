//! Operators and their sign-ins. They belong to the installation, not to a tenant.

use crate::{
    Error, Tx,
    value::{Row, values},
};
use domain::{
    ids::OperatorId,
    operator::{Role, Tries},
};
use jiff::Timestamp;
use std::fmt;

/// Who may sign in to the console. The password is known as a hash only.
#[derive(Clone, PartialEq, Eq)]
pub struct Operator {
    /// Its id.
    pub id: OperatorId,
    /// What is typed to sign in; no two have the same, those that were removed apart.
    pub name: String,
    /// What may be done.
    pub role: Role,
    /// The hash of the password.
    pub hash: String,
    /// Passwords tried since the last right one.
    pub tries: Tries,
    /// Since when.
    pub created_at: Timestamp,
    /// When it last signed in.
    pub signed_in_at: Option<Timestamp>,
    /// Since when it is no more.
    pub removed_at: Option<Timestamp>,
}
impl fmt::Debug for Operator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operator({}, {:?}, {})", self.id, self.name, self.role)
    }
}

/// A sign-in. Its token is known as a keyed hash only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignIn {
    /// Whose.
    pub operator: Operator,
    /// Since when.
    pub began_at: Timestamp,
    /// When it was last used, within a minute or so.
    pub seen_at: Timestamp,
}

macro_rules! operator_columns {
    () => {
        "id, name, role, hash, tries, tried_at, created_at, signed_in_at, removed_at"
    };
}

fn operator(row: &Row) -> Result<Operator, Error> {
    Ok(Operator {
        id: row.get("id")?,
        name: row.get("name")?,
        role: row.parsed("role")?,
        hash: row.get("hash")?,
        tries: Tries { count: row.get("tries")?, last_at: row.get("tried_at")? },
        created_at: row.get("created_at")?,
        signed_in_at: row.get("signed_in_at")?,
        removed_at: row.get("removed_at")?,
    })
}

impl Tx {
    /// Stores a new operator; false if there is one of that name.
    pub async fn add_operator(&mut self, operator: &Operator) -> Result<bool, Error> {
        const SQL: &str = "insert into operators
            (id, name, role, hash, tries, tried_at, created_at, signed_in_at, removed_at)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            on conflict (name) where removed_at is null do nothing";
        let Operator { id, name, role, hash, tries, .. } = operator;
        let mut row = values![*id, name, role.as_str(), hash, tries.count, tries.last_at];
        row.extend(values![operator.created_at, operator.signed_in_at, operator.removed_at]);
        self.hit(SQL, row).await
    }

    /// The operator of that name, unless it was removed.
    pub async fn operator_named(&mut self, name: &str) -> Result<Option<Operator>, Error> {
        const SQL: &str = concat!(
            "select ",
            operator_columns!(),
            " from operators where name = $1 and removed_at is null"
        );
        self.row(SQL, values![name]).await?.as_ref().map(operator).transpose()
    }

    /// An operator, unless it was removed.
    pub async fn operator(&mut self, id: OperatorId) -> Result<Option<Operator>, Error> {
        const SQL: &str = concat!(
            "select ",
            operator_columns!(),
            " from operators where id = $1 and removed_at is null"
        );
        self.row(SQL, values![id]).await?.as_ref().map(operator).transpose()
    }

    /// Every operator that there has been, in the order of their names, those that were removed
    /// included.
    pub async fn operators(&mut self) -> Result<Vec<Operator>, Error> {
        const SQL: &str = concat!(
            "select ",
            operator_columns!(),
            " from operators order by name, created_at, id"
        );
        self.rows(SQL, values![]).await?.iter().map(operator).collect()
    }

    /// Counts tries, if those that were read are still all; false if somebody else was faster.
    pub async fn count_tries(
        &mut self,
        id: OperatorId,
        before: Tries,
        after: Tries,
    ) -> Result<bool, Error> {
        const SQL: &str = "update operators set tries = $3, tried_at = $4
            where id = $1 and tries = $2 and coalesce(tried_at, 0) = coalesce($5, 0)
                and removed_at is null";
        let row = values![id, before.count, after.count, after.last_at, before.last_at];
        self.hit(SQL, row).await
    }

    /// Gives an operator another password.
    pub async fn set_operator_hash(&mut self, id: OperatorId, hash: &str) -> Result<bool, Error> {
        const SQL: &str = "update operators set hash = $2, tries = 0, tried_at = null
            where id = $1 and removed_at is null";
        self.hit(SQL, values![id, hash]).await
    }

    /// Removes an operator, whose name is free from then on; false if there is none.
    pub async fn remove_operator(&mut self, id: OperatorId, now: Timestamp) -> Result<bool, Error> {
        const SQL: &str = "update operators set removed_at = $2
            where id = $1 and removed_at is null";
        self.hit(SQL, values![id, now]).await
    }

    /// Begins a sign-in, and with it the count of tries anew.
    pub async fn begin_sign_in(
        &mut self,
        token: &[u8; 32],
        id: OperatorId,
        now: Timestamp,
    ) -> Result<(), Error> {
        const INSERT: &str =
            "insert into sign_ins (token, operator, began_at, seen_at) values ($1, $2, $3, $3)";
        const UPDATE: &str = "update operators set tries = 0, tried_at = null, signed_in_at = $2
            where id = $1";
        self.run(INSERT, values![token, id, now]).await?;
        self.run(UPDATE, values![id, now]).await.map(drop)
    }

    /// A sign-in, by the keyed hash of its token. Whether it still holds, its reader decides.
    pub async fn sign_in(&mut self, token: &[u8; 32]) -> Result<Option<SignIn>, Error> {
        const SQL: &str = concat!(
            "select ",
            operator_columns!(),
            ", began_at, seen_at from sign_ins join operators on id = operator
             where token = $1 and removed_at is null"
        );
        let row = self.row(SQL, values![token]).await?;
        let sign_in = |row: Row| {
            Ok(SignIn {
                operator: operator(&row)?,
                began_at: row.get("began_at")?,
                seen_at: row.get("seen_at")?,
            })
        };
        row.map(sign_in).transpose()
    }

    /// Notes that a sign-in was used.
    pub async fn touch_sign_in(&mut self, token: &[u8; 32], now: Timestamp) -> Result<(), Error> {
        self.run("update sign_ins set seen_at = $2 where token = $1", values![token, now])
            .await
            .map(drop)
    }

    /// Ends a sign-in; false if it was over.
    pub async fn end_sign_in(&mut self, token: &[u8; 32]) -> Result<bool, Error> {
        self.hit("delete from sign_ins where token = $1", values![token]).await
    }

    /// Ends all sign-ins of an operator; how many.
    pub async fn end_sign_ins_of(&mut self, id: OperatorId) -> Result<u64, Error> {
        self.run("delete from sign_ins where operator = $1", values![id]).await
    }

    /// Forgets the sign-ins that began, or were last used, not after these instants; how many.
    pub async fn prune_sign_ins(
        &mut self,
        began: Timestamp,
        seen: Timestamp,
    ) -> Result<u64, Error> {
        const SQL: &str = "delete from sign_ins where began_at <= $1 or seen_at <= $2";
        self.run(SQL, values![began, seen]).await
    }
}
