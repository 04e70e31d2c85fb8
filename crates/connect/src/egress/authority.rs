//! The certificates of a session whose TLS is opened to be recorded or replayed: an authority of its
//! own, which nobody else trusts, and whose keys are never written down.

use aws_lc_rs::digest;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use rcgen::{
    BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose,
    PublicKeyData as _,
};
use rustls::{ServerConfig, pki_types::PrivateKeyDer};
use std::{io, sync::Arc};

pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// The key of all servers.
    servers: KeyPair,
    /// Its certificate, in PEM.
    pub(super) certificate: String,
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> io::Error {
    io::Error::other(error)
}

impl Authority {
    pub(super) fn new() -> io::Result<Self> {
        let key = KeyPair::generate().map_err(failed)?;
        let mut parameters = CertificateParams::new(Vec::new()).map_err(failed)?;
        parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let name = "Vinculo, one recorded session";
        parameters.distinguished_name.push(DnType::CommonName, name);
        let certificate = parameters.self_signed(&key).map_err(failed)?.pem();
        let servers = KeyPair::generate().map_err(failed)?;
        Ok(Self { issuer: Issuer::new(parameters, key), servers, certificate })
    }

    /// SHA-256 of the servers' key (SPKI), in base64.
    pub(super) fn key(&self) -> String {
        let spki = self.servers.subject_public_key_info();
        BASE64_STANDARD.encode(digest::digest(&digest::SHA256, &spki))
    }

    /// What a server called `host` shows. It speaks HTTP/1.1 only.
    pub(super) fn server(&self, host: &str) -> io::Result<Arc<ServerConfig>> {
        let key = &self.servers;
        let mut parameters = CertificateParams::new(vec![host.to_owned()]).map_err(failed)?;
        parameters.distinguished_name.push(DnType::CommonName, host);
        parameters.use_authority_key_identifier_extension = true;
        let certificate = parameters.signed_by(key, &self.issuer).map_err(failed)?;
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(failed)?
            .with_no_client_auth()
            .with_single_cert(
                vec![certificate.der().clone()],
                PrivateKeyDer::Pkcs8(key.serialize_der().into()),
            )
            .map_err(failed)?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Arc::new(config))
    }
}
