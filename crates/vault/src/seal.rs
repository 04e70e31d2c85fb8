//! Sealing: a fresh data key per subject, wrapped by a key of the ring that the database never
//! sees; every sealed value bound to its place.

use crate::{Error, KeyRing, random_bytes};
use aws_lc_rs::aead::{AES_256_GCM_SIV, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use secrecy::{ExposeSecret, SecretSlice, SecretString};
use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};
use uuid::Uuid;
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const TAG_LEN: usize = 16;
const HEAD_LEN: usize = 1 + NONCE_LEN;
const DATA_KEY_LEN: usize = 32;
/// HS512 wants a key as long as its output; the other uses do not mind.
const SERVER_KEY_LEN: usize = 64;
const WRAPPED_LEN: usize = HEAD_LEN + DATA_KEY_LEN + TAG_LEN;

/// What a secret belongs to. Bound into the seal: bytes copied elsewhere do not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place<'a> {
    /// Whose it is.
    pub tenant: Uuid,
    /// The link, session or endpoint it belongs to. The data key belongs to this as well.
    pub subject: Uuid,
    /// Which of the subject's secrets it is.
    pub field: &'a str,
}

/// What is sealed, so that one kind of sealed bytes never opens as another.
#[derive(Clone, Copy)]
enum Sealed<'a> {
    Secret(&'a Place<'a>),
    DataKey(&'a Place<'a>),
    ServerKey(&'a str),
}

impl Sealed<'_> {
    /// Unambiguous: a version, a kind, then fields of fixed length, then one of stated length.
    fn associated_data(self) -> Vec<u8> {
        let (kind, place, name) = match self {
            Self::Secret(place) => (b'S', Some(place), place.field),
            // One data key serves all fields of a subject, so the field is not part of its place.
            Self::DataKey(place) => (b'K', Some(place), ""),
            Self::ServerKey(name) => (b'N', None, name),
        };
        let mut data = vec![b'v', b'i', b'n', b'c', VERSION, kind];
        if let Some(place) = place {
            data.extend_from_slice(place.tenant.as_bytes());
            data.extend_from_slice(place.subject.as_bytes());
        }
        data.extend_from_slice(&(name.len() as u64).to_be_bytes());
        data.extend_from_slice(name.as_bytes());
        data
    }
}

/// A data key as the database keeps it. Deleting it destroys everything sealed under it.
#[derive(Clone, PartialEq, Eq)]
pub struct WrappedKey {
    /// The number of the key in the ring that wraps it.
    pub number: u32,
    /// The wrapped key: 61 bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for WrappedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WrappedKey(by key {})", self.number)
    }
}

/// Seals and opens. Cheap to share behind an `Arc`; there is one per process.
pub struct Vault {
    keys: RwLock<Keys>,
    /// Reads the ring anew, where it is kept.
    reread: Option<Reread>,
    /// The numbers of keys that it was read anew for in vain.
    missing: Mutex<BTreeSet<u32>>,
}

/// Gives the key ring as it is now; `None` if it cannot be read.
type Reread = Box<dyn Fn() -> Option<KeyRing> + Send + Sync>;

/// The keys of a ring. Whoever has one of them keeps it, whatever becomes of the ring.
#[derive(Default)]
struct Keys {
    newest: u32,
    by_number: BTreeMap<u32, Arc<LessSafeKey>>,
}

impl Keys {
    fn of(ring: &KeyRing) -> Result<Self, Error> {
        let keys = ring.keys().map(|(number, bytes)| Ok((number, Arc::new(aead(bytes)?))));
        Ok(Self { newest: ring.newest(), by_number: keys.collect::<Result<_, Error>>()? })
    }
}

impl Vault {
    /// A vault whose newest key wraps and whose older keys still open.
    pub fn new(ring: &KeyRing) -> Result<Self, Error> {
        let keys = RwLock::new(Keys::of(ring)?);
        Ok(Self { keys, reread: None, missing: Mutex::default() })
    }
    /// The same, and what is wrapped by a key that is not known opens if `reread` brings that key.
    /// Another process may wrap by a new key before this one has been told of it; this one does not
    /// wrap by it until then. Each number is asked for once.
    #[must_use]
    pub fn rereading(self, reread: impl Fn() -> Option<KeyRing> + Send + Sync + 'static) -> Self {
        Self { reread: Some(Box::new(reread)), ..self }
    }
    /// Takes `ring` instead: its newest key wraps from now on, and what only the old one had is gone.
    pub fn replace(&self, ring: &KeyRing) -> Result<(), Error> {
        let keys = Keys::of(ring)?;
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = keys;
        self.missing().clear();
        Ok(())
    }

    /// The number of the key that wraps what is new.
    #[must_use]
    pub fn newest(&self) -> u32 {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).newest
    }

    /// A fresh data key for the subject of `place`; its field does not matter.
    pub fn new_data_key(&self, place: &Place<'_>) -> Result<WrappedKey, Error> {
        self.wrap(place, &*random_bytes::<DATA_KEY_LEN>()?)
    }
    /// Seals `plain` under the subject's data key.
    pub fn seal(
        &self,
        key: &WrappedKey,
        place: &Place<'_>,
        plain: &[u8],
    ) -> Result<Vec<u8>, Error> {
        encrypt(&self.data_key(key, place)?, Sealed::Secret(place), plain)
    }
    /// Opens what [`Vault::seal`] gave for the same key and place.
    pub fn open(
        &self,
        key: &WrappedKey,
        place: &Place<'_>,
        sealed: &[u8],
    ) -> Result<SecretSlice<u8>, Error> {
        decrypt(&self.data_key(key, place)?, Sealed::Secret(place), sealed)
    }
    /// Opens a secret that is text.
    pub fn open_text(
        &self,
        key: &WrappedKey,
        place: &Place<'_>,
        sealed: &[u8],
    ) -> Result<SecretString, Error> {
        let plain = self.open(key, place, sealed)?;
        str::from_utf8(plain.expose_secret()).map(SecretString::from).map_err(|_| Error::Sealed)
    }
    /// The same data key under the newest key of the ring. What it seals stays as it is.
    pub fn rewrap(&self, key: &WrappedKey, place: &Place<'_>) -> Result<WrappedKey, Error> {
        self.wrap(place, self.unwrap(key, place)?.expose_secret())
    }

    /// Seals a secret that shares its data key with nothing, and keeps the two together: for
    /// subjects with few secrets, such as webhook endpoints.
    pub fn seal_alone(&self, place: &Place<'_>, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let key = self.new_data_key(place)?;
        let sealed = self.seal(&key, place, plain)?;
        Ok([key.number.to_be_bytes().as_slice(), &key.bytes, &sealed].concat())
    }
    /// Opens what [`Vault::seal_alone`] gave for the same place.
    pub fn open_alone(&self, place: &Place<'_>, bytes: &[u8]) -> Result<SecretSlice<u8>, Error> {
        let (key, sealed) = split_alone(bytes)?;
        self.open(&key, place, sealed)
    }
    /// The same, under the newest key of the ring; `None` if it is already.
    pub fn rewrap_alone(&self, place: &Place<'_>, bytes: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let (key, sealed) = split_alone(bytes)?;
        if key.number == self.newest() {
            return Ok(None);
        }
        let key = self.rewrap(&key, place)?;
        Ok(Some([key.number.to_be_bytes().as_slice(), &key.bytes, sealed].concat()))
    }

    /// A fresh random key of the installation, sealed for the database.
    pub fn new_server_key(&self, name: &str) -> Result<Vec<u8>, Error> {
        self.seal_server_key(name, &*random_bytes::<SERVER_KEY_LEN>()?)
    }
    /// Opens a key of the installation: 64 bytes.
    pub fn open_server_key(&self, name: &str, sealed: &[u8]) -> Result<SecretSlice<u8>, Error> {
        let (number, sealed) = sealed.split_first_chunk().ok_or(Error::Sealed)?;
        decrypt(&*self.key(u32::from_be_bytes(*number))?, Sealed::ServerKey(name), sealed)
    }
    /// The same key of the installation under the newest key of the ring; `None` if it is already.
    pub fn rewrap_server_key(&self, name: &str, sealed: &[u8]) -> Result<Option<Vec<u8>>, Error> {
        let plain = self.open_server_key(name, sealed)?;
        if sealed.starts_with(&self.newest().to_be_bytes()) {
            return Ok(None);
        }
        self.seal_server_key(name, plain.expose_secret()).map(Some)
    }

    fn seal_server_key(&self, name: &str, plain: &[u8]) -> Result<Vec<u8>, Error> {
        let number = self.newest();
        let sealed = encrypt(&*self.key(number)?, Sealed::ServerKey(name), plain)?;
        Ok([number.to_be_bytes().as_slice(), &sealed].concat())
    }
    fn wrap(&self, place: &Place<'_>, data_key: &[u8]) -> Result<WrappedKey, Error> {
        let number = self.newest();
        let bytes = encrypt(&*self.key(number)?, Sealed::DataKey(place), data_key)?;
        Ok(WrappedKey { number, bytes })
    }
    fn unwrap(&self, key: &WrappedKey, place: &Place<'_>) -> Result<SecretSlice<u8>, Error> {
        decrypt(&*self.key(key.number)?, Sealed::DataKey(place), &key.bytes)
    }
    fn data_key(&self, key: &WrappedKey, place: &Place<'_>) -> Result<LessSafeKey, Error> {
        aead(self.unwrap(key, place)?.expose_secret())
    }
    fn key(&self, number: u32) -> Result<Arc<LessSafeKey>, Error> {
        if let Some(key) = self.known(number) {
            return Ok(key);
        }
        let unknown = Error::UnknownKey(number);
        let reread = self.reread.as_ref().ok_or(unknown.clone())?;
        // One at a time: whoever waits finds what the first has brought.
        let mut missing = self.missing();
        if missing.contains(&number) {
            return Err(unknown);
        }
        if let Some(key) = self.known(number) {
            return Ok(key);
        }
        let brought = reread().map_or_else(|| Ok(Keys::default()), |ring| Keys::of(&ring))?;
        let Some(key) = brought.by_number.get(&number).cloned() else {
            // Bounded by the keys that anything was ever wrapped by.
            missing.insert(number);
            return Err(unknown);
        };
        let mut keys = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        keys.by_number.insert(number, key.clone());
        Ok(key)
    }
    fn known(&self, number: u32) -> Option<Arc<LessSafeKey>> {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        keys.by_number.get(&number).cloned()
    }
    fn missing(&self) -> MutexGuard<'_, BTreeSet<u32>> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The number of the key in the ring that is needed for what [`Vault::seal_alone`] or
/// [`Vault::new_server_key`] gave.
pub fn number_of(bytes: &[u8]) -> Result<u32, Error> {
    bytes.first_chunk().map(|number| u32::from_be_bytes(*number)).ok_or(Error::Sealed)
}

/// Number, wrapped key and sealed body of what [`Vault::seal_alone`] gave.
fn split_alone(bytes: &[u8]) -> Result<(WrappedKey, &[u8]), Error> {
    let (number, rest) = bytes.split_first_chunk().ok_or(Error::Sealed)?;
    let (wrapped, sealed) = rest.split_first_chunk::<WRAPPED_LEN>().ok_or(Error::Sealed)?;
    Ok((WrappedKey { number: u32::from_be_bytes(*number), bytes: wrapped.to_vec() }, sealed))
}

fn aead(bytes: &[u8]) -> Result<LessSafeKey, Error> {
    UnboundKey::new(&AES_256_GCM_SIV, bytes).map(LessSafeKey::new).map_err(|_| Error::Sealed)
}

fn encrypt(key: &LessSafeKey, what: Sealed<'_>, plain: &[u8]) -> Result<Vec<u8>, Error> {
    let nonce = random_bytes::<NONCE_LEN>()?;
    // All room at once: growing would leave a copy of the plain text behind.
    let mut sealed = Vec::with_capacity(HEAD_LEN + plain.len() + TAG_LEN);
    sealed.push(VERSION);
    sealed.extend_from_slice(&*nonce);
    sealed.extend_from_slice(plain);
    let tag = key
        .seal_in_place_separate_tag(
            Nonce::assume_unique_for_key(*nonce),
            Aad::from(what.associated_data()),
            &mut sealed[HEAD_LEN..],
        )
        .map_err(|_| Error::Sealed)?;
    sealed.extend_from_slice(tag.as_ref());
    Ok(sealed)
}

fn decrypt(key: &LessSafeKey, what: Sealed<'_>, sealed: &[u8]) -> Result<SecretSlice<u8>, Error> {
    let (&version, rest) = sealed.split_first().ok_or(Error::Sealed)?;
    let (nonce, rest) = rest.split_first_chunk::<NONCE_LEN>().ok_or(Error::Sealed)?;
    let (body, tag) = rest.split_last_chunk::<TAG_LEN>().ok_or(Error::Sealed)?;
    if version != VERSION {
        return Err(Error::Sealed);
    }
    let mut plain = Zeroizing::new(vec![0; body.len()]);
    key.open_separate_gather(
        Nonce::assume_unique_for_key(*nonce),
        Aad::from(what.associated_data()),
        body,
        tag,
        &mut plain,
    )
    .map_err(|_| Error::Sealed)?;
    Ok(SecretSlice::from(std::mem::take(&mut *plain)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn vault() -> Vault {
        Vault::new(&KeyRing::generate().unwrap()).unwrap()
    }
    fn place(tenant: u128, subject: u128, field: &str) -> Place<'_> {
        Place { tenant: Uuid::from_u128(tenant), subject: Uuid::from_u128(subject), field }
    }

    #[test]
    fn an_older_key_still_opens_and_a_rewrapped_one_needs_it_no_more() {
        let mut ring = KeyRing::generate().unwrap();
        let old = Vault::new(&ring).unwrap();
        let here = place(1, 2, "password");
        let wrapped = old.new_data_key(&here).unwrap();
        let sealed = old.seal(&wrapped, &here, b"hunter2").unwrap();
        let server = old.new_server_key("tokens").unwrap();
        let alone = old.seal_alone(&here, b"whsec").unwrap();

        assert_eq!(ring.add_newest().unwrap(), 2);
        let both = Vault::new(&ring).unwrap();
        let rewrapped = both.rewrap(&wrapped, &here).unwrap();
        let reserver = both.rewrap_server_key("tokens", &server).unwrap().expect("an older key");
        assert_eq!(both.rewrap_server_key("tokens", &reserver), Ok(None), "nothing left to do");
        let realone = both.rewrap_alone(&here, &alone).unwrap().expect("an older key");
        assert_eq!(both.rewrap_alone(&here, &realone), Ok(None), "nothing left to do");
        assert_eq!((wrapped.number, rewrapped.number), (1, 2));
        for (old, new) in [(&server, &reserver), (&alone, &realone)] {
            assert_eq!((number_of(old), number_of(new)), (Ok(1), Ok(2)));
        }
        for key in [&wrapped, &rewrapped] {
            assert_eq!(both.open(key, &here, &sealed).unwrap().expose_secret(), b"hunter2");
        }
        assert_eq!(
            both.open_server_key("tokens", &reserver).unwrap().expose_secret(),
            both.open_server_key("tokens", &server).unwrap().expose_secret(),
        );

        assert!(ring.remove(1));
        let new = Vault::new(&ring).unwrap();
        assert_eq!(new.open(&wrapped, &here, &sealed).err(), Some(Error::UnknownKey(1)));
        assert_eq!(new.open_server_key("tokens", &server).err(), Some(Error::UnknownKey(1)));
        assert!(new.open(&rewrapped, &here, &sealed).is_ok());
        assert_eq!(new.open_alone(&here, &alone).err(), Some(Error::UnknownKey(1)));
        assert_eq!(new.open_alone(&here, &realone).unwrap().expose_secret(), b"whsec");
    }

    #[test]
    fn a_key_that_others_wrap_by_already_is_looked_up_once_and_wraps_only_when_the_ring_is_replaced()
     {
        let here = place(1, 2, "password");
        let mut ring = KeyRing::generate().unwrap();
        let text = ring.to_text();
        ring.add_newest().unwrap();
        let other = Vault::new(&ring).unwrap();
        let wrapped = other.new_data_key(&here).unwrap();
        let sealed = other.seal(&wrapped, &here, b"hunter2").unwrap();

        let kept = Arc::new(Mutex::new((text.clone(), 0)));
        let shelf = kept.clone();
        let vault = Vault::new(&KeyRing::parse(&text).unwrap()).unwrap().rereading(move || {
            let mut kept = shelf.lock().unwrap();
            kept.1 += 1;
            KeyRing::parse(&kept.0).ok()
        });
        let opens =
            || vault.open(&wrapped, &here, &sealed).map(|plain| plain.expose_secret().to_vec());
        for _ in 0..3 {
            assert_eq!(opens(), Err(Error::UnknownKey(2)), "nobody has given it to us");
        }
        assert_eq!(kept.lock().unwrap().1, 1, "once");
        kept.lock().unwrap().0 = ring.to_text();
        assert_eq!(opens(), Err(Error::UnknownKey(2)), "until the ring is read again");

        vault.replace(&KeyRing::parse(&text).unwrap()).unwrap();
        for _ in 0..3 {
            assert_eq!(opens(), Ok(b"hunter2".to_vec()));
        }
        assert_eq!(kept.lock().unwrap().1, 2, "once");
        assert_eq!(vault.newest(), 1, "a key that was only met does not wrap");
        vault.replace(&ring).unwrap();
        assert_eq!((vault.newest(), opens()), (2, Ok(b"hunter2".to_vec())));
        assert!(ring.remove(1));
        kept.lock().unwrap().0 = ring.to_text();
        vault.replace(&ring).unwrap();
        let old = Vault::new(&KeyRing::parse(&text).unwrap()).unwrap().new_data_key(&here).unwrap();
        assert_eq!(vault.seal(&old, &here, b"x").err(), Some(Error::UnknownKey(1)));
    }

    #[test]
    fn a_server_key_opens_only_by_its_own_name() {
        let vault = vault();
        let sealed = vault.new_server_key("tokens").unwrap();
        assert_eq!(vault.open_server_key("tokens", &sealed).unwrap().expose_secret().len(), 64);
        assert_eq!(vault.open_server_key("index", &sealed).err(), Some(Error::Sealed));
    }

    #[test]
    fn another_installation_cannot_open_it() {
        let (ours, theirs) = (vault(), vault());
        let here = place(1, 2, "password");
        let wrapped = ours.new_data_key(&here).unwrap();
        let sealed = ours.seal(&wrapped, &here, b"hunter2").unwrap();
        assert_eq!(theirs.open(&wrapped, &here, &sealed).err(), Some(Error::Sealed));
    }

    #[test]
    fn a_wrapped_key_does_not_open_as_a_secret() {
        let vault = vault();
        let here = place(1, 2, "");
        let wrapped = vault.new_data_key(&here).unwrap();
        assert_eq!(vault.open(&wrapped, &here, &wrapped.bytes).err(), Some(Error::Sealed));
    }

    proptest! {
        #[test]
        fn what_is_sealed_opens_in_its_place_and_nowhere_else(
            plain in prop::collection::vec(any::<u8>(), 0..200),
            (tenant, subject, field) in any::<(u128, u128, String)>(),
            (other_tenant, other_subject, other_field) in any::<(u128, u128, String)>(),
        ) {
            let vault = vault();
            let here = place(tenant, subject, &field);
            let key = vault.new_data_key(&here).unwrap();
            let sealed = vault.seal(&key, &here, &plain).unwrap();
            let opened = vault.open(&key, &here, &sealed).unwrap();
            prop_assert_eq!(opened.expose_secret(), plain.as_slice());
            prop_assert_ne!(&sealed, &vault.seal(&key, &here, &plain).unwrap(), "never twice the same");
            for there in [
                place(other_tenant, subject, &field),
                place(tenant, other_subject, &field),
                place(tenant, subject, &other_field),
            ] {
                prop_assume!(there != here);
                prop_assert_eq!(vault.open(&key, &there, &sealed).err(), Some(Error::Sealed));
            }
        }

        #[test]
        fn altered_bytes_are_errors_and_never_panics(
            plain in prop::collection::vec(any::<u8>(), 0..50),
            flip in any::<prop::sample::Index>(), bit in 0..8_u8, cut in any::<prop::sample::Index>(),
            noise in prop::collection::vec(any::<u8>(), 0..100), number in any::<u32>(),
        ) {
            let vault = vault();
            let here = place(1, 2, "field");
            let key = vault.new_data_key(&here).unwrap();
            let sealed = vault.seal(&key, &here, &plain).unwrap();
            let server = vault.new_server_key("name").unwrap();

            let flipped = |bytes: &[u8]| {
                let mut bytes = bytes.to_vec();
                let at = flip.index(bytes.len());
                bytes[at] ^= 1 << bit;
                bytes
            };
            let short = |bytes: &[u8]| bytes[..cut.index(bytes.len())].to_vec();
            for bad in [flipped(&sealed), short(&sealed), noise.clone(), [&*sealed, &noise, b"x"].concat()] {
                prop_assert_eq!(vault.open(&key, &here, &bad).err(), Some(Error::Sealed));
            }
            for bad in [flipped(&key.bytes), short(&key.bytes), noise.clone()] {
                let bad = WrappedKey { bytes: bad, ..key.clone() };
                prop_assert_eq!(vault.open(&bad, &here, &sealed).err(), Some(Error::Sealed));
                prop_assert_eq!(vault.rewrap(&bad, &here).err(), Some(Error::Sealed));
            }
            for bad in [flipped(&server), short(&server), noise.clone()] {
                prop_assert!(vault.open_server_key("name", &bad).is_err());
            }
            let alone = vault.seal_alone(&here, &plain).unwrap();
            for bad in [flipped(&alone), short(&alone), noise] {
                prop_assert!(vault.open_alone(&here, &bad).is_err());
            }
            prop_assume!(number != 1);
            let foreign = WrappedKey { number, ..key };
            prop_assert_eq!(vault.open(&foreign, &here, &sealed).err(), Some(Error::UnknownKey(number)));
        }
    }
}
