//! Ids in paths: what cannot be an id names nothing.

use crate::{App, problem::Problem};
use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::ids::Id as Kind;
use uuid::Uuid;

/// The id in a request's path.
pub(crate) struct Id<T>(pub T);

impl<T: Kind + Send> FromRequestParts<App> for Id<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, app)
            .await
            .map_err(|_| Problem::not_found())?;
        Uuid::try_parse(&text).map(|id| Self(id.into())).map_err(|_| Problem::not_found())
    }
}
