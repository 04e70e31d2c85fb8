//! `vinculo keys`: API keys of tenants, and the key ring that seals credentials.

use crate::{
    WrongUse,
    installation::{self, Installation, Which},
    out::{Out, tell},
};
use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use domain::{
    env::Env,
    ids::{KeyId, TenantId},
    refresh::Rate,
};
use secrecy::{ExposeSecret as _, SecretString};
use store::{
    Store, Tx,
    endpoints::Endpoint,
    tenants::{ApiKey, Tenant},
};
use vault::{KeyRing, Place, Vault, WrappedKey, keyring::Source};

/// How many data keys are wrapped anew in one transaction.
const BATCH: u32 = 200;

#[derive(clap::Args)]
pub(crate) struct Flags {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make an API key, and print its secret once
    Create {
        #[command(flatten)]
        which: Which,
        /// Whose it is; needed when there are several tenants
        #[arg(long, value_name = "ID")]
        tenant: Option<TenantId>,
        /// Make a tenant of this name for it
        #[arg(long, value_name = "NAME", conflicts_with = "tenant")]
        new_tenant: Option<String>,
        /// What people call it
        #[arg(long, default_value = "created by an operator")]
        name: String,
    },
    /// List API keys
    List {
        #[command(flatten)]
        which: Which,
    },
    /// Refuse an API key from now on
    Revoke {
        #[command(flatten)]
        which: Which,
        /// Its public half
        id: KeyId,
    },
    /// The key ring
    #[command(subcommand)]
    Ring(Ring),
}

#[derive(Subcommand)]
enum Ring {
    /// Show the numbers of its keys, and how much each of them still wraps
    List {
        #[command(flatten)]
        which: Which,
    },
    /// Add a key to the ring's file: it wraps whatever is new once a process has read it
    Add {
        #[command(flatten)]
        which: Which,
    },
    /// Wrap all data keys by the newest key; can be interrupted, repeated, and run while serving
    Rewrap {
        #[command(flatten)]
        which: Which,
    },
}

pub(crate) async fn run(flags: &Flags) -> Result<()> {
    match &flags.what {
        What::Create { which, tenant, new_tenant, name } => {
            for name in new_tenant.iter().chain([name]) {
                let longest = engine::tenants::LONGEST_KEY_NAME;
                if name.trim().is_empty() || name.chars().count() > longest {
                    let mistake = format!("a name has 1 to {longest} characters");
                    return Err(WrongUse(mistake).into());
                }
            }
            let installation = which.find()?;
            let rate = installation.config.work.default_rate;
            create(&installation.store().await?, *tenant, new_tenant.as_deref(), name, rate).await
        }
        What::List { which } => list(&which.find()?.store().await?).await,
        What::Revoke { which, id } => revoke(&which.find()?.store().await?, *id).await,
        What::Ring(Ring::List { which }) => list_ring(&which.find()?).await,
        What::Ring(Ring::Add { which }) => add(&which.find()?),
        What::Ring(Ring::Rewrap { which }) => rewrap(&which.find()?).await,
    }
}

/// Makes the first tenant where there is none. With several, one must be named.
async fn create(
    store: &Store,
    tenant: Option<TenantId>,
    new_tenant: Option<&str>,
    name: &str,
    rate: Rate,
) -> Result<()> {
    let env = installation::real_env()?;
    let secret = vault::random_secret()?;
    let hash = vault::hash_secret(&secret)?;
    let mut tx = store.write().await?;
    let tenants = tx.tenants().await?;
    let tenant = match (tenant, new_tenant, tenants.as_slice()) {
        (Some(id), ..) => match tenants.into_iter().find(|tenant| tenant.id == id) {
            Some(tenant) => tenant,
            None => bail!("there is no tenant {id}"),
        },
        (None, Some(name), _) => add_tenant(&mut tx, &env, name, rate).await?,
        (None, None, []) => add_tenant(&mut tx, &env, "first", rate).await?,
        (None, None, [only]) => only.clone(),
        (None, None, several) => {
            let names = several.iter().map(|t| format!("\n  {} {}", t.id, t.name));
            let names: String = names.collect();
            let mistake = format!("say whose it is with --tenant ID, or --new-tenant NAME:{names}");
            return Err(WrongUse(mistake).into());
        }
    };
    let id: KeyId = env.id();
    tx.add_key(&new_key(id, tenant.id, name, hash, &env)).await?;
    tx.commit().await?;
    tell(format_args!(
        "A key of tenant {} ({}). Its password is shown only now.",
        tenant.name, tenant.id
    ));
    Out::line(format_args!("VINCULO_SECRET_ID={id}"))?;
    Out::line(format_args!("VINCULO_SECRET_PASSWORD={}", secret.expose_secret()))?;
    Ok(())
}

/// Adds a tenant.
async fn add_tenant(tx: &mut Tx, env: &Env, name: &str, default_rate: Rate) -> Result<Tenant> {
    let tenant = Tenant { id: env.id(), name: name.into(), default_rate, created_at: env.now() };
    tx.add_tenant(&tenant).await?;
    Ok(tenant)
}

fn new_key(id: KeyId, tenant: TenantId, name: &str, hash: String, env: &Env) -> ApiKey {
    ApiKey {
        id,
        tenant,
        hash,
        name: name.into(),
        created_at: env.now(),
        last_used_at: None,
        revoked_at: None,
    }
}

/// Sees to it that `id` with `password` is a key of the first tenant, which is made if there is
/// none. What is so already is not touched.
pub(super) async fn see_to_it(
    store: &Store,
    env: &Env,
    id: KeyId,
    password: &SecretString,
) -> Result<()> {
    if let Some(key) = store.read().await?.key(id).await? {
        let right = vault::Verifier::new(1, jiff::SignedDuration::ZERO)?.verify(
            id,
            password,
            &key.hash,
            env.now(),
        )?;
        match (right, key.revoked_at) {
            (true, None) => return Ok(()),
            (true, Some(_)) => bail!("the API key {id} has been revoked; use another one"),
            (false, _) => bail!(
                "the API key {id} is known with another password; use that password, another id, \
                 or another data directory (--data DIR)"
            ),
        }
    }
    let hash = vault::hash_secret(password)?;
    let mut tx = store.write().await?;
    let rate = engine::Settings::default().default_rate;
    let tenant = match tx.tenants().await?.into_iter().next() {
        Some(tenant) => tenant,
        None => add_tenant(&mut tx, env, "dev", rate).await?,
    };
    tx.add_key(&new_key(id, tenant.id, "dev", hash, env)).await?;
    tx.commit().await?;
    Ok(())
}

async fn list(store: &Store) -> Result<()> {
    let mut tx = store.read().await?;
    let mut rows = Vec::new();
    let moment = |at: Option<jiff::Timestamp>| at.map_or("-".into(), |at| format!("{at:.0}"));
    for tenant in tx.tenants().await? {
        for key in tx.keys(tenant.id).await? {
            rows.push(vec![
                key.id.to_string(),
                tenant.id.to_string(),
                tenant.name.clone(),
                key.name,
                format!("{:.0}", key.created_at),
                moment(key.last_used_at),
                moment(key.revoked_at),
            ]);
        }
    }
    Ok(Out::table(
        &["ID", "TENANT", "NAME OF TENANT", "NAME", "MADE", "LAST USED", "REVOKED"],
        &rows,
    )?)
}

async fn revoke(store: &Store, id: KeyId) -> Result<()> {
    let env = installation::real_env()?;
    let mut tx = store.write().await?;
    let Some(key) = tx.key(id).await? else { bail!("there is no API key {id}") };
    let revoked = tx.revoke_key(key.tenant, id, env.now()).await?;
    tx.commit().await?;
    Out::line(if revoked { "revoked" } else { "was revoked already" })?;
    Ok(())
}

fn add(installation: &Installation) -> Result<()> {
    let Source::File(path) = installation.keys()? else {
        bail!(
            "the key ring is no file: add a line “number:base64 of 32 random bytes” where it is kept"
        );
    };
    let mut ring = installation.ring()?;
    let number = ring.add_newest()?;
    ring.replace(path)?;
    Out::line(format_args!("added key {number} to {}", path.display()))?;
    tell(
        "Next: give the file to every node, then send SIGHUP to every process (or restart them one by\n\
         one), then run “vinculo keys ring rewrap”.\n\
         Keep the older keys as long as there are backups to be read.",
    );
    Ok(())
}

async fn list_ring(installation: &Installation) -> Result<()> {
    let ring = installation.ring()?;
    let store = installation.store().await?;
    let wrapped = wraps(&mut store.read().await?).await?;
    let numbers = ring.numbers().chain(wrapped.keys().copied());
    let rows = numbers.collect::<std::collections::BTreeSet<_>>().into_iter().map(|number| {
        let state = match number {
            _ if !ring.numbers().any(|known| known == number) => "missing from the ring",
            _ if number == ring.newest() => "newest",
            _ => "",
        };
        let wrapped = wrapped.get(&number).copied().unwrap_or(0);
        vec![number.to_string(), wrapped.to_string(), state.into()]
    });
    Ok(Out::table(&["KEY", "WRAPS", ""], &rows.collect::<Vec<_>>())?)
}

/// How much each key of the ring wraps: data keys of links, secrets of endpoints, server keys.
async fn wraps(tx: &mut Tx) -> Result<std::collections::BTreeMap<u32, u64>> {
    let mut all = std::collections::BTreeMap::new();
    for (number, count) in tx.secrets_by_key_across_buckets().await? {
        *all.entry(number).or_default() += count;
    }
    for (_, sealed) in tx.server_keys().await? {
        *all.entry(vault::number_of(&sealed)?).or_default() += 1;
    }
    for tenant in tx.tenants().await? {
        for mut endpoint in tx.endpoints(tenant.id).await? {
            for sealed in secrets_of(&mut endpoint) {
                *all.entry(vault::number_of(sealed)?).or_default() += 1;
            }
        }
    }
    Ok(all)
}

/// Whatever of an endpoint is sealed.
fn secrets_of(endpoint: &mut Endpoint) -> impl Iterator<Item = &mut Vec<u8>> {
    let Endpoint { secret_sealed, old_secret_sealed, authorization_sealed, .. } = endpoint;
    std::iter::once(secret_sealed).chain(old_secret_sealed).chain(authorization_sealed)
}

/// Wraps the data keys of all endpoints anew; how many.
async fn rewrap_endpoints(store: &Store, vault: &Vault) -> Result<u64> {
    let mut done = 0;
    let mut tx = store.write().await?;
    for tenant in tx.tenants().await? {
        for endpoint in tx.endpoints(tenant.id).await? {
            // Whoever changes it meanwhile waits for us, or we for them.
            let found = tx.endpoint_for_update(tenant.id, endpoint.id).await?;
            let Some(mut endpoint) = found else { continue };
            // A data key belongs to the endpoint as a whole, whatever the field.
            let place = Place { tenant: tenant.id.into(), subject: endpoint.id.into(), field: "" };
            let before = done;
            for sealed in secrets_of(&mut endpoint) {
                if let Some(new) = vault.rewrap_alone(&place, sealed)? {
                    *sealed = new;
                    done += 1;
                }
            }
            if done > before {
                tx.save_endpoint(&endpoint).await?;
            }
        }
    }
    tx.commit().await?;
    Ok(done)
}

async fn rewrap(installation: &Installation) -> Result<()> {
    let ring: KeyRing = installation.ring()?;
    let vault = Vault::new(&ring)?;
    let store = installation.store().await?;
    let newest = vault.newest();
    let mut done = 0_u64;

    let mut tx = store.write().await?;
    for (name, sealed) in tx.server_keys().await? {
        if let Some(new) = vault.rewrap_server_key(&name, &sealed)? {
            done += u64::from(tx.replace_server_key(&name, &sealed, &new).await?);
        }
    }
    tx.commit().await?;
    done += rewrap_endpoints(&store, &vault).await?;

    loop {
        let mut tx = store.write().await?;
        let batch = tx.secrets_under_old_keys_across_buckets(newest, BATCH).await?;
        if batch.is_empty() {
            break;
        }
        for (tenant, old) in &batch {
            let key = WrappedKey { number: old.key_number, bytes: old.wrapped_key.clone() };
            let place = Place { tenant: (*tenant).into(), subject: old.link.into(), field: "" };
            let new = vault.rewrap(&key, &place).context("a data key does not open")?;
            done += u64::from(tx.rewrap(old, new.number, &new.bytes).await?);
        }
        tx.commit().await?;
        tell(format_args!("{done} so far"));
    }
    Out::line(format_args!("wrapped {done} keys anew by key {newest}; nothing is left"))?;
    Ok(())
}
