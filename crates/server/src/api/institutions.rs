//! `/api/institutions/`: the catalogue.

use crate::{
    App,
    caller::Caller,
    operation::{Access, Operation, get},
    origin::Origin,
    path::Path,
    problem::Problem,
    query::{Query, shown},
};
use axum::{extract::State, http::StatusCode, response::Response};
use domain::{
    access::Scope,
    filter::{ALLIN, Field, IN, IS, PARTIAL, Source},
    institution::Institution,
};
use engine::{Engine, Error};
use utoipa::openapi::{ObjectBuilder, Type};

/// What the catalogue can be filtered by.
pub(crate) static FILTERS: &[Field] = &[
    Field::text("name", IN, Source::Column("name")),
    Field::text("display_name", PARTIAL, Source::Body(&["display_name"])),
    Field::text("country_code", IN, Source::Column("country")),
    Field::text("resources", ALLIN, Source::Body(&["resources"])),
    Field::word("status", &["healthy", "down"], IN, Source::Column("status")),
    Field::word("type", &["bank", "fiscal", "employment"], IN, Source::Column("kind")),
    Field::text("website", IS, Source::Body(&["website"])),
];

pub(crate) fn operations() -> Vec<Operation> {
    let open = Access::KeysOr(Scope::ReadInstitutions);
    let number = ObjectBuilder::new().schema_type(Type::Integer);
    vec![
        get("/api/institutions/", "list_institutions", "Lists institutions", list)
            .access(open)
            .lists::<Institution>()
            .projects()
            .filters(FILTERS, &[]),
        get("/api/institutions/{id}/", "detail_institution", "Shows an institution", detail)
            .access(open)
            .path_parameter("id", number)
            .answers_one::<Institution>(200, "The institution.")
            .projects(),
    ]
}

async fn list(State(app): State<App>, caller: Caller, query: Query) -> Result<Response, Problem> {
    let conditions = query.conditions(FILTERS)?;
    let read = |page| app.engine.institutions(&conditions, page);
    query.list(read, |institution| shown_to(&caller, institution, query.origin())).await
}

async fn detail(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<String>,
    query: Query,
) -> Result<Response, Problem> {
    let id = id.parse().map_err(|_| Problem::not_found())?;
    let institution = shown_to(&caller, app.engine.institution(id).await?, query.origin());
    query.one(StatusCode::OK, shown(&institution)?)
}

/// Pictures that this server has are at the address where the client knows it. Only a widget, which
/// speaks to a person, is told what forms say in other languages: with keys the answer has nothing
/// that the original's has not.
fn shown_to(caller: &Caller, institution: Institution, origin: &Origin) -> Institution {
    let at = |picture: Option<String>| picture.map(|address| origin.resolve(&address));
    let institution = if caller.grant.is_some() { institution } else { institution.untranslated() };
    Institution {
        logo: at(institution.logo),
        icon_logo: at(institution.icon_logo),
        text_logo: at(institution.text_logo),
        ..institution
    }
}

/// The institution of this name.
pub(crate) async fn named(engine: &Engine, name: &str) -> Result<Option<Institution>, Problem> {
    match engine.institution_named(name).await {
        Ok(institution) => Ok(Some(institution)),
        Err(Error::NoSuch(_)) => Ok(None),
        Err(error) => Err(error.into()),
    }
}
