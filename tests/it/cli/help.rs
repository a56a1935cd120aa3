//! Help pages, the version, and topics.

use crate::cli::shown::runs;
use crate::support::Home;

#[test]
fn rejects_unknown_topics() {
    for line in ["help nonsense", "help agents nonsense"] {
        assert_eq!(Home::new().run(line).code, 2, "{line}");
    }
}

#[test]
fn agents_help() {
    insta::assert_snapshot!(runs(&Home::new(), &["agents --help"]));
}

#[test]
fn join_keys_help() {
    insta::assert_snapshot!(runs(&Home::new(), &["agents join-keys --help"]));
}

#[test]
fn exit_codes_are_a_topic() {
    insta::assert_snapshot!(runs(&Home::new(), &["help exit-codes"]));
}

#[test]
fn version_matches_the_package() {
    let run = Home::new().run("--version");
    assert_eq!(
        run.stdout,
        format!("xeroctl {}\n", env!("CARGO_PKG_VERSION"))
    );
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
}

#[test]
fn the_environment_topic_names_every_variable_that_is_read() {
    fn sources(directory: &std::path::Path, text: &mut String) {
        for entry in std::fs::read_dir(directory).expect("a directory of sources") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                sources(&path, text);
            } else {
                text.push_str(&std::fs::read_to_string(path).expect("a source file"));
            }
        }
    }
    let mut text = String::new();
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    sources(&root, &mut text);
    let name = regex::Regex::new(
        r#""((?:XEROCTL|SLAW|XDG|CLICOLOR|SSL_CERT|NO|HTTPS?|ALL)_[A-Z_]+|CLICOLOR|TERM|TZ|CI)""#,
    );
    let name = name.expect("a pattern");
    let topic = Home::new().run("help environment").stdout;
    let names = name.captures_iter(&text).map(|found| found[1].to_owned());
    let names: std::collections::BTreeSet<String> = names
        // Recorded when the program is built.
        .filter(|name| !name.starts_with("XEROCTL_BUILD_"))
        .collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        assert!(topic.contains(&name), "help environment lacks {name}");
    }
}
