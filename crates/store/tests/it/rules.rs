//! Rules of the schema and of every statement, read from the files themselves.

use std::{collections::BTreeSet, fs, path::Path};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The files below a folder of this crate whose names end so, by their path from there.
fn files(dir: &str, ending: &str) -> Vec<(String, String)> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(dir)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder").flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root().join(dir)).expect("below it");
            let name = name.to_str().expect("a plain name").to_owned();
            if name.ends_with(ending) {
                files.push((name, fs::read_to_string(path).expect("text")));
            }
        }
    }
    files.sort();
    assert!(!files.is_empty(), "{dir} has files");
    files
}

/// Small tables, the same everywhere: what belongs to a tenant, an institution or an operator. Any
/// other table is one of links and below.
const OF_NO_LINK: [&str; 12] = [
    "api_keys",
    "audit",
    "breakers",
    "endpoints",
    "feed",
    "institutions",
    "operators",
    "server_keys",
    "sign_ins",
    "tenants",
    "token_sessions",
    "used_tokens",
];

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

/// The tables of links and below, all migrations together.
fn below_links() -> BTreeSet<String> {
    let files = files("migrations/sqlite", ".sql");
    let tables = files.iter().flat_map(|(_, text)| tables(text));
    let below = tables.map(|(name, _)| name).filter(|name| !OF_NO_LINK.contains(name));
    below.map(str::to_owned).collect()
}

/// What a migration does against ADR 0003.
fn without_bucket(migration: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for (table, columns) in tables(migration) {
        let lines = || columns.lines().map(str::trim_start);
        if OF_NO_LINK.contains(&table) {
            if lines().any(|line| line.starts_with("link ")) {
                faults.push(format!("{table} belongs to a link"));
            }
            continue;
        }
        if !columns.trim_start().starts_with("bucket ") {
            faults.push(format!("{table} does not begin with its bucket"));
        }
        if !columns.contains("primary key (bucket, ") {
            faults.push(format!("{table} has a primary key without its bucket"));
        }
        if lines().any(|line| line.contains("unique") && !line.contains("unique (bucket, ")) {
            faults.push(format!("{table} has a unique key without its bucket"));
        }
        if columns.contains("references") {
            faults.push(format!("{table} refers to another"));
        }
    }
    for line in migration.lines().filter(|line| line.starts_with("create unique index")) {
        let on = line.split(" on ").nth(1).expect("an index is on a table");
        let (table, columns) = on.split_once(" (").expect("an index has columns");
        if !OF_NO_LINK.contains(&table) && !columns.starts_with("bucket, ") {
            faults.push(format!("{table} has a unique index without its bucket"));
        }
    }
    for line in migration.lines().filter(|line| line.contains(" add column link ")) {
        if OF_NO_LINK.iter().any(|table| line.contains(&format!("alter table {table} "))) {
            faults.push(format!("a table of no link gets one: {line}"));
        }
    }
    faults
}

#[test]
fn every_key_of_links_and_below_starts_with_the_bucket() {
    let below = below_links();
    assert!(below.len() >= 16, "{below:?}");
    for dir in ["migrations/sqlite", "migrations/postgres"] {
        let files = files(dir, ".sql");
        for (file, text) in &files {
            assert_eq!(without_bucket(text), [""; 0], "{dir}/{file}");
        }
        let all: BTreeSet<_> = files.iter().flat_map(|(_, text)| tables(text)).collect();
        let names: BTreeSet<_> = all.into_iter().map(|(name, _)| name).collect();
        assert!(OF_NO_LINK.iter().all(|table| names.contains(table)), "{dir}: {names:?}");
    }
}

#[test]
fn a_table_that_forgets_its_bucket_is_noticed() {
    const KEY: &str = "    primary key (bucket, id)\n";
    let fine = format!("create table moods (\n    bucket integer not null,\n{KEY}) strict;");
    assert_eq!(without_bucket(&fine), [""; 0]);
    for wrong in [
        fine.replace("    bucket integer not null,\n", ""),
        fine.replace("    bucket integer", "    id blob not null,\n    bucket integer"),
        fine.replace("key (bucket, id)", "key (id)"),
        fine.replace(KEY, &format!("    unique (name),\n{KEY}")),
        fine.replace(KEY, &format!("    link blob references links (id),\n{KEY}")),
        format!("{fine}\ncreate unique index moods_by_name on moods (name);"),
        fine.replace("moods", "feed").replace(KEY, "    link blob\n"),
        "alter table feed add column link blob;".to_owned(),
    ] {
        assert_eq!(without_bucket(&wrong).len(), 1, "{wrong}");
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

/// The text between quotes, and the name of the function that it stands in, or of the file's own macro.
fn literals(source: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut function = String::new();
    let mut rest = source;
    loop {
        let next = ["\"", "fn ", "\nmacro_rules! ", "//", "r\"", "'\"'"]
            .iter()
            .filter_map(|mark| rest.find(mark).map(|at| (at, *mark)))
            .min_by_key(|(at, mark)| (*at, std::cmp::Reverse(mark.len())));
        let Some((at, mark)) = next else { return found };
        rest = &rest[at + mark.len()..];
        match mark {
            "fn " | "\nmacro_rules! " => {
                let name = rest.split(|c: char| !c.is_alphanumeric() && c != '_').next();
                name.unwrap_or_default().clone_into(&mut function);
            }
            "//" => rest = rest.find('\n').map_or("", |end| &rest[end..]),
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

/// A name without what stands behind it.
fn plain(word: &str) -> &str {
    let end = word.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(word.len());
    &word[..end]
}

/// The tables of `below` that a piece of SQL reads or writes, once for each time, with the names that
/// the piece has for them.
fn touched<'a>(words: &[&'a str], below: &BTreeSet<String>) -> Vec<(&'a str, &'a str)> {
    let mut found = Vec::new();
    for (i, pair) in words.windows(2).enumerate() {
        let (verb, table) = (pair[0].trim_start_matches('('), plain(pair[1]));
        if ["from", "into", "update", "join"].contains(&verb) && below.contains(table) {
            let renamed = words.get(i + 2) == Some(&"as");
            found.push((table, if renamed { plain(words[i + 3]) } else { table }));
        }
    }
    found
}

/// How often a piece of SQL says which bucket of one of `names` it means: compares it, or writes it.
fn buckets_named(words: &[&str], names: &[&str]) -> usize {
    let is_bucket = |word: &str| match word.split_once('.') {
        Some((table, column)) => column == "bucket" && names.contains(&table),
        None => word == "bucket",
    };
    let word = |i: usize| words.get(i).copied().unwrap_or_default();
    let says_it = |&i: &usize| {
        let compared =
            is_bucket(word(i).trim_start_matches('(')) && ["=", "between"].contains(&word(i + 1));
        let first_of_many = word(i) == "(bucket,";
        let among = first_of_many && word(i + 2) == "in";
        let written = first_of_many && i >= 2 && word(i - 2) == "into";
        compared || among || written
    };
    (0..words.len()).filter(says_it).count()
}

/// The statements of a source on tables of links and below: how many there are, and those that leave
/// a bucket open without saying in their function's name that they fan out.
fn fanning_out(source: &str, below: &BTreeSet<String>) -> (usize, Vec<String>) {
    let (mut seen, mut faults) = (0, Vec::new());
    for (function, literal) in literals(source) {
        let unbroken = literal.replace("\\\n", " ");
        let words: Vec<&str> = unbroken.split_whitespace().collect();
        let touched = touched(&words, below);
        seen += usize::from(!touched.is_empty());
        let names: Vec<_> = touched.iter().flat_map(|(table, name)| [*table, *name]).collect();
        let said = buckets_named(&words, &names) >= touched.len();
        if !said && !function.ends_with("_across_buckets") {
            faults.push(format!("{function}: {literal}"));
        }
    }
    (seen, faults)
}

#[test]
fn every_statement_on_links_and_below_names_the_bucket_or_says_that_it_fans_out() {
    let below = below_links();
    let mut seen = 0;
    for (file, source) in files("src", ".rs") {
        let (here, faults) = fanning_out(&source, &below);
        assert_eq!(faults, [""; 0], "{file}");
        seen += here;
    }
    assert!(seen > 140, "the statements were found: {seen}");
}

/// A claim is of a table that its caller names, so that it is the caller who must say it.
#[test]
fn only_claims_are_of_a_table_that_is_named_elsewhere_and_they_say_that_they_fan_out() {
    let mut claims = 0;
    for (file, source) in files("src", ".rs") {
        for (function, literal) in literals(&source) {
            let open =
                ["from ", "into ", "update ", "join "].iter().any(|verb| literal.ends_with(verb));
            assert!(!open || file == "claims.rs", "{file}: {function}: {literal}");
        }
        for function in source.split(" fn ").skip(1).filter(|text| text.contains(" claim!(")) {
            assert!(plain(function).ends_with("_across_buckets"), "{file}: {}", plain(function));
            claims += 1;
        }
    }
    assert_eq!(claims, 2, "jobs and deliveries");
}

#[test]
fn a_statement_that_leaves_a_bucket_open_is_noticed() {
    let below = BTreeSet::from(["records", "links"].map(String::from));
    let faults = |function: &str, sql: &str| {
        let source = format!("async fn {function}(&self) {{ const SQL: &str = \"{sql}\"; }}");
        let (seen, faults) = fanning_out(&source, &below);
        assert_eq!(seen, 1, "{sql}");
        faults.len()
    };
    for fine in [
        "select id from records where bucket = $1 and id = $2",
        "select 1 from records as r where r.bucket = $1 and r.id = $2",
        "delete from records where (bucket, id) in (select 1, 2)",
        "insert into records (bucket, id) values ($1, $2) on conflict (bucket, id) do nothing",
        "update records set day = $1 from told where records.bucket = told.bucket",
    ] {
        assert_eq!(faults("record", fine), 0, "{fine}");
    }
    for wrong in [
        "select bucket from records where id = $1",
        "select id from records where id = $1 order by bucket",
        "select 1 from told join records on told.bucket = $1 and records.id = told.id",
        "insert into records (id, link) values ($1, $2) on conflict (bucket, id) do nothing",
        "update records set day = $1 where id = $2 returning bucket, id",
        "select 1 from records where bucket = $1 and link in (select id from links)",
    ] {
        assert_eq!(faults("record", wrong), 1, "{wrong}");
        assert_eq!(faults("record_across_buckets", wrong), 0, "{wrong}");
    }
    let below_a_macro = "fn all_across_buckets() {}\nmacro_rules! records { () => {\n";
    let source = format!("{below_a_macro}\"select id from records\" }} }}");
    assert_eq!(fanning_out(&source, &below).1.len(), 1, "a macro is not the function before it");
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
