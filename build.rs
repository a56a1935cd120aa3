//! Records what the program was built from, for `xeroctl version`, and says how releases are linked. Uses no network.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable that names the commit, for builds without a repository.
const VARIABLE: &str = "XEROCTL_COMMIT";

fn main() {
    pack_relocations();
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={VARIABLE}");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR"));
    let profile = variable("PROFILE");
    let commit = commit(&root, &profile).unwrap_or_else(|| "unknown".to_owned());
    println!("cargo:rustc-env=XEROCTL_BUILD_COMMIT={commit}");
    println!("cargo:rustc-env=XEROCTL_BUILD_PROFILE={profile}");
    println!(
        "cargo:rustc-env=XEROCTL_BUILD_TARGET={}",
        variable("TARGET")
    );
    let features = env::vars()
        .filter_map(|(name, _)| Some(name.strip_prefix("CARGO_FEATURE_")?.to_lowercase()))
        .map(|name| name.replace('_', "-"))
        .filter(|name| name != "default");
    let mut features: Vec<String> = features.collect();
    features.sort();
    println!(
        "cargo:rustc-env=XEROCTL_BUILD_FEATURES={}",
        features.join(",")
    );
}

/// Stores the relocations of a release in their compact form: a twentieth of the program's size. Only glibc 2.36 and newer
/// reads it, and linkers that came with it write it, so the program must be built for the machine that builds it.
fn pack_relocations() {
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let is_here = variable("TARGET") == variable("HOST");
    let is_glibc =
        variable("CARGO_CFG_TARGET_OS") == "linux" && variable("CARGO_CFG_TARGET_ENV") == "gnu";
    if variable("PROFILE") == "release" && is_here && is_glibc && glibc() >= Some((2, 36)) {
        println!("cargo:rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}

/// The version of this machine's glibc.
fn glibc() -> Option<(u32, u32)> {
    let output = Command::new("getconf")
        .arg("GNU_LIBC_VERSION")
        .output()
        .ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let (major, minor) = text.trim().strip_prefix("glibc ")?.split_once('.')?;
    let minor = minor.split('.').next()?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

fn commit(root: &Path, profile: &str) -> Option<String> {
    if let Ok(given) = env::var(VARIABLE)
        && given
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        && !given.is_empty()
    {
        return Some(given);
    }
    if let Some(packaged) = packaged(root) {
        return Some(packaged);
    }
    // To follow the commits would build the whole program again after each of them, and a commit that is not followed
    // would be the wrong one.
    if profile != "release" {
        return None;
    }
    // A package that was unpacked inside another repository is not that repository's.
    if Path::new(&git(root, &["rev-parse", "--show-toplevel"])?) != root {
        return None;
    }
    // Whether the sources are those of the commit changes with each of them.
    for file in ["src", "Cargo.toml", "Cargo.lock"] {
        println!("cargo:rerun-if-changed={file}");
    }
    for file in ["HEAD", "logs/HEAD"] {
        let path = root.join(git(root, &["rev-parse", "--git-path", file])?);
        // A file that isn't there would count as changed each time.
        if path.exists() {
            println!("cargo:rerun-if-changed={}", path.display());
        }
    }
    git(
        root,
        &[
            "describe",
            "--always",
            "--dirty",
            "--exclude=*",
            "--abbrev=12",
        ],
    )
}

/// The commit that cargo recorded in a package.
fn packaged(root: &Path) -> Option<String> {
    let file = root.join(".cargo_vcs_info.json");
    let text = std::fs::read_to_string(file).ok()?;
    let (_, rest) = text.split_once("\"sha1\"")?;
    let commit = rest.split('"').nth(1)?;
    Some(commit.chars().take(12).collect())
}

/// The output of git, if it succeeds.
fn git(root: &Path, words: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(words).output();
    let output = output.ok().filter(|output| output.status.success())?;
    let text = String::from_utf8(output.stdout).ok()?;
    Some(text.trim().to_owned()).filter(|text| !text.is_empty())
}
