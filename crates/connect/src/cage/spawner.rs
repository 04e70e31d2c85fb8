//! The one thread that starts cages.
//!
//! "Die with your parent" means the parent's *thread* to Linux: a cage that a thread of the runtime
//! has started would be killed when the runtime lets that thread go. This one stays.

use std::{
    io,
    sync::{OnceLock, mpsc},
};
use tokio::{
    process::{Child, Command},
    runtime::Handle,
    sync::oneshot,
};

type Job = Box<dyn FnOnce() + Send>;

static SPAWNER: OnceLock<mpsc::Sender<Job>> = OnceLock::new();

/// Starts `command` from the thread that stays.
pub(super) async fn start(mut command: Command) -> io::Result<Child> {
    let runtime = Handle::current();
    let (reply, answer) = oneshot::channel();
    let job: Job = Box::new(move || {
        let _in_runtime = runtime.enter();
        // Nobody waits for it any more: then it is dropped, and with that killed.
        drop(reply.send(command.spawn()));
    });
    let gone = || io::Error::other("the thread that starts cages is gone");
    spawner()?.send(job).map_err(|_| gone())?;
    answer.await.map_err(|_| gone())?
}

fn spawner() -> io::Result<&'static mpsc::Sender<Job>> {
    if let Some(spawner) = SPAWNER.get() {
        return Ok(spawner);
    }
    let (jobs, queue) = mpsc::channel::<Job>();
    std::thread::Builder::new().name("cages".to_owned()).spawn(move || {
        for job in queue {
            job();
        }
    })?;
    // Of two threads that were started at once, the one that loses ends with its queue.
    Ok(SPAWNER.get_or_init(|| jobs))
}
