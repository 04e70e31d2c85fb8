//! A program's process with bare pipes, for the suite that proves connectors: it must be able to say
//! what no host says, to stop reading, and to look away.

use super::{
    Network, Program,
    process::{Pipes, Process},
};
use crate::{egress::Tally, talk::Failure};
use domain::env::Env;
use jiff::SignedDuration;
use tokio::process::{ChildStderr, ChildStdin, ChildStdout};

/// A running program, to which nothing was said. Dropping it kills all that it has started.
#[derive(Debug)]
pub struct Raw {
    /// Its standard input; take it to end it.
    pub stdin: Option<ChildStdin>,
    /// Its standard output; take it to read it.
    pub stdout: Option<ChildStdout>,
    /// Its standard error; take it to read it.
    pub stderr: Option<ChildStderr>,
    process: Process,
    env: Env,
}

impl Raw {
    pub(super) async fn start(program: &Program) -> Result<Self, Failure> {
        let started = Process::start(program, &Network::Open).await;
        let (process, pipes) = started.map_err(|error| Failure::Unexpected(error.to_string()))?;
        let Pipes { stdin, stdout, stderr } = pipes;
        let (stdin, stdout, stderr) = (Some(stdin), Some(stdout), Some(stderr));
        Ok(Self { stdin, stdout, stderr, process, env: program.room.env.clone() })
    }

    /// The only way to the network, as the program sees it.
    #[must_use]
    pub fn proxy(&self) -> Option<&str> {
        self.process.proxy.as_deref()
    }

    /// What went through its proxy so far, and what was refused; `None` without one.
    #[must_use]
    pub fn tally(&self) -> Option<Tally> {
        self.process.tally()
    }

    /// Ends its standard input and waits until it has ended by itself: how, or `None` if it has not
    /// within `patience`; it is killed then.
    pub async fn leave(mut self, patience: SignedDuration) -> Option<String> {
        drop(self.stdin.take());
        self.env.within(patience, self.process.ended()).await
    }
}
