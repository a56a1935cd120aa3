//! A TLS server: its certificates are generated for the test, and its failures are scripted byte by byte.

use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, date_time_ymd,
};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection};

use super::Home;
use super::router::KEY;

/// An identity: a certificate with its key.
pub struct Identity {
    pub certificate: Certificate,
    key: KeyPair,
}

impl Identity {
    /// Signs itself, as a CA's or as a server's certificate.
    pub fn self_signed(names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = params(names);
        change(&mut params);
        let certificate = params.self_signed(&key).expect("a certificate");
        Self { certificate, key }
    }

    pub fn pem(&self) -> String {
        self.certificate.pem()
    }
}

/// A CA of the test.
pub struct Ca {
    pub identity: Identity,
    params: CertificateParams,
}

impl Ca {
    pub fn new() -> Self {
        let mut params = params(&[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("a certificate");
        let identity = Identity { certificate, key };
        Self { identity, params }
    }

    pub fn pem(&self) -> String {
        self.identity.pem()
    }

    /// A certificate for these names.
    pub fn signs(&self, names: &[&str], change: impl FnOnce(&mut CertificateParams)) -> Identity {
        let key = KeyPair::generate().expect("a key");
        let mut params = params(names);
        change(&mut params);
        let issuer = Issuer::from_params(&self.params, &self.identity.key);
        let certificate = params.signed_by(&key, &issuer).expect("a certificate");
        Identity { certificate, key }
    }
}

fn params(names: &[&str]) -> CertificateParams {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).expect("names");
    // An issuer is found by its name.
    let name = format!("test {}", fastrand::u64(..));
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(2120, 1, 1);
    params
}

/// A certificate that is over.
pub fn expired(params: &mut CertificateParams) {
    params.not_after = date_time_ymd(2021, 2, 3);
}

/// A certificate whose time has not come.
pub fn early(params: &mut CertificateParams) {
    params.not_before = date_time_ymd(2119, 2, 3);
}

/// A certificate that is marked as a CA's.
pub fn of_a_ca(params: &mut CertificateParams) {
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
}

/// A certificate for clients.
pub fn of_a_client(params: &mut CertificateParams) {
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
}

/// What happens on a connection.
#[derive(Clone)]
pub enum Deed {
    /// The handshake succeeds, and each request is answered with this.
    Answers(Vec<u8>),
    /// These bytes come in place of a handshake.
    Says(Vec<u8>),
    /// The request is read; then these bytes come, not encrypted, and the connection ends.
    Breaks(Vec<u8>),
    /// The request is read and the response begun; then these bytes come, not encrypted.
    BreaksWithin(Vec<u8>),
    /// Nothing comes: the connection is closed when the client has spoken.
    Hangs,
}

/// The server; it ends with the test.
pub struct Secured {
    address: SocketAddr,
    /// The request lines that arrived.
    asked: Arc<Mutex<Vec<String>>>,
    met: Arc<Mutex<usize>>,
    ended: Arc<AtomicBool>,
}

/// A response to a client that asks for an agent.
pub fn agent() -> Deed {
    let body = r#"{"id":"agt_1"}"#;
    Deed::Answers(
        format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
    )
}

impl Secured {
    pub fn start(identity: &Identity, deed: Deed) -> Self {
        Self::with_config(config(identity, rustls::ALL_VERSIONS, None), deed)
    }

    /// Asks for a client certificate of this CA.
    pub fn wanting(
        identity: &Identity,
        ca: &Ca,
        versions: &[&'static rustls::SupportedProtocolVersion],
    ) -> Self {
        Self::with_config(config(identity, versions, Some(ca)), agent())
    }

    fn with_config(config: ServerConfig, deed: Deed) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port");
        let server = Self {
            address: listener.local_addr().expect("its address"),
            asked: Arc::default(),
            met: Arc::default(),
            ended: Arc::default(),
        };
        let (asked, met, ended) = (
            server.asked.clone(),
            server.met.clone(),
            server.ended.clone(),
        );
        let config = Arc::new(config);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                if ended.load(Ordering::SeqCst) {
                    return;
                }
                *met.lock().unwrap_or_else(PoisonError::into_inner) += 1;
                let (asked, config, deed) = (asked.clone(), config.clone(), deed.clone());
                // A disconnected client is not a failure of the server.
                std::thread::spawn(move || serve(stream, config, &asked, &deed).ok());
            }
        });
        server
    }

    /// `https://127.0.0.1:PORT/proj_1/v1`.
    pub fn base_url(&self) -> String {
        format!("https://{}/proj_1/v1", self.address)
    }

    /// The same without TLS.
    pub fn plain_url(&self) -> String {
        format!("http://{}/proj_1/v1", self.address)
    }

    /// A home whose environment selects this server, a key, and a file with these certificates.
    pub fn home(&self, trusted: &str) -> Home {
        let home = Home::new();
        let file = trusting(&home, trusted.as_bytes());
        home.with("XEROCTL_BASE_URL", &self.base_url())
            .with("XEROCTL_API_KEY", KEY)
            .with("SSL_CERT_FILE", &file.display().to_string())
    }

    /// The request lines that arrived.
    pub fn asked(&self) -> Vec<String> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        *self.met.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Secured {
    fn drop(&mut self) {
        self.ended.store(true, Ordering::SeqCst);
        // Wakes the listener, so that its thread ends.
        let _ = TcpStream::connect_timeout(&self.address, Duration::from_secs(1));
    }
}

/// Writes a file of certificates into a home.
pub fn trusting(home: &Home, bytes: &[u8]) -> PathBuf {
    let file = home.path().join("ca.pem");
    std::fs::write(&file, bytes).expect("a file");
    file
}

fn config(
    identity: &Identity,
    versions: &[&'static rustls::SupportedProtocolVersion],
    clients: Option<&Ca>,
) -> ServerConfig {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ServerConfig::builder_with_provider(provider.clone())
        .with_protocol_versions(versions)
        .expect("versions");
    let config = match clients {
        None => config.with_no_client_auth(),
        Some(ca) => {
            let mut roots = RootCertStore::empty();
            roots
                .add(ca.identity.certificate.der().clone())
                .expect("a CA");
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider)
                .build()
                .expect("a verifier");
            config.with_client_cert_verifier(verifier)
        }
    };
    let chain: Vec<CertificateDer<'static>> = vec![identity.certificate.der().clone()];
    let key = PrivateKeyDer::try_from(identity.key.serialize_der()).expect("a key");
    config.with_single_cert(chain, key).expect("a certificate")
}

fn serve(
    mut stream: TcpStream,
    config: Arc<ServerConfig>,
    asked: &Mutex<Vec<String>>,
    deed: &Deed,
) -> std::io::Result<()> {
    let mut first = [0; 4096];
    match deed {
        Deed::Says(bytes) => {
            let _ = stream.read(&mut first)?;
            stream.write_all(bytes)?;
            return drain(&mut stream);
        }
        Deed::Hangs => return stream.read(&mut first).map(|_| ()),
        _ => {}
    }
    let mut connection = ServerConnection::new(config).map_err(std::io::Error::other)?;
    let request = {
        let mut tls = rustls::Stream::new(&mut connection, &mut stream);
        let request = read(&mut tls)?;
        let line = request.lines().next().unwrap_or_default();
        let line = line.trim_end_matches(" HTTP/1.1").replace("/proj_1/v1", "");
        asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
        request
    };
    assert!(request.contains("authorization: Bearer "), "{request}");
    let mut tls = rustls::Stream::new(&mut connection, &mut stream);
    match deed {
        Deed::Answers(answer) => {
            tls.write_all(answer)?;
            connection.send_close_notify();
            while connection.wants_write() {
                connection.write_tls(&mut stream)?;
            }
            drain(&mut stream)
        }
        Deed::BreaksWithin(bytes) => {
            tls.write_all(
                b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{\"id\":",
            )?;
            stream.write_all(bytes)?;
            drain(&mut stream)
        }
        Deed::Breaks(bytes) => {
            stream.write_all(bytes)?;
            drain(&mut stream)
        }
        Deed::Says(_) | Deed::Hangs => Ok(()),
    }
}

/// Closes the sending side and reads on, so that what was sent is not lost to a reset.
fn drain(stream: &mut TcpStream) -> std::io::Result<()> {
    stream.shutdown(std::net::Shutdown::Write)?;
    while stream.read(&mut [0; 4096])? > 0 {}
    Ok(())
}

/// Reads a request with its body.
fn read(stream: &mut impl std::io::Read) -> std::io::Result<String> {
    let mut text = String::new();
    let mut buffer = [0; 4096];
    loop {
        let count = stream.read(&mut buffer)?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        text.push_str(&String::from_utf8_lossy(&buffer[..count]));
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length: "))
            .map_or(0, |length| length.parse().expect("a length"));
        if body.len() >= length {
            return Ok(text);
        }
    }
}
