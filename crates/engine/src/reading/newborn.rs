//! The ids of what is new. Accounts keep theirs when the same person is linked again, by the strongest
//! key that no other account has; everything else is born now.

use super::comparing::keys;
use crate::{Engine, ledger};
use domain::{
    ids::RecordId,
    link::Link,
    record::{Facts, Trust},
    resource::Resource,
};
use std::collections::{HashMap, HashSet};

/// Gives the new records of one reading their ids.
pub(super) struct Newborn<'a> {
    engine: &'a Engine,
    link: &'a Link,
    /// Keys that one account of the reading has alone.
    own: HashSet<&'a str>,
    /// Ids of what is known.
    known: HashSet<RecordId>,
}

impl<'a> Newborn<'a> {
    /// For one reading of a resource, of what is `shown` and what is `known`.
    pub(super) fn of(
        engine: &'a Engine,
        link: &'a Link,
        resource: &Resource,
        shown: impl Iterator<Item = &'a Facts>,
        known: impl Iterator<Item = RecordId>,
    ) -> Self {
        let mut newborn = Self { engine, link, own: HashSet::new(), known: HashSet::new() };
        if resource.name == "ACCOUNTS" {
            newborn.own = own_keys(shown, engine.trust(&link.institution));
            newborn.known = known.collect();
        }
        newborn
    }

    /// The id of one that is new. Two never have the same: what shares all its keys is born now.
    pub(super) fn id(&self, facts: &Facts) -> RecordId {
        let Self { engine, link, own, known } = self;
        let bucket = link.id.bucket();
        let by_key = |key: &String| {
            let user = link.institution_user_id.as_ref()?;
            let id =
                engine.index().account_id(bucket, link.tenant, &link.institution, user, key).into();
            (own.contains(key.as_str()) && !known.contains(&id)).then_some(id)
        };
        keys(facts).iter().find_map(by_key).unwrap_or_else(|| engine.env().id_in(bucket))
    }
}

/// The keys that may decide, of those that one alone has. What is listed twice is one.
fn own_keys<'a>(shown: impl Iterator<Item = &'a Facts>, trust: Trust) -> HashSet<&'a str> {
    let mut count: HashMap<&str, usize> = HashMap::new();
    let distinct: HashSet<&[String]> = shown.map(keys).collect();
    for keys in distinct {
        let keys: HashSet<&str> = keys.iter().map(String::as_str).collect();
        for key in keys.into_iter().filter(|key| ledger::may_decide(key, trust)) {
            *count.entry(key).or_default() += 1;
        }
    }
    count.into_iter().filter(|(_, count)| *count == 1).map(|(key, _)| key).collect()
}
