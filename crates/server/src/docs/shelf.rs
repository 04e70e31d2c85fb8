//! Which documents there are, in which order, and what each is called.

use super::{TOP, markdown};
use std::sync::LazyLock;

/// Documents on one subject.
pub(super) struct Section {
    pub(super) name: &'static str,
    pub(super) documents: Vec<Document>,
}

/// One document, as it is shown.
pub(super) struct Document {
    /// What it is called in the address: its file's, without the folder and the ending that all have.
    name: String,
    pub(super) title: String,
    pub(super) html: String,
    /// Its own contents: the id and text of each heading below the title.
    pub(super) headings: Vec<(String, String)>,
}

impl Document {
    pub(super) fn address(&self) -> String {
        address(&self.name)
    }
}

pub(super) struct Shelf {
    pub(super) sections: Vec<Section>,
}

macro_rules! shelf { ($($section:literal: [$($file:literal),* $(,)?]),* $(,)?) => {
    &[$(($section, &[$(($file, include_str!(concat!("../../../../", $file)))),*])),*]
} }

type Files = &'static [(&'static str, &'static str)];

/// Every document of the repository: section, file and text.
static FILES: &[(&str, Files)] = shelf! {
    "Begin": [
        "README.md",
        "docs/sandbox.md",
        "docs/compatibility.md",
        "GLOSSARY.md",
        "CHANGELOG.md",
    ],
    "Use": [
        "docs/resources.md",
        "docs/webhooks.md",
        "docs/widget.md",
        "docs/portal.md",
        "docs/insights.md",
        "docs/howto/upload-statements.md",
        "docs/statements.md",
    ],
    "Connectors": [
        "docs/connectors/first-steps.md",
        "docs/connectors/protocol.md",
        "docs/connectors/sdk.md",
        "docs/connectors/conformance.md",
        "docs/connectors/recording.md",
        "docs/connectors/ofx.md",
        "docs/howto/add-a-connector.md",
    ],
    "Operate": [
        "docs/operations.md",
        "docs/console.md",
        "docs/howto/rotate-keys.md",
        "SECURITY.md",
        "docs/performance.md",
    ],
    "Take part": [
        "CONTRIBUTING.md",
        "ARCHITECTURE.md",
        "docs/howto/add-a-resource.md",
        "docs/howto/add-a-migration.md",
    ],
    "Decisions": [
        "docs/adr/0001-no-sqlx-any.md",
        "docs/adr/0002-no-repository-traits.md",
        "docs/adr/0003-buckets-in-ids.md",
        "docs/adr/0004-jobs-are-scheduled-rows.md",
        "docs/adr/0005-resources-are-data.md",
        "docs/adr/0006-the-feed-is-sequenced-after-commit.md",
        "docs/adr/0007-ledger.md",
        "docs/adr/0008-one-crypto-library.md",
        "docs/adr/0009-api-secrets.md",
        "docs/adr/0010-the-sandbox-is-a-hash.md",
        "docs/adr/0011-readers-of-statements-are-a-crate.md",
        "docs/adr/0012-connectors-are-processes-and-json-lines.md",
        "docs/adr/0013-the-cage.md",
        "docs/adr/0014-an-upload-is-a-session.md",
        "docs/adr/0015-a-reading-goes-on-within-its-session.md",
        "docs/adr/0016-conformance-json-lies-beside-the-manifest.md",
        "docs/adr/0017-documents-are-kept-apart.md",
        "docs/adr/0018-computed-resources-are-readings-of-the-store.md",
        "docs/adr/0019-ids-of-other-records-are-put-in-when-shown.md",
        "docs/adr/0020-the-widget-is-an-application.md",
        "docs/adr/0021-operators-see-every-tenant.md",
        "docs/adr/0022-browsers-are-told-a-key.md",
        "docs/adr/0023-large-readings-are-kept-in-parts.md",
        "docs/adr/0024-a-consent-is-the-institutions-word.md",
        "docs/adr/0025-what-is-everybodys-is-closed-by-operators.md",
        "docs/adr/0026-which-way-a-postgresql-is-reached.md",
        "docs/adr/0027-institutions-are-told-by-a-job.md",
        "docs/adr/0028-a-pages-address-says-whose-pictures-it-shows.md",
        "docs/adr/0029-a-claim-of-deliveries-looks-at-what-waits.md",
    ],
};

/// All of them, rendered when the first is asked for.
pub(super) static SHELF: LazyLock<Shelf> = LazyLock::new(|| {
    let sections = FILES.iter().map(|(name, files)| {
        let document = |&(file, text): &(&'static str, &'static str)| {
            let markdown::Rendered { title, html, headings } =
                markdown::render(text, |target| located(file, target));
            let title = if file == "README.md" { "Quick start".into() } else { title };
            Document { name: name_of(file), title, html, headings }
        };
        Section { name, documents: files.iter().map(document).collect() }
    });
    Shelf { sections: sections.collect() }
});

impl Shelf {
    /// Every document, in order.
    pub(super) fn documents(&self) -> impl Iterator<Item = &Document> {
        self.sections.iter().flat_map(|section| &section.documents)
    }
    /// Where among them the one of this name is.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.documents().position(|document| document.name == name)
    }
}

/// The page of the document of this name.
pub(super) fn address(name: &str) -> String {
    if name.is_empty() { TOP.to_owned() } else { format!("{TOP}{name}/") }
}

fn name_of(file: &str) -> String {
    let name = file.strip_prefix("docs/").unwrap_or(file).trim_end_matches(".md");
    if name == "README" { String::new() } else { name.to_lowercase() }
}

/// The address that `target`, a link in `file`, means here; none if it leads to something that is in
/// the repository but is no document.
fn located(file: &str, target: &str) -> Option<String> {
    if target.starts_with("https://") || target.starts_with('#') {
        return Some(target.to_owned());
    }
    let (path, anchor) = match target.split_once('#') {
        Some((path, anchor)) => (path, format!("#{anchor}")),
        None => (target, String::new()),
    };
    let mut folder: Vec<&str> = file.split('/').collect();
    folder.pop();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(folder.pop()),
            part => folder.push(part),
        }
    }
    let wanted = folder.join("/");
    let shown = FILES.iter().flat_map(|(_, files)| *files).any(|(file, _)| *file == wanted);
    shown.then(|| format!("{}{anchor}", address(&name_of(&wanted))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::{collections::BTreeSet, fs, path::Path};

    #[test]
    fn every_document_of_the_repository_is_on_the_shelf() {
        let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let mut found = BTreeSet::new();
        for folder in ["", "docs", "docs/adr", "docs/connectors", "docs/howto"] {
            for file in fs::read_dir(top.join(folder)).expect("a folder").flatten() {
                let name = file.file_name().into_string().expect("a plain name");
                if Path::new(&name).extension().is_some_and(|kind| kind == "md") {
                    found.insert(format!("{folder}/{name}").trim_start_matches('/').to_owned());
                }
            }
        }
        let listed: Vec<_> = FILES.iter().flat_map(|(_, files)| *files).map(|(f, _)| *f).collect();
        assert_eq!(listed.len(), found.len(), "each once");
        assert_eq!(listed.iter().map(|file| (*file).to_owned()).collect::<BTreeSet<_>>(), found);
    }

    #[test]
    fn a_link_leads_to_the_page_of_its_document() {
        let at = |file, target| located(file, target);
        assert_eq!(at("README.md", "docs/webhooks.md").as_deref(), Some("/docs/webhooks/"));
        assert_eq!(
            at("docs/howto/rotate-keys.md", "../adr/0009-api-secrets.md#decision").as_deref(),
            Some("/docs/adr/0009-api-secrets/#decision")
        );
        assert_eq!(at("docs/connectors/sdk.md", "../../README.md").as_deref(), Some("/docs/"));
        assert_eq!(at("README.md", "#first-screen").as_deref(), Some("#first-screen"));
        assert_eq!(at("README.md", "LICENSE"), None);
        assert_eq!(at("docs/statements.md", "../crates/statements/src/lib.rs"), None);
    }
}
