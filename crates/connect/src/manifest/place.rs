//! Which line of a JSON text a path leads to.

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_path_to_error::{Path, Segment};
use std::{borrow::Cow, fmt};

/// One step of a path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step<'a> {
    Key(&'a str),
    Index(usize),
}

/// A path as the deserializer says it.
pub(super) fn steps(path: &Path) -> Vec<Step<'_>> {
    path.iter()
        .filter_map(|segment| match segment {
            Segment::Seq { index } => Some(Step::Index(*index)),
            Segment::Map { key } => Some(Step::Key(key)),
            Segment::Enum { .. } | Segment::Unknown => None,
        })
        .collect()
}

/// The line, counted from 1, on which what `path` leads to begins; where that does not exist, of
/// the last that does.
pub(super) fn line_of(text: &str, path: &[Step<'_>]) -> usize {
    let mut here = text;
    for step in path {
        let mut json = serde_json::Deserializer::from_str(here);
        match Inside(*step).deserialize(&mut json) {
            Ok(Some(value)) => here = value.get(),
            _ => break,
        }
    }
    // A raw value is a piece of the text that it was read from.
    let offset = (here.as_ptr() as usize).saturating_sub(text.as_ptr() as usize).min(text.len());
    let before = text.as_bytes().get(..offset).unwrap_or_default();
    let skipped = here.len() - here.trim_start().len();
    let blank = here.as_bytes().get(..skipped).unwrap_or_default();
    1 + before.iter().chain(blank).filter(|&&byte| byte == b'\n').count()
}

/// What lies one step inside a value.
struct Inside<'a>(Step<'a>);

impl<'de> DeserializeSeed<'de> for Inside<'_> {
    type Value = Option<&'de RawValue>;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Inside<'_> {
    type Value = Option<&'de RawValue>;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object or a list")
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut found = None;
        while let Some(key) = map.next_key::<Cow<'_, str>>()? {
            match self.0 {
                // The last of equal keys: the second one is the mistake.
                Step::Key(wanted) if wanted == key => found = Some(map.next_value()?),
                _ => {
                    map.next_value::<IgnoredAny>()?;
                }
            }
        }
        Ok(found)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let Step::Index(wanted) = self.0 else { return Ok(None) };
        let mut found = None;
        let mut index = 0;
        while let Some(value) = list.next_element::<&RawValue>()? {
            if index == wanted {
                found = Some(value);
            }
            index += 1;
        }
        Ok(found)
    }
}
