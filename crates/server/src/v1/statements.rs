//! `/v1/links/{id}/statements/`: statement files for links whose data come from them.

use crate::{
    App,
    body::Form,
    caller::Caller,
    operation::{Operation, delete, get, post, put},
    path::Id,
    problem::{Item, Problem},
    query::{json, shown},
};
use axum::{
    body::{Bytes, HttpBody as _},
    extract::{FromRequest as _, Multipart, Request, State, multipart::MultipartError},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{ids::LinkId, time::Window};
use engine::statements::{Uploaded, UploadedAccount};
use jiff::civil::Date;
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use std::{pin::Pin, time::Duration};
use utoipa::{
    ToSchema,
    openapi::{
        ObjectBuilder, Type,
        schema::{ArrayBuilder, OneOfBuilder, Schema},
    },
};
use uuid::Uuid;
use zeroize::Zeroizing;

/// How long a file may take to arrive. Only so many are awaited at a time.
const ARRIVAL: Duration = Duration::from_mins(1);
/// What a form adds to the file in it, in bytes.
const AROUND: usize = 64 * 1024;
const MEDIA: &str = "Send the file as multipart/form-data in the field file, or alone as application/octet-stream, without a Content-Encoding.";

/// What came of a file.
#[derive(Serialize, ToSchema)]
pub(crate) struct Statement {
    /// The format of the file: `ofx`.
    format: Option<String>,
    /// The accounts that it speaks of.
    accounts: Vec<StatementAccount>,
    transactions: StatementTransactions,
    /// What was wrong with the file. The rest of it was kept.
    faults: Vec<StatementFault>,
}

/// What a file says of one account.
#[derive(Serialize, ToSchema)]
struct StatementAccount {
    id: Uuid,
    /// As its record shows it.
    number: Option<String>,
    /// How many movements of it the file shows.
    movements: u64,
    /// The days that the file says it shows; null where it does not say.
    period: Option<StatementPeriod>,
}

/// Days, both included.
#[derive(Serialize, ToSchema)]
struct StatementPeriod {
    from: Date,
    to: Date,
}

/// What the file did to the transactions of the link.
#[derive(Serialize, ToSchema)]
struct StatementTransactions {
    created: u64,
    updated: u64,
    deleted: u64,
    /// Those that were known as the file shows them.
    unchanged: u64,
}

/// Something in a file that could not be read.
#[derive(Serialize, ToSchema)]
struct StatementFault {
    /// From 1; null where no single line is meant.
    line: Option<u64>,
    /// The character in the line, from 1; null where the whole line is meant.
    column: Option<u64>,
    /// What is wrong, and what was made of it.
    problem: String,
}

impl From<Uploaded> for Statement {
    fn from(uploaded: Uploaded) -> Self {
        let Uploaded { format, accounts, created, updated, deleted, unchanged, faults } = uploaded;
        let count = |n: usize| u64::try_from(n).unwrap_or(u64::MAX);
        let account = |UploadedAccount { id, number, movements, period }| StatementAccount {
            id: Uuid::from(id),
            number,
            movements: count(movements),
            period: period.map(|Window { from, to }| StatementPeriod { from, to }),
        };
        let fault =
            |engine::Remark { line, column, problem }| StatementFault { line, column, problem };
        Self {
            format,
            accounts: accounts.into_iter().map(account).collect(),
            transactions: StatementTransactions {
                created: count(created),
                updated: count(updated),
                deleted: count(deleted),
                unchanged: count(unchanged),
            },
            faults: faults.into_iter().map(fault).collect(),
        }
    }
}

pub(crate) fn operations() -> Vec<Operation> {
    let path = "/v1/links/{id}/statements/";
    let mapping = "/v1/links/{id}/statements/mapping/";
    vec![
        post(path, "upload_statement", "Reads a statement file into a link", upload)
            .says(
                "The file is read and forgotten; what it says becomes accounts and transactions. \
                 Nothing is doubled by a file that is uploaded again or overlaps another.",
            )
            .takes_file("A bank's statement file.")
            .answers_one::<Statement>(201, "Read."),
        get(mapping, "show_statement_mapping", "Shows how tables of a link are read", show)
            .schema(MAPPING, mapping_schema())
            .answers_ref(200, "The mapping.", MAPPING)
            .errors(&[400]),
        put(mapping, "set_statement_mapping", "Says how tables of a link are to be read", set)
            .body_of(MAPPING, mapping_schema())
            .example(mapping_example())
            .answers_ref(200, "The mapping as it is kept.", MAPPING),
        delete(
            mapping,
            "delete_statement_mapping",
            "Forgets how tables of a link are read",
            forget,
        )
        .answers_nothing(204, "Forgotten.")
        .errors(&[400]),
    ]
}

/// The name of a mapping among the schemas.
pub(crate) const MAPPING: &str = "StatementMapping";

/// What `statements::Mapping` is in JSON. Its reader has the last word; a test holds the example
/// against it.
pub(crate) fn mapping_schema() -> Schema {
    let text = |says: &str| ObjectBuilder::new().schema_type(Type::String).description(Some(says));
    let number = || ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    let column = |says: &str| {
        OneOfBuilder::new()
            .item(ObjectBuilder::new().schema_type(Type::String))
            .item(number())
            .description(Some(says))
    };
    let mut columns = ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some(
            "What is in which column, by its name in the header or by its number from 1: a date, \
             and an amount or a debit and a credit.",
        ))
        .property("date", column("The day of the movement."))
        .required("date")
        .property(
            "description",
            ArrayBuilder::new()
                .items(column("A column."))
                .description(Some("The bank's words, joined in this order.")),
        );
    for (name, says) in [
        ("value_date", "The day it counts from, where that is said apart."),
        ("amount", "The amount with its sign."),
        ("debit", "What went out."),
        ("credit", "What came in."),
        ("direction", "Whether `amount` went out or came in, in a word."),
        ("balance", "The balance after the movement."),
        ("id", "The bank's own id."),
        ("reference", "A reference or cheque number."),
        ("kind", "What kind of movement the bank says it is."),
        ("counterparty", "Who was at the other end."),
        ("counterparty_account", "Their account."),
        ("currency", "ISO 4217."),
        ("account", "Whose movement it is, in files of several accounts."),
    ] {
        columns = columns.property(name, column(says));
    }
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .description(Some("How tables of movements are to be read."))
        .property("columns", columns)
        .required("columns")
        .property(
            "days",
            text("In which order days are written.").enum_values(Some([
                "day_first",
                "month_first",
                "year_first",
            ])),
        )
        .required("days")
        .property("delimiter", text("What separates columns: a comma if nothing is said."))
        .property(
            "decimal",
            text("What stands before the fraction of an amount.").enum_values(Some([".", ","])),
        )
        .property(
            "sign",
            text("`turned` where a minus means that money came in.")
                .enum_values(Some(["as_written", "turned"])),
        )
        .property(
            "header",
            ObjectBuilder::new().schema_type(Type::Boolean).description(Some(
                "Whether a row names the columns; if nothing is said, one does.",
            )),
        )
        .property(
            "skip",
            ObjectBuilder::new()
                .schema_type(Type::Integer)
                .minimum(Some(0))
                .description(Some("Lines to pass over at the beginning.")),
        )
        .property("encoding", text("Of what is not UTF-8: `windows-1252` if nothing is said."))
        .property("bank", text("The bank, where the file does not say it."))
        .property("account", text("The account, where no column says it."))
        .property("currency", text("ISO 4217, where no column says it."))
        .into()
}

pub(crate) fn mapping_example() -> Value {
    serde_json::json!({
        "delimiter": ";",
        "columns": {
            "date": "Fecha", "description": ["Concepto"], "debit": "Cargo", "credit": "Abono",
            "balance": "Saldo"
        },
        "days": "day_first",
        "decimal": ".",
        "account": "0123456789"
    })
}

async fn upload(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    request: Request,
) -> Result<Response, Problem> {
    read_in(&app, &caller.engine, id, request).await
}

/// Reads the file in `request` into a link.
pub(crate) async fn read_in(
    app: &App,
    caller: &engine::Caller,
    id: LinkId,
    request: Request,
) -> Result<Response, Problem> {
    // Megabytes are taken in only for a link that can use them.
    app.engine.check_upload(caller, id).await?;
    let place = app.doors.uploads.acquire().await.map_err(|_| Problem::busy())?;
    let arriving = tokio::time::timeout(ARRIVAL, file_of(request, app));
    let file = arriving.await.unwrap_or_else(|_| Err(Problem::timed_out()))?;
    let uploaded = app.engine.upload_statement(caller, id, file).await?;
    drop(place);
    Ok(json(StatusCode::CREATED, shown(&Statement::from(uploaded))?))
}

async fn show(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
) -> Result<Response, Problem> {
    let mapping = app.engine.statement_mapping(&caller.engine, id).await?;
    Ok(json(StatusCode::OK, mapping))
}

async fn set(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
    form: Form,
) -> Result<Response, Problem> {
    let mapping = Value::Object(form.values()).to_string();
    let mapping = app.engine.set_statement_mapping(&caller.engine, id, &mapping).await?;
    Ok(json(StatusCode::OK, mapping))
}

async fn forget(
    State(app): State<App>,
    caller: Caller,
    Id(id): Id<LinkId>,
) -> Result<Response, Problem> {
    app.engine.delete_statement_mapping(&caller.engine, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// The file in a request's body, in base64, as the answer to a challenge is.
async fn file_of(request: Request, app: &App) -> Result<SecretString, Problem> {
    let limit = app.settings.limits.upload;
    let headers = request.headers();
    if headers.get(header::CONTENT_ENCODING).is_some_and(|said| said != "identity") {
        return Err(Problem::wrong_media(MEDIA));
    }
    let media = media_of(headers);
    let form = media == "multipart/form-data";
    let length =
        headers.get(header::CONTENT_LENGTH).and_then(|said| said.to_str().ok()?.parse().ok());
    // What a length says beforehand need not be read first.
    if length
        .is_some_and(|length: usize| length > limit.saturating_add(if form { AROUND } else { 0 }))
    {
        return Err(Problem::too_large());
    }
    let mut file = File { bytes: Zeroizing::new(Vec::new()), limit };
    file.bytes.reserve_exact(length.unwrap_or(0).min(limit));
    match media.as_str() {
        "multipart/form-data" => from_form(request, app, &mut file).await?,
        "application/json" | "application/x-www-form-urlencoded" => {
            return Err(Problem::wrong_media(MEDIA));
        }
        other if other.starts_with("multipart/") => return Err(Problem::wrong_media(MEDIA)),
        _ => alone(request, &mut file).await?,
    }
    Ok(STANDARD.encode(&*file.bytes).into())
}

/// The type of a body in lower case and without parameters; empty where none is said.
fn media_of(headers: &HeaderMap) -> String {
    let said = headers.get(header::CONTENT_TYPE).and_then(|said| said.to_str().ok());
    let said = said.unwrap_or_default().split(';').next().unwrap_or_default();
    said.trim().to_ascii_lowercase()
}

/// A file on its way in. Wiped when dropped.
struct File {
    bytes: Zeroizing<Vec<u8>>,
    limit: usize,
}

impl File {
    fn add(&mut self, piece: &[u8]) -> Result<(), Problem> {
        if piece.len() > self.limit - self.bytes.len() {
            return Err(Problem::too_large());
        }
        self.bytes.extend_from_slice(piece);
        Ok(())
    }
}

async fn alone(request: Request, file: &mut File) -> Result<(), Problem> {
    let mut body = request.into_body();
    let ended_early = || Problem::refused("parse_error", "The body ended early.");
    while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
        let piece: Option<Bytes> = frame.map_err(|_| ended_early())?.into_data().ok();
        file.add(&piece.unwrap_or_default())?;
    }
    Ok(())
}

/// The field `file` of a form; what else is in it is left aside.
async fn from_form(request: Request, app: &App, file: &mut File) -> Result<(), Problem> {
    let broken = |error: MultipartError| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
        _ => Problem::refused("parse_error", "Multipart form parse error"),
    };
    let mut form = Multipart::from_request(request, app)
        .await
        .map_err(|_| Problem::refused("parse_error", "Multipart form parse error"))?;
    let mut found = false;
    let mut aside = AROUND;
    while let Some(mut field) = form.next_field().await.map_err(broken)? {
        let wanted = field.name() == Some("file");
        if wanted && std::mem::replace(&mut found, true) {
            let message = "Only one file can be uploaded at a time.";
            return Err(Problem::bad(vec![Item::new("invalid", message).at("file")]));
        }
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            if wanted {
                file.add(&piece)?;
            } else {
                aside = aside.checked_sub(piece.len()).ok_or_else(Problem::too_large)?;
            }
        }
    }
    if !found {
        let item = Item::new("required", "No file was submitted.").at("file");
        return Err(Problem::bad(vec![item]));
    }
    Ok(())
}
