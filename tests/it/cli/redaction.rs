//! Secrets: no output stream shows one, wherever it comes from.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::cli::shown::{FORMATS, terminal};
use crate::support::router::{Answer, KEY, Router};
use crate::support::{Home, Output};

/// Checks that neither stream shows a text.
#[track_caller]
fn shows_none(run: &Output, secret: &str) {
    for stream in [&run.stdout, &run.stderr] {
        let found = stream
            .to_ascii_lowercase()
            .find(&secret.to_ascii_lowercase());
        assert_eq!(found, None, "{}: {stream}", run.line);
    }
}

fn percent(byte: u8) -> String {
    format!("%{byte:02x}")
}

/// Spellings in which a server may send back what it was sent.
fn spelled(key: &str, how: u8) -> String {
    match how % 5 {
        0 => key.to_owned(),
        1 => format!("Bearer {key}!"),
        2 => key.bytes().map(percent).collect::<Vec<_>>().concat(),
        3 => key.to_uppercase(),
        _ => format!("https://h/?a=b&echo={key}#x"),
    }
}

/// A document with the key in some members and names.
fn echoing(key: &str, spots: &[(usize, u8)], status: u16) -> Value {
    const NAMES: [&str; 18] = [
        "id",
        "name",
        "status",
        "region",
        "worker_id",
        "description",
        "last_heartbeat",
        "created_at",
        "message",
        "code",
        "type",
        "param",
        "tool_name",
        "risk",
        "workspace_id",
        "request_id",
        "supported_tiers",
        "unknown",
    ];
    let mut object = serde_json::Map::new();
    object.insert("id".to_owned(), json!("agt_1"));
    for (spot, how) in spots {
        let text = spelled(key, *how);
        let (name, value) = match spot % 21 {
            at @ 0..18 => (NAMES[at].to_owned(), json!(text)),
            18 => (text, json!(1)),
            19 => ("nested".to_owned(), json!({ text.clone(): [text] })),
            _ => ("details".to_owned(), json!(text)),
        };
        object.insert(name, value);
    }
    if status < 300 {
        json!({ "object": "list", "data": [object], "has_more": true, "last_id": spelled(key, 0) })
    } else {
        json!({ "error": object })
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(24) })]

    #[test]
    fn key_repeated_by_server_appears_on_no_stream(
        spots in proptest::collection::vec((0_usize..21, any::<u8>()), 1..8),
        status in prop::sample::select(vec![200_u16, 400, 401, 404, 409]),
        escaped in any::<bool>(),
        format in prop::sample::select(FORMATS.to_vec()),
        key in prop::sample::select(vec![KEY, "xero_/a+b=c\"d\\e01", "abcd1234"]),
    ) {
        let mut list = echoing(key, &spots, status).to_string();
        if escaped {
            list = list.replace('_', "\\u005F").replace('/', "\\/");
        }
        let one = match serde_json::from_str::<Value>(&list).expect("JSON") {
            list if status < 300 => list["data"][0].to_string(),
            error => error.to_string(),
        };
        let header = spelled(key, spots[0].1);
        let router = Router::rules(move |asked| {
            let body = if asked.target.contains("agt_") { &one } else { &list };
            Answer::json(status, body.as_str())
                .header("X-Request-ID", &header)
                .header("Location", &header)
        });
        let home = Home::new()
            .with("XEROCTL_BASE_URL", &router.base_url())
            .with("XEROCTL_API_KEY", key);
        for line in [
            "agents", "agents agt_1", "agents agt_1 --delete --force -vv", "agents pause-exec agt_1 agt_2",
            "agents --limit 1 -vv", "api GET /agt_1 -i", "api POST /agt_1 -i -vv",
        ] {
            for width in [None, Some(40), Some(200)] {
                let run = match width {
                    None => home.run(&format!("{line} -o {format}")),
                    Some(width) => home.run_on(terminal(width), "", &format!("{line} -o {format} --color never")),
                };
                shows_none(&run, key);
                // Nothing that was cut shows the first half of it.
                if key == KEY {
                    shows_none(&run, &key[..12]);
                }
                for half in ["a+b=c\"d", "%78%65%72%6f"] {
                    shows_none(&run, half);
                }
            }
        }
    }
}

/// Command lines that hold a secret, with `s3cr3t` in its place.
const TYPED: &[&str] = &[
    "api GET '/x?token=s3cr3t'",
    "api GET '/x?a=b&%74oken=s3cr3t'",
    "api GET '/x?api-key=s3cr3t&sig=s3cr3t'",
    "api GET '/x?to=https%3A%2F%2Fh%2F%3Fsig%3Ds3cr3t'",
    "api GET /x -f password=s3cr3t",
    "api GET /x -fpwd=s3cr3t",
    "api GET /x --raw-field=access_key=s3cr3t",
    "api GET /x -F private_key=s3cr3t",
    "api GET /x -H 'x-jwt: s3cr3t'",
    "api POST /x -f passwd=s3cr3t",
    "api POST /x -f a=1 -F session=s3cr3t",
    "api POST /x -f 'config={\"bearer\": \"s3cr3t\"}'",
    "api DELETE '/x?auth=s3cr3t'",
    "api DELETE '/x?auth=s3cr3t' --force",
    "api GET /x --password s3cr3t",
    "api GET /x --password=s3cr3t",
    "api GET /x -f password=s3cr3t --nonsense",
    "api GET /x --base-url https://u:s3cr3t@h/p/v1",
    "api GET /x --base-url 'https://h/p/v1?key=s3cr3t'",
    "api GET /x -f 'password=s3cr3t two' -o nonsense",
    "exec invoke t --workspace w --arg password=s3cr3t",
    "exec invoke t --workspace w --arg-json 'signature=\"s3cr3t\"'",
    "exec invoke t --workspace w --args '{\"password\":\"s3cr3t\"}'",
    "exec invoke t --workspace w --args '{\"a\":{\"apiKey\":[\"s3cr3t\"]}}'",
    "exec invoke t --workspace w --args '{\"password\":\"s3cr3t\"'",
    "exec invoke --workspace w --args '{\"credentials\":{\"a\":\"s3cr3t\"}}'",
    "agents --base-url u:s3cr3t@h/p/v1",
    "agents --base-url s3cr3t@h/p/v1",
    "agents --base-url=u:s3cr3t@h/p/v1",
    "agents --base-url https://u:s3/cr3t@h/p/v1",
    "agents --base-url https://u:s3cr3t@h:x/p/v1",
    "agents --base-url 'https://h/p/v1#token=s3cr3t'",
    "agents --base-url 'https://h/p/v1#access_token:s3cr3t'",
    "agents --base-url 'h/p/v1?sig=s3cr3t'",
    "config add lab --base-url u:s3cr3t@h/p/v1",
    "squads list --squads-url u:s3cr3t@h",
    "api GET /x -f password:s3cr3t",
    "api GET /x -fpassword:s3cr3t",
    "api GET /x -F pwds:s3cr3t",
    "api GET /x -H 'Authorization s3cr3t'",
    "exec invoke --tool t --workspace w --arg password:s3cr3t",
    "exec invoke --tool t --workspace w --arg-json 'password=s3cr3t'",
    "exec invoke --tool t --workspace w --arg-json 'clientSecrets:\"s3cr3t'",
    "exec invoke --tool t --workspace w --args 'password: s3cr3t'",
    "agents --limit token=s3cr3t",
    "agents --limit=token:s3cr3t",
    "agents --limit 'Bearer s3cr3t'",
    "agents --limit u:s3cr3t@h",
    "agents --limit xero_live_s3cr3t",
    "agents --limit sk-s3cr3t0123456789",
    "agents --limit eyJhbGciOiJub25l.eyJzdWIiOiJh.s3cr3t",
    "agents --limit 'token s3cr3tABCDEFGHIJKLMNOPQRSTUVWXYZ'",
    "agents --status token=s3cr3t,token:s3cr3t",
    "agents --timeout password=s3cr3t",
    "agents -o password:s3cr3t",
    "agents --color token=s3cr3t",
    "agents --api-keyx=s3cr3t",
    "agents --api-keyx s3cr3t",
    "agents --api-keys3cr3t",
    "agents --api-keys3cr3t==",
    "agents --api-key s3cr3t --limit s3cr3t",
    "token=s3cr3t",
    "agents token=s3cr3t list",
    "exec token:s3cr3t",
];

#[test]
fn typed_secrets_appear_in_no_message() {
    let page = r#"{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}"#;
    let listing = Router::rules(move |_| Answer::json(200, page));
    let failing = Router::rules(|_| Answer::fault(400, "some_error"));
    let missing = Router::rules(|_| Answer::new(404, "text/html", "<html>"));
    for router in [&listing, &failing, &missing] {
        for line in TYPED {
            for more in ["", " -o json", " -vv", " --dry-run", " --dry-run -o json"] {
                let line = format!("{line}{more}");
                shows_none(&router.home().run(&line), "s3cr3t");
            }
        }
    }
}

#[test]
fn variables_and_settings_appear_in_no_error() {
    for (name, value) in [
        ("XEROCTL_OUTPUT", "token=s3cr3t"),
        ("XEROCTL_OUTPUT", "xero_live_s3cr3t"),
        ("XEROCTL_CONTEXT", "password:s3cr3t"),
        ("XEROCTL_BASE_URL", "u:s3cr3t@h/p/v1"),
        ("XEROCTL_ALLOW_HTTP", "token=s3cr3t"),
        ("XEROCTL_API_KEY_FILE", "/none?token=s3cr3t"),
    ] {
        for format in ["", " --output json"] {
            let home = Home::new().with(name, value);
            let run = home.run(&format!("agents --context lab{format}"));
            shows_none(&run, "s3cr3t");
            let run = home.run(&format!("agents{format}"));
            assert_ne!(run.code, 0, "{name}");
            shows_none(&run, "s3cr3t");
        }
    }
    let home = Home::new();
    home.run("config add lab --base-url http://127.0.0.1:9/p/v1 --no-input");
    let path = home.path().join(".config/xeroctl/config.toml");
    let text = std::fs::read_to_string(&path).expect("a configuration");
    std::fs::write(&path, format!("{text}output = \"token=s3cr3t\"\n")).expect("written");
    let run = home.run("agents");
    assert_eq!(run.code, 3, "{}", run.stderr);
    shows_none(&run, "s3cr3t");
}

#[test]
fn mistyped_key_option_hides_its_value() {
    for (word, shown) in [
        ("--api-keyx=s3cr3t", "'--api-keyx'"),
        ("--api-keyx", "'--api-keyx'"),
        ("--api-key-flie=s3cr3t", "'--api-key-flie'"),
        ("--api-keys3cr3t", "`=` is missing between `--api-key`"),
        ("--api-keyS3CR3T==", "`=` is missing between `--api-key`"),
        ("--api-key-s3cr3t", "`=` is missing between `--api-key`"),
    ] {
        let run = Home::new().run(&format!("agents {word}"));
        assert!(run.stderr.contains(shown), "{word}: {}", run.stderr);
        shows_none(&run, "s3cr3t");
    }
}

#[test]
fn dry_run_masks_only_secrets_of_any_body() {
    for (body, shown) in [
        (
            "password: s3cr3t two\nuser: joe\n",
            "password: ***\nuser: joe",
        ),
        (
            "credentials:\n  a: s3cr3t\n  b:\n    - s3cr3t\nuser: joe\n",
            "a: ***\n  b:\n    - ***\nuser: joe",
        ),
        (
            "tokens:\n- s3cr3t\n- s3cr3t\nuser: joe\n",
            "- ***\n- ***\nuser: joe",
        ),
        (
            "[credentials]\na = s3cr3t\n[db]\nuser = joe\n",
            "a = ***\n[db]\nuser = joe",
        ),
        (
            "secrets = [\"s3cr3t\", 's3cr3t']\nuser = 1",
            "secrets = [***]\nuser = 1",
        ),
        ("PASSWORD=s3cr3t two\nUSER=joe\n", "PASSWORD=***\nUSER=joe"),
        ("user=joe&password=s3cr3t&x=1", "user=joe&password=***&x=1"),
        (
            "<a><password>s3cr3t</password><b>joe</b></a>",
            "<password>***</password><b>joe</b>",
        ),
        (
            "<credentials><a>s3cr3t</a></credentials><b>joe</b>",
            "<a>***</a></credentials><b>joe</b>",
        ),
        (
            "{\"password\":\"s3cr3t\"}\n{\"user\":\"joe\",\"pin\":[\"s3cr3t\"]}\n",
            "{\"user\":\"joe\",\"pin\":[\"***\"]}",
        ),
        (
            "POST / HTTP/1.1\nAuthorization: Basic s3cr3t\nAccept: a\n",
            "Authorization: Basic ***\nAccept: a",
        ),
        (
            "run --password s3cr3t --user joe",
            "run --password *** --user joe",
        ),
        ("curl -u joe:s3cr3t https://h", "curl -u joe:*** https://h"),
    ] {
        let home = Home::new();
        let path = home.path().join("body");
        std::fs::write(&path, body).expect("a file");
        let path = path.display();
        let line = format!("api POST /x --input {path} --dry-run --base-url https://h/p/v1");
        let run = home.run(&line);
        assert!(
            run.stdout.contains(shown),
            "{body}: {}{}",
            run.stdout,
            run.stderr
        );
        shows_none(&run, "s3cr3t");
        shows_none(&home.run(&format!("{line} -o json")), "s3cr3t");
    }
}

#[test]
fn hint_marks_masked_commands() {
    let page = r#"{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}"#;
    let router = Router::rules(move |_| Answer::json(200, page));
    let run = router
        .home()
        .run("api GET '/x?token=s3cr3t&name=monkey' -f author=me -f path=/a");
    assert_eq!(
        run.stderr,
        "hint: more available (fill in ***): xeroctl api GET '/x?token=***&name=monkey' -f author=me -f path=/a --after a\n"
    );
}

#[test]
fn short_keys_are_masked_as_words() {
    for (key, message, shown) in [
        ("abcd1234", "bad xabcd1234y", "bad x***y"),
        ("abc123", "bad xabc123y", "bad x***y"),
        ("abc", "bad abc, not abcd", "bad ***, not abcd"),
    ] {
        let body = json!({"error": {"message": message, "code": "scope_insufficient"}}).to_string();
        let router = Router::rules(move |_| Answer::json(403, body.as_str()));
        let home = Home::new()
            .with("XEROCTL_BASE_URL", &router.base_url())
            .with("XEROCTL_API_KEY", key);
        let run = home.run("agents");
        assert!(
            run.stderr.contains(&format!("HTTP 403: {shown} (")),
            "{}",
            run.stderr
        );
        let rows = home.run("agents pause-exec agt_1 agt_2 -o csv");
        assert_eq!(rows.stdout.matches(shown).count(), 2, "{}", rows.stdout);
    }
}

#[test]
fn document_keeps_its_meaning_for_any_key() {
    // As a key it would be poor, as a word of the document it is common.
    let body = r#"{"id":"agt_1","name":"active","status":"active"}"#;
    let router = Router::rules(move |_| Answer::json(200, body));
    let home = Home::new()
        .with("XEROCTL_BASE_URL", &router.base_url())
        .with("XEROCTL_API_KEY", "active");
    assert_eq!(home.run("agents agt_1 -o json").stdout, format!("{body}\n"));
}

#[test]
fn traces_show_only_sent_headers() {
    let server = Router::rules(|_| Answer::json(200, r#"{"status":"ok"}"#));
    let run = Home::new().run(&format!("squads health -vv --squads-url {}", server.root()));
    assert_eq!(run.code, 0, "{}", run.stderr);
    assert!(server.asked()[0].header("authorization").is_none());
    assert!(!run.stderr.contains("authorization"), "{}", run.stderr);
}

#[test]
fn join_token_appears_once() {
    let token = "xjt_Sentinel0123456789";
    let body = json!({
        "id": "jk_1", "name": format!("of {token}"), "token": token, token: "x",
        "status": "active", "note": {"deep": [token]}, token.to_uppercase(): true,
    });
    for format in FORMATS {
        let body = body.to_string();
        let router = Router::rules(move |_| Answer::json(201, body.as_str()));
        let create = "join-keys --create --name n --region r --router-addr tcp://a:1";
        let home = router.home();
        let run = home.run(&format!("{create} -vv -o {format} --token-file token"));
        assert_eq!(run.code, 0, "{}", run.stderr);
        shows_none(&run, token);
        if ["csv", "name"].contains(&format) {
            continue;
        }
        let shown = router.home().run(&format!("{create} -vv -o {format}"));
        assert!(shown.stdout.contains(token), "{}", shown.stdout);
        assert!(!shown.stderr.contains(token), "{}", shown.stderr);
    }
}

#[test]
fn sandbox_shows_its_own_key_in_any_environment() {
    // `eval` of what it prints must go on working once that is in the environment.
    let ui = xeroctl::ui::Ui::memory(xeroctl::ui::Terminals::default(), crate::support::noon, "");
    ui.0.register_secret(&xeroctl::secret::Secret::new("xero_sandbox_0123"));
    ui.0.print("a xero_sandbox_0123\n").expect("memory");
    ui.0.reveal("KEY\txero_sandbox_0123\n").expect("memory");
    assert_eq!(ui.1.texts().0, "a ***\nKEY\txero_sandbox_0123\n");
}

#[test]
fn masks_key_across_chunks() {
    let text = format!("one {KEY} two {}\n", &KEY[..9]);
    for cut in 0..text.len() {
        let (ui, _) =
            xeroctl::ui::Ui::memory(xeroctl::ui::Terminals::default(), crate::support::noon, "");
        ui.register_secret(&xeroctl::secret::Secret::new(KEY));
        let mut held = Vec::new();
        let mut shown = Vec::new();
        for piece in [&text[..cut], &text[cut..]] {
            shown.extend(ui.redact_piece(&mut held, piece.as_bytes()));
        }
        shown.extend(held);
        let shown = String::from_utf8(shown).expect("text");
        assert_eq!(shown, format!("one *** two {}\n", &KEY[..9]), "{cut}");
    }
    let router = Router::rules(|asked| {
        let sent = asked.header("authorization").unwrap_or_default().to_owned();
        Answer::new(200, "text/plain", sent)
    });
    for line in ["api GET /x", "api POST /x"] {
        assert_eq!(router.home().run(line).stdout, "Bearer ***", "{line}");
    }
}

#[test]
fn masks_agent_arguments_and_urls_by_name() {
    let id = "3fcb87f5-40bf-4e11-b004-a986b1c8cef0";
    let body = json!({"id": id, "adapterConfig": {
        "args": ["--token", "s3cr3t", "--api-key=s3cr3t", "--name", "n", "-v"],
        "command": "run --password s3cr3t --auth=s3cr3t --name n",
        "headers": {"x-anything": "s3cr3t"},
        "env": {"A": {"type": "plain", "value": "s3cr3t"}, "type": "s3cr3t"},
        "url": "https://u:s3cr3t@h/p?a=s3cr3t&b=s3cr3t",
        "githubPat": "s3cr3t", "instructionsFilePath": "/p",
    }, "urlKey": "coder", "connectionString": "s3cr3t"});
    let text = body.to_string();
    let server = Router::rules(move |_| Answer::json(200, text.as_str()));
    let home = Home::new().with("SLAW_API_URL", &server.root());
    let run = home.run(&format!("squads show {id} -o json"));
    let expected = json!({"id": id, "adapterConfig": {
        "args": ["--token", "***", "--api-key=***", "--name", "n", "-v"],
        "command": "run --password *** --auth=*** --name n",
        "headers": {"x-anything": "***"},
        "env": {"A": {"type": "plain", "value": "***"}, "type": "***"},
        "url": "https://***@h/p?a=***&b=***",
        "githubPat": "***", "instructionsFilePath": "/p",
    }, "urlKey": "coder", "connectionString": "***"});
    assert_eq!(run.stdout, format!("{expected}\n"));
    assert!(run.stderr.contains("secrets are masked"), "{}", run.stderr);
    let shown = home.run(&format!("squads show {id} -o json --show-secrets"));
    assert_eq!(shown.stdout, format!("{body}\n"));
}
