//! One operation of the HTTP surface: where it is, who may call it, what handles it and what the
//! OpenAPI document says of it, in one value.

use crate::{App, body::Body};
use axum::{
    extract::DefaultBodyLimit,
    handler::Handler,
    routing::{MethodFilter, MethodRouter, on},
};
use domain::{
    access::Scope,
    filter::{Field, Kind, Operator as Test},
    time::YEARS,
};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        ContentBuilder, HttpMethod, ObjectBuilder, Ref, RefOr, Required, ResponseBuilder,
        SecurityRequirement, Type,
        path::{OperationBuilder, Parameter, ParameterBuilder, ParameterIn, ParameterStyle},
        request_body::RequestBodyBuilder,
        schema::{ArrayBuilder, KnownFormat, Schema, SchemaFormat},
    },
};

/// The name of the error body among the schemas.
pub(crate) const ERRORS: &str = "Errors";
/// The name of the answer to what is done later.
const ACCEPTED: &str = "Accepted";

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Access {
    /// Everybody.
    Open,
    /// Whoever has API keys.
    Keys,
    /// Whoever has API keys, or a widget token of this scope.
    KeysOr(Scope),
    /// Whoever has API keys, or a widget token, be it used up: it tells how its own link fares, and no
    /// more.
    KeysOrToken,
}

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// One operation.
pub(crate) struct Operation {
    pub(crate) method: HttpMethod,
    pub(crate) path: String,
    pub(crate) access: Access,
    /// Answers when it is done, however long that takes, and is not counted against any limit.
    pub(crate) unlimited: bool,
    pub(crate) route: MethodRouter<App>,
    pub(crate) doc: OperationBuilder,
    pub(crate) schemas: Schemas,
}

macro_rules! verbs { ($($name:ident $filter:ident $method:ident),*) => { $(
    /// An operation of this method.
    pub(crate) fn $name<H: Handler<T, App>, T: 'static>(
        path: impl Into<String>,
        id: impl Into<String>,
        summary: impl Into<String>,
        handler: H,
    ) -> Operation {
        Operation::new(HttpMethod::$method, path.into(), id, summary, on(MethodFilter::$filter, handler))
    }
)* } }
verbs!(get GET Get, post POST Post, put PUT Put, patch PATCH Patch, delete DELETE Delete);

fn kind(kind: Type) -> ObjectBuilder {
    ObjectBuilder::new().schema_type(kind)
}
fn format(format: KnownFormat) -> ObjectBuilder {
    kind(Type::String).format(Some(SchemaFormat::KnownFormat(format)))
}
fn refer(name: &str) -> RefOr<Schema> {
    Ref::from_schema_name(name).into()
}
fn content(schema: RefOr<Schema>) -> utoipa::openapi::Content {
    ContentBuilder::new().schema(Some(schema)).build()
}

impl Operation {
    fn new(
        method: HttpMethod,
        path: String,
        id: impl Into<String>,
        summary: impl Into<String>,
        route: MethodRouter<App>,
    ) -> Self {
        let tag = path.trim_start_matches("/api/").trim_start_matches("/v1/");
        let tag = tag.split('/').find(|part| part.len() > 2).unwrap_or("root").to_owned();
        let mut doc = OperationBuilder::new()
            .operation_id(Some(id.into()))
            .summary(Some(summary.into()))
            .tag(tag);
        for name in path.split(['{', '}']).skip(1).step_by(2) {
            doc = doc.parameter(
                ParameterBuilder::new()
                    .name(name)
                    .parameter_in(ParameterIn::Path)
                    .required(Required::True)
                    .schema(Some(format(KnownFormat::Uuid))),
            );
        }
        let operation = Self {
            method,
            access: Access::Keys,
            unlimited: false,
            route,
            doc,
            schemas: Schemas::new(),
            path,
        };
        if operation.path.contains('{') { operation.errors(&[404]) } else { operation }
    }
    /// Who may call it; whoever has keys, if nothing is said.
    pub(crate) fn access(self, access: Access) -> Self {
        Self { access, ..self }
    }
    /// No time limit, no rate limit, no place in the queue.
    pub(crate) fn unlimited(self) -> Self {
        Self { unlimited: true, ..self }
    }
    fn doc(self, change: impl FnOnce(OperationBuilder) -> OperationBuilder) -> Self {
        Self { doc: change(self.doc), ..self }
    }
    /// Says more than the summary.
    pub(crate) fn says(self, description: &str) -> Self {
        self.doc(|doc| doc.description(Some(description)))
    }
    /// Names what is behind a `{…}` of its path that is not a UUID.
    pub(crate) fn path_parameter(mut self, name: &str, schema: impl Into<Schema>) -> Self {
        let mut built = self.doc.build();
        for parameter in built.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter
                && parameter.name == name
            {
                let schema: Schema = schema.into();
                parameter.schema = Some(schema.into());
                break;
            }
        }
        self.doc = built.into();
        self
    }
    /// A schema that others refer to.
    pub(crate) fn schema(mut self, name: &str, schema: impl Into<RefOr<Schema>>) -> Self {
        self.schemas.entry(name.into()).or_insert_with(|| schema.into());
        self
    }
    /// The schema of a type and of all that it refers to.
    pub(crate) fn schema_of<T: ToSchema>(mut self) -> Self {
        let mut below = Vec::new();
        T::schemas(&mut below);
        self.schemas.extend(below);
        self.schema(&T::name(), <T as PartialSchema>::schema())
    }
    /// It takes a body.
    pub(crate) fn body<B: Body>(self) -> Self {
        self.body_of(B::NAME, B::schema())
    }
    /// It takes a body, or none.
    pub(crate) fn body_optional<B: Body>(self) -> Self {
        self.takes(B::NAME, B::schema(), Required::False)
    }
    /// It takes a body of this schema.
    pub(crate) fn body_of(self, name: &str, schema: Schema) -> Self {
        self.takes(name, schema, Required::True)
    }
    fn takes(self, name: &str, schema: Schema, required: Required) -> Self {
        let body = RequestBodyBuilder::new()
            .required(Some(required))
            .content("application/json", content(refer(name)));
        self.schema(name, schema).doc(|doc| doc.request_body(Some(body.build()))).errors(&[400])
    }
    /// It takes a file: as the field `file` of a form, or alone.
    pub(crate) fn takes_file(mut self, says: &str) -> Self {
        let file = || {
            let format = SchemaFormat::KnownFormat(KnownFormat::Binary);
            kind(Type::String).format(Some(format))
        };
        let form =
            kind(Type::Object).property("file", file().description(Some(says))).required("file");
        let body = RequestBodyBuilder::new()
            .required(Some(Required::True))
            .description(Some(says))
            .content("multipart/form-data", content(Schema::from(form).into()))
            .content("application/octet-stream", content(Schema::from(file()).into()));
        // How much of it is taken, its handler knows.
        self.route = self.route.layer(DefaultBodyLimit::disable());
        self.doc(|doc| doc.request_body(Some(body.build()))).errors(&[400, 408, 413, 415])
    }
    /// It answers so, with a body of this schema.
    pub(crate) fn answers(self, status: u16, says: &str, schema: impl Into<RefOr<Schema>>) -> Self {
        let answer = ResponseBuilder::new()
            .description(says)
            .content("application/json", content(schema.into()));
        self.doc(|doc| doc.response(status.to_string(), answer.build()))
    }
    /// It answers with a document that is no JSON.
    pub(crate) fn answers_media(self, status: u16, says: &str, media: &str) -> Self {
        let text = Schema::from(kind(Type::String));
        let answer = ResponseBuilder::new().description(says).content(media, content(text.into()));
        self.doc(|doc| doc.response(status.to_string(), answer.build()))
    }
    /// It answers so, without a body.
    pub(crate) fn answers_nothing(self, status: u16, says: &str) -> Self {
        let answer = ResponseBuilder::new().description(says).build();
        self.doc(|doc| doc.response(status.to_string(), answer))
    }
    /// It answers with one `T`.
    pub(crate) fn answers_one<T: ToSchema>(self, status: u16, says: &str) -> Self {
        self.schema_of::<T>().answers(status, says, refer(&T::name()))
    }
    /// It answers with one of what `name` describes.
    pub(crate) fn answers_ref(self, status: u16, says: &str, name: &str) -> Self {
        self.answers(status, says, refer(name))
    }
    /// It answers with an array of what `name` describes.
    pub(crate) fn answers_array(self, status: u16, says: &str, name: &str) -> Self {
        self.answers(status, says, Schema::from(ArrayBuilder::new().items(refer(name))))
    }
    /// It answers 202 and works on.
    pub(crate) fn answers_later(self, says: &str) -> Self {
        let schema = kind(Type::Object)
            .property("request_id", kind(Type::String).pattern(Some("^[0-9a-f]{32}$")))
            .required("request_id");
        self.schema(ACCEPTED, Schema::from(schema)).answers_ref(202, says, ACCEPTED)
    }
    /// It lists `T`s, page by page.
    pub(crate) fn lists<T: ToSchema>(self) -> Self {
        let name = T::name();
        self.schema_of::<T>().lists_ref(&name)
    }
    /// It lists what `name` describes, page by page.
    pub(crate) fn lists_ref(self, name: &str) -> Self {
        let url = || {
            Schema::from(
                ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::SchemaType::from_iter([
                        Type::String,
                        Type::Null,
                    ]))
                    .format(Some(SchemaFormat::Custom("uri".into()))),
            )
        };
        let page = kind(Type::Object)
            .property("count", kind(Type::Integer).minimum(Some(0)))
            .property("next", url())
            .property("previous", url())
            .property("results", ArrayBuilder::new().items(refer(name)))
            .required("count")
            .required("next")
            .required("previous")
            .required("results");
        let whole = format!("{name}Page");
        self.schema(&whole, Schema::from(page))
            .answers_ref(200, "A page of the list.", &whole)
            .errors(&[400, 404])
            .query("page", "The page, from 1.", kind(Type::Integer).minimum(Some(1)))
            .query(
                "page_size",
                "How many on a page; more than 1000 are taken for 1000.",
                kind(Type::Integer).minimum(Some(1)),
            )
    }
    /// `fields` and `omit`.
    pub(crate) fn projects(self) -> Self {
        let names = || kind(Type::String);
        self.list_query("fields", "Only these first-level keys.", names()).list_query(
            "omit",
            "Not these first-level keys.",
            names(),
        )
    }
    /// A parameter of the query.
    pub(crate) fn query(self, name: &str, says: &str, schema: impl Into<Schema>) -> Self {
        self.parameter(of_the_query(name, says, schema).build())
    }
    /// A parameter of the query whose values are separated by commas.
    fn list_query(self, name: &str, says: &str, item: impl Into<Schema>) -> Self {
        let item: Schema = item.into();
        let list = of_the_query(name, says, ArrayBuilder::new().items(RefOr::T(item)));
        self.parameter(list.style(Some(ParameterStyle::Form)).explode(Some(false)).build())
    }
    fn parameter(self, parameter: Parameter) -> Self {
        self.doc(|doc| doc.parameter(parameter))
    }
    /// The header that asks for an answer later.
    pub(crate) fn may_be_asynchronous(self) -> Self {
        self.parameter(
            ParameterBuilder::new()
                .name("X-Belvo-Request-Mode")
                .parameter_in(ParameterIn::Header)
                .required(Required::False)
                .description(Some("`async`: answer 202 and finish by webhook."))
                .schema(Some(kind(Type::String).examples(["async"])))
                .build(),
        )
        .answers_later(
            "It goes on in the background; a webhook with this request id tells when it is done.",
        )
    }
    /// Everything that `fields` can be filtered by; `required` says which ones must be given.
    pub(crate) fn filters(mut self, fields: &'static [Field], required: &[&str]) -> Self {
        for field in fields {
            for test in field.operators {
                let name = match test.suffix() {
                    "" => field.name.to_owned(),
                    suffix => format!("{}__{suffix}", field.name),
                };
                let item = value(field.kind, *test);
                self = match test {
                    Test::Range => self.list_query(&name, "Between the two, both included.", item),
                    Test::In | Test::NotIn | Test::Allin => {
                        self.list_query(&name, says(*test), item)
                    }
                    _ => self.query(&name, says(*test), item),
                };
            }
        }
        if required.is_empty() {
            return self;
        }
        let mut built = self.doc.build();
        for parameter in built.parameters.iter_mut().flatten() {
            if let RefOr::T(parameter) = parameter
                && required.contains(&parameter.name.as_str())
            {
                parameter.required = Required::True;
            }
        }
        self.doc = built.into();
        self
    }
    /// Errors worth naming; what is not named is covered by `default`.
    pub(crate) fn errors(mut self, statuses: &[u16]) -> Self {
        for status in statuses {
            let says = match status {
                400 => "The request, the link or the institution does not allow it.",
                401 => "The keys or the token are wrong.",
                403 => "The token's scopes do not allow it.",
                404 => "There is no such thing.",
                408 => "The request took too long; what was read is kept.",
                409 => "Too soon after the last time.",
                413 => "The body is too large.",
                415 => "The body is of a type that is not taken here.",
                428 => "The institution asks the end user for something.",
                429 => "Too many requests.",
                _ => "An error.",
            };
            self = self.answers_ref(*status, says, ERRORS);
        }
        self
    }
    /// An example of the body.
    pub(crate) fn example(mut self, example: Value) -> Self {
        let mut built = self.doc.build();
        if let Some(RefOr::T(body)) = &mut built.request_body
            && let Some(RefOr::T(content)) = body.content.get_mut("application/json")
        {
            content.example = Some(example);
        }
        self.doc = built.into();
        self
    }
    /// The finished description.
    pub(crate) fn described(
        self,
    ) -> (HttpMethod, String, utoipa::openapi::path::Operation, Schemas) {
        let mut operation = self;
        if operation.access != Access::Open {
            operation = operation.errors(&[401]);
        }
        if matches!(operation.access, Access::KeysOr(_)) {
            operation = operation.errors(&[403]);
        }
        let none: [&str; 0] = [];
        let mut doc = operation.doc;
        doc = match operation.access {
            Access::Open => doc.securities(Some([SecurityRequirement::default()])),
            Access::Keys => doc.security(SecurityRequirement::new("keys", none)),
            Access::KeysOr(scope) => doc
                .security(SecurityRequirement::new("keys", none))
                .security(SecurityRequirement::new("token", [scope.as_str()])),
            Access::KeysOrToken => doc
                .security(SecurityRequirement::new("keys", none))
                .security(SecurityRequirement::new("token", none)),
        };
        let others = ResponseBuilder::new()
            .description("Any other error.")
            .content("application/json", content(refer(ERRORS)));
        doc = doc.response("default", others.build());
        (operation.method, operation.path, doc.build(), operation.schemas)
    }
}

/// A parameter of the query, which may always be left out.
fn of_the_query(name: &str, says: &str, schema: impl Into<Schema>) -> ParameterBuilder {
    let schema: Schema = schema.into();
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(says))
        .schema(Some(schema))
}

fn says(test: Test) -> &'static str {
    match test {
        Test::Is => "Equal.",
        Test::Partial | Test::Icontains => "Contains, whatever the case.",
        Test::Gt => "Greater than.",
        Test::Gte => "Greater or equal.",
        Test::Lt => "Less than.",
        Test::Lte => "Less or equal.",
        Test::Range => "Between two, both included.",
        Test::In => "One of.",
        Test::NotIn => "None of.",
        Test::Allin => "Has all of.",
    }
}

/// What the value of a filter looks like.
fn value(of: Kind, test: Test) -> Schema {
    match of {
        Kind::Word(words) if !matches!(test, Test::Icontains | Test::Partial) => {
            kind(Type::String).enum_values(Some(words.iter().copied())).into()
        }
        Kind::Text | Kind::Word(_) => {
            kind(Type::String).max_length(Some(domain::filter::LONGEST_VALUE)).into()
        }
        Kind::Id => format(KnownFormat::Uuid).into(),
        Kind::Integer => kind(Type::Integer).into(),
        Kind::Year => {
            let (first, last) = YEARS.into_inner();
            kind(Type::Integer).minimum(Some(first)).maximum(Some(last)).into()
        }
        Kind::Amount => kind(Type::Number).into(),
        Kind::Date => format(KnownFormat::Date).into(),
        Kind::Instant => {
            kind(Type::String).examples(["2026-01-14T09:12:33.000000Z", "2026-01-14"]).into()
        }
    }
}

/// The schema of an error body.
pub(crate) fn errors() -> Schema {
    let text = || kind(Type::String);
    let item = kind(Type::Object)
        .property("code", text().description(Some("Machine-readable.")))
        .property("message", text().description(Some("A sentence for people.")))
        .property("request_id", text().pattern(Some("^[0-9a-f]{32}$")))
        .property("field", text().description(Some("The key that is wrong.")))
        .property(
            "institution_user_id",
            text().description(Some("Who is linked already; only with `duplicated`.")),
        )
        .property(
            "session",
            text().description(Some(
                "What to send back with the answer; only with `token_required`.",
            )),
        )
        .property("expiry", kind(Type::Integer).description(Some("For how many seconds.")))
        .property("link", format(KnownFormat::Uuid))
        .property(
            "token_generation_data",
            kind(Type::Object)
                .property("instructions", text())
                .property(
                    "hint",
                    text().description(Some(
                        "Where the answer is found or what it looks like, as far as is known.",
                    )),
                )
                .property(
                    "translations",
                    kind(Type::Object)
                        .additional_properties(Some(
                            kind(Type::Object)
                                .property("instructions", text())
                                .property("hint", text())
                                .required("instructions"),
                        ))
                        .description(Some(
                            "Both in other languages, by their tags (`es`, `pt`), as far as the \
                             institution's connector speaks them.",
                        )),
                )
                .property("type", text())
                .property("value", text())
                .property("expects_user_input", kind(Type::Boolean))
                .property("options", ArrayBuilder::new().items(text()))
                .property(
                    "attempt",
                    kind(Type::Integer).description(Some(
                        "The how-manieth try this is, from 2 on: the last answer was wrong.",
                    )),
                ),
        )
        .property("line", kind(Type::Integer).description(Some("Where in a file, from 1.")))
        .property(
            "column",
            kind(Type::Integer).description(Some("The character in that line, from 1.")),
        )
        .property(
            "proposed",
            kind(Type::Object).description(Some(
                "How the file perhaps could be read; only with `unreadable_file`.",
            )),
        )
        .required("code")
        .required("message")
        .required("request_id");
    ArrayBuilder::new()
        .items(item)
        .min_items(Some(1))
        .description(Some("What went wrong: one object for each thing."))
        .examples([json!([{
            "code": "required",
            "message": "This field is required.",
            "field": "date_from",
            "request_id": "1f0c7a5be9d64c0e9b7f2a4d8c3e6f10"
        }])])
        .into()
}
