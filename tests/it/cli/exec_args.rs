//! Tool arguments: every way to pass them has the same meaning, and numbers keep their spelling.

use std::collections::BTreeMap;

use proptest::prelude::*;
use xeroctl::ui::Terminals;

use crate::cli::exec_json::{Tree, members, text, value};
use crate::support::Home;
use crate::support::router::{Answer, Router};

/// One word of a line, whatever is in it.
fn word(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\"'\"'"))
}

/// The arguments as the router gets them.
fn sent(home: &Home, router: &Router, input: &str, words: &str) -> Tree {
    let line = format!("exec invoke --workspace w --tool t --no-validate {words}");
    let run = home.run_on(Terminals::default(), input, &line);
    assert_eq!(run.code, 0, "{line}: {}", run.stderr);
    let asked = router.asked();
    let body = &asked.last().expect("a request").body;
    match Tree::read(body) {
        Tree::Object(mut members) => members.remove("args").expect("the arguments"),
        other => panic!("{other:?}"),
    }
}

/// A router that takes every call, and a home for it.
fn taking() -> (Router, Home) {
    let router = Router::rules(|_| Answer::json(200, r#"{"id":"i","status":"queued"}"#));
    let home = router.home();
    (router, home)
}

/// A name of a member, of few, so that the same comes from several sides.
fn name() -> impl Strategy<Value = String> {
    let few = prop::sample::select(vec!["a", "b", "é\u{301}", "c d", "--x", "0"]);
    prop_oneof![few.prop_map(str::to_owned), text()]
}

/// Members of such names.
fn few(value: impl Strategy<Value = Tree>) -> impl Strategy<Value = BTreeMap<String, Tree>> {
    prop::collection::btree_map(name(), value, 0..5)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn object_arrives_unchanged(
        object in members(value()),
        seed in any::<u64>(),
    ) {
        let (router, home) = taking();
        let object = Tree::Object(object);
        let text = object.written(seed);
        prop_assert_eq!(&sent(&home, &router, "", &format!("--args {}", word(&text))), &object);
        prop_assert_eq!(&sent(&home, &router, &text, "--args -"), &object);
        let file = home.path().join("args.json");
        std::fs::write(&file, &text).expect("a file");
        let from = format!("--args @{}", file.display());
        prop_assert_eq!(&sent(&home, &router, "", &from), &object);
    }

    #[test]
    fn single_values_override_the_object(
        object in few(value()),
        values in few(value()),
        texts in prop::collection::btree_map(name(), text(), 0..4),
        seed in any::<u64>(),
    ) {
        let (router, home) = taking();
        // A name ends at the first `=`, and there is one.
        let is_name = |name: &String| !name.is_empty() && !name.contains('=');
        let values: BTreeMap<_, _> = values
            .into_iter()
            .filter(|(name, _)| is_name(name) && !texts.contains_key(name))
            .collect();
        let texts: BTreeMap<_, _> = texts.into_iter().filter(|(name, _)| is_name(name)).collect();
        let mut words = vec![format!("--args {}", word(&Tree::Object(object.clone()).written(seed)))];
        let mut expected = object;
        for (name, value) in &values {
            words.push(format!("--arg-json {}", word(&format!("{name}={}", value.written(seed)))));
            expected.insert(name.clone(), value.clone());
        }
        for (name, text) in &texts {
            words.push(format!("--arg {}", word(&format!("{name}={text}"))));
            expected.insert(name.clone(), Tree::Text(text.clone()));
        }
        // Where the options stand does not matter.
        let turn = usize::try_from(seed % 7).expect("a small number") % words.len();
        words.rotate_left(turn);
        prop_assert_eq!(sent(&home, &router, "", &words.join(" ")), Tree::Object(expected));
    }

    #[test]
    fn rejects_duplicates_at_any_depth(
        object in members(value()),
        name in text(),
        seed in any::<u64>(),
    ) {
        let router = Router::unasked();
        let mut object = object;
        object.remove(&name);
        let mut text = Tree::Object(object).written(seed);
        let quoted = serde_json::to_string(&name).expect("JSON");
        let at = text.find('{').expect("an object") + 1;
        let rest = if text[at..].trim() == "}" { "" } else { "," };
        text.insert_str(at, &format!("{quoted}:1,{quoted}:1{rest}"));
        let file = router.home();
        for text in [text.clone(), format!("{{\"deep\":[{{\"er\":{text}}}]}}")] {
            let line = format!("exec invoke --workspace w --tool t --args {}", word(&text));
            let run = file.run(&line);
            prop_assert_eq!(run.code, 2, "{}: {}", line, run.stderr);
        }
    }
}

#[test]
fn accepts_byte_order_mark_and_final_newline() {
    let (router, home) = taking();
    let text = "\u{feff}{\r\n  \"a\": 1.0\r\n}\r\n";
    let file = home.path().join("args.json");
    std::fs::write(&file, text).expect("a file");
    let from = format!("--args @{}", file.display());
    let expected = Tree::read(r#"{"a":1.0}"#);
    assert_eq!(sent(&home, &router, "", &from), expected);
    assert_eq!(sent(&home, &router, text, "--args -"), expected);
}

#[test]
fn arg_is_text_and_arg_json_is_json() {
    let (router, home) = taking();
    let words = "--arg n=5 --arg t=true --arg e= --arg eq=a=b --arg at=@file --arg dash=- --arg-json n2=5 --arg-json 'l=[1, 2.50]' --arg-json z=null --arg-json 's=\"x\"' --arg -x=-y";
    let expected = r#"{"n":"5","t":"true","e":"","eq":"a=b","at":"@file","dash":"-","n2":5,"l":[1,2.50],"z":null,"s":"x","-x":"-y"}"#;
    assert_eq!(sent(&home, &router, "", words), Tree::read(expected));
}

#[test]
fn reads_standard_input_only_if_named() {
    let (router, home) = taking();
    assert_eq!(
        sent(&home, &router, "not JSON", "--args '{}'"),
        Tree::read("{}")
    );
    assert_eq!(
        sent(&home, &router, "not JSON", "--arg a=-"),
        Tree::read(r#"{"a":"-"}"#)
    );
}

#[test]
fn keeps_member_order_and_appends_new_members() {
    let (router, home) = taking();
    sent(
        &home,
        &router,
        "",
        r#"--args '{"z": 1, "a": 2, "m": {"y": 1, "b": 2}}' --arg a=x --arg-json new=0 --arg last=1"#,
    );
    let body = router.asked()[0].body.clone();
    assert!(
        body.contains(r#""args":{"z":1,"a":"x","m":{"y":1,"b":2},"#),
        "{body}"
    );
    assert!(body.contains(r#""new":0"#) && body.contains(r#""last":"1""#));
}
