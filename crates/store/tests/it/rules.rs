//! Rules of the schema and of every statement, read from the files themselves.

use std::{collections::BTreeSet, fs, path::Path};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn files(dir: &str, ending: &str) -> Vec<(String, String)> {
    let files = fs::read_dir(root().join(dir)).expect("a folder").flatten();
    let mut files: Vec<_> = files
        .map(|file| (file.file_name().into_string().expect("a plain name"), file.path()))
        .filter(|(name, _)| name.ends_with(ending))
        .map(|(name, path)| (name, fs::read_to_string(path).expect("text")))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "{dir} has files");
    files
}

/// Each `create table`: its name and its lines.
fn tables(migration: &str) -> Vec<(&str, &str)> {
    let tables = migration.split("create table ").skip(1);
    tables
        .map(|text| {
            let (name, rest) = text.split_once(" (").expect("a table has columns");
            (name, rest.split_once("\n)").expect("a table ends").0)
        })
        .collect()
}

fn has_bucket(columns: &str) -> bool {
    columns.trim_start().starts_with("bucket ")
}

/// The tables of links and below, all migrations together.
fn below_links() -> BTreeSet<String> {
    let files = files("migrations/sqlite", ".sql");
    let tables = files.iter().flat_map(|(_, text)| tables(text));
    tables.filter(|(_, columns)| has_bucket(columns)).map(|(name, _)| name.to_owned()).collect()
}

#[test]
fn every_key_of_links_and_below_starts_with_the_bucket() {
    let below = below_links();
    assert!(below.len() >= 12, "{below:?}");
    for dir in ["migrations/sqlite", "migrations/postgres"] {
        for (file, text) in files(dir, ".sql") {
            for (table, columns) in tables(&text).into_iter().filter(|(_, c)| has_bucket(c)) {
                assert!(columns.contains("primary key (bucket, "), "{file}: {table}");
                for line in columns.lines().filter(|l| l.contains("unique")) {
                    assert!(line.contains("unique (bucket, "), "{file}: {table}: {line}");
                }
                assert!(!columns.contains("references"), "{file}: {table} refers to another");
            }
            for line in text.lines().filter(|line| line.starts_with("create unique index")) {
                let on = line.split(" on ").nth(1).expect("an index is on a table");
                let (table, columns) = on.split_once(" (").expect("an index has columns");
                let ours = below.contains(table);
                assert!(!ours || columns.starts_with("bucket, "), "{file}: {line}");
            }
        }
    }
}

#[test]
fn both_databases_have_the_same_migrations() {
    let names = |dir| files(dir, ".sql").into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names("migrations/sqlite"), names("migrations/postgres"));
    for (file, text) in files("migrations/sqlite", ".sql") {
        let tables = text.matches("create table ").count();
        assert_eq!(text.matches(") strict;").count(), tables, "{file}: every table is strict");
    }
}

/// The text between quotes, and the name of the function that it stands in.
fn literals(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut function = String::new();
    let mut rest = source;
    loop {
        let next = ["\"", "fn ", "//", "r\"", "'\"'"]
            .iter()
            .filter_map(|mark| rest.find(mark).map(|at| (at, *mark)))
            .min_by_key(|(at, mark)| (*at, std::cmp::Reverse(mark.len())));
        let Some((at, mark)) = next else { return found };
        rest = &rest[at + mark.len()..];
        match mark {
            "fn " => {
                let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next();
                name.unwrap_or_default().clone_into(&mut function);
            }
            "//" => rest = rest.split_once('\n').map_or("", |(_, rest)| rest),
            "\"" | "r\"" => {
                let mut escaped = false;
                let end = rest.find(|c| {
                    let ends = c == '"' && !escaped;
                    escaped = c == '\\' && !escaped && mark == "\"";
                    ends
                });
                let end = end.expect("a literal ends");
                found.push((function.clone(), rest[..end].to_owned()));
                rest = &rest[end + 1..];
            }
            _ => {}
        }
    }
}

/// The tables that a piece of SQL reads or writes.
fn touched(sql: &str) -> BTreeSet<String> {
    let words: Vec<&str> = sql.split_whitespace().collect();
    let names = words.windows(2).filter(|pair| {
        ["from", "into", "update", "join"].contains(&pair[0].trim_start_matches('('))
    });
    let plain = |word: &str| {
        word.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>()
    };
    names.map(|pair| plain(pair[1])).collect()
}

#[test]
fn every_statement_on_links_and_below_names_the_bucket_or_says_that_it_fans_out() {
    let below = below_links();
    let mut seen = 0;
    for (file, source) in files("src", ".rs") {
        for (function, literal) in literals(&source) {
            if touched(&literal).is_disjoint(&below) {
                continue;
            }
            seen += 1;
            assert!(
                literal.contains("bucket") || function.ends_with("_across_buckets"),
                "{file}: {function} neither names the bucket nor says that it fans out: {literal}"
            );
        }
    }
    assert!(seen > 60, "the statements were found: {seen}");
}

#[test]
fn no_statement_uses_what_a_cluster_or_a_pooler_forbids() {
    const FORBIDDEN: &[&str] = &[
        "merge into",
        "trigger",
        "now()",
        "current_timestamp",
        "random()",
        "gen_random_uuid",
        "set_config",
        "listen ",
        "notify ",
        "advisory",
        "temporary",
        "declare ",
        "nextval",
        "serial",
        "last_insert",
        "jsonb",
    ];
    for (file, source) in files("src", ".rs") {
        if ["testing.rs", "error.rs"].contains(&file.as_str()) {
            continue;
        }
        for (function, literal) in literals(&source) {
            for word in FORBIDDEN {
                assert!(!literal.to_lowercase().contains(word), "{file}: {function}: {literal}");
            }
        }
    }
    for dir in ["migrations/sqlite", "migrations/postgres"] {
        for (file, text) in files(dir, ".sql") {
            for word in FORBIDDEN {
                assert!(!text.to_lowercase().contains(word), "{file}: {word}");
            }
        }
    }
}

#[test]
fn only_one_file_puts_sql_together() {
    for (file, source) in files("src", ".rs") {
        let may = ["conditions.rs", "testing.rs"].contains(&file.as_str());
        assert!(may || !source.contains("AssertSqlSafe"), "{file}");
    }
}

#[test]
fn every_method_has_its_story() {
    let stories: String = files("tests/it", ".rs").into_iter().map(|(_, text)| text).collect();
    for (file, source) in files("src", ".rs").iter().filter(|(file, _)| file != "testing.rs") {
        for declaration in source.split("    pub async fn ").skip(1) {
            let name = declaration.split('(').next().unwrap_or_default();
            let told = stories.contains(&format!(".{name}("))
                || stories.contains(&format!("Store::{name}("));
            assert!(told, "{file}: nothing tells of `{name}`");
        }
    }
}
