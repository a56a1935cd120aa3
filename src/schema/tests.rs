//! Tests: violations of schemas, unusable schemas, and schemas as rows.

use super::{Parameter, Types, parameters, violations};

fn label(schema: &str, args: &str) -> Vec<String> {
    let violations = violations(schema, args).expect("a usable schema");
    violations
        .into_iter()
        .map(|violation| format!("{}: {}", violation.path, violation.message))
        .collect()
}

#[test]
fn locates_each_violation() {
    let schema = r#"{"type":"object","required":["resource"],"additionalProperties":false,
        "properties":{"resource":{"enum":["pods","nodes"]},"limit":{"type":"integer","minimum":1},
        "labels":{"type":"array","items":{"type":"string"}}}}"#;
    assert_eq!(label(schema, r#"{"resource":"pods","limit":3}"#), [""; 0]);
    assert_eq!(
        label(schema, r#"{"limit":0,"labels":["a",5],"colour":"red"}"#),
        [
            "/limit: 0 is less than the minimum of 1",
            "/labels/1: 5 is not of type \"string\"",
            ": Additional properties are not allowed ('colour' was unexpected)",
            ": \"resource\" is a required property",
        ]
        .map(str::to_owned)
        .into_iter()
        .collect::<Vec<_>>()
    );
}

#[test]
fn explains_unusable_schemas() {
    for (schema, reason) in [
        ("{", "can't be read"),
        ("3", "can't be used"),
        (r#"{"type":"frob"}"#, "can't be used"),
        (r#"{"$ref":"http://localhost:1/x.json"}"#, "can't be used"),
        (r#"{"$ref":"file:///etc/hostname"}"#, "can't be used"),
        (r#"{"$ref":"other.json"}"#, "can't be used"),
        (
            r#"{"$schema":"http://example.com/draft-99","type":"object"}"#,
            "can't be used",
        ),
        (r##"{"$ref":"#/$defs/missing"}"##, "can't be used"),
        (
            r#"{"properties":{"a":{"pattern":"((a{1000}){1000}){1000}"}}}"#,
            "can't be used",
        ),
    ] {
        let label = violations(schema, "{}").expect_err(schema);
        assert!(label.contains(reason), "{schema}: {label}");
    }
    let large = format!("{{\"description\":\"{}\"}}", "x".repeat(300_000));
    assert!(violations(&large, "{}").is_err());
}

#[test]
fn stops_circular_schemas() {
    for schema in [
        r##"{"$ref":"#"}"##,
        r##"{"allOf":[{"$ref":"#"}]}"##,
        r##"{"$defs":{"a":{"$ref":"#/$defs/b"},"b":{"$ref":"#/$defs/a"}},"$ref":"#/$defs/a"}"##,
    ] {
        // Either result is fine; the check must return.
        let _ = violations(schema, "{}");
        let _ = parameters(schema, None);
    }
    let chain: Vec<String> = (0..4_000)
        .map(|n| {
            format!(
                "\"a{n}\":{{\"allOf\":[{{\"$ref\":\"#/$defs/a{}\"}}]}}",
                n + 1
            )
        })
        .collect();
    let deep = format!(
        "{{\"$defs\":{{{},\"a4000\":{{}}}},\"$ref\":\"#/$defs/a0\"}}",
        chain.join(",")
    );
    let _ = violations(&deep, "{}");
}

#[test]
fn stops_exponential_patterns() {
    let schema = r#"{"properties":{"a":{"pattern":"^(?=(x+x+)+y)z"}}}"#;
    let args = format!("{{\"a\":\"{}\"}}", "x".repeat(40_000));
    let began = std::time::Instant::now();
    let _ = violations(schema, &args);
    assert!(began.elapsed() < std::time::Duration::from_secs(5));
}

#[test]
fn rows_show_name_type_requirement_and_description() {
    let schema = r##"{"type":"object","required":["node","spec"],"properties":{
        "node":{"type":"string","description":"Which node"},
        "force":{"type":["boolean","null"],"default":false},
        "spec":{"$ref":"#/$defs/spec"},
        "pods":{"type":"array","items":{"type":"object","properties":{"name":{"type":"string","pattern":"^a"}}}},
        "any":true},
        "$defs":{"spec":{"type":"object","properties":{"replicas":{"type":"integer","minimum":0,"maximum":9}},
        "required":["replicas"]}}}"##;
    let rows: Vec<(String, String, bool, Option<String>)> = parameters(schema, None)
        .into_iter()
        .map(
            |Parameter {
                 name,
                 kind,
                 required,
                 description,
                 ..
             }| (name, kind, required, description),
        )
        .collect();
    let row = |name: &str, kind: &str, required, about: Option<&str>| {
        (
            name.to_owned(),
            kind.to_owned(),
            required,
            about.map(str::to_owned),
        )
    };
    assert_eq!(
        rows,
        [
            row("node", "string", true, Some("Which node")),
            row("force", "boolean|null (default false)", false, None),
            row("spec", "object", true, None),
            row("spec.replicas", "integer (≥ 0, ≤ 9)", true, None),
            row("pods", "array of object", false, None),
            row("pods[].name", "string (/^a/)", false, None),
            row("any", "any", false, None),
        ]
    );
    assert!(parameters("3", None).is_empty() && parameters("{", None).is_empty());
}

#[test]
fn accepts_null_only_if_nullable() {
    let fits = |property: &str, value: &str| {
        let schema = format!(
            r#"{{"type":"object","properties":{{"n":{property},"nullable":true}},
                "definitions":{{"a":{{"type":"string"}}}}}}"#
        );
        let found = violations(&schema, &format!(r#"{{"n":{value}}}"#));
        found.expect("a schema").is_empty()
    };
    for property in [
        r#"{"type":"string","nullable":true,"minLength":2,"pattern":"^a"}"#,
        r#"{"type":["string","null"],"nullable":true}"#,
        r#"{"type":"string","enum":["aa"],"nullable":true}"#,
        r#"{"const":"aa","nullable":true}"#,
        r#"{"anyOf":[{"type":"string"}],"nullable":true}"#,
        r#"{"oneOf":[{"type":"string"},{"type":"array"}],"nullable":true}"#,
        r#"{"oneOf":[{"type":"string","nullable":true},{"type":"array"}],"nullable":true}"#,
        r#"{"allOf":[{"type":"string"}],"nullable":true}"#,
        r##"{"$ref":"#/definitions/a","nullable":true}"##,
    ] {
        assert!(fits(property, "null"), "{property}");
        assert!(fits(property, r#""aa""#), "{property}");
        assert!(!fits(property, "17"), "{property}");
    }
    for property in [
        r#"{"type":"string"}"#,
        r#"{"type":"string","nullable":false}"#,
        r#"{"type":"string","nullable":"true"}"#,
        // A property with that name is not the keyword.
        r#"{"type":"object","properties":{"nullable":true}}"#,
        r#"{"enum":["a"],"default":{"nullable":true}}"#,
    ] {
        assert!(!fits(property, "null"), "{property}");
    }
    let inside = r#"{"type":"array","items":{"type":"string","nullable":true}}"#;
    assert!(fits(inside, r#"["a",null]"#));
    let rows = parameters(
        r#"{"properties":{"n":{"type":"string","nullable":true}}}"#,
        None,
    );
    assert_eq!(rows[0].kind, "string|null");
}

#[test]
fn types_text_only_if_no_string_is_allowed() {
    let schema = r##"{"properties":{"n":{"type":"integer"},"x":{"type":["number","null"]},"s":{"type":"string"},
        "mixed":{"type":["string","integer"]},"flag":{"$ref":"#/$defs/flag"},"list":{"type":"array"},
        "one":{"anyOf":[{"type":"integer"},{"type":"null"}]},"size":{"enum":[1,2]},"word":{"enum":["1","2"]}},
        "$defs":{"flag":{"type":"boolean"}}}"##;
    let types = Types::read(schema).expect("a schema");
    for (name, text, typed) in [
        ("n", "5", Some("5")),
        ("n", "-1.50", Some("-1.50")),
        ("n", "05", None),
        ("n", "five", None),
        ("n", "true", None),
        ("n", "", None),
        ("x", "null", Some("null")),
        ("x", "1e3", Some("1e3")),
        ("s", "5", None),
        ("mixed", "5", None),
        ("flag", "true", Some("true")),
        ("flag", "yes", None),
        ("list", "[1]", Some("[1]")),
        ("list", "1", None),
        ("one", "7", Some("7")),
        ("size", "2", Some("2")),
        ("word", "2", None),
        ("unknown", "5", None),
    ] {
        assert_eq!(types.typed(name, text).as_deref(), typed, "{name}={text}");
    }
    for (name, json, word) in [
        ("n", "\"5\"", "n=5"),
        ("n", "\"five\"", "n=N"),
        ("s", "5", "s=5"),
        ("s", "\"5\"", "s=5"),
        ("mixed", "5", "mixed:=5"),
        ("list", "\"a\"", "list:=[\"a\"]"),
        ("unknown", "5", "unknown:=5"),
        ("unknown", "\"a b\"", "unknown=a b"),
    ] {
        assert_eq!(types.word(name, json), word, "{name} {json}");
    }
}
