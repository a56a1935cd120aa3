use super::*;

/// What a filter returns, one value per line, or the first error.
fn filtered(filter: &str, document: &str) -> String {
    let filter = match Filter::parse(filter, "--jq") {
        Ok(filter) => filter,
        Err(error) => return refusal(&error),
    };
    let mut out = String::new();
    let result = filter.run(document, |found| {
        match found {
            Found::Text(text) | Found::Json(text) => out.push_str(&text),
        }
        out.push('\n');
        Ok(())
    });
    if let Err(error) = result {
        assert_eq!(error.exit(), Exit::Failure);
        out.push_str(error.message());
        out.push('\n');
    }
    out
}

fn refusal(error: &Error) -> String {
    assert_eq!(error.exit(), Exit::Usage);
    let lines = std::iter::once(error.message().to_owned())
        .chain(error.lines(""))
        .chain(error.hints("xeroctl"));
    lines.collect::<Vec<_>>().join("\n")
}

const LIST: &str =
    r#"{"data":[{"id":"agt_1","n":2,"t":"2026-01-31T12:00:00Z"},{"id":"agt_2","n":10,"t":null}]}"#;

#[test]
fn filters_return_what_jq_returns() {
    for (filter, returned) in [
        (".data[].id", "agt_1\nagt_2\n"),
        (".data | length", "2\n"),
        ("[.data[].n] | add / 2", "6\n"),
        ("[.data[].n] | add / 5", "2.4\n"),
        (
            ".data[0]",
            "{\"id\":\"agt_1\",\"n\":2,\"t\":\"2026-01-31T12:00:00Z\"}\n",
        ),
        (".data[] | select(.n > 5) | .id", "agt_2\n"),
        (
            ".data[] | [.id, .n, .t, true] | @tsv",
            "agt_1\t2\t2026-01-31T12:00:00Z\ttrue\nagt_2\t10\t\ttrue\n",
        ),
        ("[\"a\\\"b\", 1.50, null] | @csv", "\"a\"\"b\",1.50,\n"),
        ("[\"a\\tb\"] | @tsv", "a\\tb\n"),
        ("\"a b/ü\" | @uri", "a%20b%2F%C3%BC\n"),
        ("\"<&'>\\\"\" | @html", "&lt;&amp;&#39;&gt;&quot;\n"),
        (
            "\"hello\" | @base64, (@base64 | @base64d)",
            "aGVsbG8=\nhello\n",
        ),
        ("\"aGVsbG8\" | @base64d", "hello\n"),
        ("\"it's\" | @sh", "'it'\\''s'\n"),
        (
            ".data[0].t | fromdate, (fromdate | todate), strftime(\"%Y-%j\")",
            "1769860800\n2026-01-31T12:00:00Z\n2026-031\n",
        ),
        ("\"2026-01-31T12:00:00.5Z\" | fromdate", "1769860800.5\n"),
        ("now > 1700000000", "true\n"),
        (
            "\"agt_17\" | test(\"^AGT\"; \"i\"), sub(\"[0-9]+\"; \"x\"), [scan(\"[0-9]\")]",
            "true\nagt_x\n[\"1\",\"7\"]\n",
        ),
        (
            "\"a-1\" | capture(\"(?<l>[a-z])-(?<d>[0-9])(?<x>y)?\")",
            "{\"l\":\"a\",\"d\":\"1\",\"x\":null}\n",
        ),
        ("\"ü1\" | match(\"[0-9]\").offset", "1\n"),
        (
            "\"a,b;c\" | [splits(\"[,;]\")], gsub(\"(?<x>[a-z])\"; \"<\\(.x)>\")",
            "[\"a\",\"b\",\"c\"]\n<a>,<b>;<c>\n",
        ),
        ("[1, nan, infinite]", "[1,null,null]\n"),
        ("pow(2; 10), (16 | sqrt), (1000 | log10)", "1024\n4\n3\n"),
        (
            "{a: 1} | with_entries(.value += 1), keys, has(\"a\")",
            "{\"a\":2}\n[\"a\"]\ntrue\n",
        ),
        ("try error(\"x\") catch .", "x\n"),
        ("\"{\\\"a\\\": [1]}\" | fromjson.a[0]", "1\n"),
        ("empty", ""),
        (".data as [$first, $second] | $second.id", "agt_2\n"),
        ("reduce .data[] as $x (0; . + $x.n)", "12\n"),
        ("def f(x): x * 2; f(.data[1].n)", "20\n"),
        ("\"a\" | trimstr(\"a\"), toarray", "\n[\"a\"]\n"),
    ] {
        assert_eq!(filtered(filter, LIST), returned, "{filter}");
    }
}

#[test]
fn members_keep_their_order_and_numbers_their_spelling() {
    let document =
        r#"{"z":1.50,"a":123456789012345678901234567890,"e":1E5,"f":-0.10,"d":{"y":1e400,"b":[]}}"#;
    assert_eq!(filtered(".", document), format!("{document}\n"));
    assert_eq!(
        filtered(".a + 1", document),
        "123456789012345678901234567891\n"
    );
}

#[test]
fn halves_of_surrogate_pairs_are_text() {
    assert_eq!(
        filtered(".a", r#"{"a":"x\ud800y","b":"\ud83d\ude00"}"#),
        "x\\ud800y\n"
    );
    assert_eq!(
        filtered(".b", r#"{"a":"x\ud800y","b":"\ud83d\ude00"}"#),
        "😀\n"
    );
}

#[test]
fn mistakes_are_reported_with_their_position() {
    let cases = [
        "",
        ".data[",
        ".data[] |",
        ".a )",
        "..a.b",
        ".a | foo(1)",
        ".a + $x",
        "\"\\a\"",
        "if . then 1",
        ".a\n| nope",
        "ü | .a §",
        "env.HOME",
        "$ENV.HOME",
        "input",
        "[inputs]",
        "input_filename",
        "halt",
        "halt_error",
        "\"x\" | halt_error(1)",
        "debug",
        "debug(\"x\")",
        "stderr",
        "localtime",
        "import \"a\" as a; .",
        "include \"a\"; .",
        "import \"a\" as $a; $a",
    ];
    let shown = cases.map(|case| format!("{case:?}\n{}\n", filtered(case, "{}")));
    insta::assert_snapshot!(shown.join("\n"));
}

#[test]
fn failures_are_reported_with_what_was_returned_before() {
    assert_eq!(
        filtered(".data[].n, .data[0].id.x", LIST),
        "2\n10\nthe filter failed: cannot index \"agt_1\" with \"x\"\n"
    );
    assert_eq!(
        filtered("{(1 | tostring): 1}, {a: 1}[1:]", LIST),
        "{\"1\":1}\nthe filter failed: cannot use {\"a\":1} as rangeable (array or string)\n"
    );
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    assert_eq!(
        filtered(".", &deep),
        "the filter failed: the document is nested too deeply\n"
    );
    let inside = serde_json::json!({ "a": deep }).to_string();
    assert!(filtered(".a | fromjson", &inside).contains("nested too deeply"));
}

#[test]
fn every_definition_of_the_library_compiles() {
    for definition in functions::definitions() {
        let arguments = match definition.args.len() {
            0 => String::new(),
            count => format!("({})", vec!["."; count].join("; ")),
        };
        let call = format!("{}{arguments}", definition.name);
        if !call.starts_with('!') {
            let filter = Filter::parse(&call, "--jq");
            assert!(filter.is_ok(), "{call}");
        }
    }
}

const TOO_DEEP: &str = "the filter failed: it recurses too deeply\n";

#[test]
fn endless_recursion_fails() {
    for filter in [
        "def f: 1 + f; f",
        "def f: (f | .), 1; f",
        "def f(g): 1 + f(g + 1); f(1)",
        "def a: def b: 1 + a; b; a",
        "def f: [f]; f",
        "\"\\(def f: 1 + f; f)\"",
        "{a: (def f: 1 + f; f)}",
        "{(def f: \"a\" + f; f): 1}",
        ". as {(def f: \"a\" + f; f): $x} | $x",
        ".[(def f: 1 + f; f):]",
        "reduce (def f: 1 + f; f) as $x (0; .)",
        "reduce 1 as $x (0; def f: 1 + f; f)",
        "label $out | if (def f: 1 + f; f) then 1 else 2 end",
        "-(def f: 1 + f; f)",
        "(def f: 1 + f; f) as $x | $x",
        "[1] | map(def f: 1 + f; f)",
        "def deep($n; g): if $n == 0 then g else deep($n - 1; g + 1) end; deep(1000; 0)",
    ] {
        assert_eq!(filtered(filter, "{}"), TOO_DEEP, "{filter}");
    }
    assert_eq!(filtered("try (def f: 1 + f; f) catch 7", "{}"), "7\n");
}

#[test]
fn guarded_filters_return_the_same() {
    for (filter, returned) in [
        (
            "def f: if . == 0 then 0 else . - 1 | f end; 10000 | f",
            "0\n",
        ),
        (
            "def f: ., (. + 1 | f); [limit(1000; 1 | f)] | length",
            "1000\n",
        ),
        (
            "def f: if . == 0 then 0 else (. - 1 | f) + 1 end; 20 | f",
            "20\n",
        ),
        (
            "def a: .data[].n; path(a), (a |= 7 | [a])",
            "[\"data\",0,\"n\"]\n[\"data\",1,\"n\"]\n[7,7]\n",
        ),
        ("[paths(type == \"number\")] | length", "2\n"),
        ("def f(g; $x): [g, $x]; f(1, 2; 3)", "[1,2,3]\n"),
        (
            "del(.data[0].n, .data[1].n) | [.data[] | has(\"n\")]",
            "[false,false]\n",
        ),
        (
            "[.data[] | {id, (\"n\"): .n}.n] | @text \"n: \\(.)\"",
            "n: [2,10]\n",
        ),
    ] {
        assert_eq!(filtered(filter, LIST), returned, "{filter}");
    }
}

#[test]
fn result_that_is_nested_too_deeply_is_an_error() {
    let deep = "reduce range(5000) as $i (0; [.])";
    let refused = "the filter failed: the result is nested too deeply\n";
    assert_eq!(filtered(deep, "{}"), refused);
    assert_eq!(
        filtered(&format!("error({deep})"), "{}"),
        "the filter failed: the result is nested too deeply\n"
    );
}
