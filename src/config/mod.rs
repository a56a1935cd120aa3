//! Configuration: the file, and what the line, the environment and the file come to together.

pub mod edit;
pub mod file;
pub mod key;
pub mod pair;
pub mod resolve;
pub mod settings;
pub mod source;
pub mod squads;

pub use file::{Config, Deployment};
pub use key::KeySource;
pub use pair::Pair;
pub use resolve::{Place, Resolved};
pub use source::{Flags, Origin, Sourced};

/// The deployment that always exists: the router embedded in this program.
pub const SANDBOX: &str = "sandbox";

/// Whether a text can name a deployment: `[A-Za-z0-9._-]{1,64}`.
///
/// # Errors
/// A sentence that tells the rule.
pub fn check_name(name: &str) -> Result<(), String> {
    let fits = (1..=64).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
    if fits {
        Ok(())
    } else {
        Err("a deployment's name has 1 to 64 of the characters A-Z a-z 0-9 . _ -".to_owned())
    }
}
