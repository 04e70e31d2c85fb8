//! The schemas that connectors in other languages are built on, computed from the types that read
//! them.

use super::{frame, kind, messages as m};
use domain::resource::{self, Resource};
use schemars::{JsonSchema, SchemaGenerator, generate::SchemaSettings};
use serde_json::{Map, Value, json};

/// Where the schema of version 1 says that it is.
const PROTOCOL: &str = "https://vinculo.dev/schema/protocol-1.json";

/// Who sends a message.
#[derive(Clone, Copy)]
enum Side {
    Host,
    Connector,
}

/// The protocol's messages, version 1: `$defs` holds a schema of every body and every resource's
/// item, `x-requests` and `x-notifications` say who sends which; the whole describes any line.
#[must_use]
pub fn protocol() -> Value {
    let mut generator = SchemaSettings::draft2020_12().into_generator();
    let (mut requests, mut notices) = (Map::new(), Map::new());
    let (mut of_host, mut of_connector) = (Vec::new(), Vec::new());
    {
        let mut request = |side, method: &str, params: Value, result: Value| {
            let from = match side {
                Side::Host => "host",
                Side::Connector => "connector",
            };
            let id = match side {
                Side::Host => json!({"type": "integer", "minimum": 1}),
                Side::Connector => json!({"type": ["integer", "string"]}),
            };
            let asked = json!({
                "title": method, "type": "object",
                "properties": {"jsonrpc": {"const": "2.0"}, "id": id, "method": {"const": method}, "params": &params},
                "required": ["jsonrpc", "id", "method"],
            });
            let answered = json!({
                "title": format!("answer to {method}"), "type": "object",
                "properties": {"jsonrpc": {"const": "2.0"}, "id": id, "result": &result},
                "required": ["jsonrpc", "id", "result"],
            });
            match side {
                Side::Host => {
                    of_host.push(asked);
                    of_connector.push(answered);
                }
                Side::Connector => {
                    of_connector.push(asked);
                    of_host.push(answered);
                }
            }
            requests
                .insert(method.into(), json!({"from": from, "params": params, "result": result}));
        };
        let g = &mut generator;
        let nothing = name::<m::Nothing>(g);
        request(Side::Host, "initialize", name::<m::Initialize>(g), name::<m::Initialized>(g));
        request(Side::Host, "describe", nothing.clone(), name::<m::Described>(g));
        request(Side::Host, "login", name::<m::Login>(g), name::<m::LoggedIn>(g));
        request(Side::Host, "fetch", name::<m::Fetch>(g), name::<m::Covered>(g));
        for method in ["revoke", "logout", "cancel", "ping"] {
            request(Side::Host, method, nothing.clone(), nothing.clone());
        }
        request(Side::Connector, "challenge", name::<m::Challenge>(g), name::<m::Answer>(g));
    }
    for (method, params) in [
        ("record", name::<m::Record>(&mut generator)),
        ("checkpoint", name::<m::Checkpoint>(&mut generator)),
        ("blob", name::<m::Blob>(&mut generator)),
        ("progress", name::<m::Progress>(&mut generator)),
        ("log", name::<m::Log>(&mut generator)),
    ] {
        of_connector.push(json!({
            "title": method, "type": "object",
            "properties": {"jsonrpc": {"const": "2.0"}, "method": {"const": method}, "params": &params},
            "required": ["jsonrpc", "method", "params"],
            "not": {"required": ["id"]},
        }));
        notices.insert(method.into(), json!({"from": "connector", "params": params}));
    }
    for (lines, id) in [
        (&mut of_host, json!({"type": ["integer", "string"]})),
        (&mut of_connector, json!({"type": ["integer", "null"]})),
    ] {
        lines.push(json!({
            "title": "failure", "type": "object",
            "properties": {"jsonrpc": {"const": "2.0"}, "id": id, "error": name::<frame::Error>(&mut generator)},
            "required": ["jsonrpc", "id", "error"],
        }));
    }
    // Named, though only reached through others.
    for schema in [name::<kind::Kind>(&mut generator), name::<kind::Problem>(&mut generator)] {
        debug_assert!(schema.is_object());
    }
    let mut definitions = generator.take_definitions(true);
    let Resources { items, kinds, documents } = resources(&mut definitions);
    definitions.insert(
        "HostLine".into(),
        json!({"description": "A line that the host writes.", "anyOf": of_host}),
    );
    definitions.insert(
        "ConnectorLine".into(),
        json!({"description": "A line that the connector writes.", "anyOf": of_connector}),
    );
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": PROTOCOL,
        "title": "The connector protocol, version 1",
        "anyOf": [reference("HostLine"), reference("ConnectorLine")],
        "x-version": 1,
        "x-requests": requests,
        "x-notifications": notices,
        "x-items": items,
        "x-kinds": kinds,
        "x-documents": documents,
        "$defs": definitions,
    })
}

/// What connectors must know of resources, by their names.
struct Resources {
    items: Map<String, Value>,
    kinds: Map<String, Value>,
    documents: Map<String, Value>,
}

fn resources(definitions: &mut Map<String, Value>) -> Resources {
    let (mut items, mut kinds, mut documents) = (Map::new(), Map::new(), Map::new());
    // What is computed, no connector is asked for.
    for resource in resource::all().iter().filter(|resource| resource.computed().is_none()) {
        items.insert(resource.name.into(), reference(&item(resource, definitions)));
        if let Some(all) = resource.kinds {
            kinds.insert(resource.name.into(), all.words().collect());
        }
        if let Some(of) = resource.documents {
            documents.insert(resource.name.into(), of.names.iter().copied().collect());
        }
    }
    Resources { items, kinds, documents }
}

fn name<T: JsonSchema>(generator: &mut SchemaGenerator) -> Value {
    generator.subschema_for::<T>().to_value()
}

fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/$defs/{name}")})
}

/// The definitions of a resource's item: what the API serves, without what the platform adds.
/// Gives the name of the item's own.
fn item(resource: &Resource, definitions: &mut Map<String, Value>) -> String {
    let mut all = (resource.schemas)().into_iter().map(|(name, schema)| {
        let mut schema = serde_json::to_value(schema).unwrap_or_default();
        point_inside(&mut schema);
        (name, schema)
    });
    let Some((own, mut schema)) = all.next() else { return String::new() };
    without_envelope(resource, &mut schema);
    let shapes = shapes(&schema);
    for (name, mut schema) in all {
        if shapes.contains(&name) {
            without_envelope(resource, &mut schema);
        }
        // What is there already may be another resource's item, without its envelope.
        definitions.entry(name).or_insert(schema);
    }
    definitions.insert(own.clone(), schema);
    own
}

/// The names of the shapes that an item has, if it has several: it then refers to them.
fn shapes(schema: &Value) -> Vec<String> {
    let several = ["oneOf", "anyOf"].into_iter().filter_map(|key| schema.get(key)?.as_array());
    several.flatten().filter_map(|shape| shape["$ref"].as_str()).map(definition).collect()
}

/// The name at the end of a reference.
fn definition(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().into()
}

/// Without what institutions say nothing of.
fn without_envelope(resource: &Resource, schema: &mut Value) {
    let ours: Vec<&str> = resource.platform_keys().collect();
    if let Some(properties) = schema.get_mut("properties").and_then(Value::as_object_mut) {
        properties.retain(|name, _| !ours.contains(&name.as_str()));
    }
    if let Some(required) = schema.get_mut("required").and_then(Value::as_array_mut) {
        required.retain(|name| name.as_str().is_none_or(|name| !ours.contains(&name)));
    }
}

/// OpenAPI keeps its definitions elsewhere.
fn point_inside(schema: &mut Value) {
    match schema {
        Value::Object(keys) => {
            if let Some(Value::String(target)) = keys.get_mut("$ref")
                && let Some(name) = target.strip_prefix("#/components/schemas/")
            {
                *target = format!("#/$defs/{name}");
            }
            keys.values_mut().for_each(point_inside);
        }
        Value::Array(values) => values.iter_mut().for_each(point_inside),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::secret::Secret;
    use serde_json::value::RawValue;

    fn errors(line: &[u8]) -> Vec<String> {
        let schema = jsonschema::validator_for(&protocol()).expect("a schema");
        let line: Value = serde_json::from_slice(line).expect("json");
        schema.iter_errors(&line).map(|error| error.to_string()).collect()
    }

    #[test]
    fn what_the_host_writes_is_as_the_schema_says() {
        let login = m::Login {
            institution: "toybank_mx_retail".into(),
            credentials: [("username".into(), Secret::from("ana"))].into(),
            state: None,
            interactive: true,
        };
        let id: Box<RawValue> = serde_json::from_str("\"c1\"").expect("json");
        for line in [
            frame::request(1, "login", &login),
            frame::request(2, "ping", &m::Nothing {}),
            frame::answer(&id, &m::Answer { answer: "1234".into() }),
            frame::failure(&id, &frame::Error::failed(kind::Kind::TokenRequired.into(), "")),
        ] {
            assert_eq!(errors(&line.expect("a line")), [""; 0]);
        }
    }

    #[test]
    fn what_a_connector_writes_is_as_the_schema_says_and_nothing_else_is() {
        for line in [
            r#"{"jsonrpc":"2.0","method":"record","params":{"account":"a","page":0,"item":{}}}"#,
            r#"{"jsonrpc":"2.0","id":"c","method":"challenge","params":{"kind":"otp","prompt":"?"}}"#,
            r#"{"jsonrpc":"2.0","id":3,"result":{"window":null,"complete":true,"stated":{"a":{"opening":"1.00","closing":2}}}}"#,
            r#"{"jsonrpc":"2.0","id":3,"error":{"code":-32000,"message":"no","data":{"kind":"login_error","problem":"locked"}}}"#,
        ] {
            assert_eq!(errors(line.as_bytes()), [""; 0], "{line}");
        }
        for line in [
            r#"{"jsonrpc":"2.0","method":"record","params":{}}"#,
            r#"{"jsonrpc":"2.0","id":"c","method":"challenge","params":{"kind":"oracle","prompt":"?"}}"#,
            r#"{"jsonrpc":"1.0","method":"progress","params":{"done":1}}"#,
            "[]",
        ] {
            assert_ne!(errors(line.as_bytes()), [""; 0], "{line}");
        }
    }

    #[test]
    fn every_resource_has_the_schema_of_its_item_and_no_name_stands_for_two_things() {
        let schema = protocol();
        let definitions = schema["$defs"].as_object().expect("definitions");
        for resource in resource::all() {
            if resource.computed().is_some() {
                assert_eq!(schema["x-items"].get(resource.name), None);
                continue;
            }
            let own = (resource.schemas)().remove(0).0;
            let target = &schema["x-items"][resource.name]["$ref"];
            assert_eq!(target, &json!(format!("#/$defs/{own}")));
            let mut shapes = shapes(&definitions[&own]);
            if shapes.is_empty() {
                shapes.push(own);
            }
            for shape in shapes {
                let properties = definitions[&shape]["properties"].as_object().expect("properties");
                assert!(
                    resource.platform_keys().all(|key| !properties.contains_key(key)),
                    "{shape}"
                );
            }
        }
        let of_protocol =
            ["Record", "Log", "Fetch", "Covered", "Challenge", "Days", "Error", "Kind"];
        for (name, _) in resource::all().iter().flat_map(|resource| (resource.schemas)()) {
            assert!(!of_protocol.contains(&&*name), "{name}");
        }
        let text = schema.to_string();
        for target in text.split("\"#/$defs/").skip(1).filter_map(|rest| rest.split('"').next()) {
            assert!(definitions.contains_key(target), "{target}");
        }
    }
}
