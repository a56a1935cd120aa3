//! Configuration: the file, and the settings that result from the command line, the environment, and the file.

mod directory;
mod disk;
pub mod edit;
pub mod file;
pub mod key;
pub mod keychain;
mod lock;
mod owner;
mod resolve;
pub mod settings;
mod source;
mod syntax;
mod unknown;

use crate::env::Env;
use crate::interrupt::Interrupt;

pub use file::{Config, Deployment};
pub use key::KeySource;
pub use settings::{Protection, ServerLocation, Settings};
pub use source::{GlobalArgs, Origin, Sourced, Sources};

/// What running another program takes.
#[derive(Clone, Copy)]
pub struct Tools<'a> {
    /// The environment that it gets.
    pub env: &'a Env,
    /// A signal ends it.
    pub interrupt: &'a Interrupt,
}

/// The deployment that always exists: the router embedded in this program.
pub const SANDBOX: &str = "sandbox";

/// Checks that a text is a valid deployment name: `[A-Za-z0-9._-]{1,64}`.
///
/// # Errors
/// A sentence with the rule.
pub fn check_name(name: &str) -> Result<(), String> {
    let fits = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if fits {
        Ok(())
    } else {
        Err(
            "a deployment's name consists of 1 to 64 of the characters A-Z a-z 0-9 . _ -"
                .to_owned(),
        )
    }
}
