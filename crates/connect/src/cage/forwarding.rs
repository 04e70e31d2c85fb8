//! From TCP on loopback to the session's proxy: HTTP clients and browsers cannot be told of a Unix
//! socket. The warden does it where the network is the cage's own, else whoever built the cage.

use std::path::PathBuf;
use tokio::net::{TcpListener, UnixStream};

/// Connections that are forwarded at once. Without a place the connector waits.
const FORWARDED: usize = 128;

/// Passes TCP connections on to the proxy's socket, until that cannot go on.
pub(super) async fn forward(listener: TcpListener, socket: PathBuf) {
    let mut open = tokio::task::JoinSet::new();
    loop {
        if open.len() >= FORWARDED {
            drop(open.join_next().await);
        }
        tokio::select! {
            Some(_) = open.join_next() => {}
            accepted = listener.accept() => {
                let Ok((mut tcp, _)) = accepted else {
                    // No file is left for it: one that is open must end first.
                    if open.join_next().await.is_none() {
                        return;
                    }
                    continue;
                };
                let socket = socket.clone();
                open.spawn(async move {
                    if let Ok(mut unix) = UnixStream::connect(&socket).await {
                        drop(tokio::io::copy_bidirectional(&mut tcp, &mut unix).await);
                    }
                });
            }
        }
    }
}
