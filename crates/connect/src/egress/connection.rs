//! One connection of a connector to its proxy.

use super::{Session, Way, entry::pair, greeting::Greeting};
use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    time::timeout,
};

/// The longest head of a request, and how many lines it may have.
const LONGEST_HEAD: usize = 16 * 1024;
const MOST_HEADERS: usize = 100;

/// How long a greeting or a head may take.
const GREET: Duration = Duration::from_secs(30);

pub(super) struct Connection {
    stream: UnixStream,
    session: Arc<Session>,
}

/// Why a connection goes no further: what was asked for, why, and how the client is told.
struct Stop {
    asked: String,
    why: &'static str,
    status: &'static str,
}

const FORBIDDEN: &str = "403 Forbidden";
const BAD: &str = "400 Bad Request";
const GATEWAY: &str = "502 Bad Gateway";

/// What a request for the proxy asks for.
enum Wanted {
    /// A tunnel.
    Tunnel { host: String, port: u16 },
    /// One request in the clear, as it is passed on, and how long its body is.
    Plain { host: String, port: u16, head: Vec<u8>, body: u64 },
}

impl Connection {
    /// Serves one client until it or the institution is done.
    pub(super) async fn serve(stream: UnixStream, session: Arc<Session>) {
        let mut connection = Self { stream, session };
        if let Err(stop) = connection.run().await {
            connection.session.refuse(&stop.asked, stop.why);
            let answer = format!(
                "HTTP/1.1 {}\r\nContent-Type: text/plain\r\nConnection: close\r\n\
                 Content-Length: {}\r\n\r\n{}\n",
                stop.status,
                stop.why.len() + 1,
                stop.why
            );
            if !stop.status.is_empty() {
                // A client that does not want to hear it need not.
                drop(timeout(GREET, connection.stream.write_all(answer.as_bytes())).await);
            }
        }
    }

    async fn run(&mut self) -> Result<(), Stop> {
        let stop = |asked: &str, why, status| Stop { asked: asked.to_owned(), why, status };
        let (head, rest) = match timeout(GREET, head(&mut self.stream)).await {
            Ok(Ok(Some(parts))) => parts,
            // It came and went without a word, as browsers do.
            Ok(Ok(None)) => return Ok(()),
            Ok(Err(_)) => return Err(stop("", "the request is too long or broken off", BAD)),
            Err(_) => return Err(stop("", "no request came", "408 Request Timeout")),
        };
        let wanted = read(&head).map_err(|(asked, why)| Stop { asked, why, status: BAD })?;
        let (host, port, plain) = match &wanted {
            Wanted::Tunnel { host, port } => (host.clone(), *port, false),
            Wanted::Plain { host, port, .. } => (host.clone(), *port, true),
        };
        let asked = format!("{host}:{port}");
        let entries = &self.session.rules.entries;
        let same = |e: &&super::Entry| e.host() == host && e.port() == port;
        if !entries.iter().filter(same).any(|entry| entry.plain() == plain) {
            let why = if entries.iter().any(|entry| same(&entry)) && plain {
                "only TLS is approved for this place"
            } else if entries.iter().any(|entry| same(&entry)) {
                "no tunnels are approved for this place, only plain HTTP"
            } else {
                "the place is not in the approved list"
            };
            return Err(stop(&asked, why, FORBIDDEN));
        }
        if !self.session.admit() {
            return Err(stop(&asked, "the session made too many connections", FORBIDDEN));
        }
        if self.session.interceptor.is_some() {
            if plain {
                return Err(stop(&asked, "plain HTTP is not recorded", FORBIDDEN));
            }
            return self.opened(&host, port, rest).await.map_err(|why| stop(&asked, why, ""));
        }
        let dialled = self.session.dial(&host, port).await;
        let institution = dialled.map_err(|why| stop(&asked, why, GATEWAY))?;
        match wanted {
            Wanted::Tunnel { .. } => {
                let done = self.tunnel(institution, &host, rest).await;
                // The tunnel is open already: nothing can be answered any more.
                done.map_err(|why| stop(&asked, why, ""))
            }
            Wanted::Plain { head, body, .. } => {
                let done = self.plain(institution, head, rest, body).await;
                done.map_err(|why| stop(&asked, why, ""))
            }
        }
    }

    async fn tunnel(
        &mut self,
        mut institution: TcpStream,
        host: &str,
        rest: Vec<u8>,
    ) -> Result<(), &'static str> {
        let Some(bytes) = self.greeted(host, rest).await? else { return Ok(()) };
        if !self.session.carry(Way::Out, bytes.len()) {
            return Err(ENOUGH);
        }
        if institution.write_all(&bytes).await.is_err() {
            return Ok(());
        }
        self.exchange(institution, u64::MAX).await
    }

    /// A tunnel that ends here: the connector's TLS is opened.
    async fn opened(&mut self, host: &str, port: u16, rest: Vec<u8>) -> Result<(), &'static str> {
        let Some(bytes) = self.greeted(host, rest).await? else { return Ok(()) };
        let session = self.session.clone();
        let Some(interceptor) = &session.interceptor else { return Ok(()) };
        let (from_client, to_client) = self.stream.split();
        let stream = tokio::io::join(bytes.as_slice().chain(from_client), to_client);
        interceptor.serve(stream, host, port, &session).await
    }

    /// Opens the tunnel and waits for the TLS greeting to `host`. Answers all that was said; `None` if
    /// the client left without a word.
    async fn greeted(
        &mut self,
        host: &str,
        rest: Vec<u8>,
    ) -> Result<Option<Vec<u8>>, &'static str> {
        let open = b"HTTP/1.1 200 Connection established\r\n\r\n";
        if self.stream.write_all(open).await.is_err() {
            return Ok(None);
        }
        let heard = timeout(GREET, self.greeting(rest)).await;
        let Some((name, bytes)) = heard.map_err(|_| "no TLS greeting came")?? else {
            return Ok(None);
        };
        if name != host {
            return Err("the TLS greeting names another host than the tunnel");
        }
        Ok(Some(bytes))
    }

    /// The name that the client greets and all it has said; `None` if it left without a word.
    async fn greeting(&mut self, rest: Vec<u8>) -> Result<Option<(String, Vec<u8>)>, &'static str> {
        let mut greeting = Greeting::new();
        let mut name = greeting.hear(&rest)?;
        let mut said = !rest.is_empty();
        let mut buffer = vec![0; 4096];
        loop {
            if let Some(name) = name {
                return Ok(Some((name, greeting.bytes())));
            }
            match self.stream.read(&mut buffer).await {
                Ok(0) | Err(_) if said => return Err("the TLS greeting was broken off"),
                Ok(0) | Err(_) => return Ok(None),
                Ok(length) => {
                    said = true;
                    name = greeting.hear(&buffer[..length])?;
                }
            }
        }
    }

    async fn plain(
        &mut self,
        mut institution: TcpStream,
        head: Vec<u8>,
        rest: Vec<u8>,
        body: u64,
    ) -> Result<(), &'static str> {
        let now = rest.len().min(usize::try_from(body).unwrap_or(usize::MAX));
        if !self.session.carry(Way::Out, head.len() + now) {
            return Err(ENOUGH);
        }
        let first = async {
            institution.write_all(&head).await?;
            institution.write_all(&rest[..now]).await
        };
        if first.await.is_err() {
            return Ok(());
        }
        self.exchange(institution, body - now as u64).await
    }

    /// Carries bytes both ways, of the client's no more than `most`, until both are done, one is
    /// silent for too long, or the session has had enough.
    async fn exchange(
        &mut self,
        mut institution: TcpStream,
        most: u64,
    ) -> Result<(), &'static str> {
        let idle = self.session.rules.caps.idle;
        let carried = AtomicU64::new(0);
        let (from_client, to_client) = self.stream.split();
        let (from_institution, to_institution) = institution.split();
        let session = &*self.session;
        // Many servers take a half-closed connection for one that nobody waits on.
        let tunnel = most == u64::MAX;
        let out = pump(from_client.take(most), to_institution, tunnel, Way::Out, session, &carried);
        let back = pump(from_institution, to_client, true, Way::In, session, &carried);
        let silence = async {
            loop {
                let before = carried.load(Ordering::Relaxed);
                tokio::time::sleep(idle).await;
                if carried.load(Ordering::Relaxed) == before {
                    return;
                }
            }
        };
        let both = async {
            let back = async {
                let done = back.await;
                // In the clear the institution's end is the end; in a tunnel, each side ends its own.
                if !tunnel && done.is_ok() { Err(Done::Closed) } else { done }
            };
            tokio::try_join!(out, back)
        };
        tokio::select! {
            done = both => match done {
                Err(Done::Enough) => Err(ENOUGH),
                Ok(_) | Err(Done::Closed) => Ok(()),
            },
            () = silence => Err("the connection was silent for too long"),
        }
    }
}

const ENOUGH: &str = "the session moved too many bytes";

/// Why carrying stops early.
enum Done {
    Closed,
    Enough,
}

async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    close: bool,
    way: Way,
    session: &Session,
    carried: &AtomicU64,
) -> Result<(), Done> {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let length = from.read(&mut buffer).await.map_err(|_| Done::Closed)?;
        if length == 0 && !close {
            return Ok(());
        }
        if length == 0 {
            // The other side may have closed already.
            return to.shutdown().await.map_err(|_| Done::Closed);
        }
        if !session.carry(way, length) {
            return Err(Done::Enough);
        }
        to.write_all(&buffer[..length]).await.map_err(|_| Done::Closed)?;
        carried.fetch_add(length as u64, Ordering::Relaxed);
    }
}

/// Reads the head of a request, and what came with it. `None` if nothing came.
async fn head(stream: &mut UnixStream) -> io::Result<Option<(Vec<u8>, Vec<u8>)>> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 4096];
    loop {
        let length = stream.read(&mut buffer).await?;
        if length == 0 {
            if bytes.is_empty() {
                return Ok(None);
            }
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        // The end may lie across two pieces.
        let from = bytes.len().saturating_sub(3);
        bytes.extend_from_slice(&buffer[..length]);
        if let Some(at) = bytes[from..].windows(4).position(|four| four == b"\r\n\r\n") {
            let rest = bytes.split_off(from + at + 4);
            return Ok(Some((bytes, rest)));
        }
        if bytes.len() > LONGEST_HEAD {
            return Err(io::ErrorKind::InvalidData.into());
        }
    }
}

/// Understands a head. What is not understood is refused: two readings of one request are how
/// proxies are fooled.
fn read(head: &[u8]) -> Result<Wanted, (String, &'static str)> {
    let mut headers = [httparse::EMPTY_HEADER; MOST_HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    if !matches!(request.parse(head), Ok(httparse::Status::Complete(_))) {
        return Err((String::new(), "the request cannot be read"));
    }
    let (method, target) = (request.method.unwrap_or(""), request.path.unwrap_or(""));
    let refuse = |why| (target.to_owned(), why);
    let place = |authority: &str, default: Option<&str>| {
        let (host, port) = match (authority.rsplit_once(':'), default) {
            (Some((host, port)), _) if !port.ends_with(']') => (host, port),
            (_, Some(port)) => (authority, port),
            _ => return Err(refuse("the port is missing")),
        };
        pair(host, port).map_err(|why| {
            refuse(match why {
                super::NotAnEntry::Address => "addresses are not allowed, only names",
                super::NotAnEntry::Port => "the port cannot be read",
                super::NotAnEntry::Name => "the host is not a name",
            })
        })
    };
    if method == "CONNECT" {
        let (host, port) = place(target, None)?;
        return Ok(Wanted::Tunnel { host, port });
    }
    let Some(rest) = target.strip_prefix("http://") else {
        return Err(refuse("only tunnels and requests with a whole http:// address are served"));
    };
    let at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(at);
    if authority.contains('@') {
        return Err(refuse("the address holds a name and a password"));
    }
    let (host, port) = place(authority, Some("80"))?;
    let values = |name: &str| {
        let name = name.to_owned();
        request.headers.iter().filter(move |h| h.name.eq_ignore_ascii_case(&name)).map(|h| h.value)
    };
    let hosts: Vec<&[u8]> = values("host").collect();
    let same = match hosts.as_slice() {
        [one] => std::str::from_utf8(one).ok().and_then(|one| place(one.trim(), Some("80")).ok()),
        _ => None,
    };
    if same.as_ref() != Some(&(host.clone(), port)) {
        return Err(refuse("the Host header is not the address's"));
    }
    if values("transfer-encoding").next().is_some() || values("upgrade").next().is_some() {
        return Err(refuse("a body must have a Content-Length, and there are no upgrades"));
    }
    let lengths: Vec<_> = values("content-length")
        .map(|value| {
            let text = std::str::from_utf8(value).ok()?.trim();
            text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok())?
        })
        .collect();
    let body = match lengths.as_slice() {
        [] => 0,
        [Some(length)] => *length,
        _ => return Err(refuse("the Content-Length cannot be read")),
    };
    let mut passed = Vec::with_capacity(head.len());
    let slash = if path.starts_with('/') { "" } else { "/" };
    passed.extend_from_slice(format!("{method} {slash}{path} HTTP/1.1\r\n").as_bytes());
    for header in request.headers.iter() {
        let own = ["connection", "keep-alive", "te", "trailer"];
        let name = header.name.to_ascii_lowercase();
        if own.contains(&name.as_str()) || name.starts_with("proxy-") {
            continue;
        }
        for part in [header.name.as_bytes(), b": ", header.value, b"\r\n"] {
            passed.extend_from_slice(part);
        }
    }
    // One request a connection: what follows would not be looked at.
    passed.extend_from_slice(b"Connection: close\r\n\r\n");
    Ok(Wanted::Plain { host, port, head: passed, body })
}

#[cfg(test)]
mod tests;
