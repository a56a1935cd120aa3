//! Proxies that refuse, fail, or are unusable.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::{Arc, Mutex, PoisonError};

use crate::support::router::{Answer, KEY, Router, nobody};
use crate::support::{Home, Output};

/// Any CA: no test comes as far as a certificate, but without a CA there is no https.
const CA: &str = "\
-----BEGIN CERTIFICATE-----
MIIBkDCCATWgAwIBAgIUK5phiIMyQHWmHvb+7s2NXoAlPcQwCgYIKoZIzj0EAwIw
HDEaMBgGA1UEAwwRQSBDQSBvZiB0aGUgdGVzdHMwIBcNMjYxMTI1MTgxMzU1WhgP
MjEyNjExMDExODEzNTVaMBwxGjAYBgNVBAMMEUEgQ0Egb2YgdGhlIHRlc3RzMFkw
EwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEb3sQALf7S05JItnvmfs5tSy9tRK+1Myy
OoTL4efEIdapKoY0VccVmu7vSrfQ0JrwO/W+5B+baABTQRzDKv/aT6NTMFEwHQYD
VR0OBBYEFODEzYyVc4XJhuJqP3HTuJxnX5/RMB8GA1UdIwQYMBaAFODEzYyVc4XJ
huJqP3HTuJxnX5/RMA8GA1UdEwEB/wQFMAMBAf8wCgYIKoZIzj0EAwIDSQAwRgIh
ANBYOio1pryJLmV28ySiibXsHH/akfaSkLlTEtAfwVq8AiEA2hqkTGFPMsaS2SaO
j07uyLFe6XSH1adFq6REdBgov18=
-----END CERTIFICATE-----
";

/// What a proxy was asked: the lines of each request's head.
type Asked = Arc<Mutex<Vec<String>>>;

/// A proxy that answers every request with `answer`; its `host:port`.
fn proxy(answer: &'static str) -> (String, Asked) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port");
    let address = listener.local_addr().expect("its address").to_string();
    let asked = Asked::default();
    let heads = asked.clone();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let lines = BufReader::new(&stream).lines().map_while(Result::ok);
            let head: Vec<String> = lines.take_while(|line| !line.is_empty()).collect();
            let mut heads = heads.lock().unwrap_or_else(PoisonError::into_inner);
            heads.push(head.join("\n"));
            drop(heads);
            let _ = stream.write_all(answer.as_bytes());
        }
    });
    (address, asked)
}

fn heads(asked: &Asked) -> Vec<String> {
    asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// A home whose router has a name that never resolves (RFC 6761): only a proxy leads there.
fn home(variables: &[(&str, &str)]) -> Home {
    let mut home = Home::new()
        .with("XEROCTL_BASE_URL", "https://router.invalid/p/v1")
        .with("XEROCTL_API_KEY", KEY)
        .with("SSL_CERT_FILE", "ca.pem");
    for (name, value) in variables {
        home = home.with(name, value);
    }
    std::fs::write(home.path().join("ca.pem"), CA).expect("a file");
    home
}

#[track_caller]
fn says(output: &Output, code: i32, words: &[&str]) {
    assert_eq!(output.code, code, "{}", output.stderr);
    for word in words {
        assert!(output.stderr.contains(word), "{word}: {}", output.stderr);
    }
    assert!(!output.stderr.contains("SECRET"), "{}", output.stderr);
}

const WANTS_CREDENTIALS: &str = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"corp\"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";

#[test]
fn proxy_requiring_credentials_exits_4() {
    let (address, asked) = proxy(WANTS_CREDENTIALS);
    let url = format!("http://user:SECRET@{address}");
    for name in ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"] {
        for line in ["agents", "agents agt_1 --delete --force"] {
            let output = home(&[(name, &url)]).run(line);
            says(
                &output,
                4,
                &["407", &format!("http://{address} (from {name})")],
            );
            assert!(!output.stderr.contains("unknown"), "{}", output.stderr);
        }
    }
    let heads = heads(&asked);
    assert_eq!(heads.len(), 8, "each is asked once");
    for head in heads {
        assert!(head.starts_with("CONNECT router.invalid:443 "), "{head}");
        assert!(!head.contains(KEY), "{head}");
    }
}

#[test]
fn socks_proxy_rejecting_credentials_exits_4() {
    for (choice, verdict) in [(2, Some(1)), (0xff, None)] {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port");
        let address = listener.local_addr().expect("its address");
        std::thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                // RFC 1928, section 3, and RFC 1929, section 2.
                let mut bytes = [0; 512];
                let _ = stream.read(&mut bytes);
                let _ = stream.write_all(&[5, choice]);
                if let Some(verdict) = verdict {
                    let _ = stream.read(&mut bytes);
                    let _ = stream.write_all(&[1, verdict]);
                }
            }
        });
        let url = format!("socks5h://user:SECRET@{address}");
        let output = home(&[("https_proxy", &url)]).run("agents --timeout 5s");
        let named = format!("socks5h://{address} (from https_proxy)");
        says(&output, 4, &["credentials", &named]);
    }
}

#[test]
fn plain_proxy_requiring_credentials_exits_4() {
    let (address, _) = proxy(WANTS_CREDENTIALS);
    let home = home(&[("http_proxy", &format!("http://user:SECRET@{address}"))]);
    let output = home.run("squads health --squads-url http://squads.invalid");
    says(
        &output,
        4,
        &["407", &format!("http://{address} (from http_proxy)")],
    );
}

#[test]
fn failing_proxy_exits_17_and_hides_its_password() {
    let (refusing, asked) = proxy("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
    let (mute, _) = proxy("");
    let dead = nobody().replace("http://", "").replace("/proj_1/v1", "");
    for (scheme, address) in [
        ("http", refusing.as_str()),
        ("http", &mute),
        ("http", &dead),
        ("socks5h", &dead),
        ("socks4a", &dead),
        ("http", "proxy.invalid:3128"),
    ] {
        let url = format!("{scheme}://user:SECRET@{address}");
        let output = home(&[("https_proxy", &url)]).run("agents --timeout 20s");
        let named = format!("{scheme}://{address} (from https_proxy)");
        says(&output, 17, &["proxy", &named]);
        let write = home(&[("https_proxy", &url)]).run("agents agt_1 --delete --force");
        says(&write, 17, &["nothing was sent", &named]);
    }
    assert!(!heads(&asked).is_empty());
}

#[test]
fn hanging_proxy_is_named_at_the_timeout() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a loopback port");
    let address = listener.local_addr().expect("its address");
    let output = home(&[("https_proxy", &format!("http://u:SECRET@{address}"))])
        .run("agents --timeout 300ms");
    says(
        &output,
        17,
        &["--timeout 300ms", &format!("http://{address}")],
    );
}

#[test]
fn unusable_proxy_exits_3() {
    let router = Router::unasked();
    let port = router.root().replace("http://127.0.0.1:", "");
    // A name without the exemption of loopback hosts, which a direct connection would reach.
    let base = format!("http://0.0.0.0:{port}/proj_1/v1");
    for value in [
        "ftp://proxy.invalid:1",
        "direct://",
        "http://",
        "socks6://proxy.invalid",
        "http://user:SECRET#x@proxy.invalid:1",
        "http://proxy.invalid:SECRET",
        "DIRECT; PROXY x",
    ] {
        let run = |name| {
            home(&[(name, value)])
                .with("XEROCTL_BASE_URL", &base)
                .run("agents --allow-http --timeout 2s")
        };
        says(&run("http_proxy"), 3, &["http_proxy"]);
        says(&run("ALL_PROXY"), 3, &["ALL_PROXY"]);
        let secure = home(&[("HTTPS_PROXY", value)]).run("agents --timeout 2s");
        says(&secure, 3, &["HTTPS_PROXY"]);
    }
    assert_eq!(router.lines(), [""; 0]);
}

#[test]
fn no_proxy_ignores_unusable_proxies() {
    let (address, asked) = proxy(WANTS_CREDENTIALS);
    for value in [format!("http://{address}"), "ftp://x".to_owned()] {
        let home = home(&[("https_proxy", &value), ("NO_PROXY", "x, *.invalid:443")]);
        let output = home.run("agents --timeout 5s");
        assert_eq!(output.code, 17, "{}", output.stderr);
        assert!(!output.stderr.contains("proxy"), "{}", output.stderr);
    }
    assert_eq!(heads(&asked), [""; 0]);
}

#[test]
fn cgi_header_is_not_a_proxy() {
    const OK: &str = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 15\r\nConnection: close\r\n\r\n{\"status\":\"ok\"}";
    let run = |variables: &[(&str, &str)]| {
        let (address, asked) = proxy(OK);
        let mut home = home(&[("HTTP_PROXY", &format!("http://{address}"))]);
        for (name, value) in variables {
            home = home.with(name, value);
        }
        let line = "squads health --squads-url http://squads.invalid --timeout 5s";
        (home.run(line).code, heads(&asked).len())
    };
    assert_eq!(run(&[]), (0, 1));
    assert_eq!(run(&[("REQUEST_METHOD", "GET")]), (17, 0));
}

#[test]
fn error_page_names_the_proxy() {
    let (address, _) = proxy(
        "HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\n<h1>",
    );
    let home = home(&[("http_proxy", &address)]);
    let output = home.run("squads health --squads-url http://squads.invalid --timeout 20s");
    says(
        &output,
        17,
        &["503", &format!("http://{address} (from http_proxy)")],
    );
    let router = Router::script([Answer::empty(404)]);
    let direct = router.home().run("agents agt_1");
    assert!(!direct.stderr.contains("proxy"), "{}", direct.stderr);
}
