//! What a recording looks like on disk: one JSON object a line, an exchange each.

use serde::{Deserialize, Serialize};

/// One request and what came back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Exchange {
    /// What was asked.
    pub request: Asked,
    /// What came.
    pub response: Came,
}

/// A request as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asked {
    /// `GET`.
    pub method: String,
    /// `https://host:port/path?query`.
    pub url: String,
    /// Names in small letters, in their order.
    pub headers: Vec<(String, String)>,
    /// What it carried.
    pub body: Body,
}

/// A response as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Came {
    /// `200`.
    pub status: u16,
    /// Names in small letters, in their order.
    pub headers: Vec<(String, String)>,
    /// What it carried.
    pub body: Body,
}

/// A body as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// UTF-8, cleaned. Empty if there was none.
    Text(String),
    /// Not text, or compressed: nobody can say what it holds, so it is not kept, only its length.
    Omitted(u64),
}

impl Asked {
    /// The address without its query.
    pub(super) fn place(&self) -> &str {
        self.url.split('?').next().unwrap_or(&self.url)
    }
}
