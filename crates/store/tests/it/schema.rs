//! The two databases have one schema, whichever way it came about.

use std::collections::{BTreeMap, BTreeSet};
use store::{
    Error, Store,
    testing::{TestStore, postgres_empty, sqlite_empty, stores},
};

/// `table.column type nullable`, with the types of both databases in the same words.
async fn columns(store: &TestStore) -> BTreeSet<String> {
    store
        .look(
            "select t.name || '.' || c.name || ' ' || c.type || ' '
                || case c.\"notnull\" when 1 then 'required' else 'optional' end
             from sqlite_schema t join pragma_table_info(t.name) c
             where t.type = 'table' and t.name not like 'sqlx%' and t.name not like '\\_%' escape '\\'
                and t.name not like 'sqlite%'",
            "select table_name || '.' || column_name || ' '
                || case data_type when 'uuid' then 'BLOB' when 'bytea' then 'BLOB'
                    when 'text' then 'TEXT' when 'json' then 'TEXT' when 'bigint' then 'INTEGER'
                    when 'smallint' then 'INTEGER' when 'boolean' then 'INTEGER'
                    else data_type end || ' '
                || case is_nullable when 'NO' then 'required' else 'optional' end
             from information_schema.columns
             where table_schema = current_schema() and table_name not like '\\_%'",
        )
        .await
        .into_iter()
        .collect()
}

/// `name on table (columns) unique partial`, for the indexes with names of ours, and the primary
/// keys.
async fn indexes(store: &TestStore) -> BTreeSet<String> {
    store
        .look(
            "select t.name || ' (' || (select group_concat(name, ',') from
                    (select name from pragma_index_info(i.name) order by seqno)) || ')'
                || case i.\"unique\" when 1 then ' unique' else '' end
                || case i.partial when 1 then ' partial' else '' end
             from sqlite_schema t join pragma_index_list(t.name) i
             where t.type = 'table' and t.name not like '\\_%' escape '\\' and t.name not like 'sqlite%'
             union
             select t.name || ' (' || c.name || ') unique' from sqlite_schema t
                join pragma_table_info(t.name) c
             where t.type = 'table' and c.pk > 0 and c.type = 'INTEGER' and c.name = 'id'",
            "select c.relname || ' (' || (select string_agg(a.attname, ',' order by k.n)
                    from unnest(i.indkey) with ordinality k (attnum, n)
                    join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum) || ')'
                || case when i.indisunique then ' unique' else '' end
                || case when i.indpred is not null then ' partial' else '' end
             from pg_index i join pg_class c on c.oid = i.indrelid
                join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = current_schema() and c.relname not like '\\_%'",
        )
        .await
        .into_iter()
        .collect()
}

async fn names_of_indexes(store: &TestStore) -> BTreeSet<String> {
    store
        .look(
            "select name from sqlite_schema where type = 'index' and sql is not null",
            "select indexname from pg_indexes where schemaname = current_schema()
                and indexname not like '%\\_key' and indexname not like '%\\_pkey'",
        )
        .await
        .into_iter()
        .collect()
}

#[tokio::test]
async fn both_databases_have_the_same_tables_columns_and_indexes() {
    let [sqlite, postgres] = stores().await;
    assert_eq!(columns(&sqlite).await, columns(&postgres).await);
    assert_eq!(indexes(&sqlite).await, indexes(&postgres).await);
    assert_eq!(names_of_indexes(&sqlite).await, names_of_indexes(&postgres).await);
    assert!(columns(&sqlite).await.len() > 150, "the question found the tables");
    assert!(indexes(&sqlite).await.len() > 40, "the question found the indexes");
}

#[tokio::test]
async fn a_database_upgraded_step_by_step_is_like_a_fresh_one() {
    for (fresh, upgraded) in
        stores().await.into_iter().zip([sqlite_empty().await, postgres_empty().await])
    {
        let last = fresh.version().await.unwrap().known;
        for version in 1..=last {
            upgraded.migrate_to(version).await.unwrap();
        }
        assert_eq!(columns(&fresh).await, columns(&upgraded).await);
        assert_eq!(indexes(&fresh).await, indexes(&upgraded).await);
        upgraded.check().await.unwrap();
    }
}

/// The tables, those first that were made first.
async fn tables(store: &TestStore) -> Vec<String> {
    store
        .look(
            "select name from sqlite_schema where type = 'table' and name not like '\\_%' escape '\\'
                and name not like 'sqlite%' order by rowid",
            "select cast(c.relname as text) from pg_class c join pg_namespace n on n.oid = c.relnamespace
             where n.nspname = current_schema() and c.relkind = 'r' and c.relname not like '\\_%'
             order by c.oid",
        )
        .await
}

/// Tables that hold a row of ours: the columns that there were when it was written.
type Held = BTreeMap<String, Vec<String>>;

/// Writes a row into each table that holds none yet, with something in every column, and the same id
/// wherever it belongs to another.
async fn fill(store: &TestStore, held: &mut Held) {
    let columns = columns(store).await;
    for table in tables(store).await {
        if held.contains_key(&table) {
            continue;
        }
        let id = "00000000000000000000000000000001";
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for column in columns.iter().filter_map(|c| c.strip_prefix(&format!("{table}."))) {
            let (name, kind) = column.split_once(' ').unwrap();
            names.push(name.to_owned());
            values.push(match kind.split(' ').next().unwrap() {
                "BLOB" if store.name == "sqlite" => format!("x'{id}'"),
                "BLOB" => format!("'{id}'"),
                "INTEGER" => "'1'".to_owned(),
                "TEXT" => "'{}'".to_owned(),
                other => panic!("{table}.{name}: what is of the type {other}?"),
            });
        }
        let (columns, values) = (names.join(", "), values.join(", "));
        store.alter(&format!("insert into {table} ({columns}) values ({values})")).await;
        held.insert(table, names);
    }
}

/// What stands in those columns, each row as a text.
async fn contents(store: &TestStore, table: &str, columns: &[String]) -> Vec<String> {
    let of = |shown: &str| {
        let shown: Vec<_> = columns.iter().map(|name| shown.replace('?', name)).collect();
        format!("select {} from {table}", shown.join(" || ' ' || "))
    };
    store.look(&of("quote(?)"), &of("coalesce(cast(? as text), 'null')")).await
}

#[tokio::test]
async fn what_a_database_holds_survives_every_step_that_comes_after() {
    for store in [sqlite_empty().await, postgres_empty().await] {
        let mut held = Held::new();
        let mut written = BTreeMap::new();
        for version in 1..=store.version().await.unwrap().known {
            store.migrate_to(version).await.unwrap();
            fill(&store, &mut held).await;
            for (table, columns) in &held {
                let now = contents(&store, table, columns).await;
                let then = written.entry(table.clone()).or_insert_with(|| now.clone());
                assert_eq!((now.len(), &now), (1, &*then), "{}: {version}: {table}", store.name);
            }
        }
        let all = ["tenants", "endpoints", "links", "records", "jobs", "documents", "operators"];
        assert!(all.iter().all(|table| held.contains_key(*table)), "{held:?}");
        store.check().await.unwrap();
    }
}

#[tokio::test]
async fn an_empty_database_says_what_is_pending_and_migrating_twice_changes_nothing() {
    for store in [sqlite_empty().await, postgres_empty().await] {
        assert!(matches!(store.check().await, Err(Error::Older { pending: 1.. })));
        let pending = store.version().await.unwrap().pending;
        assert_eq!(pending.first().map(String::as_str), Some("0001_init"));
        assert_eq!(store.migrate().await.unwrap(), pending);
        assert_eq!(store.migrate().await.unwrap(), Vec::<String>::new());
        store.check().await.unwrap();
        store.ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_database_of_a_later_program_is_refused() {
    for store in stores().await {
        pretend_later(&store).await;
        let error = store.migrate().await.unwrap_err();
        assert!(matches!(error, Error::Newer { found: 999, .. }), "{error}");
        assert!(error.to_string().contains("use a newer program"));
        assert!(matches!(store.check().await, Err(Error::Newer { .. })));
    }
}

/// Leaves the mark of a step that this program does not know.
async fn pretend_later(store: &Store) {
    const SQL: &str = "insert into _sqlx_migrations
        (version, description, success, checksum, execution_time)
        values (999, 'later', true, cast('x' as CHECKSUM), 1)";
    let blob = if store.way().is_some() { "bytea" } else { "blob" };
    store.alter(&SQL.replace("CHECKSUM", blob)).await;
}

/// What is committed survives a loss of power, readers do not wait for the writer, and what is deleted
/// does not linger in the file.
#[tokio::test]
async fn sqlite_is_written_to_durably_beside_its_readers_and_without_leaving_what_was_deleted() {
    let store = sqlite_empty().await;
    let said = store
        .look(
            "select journal_mode || ' ' || synchronous || ' ' || secure_delete
             from pragma_journal_mode, pragma_synchronous, pragma_secure_delete",
            "",
        )
        .await;
    let full = 2;
    assert_eq!(said, [format!("wal {full} 1")]);
}

#[tokio::test]
async fn an_address_that_is_no_database_is_refused_without_repeating_it() {
    for url in ["mysql://root:hunter2@host/db", "", ":memory:", "sqlite::memory:"] {
        let error = Store::open(url, store::Settings::default()).await.unwrap_err();
        assert!(matches!(error, Error::NotADatabase), "{url}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
}
