//! The languages of the pages. Their texts are data: one file for each language and kind of page, with
//! the same keys.

use domain::words;
use std::{collections::BTreeMap, sync::LazyLock};

words!(
    /// A language that pages speak.
    Locale {
        /// Spanish.
        Spanish = "es",
        /// English.
        English = "en",
        /// Portuguese.
        Portuguese = "pt",
    }
);

impl Locale {
    /// The language that `said` begins with (`pt-BR`); Spanish if it is none of ours.
    pub(crate) fn of(said: &str) -> Self {
        let word = said.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
        word.parse().unwrap_or(Self::Spanish)
    }
}

/// What one kind of page says in one language.
pub(crate) type Texts = BTreeMap<String, String>;

/// A kind of page, in every language.
pub(crate) struct Speech([(Locale, Texts); 3]);

macro_rules! speech { ($($kind:literal as $name:ident),*) => { $(
    pub(crate) static $name: LazyLock<Speech> = LazyLock::new(|| Speech::read([
        (Locale::Spanish, include_str!(concat!("../locales/", $kind, "/es.json"))),
        (Locale::English, include_str!(concat!("../locales/", $kind, "/en.json"))),
        (Locale::Portuguese, include_str!(concat!("../locales/", $kind, "/pt.json"))),
    ]));
)* } }

speech!("connect" as CONNECT, "portal" as PORTAL, "sandbox" as SANDBOX);

impl Speech {
    fn read(files: [(Locale, &str); 3]) -> Self {
        // Checked by the tests: a file that is no JSON never ships.
        Self(files.map(|(locale, text)| (locale, serde_json::from_str(text).unwrap_or_default())))
    }
    /// The text of `key`; the key itself where there is none.
    pub(crate) fn text<'a>(&'a self, locale: Locale, key: &'a str) -> &'a str {
        let texts = self.0.iter().find(|(known, _)| *known == locale).map(|(_, texts)| texts);
        texts.and_then(|texts| texts.get(key)).map_or(key, String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_language_says_the_same_things() {
        for Speech(all) in [&*CONNECT, &*PORTAL, &*SANDBOX] {
            let (_, first) = &all[0];
            assert!(!first.is_empty(), "it is read");
            let gaps = |text: &str| -> BTreeSet<String> {
                let named = text.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
                named.map(|(name, _)| name.to_owned()).collect()
            };
            for (locale, texts) in all {
                let keys = |texts: &Texts| texts.keys().cloned().collect::<BTreeSet<_>>();
                assert_eq!(keys(texts), keys(first), "{locale}");
                for (key, text) in texts {
                    assert!(!text.trim().is_empty(), "{locale}: {key}");
                    assert_eq!(gaps(text), gaps(&first[key]), "{locale}: {key}");
                }
            }
        }
    }

    #[test]
    fn a_language_is_known_by_its_first_part() {
        for (said, locale) in [
            ("pt-BR", Locale::Portuguese),
            ("en", Locale::English),
            ("ES_mx", Locale::Spanish),
            ("", Locale::Spanish),
            ("fr", Locale::Spanish),
        ] {
            assert_eq!(Locale::of(said), locale, "{said}");
        }
    }
}
