//! A transaction pooler between us and PostgreSQL: each transaction of a connection may be another
//! session's, and what is not in a transaction is one by itself.

use crate::world::env;
use domain::ids::{KeyId, TenantId};
use sqlx::postgres::PgConnectOptions;
use std::{collections::VecDeque, sync::Arc};
use store::{
    Error, Settings, Store, Tx, Way,
    tenants::{ApiKey, Tenant},
    testing::{postgres, postgres_empty},
};
use tokio::{
    io::{self, AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, UnixStream},
    sync::{Mutex, Notify},
    task::JoinSet,
};

trait Wire: AsyncRead + AsyncWrite + Unpin + Send {}
impl<W: AsyncRead + AsyncWrite + Unpin + Send> Wire for W {}

/// So many sessions serve everybody.
const SESSIONS: usize = 3;
/// What clients ask for before they say who they are: TLS, and GSSAPI.
const ENCRYPTION: [i32; 2] = [80_877_103, 80_877_104];

/// What `PgBouncer` lets a client say of its session, unless it was told of more.
const KNOWN: [&str; 6] =
    ["user", "database", "client_encoding", "datestyle", "timezone", "application_name"];

/// The sessions that nobody holds, the longest unused first; and how many they are.
#[derive(Default)]
struct Free {
    made: Mutex<usize>,
    sessions: Mutex<VecDeque<Box<dyn Wire>>>,
    news: Notify,
}

/// A pooler in front of the server of `url`; the URL of the same database through it.
async fn pooler(url: &str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    pooler_at(listener, url)
}

fn pooler_at(listener: TcpListener, url: &str) -> String {
    let server: PgConnectOptions = url.parse().unwrap();
    let port = listener.local_addr().unwrap().port();
    let (user, database) = (server.get_username(), server.get_database().unwrap());
    let through = format!("postgres://{user}@127.0.0.1:{port}/{database}");
    let free = Arc::new(Free::default());
    let mut clients = JoinSet::new();
    clients.spawn(async move {
        let mut clients = JoinSet::new();
        while let Ok((client, _)) = listener.accept().await {
            let (server, free) = (server.clone(), free.clone());
            // A client that goes away is none of ours.
            clients.spawn(async move { drop(serve(client, &server, &free).await) });
        }
    });
    clients.detach_all();
    through
}

async fn serve(mut client: TcpStream, server: &PgConnectOptions, free: &Free) -> io::Result<()> {
    client.set_nodelay(true)?;
    let greeting = loop {
        let said = message(&mut client, Kind::Greeting).await?;
        if !ENCRYPTION.iter().any(|code| said[4..] == code.to_be_bytes()) {
            break said;
        }
        client.write_all(b"N").await?;
    };
    let said = String::from_utf8_lossy(&greeting[8..]).into_owned();
    let unknown = said.split('\0').step_by(2).find(|name| {
        !name.is_empty() && !KNOWN.iter().any(|known| known.eq_ignore_ascii_case(name))
    });
    if let Some(name) = unknown {
        let why = format!("SFATAL\0C08P01\0Munsupported startup parameter: {name}\0\0");
        let length = i32::try_from(why.len() + 4).unwrap().to_be_bytes();
        return client.write_all(&[b"E", &length[..], why.as_bytes()].concat()).await;
    }
    {
        let (mut made, mut sessions) = (free.made.lock().await, free.sessions.lock().await);
        while *made < SESSIONS {
            sessions.push_back(session(server, &greeting).await?);
            *made += 1;
        }
    }
    // It is let in, and may begin.
    client.write_all(b"R\0\0\0\x08\0\0\0\0Z\0\0\0\x05I").await?;
    let mut held: Option<Box<dyn Wire>> = None;
    loop {
        let mut asked = Vec::new();
        // Up to what is answered with "ready": a query, or the end of a batch.
        while !asked.last().is_some_and(|said: &Vec<u8>| matches!(said[0], b'Q' | b'S')) {
            let said = message(&mut client, Kind::Any).await?;
            if said[0] == b'X' {
                return Ok(());
            }
            asked.push(said);
        }
        let mut session = match held.take() {
            Some(session) => session,
            None => loop {
                let news = free.news.notified();
                if let Some(session) = free.sessions.lock().await.pop_front() {
                    break session;
                }
                news.await;
            },
        };
        session.write_all(&asked.concat()).await?;
        let ready = loop {
            let said = message(&mut session, Kind::Any).await?;
            client.write_all(&said).await?;
            if said[0] == b'Z' {
                break said[5];
            }
        };
        if ready == b'I' {
            free.sessions.lock().await.push_back(session);
            free.news.notify_one();
        } else {
            held = Some(session);
        }
    }
}

/// A session of the server's own.
async fn session(server: &PgConnectOptions, greeting: &[u8]) -> io::Result<Box<dyn Wire>> {
    let port = server.get_port();
    let mut wire: Box<dyn Wire> = match server.get_socket() {
        Some(folder) => {
            Box::new(UnixStream::connect(folder.join(format!(".s.PGSQL.{port}"))).await?)
        }
        None => Box::new(TcpStream::connect((server.get_host(), port)).await?),
    };
    wire.write_all(greeting).await?;
    while message(&mut wire, Kind::Any).await?[0] != b'Z' {}
    Ok(wire)
}

/// What is heard: the first message of a client has no letter that says what it is.
#[derive(PartialEq, Eq)]
enum Kind {
    Greeting,
    Any,
}

/// One message as it comes.
async fn message(wire: &mut (impl Wire + ?Sized), kind: Kind) -> io::Result<Vec<u8>> {
    let mut said = Vec::new();
    if kind == Kind::Any {
        said.push(wire.read_u8().await?);
    }
    let length = wire.read_u32().await?;
    said.extend(length.to_be_bytes());
    let begun = said.len();
    said.resize(begun + length as usize - 4, 0);
    wire.read_exact(&mut said[begun..]).await?;
    Ok(said)
}

#[tokio::test]
async fn whether_a_transaction_pooler_stands_between_is_found_out_unless_it_is_said() {
    let direct = postgres().await;
    assert_eq!(direct.way(), Some(Way::Direct));
    let through = pooler(&direct.url).await;
    // The server of a test may be named with a socket, which is said behind a question mark.
    let keeping = |url: &str, most: u32| {
        let sign = if url.contains('?') { '&' } else { '?' };
        format!("{url}{sign}statement-cache-capacity={most}")
    };
    for (url, expected) in [
        (through.clone(), Way::Pooled),
        (keeping(&through, 10), Way::Direct),
        (keeping(&direct.url, 0), Way::Pooled),
        (keeping(&direct.url, 10), Way::Direct),
    ] {
        let store = Store::open(&url, Settings::default()).await.unwrap();
        assert_eq!(store.way(), Some(expected), "{url}");
        store.close().await;
    }
}

#[tokio::test]
async fn a_database_that_starts_later_is_waited_for() {
    let direct = postgres().await;
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = free.local_addr().unwrap();
    drop(free);
    let server: PgConnectOptions = direct.url.parse().unwrap();
    let (user, database) = (server.get_username(), server.get_database().unwrap());
    let through = format!("postgres://{user}@{address}/{database}");
    let starts = async {
        let listener = TcpListener::bind(address).await.unwrap();
        pooler_at(listener, &direct.url)
    };
    let (store, _) = tokio::join!(Store::open(&through, Settings::default()), starts);
    store.unwrap().check().await.unwrap();
}

#[tokio::test]
async fn nobody_hears_anothers_answer_through_a_transaction_pooler() {
    let direct = postgres().await;
    let env = env();
    let mut keys = Vec::new();
    let mut tx = direct.write().await.unwrap();
    for n in 0..4 {
        let (tenant, key) = (env.id::<TenantId>(), env.id::<KeyId>());
        let name = format!("tenant {n}");
        let default_rate = domain::refresh::Rate::Week;
        tx.add_tenant(&Tenant { id: tenant, name, default_rate, created_at: env.now() })
            .await
            .unwrap();
        let (hash, name) = (format!("hash {n}"), format!("key {n}"));
        let created_at = env.now();
        let (last_used_at, revoked_at) = (None, None);
        tx.add_key(&ApiKey { id: key, tenant, hash, name, created_at, last_used_at, revoked_at })
            .await
            .unwrap();
        keys.push((n, tenant, key));
    }
    tx.commit().await.unwrap();

    let through = pooler(&direct.url).await;
    let store = Store::open(&through, Settings::default()).await.unwrap();
    let mut callers = JoinSet::new();
    for (n, tenant, key) in keys {
        let store = store.clone();
        callers.spawn(async move {
            for _ in 0..25 {
                let mut tx: Tx = store.glance().await.unwrap();
                assert_eq!(tx.key(key).await.unwrap().unwrap().hash, format!("hash {n}"));
                drop(tx);
                let mut tx = store.glance().await.unwrap();
                let found = tx.tenant(tenant).await.unwrap().unwrap();
                assert_eq!(found.name, format!("tenant {n}"));
            }
        });
    }
    callers.join_all().await;
    // Processes that start one after the other, and share sessions.
    for _ in 0..4 {
        let other = Store::open(&through, Settings::default()).await.unwrap();
        other.check().await.unwrap();
        assert_eq!(other.migrate().await.unwrap(), [""; 0]);
        other.close().await;
    }
    store.close().await;
    // Where there is something to migrate, the lock that this takes would stay behind.
    let empty = postgres_empty().await;
    let store = Store::open(&pooler(&empty.url).await, Settings::default()).await.unwrap();
    assert!(matches!(store.migrate().await, Err(Error::Pooled)));
    store.close().await;
}
