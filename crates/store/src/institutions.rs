//! The catalogue of institutions, their health, and the state of their breakers.

use crate::{
    Error, Tx,
    conditions::Sql,
    lists::Listed,
    value::{Row, corrupt, names, values},
};
use domain::{
    filter::{Condition, Page},
    institution::{Closure, Health, Institution},
};
use jiff::Timestamp;
use std::collections::HashMap;

/// The state of a breaker, and which saving of it this is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredBreaker {
    /// Grows with each saving.
    pub revision: u64,
    /// JSON of the engine's.
    pub state: String,
}

/// The health of an institution at an instant: what is stored of it, unless an operator's word holds.
macro_rules! status_at {
    ($now:literal) => {
        concat!(
            "case when closed_reason is not null and (closed_until is null or closed_until > ",
            $now,
            ") then 'down' else status end"
        )
    };
}

fn institution(row: &Row) -> Result<Institution, Error> {
    let mut institution: Institution = row.json("body")?;
    institution.id = row.get("id")?;
    institution.status = row.parsed("status")?;
    Ok(institution)
}

fn closure(row: &Row) -> Result<Closure, Error> {
    Ok(Closure { reason: row.get("closed_reason")?, until: row.get("closed_until")? })
}

impl Tx {
    /// Stores the catalogue: new institutions, and in the place of those of the same id. Health and
    /// breakers stay as they are. Those that the catalogue no longer has remain, for their links.
    pub async fn save_catalogue(&mut self, catalogue: &[Institution]) -> Result<(), Error> {
        const SQL: &str = "insert into institutions
            (id, name, kind, country, status, status_reason, body)
            values ($1, $2, $3, $4, $5, null, json($6))
            on conflict (id) do update set name = excluded.name, kind = excluded.kind,
                country = excluded.country, body = excluded.body";
        for institution in catalogue {
            let body = serde_json::to_string(institution).map_err(|e| corrupt("body", e))?;
            let country = institution.country_codes.first().map_or("", String::as_str);
            let row = values![
                institution.id,
                &institution.name,
                institution.kind.as_str(),
                country,
                institution.status.as_str(),
                body,
            ];
            self.run(SQL, row).await?;
        }
        Ok(())
    }

    /// The id and the name of every institution that there has been, in the order of the ids: whoever
    /// takes one takes both.
    pub async fn institution_keys(&mut self) -> Result<Vec<(i64, String)>, Error> {
        const SQL: &str = "select id, name from institutions order by id";
        let rows = self.rows(SQL, values![]).await?;
        rows.iter().map(|row| Ok((row.get("id")?, row.get("name")?))).collect()
    }

    /// An institution as it is `now`, by the number in its path.
    pub async fn institution(
        &mut self,
        id: i64,
        now: Timestamp,
    ) -> Result<Option<Institution>, Error> {
        const SQL: &str = concat!(
            "select id, ",
            status_at!("$2"),
            " as status, cast(body as text) as body from institutions where id = $1"
        );
        self.row(SQL, values![id, now]).await?.as_ref().map(institution).transpose()
    }

    /// An institution as it is `now`, by the name that links refer to it by.
    pub async fn institution_named(
        &mut self,
        name: &str,
        now: Timestamp,
    ) -> Result<Option<Institution>, Error> {
        const SQL: &str = concat!(
            "select id, ",
            status_at!("$2"),
            " as status, cast(body as text) as body from institutions where name = $1"
        );
        self.row(SQL, values![name, now]).await?.as_ref().map(institution).transpose()
    }

    /// A page of the catalogue as it is `now`, in the order of the ids, as a process sees it that
    /// speaks to those which are `offered`: all others are down. The columns are `id`, `name`, `kind`,
    /// `country` and `status`; all else is in the body.
    pub async fn institutions(
        &mut self,
        offered: &[&str],
        conditions: &[Condition],
        page: Page,
        now: Timestamp,
    ) -> Result<Listed<Institution>, Error> {
        const COUNT: &str = "select count(*)";
        const SELECT: &str = "select id, status, cast(body as text) as body";
        const SEEN: &str = concat!(
            " from (select id, name, kind, country, body,
                case when name in (select wanted.value ->> 'name' from json_each($1) as wanted)
                    then ",
            status_at!("$2"),
            " else 'down' end as status
                from institutions) as institutions where 1 = 1"
        );
        let mut list = Sql::new(SEEN, values![names(offered), now]);
        list.and("institutions", conditions);
        let (count, rows) = self.page_of_list(COUNT, SELECT, &list, "id", page).await?;
        Ok(Listed { count, items: rows.iter().map(institution).collect::<Result<_, _>>()? })
    }

    /// Stores an operator's word about an institution, or takes it back; false if it was so already.
    pub async fn set_closure(
        &mut self,
        name: &str,
        closure: Option<&Closure>,
    ) -> Result<bool, Error> {
        const SQL: &str = "update institutions set closed_reason = $2, closed_until = $3
            where name = $1 and (closed_reason is distinct from $2
                or closed_until is distinct from $3)";
        let (reason, until) = closure.map(|word| (&word.reason, word.until)).unzip();
        self.hit(SQL, values![name, reason.map(String::as_str), until.flatten()]).await
    }

    /// An operator's word about an institution, whether or not it still holds.
    pub async fn closure(&mut self, name: &str) -> Result<Option<Closure>, Error> {
        const SQL: &str = "select closed_reason, closed_until from institutions
            where name = $1 and closed_reason is not null";
        self.row(SQL, values![name]).await?.as_ref().map(closure).transpose()
    }

    /// The words of operators about institutions, by the names of those.
    pub async fn closures(&mut self) -> Result<HashMap<String, Closure>, Error> {
        const SQL: &str = "select name, closed_reason, closed_until from institutions
            where closed_reason is not null";
        let rows = self.rows(SQL, values![]).await?;
        rows.iter().map(|row| Ok((row.get("name")?, closure(row)?))).collect()
    }

    /// Sets what is stored of an institution's health, and why; false if it was so already, reason
    /// apart.
    pub async fn set_health(
        &mut self,
        name: &str,
        health: Health,
        reason: Option<&str>,
    ) -> Result<bool, Error> {
        const SQL: &str = "update institutions set status = $2, status_reason = $3
            where name = $1 and status <> $2";
        self.hit(SQL, values![name, health.as_str(), reason]).await
    }

    /// What is stored of an institution's health, and why.
    pub async fn health(&mut self, name: &str) -> Result<Option<(Health, Option<String>)>, Error> {
        const SQL: &str = "select status, status_reason from institutions where name = $1";
        let row = self.row(SQL, values![name]).await?;
        row.map(|row| Ok((row.parsed("status")?, row.get("status_reason")?))).transpose()
    }

    /// Why institutions are down by what is stored of their health, by their names.
    pub async fn reasons(&mut self) -> Result<HashMap<String, String>, Error> {
        const SQL: &str = "select name, status_reason from institutions
            where status <> 'healthy' and status_reason is not null";
        let rows = self.rows(SQL, values![]).await?;
        rows.iter().map(|row| Ok((row.get("name")?, row.get("status_reason")?))).collect()
    }

    /// The states of all breakers, by institution and connector version, as last saved.
    pub async fn breakers(&mut self) -> Result<HashMap<(i64, String), String>, Error> {
        const SQL: &str = "select institution, version, cast(state as text) as state from breakers";
        let rows = self.rows(SQL, values![]).await?;
        rows.iter()
            .map(|row| Ok(((row.get("institution")?, row.get("version")?), row.get("state")?)))
            .collect()
    }

    /// The state of the breaker of an institution and connector version, as last saved.
    pub async fn breaker(
        &mut self,
        institution: i64,
        version: &str,
    ) -> Result<Option<StoredBreaker>, Error> {
        const SQL: &str = "select revision, cast(state as text) as state from breakers
            where institution = $1 and version = $2";
        let row = self.row(SQL, values![institution, version]).await?;
        let breaker = |row: Row| {
            Ok(StoredBreaker { revision: row.get("revision")?, state: row.get("state")? })
        };
        row.map(breaker).transpose()
    }

    /// Saves the state of a breaker, if it is still at the revision that was read (0 for none);
    /// whether it was.
    pub async fn put_breaker(
        &mut self,
        institution: i64,
        version: &str,
        revision: u64,
        state: &str,
    ) -> Result<bool, Error> {
        const INSERT: &str = "insert into breakers (institution, version, revision, state)
            values ($1, $2, 1, json($3)) on conflict (institution, version) do nothing";
        const UPDATE: &str = "update breakers set revision = revision + 1, state = json($3)
            where institution = $1 and version = $2 and revision = $4";
        if revision == 0 {
            return self.hit(INSERT, values![institution, version, state]).await;
        }
        self.hit(UPDATE, values![institution, version, state, revision]).await
    }
}
