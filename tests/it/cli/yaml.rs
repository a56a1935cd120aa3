//! `-o yaml`.

use proptest::prelude::*;
use saphyr::{LoadableYamlNode as _, Scalar, Yaml};

use crate::cli::properties::document;
use crate::cli::shown::{on, runs, sandbox, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};
use xeroctl::yaml;

/// What a reader of YAML reads, as `serde_json` has it.
fn value(node: &Yaml<'_>) -> serde_json::Value {
    match node {
        Yaml::Value(Scalar::Null) => serde_json::Value::Null,
        Yaml::Value(Scalar::Boolean(is_true)) => (*is_true).into(),
        Yaml::Value(Scalar::Integer(number)) => (*number).into(),
        Yaml::Value(Scalar::FloatingPoint(number)) => number.into_inner().into(),
        Yaml::Value(Scalar::String(text)) => (&**text).into(),
        Yaml::Sequence(items) => items.iter().map(value).collect(),
        Yaml::Mapping(members) => serde_json::Value::Object(
            members
                .iter()
                .map(|(name, member)| (name.as_str().expect("a string").to_owned(), value(member)))
                .collect(),
        ),
        other => panic!("{other:?}"),
    }
}

/// What a reader reads in the YAML of these documents.
fn read(yaml: &str) -> Vec<serde_json::Value> {
    let read = Yaml::load_from_str(yaml);
    let read = read.unwrap_or_else(|error| panic!("{error}\n{yaml}"));
    read.iter().map(value).collect()
}

/// Text that readers of YAML may take for something else, and text of several lines.
fn tricky() -> impl Strategy<Value = serde_json::Value> {
    let words = prop::sample::select(vec![
        "null",
        "~",
        "true",
        "No",
        "on",
        "y",
        "1",
        "-1",
        "+1",
        "1.5",
        ".5",
        "1e3",
        "0x1F",
        "0o7",
        "017",
        "1_000",
        "12:30:45",
        "2026-01-31",
        "2026-01-31T12:00:00Z",
        ".inf",
        "-.Inf",
        ".nan",
        "=",
        "<<",
        "-",
        "- a",
        "? a",
        "a: b",
        "a:",
        "a #b",
        "#a",
        "[a]",
        "{a}",
        "*a",
        "&a",
        "!a",
        "|",
        ">",
        "'a'",
        "%a",
        "@a",
        "`a`",
        "---",
        "...",
        "a\n",
        "a\n\n",
        "\na",
        " a",
        "a ",
        "a\n b",
        "a\n\n b\n",
        "a\n---\nb",
        "a\n# b",
        "a \nb",
        "",
        "\t",
        "a\tb\nc",
        "\u{85}",
        "\u{feff}a",
    ]);
    let text = prop_oneof![
        words.prop_map(str::to_owned),
        "[a-z \n:#-]{0,12}",
        "[0-9:._eExX+-]{0,8}",
    ];
    let text = text.boxed();
    let leaf = text.clone().prop_map(serde_json::Value::from);
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::vec((text.clone(), inner), 0..4)
                .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn readers_of_yaml_read_the_same_values(document in prop_oneof![document(), tricky()]) {
        let mut out = String::new();
        yaml::push_document(&mut out, &document.to_string());
        prop_assert_eq!(read(&out), vec![document], "{}", out);
    }

    #[test]
    fn items_of_a_list_are_read_as_its_document_is(items in prop::collection::vec(prop_oneof![document(), tricky()], 0..4)) {
        let mut out = String::new();
        yaml::push_members(&mut out, [("\"a\"", "1")].into_iter());
        yaml::push_list_key(&mut out, "data");
        for item in &items {
            yaml::push_item(&mut out, &item.to_string());
        }
        yaml::push_members(&mut out, [("\"last_id\"", "null")].into_iter());
        let list = if items.is_empty() { serde_json::Value::Null } else { items.into() };
        prop_assert_eq!(read(&out), vec![serde_json::json!({"a": 1, "data": list, "last_id": null})], "{}", out);
    }
}

#[test]
fn objects_lists_outcomes_and_plans_are_yaml() {
    insta::assert_snapshot!(runs(
        &sandbox(),
        &[
            "agents agt_abc123 -o yaml",
            "agents --limit 1 -q -o yaml",
            "exec tool-show kubectl_get -o yaml -q",
            "agents pause-exec agt_abc123 -o yaml -q",
            "agents agt_abc123 --update --description 'a: b' --dry-run -o yaml",
            "config path -o yaml --no-headers",
            "agents agt_none -o yaml",
            "agents agt_abc123 --delete -o yaml",
        ],
    ));
}

#[test]
fn pages_become_one_document() {
    let router = Router::rules(|asked| {
        let page = match asked.target.split("after=").nth(1) {
            None => {
                r#"{"object":"list","x":1.50,"data":[{"id":"a","n":1.50}],"last_id":"a","has_more":true}"#
            }
            Some(_) => r#"{"object":"list","data":[{"id":"b"}],"last_id":"b","has_more":false}"#,
        };
        Answer::json(200, page)
    });
    let home = router.home();
    insta::assert_snapshot!(runs(
        &home,
        &[
            "agents --all -o yaml",
            "agents --limit 1 -o yaml -q",
            "api GET /management/agents -o yaml -q",
        ],
    ));
    let empty = Router::rules(|_| Answer::json(200, r#"{"object":"list","data":[]}"#));
    insta::assert_snapshot!(runs(
        &empty.home(),
        &[
            "agents -o yaml",
            "agents --all -o yaml",
            "api GET /x --all -o yaml"
        ],
    ));
    let bare = Router::rules(|_| Answer::json(200, r#"[{"id":"a"},{"id":"b"}]"#));
    insta::assert_snapshot!(runs(
        &bare.home(),
        &["api GET /x -o yaml", "api GET /x --all -o yaml"]
    ));
}

#[test]
fn yaml_is_the_same_on_a_terminal() {
    let home = sandbox();
    let off = home.run("agents agt_abc123 -o yaml");
    let on = on(&home, 80, "agents agt_abc123 -o yaml");
    assert_eq!(on.stdout, off.stdout);
    insta::assert_snapshot!(transcript(&[home.run("agents agt_abc123 --jq . -o yaml")]));
}

#[test]
fn secrets_of_squads_are_masked_as_in_json() {
    const AGENT: &str = r#"{"id":"3fcb87f5-40bf-4e11-b004-a986b1c8cef0","name":"Coder","adapterConfig":{"env":{"A":"s3-env"}},"apiKey":"s3-key"}"#;
    let router = Router::rules(|_| Answer::json(200, AGENT));
    let home = Home::new()
        .with("SLAW_API_URL", &router.root())
        .with("SLAW_API_KEY", "key");
    insta::assert_snapshot!(runs(
        &home,
        &["squads me -o yaml", "squads me -o yaml --show-secrets"]
    ));
}

#[test]
fn yaml_can_be_the_default() {
    let home = sandbox().with("XEROCTL_OUTPUT", "yaml");
    let run = home.run("config path");
    assert!(run.stdout.starts_with("path: "), "{}", run.stdout);
}
