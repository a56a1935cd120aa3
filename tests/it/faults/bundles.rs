//! CA bundles as found in practice: unusual, damaged, or endless.

use crate::support::Home;
use crate::support::tls::{Ca, Secured, agent, trusting};

/// The host of every server here.
const HOST: &str = "127.0.0.1";

const READ: &str = "agents agt_1 -o name";

/// A bundle that holds `pem` in some odd way.
type Odd = fn(&str, &str) -> Vec<u8>;

#[test]
fn accepts_unusual_bundles() {
    let odd: [(&str, Odd); 15] = [
        ("plain", |pem, _| pem.into()),
        ("another one first", |pem, other| {
            [other, pem].concat().into()
        }),
        ("CRLF", |pem, _| pem.replace('\n', "\r\n").into()),
        ("CR", |pem, _| pem.replace('\n', "\r").into()),
        ("BOM", |pem, _| format!("\u{feff}{pem}").into()),
        ("comments", |pem, _| {
            format!("# corp\nCN=ca\n{pem}end\n").into()
        }),
        ("Latin-1", |pem, _| {
            [&b"# M\xfcller\n"[..], pem.as_bytes()].concat()
        }),
        ("no final newline", |pem, _| pem.trim_end().into()),
        ("glued", |pem, other| {
            [other.trim_end(), pem].concat().into()
        }),
        ("indented", |pem, _| pem.replace('\n', "\n    ").into()),
        ("UTF-16", |pem, _| {
            let units = format!("\u{feff}{pem}");
            units.encode_utf16().flat_map(u16::to_le_bytes).collect()
        }),
        ("bad base64 first", |pem, _| {
            format!("-----BEGIN CERTIFICATE-----\n!!!!\n-----END CERTIFICATE-----\n{pem}").into()
        }),
        ("no certificate first", |pem, _| {
            format!("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n{pem}").into()
        }),
        ("one without its end first", |pem, other| {
            let cut = &other[..other.len() / 2];
            format!("{cut}\n{pem}").into()
        }),
        ("a key first", |pem, _| {
            format!("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----\n{pem}").into()
        }),
    ];
    let ca = Ca::new();
    let other = Ca::new().pem();
    let identity = ca.signs(&[HOST], |_| ());
    for (name, bundle) in odd {
        let server = Secured::start(&identity, agent());
        let home = server.home("");
        trusting(&home, &bundle(&ca.pem(), &other));
        let output = home.run("agents agt_1 -o name -v");
        assert_eq!(
            (output.code, output.stdout.as_str()),
            (0, "agt_1\n"),
            "{name}: {}",
            output.stderr
        );
        let has_unusable = [
            "bad base64 first",
            "no certificate first",
            "one without its end first",
        ];
        assert_eq!(
            output.stderr.contains("1 of 2 certificates can't be used"),
            has_unusable.contains(&name),
            "{name}: {}",
            output.stderr
        );
    }
}

#[test]
fn bundle_without_certificate_exits_3_and_names_the_format() {
    let ca = Ca::new();
    let server = Secured::start(&ca.signs(&[HOST], |_| ()), agent());
    let junk = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    for (bytes, why) in [
        (Vec::new(), "is empty"),
        (
            b"not a certificate".to_vec(),
            "contains no PEM certificate\n",
        ),
        (ca.identity.certificate.der().to_vec(), "-inform DER"),
        (
            b"-----BEGIN PKCS7-----\nMIIB\n-----END PKCS7-----\n".to_vec(),
            "pkcs7 -print_certs",
        ),
        (junk.into(), "the certificate in it can't be used"),
        (
            junk.repeat(3).into(),
            "none of the 3 certificates in it can be used",
        ),
        (
            vec![b'a'; 17 * 1024 * 1024],
            "is longer than 16777216 bytes",
        ),
    ] {
        let home = server.home("");
        let file = trusting(&home, &bytes);
        let output = home.run(READ);
        assert_eq!((output.code, output.stdout.as_str()), (3, ""), "{why}");
        assert!(output.stderr.contains(why), "{why}: {}", output.stderr);
        assert!(output.stderr.contains("SSL_CERT_FILE"), "{}", output.stderr);
        // Nor can it be stored.
        let set = home.config("").run(&format!(
            "config add d --base-url {} --ca-cert {}",
            server.base_url(),
            file.display()
        ));
        assert_eq!(set.code, 2, "{}", set.stderr);
        assert!(set.stderr.contains(why), "{why}: {}", set.stderr);
    }
    assert_eq!(server.asked(), [""; 0]);
}

#[cfg(unix)]
#[test]
fn rejects_endless_bundles() {
    let ca = Ca::new();
    let server = Secured::start(&ca.signs(&[HOST], |_| ()), agent());
    for (file, why) in [
        ("/dev/zero", "is longer than 16777216 bytes"),
        ("/dev/null", "is empty"),
        ("/", "is a directory"),
    ] {
        let home = server.home("").with("SSL_CERT_FILE", file);
        let output = home.run(READ);
        assert_eq!((output.code, output.stdout.as_str()), (3, ""), "{file}");
        assert!(output.stderr.contains(why), "{}", output.stderr);
    }
}

#[cfg(unix)]
#[test]
fn reads_finite_pipes() {
    let ca = Ca::new();
    let identity = ca.signs(&[HOST], |_| ());
    let fifo = |home: &Home| {
        let path = home.path().join("fifo");
        let made = std::process::Command::new("mkfifo").arg(&path).status();
        assert!(made.expect("mkfifo").success());
        path
    };
    let server = Secured::start(&identity, agent());
    let home = server.home("");
    let path = fifo(&home);
    let home = home.with("SSL_CERT_FILE", &path.display().to_string());
    let pem = ca.pem();
    std::thread::spawn(move || std::fs::write(path, pem));
    let output = home.run(READ);
    assert_eq!(output.stdout, "agt_1\n", "{}", output.stderr);

    // Nothing writes to this one.
    let home = server.home("");
    let path = fifo(&home);
    let home = home.with("SSL_CERT_FILE", &path.display().to_string());
    let output = home.run(&format!("{READ} --timeout 500ms"));
    assert_eq!((output.code, output.stdout.as_str()), (3, ""));
    assert!(
        output
            .stderr
            .contains("sent nothing within --timeout 500ms"),
        "{}",
        output.stderr
    );
}
