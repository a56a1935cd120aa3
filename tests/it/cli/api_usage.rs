//! `xeroctl api`: usage errors. All exit with 2 before the configuration is read or a request is sent.

use crate::cli::shown::{refused, transcript};
use crate::support::Home;
use crate::support::router::Router;
use xeroctl::ui::Terminals;

#[test]
fn rejects_invalid_methods_and_paths() {
    insta::assert_snapshot!(refused(&[
        "api",
        "api GET '/a\tb'",
        "api GET '/a/..;x/b'",
        "api GET",
        "api /management/agents",
        "api /management/agents GET",
        "api HEAD /a",
        "api OPTIONS /a",
        "api '' /a",
        "api GE /a",
        "api GET /a /b",
        "api GET ''",
        "api GET management/agents",
        "api GET ./a",
        "api GET '?limit=1'",
        "api GET https://elsewhere.example/p/v1/a",
        "api GET //elsewhere.example/a",
        "api GET /v1//elsewhere.example/a",
        "api GET /../other/v1/a",
        "api GET /a/../b",
        "api GET /a/..",
        "api GET /a/./b",
        "api GET /a/%2e%2E/b",
        r"api GET '/a\..\b'",
        "api GET /a%2F..%2Fb",
        "api GET '/a#b'",
    ]));
}

#[test]
fn rejects_invalid_fields() {
    insta::assert_snapshot!(refused(&[
        "api POST /a -f",
        "api POST /a -f ''",
        "api POST /a -f a",
        "api POST /a -f =a",
        "api POST /a -F @a",
        "api POST /a -f a=1 -f a=1",
        "api POST /a -f a=1 -F a=1",
        "api POST /a -F a=@",
        "api POST /a -F a=@missing/file",
        "api POST /a -F a=@.",
        "api POST /a -F a=@- -F b=@-",
        "api GET /a -F a=@- -F b=@-",
        "api POST /a -F a=@- --api-key-file -",
        "api GET /a -F a=@- --api-key-file -",
    ]));
}

#[test]
fn rejects_invalid_bodies() {
    insta::assert_snapshot!(refused(&[
        "api POST /a --input",
        "api POST /a --input ''",
        "api POST /a --input missing/file",
        "api POST /a --input .",
        "api POST /a --input - --api-key-file -",
        "api POST /a --input f -f a=b",
        "api POST /a --input f -F a=b",
        "api POST /a --input f --input g",
        "api GET /a --input f",
    ]));
}

#[test]
fn rejects_invalid_headers() {
    insta::assert_snapshot!(refused(&[
        "api GET /a -H",
        "api GET /a -H ''",
        "api GET /a -H accept",
        "api GET /a -H ': b'",
        "api GET /a -H 'a b: c'",
        "api GET /a -H 'a: b\nhost: c'",
        "api GET /a -H 'Authorization: Bearer s3cret'",
        "api GET /a -H 'host: elsewhere.example' -o json",
    ]));
}

#[test]
fn rejects_conflicting_options() {
    insta::assert_snapshot!(refused(&[
        "api GET /a --all --limit 5",
        "api GET /a --limit 0",
        "api GET /a --after ''",
        "api GET /a --all -i",
        "api GET /a --limit 5 --include",
        "api GET /a --after x -i",
        "api POST /a --all",
        "api DELETE /a --limit 5 --force",
        "api PATCH /a --after x",
        "api GET '/a?limit=5' --all",
        "api GET '/a?b=c&after=d' --limit 5",
        "api GET /a -f limit=5 --all",
        "api GET /a -F after=5 --after 5",
        "api GET /a -i -i",
        "api DELETE /a --force -y",
        "api GET /a -X POST",
        "api POST /a -d '{}'",
        "api GET /a --jso",
    ]));
}

#[test]
fn rejects_extra_arguments() {
    // With a deployment, so that nothing but the line can be wrong; and none of it reaches the router.
    let router = Router::unasked();
    let home = router.home();
    let runs = [
        "api GET /a --base-url http://user@host/p/v1",
        "api GET /a -o xml",
        "api GET /a --timeout 0",
        "--limit 5 api GET /a",
        "api --context '' GET /a",
        "-o json api GET https://elsewhere.example/",
    ]
    .map(|line| {
        let run = home.run(line);
        assert_eq!(run.code, 2, "{line}: {}", run.stderr);
        run
    });
    assert_eq!(router.lines(), [""; 0]);
    insta::assert_snapshot!(transcript(&runs));
}

#[test]
fn rejects_non_text_field_file() {
    let home = Home::new();
    let path = home.path().join("bytes");
    std::fs::write(&path, b"\xff").expect("a file");
    let run = home.run(&format!("api POST /a -F a=@{}", path.display()));
    assert_eq!(run.code, 2, "{}", run.stderr);
    assert!(run.stderr.contains("is not UTF-8 text"), "{}", run.stderr);
}

#[test]
fn rejects_oversized_body_file() {
    let home = Home::new();
    let path = home.path().join("large");
    std::fs::write(&path, vec![b'x'; 8 * 1024 * 1024 + 1]).expect("a file");
    for words in ["--input ", "-F a=@"] {
        let run = home.run(&format!("api POST /a {words}{}", path.display()));
        assert_eq!(run.code, 2, "{}", run.stderr);
        assert!(run.stderr.contains("is longer than"), "{}", run.stderr);
    }
    let input = "x".repeat(8 * 1024 * 1024 + 1);
    let run = home.run_on(Terminals::default(), &input, "api POST /a --input -");
    assert_eq!(run.code, 2, "{}", run.stderr);
}
