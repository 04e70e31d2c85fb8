//! What paths say: what cannot be read names nothing, and is told so as everything else is.

use crate::{App, problem::Problem};
use axum::{
    extract::{self, FromRequestParts},
    http::request::Parts,
};
use domain::ids::Id as Kind;
use serde::de::DeserializeOwned;
use uuid::Uuid;

/// The variable parts of a request's path.
pub(crate) struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<App> for Path<T> {
    type Rejection = Problem;
    #[expect(clippy::disallowed_types, reason = "its rejection is turned into a problem here")]
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let said = extract::Path::<T>::from_request_parts(parts, app).await;
        said.map(|said| Self(said.0)).map_err(|_| Problem::not_found())
    }
}

/// The id in a request's path.
pub(crate) struct Id<T>(pub T);

impl<T: Kind + Send> FromRequestParts<App> for Id<T> {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let Path(text) = Path::<String>::from_request_parts(parts, app).await?;
        Uuid::try_parse(&text).map(|id| Self(id.into())).map_err(|_| Problem::not_found())
    }
}
