//! Edits of the configuration file on full, mounted, or limited file systems, and killed edits.

use std::fs;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::binary::files::{KEPT, SET, file, mode, not_run};
use crate::support::Home;
use crate::support::process::{LIMIT, Running, SIGINT, SIGTERM, command, has, run, run_script};

/// Makes calls of the C library fail as they do on some file systems.
const LACKING: &str = r#"
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
static int lacks(const char *what) { const char *all = getenv("LACKS"); return all && strcmp(all, what) == 0; }
static int is_directory(int fd) { struct stat s; return fstat(fd, &s) == 0 && S_ISDIR(s.st_mode); }
int flock(int fd, int op) {
    if (lacks("locks")) { errno = ENOLCK; return -1; }
    if (lacks("locks of directories") && is_directory(fd)) { errno = EBADF; return -1; }
    return ((int (*)(int, int))dlsym(RTLD_NEXT, "flock"))(fd, op);
}
int chmod(const char *path, mode_t mode) {
    if (lacks("modes")) { errno = EPERM; return -1; }
    return ((int (*)(const char *, mode_t))dlsym(RTLD_NEXT, "chmod"))(path, mode);
}
int fsync(int fd) {
    if (lacks("flushing")) { errno = EINVAL; return -1; }
    if (lacks("flushing of directories") && is_directory(fd)) { errno = EINVAL; return -1; }
    if (lacks("an end")) for (;;) sleep(1);
    if (lacks("room") && !is_directory(fd)) { errno = EDQUOT; return -1; }
    return ((int (*)(int))dlsym(RTLD_NEXT, "fsync"))(fd);
}
"#;

/// The library made of [`LACKING`].
struct Lacking(tempfile::TempDir);

impl Lacking {
    fn build() -> Option<Self> {
        if !has("cc") {
            not_run("not run: this needs a C compiler");
            return None;
        }
        let tools = tempfile::tempdir().expect("a directory");
        let source = tools.path().join("lacking.c");
        fs::write(&source, LACKING).expect("a file");
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .args([&tools.path().join("lacking.so"), &source])
            .arg("-ldl")
            .status();
        assert!(built.expect("cc").success());
        Some(Self(tools))
    }

    /// Starts an edit on a file system that lacks this.
    fn start(&self, home: &Home, lacking: &str) -> Running {
        let mut command = command(home, SET);
        command
            .env("LD_PRELOAD", self.0.path().join("lacking.so"))
            .env("LACKS", lacking);
        Running::start(&mut command)
    }
}

#[test]
#[cfg(target_os = "linux")]
fn writes_on_limited_file_systems() {
    let Some(library) = Lacking::build() else {
        return;
    };
    for (lacking, said) in [
        (
            "locks",
            "can't be locked, so do not run two edits at a time",
        ),
        ("locks of directories", ""),
        (
            "modes",
            "is accessible to other users, and its mode can't be changed: ",
        ),
        ("flushing", ""),
        ("flushing of directories", ""),
    ] {
        let home = Home::new().config(KEPT);
        mode(file(&home).parent().expect("its directory"), 0o755);
        let ended = library.start(&home, lacking).end().exits(0);
        if said.is_empty() {
            let changed = "Changed lab: output: - → csv\n";
            assert_eq!(ended.stderr, changed, "{lacking}");
        } else {
            ended.says(said);
        }
        let kept = fs::read_to_string(file(&home)).expect("the file");
        assert!(kept.contains("csv"), "{lacking}: {kept}");
    }
    // A file that did not reach the disk takes the place of none.
    let home = Home::new().config(KEPT);
    let ended = library.start(&home, "room").end().exits(1);
    let named = format!("could not flush {} to the disk", file(&home).display());
    let ended = ended.says(&named);
    assert!(
        !ended.stderr.contains(".xeroctl-config-"),
        "{}",
        ended.stderr
    );
    assert_eq!(fs::read_to_string(file(&home)).expect("the file"), KEPT);
    assert_eq!(beside(&home), [""; 0]);
}

/// What lies beside the configuration file.
fn beside(home: &Home) -> Vec<String> {
    let directory = file(home).parent().expect("its directory").to_owned();
    let entries = fs::read_dir(directory).expect("it is there").flatten();
    let names = entries.map(|entry| entry.file_name().to_string_lossy().into_owned());
    names.filter(|name| name != "config.toml").collect()
}

#[test]
#[cfg(target_os = "linux")]
fn killed_edit_leaves_no_keys() {
    let Some(library) = Lacking::build() else {
        return;
    };
    let home = Home::new().config(KEPT);
    let stuck = || {
        let running = library.start(&home, "an end");
        let start = Instant::now();
        while beside(&home).is_empty() {
            assert!(start.elapsed() < LIMIT, "it never writes");
            std::thread::sleep(Duration::from_millis(10));
        }
        running
    };
    for signal in ["INT", "TERM"] {
        let running = stuck();
        // The first signal waits for the disk, the second does not.
        running.signal(signal);
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(beside(&home).len(), 1);
        let number = if signal == "INT" { SIGINT } else { SIGTERM };
        running.end_by(signal).dies_by(number);
        assert_eq!(beside(&home), [""; 0]);
    }
    // Nothing can be done about this one until the next edit.
    stuck().end_by("KILL").dies_by(9);
    assert_eq!(beside(&home).len(), 1);
    assert_eq!(fs::read_to_string(file(&home)).expect("the file"), KEPT);
    run(&home, SET).exits(0);
    assert_eq!(beside(&home), [""; 0]);
}

/// A mount of its own, if this system lets us make one.
fn can_mount() -> bool {
    let tried = Command::new("unshare")
        .args(["-m", "mount", "-t", "tmpfs", "none", "/mnt"])
        .output();
    let can = tried.is_ok_and(|tried| tried.status.success());
    if !can {
        not_run("not run: this needs a mount");
    }
    can
}

#[test]
fn mounted_file_is_written_in_place_with_a_warning() {
    if !can_mount() {
        return;
    }
    let home = Home::new().config("");
    let host = home.path().join("host.toml");
    fs::write(&host, KEPT).expect("a file");
    mode(&host, 0o600);
    let text = r#"unshare -m sh -c '
        mount --bind host.toml .config/xeroctl/config.toml
        "$X" config set lab --default-output csv && "$X" config remove lab --force
        ls -A .config/xeroctl'"#;
    let ended = run_script(&home, text).exits(0);
    assert_eq!(
        ended
            .stderr
            .matches("config.toml was written in place")
            .count(),
        2,
        "{ended:#?}"
    );
    assert!(
        ended.stdout.ends_with("removed\nconfig.toml\n"),
        "{ended:#?}"
    );
    // It became shorter, and nothing of the longer text is left.
    assert_eq!(fs::read_to_string(&host).expect("the file"), "");
}

#[test]
fn full_disk_loses_nothing() {
    if !can_mount() {
        return;
    }
    let home = Home::new().config("");
    fs::write(home.path().join("host.toml"), KEPT).expect("a file");
    let text = r#"unshare -m sh -c '
        cd .config/xeroctl
        mount -t tmpfs -o size=16k none "$PWD" && cd "$PWD" && chmod 700 .
        cp ../../host.toml config.toml && chmod 600 config.toml
        dd if=/dev/zero of=fill bs=1k 2>/dev/null
        "$X" config set lab --default-output csv; echo "code $?"; ls -A; cat config.toml'"#;
    let ended = run_script(&home, text).exits(0);
    assert_eq!(
        ended.stdout,
        format!("code 1\nconfig.toml\nfill\n{KEPT}"),
        "{ended:#?}"
    );
    let ended = ended
        .says("config.toml\n  cause: No space left on device (os error 28)\n")
        .says("could not write ");
    assert!(
        !ended.stderr.contains(".xeroctl-config-"),
        "{}",
        ended.stderr
    );
}
