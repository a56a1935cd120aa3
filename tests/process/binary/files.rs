//! Files of other users, pipes, the umask, and a signal during a wait.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Home;
use crate::support::process::{Ended, Running, command, has, run, run_script, script, variables};

pub(crate) const KEPT: &str = "\
[deployment.lab]
base_url = \"http://127.0.0.1:8080/lab/v1\"
api_key = \"xero_lab\"
";

pub(crate) const SET: &str = "config set lab --default-output csv";

pub(crate) fn file(home: &Home) -> PathBuf {
    home.path().join(".config/xeroctl/config.toml")
}

pub(crate) fn mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
}

/// Says so where a test that passes is read too: past the harness.
pub(crate) fn not_run(why: &str) {
    use std::io::Write as _;
    drop(writeln!(std::io::stderr(), "{why}"));
}

/// Whether other users can be played; if not, their tests pass without a look.
fn has_users() -> bool {
    let has = rustix::process::geteuid().is_root() && has("setpriv");
    if !has {
        not_run("not run: this needs root and setpriv");
    }
    has
}

/// Runs a command line as a user without rights; the program is copied to where they can run it.
fn run_as(user: u32, home: &Home, line: &str) -> Ended {
    let program = home.path().join("xeroctl");
    if !program.exists() {
        fs::copy(home.binary().get_program(), &program).expect("a copy");
    }
    let id = user.to_string();
    let mut command = Command::new("setpriv");
    command
        .args(["--reuid", &id, "--regid", &id, "--clear-groups"])
        .arg(program)
        .args(crate::support::split(line))
        .env_clear()
        .env("PATH", "/usr/bin:/bin")
        .env("HOME", home.path())
        .envs(variables(&home.binary()))
        .current_dir("/")
        .stdin(std::process::Stdio::null());
    Running::start(&mut command).end()
}

#[test]
fn file_of_another_user_is_rejected_unless_named() {
    if !has_users() {
        return;
    }
    let home = Home::new().config(KEPT);
    mode(home.path(), 0o755);
    mode(file(&home).parent().expect("its directory"), 0o755);
    mode(&file(&home), 0o644);
    chown(file(&home), Some(12345), Some(12345)).expect("an owner");
    for line in ["config list", "agents --dry-run --context lab"] {
        run_as(12346, &home, line)
            .exits(3)
            .says("belongs to another user (ID 12345), who could redirect your keys")
            .says("export XEROCTL_CONFIG=");
    }
    // Root's and one's own are no other user's.
    run_as(12345, &home, "config list").exits(0);
    chown(file(&home), Some(0), Some(0)).expect("an owner");
    run_as(12346, &home, "config list").exits(0);
}

#[test]
fn shared_file_of_another_user_keeps_its_owner() {
    if !has_users() {
        return;
    }
    let home = Home::new();
    mode(home.path(), 0o777);
    let shared = home.path().join("shared.toml");
    fs::write(&shared, KEPT).expect("a file");
    mode(&shared, 0o666);
    chown(&shared, Some(12345), Some(12345)).expect("an owner");
    let home = home.with("XEROCTL_CONFIG", &shared.display().to_string());
    run_as(12346, &home, SET)
        .exits(0)
        .says("shared.toml was written in place")
        .says("it belongs to another user")
        .says("shared.toml is accessible to other users, and its mode can't be changed");
    assert!(
        fs::read_to_string(&shared)
            .expect("the file")
            .contains("csv")
    );
    assert_eq!(shared.metadata().expect("the file").uid(), 12345);
    // Neither replaced nor written: it says so and nothing has changed.
    mode(&shared, 0o644);
    let before = fs::read_to_string(&shared).expect("the file");
    run_as(12346, &home, "config remove lab --force")
        .exits(1)
        .says("could not open ")
        .says("Permission denied");
    assert_eq!(fs::read_to_string(&shared).expect("the file"), before);
}

#[test]
fn writable_directory_of_another_user_is_accepted() {
    if !has_users() {
        return;
    }
    // Its mode can't be set; it can't be listed, so that it can't be locked itself; or nothing can be made in it.
    for (bits, locks) in [(0o777, false), (0o733, true)] {
        let home = Home::new().config(KEPT);
        let directory = file(&home).parent().expect("its directory").to_owned();
        mode(home.path(), 0o755);
        mode(&directory, bits);
        chown(file(&home), Some(12346), Some(12346)).expect("an owner");
        run_as(12346, &home, SET)
            .exits(0)
            .says("xeroctl is accessible to other users, and its mode can't be changed: ");
        assert!(
            fs::read_to_string(file(&home))
                .expect("the file")
                .contains("csv")
        );
        assert_eq!(directory.join("config.toml.lock").exists(), locks);
    }
    let home = Home::new().config(KEPT);
    mode(home.path(), 0o755);
    mode(file(&home).parent().expect("its directory"), 0o755);
    chown(file(&home), Some(12346), Some(12346)).expect("an owner");
    run_as(12346, &home, SET)
        .exits(0)
        .says("config.toml was written in place")
        .says("its directory can't be written");
    assert!(
        fs::read_to_string(file(&home))
            .expect("the file")
            .contains("csv")
    );
}

#[test]
fn umask_cannot_hide_the_file_from_its_owner() {
    let home = Home::new();
    let text = r#"umask 0777; "$X" config add lab --base-url http://127.0.0.1/p/v1 --api-key k -q"#;
    run_script(&home, text).exits(0);
    let mode = |path: PathBuf| path.metadata().expect("it is there").permissions().mode() & 0o777;
    assert_eq!(mode(home.path().join(".config")), 0o700);
    assert_eq!(mode(home.path().join(".config/xeroctl")), 0o700);
    assert_eq!(mode(file(&home)), 0o600);
}

#[test]
fn reads_process_substitution() {
    if !has("bash") {
        return;
    }
    let home = Home::new();
    fs::write(home.path().join("c.toml"), KEPT).expect("a file");
    let text = r#"bash -c '"$X" config add a --base-url http://127.0.0.1/p/v1 --api-key-file <(echo xero_k) -q &&
        "$X" config list -o name && XEROCTL_CONFIG=<(cat c.toml) "$X" config list -o name'"#;
    let ended = run_script(&home, text).exits(0);
    assert_eq!(ended.stdout, "a\tadded\na\nsandbox\nlab\nsandbox\n");
    let kept = fs::read_to_string(file(&home)).expect("the file");
    assert!(kept.contains("xero_k"), "{kept}");
}

#[test]
fn pipe_without_writer_is_announced_and_interruptible() {
    let home = Home::new();
    let mut text = script(
        &home,
        r#"mkfifo key; exec "$X" agents --base-url http://127.0.0.1:9/p/v1 --api-key-file key"#,
    );
    let running = Running::start(&mut text);
    running.wait_for_error("waiting for input from ");
    running.end_by("INT").dies_by(2);
}

#[test]
fn signal_during_the_lock_changes_nothing() {
    let home = Home::new().config(KEPT);
    let directory = file(&home).parent().expect("its directory").to_owned();
    let held = fs::File::open(&directory).expect("the directory");
    held.lock().expect("a lock");
    let running = Running::start(&mut command(&home, SET));
    running.wait_for_error("waiting for the lock on ");
    running.end_by("INT").dies_by(2);
    drop(held);
    assert_eq!(fs::read_to_string(file(&home)).expect("the file"), KEPT);
    assert_eq!(fs::read_dir(directory).expect("it is there").count(), 1);
    run(&home, SET).exits(0);
}
