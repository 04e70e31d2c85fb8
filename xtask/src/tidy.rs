//! What no compiler checks: directions, names, documents.

use crate::machine::{cargo, output};
use anyhow::{Context, Result, bail};
use serde_json::Value;
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

/// Names that say nothing about what is in a file.
const EMPTY_NAMES: [&str; 8] =
    ["util", "utils", "helper", "helpers", "common", "misc", "manager", "service"];

/// Who may name whom among our crates, and everything else about them that Cargo knows.
struct Workspace {
    /// Crate → our crates that its code (not its tests) may name.
    directions: BTreeMap<String, BTreeSet<String>>,
    /// Package → licence expression, of everything that is not ours.
    licences: BTreeMap<String, String>,
    /// Package, and where it comes from, of everything that is not ours. A package may come from two
    /// places.
    sources: BTreeSet<(String, String)>,
    /// Our crate, and what it takes from elsewhere in whatever version there is.
    wildcards: Vec<(String, String)>,
    /// Our crate's folder, and a dependency of it as code names it.
    dependencies: Vec<(String, String)>,
}

/// Where everything comes from that is not ours.
const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Says all that is untidy at once.
pub(crate) fn run(chores: &[String]) -> Result<()> {
    let workspace = Workspace::read()?;
    let files = tracked()?;
    let mut faults = Vec::new();
    directions(&workspace, &mut faults)?;
    let rules = fs::read_to_string("deny.toml")?;
    licences(&workspace, &rules, &mut faults)?;
    faults.extend(foreign(&workspace.sources));
    for (package, dependency) in &workspace.wildcards {
        faults.push(format!("package {package}: takes any version of {dependency}"));
    }
    faults.extend(banned(&rules, &graph()?));
    reasons(&workspace, &mut faults)?;
    unused(&workspace, &files, &mut faults)?;
    names(&files, &mut faults);
    changelog(&mut faults)?;
    decisions(&files, &mut faults)?;
    for file in files.iter().filter(|file| is_markdown(file)) {
        document(file, &workspace, chores, &files, &mut faults)?;
    }
    if faults.is_empty() {
        return Ok(());
    }
    for fault in &faults {
        println!("   {fault}");
    }
    bail!("{} untidy", faults.len())
}

impl Workspace {
    fn read() -> Result<Self> {
        let text = output(&mut cargo(&["metadata", "--format-version=1", "--locked"]))?;
        let metadata: Value = serde_json::from_str(&text)?;
        let packages = metadata["packages"].as_array().context("metadata without packages")?;
        let ours = |package: &Value| package["source"].is_null();
        let name = |value: &Value| value["name"].as_str().unwrap_or_default().to_owned();
        let own: BTreeSet<_> = packages.iter().filter(|p| ours(p)).map(name).collect();
        let directions = packages.iter().filter(|package| ours(package)).map(|package| {
            let named = package["dependencies"].as_array().into_iter().flatten();
            let named = named.filter(|d| d["kind"].is_null()).map(name);
            (name(package), named.filter(|d| own.contains(d)).collect())
        });
        let licences = packages.iter().filter(|package| !ours(package)).map(|package| {
            (name(package), package["license"].as_str().unwrap_or_default().to_owned())
        });
        let sources = packages.iter().filter(|package| !ours(package)).map(|package| {
            (name(package), package["source"].as_str().unwrap_or_default().to_owned())
        });
        let wildcards = packages.iter().filter(|package| ours(package)).flat_map(|package| {
            let named = package["dependencies"].as_array().into_iter().flatten();
            let any = named.filter(|d| d["req"] == "*" && !d["source"].is_null());
            any.map(move |d| (name(package), name(d)))
        });
        let top = metadata["workspace_root"].as_str().unwrap_or_default();
        let dependencies = packages.iter().filter(|package| ours(package)).flat_map(|package| {
            let manifest = package["manifest_path"].as_str().unwrap_or_default();
            let folder = manifest.trim_start_matches(top).trim_start_matches('/');
            let folder = folder.trim_end_matches("Cargo.toml").to_owned();
            let named = package["dependencies"].as_array().into_iter().flatten();
            named.map(move |d| (folder.clone(), name(d).replace('-', "_")))
        });
        Ok(Self {
            directions: directions.collect(),
            licences: licences.collect(),
            sources: sources.collect(),
            wildcards: wildcards.collect(),
            dependencies: dependencies.collect(),
        })
    }
}

/// The packages that are built for some target with some of our features, one a line. (`Cargo.lock` and
/// Cargo's metadata also name what no feature of ours turns on.)
fn graph() -> Result<String> {
    let mut tree = cargo(&["tree", "--workspace", "--locked", "--all-features", "--target", "all"]);
    output(tree.args(["--edges", "normal,build,dev", "--prefix", "none"]))
}

/// Every file that Git knows or would know.
fn tracked() -> Result<Vec<String>> {
    let listed = output(std::process::Command::new("git").args([
        "ls-files",
        "--cached",
        "--others",
        "--exclude-standard",
    ]))?;
    Ok(listed.lines().filter(|file| Path::new(file).exists()).map(Into::into).collect())
}

/// The table of crates in ARCHITECTURE.md is what Cargo enforces.
fn directions(workspace: &Workspace, faults: &mut Vec<String>) -> Result<()> {
    let text = fs::read_to_string("ARCHITECTURE.md").context("there is no ARCHITECTURE.md")?;
    let mut written = BTreeMap::new();
    for row in text.lines().filter(|line| line.starts_with("| `")) {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        if let [name, _, may_name] = cells[..] {
            let may_name: BTreeSet<String> = quoted(may_name).map(Into::into).collect();
            written.insert(name.trim_matches('`').to_owned(), may_name);
        }
    }
    for name in workspace.directions.keys().chain(written.keys()).collect::<BTreeSet<_>>() {
        let (is, says) = (workspace.directions.get(name), written.get(name));
        if is != says {
            let list = |crates: Option<&BTreeSet<String>>| match crates {
                Some(crates) => format!("names {crates:?}"),
                None => "does not exist".into(),
            };
            faults.push(format!(
                "crate {name}: in Cargo.toml it {}, in ARCHITECTURE.md it {}",
                list(is),
                list(says)
            ));
        }
    }
    Ok(())
}

/// Every licence in the tree is one that deny.toml allows, also where `cargo deny` is missing.
fn licences(workspace: &Workspace, rules: &str, faults: &mut Vec<String>) -> Result<()> {
    let allowed: BTreeSet<&str> = rules
        .split_once("allow = [")
        .and_then(|(_, rest)| rest.split_once(']'))
        .map(|(list, _)| list.split('"').skip(1).step_by(2).collect())
        .context("deny.toml allows no licence")?;
    for (package, licence) in &workspace.licences {
        if !is_allowed(licence, &allowed) {
            faults.push(format!("package {package}: licence “{licence}” is not in deny.toml"));
        }
    }
    Ok(())
}

/// What does not come from where everything comes from.
fn foreign(sources: &BTreeSet<(String, String)>) -> Vec<String> {
    let elsewhere = sources.iter().filter(|(_, source)| *source != CRATES_IO);
    elsewhere
        .map(|(package, source)| format!("package {package}: it comes from {source}"))
        .collect()
}

/// What deny.toml bans and is in the graph all the same.
fn banned(rules: &str, graph: &str) -> Vec<String> {
    let named = rules.lines().filter_map(|line| line.trim_start().strip_prefix("{ crate = \""));
    let banned: BTreeSet<_> = named.filter_map(|line| line.split('"').next()).collect();
    if banned.is_empty() {
        return vec!["deny.toml bans no crate that can be read here".into()];
    }
    let built: BTreeSet<_> = graph.lines().filter_map(|line| line.split(' ').next()).collect();
    banned
        .intersection(&built)
        .map(|package| {
            format!("package {package}: banned in deny.toml (`cargo tree -i {package}` says by whom it comes)")
        })
        .collect()
}

/// Whether one may choose allowed licences only: `AND` binds closer than `OR`, `/` is an old `OR`.
fn is_allowed(licence: &str, allowed: &BTreeSet<&str>) -> bool {
    let licence = licence.trim();
    let mut depth = 0_i32;
    let mut split = None;
    for (at, letter) in licence.char_indices() {
        match letter {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ if depth == 0 => {
                let rest = &licence[at..];
                if rest.starts_with(" OR ") || rest.starts_with('/') {
                    split = Some((at, if rest.starts_with('/') { 1 } else { 4 }, false));
                    break;
                }
                if rest.starts_with(" AND ") && split.is_none() {
                    split = Some((at, 5, true));
                }
            }
            _ => {}
        }
    }
    match split {
        Some((at, skip, both)) => {
            let left = is_allowed(&licence[..at], allowed);
            let right = is_allowed(&licence[at + skip..], allowed);
            if both { left && right } else { left || right }
        }
        None => match licence.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
            Some(inner) => is_allowed(inner, allowed),
            None => allowed.contains(licence),
        },
    }
}

/// Every dependency of the workspace has its reason above it, alone or with its neighbours, and a
/// crate that wants it.
fn reasons(workspace: &Workspace, faults: &mut Vec<String>) -> Result<()> {
    let text = fs::read_to_string("Cargo.toml")?;
    let table = text
        .split_once("[workspace.dependencies]")
        .map(|(_, rest)| rest.split("\n[").next().unwrap_or_default())
        .context("Cargo.toml has no [workspace.dependencies]")?;
    let wanted: BTreeSet<_> =
        workspace.dependencies.iter().map(|(_, name)| name.as_str()).collect();
    let mut reason = false;
    for line in table.lines().map(str::trim) {
        match line.split_once('=') {
            _ if line.starts_with('#') => reason = true,
            _ if line.is_empty() => reason = false,
            Some((name, _)) => {
                let name = name.trim();
                if !reason {
                    faults.push(format!("Cargo.toml: {name} has no reason above it"));
                }
                if !wanted.contains(name.replace('-', "_").as_str()) {
                    faults.push(format!("Cargo.toml: no crate wants {name}"));
                }
            }
            None => {}
        }
    }
    Ok(())
}

/// Every dependency of a crate is named somewhere in its code.
fn unused(workspace: &Workspace, files: &[String], faults: &mut Vec<String>) -> Result<()> {
    let mut code: BTreeMap<&str, String> = BTreeMap::new();
    for (folder, dependency) in &workspace.dependencies {
        if !code.contains_key(folder.as_str()) {
            let mine = files.iter().filter(|file| file.starts_with(folder) && is_rust(file));
            let texts: Result<Vec<_>, _> = mine.map(fs::read_to_string).collect();
            code.insert(folder, texts?.concat());
        }
        let code = &code[folder.as_str()];
        let forms = ["::", "!", ";", " as ", "."].map(|end| format!("{dependency}{end}"));
        if !forms.iter().any(|form| code.contains(form)) {
            faults.push(format!("{folder}Cargo.toml: nothing uses {dependency}"));
        }
    }
    Ok(())
}

fn names(files: &[String], faults: &mut Vec<String>) {
    for file in files {
        let stem = Path::new(file).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if EMPTY_NAMES.contains(&stem.to_lowercase().as_str()) {
            faults.push(format!("{file}: this name says nothing about what is in it"));
        }
    }
}

fn changelog(faults: &mut Vec<String>) -> Result<()> {
    let text = fs::read_to_string("CHANGELOG.md").context("there is no CHANGELOG.md")?;
    if !text.lines().any(|line| line == "## Unreleased") {
        faults.push("CHANGELOG.md has no section “## Unreleased”".into());
    }
    Ok(())
}

/// Decision records have numbers of their own, and the table of decisions has a row for each, in order.
fn decisions(files: &[String], faults: &mut Vec<String>) -> Result<()> {
    let map = fs::read_to_string("ARCHITECTURE.md")?;
    let mut taken = BTreeSet::new();
    for record in files.iter().filter(|file| file.starts_with("docs/adr/")) {
        let number = record["docs/adr/".len()..].split('-').next().unwrap_or_default();
        if number.len() != 4 || number.parse::<u16>().is_err() || !taken.insert(number) {
            faults.push(format!("{record}: expected a number of its own, as in 0042-name.md"));
        }
    }
    faults.extend(untabled(&map, files));
    Ok(())
}

/// What is wrong with the table of decisions in `map`: it names each record once, under its number,
/// in order, and says something of it.
fn untabled(map: &str, files: &[String]) -> Vec<String> {
    let table = map.split_once("\n## Decisions\n").map_or("", |(_, rest)| rest);
    let table = table.split("\n## ").next().unwrap_or_default();
    let rows: Vec<_> = table.lines().filter(|line| line.starts_with("| [")).collect();
    let row = |record: &str| {
        let number = record.trim_start_matches("docs/adr/").split('-').next().unwrap_or_default();
        let start = format!("| [{number}]({record}) | ");
        rows.iter().position(|row| row.strip_prefix(&start).is_some_and(|said| said.len() > 2))
    };
    let mut faults = Vec::new();
    let mut last = None;
    for record in files.iter().filter(|file| file.starts_with("docs/adr/")) {
        match row(record) {
            None => faults.push(format!("ARCHITECTURE.md: {record} has no row under “Decisions”")),
            Some(place) if last.is_some_and(|last| place <= last) => {
                faults.push(format!("ARCHITECTURE.md: the row of {record} is out of order"));
            }
            place => last = place,
        }
    }
    faults
}

/// What a document names exists: files, modules, chores.
fn document(
    file: &str,
    workspace: &Workspace,
    chores: &[String],
    files: &[String],
    faults: &mut Vec<String>,
) -> Result<()> {
    let text = fs::read_to_string(file)?;
    let folder = Path::new(file).parent().unwrap_or(Path::new(""));
    let mut fenced = false;
    for (line, number) in text.lines().zip(1..) {
        let mut fault = |what: String| faults.push(format!("{file}:{number}: {what}"));
        for chore in line.match_indices("cargo xtask ").map(|(at, found)| &line[at + found.len()..])
        {
            let chore = word(chore);
            if !chore.is_empty() && !chores.iter().any(|known| known == chore) {
                fault(format!("there is no `cargo xtask {chore}`"));
            }
        }
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for target in line.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let path = target.split('#').next().unwrap_or_default();
            if !path.is_empty() && !path.contains("://") && !folder.join(path).exists() {
                fault(format!("the link to {target} leads nowhere"));
            }
        }
        for name in quoted(line) {
            if is_path(name) && !exists(name, folder, files) {
                fault(format!("there is no file `{name}`"));
            }
            if let Some(module) = module(name, workspace)
                && !module.iter().any(|file| Path::new(file).exists())
            {
                fault(format!("there is no module `{name}`"));
            }
        }
    }
    Ok(())
}

/// What stands between back-quotes.
fn quoted(line: &str) -> impl Iterator<Item = &str> {
    line.split('`').skip(1).step_by(2)
}

/// The chore's name at the start of `text`.
fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_lowercase() || c == '-')).unwrap_or(text.len());
    &text[..end]
}

fn is_rust(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "rs")
}

fn is_markdown(file: &str) -> bool {
    Path::new(file).extension().is_some_and(|extension| extension == "md")
}

/// Whether a quoted text reads as a path of this repository, and not as a URL, a pattern or a word.
fn is_path(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-/".contains(c);
    let known_folder = ["crates/", "docs/", "xtask/", "tests/", "openapi/", ".ci/", ".config/"];
    let known_ending = [".md", ".rs", ".toml"];
    name.chars().all(plain)
        && (known_folder.iter().any(|folder| name.starts_with(folder))
            || known_ending.iter().any(|ending| name.len() > 4 && name.ends_with(ending)))
}

/// A path from the top, or from the document's folder; a bare file name may be anywhere.
fn exists(name: &str, folder: &Path, files: &[String]) -> bool {
    Path::new(name).exists()
        || folder.join(name).exists()
        || files.iter().any(|file| file.ends_with(&format!("/{name}")))
        || name == "vinculo.toml"
}

/// Where the module of `engine::links` or `domain::link::Link` may be, if it names one of ours.
fn module(name: &str, workspace: &Workspace) -> Option<[String; 2]> {
    let (owner, rest) = name.split_once("::")?;
    let module = rest.split("::").next()?;
    let is_module = module.starts_with(|c: char| c.is_ascii_lowercase())
        && module.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    (is_module && workspace.directions.contains_key(owner)).then(|| {
        let source =
            if owner == "xtask" { "xtask/src".into() } else { format!("crates/{owner}/src") };
        [format!("{source}/{module}.rs"), format!("{source}/{module}/mod.rs")]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_licence_is_allowed_when_one_may_choose_allowed_ones_only() {
        let allowed = BTreeSet::from(["MIT", "ISC", "Unicode-3.0"]);
        for licence in [
            "MIT",
            "GPL-3.0 OR MIT",
            "MIT/GPL-3.0",
            "(MIT OR GPL-3.0) AND Unicode-3.0",
            "MIT AND ISC",
        ] {
            assert!(is_allowed(licence, &allowed), "{licence}");
        }
        for licence in ["", "GPL-3.0", "MIT AND GPL-3.0", "(GPL-3.0 OR AGPL-3.0) AND MIT"] {
            assert!(!is_allowed(licence, &allowed), "{licence}");
        }
    }

    #[test]
    fn a_package_from_elsewhere_is_noticed() {
        let source = |source: &str| BTreeSet::from([("left-pad".to_owned(), source.to_owned())]);
        assert!(foreign(&source(CRATES_IO)).is_empty());
        for elsewhere in ["git+https://example.org/left-pad", "registry+https://example.org", ""] {
            assert_eq!(foreign(&source(elsewhere)).len(), 1, "{elsewhere}");
        }
    }

    #[test]
    fn a_banned_package_is_noticed_where_it_is_built() {
        let rules = "deny = [\n  # Why.\n  { crate = \"ring\", reason = \"\" },\n]";
        let fine = "rustls v0.23.0\nwiring v1.0.0\nring-buffer v1.0.0 (*)";
        assert!(banned(rules, fine).is_empty());
        assert_eq!(banned(rules, &format!("{fine}\nring v0.17.14\nring v0.17.14 (*)")).len(), 1);
        assert_eq!(banned("deny = []", fine).len(), 1, "a list that cannot be read bans nothing");
    }

    #[test]
    fn a_decision_that_is_missing_from_the_table_is_noticed() {
        let files = ["docs/adr/0001-one.md", "docs/adr/0002-two.md"].map(String::from);
        let map = |rows: &str| {
            format!("See [0002](docs/adr/0002-two.md).\n\n## Decisions\n\n| | |\n|---|---|\n{rows}")
        };
        let (one, two) = (
            "| [0001](docs/adr/0001-one.md) | one |\n",
            "| [0002](docs/adr/0002-two.md) | two |\n",
        );
        assert!(untabled(&map(&format!("{one}{two}")), &files).is_empty());
        assert_eq!(untabled(&map(one), &files).len(), 1, "a link elsewhere is no row");
        assert_eq!(untabled(&map(&format!("{two}{one}")), &files).len(), 1, "in order");
        let wrong = two.replace("[0002]", "[0003]");
        assert_eq!(untabled(&map(&format!("{one}{wrong}")), &files).len(), 1, "under its number");
        assert_eq!(untabled("", &files).len(), 2);
    }

    #[test]
    fn a_chore_is_named_by_its_word() {
        assert_eq!(word("ci`."), "ci");
        assert_eq!(word("sim --cases 5"), "sim");
    }
}
