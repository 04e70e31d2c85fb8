//! The OpenAPI document, computed from the table of operations.

use crate::operation::{ERRORS, Operation, errors};
use utoipa::openapi::{
    ComponentsBuilder, HttpMethod, Info, OpenApi, OpenApiBuilder, Paths,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// Describes `operations`; the same operations give the same document, byte for byte.
pub(crate) fn document(operations: Vec<Operation>) -> OpenApi {
    let mut paths = Paths::new();
    let mut components = ComponentsBuilder::new()
        .schema(ERRORS, errors())
        .security_scheme(
            "keys",
            SecurityScheme::Http(
                scheme(HttpAuthScheme::Basic, "The id and the password of an API key.").build(),
            ),
        )
        .security_scheme(
            "token",
            SecurityScheme::Http(
                scheme(
                    HttpAuthScheme::Bearer,
                    "An access token of `POST /api/token/`, limited by its scopes.",
                )
                .bearer_format("JWT")
                .build(),
            ),
        );
    for operation in operations {
        let (method, path, doc, schemas) = operation.described();
        let methods: Vec<HttpMethod> = vec![method];
        paths.add_path_operation(path, methods, doc);
        components = components.schemas_from_iter(schemas);
    }
    let mut info = Info::new("Vinculo", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "An open-finance links engine. `/api/` speaks the public API of Belvo, so that its SDKs \
         and applications work by changing the base URL; `/v1/` is our own."
            .into(),
    );
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components.build())).build()
}

fn scheme(scheme: HttpAuthScheme, says: &str) -> HttpBuilder {
    HttpBuilder::new().scheme(scheme).description(Some(says))
}
