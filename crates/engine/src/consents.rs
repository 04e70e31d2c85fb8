//! Consents of Open Finance: whose they are, giving one anew, withdrawing one, and what remains of one
//! that has ended. What a consent says comes from its institution like every record; that nobody is let
//! in any more is all that is decided here.

use crate::{
    Caller, Challenged, Engine, Error, effects::Cause, mandate::Purpose, retrieval::Wanted,
    tokens::Grant,
};
use connect::talk::Failure;
use domain::{
    access::AccessMode,
    consent::{DURATION, Family, Request, Term},
    filter::{Condition, Field, IN, IS, Page, Projection, Source, Test, Value as Is},
    ids::{LinkId, RecordId, TenantId},
    institution::IntegrationType,
    link::{Event as LinkEvent, Link, Status},
    resource::replaced,
    resources::consents::{self, CONSENTS, Consent},
    session::{Event, State},
    time::Moment,
};
use serde::Deserialize;
use std::collections::{BTreeMap, HashMap};
use store::{Tx, changes::ChangeKind, records::NewRecord};

/// Whom a widget's token speaks for: what its application named first of a link, tax numbers, and its
/// own key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Person {
    /// Whoever this link is of, and no other link of theirs.
    Of(LinkId),
    /// Who has one of these tax numbers, letters and digits alone.
    Documents(Vec<String>),
    /// Whose links the application marked so.
    Marked(String),
}

impl Person {
    fn gave(&self, consent: &Consent, link: &Link) -> bool {
        match self {
            Self::Of(id) => link.id == *id,
            Self::Documents(numbers) => numbers.contains(&consent.document_number),
            Self::Marked(key) => link.external_id.as_ref() == Some(key),
        }
    }
}

/// What an application says in its token of the consent that it asks for.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Asked {
    permissions: Vec<String>,
    identification_info: Vec<Identification>,
    default_consent_duration_days: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Identification {
    number: String,
    name: Option<String>,
}

/// Numbers and names that are longer are none.
const LONGEST: usize = 128;

impl Grant {
    /// Whom the token speaks for; `None` if it names nobody.
    #[must_use]
    pub fn person(&self) -> Option<Person> {
        if let Some(link) = self.link {
            return Some(Person::Of(link));
        }
        let numbers = self.asked().identification_info.into_iter().map(|known| known.number);
        let plain = |number: String| -> String {
            number.chars().filter(char::is_ascii_alphanumeric).collect()
        };
        let numbers: Vec<String> = numbers.map(plain).filter(|number| !number.is_empty()).collect();
        if !numbers.is_empty() {
            return Some(Person::Documents(numbers));
        }
        self.external_id.clone().map(Person::Marked)
    }
    /// What a person is asked to allow who connects with the token; what is not understood is left out.
    #[must_use]
    pub fn consent(&self) -> Request {
        let asked = self.asked();
        let permissions = asked.permissions.iter();
        let permissions: Vec<Family> = permissions.filter_map(|word| word.parse().ok()).collect();
        let mut names = asked.identification_info.into_iter().filter_map(|known| known.name);
        Request {
            term: asked.default_consent_duration_days.and_then(Term::of),
            permissions,
            name: names.find(|name| !name.trim().is_empty() && name.len() <= LONGEST),
        }
    }
    fn asked(&self) -> Asked {
        let said = self.widget.as_ref().and_then(|widget| widget.get("consent"));
        said.and_then(|said| Asked::deserialize(said).ok()).unwrap_or_default()
    }
}

/// A consent with the link that stands on it.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// Its record's id.
    pub id: RecordId,
    /// What it says.
    pub consent: Consent,
    /// The institution's name for people, and its picture.
    pub institution: (String, String),
    /// The link.
    pub link: Link,
    /// How it is being given anew, if it is.
    pub renewal: Option<Renewal>,
}

impl Given {
    /// Whether it can be given anew under the same link: while there is something to log in with.
    #[must_use]
    pub const fn is_renewable(&self) -> bool {
        self.link.has_credentials()
    }
}

/// How far it has come that a consent is given anew.
#[derive(Debug, Clone, PartialEq)]
pub enum Renewal {
    /// The institution is being logged in to.
    Working,
    /// The institution asks.
    Challenged(Box<Challenged>),
    /// The person has agreed; what they have agreed to is being read.
    Agreed,
}

/// What the platform says in a consent's body.
#[derive(Deserialize)]
struct Face {
    institution_display_name: String,
    institution_icon_logo: String,
}

/// More of one person's consents are not looked at.
const MOST: Page = Page { number: 1, size: 200 };

static DOCUMENT: Field = Field::text("user_document", IN, Source::Body(&["document_number"]));
static LINK: Field = Field::id("link", IN, Source::Column("link"));
static EXTERNAL_ID: Field = Field::text("external_id", IS, Source::Column("external_id"));

fn read<'a, T: Deserialize<'a>>(body: &'a str) -> Result<T, Error> {
    serde_json::from_str(body).map_err(|e| Error::Internal("reading a consent", Box::new(e)))
}

impl Engine {
    /// The consents that a person has given to a tenant, newest first, also those that have ended.
    pub async fn consents(&self, tenant: TenantId, person: &Person) -> Result<Vec<Given>, Error> {
        let condition = match person {
            Person::Of(link) => Condition { field: &LINK, test: Test::Is(Is::Id((*link).into())) },
            Person::Documents(numbers) => {
                let numbers = numbers.iter().cloned().map(Is::Text).collect();
                Condition { field: &DOCUMENT, test: Test::In(numbers) }
            }
            Person::Marked(key) => {
                let marked = Test::Is(Is::Text(key.clone()));
                let marked = [Condition { field: &EXTERNAL_ID, test: marked }];
                let links = self.store().read().await?;
                let links = { links }.links_across_buckets(tenant, &marked, MOST).await?.items;
                let links = links.iter().map(|link| Is::Id(link.id.into())).collect();
                Condition { field: &LINK, test: Test::In(links) }
            }
        };
        let whole = Projection::default();
        let found = self.records(tenant, &CONSENTS, &[condition], MOST, &whole).await?;
        let mut tx = self.store().read().await?;
        let mut given = Vec::with_capacity(found.items.len());
        for body in &found.items {
            // One whose link has just gone is gone with it.
            given.extend(self.given(&mut tx, tenant, body).await?);
        }
        Ok(given)
    }

    /// One consent; of this person, if one is named.
    pub async fn consent(
        &self,
        tenant: TenantId,
        person: Option<&Person>,
        id: RecordId,
    ) -> Result<Given, Error> {
        let mut tx = self.store().read().await?;
        let row = tx.record(tenant, CONSENTS.name, id).await?.ok_or(Error::NoSuch("consent"))?;
        let body = CONSENTS.shown_at(row.body, self.env().now());
        let given = self.given(&mut tx, tenant, &body).await?;
        let theirs = |it: &Given| person.is_none_or(|person| person.gave(&it.consent, &it.link));
        given.filter(theirs).ok_or(Error::NoSuch("consent"))
    }

    async fn given(
        &self,
        tx: &mut Tx,
        tenant: TenantId,
        body: &str,
    ) -> Result<Option<Given>, Error> {
        #[derive(Deserialize)]
        struct Ids {
            id: RecordId,
            link_id: LinkId,
        }
        let Ids { id, link_id } = read(body)?;
        let Face { institution_display_name, institution_icon_logo } = read(body)?;
        let Some(link) = tx.link(tenant, link_id).await? else { return Ok(None) };
        let open = tx.open_session_of(tenant, link_id).await?;
        let renewal = match open {
            Some(row) if matches!(Purpose::read(&row.purpose)?, Purpose::Repair) => {
                let let_in =
                    link.status == Status::Valid && link.last_accessed_at > Some(row.created_at);
                match (&row.challenge, row.session.state) {
                    _ if self.is_abandoned(&row) => None,
                    (Some(challenge), State::Challenged) => {
                        let (number, until) = (row.challenge_number, row.session.deadline);
                        let asks =
                            self.challenged((row.session.id, link_id), number, until, challenge);
                        Some(Renewal::Challenged(Box::new(asks)))
                    }
                    _ if let_in => Some(Renewal::Agreed),
                    _ => Some(Renewal::Working),
                }
            }
            _ => None,
        };
        let institution = (institution_display_name, institution_icon_logo);
        Ok(Some(Given { id, consent: read(body)?, institution, link, renewal }))
    }

    /// Asks the institution for a consent anew, for so long; `Challenged` when it asks the person, as
    /// it does at first. Until they have agreed, the old one is as it was.
    pub async fn renew_consent(
        &self,
        caller: &Caller,
        person: Option<&Person>,
        id: RecordId,
        term: Term,
    ) -> Result<(), Error> {
        let given = self.consent(caller.tenant, person, id).await?;
        let fields = BTreeMap::from([(DURATION.to_owned(), term.days().to_string().into())]);
        // Where it stands the link knows: the token may serve for other consents.
        let caller = Caller { token: None, ..*caller };
        self.replace_credentials(&caller, given.link.id, fields, None).await?;
        Ok(())
    }

    /// The person takes a consent back: nobody reads under it any more, and nothing of the login is
    /// kept, but for telling the institution where it can be told. Done once, it stays done. A new one, even at the same institution, is another link.
    pub async fn revoke_consent(
        &self,
        caller: &Caller,
        person: Option<&Person>,
        id: RecordId,
    ) -> Result<(), Error> {
        let (tenant, now) = (caller.tenant, self.env().now());
        let mut tx = self.store().write().await?;
        let row = tx.record(tenant, CONSENTS.name, id).await?.ok_or(Error::NoSuch("consent"))?;
        let link = tx.link_for_update(tenant, row.link).await?.ok_or(Error::NoSuch("consent"))?;
        // Whoever held the link may have changed what it stands on.
        let row = tx.record(tenant, CONSENTS.name, id).await?.ok_or(Error::NoSuch("consent"))?;
        let consent: Consent = read(&CONSENTS.shown_at(row.body, now))?;
        if !person.is_none_or(|person| person.gave(&consent, &link)) {
            return Err(Error::NoSuch("consent"));
        }
        if !consent.is_revocable() {
            return Ok(());
        }
        let open = tx.open_session_of(tenant, link.id).await?;
        if let Some(open) = &open {
            self.close_session(&mut tx, open, Event::Broke).await?;
        }
        let cause = Cause::Request(caller.request);
        let (event, why) = (LinkEvent::Withdrawn, Some(&Failure::Revoked));
        self.settle_because(&mut tx, &link, event, cause.clone(), why).await?;
        if !matches!(link.status, Status::Valid | Status::TokenRequired) {
            // Nothing is announced of a link that rested already; its consent ends all the same.
            let ended = self.end_consents(&mut tx, &link).await?;
            let told: Vec<_> = ended.iter().filter_map(|body| consents::expired(body)).collect();
            if link.access_mode == AccessMode::Recurrent {
                self.announce(&mut tx, &link, &cause.as_link_event(), told).await?;
            }
        }
        if !self.queue_revocation(&mut tx, &link).await? {
            tx.erase_credentials(link.id).await?;
        }
        self.release_login(&mut tx, &link).await?;
        self.note(&mut tx, &link, "consent_revoked", serde_json::json!({"consent": id})).await?;
        self.audit(&mut tx, caller, "revoke_consent", &id.to_string()).await?;
        tx.commit().await?;
        if let Some(open) = open {
            self.live().cancel(open.session.id);
        }
        self.wake_workers();
        self.wake_readers();
        self.wake_dispatcher();
        Ok(())
    }

    /// The institution lets nobody in by a link's consents any more: they say so from now on, and the
    /// feed with them. Their bodies.
    pub(crate) async fn end_consents(
        &self,
        tx: &mut Tx,
        link: &Link,
    ) -> Result<Vec<String>, Error> {
        let now = self.env().now();
        let known = tx.records_for_ledger(link.id, CONSENTS.name, None, None).await?;
        let ids: Vec<RecordId> = known.iter().map(|record| record.id).collect();
        let mut bodies: HashMap<RecordId, String> =
            tx.bodies(link.id, &ids).await?.into_iter().collect();
        let (mut ended, mut changed) = (Vec::new(), Vec::new());
        for it in known {
            let Some(before) = bodies.remove(&it.id) else { continue };
            let body = consents::withdrawn(&before, now);
            if body != before {
                let moment = format!("\"{}\"", Moment(now));
                changed.push(NewRecord {
                    id: it.id,
                    link: link.id,
                    tenant: link.tenant,
                    resource: CONSENTS.name,
                    account: it.account,
                    source_id: it.source_id,
                    natural_key: it.natural_key,
                    day: it.day,
                    pending: it.pending,
                    facts: it.facts,
                    // Other than anything that was read: what is read next is news.
                    content: it.content.wrapping_add(1),
                    suspected_at: it.suspected_at,
                    doubt: it.doubt,
                    created_at: it.created_at,
                    collected_at: now,
                    body: replaced(body.clone(), "created_at", &moment),
                });
            }
            ended.push(body);
        }
        tx.write_records(&changed).await?;
        let updates: Vec<_> =
            changed.iter().map(|record| (record.id, ChangeKind::Updated)).collect();
        self.log_changes(tx, link, CONSENTS.name, &updates).await?;
        Ok(ended)
    }

    /// What is read as soon as somebody is let in, whatever else is wanted: the consent that it was.
    pub(crate) fn consent_of(&self, link: &Link) -> Vec<Wanted> {
        let institution = self.institution_of(&link.institution);
        let open = institution.is_some_and(|known| {
            known.integration_type == IntegrationType::OpenFinance && known.offers(&CONSENTS)
        });
        if open { vec![Wanted::all_of(CONSENTS.name)] } else { Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Actor;
    use domain::ids::{KeyId, uuid_in};
    use jiff::Timestamp;
    use serde_json::{Value, json};

    fn grant(link: Option<LinkId>, external_id: Option<&str>, consent: &Value) -> Grant {
        let nobody = uuid::Uuid::nil();
        Grant {
            tenant: nobody.into(),
            by: Actor::Key(KeyId::from(nobody)),
            token: String::new(),
            ends: Timestamp::MAX,
            scopes: Vec::new(),
            link,
            external_id: external_id.map(str::to_owned),
            fetch_resources: None,
            credentials_storage: None,
            stale_in: None,
            widget: Some(json!({"consent": consent})),
            used: false,
        }
    }

    #[test]
    fn a_token_speaks_for_whom_it_names_first() {
        let link = LinkId::from(uuid_in(domain::ids::Bucket::of(7), 1, [2; 8]));
        let person = json!({"identification_info": [
            {"type": "CPF", "number": "761.092.776-73", "name": "Ralph Bragg"},
            {"type": "CNPJ", "number": "50.685.362/0067-73"},
        ]});
        let numbers = ["76109277673", "50685362006773"].map(str::to_owned).to_vec();
        let who = |link, external_id, consent| grant(link, external_id, &consent).person();
        assert_eq!(who(Some(link), Some("a-1"), person.clone()), Some(Person::Of(link)));
        assert_eq!(who(None, Some("a-1"), person.clone()), Some(Person::Documents(numbers)));
        assert_eq!(who(None, Some("a-1"), json!({})), Some(Person::Marked("a-1".into())));
        assert_eq!(who(None, None, json!({"identification_info": [{"number": "-"}]})), None);
        assert_eq!(who(None, None, json!("nonsense")), None);
        assert_eq!(grant(None, None, &person).consent().name.as_deref(), Some("Ralph Bragg"));
    }

    #[test]
    fn what_a_token_asks_for_is_read_as_far_as_it_is_understood() {
        let said = json!({"permissions": ["REGISTER", "EVERYTHING", "ACCOUNTS"],
            "default_consent_duration_days": 183});
        let request = grant(None, None, &said).consent();
        assert_eq!(request.permissions, [Family::Register, Family::Accounts]);
        assert_eq!(request.term, Term::of(183));
        let odd = json!({"default_consent_duration_days": 100});
        assert_eq!(grant(None, None, &odd).consent(), Request::default());
    }
}
