//! Typical scripts around the program: loops, here-documents, substitutions, and conditions.

use crate::shells::sandbox;
use crate::shells::shell::each;

/// Runs a script in each shell and expects this exit code and these lines on standard output, no others.
#[track_caller]
fn check(script: &str, code: i32, lines: &[&str]) {
    each(|shell| {
        let ended = shell.run(&sandbox(), script).exits(code);
        let printed: Vec<&str> = ended.stdout.lines().collect();
        assert_eq!(printed, lines, "{ended:#?}");
    });
}

#[test]
fn loop_over_ids_keeps_its_input() {
    check(
        r#"xeroctl agents --limit 3 -o name -q |
while read -r id; do xeroctl agents pause-exec "$id" -q; done"#,
        0,
        &[
            "agt_g0974f2pgyfa8vcq\tpaused",
            "agt_weuawtg4qw2b4i9b\tpaused",
            "agt_abc123\tpaused",
        ],
    );
}

#[test]
fn loop_over_substitution_gets_each_id() {
    check(
        r#"for id in $(xeroctl agents --limit 3 -o name -q); do xeroctl agents "$id" -o name; done"#,
        0,
        &["agt_g0974f2pgyfa8vcq", "agt_weuawtg4qw2b4i9b", "agt_abc123"],
    );
}

#[test]
fn ids_pass_through_xargs() {
    check(
        "xeroctl agents --limit 2 -o name -q | xargs xeroctl agents resume-exec -q --no-headers",
        0,
        &[
            "agt_g0974f2pgyfa8vcq\tresumed\t-\t-",
            "agt_weuawtg4qw2b4i9b\tresumed\t-\t-",
        ],
    );
}

#[test]
fn dash_reads_a_here_document() {
    check(
        r#"xeroctl exec context set --workspace ws_team_a --file - -q <<'EOF'
{"cluster": "blue", "note": "it's $HOME and \\ and `id`", "quota": 1.50}
EOF
xeroctl exec context show --workspace ws_team_a -o json | jq -r '.context.note, .context.cluster'
NAMESPACE=default
xeroctl exec invoke -q --workspace ws_a1b2c3d4 --tool kubectl_get -o json --args - <<EOF | jq -r .workspace_id
{"resource": "pods", "namespace": "$NAMESPACE"}
EOF"#,
        0,
        &[
            "ws_team_a\tset",
            r"it's $HOME and \ and `id`",
            "blue",
            "ws_a1b2c3d4",
        ],
    );
}

#[test]
fn conditions_see_the_exit_code() {
    check(
        r#"if xeroctl agents agt_gone 2>err; then echo there; else echo "gone $?"; fi
xeroctl agents agt_abc123 -o name && echo found
xeroctl agents agt_abc123 --delete 2>err || echo "not asked $?"
case $(xeroctl exec show 7d2e4a91-0b3c-4f5a-8e1d-9c4b3a2f1e08 -o json | jq .exit_code) in
1) echo failed ;;
esac
CODE=0
xeroctl exec invoke -q --workspace ws_team_a --tool sandbox_gate --args '{}' -o name >/dev/null || CODE=$?
echo "gated $CODE""#,
        0,
        &[
            "gone 5",
            "agt_abc123",
            "found",
            "not asked 2",
            "failed",
            "gated 8",
        ],
    );
}

#[test]
fn script_with_errexit_stops() {
    check(
        "set -e\nxeroctl agents agt_abc123 -o name\nxeroctl agents agt_gone 2>err\necho not reached",
        5,
        &["agt_abc123"],
    );
}

#[test]
fn closed_pipe_is_silent() {
    check(
        "xeroctl agents --all -o name 2>err | head -n 1; cat err",
        0,
        &["agt_g0974f2pgyfa8vcq"],
    );
}

/// What creates a join key, and the line that the hint gives for its token.
const CREATE: &str = r#"
create() { xeroctl join-keys --create --name x --region us-east --router-addr tcp://r:1 --agent-role execution "$@" 2>said >shown; }
hint() { sed -n "s/^hint: .*$1: //p" said; }
"#;

#[test]
fn token_file_reaches_the_environment_as_hinted() {
    let script = r#"create --token-file 'it is $mine'
eval "$(hint environment)"
[ -n "$XEM_JOIN_KEY" ] && [ "$XEM_JOIN_KEY" = "$(cat 'it is $mine')" ] && echo same"#;
    check(&format!("{CREATE}{script}"), 0, &["same"]);
}

#[test]
fn typed_token_reaches_the_environment_as_hinted() {
    let script = r#"create
TYPED=$(hint history)
eval "$TYPED" <<'EOF'
the-token
EOF
echo "$XEM_JOIN_KEY""#;
    check(&format!("{CREATE}{script}"), 0, &["the-token"]);
}

#[test]
fn configuration_path_is_one_word() {
    check(
        r#"mkdir 'a b'; export XEROCTL_CONFIG="$PWD/a b/config.toml"
xeroctl config add lab --base-url http://127.0.0.1:1/lab/v1 -q
cat "$(xeroctl config path)" | grep -c 'deployment.lab'"#,
        0,
        &["lab\tadded", "1"],
    );
}
