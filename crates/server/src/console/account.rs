//! One's own password, and who else may sign in.

use super::{
    form::Form,
    frame::{Frame, maybe_when, shown, when},
    note,
    sign_in::with_token,
    visitor::Visitor,
};
use crate::{App, origin::Origin, problem::Problem};
use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};
use engine::operators::NotDone;
use secrecy::ExposeSecret as _;

#[derive(Template)]
#[template(path = "console/account.html")]
struct Account {
    frame: Frame,
    operators: Vec<Row>,
    wrong: Option<String>,
}

/// An operator in the list.
struct Row {
    name: String,
    role: String,
    made: String,
    signed_in: String,
}

async fn account(app: &App, visitor: Visitor, wrong: Option<String>) -> Result<Account, Problem> {
    let all = app.engine.operators().await?;
    let rows =
        all.into_iter().filter(|operator| operator.removed_at.is_none()).map(|operator| Row {
            name: operator.name,
            role: operator.role.to_string(),
            made: when(operator.created_at),
            signed_in: maybe_when(operator.signed_in_at),
        });
    let tenants = app.engine.tenants().await?;
    let frame = Frame::new(app, visitor, None, tenants, "account");
    Ok(Account { frame, operators: rows.collect(), wrong })
}

pub(super) async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    shown(&account(&app, visitor, None).await?)
}

pub(super) async fn change(
    State(app): State<App>,
    visitor: Visitor,
    origin: Origin,
    Form { fields, .. }: Form,
) -> Result<Response, Problem> {
    let (old, new, again) = (fields.secret("old"), fields.secret("new"), fields.secret("again"));
    let wrong = if new.expose_secret() == again.expose_secret() {
        match app.engine.change_password(&visitor.who, &old, &new).await {
            Ok(Some(token)) => {
                let back = note::after("password", "/console/account");
                return with_token(back, Some(&token), &origin);
            }
            Ok(None) => "The present password is not that one, or too many were tried.".to_owned(),
            Err(NotDone::Broke(error)) => return Err(error.into()),
            Err(unfit) => format!("The new one will not do: {unfit}."),
        }
    } else {
        "The two new ones are not the same.".to_owned()
    };
    let page = account(&app, visitor, Some(wrong)).await?;
    Ok((StatusCode::BAD_REQUEST, shown(&page)?).into_response())
}
