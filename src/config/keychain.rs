//! Keys in the system's keychain, by the system's own tool: `secret-tool` for the Secret Service (GNOME Keyring, `KWallet`),
//! `security` on macOS. A key is stored under the service `xeroctl` and the entry's name as the account.

use std::time::Duration;

use super::Tools;
use crate::error::Error;
use crate::program::{Failed, Program};
use crate::sanitize;
use crate::secret::Secret;

/// A keychain that asks its user would never answer a script.
const LIMIT: Duration = Duration::from_secs(3);

/// The service under which keys are stored.
const SERVICE: &str = "xeroctl";

const IS_MACOS: bool = cfg!(target_os = "macos");

/// The package that holds the tool, for a hint.
const INSTALL: &str = "install secret-tool (Debian and Ubuntu: libsecret-tools; Fedora: libsecret)";

/// Reads the key of an entry.
///
/// # Errors
/// Exit 3 if the keychain can't be read or has no such entry.
pub(super) fn read(entry: &str, tools: &Tools<'_>) -> Result<Vec<u8>, Error> {
    let words = if IS_MACOS {
        vec![
            "security",
            "find-generic-password",
            "-s",
            SERVICE,
            "-a",
            entry,
            "-w",
        ]
    } else {
        vec![
            "secret-tool",
            "lookup",
            "service",
            SERVICE,
            "account",
            entry,
        ]
    };
    let output = run(&words, None, tools).map_err(|why| {
        let error = failed(&format!("the keychain entry {entry} can't be read"), &why);
        // Both tools say nothing else of an entry that does not exist.
        if why.has_exited && (why.said.trim().is_empty() || IS_MACOS) {
            return Error::config(format!("the keychain has no entry {entry} for xeroctl"));
        }
        error
    })?;
    Ok(output)
}

/// Stores a key under an entry, replacing the one that is there.
///
/// # Errors
/// Exit 3 if the keychain can't be written.
pub fn store(entry: &str, key: &Secret, tools: &Tools<'_>) -> Result<(), Error> {
    let label = format!("xeroctl: {entry}");
    let (words, input) = if IS_MACOS {
        // An argument would be visible to other users.
        let quoted =
            |text: &str| format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        let line = format!(
            "add-generic-password -U -s {SERVICE} -a {} -w {}\n",
            quoted(entry),
            quoted(key.expose())
        );
        (vec!["security", "-i"], line)
    } else {
        let words = [
            "secret-tool",
            "store",
            "--label",
            &label,
            "service",
            SERVICE,
            "account",
            entry,
        ];
        (words.to_vec(), key.expose().to_owned())
    };
    run(&words, Some(input.as_bytes()), tools)
        .map(|_| ())
        .map_err(|why| {
            failed(
                &format!("the keychain entry {entry} can't be written"),
                &why,
            )
        })
}

fn run(words: &[&str], input: Option<&[u8]>, tools: &Tools<'_>) -> Result<Vec<u8>, Failed> {
    let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
    Program {
        words: &words,
        input,
        limit: LIMIT,
        env: tools.env,
        interrupt: tools.interrupt,
    }
    .run()
}

fn failed(what: &str, why: &Failed) -> Error {
    let tool = if IS_MACOS { "security" } else { "secret-tool" };
    let error = Error::config(format!("{what}: {tool} {}", why.reason));
    let said = why.said.lines().filter(|line| !line.trim().is_empty());
    let error = said.take(3).fold(error, |error, line| {
        error.detail(sanitize::cell(line).into_owned())
    });
    if why.is_missing && !IS_MACOS {
        error.hint(INSTALL)
    } else if why.is_late {
        error.hint("unlock the keychain first, for example by logging in to the desktop")
    } else {
        error
    }
}
