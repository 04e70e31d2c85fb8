//! `vinculo operators`: who may sign in to the console.

use super::links::moment;
use crate::{
    WrongUse,
    installation::{self, Which},
    out::Out,
    terminal::{Typed, typed},
};
use anyhow::Result;
use clap::Subcommand;
use domain::{env::Env, operator::Role};
use engine::operators::{self, NotDone};
use secrecy::{ExposeSecret as _, SecretString};
use std::io::{self, IsTerminal as _};
use store::Store;

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Add an operator; the password is typed, or the first line of standard input
    Add {
        #[command(flatten)]
        which: Which,
        /// What is typed to sign in
        name: String,
        /// What may be done: viewer or operator
        #[arg(long, default_value_t = Role::Operator)]
        role: Role,
    },
    /// List operators
    List {
        #[command(flatten)]
        which: Which,
    },
    /// Remove an operator, and end all its sign-ins
    Remove {
        #[command(flatten)]
        which: Which,
        name: String,
    },
    /// Give an operator another password, and end all its sign-ins
    Passwd {
        #[command(flatten)]
        which: Which,
        name: String,
    },
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    let env = installation::real_env()?;
    match &flags.what {
        What::Add { which, name, role } => {
            let store = which.find()?.store().await?;
            let password = new_password().await?;
            let added = operators::add(&store, &env, name, *role, &password).await;
            let added = added.map_err(wrong_use)?;
            Out::line(format_args!("added {} as {}", added.name, added.role))?;
        }
        What::List { which } => {
            let store = which.find()?.store().await?;
            let all = store.read().await?.operators().await?;
            let there = all.into_iter().filter(|operator| operator.removed_at.is_none());
            let now = env.now();
            let rows = there.map(|operator| {
                let locked = operator.tries.locked_until().filter(|until| *until > now);
                vec![
                    operator.name,
                    operator.role.to_string(),
                    moment(Some(operator.created_at)),
                    moment(operator.signed_in_at),
                    moment(locked),
                ]
            });
            let head = ["NAME", "ROLE", "MADE", "LAST SIGNED IN", "LOCKED UNTIL"];
            Out::table(&head, &rows.collect::<Vec<_>>())?;
        }
        What::Remove { which, name } => {
            operators::remove(&which.find()?.store().await?, &env, name).await?;
            Out::line("removed")?;
        }
        What::Passwd { which, name } => {
            let store = which.find()?.store().await?;
            let password = new_password().await?;
            let set = operators::set_password(&store, &env, name, &password).await;
            set.map_err(wrong_use)?;
            Out::line("changed; whoever was signed in with the old one has to sign in again")?;
        }
    }
    Ok(())
}

/// Who signs in to the console of a `vinculo dev`.
pub(super) const DEV: &str = "dev";

/// Sees to it that [`DEV`] may do everything, with `password`.
pub(super) async fn see_to_it(store: &Store, env: &Env, password: &SecretString) -> Result<()> {
    let known = store.read().await?.operator_named(DEV).await?;
    if let Some(known) = known {
        if vault::is_secret(password, &known.hash)? && known.role == Role::Operator {
            return Ok(());
        }
        operators::remove(store, env, DEV).await?;
    }
    operators::add_unchecked(store, env, DEV.into(), Role::Operator, password).await?;
    Ok(())
}

/// Typed twice, unless nobody types.
async fn new_password() -> Result<SecretString> {
    let password = typed("The password", Typed::Unseen).await?;
    if io::stdin().is_terminal() {
        let again = typed("The same once more", Typed::Unseen).await?;
        if again.expose_secret() != password.expose_secret() {
            return Err(WrongUse("the two are not the same".into()).into());
        }
    }
    Ok(password)
}

/// What is wrong with a name or a password is wrong use.
fn wrong_use(error: NotDone) -> anyhow::Error {
    match error {
        NotDone::Unfit(unfit) => WrongUse(unfit.to_string()).into(),
        error => error.into(),
    }
}
