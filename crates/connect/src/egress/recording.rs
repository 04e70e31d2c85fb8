//! What a recording looks like on disk: one JSON object a line. The first may say what the session was
//! (`{"session": …}`), all others are an exchange each.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::{
    fs::{self, File},
    io::{self, BufRead as _, BufReader, Read as _, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

/// The largest recording, in bytes, and the most exchanges.
pub(super) const LARGEST: u64 = 256 << 20;
pub(super) const MOST: usize = 10_000;

/// A session that was recorded, without its secrets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recording {
    /// What whoever recorded it wants to know when it is replayed; `None` if nothing is.
    pub session: Option<Value>,
    /// What was said, in its order.
    pub exchanges: Vec<Exchange>,
}

#[derive(Serialize, Deserialize)]
struct First {
    session: Value,
}

impl Recording {
    /// Reads a file. What is wrong with it is said with its line.
    pub fn read(path: &Path) -> io::Result<Self> {
        let mut recording = Self::default();
        for (number, line) in BufReader::new(File::open(path)?.take(LARGEST)).lines().enumerate() {
            let broken = |why: &dyn std::fmt::Display| {
                io::Error::other(format!("{}, line {}: {why}", path.display(), number + 1))
            };
            if recording.exchanges.len() == MOST {
                return Err(broken(&"there are too many exchanges"));
            }
            let line = line?;
            if number == 0
                && let Ok(First { session }) = serde_json::from_str(&line)
            {
                recording.session = Some(session);
                continue;
            }
            let exchange = serde_json::from_str(&line).map_err(|error| broken(&error))?;
            recording.exchanges.push(exchange);
        }
        Ok(recording)
    }

    /// Writes the file anew, readable by its owner alone, whole or not at all.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        let mut name = path.as_os_str().to_owned();
        name.push(".part");
        let part = Path::new(&name);
        let mut options = fs::OpenOptions::new();
        let mut file = options.write(true).create(true).truncate(true).mode(0o600).open(part)?;
        let mut line = |value: &[u8]| file.write_all(value).and_then(|()| file.write_all(b"\n"));
        if let Some(session) = &self.session {
            line(&serde_json::to_vec(&First { session: session.clone() })?)?;
        }
        for exchange in &self.exchanges {
            line(&serde_json::to_vec(exchange)?)?;
        }
        fs::rename(part, path)
    }
}

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
