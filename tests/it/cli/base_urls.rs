//! Valid base URLs, and those that a key may be sent to.

use crate::support::Home;
use crate::support::router::Router;

#[test]
fn errors_name_the_origin_of_the_url() {
    for bad in [
        "ftp://host/p/v1",
        "https://host/v1",
        "https://host/p",
        "https://host/p/v1?x",
        "https://host/p/v1#x",
        "https://u:p@host/p/v1",
        "host/p/v1",
        "https:///p/v1",
        "https://host/p/v1/extra",
    ] {
        let line = format!("agents --api-key k --base-url '{bad}'");
        assert_eq!(Home::new().run(&line).code, 2, "{bad} on the line");
        let home = Home::new()
            .with("XEROCTL_BASE_URL", bad)
            .with("XEROCTL_API_KEY", "k");
        assert_eq!(home.run("agents").code, 3, "{bad} in the environment");
        let home = Home::new().config(&format!(
            "current = \"a\"\n[deployment.a]\nbase_url = \"{bad}\"\napi_key = \"k\"\n"
        ));
        assert_eq!(home.run("agents").code, 3, "{bad} in the file");
    }
}

#[test]
fn plain_http_key_is_sent_only_to_loopback() {
    // `.invalid` never resolves, so 17 tells that sending was tried.
    let far = "http://router.invalid/p/v1";
    let run = |home: Home, words: &str| {
        let home = home.with("XEROCTL_API_KEY", "k");
        home.run(&format!("agents --timeout 1s {words}")).code
    };
    let there = || Home::new().with("XEROCTL_BASE_URL", far);
    assert_eq!(run(there(), ""), 3);
    assert_eq!(run(there(), "--allow-http"), 17);
    assert_eq!(run(there(), "--allow-http=true"), 17);
    assert_eq!(run(there().with("XEROCTL_ALLOW_HTTP", "1"), ""), 17);
    assert_eq!(
        run(
            there().with("XEROCTL_ALLOW_HTTP", "1"),
            "--allow-http=false"
        ),
        3
    );
    assert_eq!(run(there().with("XEROCTL_ALLOW_HTTP", "0"), ""), 3);
    assert_eq!(run(there().with("XEROCTL_ALLOW_HTTP", "perhaps"), ""), 3);
    let stored = |more: &str| {
        Home::new().config(&format!(
            "current = \"a\"\n[deployment.a]\nbase_url = \"{far}\"\n{more}\n"
        ))
    };
    assert_eq!(run(stored(""), ""), 3);
    assert_eq!(run(stored("allow_http = true"), ""), 17);
    assert_eq!(run(stored("allow_http = true"), "--allow-http=false"), 3);
    // A permission for one host is none for another.
    assert_eq!(
        run(
            stored("allow_http = true"),
            "--base-url http://other.invalid/p/v1"
        ),
        3
    );
}

#[test]
fn plain_http_key_is_never_sent_to_a_proxy() {
    let proxy = Router::unasked();
    let home = Home::new()
        .with("XEROCTL_BASE_URL", "http://router.invalid/p/v1")
        .with("XEROCTL_API_KEY", "k")
        .with("http_proxy", &proxy.base_url());
    assert_eq!(home.run("agents --allow-http --timeout 1s").code, 3);
    assert_eq!(proxy.lines(), [""; 0]);
}

#[test]
fn unreadable_certificates_exit_3() {
    let there = Home::new()
        .with("XEROCTL_BASE_URL", "https://router.invalid/p/v1")
        .with("XEROCTL_API_KEY", "k")
        .with("SSL_CERT_FILE", "none.pem");
    let run = there.run("agents --timeout 1s");
    assert_eq!(run.code, 3);
    assert!(run.stderr.contains("SSL_CERT_FILE"), "{}", run.stderr);
    std::fs::write(there.path().join("none.pem"), "not PEM").expect("a file");
    assert_eq!(there.run("agents --timeout 1s").code, 3);
}
