//! Secrets in the documents of agents: masked in JSON, absent everywhere else, and shown only on request.

use crate::cli::shown::{FORMATS, transcript};
use crate::support::router::{Answer, Router};
use crate::support::squads::{CODER, Dialect, Served, home};

/// The texts that must not be seen.
const SECRETS: [&str; 9] = [
    "s3-env",
    "s3-nested",
    "s3-list",
    "s3-runtime",
    "s3-hook",
    "s3-key",
    "s3-token",
    "s3-word",
    "s3-cred",
];

/// An agent that holds them in every place that the contract names, in odd spacing; the rest must stay as it is.
const AGENT: &str = r#"{ "id" : "3fcb87f5-40bf-4e11-b004-a986b1c8cef0","name":"Coder", "n":1.50,"e":1E5, "t":"\u00e9\/",
 "adapterConfig":{"cwd":"/srv","env":{"A":"s3-env","B":{"type":"plain","value":"s3-nested"},"C":["s3-list",1,null,true]},"model":"m"},
 "runtimeConfig":{"a":"s3-runtime","deep":[{"hook":"s3-hook"}],"retries":2},
 "apiKey":"s3-key","metadata":{"accessToken":["s3-token"],"PASSWORD":"s3-word","count":3,"myCredentials":{"x":{"y":"s3-cred"}}},
 "env":"seen","permissions":{"canCreateAgents":false} }"#;

/// The same as it may be seen.
const MASKED: &str = r#"{ "id" : "3fcb87f5-40bf-4e11-b004-a986b1c8cef0","name":"Coder", "n":1.50,"e":1E5, "t":"\u00e9\/",
 "adapterConfig":{"cwd":"/srv","env":{"A":"***","B":{"type":"plain","value":"***"},"C":["***",1,null,true]},"model":"m"},
 "runtimeConfig":{"a":"***","deep":[{"hook":"***"}],"retries":2},
 "apiKey":"***","metadata":{"accessToken":["***"],"PASSWORD":"***","count":3,"myCredentials":{"x":{"y":"***"}}},
 "env":"seen","permissions":{"canCreateAgents":false} }"#;

/// Every line whose answer may hold an agent, and the form of that answer: `{}` is the agent.
const LINES: &[(&str, &str)] = &[
    ("squads me", "{}"),
    ("squads show AGENT", "{}"),
    ("squads agents", "[{},{}]"),
    ("squads create --name Coder --role r --adapter a", "{}"),
    (
        "squads hire --name Coder --role r",
        r#"{"agent":{},"approval":null}"#,
    ),
    (
        "squads hire --name Coder --role r",
        r#"{"agent":{},"approval":{"id":"a","status":"pending","payload":{}}}"#,
    ),
    ("squads update AGENT --title T", "{}"),
    (
        "squads permissions AGENT --can-create-agents true --can-assign-tasks true",
        "{}",
    ),
    ("squads pause AGENT", "{}"),
    ("squads resume AGENT", "{}"),
    ("squads terminate AGENT --force", "{}"),
    ("squads runtime AGENT", "{}"),
    ("squads reset-session AGENT", "{}"),
];

fn answer(form: &str, agent: &str) -> String {
    form.replace("{}", agent)
}

/// Checks that a text holds none of the secrets.
#[track_caller]
fn holds_none(text: &str, what: &str) {
    for secret in SECRETS {
        assert!(!text.contains(secret), "{what}: {secret}: {text}");
    }
}

#[test]
fn json_is_masked_and_otherwise_unchanged() {
    for (line, form) in LINES {
        for envelope in ["X", r#"{"agent":X}"#] {
            // A list has an envelope of its own.
            let form = if form.starts_with('[') && envelope != "X" {
                &r#"{"agents":[{}],"more":1}"#.replace("{}", form.trim_matches(['[', ']']))
            } else if *form == "{}" {
                &envelope.replace('X', form)
            } else {
                *form
            };
            let line = line.replace("AGENT", CODER);
            let body = answer(form, AGENT);
            let server = Router::rules(move |_| Answer::json(200, &*body));
            let run = home(&server).run(&format!("{line} -o json"));
            assert_eq!(run.stdout, answer(form, MASKED) + "\n", "{line}");
            assert_eq!(
                run.stderr.matches("secrets are masked").count(),
                1,
                "{line}"
            );
            holds_none(&run.stderr, &line);
            let lines = home(&server).run(&format!("{line} -o ndjson"));
            holds_none(&lines.stdout, &line);
            assert!(lines.stdout.contains("***"), "{line}: {}", lines.stdout);
            let shown = home(&server).run(&format!("{line} -o json --show-secrets"));
            assert_eq!(shown.stdout, answer(form, AGENT) + "\n", "{line}");
            assert!(!shown.stderr.contains("masked"), "{line}: {}", shown.stderr);
            assert!([0, 8].contains(&run.code), "{line}: {}", run.stderr);
        }
    }
}

#[test]
fn other_formats_never_show_secrets() {
    for (line, form) in LINES {
        let line = line.replace("AGENT", CODER);
        let body = answer(form, AGENT);
        let server = Router::rules(move |_| Answer::json(200, &*body));
        for format in ["table", "wide", "csv", "name"] {
            for more in ["", " --show-secrets", " -v", " --time raw"] {
                let run = home(&server).run(&format!("{line} -o {format}{more}"));
                assert!([0, 8].contains(&run.code), "{line}: {}", run.stderr);
                holds_none(&run.stdout, &run.line);
                holds_none(&run.stderr, &run.line);
            }
        }
        let terminal = home(&server).run_on_terminal("", &line);
        holds_none(&terminal.stdout, &line);
        let traced = home(&server).run(&format!("{line} -o json -vv"));
        holds_none(&traced.stderr, &line);
    }
}

#[test]
fn other_responses_with_agents_are_masked() {
    for line in [
        "squads instructions-path AGENT p",
        "squads delete AGENT --force",
    ] {
        let line = line.replace("AGENT", CODER);
        let body = format!(r#"{{"agent":{AGENT}}}"#);
        let server = Router::rules(move |_| Answer::json(200, &*body));
        let run = home(&server).run(&format!("{line} -o json"));
        assert_eq!(run.code, 0, "{line}: {}", run.stderr);
        holds_none(&run.stdout, &line);
    }
}

#[test]
fn no_note_if_nothing_was_masked() {
    for body in [
        r#"{"x":"x","adapterConfig":{"env":{}},"runtimeConfig":{"a":1,"b":null,"c":[]}}"#,
        r#"{"x":"x","adapterConfig":{"env":{"A":"***"}}}"#,
        r#"{"x":"x","adapterConfig":{"cwd":"/srv"},"note":"key token secret"}"#,
        r#"{"x":"x","tokens":17,"totalInputTokens":1}"#,
    ] {
        let server = Router::script([Answer::json(200, body)]);
        let run = home(&server).run(&format!("squads show {CODER} -o json"));
        assert_eq!(
            (run.stdout, run.stderr),
            (format!("{body}\n"), String::new())
        );
    }
}

#[test]
fn quiet_masks_without_a_note() {
    let server = Router::script([Dialect::Page.agent(200, AGENT)]);
    let run = home(&server).run(&format!("squads show {CODER} -o json -q"));
    assert_eq!(run.stderr, "");
    holds_none(&run.stdout, "quiet");
}

#[test]
fn recognizes_every_spelling_of_names() {
    for member in [
        r#""apiKey""#,
        r#""APIKEY""#,
        r#""api_key""#,
        r#""\u0061piKey""#,
        r#""to\u006ben""#,
        r#""some secret""#,
        r#""CREDENTIAL""#,
        r#""Passwords""#,
    ] {
        let body = format!(r#"{{"x":"x","a":{{{member}:"s3-key"}}}}"#);
        let server = Router::script([Answer::json(200, &*body)]);
        let run = home(&server).run(&format!("squads show {CODER} -o json"));
        assert_eq!(run.stdout, body.replace("s3-key", "***") + "\n", "{member}");
    }
}

#[test]
fn json_on_terminal_is_masked() {
    let server = Router::script([Dialect::Server.agent(200, AGENT)]);
    let run =
        home(&server).run_on_terminal("", &format!("squads show {CODER} -o json --color never"));
    holds_none(&run.stdout, "terminal");
    insta::assert_snapshot!(transcript(&[run]));
}

#[test]
fn sandbox_has_secrets_to_mask() {
    // The page's agents have no configuration.
    let sandbox = Served::start(Dialect::Server);
    for line in [
        "squads show Deployer",
        "squads agents",
        "squads pause Deployer",
    ] {
        for format in FORMATS {
            let run = sandbox.home().run(&format!("{line} -o {format}"));
            assert_eq!(run.code, 0, "{}", run.stderr);
            let all = format!("{}{}", run.stdout, run.stderr);
            assert!(!all.contains("sandbox-plain"), "{line}: {all}");
        }
        let shown = sandbox
            .home()
            .run(&format!("{line} -o json --show-secrets"));
        assert!(
            shown.stdout.contains("sandbox-plain-deploy-token"),
            "{line}: {}",
            shown.stdout
        );
    }
}

#[test]
fn server_key_is_never_shown() {
    let key = "slaw_test_0123456789";
    let parrot = Router::rules(|asked| {
        let sent = asked.header("authorization").unwrap_or_default().to_owned();
        let body = serde_json::json!({
            "error": format!("bad {sent}"), "code": sent, "details": [{"path": [sent], "message": sent}],
        });
        Answer::json(401, body.to_string())
    });
    for line in [
        "squads me",
        "squads agents -vv",
        "squads show Coder -o json",
        "squads pause 3fcb87f5-40bf-4e11-b004-a986b1c8cef0 -o json -vv",
        "squads health --dry-run -vv",
    ] {
        for run in [
            home(&parrot).run(line),
            home(&parrot).run_on_terminal("", line),
            home(&parrot).run(&format!("{line} --api-key {key}")),
        ] {
            let all = format!("{}{}", run.stdout, run.stderr);
            assert!(!all.contains(key), "{line}: {all}");
        }
    }
}

/// Each place in which the contract expects a secret, and what stands there instead.
const PLACES: &[(&str, &str)] = &[
    (
        r#"{"headers":{"Authorization":"Bearer s3","X-Any":"s3"}}"#,
        r#"{"headers":{"Authorization":"***","X-Any":"***"}}"#,
    ),
    (r#"{"auth":{"user":"s3"}}"#, r#"{"auth":{"user":"***"}}"#),
    (r#"{"cookies":["s3"]}"#, r#"{"cookies":["***"]}"#),
    (r#"{"passwd":"s3"}"#, r#"{"passwd":"***"}"#),
    (r#"{"bearer":"s3"}"#, r#"{"bearer":"***"}"#),
    (r#"{"jwt":"s3"}"#, r#"{"jwt":"***"}"#),
    (r#"{"githubPat":"s3"}"#, r#"{"githubPat":"***"}"#),
    (r#"{"path":"seen"}"#, r#"{"path":"seen"}"#),
    (
        r#"{"connectionString":"s3"}"#,
        r#"{"connectionString":"***"}"#,
    ),
    (
        r#"{"connection_string":"s3"}"#,
        r#"{"connection_string":"***"}"#,
    ),
    (
        r#"{"db":"postgres://u:s3@h/x"}"#,
        r#"{"db":"postgres://***@h/x"}"#,
    ),
    (
        r#"{"url":"https://h/x?sig=s3&a=s3"}"#,
        r#"{"url":"https://h/x?sig=***&a=***"}"#,
    ),
    (
        r#"{"args":["--token=s3","--api-key","s3","--model","m","-H","Authorization: Bearer s3"]}"#,
        r#"{"args":["--token=***","--api-key","***","--model","m","-H","Authorization: Bearer ***"]}"#,
    ),
    (
        r#"{"command":"run --token s3 --auth=s3 --password 's3 s3' --model m"}"#,
        r#"{"command":"run --token *** --auth=*** --password *** --model m"}"#,
    ),
    (
        r#"{"urlKey":"seen","permissionKey":"seen","adapterConfigKey":"seen","issueKey":"seen"}"#,
        r#"{"urlKey":"seen","permissionKey":"seen","adapterConfigKey":"seen","issueKey":"seen"}"#,
    ),
];

#[test]
fn masks_every_documented_place() {
    for (config, masked) in PLACES {
        for (line, form) in LINES {
            let agent = |config: &str| {
                answer(
                    form,
                    &format!(r#"{{"id":"{CODER}","adapterConfig":{config}}}"#),
                )
            };
            let body = agent(config);
            let line = line.replace("AGENT", CODER);
            let server = Router::rules(move |_| Answer::json(200, &*body));
            let run = home(&server).run(&format!("{line} -o json"));
            assert_eq!(run.stdout, agent(masked) + "\n", "{line}");
            let is_masked = config != masked;
            assert_eq!(
                run.stderr.contains("secrets are masked"),
                is_masked,
                "{line} {config}: {}",
                run.stderr
            );
        }
    }
}
