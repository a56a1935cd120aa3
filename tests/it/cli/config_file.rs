//! The configuration file: its location, its permissions, and errors in it.

use std::path::PathBuf;

use crate::support::Home;

const KEPT: &str = "\
[deployment.lab]
base_url = \"http://127.0.0.1:8080/lab/v1\"
api_key = \"xero_lab\"
";

fn file(home: &Home) -> PathBuf {
    home.path().join(".config/xeroctl/config.toml")
}

fn text(home: &Home) -> String {
    std::fs::read_to_string(file(home)).expect("the file")
}

#[test]
fn syntax_error_exits_3_with_line_and_without_key() {
    for broken in [
        "current = \"a\"\n[deployment.a]\napi_key = \"xero_secret\n",
        "current = \"a\"\n[deployment.a]\napi_key = xero_secret\n",
        "current = \"a\"\n[deployment.a]\napi_key = [\"xero_secret\"]\n",
        "current = \"a\"\n[deployment.a]\nprotected = \"xero_secret\"\n",
        "current = \"a\"\n[deployment.a]\napi_keychain xero_secret = 1\n",
        "current = \"a\"\n[deployment.a]\nbase_url = \"x\" xero_secret\n",
    ] {
        let home = Home::new().config(broken);
        for line in [
            "agents",
            "config list",
            "config show",
            "config use a",
            "config set a --default-output csv",
        ] {
            let run = home.run(line);
            assert_eq!(
                (run.code, run.stdout.as_str()),
                (3, ""),
                "{line}: {broken}: {}",
                run.stderr
            );
            assert!(
                run.stderr.contains("config.toml, line 3, column "),
                "{line}: {broken}: {}",
                run.stderr
            );
            assert!(
                !run.stderr.contains("xero_secret"),
                "{line}: {broken}: {}",
                run.stderr
            );
        }
        for line in [
            "config path",
            "--help",
            "--version",
            "agents --help",
            "help exit-codes",
        ] {
            let run = home.run(line);
            assert_eq!((run.code, run.stderr.as_str()), (0, ""), "{line}");
        }
        assert_eq!(text(&home), broken, "nothing is written over it");
    }
}

#[test]
fn path_prints_the_effective_file() {
    let home = Home::new();
    assert_eq!(
        home.run("config path").stdout,
        format!("{}\n", file(&home).display())
    );
    let home = Home::new().with("XDG_CONFIG_HOME", "/nowhere/x");
    assert_eq!(
        home.run("config path").stdout,
        "/nowhere/x/xeroctl/config.toml\n"
    );
    let home = home.with("XEROCTL_CONFIG", "/nowhere/own.toml");
    assert_eq!(home.run("config path").stdout, "/nowhere/own.toml\n");
    assert_eq!(
        home.run("config path -o json").stdout,
        "{\"path\":\"/nowhere/own.toml\"}\n"
    );
    let home = Home::new().with("XDG_CONFIG_HOME", "relative");
    assert_eq!(
        home.run("config path").stdout,
        format!("{}\n", file(&home).display())
    );
}

#[test]
fn variable_selects_the_file() {
    let home = Home::new();
    let home = home.with("XEROCTL_CONFIG", "own.toml");
    assert_eq!(
        home.run("config add lab --base-url http://127.0.0.1/p/v1 --api-key k")
            .code,
        0
    );
    assert!(home.path().join("own.toml").exists());
    assert!(!file(&home).exists());
}

#[cfg(unix)]
mod modes {
    use std::os::unix::fs::PermissionsExt as _;
    use std::path::Path;

    use super::{KEPT, file, text};
    use crate::cli::shown::runs;
    use crate::support::Home;

    const SET: &str = "config set lab --default-output csv";

    fn mode(path: &Path) -> u32 {
        path.metadata().expect("the file").permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).expect("permissions");
    }

    #[test]
    fn new_file_and_directory_are_private() {
        let home = Home::new();
        assert_eq!(
            home.run("config add lab --base-url http://127.0.0.1/p/v1 --api-key k")
                .code,
            0
        );
        let file = file(&home);
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().expect("its directory")), 0o700);
    }

    #[test]
    fn every_write_restores_the_modes() {
        let home = Home::new().config(KEPT);
        let file = file(&home);
        set_mode(&file, 0o644);
        set_mode(file.parent().expect("its directory"), 0o755);
        assert_eq!(home.run(SET).code, 0);
        assert_eq!(mode(&file), 0o600);
        assert_eq!(mode(file.parent().expect("its directory")), 0o700);
    }

    #[test]
    fn warns_about_loose_modes_with_the_fix() {
        let home = Home::new().config(KEPT);
        set_mode(&file(&home), 0o640);
        set_mode(file(&home).parent().expect("its directory"), 0o711);
        insta::assert_snapshot!(runs(
            &home,
            &["config list -o name", "config list -o name -q"]
        ));
    }

    #[test]
    fn ignores_modes_of_parents_of_a_named_file() {
        let home = Home::new();
        let dir = home.path().join("shared");
        std::fs::create_dir(&dir).expect("a directory");
        set_mode(&dir, 0o755);
        let file = dir.join("own.toml");
        std::fs::write(&file, KEPT).expect("a file");
        set_mode(&file, 0o600);
        let home = home.with("XEROCTL_CONFIG", "shared/own.toml");
        assert_eq!(home.run("config list -o name").stderr, "");
        assert_eq!(home.run(SET).code, 0);
        assert_eq!(mode(&dir), 0o755, "nor changed");
        assert_eq!(mode(&file), 0o600);
    }

    #[test]
    fn write_follows_symbolic_links() {
        let home = Home::new().config(KEPT);
        let (link, target) = (file(&home), home.path().join("dotfiles.toml"));
        std::fs::rename(&link, &target).expect("moved");
        std::os::unix::fs::symlink("../../dotfiles.toml", &link).expect("a link");
        assert_eq!(home.run(SET).code, 0);
        assert!(link.is_symlink(), "it stays a link");
        assert_eq!(mode(&target), 0o600);
        assert!(text(&home).contains("output = \"csv\""));
        let left: Vec<_> = std::fs::read_dir(home.path())
            .expect("the home")
            .flatten()
            .collect();
        assert!(
            left.iter()
                .all(|entry| !entry.file_name().to_string_lossy().starts_with(".config-"))
        );
    }
}
