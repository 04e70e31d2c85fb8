use super::*;
use crate::ofx::Institutions;
use std::sync::Arc;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
};

/// What is made of the answer of a server that says `answer` and nothing else.
async fn answered(answer: Vec<u8>) -> Result<Vec<u8>, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let serve = async {
        let (mut stream, _) = listener.accept().await.expect("a caller");
        let mut asked = [0; 4096];
        let _ = stream.read(&mut asked).await.expect("a request");
        // A caller that has read enough may have gone.
        drop(stream.write_all(&answer).await);
        drop(stream.shutdown().await);
    };
    let post = Post::new().expect("a client");
    let site = site(&format!("http://{address}/ofx"));
    let (answer, ()) = tokio::join!(post.post(&site, Zeroizing::new("<OFX>".into())), serve);
    answer
}

fn site(url: &str) -> Arc<Site> {
    let list =
        format!("[[institution]]\nid = 1\nname = \"x\"\ndisplay_name = \"X\"\nurl = \"{url}\"\n");
    Institutions::of_toml(&list).expect("a list").listed()[0].clone()
}

#[tokio::test]
async fn an_answer_of_ofx_is_taken_whatever_its_status() {
    for status in ["200 OK", "400 Bad Request", "500 Oops"] {
        let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 11\r\n\r\n<OFX></OFX>");
        assert_eq!(answered(answer.into_bytes()).await.as_deref(), Ok(&b"<OFX></OFX>"[..]));
    }
}

#[tokio::test]
async fn a_password_never_follows_a_redirection() {
    let answer = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:9/\r\ncontent-length: 0\r\n\r\n";
    let failure = answered(answer.into()).await.expect_err("no answer");
    assert_eq!(failure, Failure::Unexpected("HTTP status 302".into()));
}

#[tokio::test]
async fn a_server_that_is_not_there_or_says_so_is_unavailable() {
    let busy = "HTTP/1.1 503 Busy\r\ncontent-length: 4\r\n\r\nbusy";
    assert_eq!(answered(busy.into()).await, Err(Failure::InstitutionUnavailable));
    let short = "HTTP/1.1 200 OK\r\ncontent-length: 400\r\n\r\n<OFX>";
    assert_eq!(answered(short.into()).await, Err(Failure::InstitutionUnavailable));
    let post = Post::new().expect("a client");
    let nobody = site("http://127.0.0.1:1/");
    let answer = post.post(&nobody, Zeroizing::new(String::new())).await;
    assert_eq!(answer, Err(Failure::InstitutionUnavailable));
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let mut answer = b"HTTP/1.1 200 OK\r\n\r\n<OFX>".to_vec();
    answer.resize(LARGEST + 4096, b' ');
    assert_eq!(answered(answer).await, Err(Failure::TooMuch));
}
