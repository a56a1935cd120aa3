//! The completion scripts in the shells that they are for.

use std::process::Command;

use crate::shells::sandbox;
use crate::shells::shell::{have, path};
use crate::support::Home;
use crate::support::process::script_by;
use crate::support::pty::Terminal;

fn run(shell: &str, home: &Home, text: &str) -> String {
    let output = script_by(shell, home, text).env("PATH", path()).output();
    let output = output.expect("a shell");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{text}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn bash_completes_words_and_shows_what_they_are() {
    if !have(&["bash"]) {
        return;
    }
    let text = r#"
source <(xeroctl completions bash)
ask() {
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMP_TYPE=9
    _xeroctl
    printf '%s\n' "${COMPREPLY[@]}"
    echo --
}
# A machine that is busy may be later than a shell waits.
for n in 1 2 3 4 5 6 7 8; do
    live=$(ask xeroctl agents agt_abc)
    case $live in agt_*) break ;; esac
done
printf '%s\n' "$live"
ask xeroctl sandbox ''
ask xeroctl agents --output = nd
ask xeroctl agents --nonsense x
complete -p xeroctl
"#;
    let text = run("bash", &sandbox(), text);
    let mut parts = text.split("--\n");
    assert_eq!(parts.next(), Some("agt_abc123\n"), "{text}");
    let commands = parts.next().unwrap_or_default();
    assert!(commands.contains("(Serve the sandbox"), "{commands}");
    assert_eq!(parts.next(), Some("ndjson\n"), "{text}");
    assert_eq!(parts.next(), Some("\n"), "{text}");
    assert!(
        parts
            .next()
            .unwrap_or_default()
            .contains("-F _xeroctl xeroctl"),
        "{text}"
    );
}

#[test]
fn fish_completes_words_and_shows_what_they_are() {
    if !have(&["fish"]) {
        return;
    }
    let text = "xeroctl completions fish | source
for n in (seq 8)
    set live (complete -C 'xeroctl agents agt_abc')
    test -n \"$live\"; and break
end
printf '%s\\n' $live
complete -C 'xeroctl sandbox s'
complete -C 'xeroctl agents --output=nd'
";
    let text = run("fish", &sandbox(), text);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(
        lines,
        [
            "agt_abc123\tgpu-worker-1, active",
            "serve\tServe the sandbox on a loopback port until interrupted",
            "--output=ndjson\tOne JSON object per line",
        ]
    );
}

/// Types a line in an interactive shell, up to the key that completes.
#[track_caller]
fn types(command: &mut Command, home: &Home, setup: &str, keys: &str, shown: &str) {
    command
        .env_clear()
        .env("HOME", home.path())
        .env("PATH", path());
    command
        .env("XEROCTL_CONTEXT", "sandbox")
        .current_dir(home.path());
    let mut terminal = Terminal::run_command(command);
    terminal.types(setup).wait_for("ready-now");
    terminal.types(keys).wait_for(shown);
    terminal.types("\u{3}");
    terminal.types("exit\r");
}

#[test]
fn zsh_completes_at_its_prompt() {
    if !have(&["zsh"]) {
        return;
    }
    let home = sandbox();
    let setup = "PS1='$ '; autoload -U compinit; compinit -u -D; source <(xeroctl completions zsh); echo ready-\"\"now\r";
    let zsh = || {
        let mut command = Command::new("zsh");
        command.args(["-f", "-i"]);
        command
    };
    types(
        &mut zsh(),
        &home,
        setup,
        "xeroctl agents --sort last_h\t",
        "xeroctl agents --sort last_heartbeat",
    );
    types(
        &mut zsh(),
        &home,
        setup,
        "xeroctl sandbox \t",
        "Serve the sandbox on a loopback port",
    );
}

#[test]
fn bash_completes_at_its_prompt() {
    if !have(&["bash"]) {
        return;
    }
    let home = sandbox();
    let mut bash = Command::new("bash");
    bash.args(["--norc", "--noprofile", "-i"]);
    let setup = "PS1='$ '; source <(xeroctl completions bash); echo ready-\"\"now\r";
    types(
        &mut bash,
        &home,
        setup,
        "xeroctl agents --sort last_h\t",
        "xeroctl agents --sort last_heartbeat",
    );
}

#[test]
fn no_word_of_the_line_is_an_argument_of_a_process() {
    for shell in ["bash", "zsh", "fish"] {
        let script = Home::new().binary().args(["completions", shell]).output();
        let script = String::from_utf8(script.expect("a script").stdout).expect("text");
        let call = script.lines().find(|line| line.contains("__complete "));
        let call = call.expect("a call");
        let (before, after) = call
            .split_once("command xeroctl __complete ")
            .expect("a call");
        assert!(before.contains("printf '%s\\n'"), "{call}");
        assert!(after.starts_with(&format!("{shell} 2>/dev/null")), "{call}");
    }
}
