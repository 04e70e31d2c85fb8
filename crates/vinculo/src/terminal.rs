//! What somebody types: passwords and answers are not shown while they are typed.

use crate::{WrongUse, out::tell};
use anyhow::{Context as _, Result, anyhow};
use connect::talk::Failure;
use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
use secrecy::SecretString;
use std::{
    io::{self, BufRead as _, IsTerminal as _},
    thread,
};
use tokio::sync::oneshot;
use zeroize::Zeroizing;

/// Whether others may look on while it is typed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Typed {
    Openly,
    Unseen,
}

/// A line of standard input, asked for by saying `what` is wanted. Ctrl-C ends the waiting, with the
/// terminal as it was.
pub(crate) async fn typed(what: &str, how: Typed) -> Result<SecretString> {
    let line = async {
        let _muted = match how {
            Typed::Openly => None,
            Typed::Unseen => Muted::begin().context("the terminal would show what is typed")?,
        };
        let hint = match (io::stdin().is_terminal(), how) {
            (false, _) => " (from standard input)",
            (true, Typed::Openly) => "",
            (true, Typed::Unseen) => " (not shown)",
        };
        tell(format_args!("{what}{hint}:"));
        next_line().await
    };
    let line = tokio::select! {
        // First, so that it is heard before the terminal is changed.
        biased;
        _ = tokio::signal::ctrl_c() => return Err(Failure::Cancelled.into()),
        line = line => line?,
    };
    line.ok_or_else(|| WrongUse(format!("{what} is needed, and standard input has ended")).into())
}

/// The next line of standard input; `None` at its end.
async fn next_line() -> Result<Option<SecretString>> {
    let (send, line) = oneshot::channel();
    // Not one of the runtime's threads, which it would wait for: a terminal cannot be asked to stop.
    thread::spawn(move || {
        let mut line = Zeroizing::new(String::new());
        let read = io::stdin().lock().read_line(&mut line);
        let typed = || SecretString::from(line.trim_end_matches(['\r', '\n']));
        // Nobody may wait any more.
        drop(send.send(read.map(|length| (length > 0).then(typed))));
    });
    let line = line.await.map_err(|_| anyhow!("the line was lost"))?;
    line.context("nothing can be typed")
}

/// A terminal that does not show what is typed, until dropped.
struct Muted(Termios);

impl Muted {
    /// `None` where there is no terminal that could show it.
    fn begin() -> io::Result<Option<Self>> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return Ok(None);
        }
        let before = tcgetattr(&stdin)?;
        let mut muted = before.clone();
        muted.local_modes.remove(LocalModes::ECHO);
        muted.local_modes.insert(LocalModes::ECHONL);
        tcsetattr(&stdin, OptionalActions::Now, &muted)?;
        Ok(Some(Self(before)))
    }
}

impl Drop for Muted {
    fn drop(&mut self) {
        if let Err(error) = tcsetattr(io::stdin(), OptionalActions::Now, &self.0) {
            tell(format_args!(
                "the terminal does not show what is typed ({error}): run “stty echo”"
            ));
        }
    }
}
