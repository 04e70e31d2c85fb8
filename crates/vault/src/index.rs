//! Keyed hashes: equal things meet without the database knowing what they are.

use aws_lc_rs::{constant_time::verify_slices_are_equal, hmac};
use base64::{Engine as _, engine::general_purpose::URL_SAFE};
use domain::ids::{Bucket, TenantId};
use secrecy::{ExposeSecret, SecretSlice};
use uuid::Uuid;

/// HMAC of `parts`, each preceded by its length, so that no two lists of parts hash alike.
pub(crate) fn hmac_of(key: &hmac::Key, parts: &[&[u8]]) -> [u8; 32] {
    let mut context = hmac::Context::with_key(key);
    for part in parts {
        context.update(&(part.len() as u64).to_be_bytes());
        context.update(part);
    }
    let tag = context.sign();
    let mut digest = [0; 32];
    digest.copy_from_slice(tag.as_ref());
    digest
}

/// Keyed hashes under the installation's index key. The key never changes: with another one,
/// nothing would be found again.
pub struct Index {
    key: hmac::Key,
}

impl Index {
    /// From the installation's key of that purpose ([`crate::Vault::open_server_key`]).
    #[must_use]
    pub fn new(key: &SecretSlice<u8>) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, key.expose_secret()) }
    }
    /// The keyed hash of a list of parts. The first part should name what is hashed.
    #[must_use]
    pub fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        hmac_of(&self.key, parts)
    }
    /// The keyed hash of a list of parts as text: whoever knows it was told so by us.
    #[must_use]
    pub fn proof(&self, parts: &[&[u8]]) -> String {
        URL_SAFE.encode(self.digest(parts))
    }
    /// Whether `said` is the proof of a list of parts; takes the same time whatever is wrong.
    #[must_use]
    pub fn is_proof(&self, parts: &[&[u8]], said: &str) -> bool {
        verify_slices_are_equal(self.proof(parts).as_bytes(), said.as_bytes()).is_ok()
    }
    /// Where the links of this login live, so that two registrations of it meet.
    #[must_use]
    pub fn bucket(&self, tenant: TenantId, institution: &str, login: &str) -> Bucket {
        let digest = self.digest(&[
            b"bucket",
            Uuid::from(tenant).as_bytes(),
            institution.as_bytes(),
            login.as_bytes(),
        ]);
        Bucket::of(u16::from_be_bytes([digest[0], digest[1]]))
    }
    /// The wire's `institution_user_id`: the same for every login of a person at an institution,
    /// different for each tenant. 44 characters of URL-safe base64.
    #[must_use]
    pub fn institution_user_id(&self, tenant: TenantId, institution: &str, user: &str) -> String {
        URL_SAFE.encode(self.digest(&[
            b"institution_user_id",
            Uuid::from(tenant).as_bytes(),
            institution.as_bytes(),
            user.as_bytes(),
        ]))
    }
    /// The id of a person's account: found again when the person is linked again. A version-8
    /// UUID that carries `bucket` where every id below a link does.
    #[must_use]
    pub fn account_id(
        &self,
        bucket: Bucket,
        tenant: TenantId,
        institution: &str,
        user: &str,
        natural_key: &str,
    ) -> Uuid {
        let digest = self.digest(&[
            b"account",
            Uuid::from(tenant).as_bytes(),
            institution.as_bytes(),
            user.as_bytes(),
            natural_key.as_bytes(),
        ]);
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&digest[..16]);
        [bytes[6], bytes[7]] = bucket.number().to_be_bytes();
        // Sets the version over the four bits that a bucket leaves free, and the variant.
        uuid::Builder::from_custom_bytes(bytes).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::RecordId;
    use proptest::prelude::*;

    fn index(byte: u8) -> Index {
        Index::new(&SecretSlice::from(vec![byte; 64]))
    }
    fn tenant(number: u128) -> TenantId {
        TenantId::from(Uuid::from_u128(number))
    }

    #[test]
    fn equal_people_meet_and_different_tenants_and_keys_do_not() {
        let id = index(1).institution_user_id(tenant(1), "erebor_mx_retail", "bnk100");
        assert_eq!(id.len(), 44);
        assert!(id.ends_with('='));
        assert_eq!(id, index(1).institution_user_id(tenant(1), "erebor_mx_retail", "bnk100"));
        assert_ne!(id, index(1).institution_user_id(tenant(2), "erebor_mx_retail", "bnk100"));
        assert_ne!(id, index(2).institution_user_id(tenant(1), "erebor_mx_retail", "bnk100"));
    }

    proptest! {
        #[test]
        fn parts_never_run_together(
            one in prop::collection::vec("[ab]{0,3}", 0..4), other in prop::collection::vec("[ab]{0,3}", 0..4)
        ) {
            let bytes = |parts: &[String]| parts.iter().map(|p| p.clone().into_bytes()).collect::<Vec<_>>();
            let digest = |parts: &[Vec<u8>]| {
                index(1).digest(&parts.iter().map(Vec::as_slice).collect::<Vec<_>>())
            };
            prop_assert_eq!(digest(&bytes(&one)) == digest(&bytes(&other)), one == other);
        }

        #[test]
        fn an_account_id_carries_its_bucket_and_is_found_again(
            bucket in 0..Bucket::COUNT, user in any::<String>(), account in any::<String>()
        ) {
            let bucket = Bucket::of(bucket);
            let id = index(1).account_id(bucket, tenant(1), "bank", &user, &account);
            prop_assert_eq!(id.get_version_num(), 8);
            prop_assert_eq!(id.get_variant(), uuid::Variant::RFC4122);
            prop_assert_eq!(RecordId::from(id).bucket(), bucket);
            prop_assert_eq!(id, index(1).account_id(bucket, tenant(1), "bank", &user, &account));
            let other = index(1).account_id(bucket, tenant(1), "bank", &user, &format!("{account}x"));
            prop_assert_ne!(id, other);
        }
    }
}
