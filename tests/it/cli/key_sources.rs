//! Where a deployment's key comes from: a file, a command, the keychain.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;

use crate::cli::shown::{named, runs, transcript};
use crate::support::Home;
use crate::support::router::{Answer, Router};

/// A router that accepts any key.
fn router() -> Router {
    Router::rules(|_| Answer::json(200, r#"{"object":"list","data":[]}"#))
}

/// A home whose current deployment is this router, with these settings.
fn home(router: &Router, settings: &str) -> Home {
    let home = Home::new();
    let path = home.path().display().to_string();
    home.with("HOME", &path).config(&format!(
        "current = \"lab\"\n[deployment.lab]\nbase_url = \"{}\"\n{settings}\n",
        router.base_url()
    ))
}

/// Writes a file that only its owner can read.
fn write(home: &Home, name: &str, text: &str, mode: u32) -> PathBuf {
    let path = home.path().join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    // By another process: a program that this one has open for writing can't be run by a test beside this one.
    let written = std::process::Command::new("/bin/sh")
        .args(["-c", "printf '%s' \"$1\" > \"$0\""])
        .args([path.as_os_str(), text.as_ref()])
        .status();
    assert!(written.is_ok_and(|status| status.success()));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
    path
}

/// The key of the only request that was made.
fn key(router: &Router) -> Option<String> {
    let asked = router.asked();
    let [asked] = &asked[..] else {
        return None;
    };
    asked.header("authorization").map(str::to_owned)
}

#[test]
fn key_is_read_from_a_file_for_each_use() {
    for (setting, file) in [
        ("keys/lab.key", ".config/xeroctl/keys/lab.key"),
        ("~/lab.key", "lab.key"),
    ] {
        let router = router();
        let home = home(&router, &format!("api_key_file = \"{setting}\""));
        write(&home, file, "file_key\n", 0o600);
        let run = home.run("agents -q -o name");
        assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{setting}");
        assert_eq!(
            key(&router).as_deref(),
            Some("Bearer file_key"),
            "{setting}"
        );
    }
}

#[test]
fn key_files_that_cannot_be_used_are_configuration_errors() {
    let router = router();
    let home = home(&router, "api_key_file = \"lab.key\"");
    let missing = home.run("agents");
    write(&home, ".config/xeroctl/lab.key", "\n", 0o600);
    let empty = home.run("agents");
    write(&home, ".config/xeroctl/lab.key", "open_key\n", 0o644);
    let open = home.run("agents -o name");
    insta::assert_snapshot!(transcript(&[missing, empty, open]));
}

#[test]
fn key_is_what_a_command_prints() {
    let router = router();
    let command = r#"["/bin/sh", "-c", "echo noise >&2; cat; echo $0 \"$HOME\" > seen; echo command_key", "two words"]"#;
    let home = home(&router, &format!("api_key_command = {command}"));
    let run = home.run("agents -q -o name");
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    assert_eq!(key(&router).as_deref(), Some("Bearer command_key"));
    assert!(!home.run("agents --dry-run").stdout.contains("command_key"));
}

#[test]
fn failing_commands_are_reported_with_what_they_said() {
    let router = Router::unasked();
    let mut shown = Vec::new();
    for command in [
        r#"["/bin/sh", "-c", "echo 'gpg: \u001b[31mno secret key' >&2; printf 'half%s' _a_key; exit 2"]"#,
        r#"["/bin/sh", "-c", "kill -9 $$"]"#,
        r#"["/bin/sh", "-c", "printf 'two\nlines\n'"]"#,
        r#"["/bin/sh", "-c", "true"]"#,
        r#"["/bin/sh", "-c", "printf '\\377'"]"#,
        r#"["no-such-program-at-all", "--token=secret_word"]"#,
        "[]",
        "\"pass show xero\"",
    ] {
        let home = home(&router, &format!("api_key_command = {command}"));
        let run = home.run("agents");
        assert_eq!(run.code, 3, "{command}: {}", run.stderr);
        assert!(!run.whole().contains("half_a_key"), "{}", run.stderr);
        shown.push(run);
    }
    insta::assert_snapshot!(transcript(&shown));
}

#[test]
fn slow_command_is_ended_with_all_that_it_has_started() {
    let router = Router::unasked();
    let command =
        r#"["/bin/sh", "-c", "sleep 600 & echo $! > \"$HOME/pid\"; echo waiting >&2; wait"]"#;
    let home = home(&router, &format!("api_key_command = {command}"));
    let run = home.run("agents");
    let pid = std::fs::read_to_string(home.path().join("pid")).expect("a pid");
    insta::assert_snapshot!(transcript(&[run]));
    let state = std::fs::read_to_string(format!("/proc/{}/stat", pid.trim()));
    let is_gone = state.is_ok_and(|state| !state.contains(") Z"));
    assert!(!is_gone || !cfg!(target_os = "linux"), "{pid} still runs");
}

#[test]
fn only_one_source_is_allowed() {
    let router = Router::unasked();
    let sources = [
        "api_key = \"k\"",
        "api_key_file = \"f\"",
        "api_key_command = [\"c\"]",
        "api_key_keychain = \"e\"",
    ];
    for (index, one) in sources.iter().enumerate() {
        for other in &sources[index + 1..] {
            let run = home(&router, &format!("{one}\n{other}")).run("agents");
            assert_eq!(run.code, 3, "{one}, {other}: {}", run.stderr);
            assert!(
                run.stderr.contains("it is unclear which key to use"),
                "{}",
                run.stderr
            );
        }
    }
}

#[test]
fn no_source_is_asked_for_another_host_or_with_another_key() {
    let command = r#"api_key_command = ["/bin/sh", "-c", "touch \"$HOME/ran\"; echo k"]"#;
    let (own, other) = (router(), Router::unasked());
    let home = home(&own, command);
    let run = home.run(&format!("agents --base-url {}", other.base_url()));
    assert_eq!(run.code, 3, "{}", run.stderr);
    for line in [
        "agents --api-key typed -o name -q",
        "agents --dry-run",
        "config show",
        "config list",
    ] {
        assert_eq!(home.run(line).code, 0, "{line}");
    }
    let variable = home.with("XEROCTL_API_KEY", "variable");
    assert_eq!(variable.run("agents -o name -q").code, 0);
    assert!(!variable.path().join("ran").exists());
    assert_eq!(variable.run("agents -o name -q --context lab").code, 0);
    assert!(variable.path().join("ran").exists());
}

const URL: &str = "--base-url https://api.example/proj_1/v1";

#[test]
fn config_commands_set_and_show_every_source() {
    let home = Home::new();
    write(&home, "prod.key", "file_key\n", 0o600);
    insta::assert_snapshot!(runs(
        &home,
        &[
            &format!("config add a {URL} --api-key-file prod.key"),
            &format!("config add b {URL} --api-key-file prod.key --by-reference"),
            &format!("config add c {URL} --api-key-command 'pass show \"my key\"'"),
            &format!("config add d {URL} --api-key-keychain prod"),
            "config list",
            "config show b",
            "config show c",
            "config show --context b",
            "config show --context c",
            "config show --context d",
            "config set a --api-key-command 'pass show xero'",
            "config set c --api-key-file prod.key --by-reference",
            "config set d --api-key-file prod.key",
            "config set b --api-key-keychain prod --dry-run",
            "config list --columns NAME,KEY",
            "config set a --api-key-command 'pass \"show'",
            "config set a --api-key-command ' '",
            "config set a --api-key-command pass --api-key-keychain e",
            "config set a --api-key-command pass --api-key-file prod.key",
            "config set a --by-reference",
            "config set a --by-reference --api-key-file -",
            "config set a --by-reference --api-key-file none.key",
        ],
    ));
    let text = std::fs::read_to_string(home.path().join(".config/xeroctl/config.toml"));
    let text = text.expect("a file");
    let place = home.path().display().to_string();
    insta::assert_snapshot!(named(&text.replace(&place, "HOME"), &[]));
}

/// A `secret-tool` that keeps one key in a file beside it.
const TOOL: &str = r#"#!/bin/sh
case "$1" in
store) shift; echo "$@" > "$HOME/label"; cat > "$HOME/kept" ;;
lookup) shift; [ "$*" = "service xeroctl account prod" ] || exit 1; cat "$HOME/kept" 2>/dev/null || exit 1 ;;
esac
"#;

#[test]
fn key_is_kept_in_the_keychain() {
    let router = router();
    let home = home(&router, "api_key_keychain = \"prod\"");
    let tool = write(&home, "bin/secret-tool", TOOL, 0o755);
    let bin = tool.parent().expect("a folder").display().to_string();
    let home = home.with("PATH", &format!("{bin}:/usr/bin:/bin"));
    write(&home, "prod.key", "kept_key\n", 0o600);
    let mut shown = vec![home.run("agents")];
    shown.push(home.run("config set lab --api-key-keychain prod --api-key-file prod.key"));
    shown.push(home.run("agents -o name"));
    insta::assert_snapshot!(transcript(&shown));
    assert_eq!(key(&router).as_deref(), Some("Bearer kept_key"));
    let label = std::fs::read_to_string(home.path().join("label")).expect("a label");
    assert_eq!(
        label,
        "--label xeroctl: prod service xeroctl account prod\n"
    );
    let text = std::fs::read_to_string(home.path().join(".config/xeroctl/config.toml"));
    assert!(!text.expect("a file").contains("kept_key"));
}

#[test]
fn keychain_that_does_not_answer_is_reported() {
    let router = Router::unasked();
    for tool in [
        "#!/bin/sh\nsleep 600\n",
        "#!/bin/sh\necho 'Cannot autolaunch D-Bus without X11 $DISPLAY' >&2; exit 1\n",
    ] {
        let home = home(&router, "api_key_keychain = \"prod\"");
        let tool = write(&home, "bin/secret-tool", tool, 0o755);
        let bin = tool.parent().expect("a folder").display().to_string();
        let home = home.with("PATH", &format!("{bin}:/usr/bin:/bin"));
        let run = home.run("agents");
        assert_eq!(run.code, 3, "{}", run.stderr);
        insta::assert_snapshot!(transcript(&[run]));
    }
    let none = home(&router, "api_key_keychain = \"prod\"").with("PATH", "/nowhere");
    insta::assert_snapshot!(transcript(&[none.run("agents")]));
}
