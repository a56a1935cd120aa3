//! A key in a real keychain: GNOME Keyring on a D-Bus session of its own.

use crate::binary::files::not_run;
use crate::support::Home;
use crate::support::process::{has, run_script};
use crate::support::router::{Answer, Router};

const SCRIPT: &str = r#"
export XDG_RUNTIME_DIR="$HOME/run"
mkdir -m 700 "$XDG_RUNTIME_DIR"
umask 077
printf 'keychain_key\n' > "$HOME/key"
dbus-run-session -- sh -ec '
    printf password | gnome-keyring-daemon --unlock --components=secrets >/dev/null
    "$X" config add lab --base-url "$1" --api-key-keychain "lab key"
    "$X" agents -o name || echo "exit $?"
    "$X" config set lab --api-key-keychain "lab key" --api-key-file "$HOME/key"
    "$X" agents -o name
    cat "$HOME/.config/xeroctl/config.toml"
' sh URL
"#;

#[test]
fn key_is_kept_by_gnome_keyring() {
    for program in ["secret-tool", "gnome-keyring-daemon", "dbus-run-session"] {
        if !has(program) {
            not_run(&format!("not run: this needs {program}"));
            return;
        }
    }
    let router = Router::rules(|asked| match asked.header("authorization") {
        Some("Bearer keychain_key") => {
            Answer::json(200, r#"{"object":"list","data":[{"id":"agt_1"}]}"#)
        }
        _ => Answer::json(401, r#"{"error":{"code":"authentication_error"}}"#),
    });
    let ended = run_script(&Home::new(), &SCRIPT.replace("URL", &router.base_url())).exits(0);
    let shown = [
        "lab\tadded\n",
        "exit 3\n",
        "lab\tchanged\n",
        "agt_1\n",
        "current = \"lab\"\n",
    ];
    assert!(
        ended.stdout.starts_with(&shown.concat()),
        "{}",
        ended.stdout
    );
    assert!(!ended.stdout.contains("keychain_key"), "{}", ended.stdout);
    assert_eq!(router.asked().len(), 1, "{:?}", router.lines());
}
