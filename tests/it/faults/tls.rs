//! The client against TLS servers: which it trusts, what it reports otherwise, and whether a write may have been made
//! when TLS fails.

use rustls::version::{TLS12, TLS13};

use crate::support::router::{Answer, KEY, Router};
use crate::support::tls::{
    Ca, Deed, Identity, Secured, agent, early, expired, of_a_ca, of_a_client,
};
use crate::support::{Home, Output};

/// The host of every server here.
const HOST: &str = "127.0.0.1";

const READ: &str = "agents agt_1 -o name";
const WRITE: &str = "agents agt_1 --delete --force";

/// An alert as the record of a server that has not begun to encrypt.
fn alert(number: u8) -> Vec<u8> {
    vec![0x15, 3, 3, 0, 2, 2, number]
}

#[track_caller]
fn succeeds(server: &Secured, home: &Home) {
    let output = home.run(READ);
    assert_eq!(
        (output.code, output.stdout.as_str()),
        (0, "agt_1\n"),
        "{}",
        output.stderr
    );
    assert_eq!(server.asked(), ["GET /management/agents/agt_1"]);
}

/// A read and a write fail with this message and this hint, once, and nothing is sent.
#[track_caller]
fn fails(server: &Secured, home: &Home, message: &str, hint: &str) {
    for line in [READ, WRITE] {
        let output = home.run(line);
        is_refused(&output, message, hint);
        assert_eq!(
            output.stderr.contains("  nothing was sent\n"),
            line == WRITE
        );
    }
    assert_eq!(server.asked(), [""; 0], "nothing is sent");
    assert_eq!(server.connections(), 2, "another try would fail likewise");
}

#[track_caller]
fn is_refused(output: &Output, message: &str, hint: &str) {
    let stderr = &output.stderr;
    assert_eq!((output.code, output.stdout.as_str()), (17, ""), "{stderr}");
    assert_eq!(stderr.matches(message).count(), 1, "{message}: {stderr}");
    let hints: Vec<&str> = stderr
        .lines()
        .filter(|line| line.starts_with("hint: "))
        .collect();
    assert!(hints.len() <= 2, "{stderr}");
    let last = hints.last().unwrap_or(&"");
    assert!(
        last.contains("xeroctl config set ") || last.ends_with(": xeroctl doctor"),
        "{stderr}"
    );
    assert!(stderr.contains(hint), "{hint}: {stderr}");
    assert!(!stderr.contains("cause:"), "{stderr}");
    assert!(!stderr.contains("unknown, the change"), "{stderr}");
    assert!(!stderr.contains("docs.rs"), "{stderr}");
}

#[test]
fn accepts_certificate_of_trusted_ca() {
    let ca = Ca::new();
    let server = Secured::start(&ca.signs(&[HOST], |_| ()), agent());
    succeeds(&server, &server.home(&ca.pem()));
}

#[test]
fn expired_certificate_shows_its_date() {
    let ca = Ca::new();
    let server = Secured::start(&ca.signs(&[HOST], expired), agent());
    fails(
        &server,
        &server.home(&ca.pem()),
        "the server's certificate expired at 2021-02-03T00:00:00Z\n",
        "correct this machine's clock if it is wrong: it shows 2",
    );
}

#[test]
fn future_certificate_points_to_the_clock() {
    let ca = Ca::new();
    let server = Secured::start(&ca.signs(&[HOST], early), agent());
    fails(
        &server,
        &server.home(&ca.pem()),
        "the server's certificate is not valid before 2119-02-03T00:00:00Z\n",
        "check this machine's clock: it shows 2",
    );
}

#[test]
fn certificate_for_another_host_lists_its_names() {
    let ca = Ca::new();
    let names = ["router.example", "*.router.example", "192.0.2.1"];
    let server = Secured::start(&ca.signs(&names, |_| ()), agent());
    fails(
        &server,
        &server.home(&ca.pem()),
        "the server's certificate is for router.example, *.router.example, 192.0.2.1, not for 127.0.0.1\n",
        "use a base URL with a host that the certificate names",
    );
}

#[test]
fn rejects_certificate_of_unknown_ca() {
    let server = Secured::start(&Ca::new().signs(&[HOST], |_| ()), agent());
    fails(
        &server,
        &server.home(&Ca::new().pem()),
        "the server's certificate is signed by an unknown CA\n",
        "to trust your own CA: `xeroctl config set NAME --ca-cert FILE`, or SSL_CERT_FILE=FILE\n",
    );
}

#[test]
fn rejects_client_certificate_of_a_server() {
    let ca = Ca::new();
    let server = Secured::start(&ca.signs(&[HOST], of_a_client), agent());
    fails(
        &server,
        &server.home(&ca.pem()),
        "not meant for servers",
        "for server authentication",
    );
}

#[test]
fn ca_certificate_prints_how_to_trust_it() {
    let ca = Ca::new();
    let server = Secured::start(&ca.signs(&[HOST], of_a_ca), agent());
    fails(
        &server,
        &server.home(&ca.pem()),
        "the server's certificate is a CA certificate\n",
        "to trust this very certificate",
    );
}

#[test]
fn trusts_pinned_certificate() {
    for change in [|_: &mut _| (), of_a_ca] {
        let identity = Identity::self_signed(&[HOST], change);
        let server = Secured::start(&identity, agent());
        let others = [Ca::new().pem(), identity.pem()].concat();
        succeeds(&server, &server.home(&others));
    }
}

#[test]
fn pinned_certificate_is_valid_only_for_its_names() {
    for change in [|_: &mut _| (), of_a_ca] {
        let identity = Identity::self_signed(&["router.example"], change);
        let server = Secured::start(&identity, agent());
        fails(
            &server,
            &server.home(&identity.pem()),
            "the server's certificate is for router.example, not for 127.0.0.1\n",
            "use a base URL with a host that the certificate names",
        );
    }
}

#[test]
fn pinned_certificate_expires() {
    let identity = Identity::self_signed(&[HOST], |params| {
        of_a_ca(params);
        expired(params);
    });
    let server = Secured::start(&identity, agent());
    fails(
        &server,
        &server.home(&identity.pem()),
        "expired at 2021-02-03T00:00:00Z\n",
        "ask the server's operator to renew it",
    );
    let identity = Identity::self_signed(&[HOST], |params| {
        of_a_ca(params);
        early(params);
    });
    let server = Secured::start(&identity, agent());
    fails(
        &server,
        &server.home(&identity.pem()),
        "not valid before 2119-02-03T00:00:00Z\n",
        "check this machine's clock",
    );
}

#[test]
fn pinned_certificate_trusts_no_other() {
    // The same names, the same marks, another key.
    let named = Identity::self_signed(&[HOST], of_a_ca);
    let server = Secured::start(&Identity::self_signed(&[HOST], of_a_ca), agent());
    let output = server.home(&named.pem()).run(WRITE);
    assert_eq!(output.code, 17, "{}", output.stderr);
    assert!(
        output.stderr.contains("nothing was sent"),
        "{}",
        output.stderr
    );
    assert_eq!(server.asked(), [""; 0]);
}

#[test]
fn required_client_certificate_is_not_retried() {
    let ca = Ca::new();
    for version in [&TLS12, &TLS13] {
        let identity = ca.signs(&[HOST], |_| ());
        let server = Secured::wanting(&identity, &ca, &[version]);
        for line in [READ, WRITE] {
            let output = server.home(&ca.pem()).run(line);
            is_refused(
                &output,
                "the server requires a TLS client certificate, and xeroctl has none\n",
                "needs no client certificate",
            );
            assert_eq!(output.stderr.contains("  nothing was "), line == WRITE);
        }
        assert_eq!(server.connections(), 2);
        assert_eq!(server.asked(), [""; 0]);
    }
}

#[test]
fn non_tls_response_is_explained() {
    // The hello of a server with TLS 1.1.
    let mut old = vec![0x16, 3, 2, 0, 42, 2, 0, 0, 38, 3, 2];
    old.extend([7; 32]);
    old.extend([0, 0xc0, 0x13, 0]);
    for (bytes, message, hint) in [
        (
            b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
            "the server does not speak TLS on this port\n",
            "check the port in the base URL",
        ),
        (
            b"SSH-2.0-OpenSSH_9.0\r\n".to_vec(),
            "the server does not speak TLS on this port\n",
            "check the port in the base URL",
        ),
        (
            old,
            "the server supports only outdated versions of TLS\n",
            "to enable TLS 1.2 or 1.3",
        ),
        (
            alert(70),
            "the server supports only outdated versions of TLS\n",
            "to enable TLS 1.2 or 1.3",
        ),
        (
            alert(40),
            "the server refused the TLS handshake: it has no settings in common with xeroctl\n",
            "current cipher suites",
        ),
        (
            alert(112),
            "the server has no certificate for this host\n",
            "check the host in the base URL",
        ),
        (
            alert(116),
            "the server requires a TLS client certificate, and xeroctl has none\n",
            "needs no client certificate",
        ),
        (
            alert(80),
            "the server refused the TLS handshake (alert InternalError)\n",
            "ask the server's operator why",
        ),
    ] {
        let ca = Ca::new();
        let server = Secured::start(&ca.signs(&[HOST], |_| ()), Deed::Says(bytes));
        fails(&server, &server.home(&ca.pem()), message, hint);
    }
}

#[test]
fn closed_handshake_is_retried() {
    let ca = Ca::new();
    let server = Secured::start(&ca.signs(&[HOST], |_| ()), Deed::Hangs);
    let output = server.home(&ca.pem()).run(WRITE);
    is_refused(
        &output,
        "the server closed the connection during the TLS handshake\n",
        "check the port in the base URL",
    );
    assert!(
        output.stderr.contains("nothing was sent"),
        "{}",
        output.stderr
    );
    assert_eq!(server.connections(), 3);
}

#[test]
fn tls_failure_after_the_request_leaves_outcome_unknown() {
    let mut garbled = vec![0x17, 3, 3, 0, 64];
    garbled.extend([7; 64]);
    let clear = b"HTTP/1.1 502 Bad Gateway\r\n\r\n".to_vec();
    let ca = Ca::new();
    for deed in [
        Deed::Breaks(garbled.clone()),
        Deed::Breaks(alert(80)),
        Deed::Breaks(alert(40)),
        Deed::Breaks(clear.clone()),
        Deed::Breaks(Vec::new()),
        Deed::BreaksWithin(garbled.clone()),
        Deed::BreaksWithin(alert(80)),
        Deed::BreaksWithin(clear),
        Deed::BreaksWithin(Vec::new()),
    ] {
        let server = Secured::start(&ca.signs(&[HOST], |_| ()), deed.clone());
        let home = server.home(&ca.pem());
        let write = home.run(WRITE);
        assert_eq!((write.code, write.stdout.as_str()), (17, ""));
        assert!(
            write.stderr.contains("outcome: unknown"),
            "{}",
            write.stderr
        );
        assert!(!write.stderr.contains("nothing was"), "{}", write.stderr);
        assert!(!write.stderr.contains("SSL_CERT_FILE"), "{}", write.stderr);
        assert!(!write.stderr.contains("docs.rs"), "{}", write.stderr);
        assert_eq!(server.asked(), ["DELETE /management/agents/agt_1"]);

        if !matches!(&deed, Deed::Breaks(bytes) | Deed::BreaksWithin(bytes) if *bytes == garbled) {
            continue;
        }
        let read = home.run(READ);
        assert_eq!((read.code, read.stdout.as_str()), (17, ""));
        assert!(!read.stderr.contains("outcome"), "{}", read.stderr);
        assert_eq!(server.asked().len(), 5, "a read is sent again");
    }
}

#[test]
fn plain_http_to_tls_port_is_explained() {
    let ca = Ca::new();
    for deed in [agent(), Deed::Says(alert(10)), Deed::Says(alert(70))] {
        let server = Secured::start(&ca.signs(&[HOST], |_| ()), deed);
        let home = Home::new()
            .with("XEROCTL_BASE_URL", &server.plain_url())
            .with("XEROCTL_API_KEY", KEY);
        let output = home.run(READ);
        assert_eq!((output.code, output.stdout.as_str()), (17, ""));
        assert!(
            output
                .stderr
                .contains("the server speaks TLS on this port, not plain HTTP\n"),
            "{}",
            output.stderr
        );
        assert!(
            output
                .stderr
                .contains("hint: this port speaks TLS: use https:// in the base URL\n"),
            "{}",
            output.stderr
        );
        assert_eq!(server.asked(), [""; 0]);
    }
}

#[test]
fn tls_alert_as_response_is_explained() {
    // It comes only after a whole request of plain HTTP.
    for host in [HOST, "localhost"] {
        let router = Router::rules(|_| Answer::raw([0x15, 3, 1, 0, 2, 2, 10]));
        let url = router.base_url().replace(HOST, host);
        let output = router.home().run(&format!("{READ} --base-url {url}"));
        assert_eq!(output.code, 17);
        assert!(
            output.stderr.contains("use https:// in the base URL"),
            "{}",
            output.stderr
        );
    }
}

#[test]
fn non_http_is_not_mistaken_for_tls() {
    for (bytes, message) in [
        (
            &b"SSH-2.0-OpenSSH_9.0\r\n"[..],
            "the response is not HTTP\n",
        ),
        (b"\x16\x03", "the response is not HTTP\n"),
        (
            b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
            "the response is not valid HTTP\n",
        ),
        (
            b"HTTP/1.1 099 No\r\n\r\n",
            "the response is not valid HTTP\n",
        ),
    ] {
        let router = Router::rules(move |_| Answer::raw(bytes));
        let output = router.home().run(READ);
        assert_eq!(output.code, 17);
        assert!(output.stderr.contains(message), "{}", output.stderr);
        assert!(!output.stderr.contains("TLS"), "{}", output.stderr);
    }
}

#[test]
fn recognizes_pages_of_tls_ports() {
    for page in [
        "<html><head><title>400 The plain HTTP request was sent to HTTPS port</title>",
        "<p>Reason: You're speaking plain HTTP to an SSL-enabled server port.<br />",
        "Client sent an HTTP request to an HTTPS server.\n",
        "Bad Request\nThis combination of host and port requires TLS.\n",
    ] {
        let router = Router::rules(move |_| Answer::new(400, "text/html", page));
        for line in [READ, WRITE] {
            let output = router.home().run(line);
            assert_eq!(output.code, 17, "{}", output.stderr);
            assert_eq!(output.stderr.matches("hint: ").count(), 2);
            assert!(output.stderr.ends_with(": xeroctl doctor\n"));
            assert!(
                output.stderr.contains("use https:// in the base URL"),
                "{}",
                output.stderr
            );
            assert!(!output.stderr.contains("unknown"), "{}", output.stderr);
        }
    }
}

#[test]
fn silent_server_without_tls_is_not_suspected() {
    let router = Router::rules(|_| Answer::dropped());
    let output = router.home().run(READ);
    assert!(
        output
            .stderr
            .contains("the connection closed before a response arrived"),
        "{}",
        output.stderr
    );
    assert!(!output.stderr.contains("TLS"), "{}", output.stderr);
}
