//! The OpenAPI document, computed from the table of operations.

use crate::operation::{ERRORS, Operation, errors};
use std::collections::BTreeMap;
use utoipa::openapi::{
    ComponentsBuilder, HttpMethod, Info, OpenApi, OpenApiBuilder, Paths, RefOr, Schema,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};

/// Describes `operations`; the same operations give the same document, byte for byte.
pub(crate) fn document(operations: Vec<Operation>) -> OpenApi {
    let mut paths = Paths::new();
    let mut known: BTreeMap<String, RefOr<Schema>> =
        BTreeMap::from([(ERRORS.into(), errors().into())]);
    let components = ComponentsBuilder::new()
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
        for (name, schema) in schemas {
            let same = known.get(&name).is_none_or(|other| *other == schema);
            debug_assert!(same, "two different schemas are called {name}");
            known.insert(name, schema);
        }
    }
    let mut info = Info::new("Vinculo", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "An open-finance links engine. `/api/` speaks the public API of Belvo, so that its SDKs \
         and applications work by changing the base URL; `/v1/` is our own."
            .into(),
    );
    OpenApiBuilder::new()
        .info(info)
        .paths(paths)
        .components(Some(components.schemas_from_iter(known).build()))
        .build()
}

fn scheme(scheme: HttpAuthScheme, says: &str) -> HttpBuilder {
    HttpBuilder::new().scheme(scheme).description(Some(says))
}
