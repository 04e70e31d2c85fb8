//! `/v1/settings/`: what holds for all links of a tenant.

use crate::{
    App,
    body::{Json, body},
    caller::Caller,
    operation::{Operation, get, patch},
    problem::Problem,
};
use axum::extract::State;
use domain::refresh::Rate;
use engine::tenants::TenantSettings;
use serde::Serialize;
use utoipa::ToSchema;

body! {
    /// What is to hold for all links.
    ChangeSettings {
        /// How often new recurrent links are refreshed.
        default_rate: Option<Rate>,
    }
}

/// What holds for all links of a tenant.
#[derive(Serialize, ToSchema)]
struct Settings {
    /// How often new recurrent links are refreshed.
    default_rate: Rate,
}
impl From<TenantSettings> for Settings {
    fn from(settings: TenantSettings) -> Self {
        Self { default_rate: settings.default_rate }
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    vec![
        get("/v1/settings/", "show_settings", "Shows the settings", show)
            .answers_one::<Settings>(200, "The settings."),
        patch("/v1/settings/", "change_settings", "Changes the settings", change)
            .body::<ChangeSettings>()
            .example(serde_json::json!({"default_rate": "24h"}))
            .answers_one::<Settings>(200, "The settings as they are now."),
    ]
}

async fn show(State(app): State<App>, caller: Caller) -> Result<axum::Json<Settings>, Problem> {
    Ok(axum::Json(app.engine.tenant_settings(caller.engine.tenant).await?.into()))
}

async fn change(
    State(app): State<App>,
    caller: Caller,
    Json(wanted): Json<ChangeSettings>,
) -> Result<axum::Json<Settings>, Problem> {
    let mut settings = app.engine.tenant_settings(caller.engine.tenant).await?;
    if let Some(rate) = wanted.default_rate {
        settings.default_rate = rate;
        settings = app.engine.set_tenant_settings(&caller.engine, settings).await?;
    }
    Ok(axum::Json(settings.into()))
}
