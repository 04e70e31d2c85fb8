//! `/v1/consents/`: what a person has allowed at institutions of Open Finance, given anew and taken
//! back by them. What the consent portal asks.

use crate::{
    App,
    api::links::{LinkView, session},
    body::{Answer, Body as _, Form, Json, body},
    caller::Caller,
    operation::{Access, Operation, get, patch, post},
    origin::Origin,
    path::Id,
    problem::{Item, Problem},
    query::{json, shown},
};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    access::{AccessMode, Scope},
    consent::Term,
    ids::RecordId,
    link::Status,
    resources::consents::{Consent, ConsentStatus, Permissions},
    time::Moment,
};
use engine::consents::{Given, Person, Renewal};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

body! {
    /// For how long a consent is given anew.
    RenewConsent {
        /// In days.
        consent_duration: Term,
    }
}
body! {
    /// The answer to what the institution asks when a consent is given anew.
    ResumeConsent {
        /// The session that asked.
        session: String,
        /// The answer; nothing where nothing is to be typed.
        token: Option<Answer>,
    }
}

/// What a person has allowed.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonConsents)]
struct Consents {
    /// Newest first, also those that have ended.
    results: Vec<ConsentView>,
}

/// What a person has allowed at one institution, and what they can do about it.
#[derive(Serialize, ToSchema)]
#[schema(as = PersonConsent)]
struct ConsentView {
    id: Uuid,
    /// The link that stands on it.
    link: Uuid,
    #[schema(inline)]
    link_status: Status,
    access_mode: AccessMode,
    /// The institution's name.
    institution: String,
    institution_display_name: String,
    institution_icon_logo: String,
    /// Who gave it.
    display_name: Option<String>,
    /// Their tax number.
    document_number: String,
    /// When the link was made.
    given_at: Moment,
    /// Until when; null where it has no end.
    expired_at: Option<Moment>,
    /// For how many days it was given.
    consent_duration: Option<u16>,
    /// How many days are left; null where it has no end.
    days_left: Option<i64>,
    /// Where it stands now.
    #[schema(inline)]
    status: Option<ConsentStatus>,
    permissions: Permissions,
    /// Whether it can be given anew.
    renewable: bool,
    /// Whether it can be taken back.
    revocable: bool,
    /// While it is being given anew: `working`, `challenged`, or `agreed` once the person has and it is
    /// being read.
    renewal: Option<&'static str>,
    /// What is asked, as in the answer 428.
    #[schema(value_type = Option<Object>)]
    challenge: Option<Item>,
}

pub(crate) fn operations() -> Vec<Operation> {
    let write = || Access::KeysOr(Scope::WriteConsents);
    vec![
        get("/v1/consents/", "list_person_consents", "Lists what a token's person has allowed", list)
            .says(
                "For the consent portal. A token speaks for its `link_id`, else for the tax numbers of \
                 its `widget.consent.identification_info`, else for its `external_id`. Keys list \
                 `/api/consents/`.",
            )
            .access(Access::KeysOr(Scope::ReadConsents))
            .answers_one::<Consents>(200, "The consents.")
            .errors(&[404]),
        patch(
            "/v1/consents/",
            "resume_consent",
            "Brings the answer to what was asked for a renewal",
            resume,
        )
        .access(Access::KeysOr(Scope::WriteConsentCallback))
        .body::<ResumeConsent>()
        .example(serde_json::json!({"session": "0197a6e833337abc8def000000000003"}))
        .answers_one::<LinkView>(200, "It was given anew.")
        .errors(&[408, 428]),
        get("/v1/consents/{id}/", "show_person_consent", "Shows what a person has allowed", detail)
            .access(Access::KeysOr(Scope::ReadConsents))
            .answers_one::<ConsentView>(200, "The consent.")
            .errors(&[404]),
        post("/v1/consents/{id}/renew/", "renew_consent", "Gives a consent anew", renew)
            .says("The institution asks the person, as it does at first; the link stays the same.")
            .access(write())
            .body::<RenewConsent>()
            .example(serde_json::json!({"consent_duration": 183}))
            .answers_one::<ConsentView>(200, "It was given anew.")
            .errors(&[404, 408, 428]),
        post("/v1/consents/{id}/revoke/", "revoke_consent", "Takes a consent back", revoke)
            .says(
                "The link is `invalid` for good and its login is forgotten; what was read stays until \
                 the link is deleted. A consent that has ended stays as it is.",
            )
            .access(write())
            .answers_one::<ConsentView>(200, "The consent as it is now.")
            .errors(&[404]),
    ]
}

/// Whom the caller may ask about: `None` for all of the tenant's, which is for keys.
fn person(caller: &Caller) -> Result<Option<Person>, Problem> {
    match &caller.grant {
        Some(grant) => grant.person().map(Some).ok_or_else(Problem::forbidden),
        None => Ok(None),
    }
}

fn view(app: &App, caller: &Caller, origin: &Origin, given: Given) -> ConsentView {
    let now = app.engine.env().now();
    let (renewable, brand) = (given.is_renewable(), &app.engine.settings().brand);
    let Given { id, consent, institution: (name, icon), link, renewal } = given;
    let (renewal, challenge) = match renewal {
        None => (None, None),
        Some(Renewal::Working) => (Some("working"), None),
        Some(Renewal::Agreed) => (Some("agreed"), None),
        Some(Renewal::Challenged(asks)) => {
            let problem = Problem::from(*asks);
            let request = caller.engine.request.hex();
            let item = problem.items.into_iter().next();
            (Some("challenged"), item.map(|item| item.shown(&request, brand, origin)))
        }
    };
    let (days_left, revocable) = (consent.days_left(now), consent.is_revocable());
    let Consent {
        display_name,
        document_number,
        expired_at,
        consent_duration,
        status,
        permissions,
        ..
    } = consent;
    ConsentView {
        id: id.into(),
        link: link.id.into(),
        link_status: link.status,
        access_mode: link.access_mode,
        institution: link.institution,
        institution_display_name: name,
        institution_icon_logo: origin.resolve(&icon),
        display_name,
        document_number,
        given_at: Moment(link.created_at),
        expired_at,
        consent_duration,
        days_left,
        status,
        permissions,
        renewable,
        revocable,
        renewal,
        challenge,
    }
}

async fn list(State(app): State<App>, caller: Caller, origin: Origin) -> Result<Response, Problem> {
    let person = person(&caller)?.ok_or_else(Problem::not_found)?;
    let given = app.engine.consents(caller.engine.tenant, &person).await?;
    let results = given.into_iter().map(|one| view(&app, &caller, &origin, one)).collect();
    Ok(json(StatusCode::OK, shown(&Consents { results })?))
}

async fn one(
    app: &App,
    caller: &Caller,
    origin: &Origin,
    id: RecordId,
) -> Result<Response, Problem> {
    let given = app.engine.consent(caller.engine.tenant, person(caller)?.as_ref(), id).await?;
    Ok(json(StatusCode::OK, shown(&view(app, caller, origin, given))?))
}

async fn detail(
    State(app): State<App>,
    caller: Caller,
    origin: Origin,
    Id(id): Id<RecordId>,
) -> Result<Response, Problem> {
    one(&app, &caller, &origin, id).await
}

async fn renew(
    State(app): State<App>,
    caller: Caller,
    origin: Origin,
    Id(id): Id<RecordId>,
    mut form: Form,
) -> Result<Response, Problem> {
    let whose = person(&caller)?;
    // What is not there is not found, whatever is wanted of it.
    app.engine.consent(caller.engine.tenant, whose.as_ref(), id).await?;
    let read = RenewConsent::read(&mut form);
    let RenewConsent { consent_duration } = form.sure(read)?;
    app.engine.renew_consent(&caller.engine, whose.as_ref(), id, consent_duration).await?;
    one(&app, &caller, &origin, id).await
}

async fn resume(
    State(app): State<App>,
    caller: Caller,
    Json(wanted): Json<ResumeConsent>,
) -> Result<Response, Problem> {
    let bound = caller.grant.as_ref().and_then(|grant| grant.link);
    let answer = wanted.token.map(|answer| answer.0);
    let session = session(&wanted.session)?;
    let link = app.engine.resume_link(&caller.engine, session, bound, answer).await?;
    Ok(json(StatusCode::OK, shown(&LinkView::from(link))?))
}

async fn revoke(
    State(app): State<App>,
    caller: Caller,
    origin: Origin,
    Id(id): Id<RecordId>,
) -> Result<Response, Problem> {
    app.engine.revoke_consent(&caller.engine, person(&caller)?.as_ref(), id).await?;
    one(&app, &caller, &origin, id).await
}
