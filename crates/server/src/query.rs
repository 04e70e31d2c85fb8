//! The query of a list: filters, page and projection; and the page that answers it.

use crate::{
    App,
    origin::Origin,
    problem::{Item, Problem},
};
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::filter::{Condition, Field, Page, Projection, parse};
use engine::{Error, Listed};
use serde::{
    Serialize,
    de::{DeserializeSeed, Deserializer, MapAccess, Visitor},
};
use serde_json::value::RawValue;
use std::{convert::Infallible, fmt::Write};
use url::form_urlencoded;

/// A request's query, decoded, and the address that it came to.
#[derive(Debug)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
    origin: Origin,
    path: String,
    default_size: u32,
}

impl FromRequestParts<App> for Query {
    type Rejection = Infallible;
    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Infallible> {
        let origin = Origin::from_request_parts(parts, app).await?;
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self {
            pairs: form_urlencoded::parse(query.as_bytes()).into_owned().collect(),
            origin,
            path: parts.uri.path().to_owned(),
            default_size: app.settings.page_size,
        })
    }
}

impl Query {
    /// Where the client reaches this server.
    pub(crate) fn origin(&self) -> &Origin {
        &self.origin
    }
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        self.pairs.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
    /// The last value of `key`.
    pub(crate) fn value(&self, key: &str) -> Option<&str> {
        self.pairs().filter(|(known, _)| *known == key).map(|(_, value)| value).last()
    }
    /// Which page is asked for.
    pub(crate) fn page(&self) -> Result<Page, Problem> {
        Ok(Page::parse(self.pairs(), self.default_size)?)
    }
    /// Which first-level keys are asked for.
    pub(crate) fn projection(&self) -> Projection {
        Projection::parse(self.pairs())
    }
    /// What the list is filtered by; an empty value of a filter that must be given is none.
    pub(crate) fn conditions(&self, fields: &'static [Field]) -> Result<Vec<Condition>, Problem> {
        Ok(parse(fields, self.pairs())?)
    }
    /// 400 unless the filter `name` was given, by itself or with `__in`.
    pub(crate) fn requires(&self, name: &'static str) -> Result<(), Problem> {
        let given = |key: &str| self.value(key).is_some_and(|value| !value.trim().is_empty());
        if given(name) || given(&format!("{name}__in")) {
            return Ok(());
        }
        Err(Problem::bad(vec![Item::new("required", "This field is required.").at(name)]))
    }

    /// The page of a list that is asked for: what the engine has `read` of it, each item as `row` shows
    /// it.
    pub(crate) async fn list<T, V: Serialize, R>(
        &self,
        read: impl FnOnce(Page) -> R,
        row: impl FnMut(T) -> V,
    ) -> Result<Response, Problem>
    where
        R: Future<Output = Result<Listed<T>, Error>>,
    {
        let page = self.page()?;
        let Listed { count, items } = read(page).await?.map(row);
        let items = items.iter().map(shown).collect::<Result<_, _>>()?;
        self.answer(page, &Listed { count, items })
    }
    /// The page of a list, its bodies passed on unread where nothing is left out of them.
    pub(crate) fn answer(&self, page: Page, listed: &Listed<String>) -> Result<Response, Problem> {
        let items = project_all(&listed.items, &self.projection())?;
        let next = page.has_next(listed.count).then(|| self.link_to(page.number + 1));
        let previous = (page.number > 1).then(|| self.link_to(page.number - 1));
        let size = items.iter().map(|item| item.len() + 1).sum::<usize>();
        let mut body = String::with_capacity(size + 512);
        let fits = write!(
            body,
            "{{\"count\":{},\"next\":{},\"previous\":{},\"results\":[",
            listed.count,
            Shown(&next),
            Shown(&previous)
        );
        debug_assert!(fits.is_ok(), "writing to a string does not fail");
        join(&mut body, &items);
        body.push_str("]}");
        Ok(json(StatusCode::OK, body))
    }
    /// A bare array of records.
    pub(crate) fn array(&self, status: StatusCode, items: &[String]) -> Result<Response, Problem> {
        let items = project_all(items, &self.projection())?;
        let mut body =
            String::with_capacity(items.iter().map(|item| item.len() + 1).sum::<usize>() + 2);
        body.push('[');
        join(&mut body, &items);
        body.push(']');
        Ok(json(status, body))
    }
    /// One record.
    pub(crate) fn one(&self, status: StatusCode, item: String) -> Result<Response, Problem> {
        let projection = self.projection();
        let item = if projection.is_whole() { item } else { project(&item, &projection)? };
        Ok(json(status, item))
    }

    /// What is asked for here, of another page of this server: all but which part of the list.
    pub(crate) fn elsewhere(&self, path: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (key, value) in self.pairs().filter(|(key, _)| !["page", "page_size"].contains(key)) {
            query.append_pair(key, value);
        }
        format!("{path}?{}", query.finish())
    }
    /// The same request for another page.
    fn link_to(&self, page: u32) -> String {
        self.with("page", &page.to_string())
    }
    /// The same request with another value of one parameter.
    pub(crate) fn with(&self, name: &str, wanted: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        let mut named = false;
        for (key, value) in self.pairs() {
            if key != name {
                query.append_pair(key, value);
            } else if !std::mem::replace(&mut named, true) {
                query.append_pair(key, wanted);
            }
        }
        if !named {
            query.append_pair(name, wanted);
        }
        self.origin.resolve(&format!("{}?{}", self.path, query.finish()))
    }
}

/// An optional text as JSON.
struct Shown<'a>(&'a Option<String>);
impl std::fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(self.0).map_err(|_| std::fmt::Error)?)
    }
}

fn join(body: &mut String, items: &[impl AsRef<str>]) {
    for (at, item) in items.iter().enumerate() {
        if at > 0 {
            body.push(',');
        }
        body.push_str(item.as_ref());
    }
}

/// A JSON answer of text that is JSON already.
pub(crate) fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

/// Serialises what is ours, so that it can be listed like a stored record.
pub(crate) fn shown(item: &impl Serialize) -> Result<String, Problem> {
    serde_json::to_string(item).map_err(|error| {
        tracing::error!(%error, "an answer could not be written");
        Problem::unexpected()
    })
}

fn project_all<'a>(
    items: &'a [String],
    projection: &Projection,
) -> Result<Vec<std::borrow::Cow<'a, str>>, Problem> {
    if projection.is_whole() {
        return Ok(items.iter().map(|item| item.as_str().into()).collect());
    }
    items.iter().map(|item| project(item, projection).map(Into::into)).collect()
}

/// Leaves out the first-level keys that are not asked for; the rest stays byte for byte, in order.
fn project(item: &str, projection: &Projection) -> Result<String, Problem> {
    let mut from = serde_json::Deserializer::from_str(item);
    Keys(projection).deserialize(&mut from).map_err(|error| {
        tracing::error!(%error, "a stored record is no object");
        Problem::unexpected()
    })
}

/// Copies an object's shown keys.
struct Keys<'a>(&'a Projection);
impl<'de> DeserializeSeed<'de> for Keys<'_> {
    type Value = String;
    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<String, D::Error> {
        from.deserialize_map(self)
    }
}
impl<'de> Visitor<'de> for Keys<'_> {
    type Value = String;
    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("an object")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<String, A::Error> {
        use serde::de::Error;
        let mut kept = String::from("{");
        while let Some((key, value)) = map.next_entry::<String, &RawValue>()? {
            if self.0.shows(&key) {
                if kept.len() > 1 {
                    kept.push(',');
                }
                kept.push_str(&serde_json::to_string(&key).map_err(A::Error::custom)?);
                kept.push(':');
                kept.push_str(value.get());
            }
        }
        kept.push('}');
        Ok(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(text: &str) -> Query {
        Query {
            pairs: form_urlencoded::parse(text.as_bytes()).into_owned().collect(),
            origin: Origin::named("https://host"),
            path: "/api/links/".into(),
            default_size: 10,
        }
    }

    #[test]
    fn other_pages_keep_every_parameter() {
        let first = query("status__in=valid,invalid&created_at__gte=2026-01-01T00:00:00%2B00:00");
        assert_eq!(
            first.link_to(2),
            "https://host/api/links/?status__in=valid%2Cinvalid&created_at__gte=2026-01-01T00%3A00%3A00%2B00%3A00&page=2"
        );
        assert_eq!(query("page=3&a=1&page=2").link_to(3), "https://host/api/links/?page=3&a=1");
    }
    #[test]
    fn a_projection_keeps_values_byte_for_byte_and_in_order() {
        let item = r#"{"b": 0.30, "a": {"x": [1, 2]}, "c\"": null}"#;
        let shown = |text: &str| project(item, &query(text).projection()).expect("projected");
        assert_eq!(shown("fields=a,b,zzz"), r#"{"b":0.30,"a":{"x": [1, 2]}}"#);
        assert_eq!(shown("omit=a,b"), r#"{"c\"":null}"#);
        assert_eq!(shown("fields=a,b&omit=a"), r#"{"b":0.30}"#);
        assert_eq!(shown("fields=zzz"), "{}");
    }
}
