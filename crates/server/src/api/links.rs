//! `/api/links/`: register, resume, list, update, modify, refresh, delete.

use super::{EXAMPLE_LINK, EXAMPLE_SESSION, institutions, later, wants_later};
use crate::{
    App,
    body::{Answer, Body, Form, Input, Json, NotNull, body},
    caller::Caller,
    operation::{Access, Operation, delete, get, patch, post, put},
    path::Id,
    problem::Problem,
    query::{Query, shown},
};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use domain::{
    access::{AccessMode, CredentialsStorage, Scope, StaleIn},
    consent::{self, Term},
    filter::{Field, IN, IS, NOT_IN, Source},
    ids::{LinkId, SessionId},
    institution::{FormField, Institution, IntegrationType},
    link::{Link, Status},
    refresh::Rate,
    time::Moment,
};
use engine::{
    Error,
    links::{Modification, Registration},
    tokens::Grant,
};
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use utoipa::ToSchema;
use uuid::Uuid;

/// What links can be filtered by.
pub(crate) static FILTERS: &[Field] = &[
    Field::id("id", IN, Source::Column("id")),
    Field::text("institution", IN, Source::Column("institution")),
    Field::word("access_mode", &["single", "recurrent"], IS, Source::Column("access_mode")),
    Field::instant("created_at", Source::Column("created_at")),
    Field::id("created_by", NOT_IN, Source::Column("created_by")),
    Field::text("external_id", IN, Source::Column("external_id")),
    Field::text("institution_user_id", IN, Source::Column("institution_user_id")),
    Field::word(
        "refresh_rate",
        &["6h", "12h", "24h", "7d", "30d"],
        IS,
        Source::Column("refresh_rate"),
    )
    .nullable(),
    Field::word(
        "status",
        &["valid", "invalid", "unconfirmed", "token_required"],
        IN,
        Source::Column("status"),
    ),
];

/// A link as the API shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = Link)]
pub(crate) struct LinkView {
    id: Uuid,
    /// The institution's name.
    institution: String,
    access_mode: AccessMode,
    /// The last successful access to the institution.
    last_accessed_at: Option<Moment>,
    created_at: Moment,
    /// The caller's own key.
    external_id: Option<String>,
    /// The person at that institution: the same for every link of theirs.
    institution_user_id: Option<String>,
    #[schema(inline)]
    status: Status,
    /// The key that registered it.
    created_by: Uuid,
    /// How often it is refreshed; null for a single link.
    refresh_rate: Option<Rate>,
    /// `store`, `nostore` or `Nd`.
    credentials_storage: String,
    /// What a load brings.
    fetch_resources: Vec<String>,
    /// How long its data may go without an update: `Nd`.
    stale_in: String,
}

impl From<Link> for LinkView {
    fn from(link: Link) -> Self {
        Self {
            id: link.id.into(),
            institution: link.institution,
            access_mode: link.access_mode,
            last_accessed_at: link.last_accessed_at.map(Moment),
            created_at: Moment(link.created_at),
            external_id: link.external_id,
            institution_user_id: link.institution_user_id,
            status: link.status,
            created_by: link.created_by.into(),
            refresh_rate: link.refresh_rate,
            credentials_storage: link.credentials_storage.to_string(),
            fetch_resources: link.fetch_resources,
            stale_in: link.stale_in.to_string(),
        }
    }
}

body! {
    /// What registers a link.
    Register {
        /// The institution's name.
        institution: String,
        /// The login name, where the institution has one.
        username: NotNull<SecretString>,
        /// The password, where the institution has one.
        password: Option<SecretString>,
        /// A further input of the institution's form.
        username2: Option<SecretString>,
        /// A further input of the institution's form.
        username3: Option<SecretString>,
        /// A further input of the institution's form.
        password2: Option<SecretString>,
        /// The code of the kind of login name, where the institution's form has one.
        username_type: Option<SecretString>,
        /// A file of an electronic signature, in base64.
        certificate: Option<File>,
        /// The key that belongs to `certificate`, in base64.
        private_key: Option<File>,
        /// A token given up front.
        token: Option<SecretString>,
        /// For how many days the person gives their consent, at institutions of Open Finance; as the
        /// token says, or without an end, if nothing is said.
        consent_duration: Option<Term>,
        /// Whether the link is refreshed on a schedule; `recurrent` if nothing is said, but `single`
        /// where the data come from statement files.
        access_mode: Option<AccessMode>,
        /// The caller's own key.
        external_id: Option<ExternalId>,
        /// Resources to load besides the core ones.
        fetch_resources: Option<Vec<String>>,
        /// How long credentials are kept.
        credentials_storage: Option<CredentialsStorage>,
        /// How long data may go without an update.
        stale_in: Option<StaleIn>,
    }
}
body! {
    /// The answer to a challenge of a registration or of new credentials.
    ResumeLink {
        /// The session that asked.
        session: String,
        /// The link that is logging in.
        link: Option<LinkId>,
        /// The answer; nothing where nothing is to be typed.
        token: Option<Answer>,
    }
}
body! {
    /// New credentials: at least one.
    UpdateLink {
        /// The new password.
        password: Option<SecretString>,
        /// The new second password.
        password2: Option<SecretString>,
        /// The code of the kind of login name.
        username_type: Option<SecretString>,
        /// A file of an electronic signature, in base64.
        certificate: Option<File>,
        /// The key that belongs to `certificate`, in base64.
        private_key: Option<File>,
        /// A token given up front.
        token: Option<SecretString>,
    }
}
body! {
    /// How a link is to be used from now on.
    ModifyLink {
        /// Whether it is refreshed on a schedule.
        access_mode: Option<AccessMode>,
        /// How long data may go without an update.
        stale_in: Option<StaleIn>,
        /// Resources to load besides the core ones.
        fetch_resources: Option<Vec<String>>,
    }
}
body! {
    /// What to refresh.
    RefreshLink {
        /// These resources; everything the institution offers if nothing is said.
        fetch_resources: Option<Vec<String>>,
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    let write = Access::KeysOr(Scope::WriteLinks);
    vec![
        get("/api/links/", "list_links", "Lists links", list)
            .lists::<LinkView>()
            .projects()
            .filters(FILTERS, &[]),
        post("/api/links/", "register_link", "Registers a link", register)
            .access(write)
            .body::<Register>()
            .example(json!({
                "institution": "erebor_mx_retail",
                "username": "bnk100",
                "password": "full",
                "access_mode": "recurrent"
            }))
            .answers_one::<LinkView>(201, "Registered and logged in.")
            .projects()
            .errors(&[408, 428]),
        patch("/api/links/", "resume_link", "Brings the answer to a challenge", resume)
            .access(write)
            .body::<ResumeLink>()
            .example(json!({"session": EXAMPLE_SESSION, "link": EXAMPLE_LINK, "token": "111111"}))
            .answers_one::<LinkView>(200, "Logged in.")
            .projects()
            .errors(&[408, 428]),
        get("/api/links/{id}/", "detail_link", "Shows a link", detail)
            .access(Access::KeysOr(Scope::ReadLinks))
            .answers_one::<LinkView>(200, "The link.")
            .projects(),
        put("/api/links/{id}/", "update_link", "Replaces credentials", update)
            .access(write)
            .body::<UpdateLink>()
            .example(json!({"password": "full"}))
            .answers_one::<LinkView>(200, "Logged in with them.")
            .projects()
            .errors(&[408, 428]),
        patch("/api/links/{id}/", "modify_link", "Changes how a link is used", modify)
            .body::<ModifyLink>()
            .example(json!({"access_mode": "single", "stale_in": "90d"}))
            .answers_one::<LinkView>(200, "The link as it is now.")
            .projects(),
        delete("/api/links/{id}/", "delete_link", "Forgets a link and all its data", forget)
            .answers_nothing(204, "Forgotten.")
            .may_be_asynchronous()
            .errors(&[429]),
        post("/api/links/{id}/refresh/", "refresh_link", "Refreshes a link now", refresh)
            .body_optional::<RefreshLink>()
            .example(json!({"fetch_resources": ["ACCOUNTS", "TRANSACTIONS"]}))
            .answers_later("The refresh has been queued.")
            .errors(&[409]),
    ]
}

async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let conditions = query.conditions(FILTERS)?;
    let read = |page| app.engine.links(caller.engine.tenant, &conditions, page);
    query.list(read, LinkView::from).await
}

async fn detail(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    query: Query,
) -> Result<Response, Problem> {
    caller.may_open(id)?;
    let link = app.engine.link(caller.engine.tenant, id).await?;
    query.one(StatusCode::OK, shown(&LinkView::from(link))?)
}

async fn register(
    State(app): State<App>,
    caller: Caller,
    query: Query,
    mut form: Form,
) -> Result<Response, Problem> {
    if caller.grant.as_ref().is_some_and(|grant| grant.link.is_some()) {
        return Err(Problem::forbidden());
    }
    // Whether the institution exists is said together with everything else that is wrong.
    let said = form.said("institution");
    let named = form.mentions("username");
    let read = Register::read(&mut form);
    let name = read.as_ref().map(|read| read.institution.clone()).or(said);
    let institution = match &name {
        Some(name) => institutions::named(&app.engine, name).await?,
        None => None,
    };
    if let Some(name) = name.filter(|_| institution.is_none()) {
        let message = format!("Object with name={name} does not exist.");
        form.object("institution", "does_not_exist", message);
    }
    // An institution that is not known is not known to do without a name.
    let needs_name = institution.as_ref().is_none_or(|institution| needs(institution, "username"));
    if needs_name && !named {
        form.object("username", "required", "This field is required.");
    }
    if let (Some(institution), Some(wanted)) = (&institution, &read)
        && needs(institution, "password")
        && wanted.password.is_none()
    {
        form.object("password", "required", "This field is required.");
    }
    let wanted = form.sure(read)?;
    let institution = institution.ok_or_else(Problem::unexpected)?;
    let mut fields = filled([
        ("username", wanted.username.0),
        ("password", wanted.password),
        ("username2", wanted.username2),
        ("username3", wanted.username3),
        ("password2", wanted.password2),
        ("username_type", wanted.username_type),
        ("certificate", wanted.certificate.map(|file| file.0)),
        ("private_key", wanted.private_key.map(|file| file.0)),
    ]);
    check(&institution, &fields)?;
    let (grant, engine) = (caller.grant, caller.engine);
    let defaults = grant.as_ref();
    if institution.integration_type == IntegrationType::OpenFinance {
        let asked = defaults.map(Grant::consent).unwrap_or_default();
        let request = consent::Request { term: wanted.consent_duration.or(asked.term), ..asked };
        fields.extend(request.fields().map(|(name, value)| (name.to_owned(), value.into())));
    } else if wanted.consent_duration.is_some() {
        let message = "This institution is not reached under a consent.";
        return Err(Error::field("invalid", message, "consent_duration").into());
    }
    let wanted = Registration {
        institution: wanted.institution,
        fields,
        token: wanted.token,
        access_mode: wanted.access_mode.unwrap_or(if institution.takes_statement_files() {
            AccessMode::Single
        } else {
            AccessMode::Recurrent
        }),
        external_id: match wanted.external_id {
            Some(ExternalId(id)) => id,
            None => defaults.and_then(|grant| grant.external_id.clone()),
        },
        fetch_resources: wanted
            .fetch_resources
            .or_else(|| defaults.and_then(|grant| grant.fetch_resources.clone()))
            .unwrap_or_default(),
        credentials_storage: wanted
            .credentials_storage
            .or_else(|| defaults.and_then(|grant| grant.credentials_storage)),
        stale_in: wanted.stale_in.or_else(|| defaults.and_then(|grant| grant.stale_in)),
    };
    let link = app.engine.register(&engine, wanted).await?;
    if !use_up(&app, grant.as_ref()).await? {
        // One token connects one link: that of the other request stays, and this new one goes.
        app.engine.delete_link(&engine, link.id).await?;
        return Err(Problem::bad_token());
    }
    query.one(StatusCode::CREATED, shown(&LinkView::from(link))?)
}

/// A widget's token has connected its link; false if another request with it was faster.
async fn use_up(app: &App, grant: Option<&Grant>) -> Result<bool, Problem> {
    match grant {
        Some(grant) => Ok(app.engine.use_up(grant).await?),
        None => Ok(true),
    }
}

async fn resume(
    State(app): State<App>,
    caller: Caller,
    query: Query,
    Json(wanted): Json<ResumeLink>,
) -> Result<Response, Problem> {
    // A token made for one link answers for no other.
    let bound = caller.grant.as_ref().and_then(|grant| grant.link);
    let link = match (bound, wanted.link) {
        (Some(bound), Some(link)) if bound != link => return Err(Problem::not_found()),
        (bound, link) => link.or(bound),
    };
    let session = session(&wanted.session)?;
    let answer = wanted.token.map(|answer| answer.0);
    let link = app.engine.resume_link(&caller.engine, session, link, answer).await?;
    use_up(&app, caller.grant.as_ref()).await?;
    query.one(StatusCode::OK, shown(&LinkView::from(link))?)
}

async fn update(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    query: Query,
    mut form: Form,
) -> Result<Response, Problem> {
    caller.may_open(id)?;
    let read = UpdateLink::read(&mut form);
    let wanted = form.sure(read)?;
    let fields = filled([
        ("password", wanted.password),
        ("password2", wanted.password2),
        ("username_type", wanted.username_type),
        ("certificate", wanted.certificate.map(|file| file.0)),
        ("private_key", wanted.private_key.map(|file| file.0)),
    ]);
    if fields.is_empty() && wanted.token.is_none() {
        form.object("password", "required", "This field is required.");
        return form.sure(None);
    }
    let link = app.engine.replace_credentials(&caller.engine, id, fields, wanted.token).await?;
    use_up(&app, caller.grant.as_ref()).await?;
    query.one(StatusCode::OK, shown(&LinkView::from(link))?)
}

async fn modify(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    query: Query,
    Json(wanted): Json<ModifyLink>,
) -> Result<Response, Problem> {
    let ModifyLink { access_mode, stale_in, fetch_resources } = wanted;
    let wanted = Modification { access_mode, stale_in, fetch_resources, refresh_rate: None };
    let link = app.engine.modify_link(&caller.engine, id, wanted).await?;
    query.one(StatusCode::OK, shown(&LinkView::from(link))?)
}

async fn forget(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    if wants_later(&headers) {
        app.engine.delete_link_later(&caller.engine, id).await?;
        return later(caller.engine.request);
    }
    app.doors.delete(caller.engine.tenant)?;
    app.engine.delete_link(&caller.engine, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

async fn refresh(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    Json(wanted): Json<RefreshLink>,
) -> Result<Response, Problem> {
    app.engine.refresh_link(&caller.engine, id, wanted.fetch_resources).await?;
    later(caller.engine.request)
}

/// A session that cannot be read never was: it has expired like any other unknown one.
pub(crate) fn session(text: &str) -> Result<SessionId, Problem> {
    text.trim().parse().map_err(|_| Error::SessionExpired.into())
}

fn needs(institution: &Institution, field: &str) -> bool {
    let field = institution.form_fields.iter().find(|known| known.name == field);
    field.is_some_and(|field| field.optional != Some(true) && field.value.is_none())
}

/// The fields of a form that somebody has filled in.
fn filled<const N: usize>(
    form: [(&str, Option<SecretString>); N],
) -> BTreeMap<String, SecretString> {
    form.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
}

/// 400 where a field cannot be what the institution's form takes.
fn check(
    institution: &Institution,
    fields: &BTreeMap<String, SecretString>,
) -> Result<(), Problem> {
    for field in &institution.form_fields {
        let Some(value) = fields.get(&field.name) else { continue };
        if !fits(field, value, fields) {
            return Err(Problem::refused("validation_error", "Bad request"));
        }
    }
    Ok(())
}

/// Whether `value` matches the field's pattern. The choice of a select brings the pattern of the
/// login name, and its code must be one of those offered.
fn fits(field: &FormField, value: &SecretString, fields: &BTreeMap<String, SecretString>) -> bool {
    let Some(choices) = &field.values else { return matches(&field.validation, value) };
    let chosen = choices.iter().find(|choice| choice.code == value.expose_secret());
    chosen.is_some_and(|choice| {
        fields.get("username").is_none_or(|name| matches(&choice.validation, name))
    })
}

/// A pattern that is not understood says nothing.
fn matches(pattern: &str, value: &SecretString) -> bool {
    pattern.is_empty()
        || regex::RegexBuilder::new(pattern)
            .size_limit(1 << 18)
            .build()
            .map_or(true, |pattern| pattern.is_match(value.expose_secret()))
}

/// The caller's own key for a link. What looks like an e-mail address is not kept.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ExternalId(pub Option<String>);
impl Input for ExternalId {
    fn read(value: serde_json::Value) -> Result<Self, crate::body::Complaint> {
        let text = String::read(value)?;
        if text.contains('@') {
            return Ok(Self(None));
        }
        let plain = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if (3..=256).contains(&text.len()) && text.chars().all(plain) {
            return Ok(Self(Some(text)));
        }
        let message = "Must be between 3 and 256 letters, digits, hyphens and underscores.";
        Err(crate::body::Complaint::new("invalid", message))
    }
    fn schema() -> utoipa::openapi::schema::Schema {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .pattern(Some("^[a-zA-Z0-9_-]{3,256}$"))
            .into()
    }
}

/// A secret file in base64.
pub(crate) struct File(pub SecretString);
impl Input for File {
    fn read(value: serde_json::Value) -> Result<Self, crate::body::Complaint> {
        crate::body::text(value, 64 * 1024).map(|text| Self(text.into()))
    }
    fn schema() -> utoipa::openapi::schema::Schema {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .max_length(Some(64 * 1024))
            .into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::institution::Choice;

    #[test]
    fn patterns_of_the_forms_are_understood() {
        let fits = |pattern: &str, value: &str| matches(pattern, &value.into());
        assert!(fits(r"^[a-zA-Z0-9_]{1,16}$", "bnk100"));
        assert!(!fits(r"^[a-zA-Z0-9_]{1,16}$", "1234567890abcdefg"));
        assert!(fits(r"^\d{11}|\d{3}\.\d{3}\.\d{3}-\d{2}$", "761.092.776-73"));
        assert!(fits("(?=lookahead)x", "anything"), "what cannot be read says nothing");
        assert!(fits("", "anything"));
    }
    #[test]
    fn a_choice_brings_the_pattern_of_the_name() {
        let select = FormField {
            name: "username_type".into(),
            values: Some(vec![Choice {
                code: "003".into(),
                validation: "^[a-z_]+$".into(),
                ..Choice::default()
            }]),
            ..FormField::default()
        };
        let fit = |code: &str, name: &str| {
            let fields = BTreeMap::from([("username".to_owned(), SecretString::from(name))]);
            fits(&select, &code.into(), &fields)
        };
        assert!(fit("003", "adv_valid"));
        assert!(!fit("003", "ADV"));
        assert!(!fit("004", "adv_valid"));
    }
    #[test]
    fn an_external_id_that_looks_personal_is_not_kept() {
        let read = |text: &str| ExternalId::read(text.into()).ok();
        assert_eq!(read("customer-8841"), Some(ExternalId(Some("customer-8841".into()))));
        assert_eq!(read("frodo@shire.me"), Some(ExternalId(None)));
        assert_eq!(read("ab"), None);
        assert_eq!(read("a b c"), None);
    }
}
