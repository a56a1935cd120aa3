//! The configuration file on disk: locks, owners, leftovers, and names of special files.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::Home;

const KEPT: &str = "\
[deployment.lab]
base_url = \"http://127.0.0.1:8080/lab/v1\"
api_key = \"xero_lab\"
";

const SET: &str = "config set lab --default-output csv";

fn directory(home: &Home) -> PathBuf {
    home.path().join(".config/xeroctl")
}

fn file(home: &Home) -> PathBuf {
    directory(home).join("config.toml")
}

fn text(path: &Path) -> String {
    fs::read_to_string(path).expect("the file")
}

fn names(directory: &Path) -> Vec<String> {
    let entries = fs::read_dir(directory).expect("the directory");
    let mut names: Vec<String> = entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Dates a file back by a day.
fn age(path: &Path) {
    let day = std::time::Duration::from_hours(24);
    let file = File::options().write(true).open(path).expect("the file");
    file.set_modified(std::time::SystemTime::now() - day)
        .expect("a date");
}

fn pipe(path: &Path) {
    let made = Command::new("mkfifo").arg(path).status();
    assert!(made.expect("mkfifo").success());
}

#[test]
fn edit_removes_only_leftovers_of_killed_edits() {
    let home = Home::new().config(KEPT);
    let stale = [".config-a1B2c3", ".xeroctl-config-a1B2c3"];
    let others = [
        ".config-notes.d",
        ".config-a1B2c",
        "x.config-a1B2c3",
        ".xeroctl-config-a.B2c3",
    ];
    for name in stale.iter().chain(&others) {
        let path = directory(&home).join(name);
        fs::write(&path, KEPT).expect("a file");
        age(&path);
    }
    let folder = directory(&home).join(".config-f0lder");
    fs::create_dir(&folder).expect("a directory");
    // Reading removes nothing.
    assert_eq!(home.run("config list").code, 0);
    assert!(directory(&home).join(stale[0]).exists());
    assert_eq!(home.run(SET).code, 0);
    let mut left: Vec<String> = others.iter().map(ToString::to_string).collect();
    left.extend([".config-f0lder".to_owned(), "config.toml".to_owned()]);
    left.sort();
    assert_eq!(names(&directory(&home)), left);
}

#[test]
fn removes_only_unmistakable_leftovers_elsewhere() {
    let home = Home::new();
    for name in [".config-a1B2c3", ".xeroctl-config-a1B2c3"] {
        fs::write(home.path().join(name), "x").expect("a file");
        age(&home.path().join(name));
    }
    fs::write(home.path().join("own.toml"), KEPT).expect("a file");
    let home = home.with("XEROCTL_CONFIG", "own.toml");
    assert_eq!(home.run(SET).code, 0);
    assert_eq!(names(home.path()), [".config-a1B2c3", "own.toml"]);
}

#[test]
fn held_lock_is_announced_and_obeys_timeout() {
    let home = Home::new().config(KEPT);
    let held = File::open(directory(&home)).expect("the directory");
    held.lock().expect("a lock");
    let run = home.run(&format!("{SET} --timeout 2500ms"));
    let place = directory(&home).display().to_string();
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (
            17,
            &*format!(
                "waiting for the lock on {place} (held by another process)\n\
                 error: could not lock {place} within --timeout 3s\n\
                 hint: another process holds the lock: wait for it, or end it\n"
            )
        )
    );
    assert_eq!(text(&file(&home)), KEPT);
    drop(held);
    assert_eq!(home.run(SET).code, 0);
}

#[test]
fn sandbox_lock_obeys_timeout() {
    let home = Home::new().with("XEROCTL_CONTEXT", "sandbox");
    assert_eq!(home.run("agents -o name").code, 0);
    let path = home.path().join(".local/state/xeroctl/sandbox/state.lock");
    let held = File::options().write(true).open(path);
    let held = held.expect("the lock");
    held.lock().expect("it is free");
    for line in ["agents", "sandbox reset --force"] {
        let run = home.run(&format!("{line} --timeout 300ms"));
        assert_eq!(run.code, 17, "{line}: {}", run.stderr);
        let said = run.stderr.contains("another process holds the lock ");
        assert!(said, "{line}: {}", run.stderr);
    }
    drop(held);
    assert_eq!(home.run("agents -o name").code, 0);
}

#[test]
fn released_lock_is_acquired() {
    let home = Home::new().config(KEPT);
    let held = File::open(directory(&home)).expect("the directory");
    held.lock().expect("a lock");
    std::thread::scope(|scope| {
        let run = scope.spawn(|| home.run(&format!("{SET} --timeout 60s")));
        std::thread::sleep(std::time::Duration::from_millis(200));
        assert_eq!(text(&file(&home)), KEPT);
        drop(held);
        assert_eq!(run.join().expect("it ends").code, 0);
    });
    assert!(text(&file(&home)).contains("csv"));
}

#[test]
fn special_files_are_rejected_or_time_out() {
    let home = Home::new();
    pipe(&home.path().join("pipe"));
    fs::create_dir(home.path().join("folder")).expect("a directory");
    std::os::unix::fs::symlink("nowhere", home.path().join("link")).expect("a link");
    for (name, code, said) in [
        ("pipe", 17, "pipe sent nothing within --timeout 200ms"),
        ("folder", 3, "folder is a directory"),
        ("/dev/zero", 3, "/dev/zero is longer than 4194304 bytes"),
        (
            "~/own.toml",
            3,
            "XEROCTL_CONFIG is ~/own.toml, and `~` is not expanded here",
        ),
    ] {
        let home = Home::new().with("XEROCTL_CONFIG", &absolute(&home, name));
        let run = home.run("config list --timeout 200ms");
        assert_eq!(run.code, code, "{name}: {}", run.stderr);
        assert!(run.stderr.contains(said), "{name}: {}", run.stderr);
    }
    for (name, said) in [
        (
            "none.toml",
            "warning: the file named by XEROCTL_CONFIG does not exist: ",
        ),
        ("link", " is a symbolic link to a file that does not exist"),
    ] {
        let home = Home::new().with("XEROCTL_CONFIG", &absolute(&home, name));
        let run = home.run("config list -o name");
        assert_eq!((run.code, run.stdout.as_str()), (0, "sandbox\n"), "{name}");
        assert!(run.stderr.contains(said), "{name}: {}", run.stderr);
    }
    for name in ["/dev/null", "pipe", "folder"] {
        let home = Home::new().with("XEROCTL_CONFIG", &absolute(&home, name));
        let run = home.run("config add a --base-url http://127.0.0.1/p/v1 --timeout 200ms");
        assert_eq!(run.code, 3, "{name}: {}", run.stderr);
        assert!(run.stderr.contains("is not a regular file"), "{name}");
    }
}

/// The name in this home; one of the system, or one with a tilde, as it is.
fn absolute(home: &Home, name: &str) -> String {
    if name.starts_with(['/', '~']) {
        name.to_owned()
    } else {
        home.path().join(name).display().to_string()
    }
}

#[test]
fn unexpanded_tilde_creates_no_directory() {
    let home = Home::new().with("XEROCTL_CONFIG", "~/own.toml");
    let run = home.run("config add a --base-url http://127.0.0.1/p/v1");
    assert_eq!(run.code, 3, "{}", run.stderr);
    assert_eq!(names(home.path()), [""; 0]);
    // What is called so is meant.
    fs::create_dir(home.path().join("~")).expect("a directory");
    fs::write(home.path().join("~/own.toml"), KEPT).expect("a file");
    assert_eq!(home.run("config list -o name").stdout, "lab\nsandbox\n");
}

#[test]
fn special_key_files_are_rejected_or_time_out() {
    let home = Home::new();
    pipe(&home.path().join("pipe"));
    fs::create_dir(home.path().join("folder")).expect("a directory");
    std::os::unix::fs::symlink("nowhere", home.path().join("link")).expect("a link");
    for (name, code, said) in [
        ("pipe", 17, "pipe sent nothing within --timeout 200ms"),
        ("folder", 2, "folder is a directory"),
        ("/dev/zero", 2, "/dev/zero is longer than 65536 bytes"),
        (
            "link",
            2,
            "link is a symbolic link to nowhere, which does not exist",
        ),
        ("none", 2, "none does not exist"),
        ("~/key", 2, "key does not exist (`~` is not expanded here)"),
    ] {
        for line in [
            "agents --base-url http://127.0.0.1:9/p/v1 --api-key-file",
            "config add a --base-url http://127.0.0.1:9/p/v1 --api-key-file",
            "config add a --base-url http://127.0.0.1:9/p/v1 --squads-api-key-file",
        ] {
            let run = home.run(&format!("{line} {name} --timeout 200ms"));
            assert_eq!(run.code, code, "{line} {name}: {}", run.stderr);
            assert!(run.stderr.contains(said), "{line} {name}: {}", run.stderr);
        }
    }
}

#[test]
fn special_input_files_are_rejected_or_time_out() {
    let home = Home::new()
        .with("XEROCTL_BASE_URL", "http://127.0.0.1:9/p/v1")
        .with("XEROCTL_API_KEY", "k");
    pipe(&home.path().join("pipe"));
    let path = home.path().join("pipe").display().to_string();
    for (name, code, said) in [
        (&*path, 17, "sent nothing within --timeout 200ms"),
        ("/dev/zero", 2, "is longer than 8388608 bytes"),
    ] {
        for line in [
            format!("api POST /a --input {name}"),
            format!("api POST /a -F a=@{name}"),
            format!("exec invoke --workspace w --tool t --args @{name}"),
            format!("exec context set --workspace w --file {name}"),
            format!(
                "squads create --squad 50000000-0000-4000-8000-000000000005 --name n --role r --adapter a --prompt @{name}"
            ),
        ] {
            let run = home.run(&format!("{line} --timeout 200ms --dry-run"));
            assert_eq!(run.code, code, "{line}: {}", run.stderr);
            assert!(run.stderr.contains(said), "{line}: {}", run.stderr);
        }
    }
}

#[test]
fn reads_pipe_with_writer() {
    let home = Home::new();
    let path = home.path().join("pipe");
    pipe(&path);
    std::thread::scope(|scope| {
        scope.spawn(|| fs::write(&path, "xero_piped\n").expect("a reader"));
        let line =
            "config add a --base-url http://127.0.0.1:9/p/v1 --api-key-file pipe --timeout 60s";
        let run = home.run(line);
        assert_eq!(run.code, 0, "{}", run.stderr);
    });
    assert!(text(&file(&home)).contains("api_key = \"xero_piped\""));
    std::thread::scope(|scope| {
        scope.spawn(|| fs::write(&path, KEPT).expect("a reader"));
        let named = Home::new().with("XEROCTL_CONFIG", &path.display().to_string());
        let run = named.run("config list -o name --timeout 60s");
        assert_eq!(run.stdout, "lab\nsandbox\n", "{}", run.stderr);
    });
}

#[test]
fn home_that_is_a_file_has_no_configuration() {
    let home = Home::new();
    fs::write(home.path().join("file"), "x").expect("a file");
    let inside = home.path().join("file/config").display().to_string();
    let home = home.with("XDG_CONFIG_HOME", &inside);
    let run = home.run("config list -o name");
    assert_eq!(
        (run.code, run.stdout.as_str(), run.stderr.as_str()),
        (0, "sandbox\n", "")
    );
    let run = home.run("config add a --base-url http://127.0.0.1/p/v1");
    assert_eq!(run.code, 3);
    let said = format!("{} is not a directory", home.path().join("file").display());
    assert!(run.stderr.contains(&said), "{}", run.stderr);
}

#[test]
fn warns_about_files_writable_by_others() {
    use std::os::unix::fs::PermissionsExt as _;
    let home = Home::new().config(KEPT);
    let mode = |mode| {
        fs::set_permissions(file(&home), fs::Permissions::from_mode(mode)).expect("a mode");
    };
    for (bits, said) in [
        (
            0o620,
            "is writable by other users, who could redirect your keys: chmod 600 ",
        ),
        (
            0o602,
            "is writable by other users, who could redirect your keys: chmod 600 ",
        ),
        (0o644, "is accessible to other users: chmod 600 "),
    ] {
        mode(bits);
        let run = home.run("config list -o name");
        assert!(run.stderr.contains(said), "{bits:o}: {}", run.stderr);
    }
}

/// What only root can set up; elsewhere these tests pass without a look.
mod as_root {
    use std::fs;
    use std::os::unix::fs::{MetadataExt as _, chown};

    use super::{KEPT, SET, directory, file, text};
    use crate::support::Home;

    const OTHER: u32 = 12345;

    fn is_root() -> bool {
        rustix::process::geteuid().is_root()
    }

    fn owner(path: &std::path::Path) -> (u32, u32) {
        let meta = path.metadata().expect("the file");
        (meta.uid(), meta.gid())
    }

    #[test]
    fn edit_keeps_the_owner() {
        if !is_root() {
            return;
        }
        let home = Home::new().config(KEPT);
        chown(file(&home), Some(OTHER), Some(OTHER + 1)).expect("an owner");
        let run = home.run(SET);
        assert_eq!(run.code, 0, "{}", run.stderr);
        assert_eq!(owner(&file(&home)), (OTHER, OTHER + 1));
        assert!(text(&file(&home)).contains("csv"));
        let said = format!("belongs to another user (ID {OTHER})");
        assert!(run.stderr.contains(&said), "{}", run.stderr);
        // The caller of sudo is no stranger.
        let home = home.with("SUDO_UID", &OTHER.to_string());
        assert_eq!(home.run(SET).stderr, "Changed lab: nothing changed\n");
    }

    #[test]
    fn files_created_by_root_belong_to_the_home_owner() {
        if !is_root() {
            return;
        }
        let home = Home::new();
        chown(home.path(), Some(OTHER), Some(OTHER + 1)).expect("an owner");
        let line = "config add lab --base-url http://127.0.0.1/p/v1 --api-key k";
        assert_eq!(home.run(line).code, 0);
        for path in [home.path().join(".config"), directory(&home), file(&home)] {
            assert_eq!(owner(&path), (OTHER, OTHER + 1), "{}", path.display());
        }
        let run = home.run("--context sandbox agents --limit 1 -o name");
        assert_eq!(run.code, 0);
        let state = home.path().join(".local/state/xeroctl/sandbox");
        for path in [
            home.path().join(".local"),
            state.clone(),
            state.join("state.json"),
            state.join("state.lock"),
        ] {
            assert_eq!(owner(&path), (OTHER, OTHER + 1), "{}", path.display());
        }
        // A file that XEROCTL_CONFIG names is no part of that home.
        let home = home.with("XEROCTL_CONFIG", "own.toml");
        assert_eq!(home.run(line).code, 0);
        assert_eq!(owner(&home.path().join("own.toml")).0, 0);
        fs::remove_file(home.path().join("own.toml")).expect("it is there");
    }
}
