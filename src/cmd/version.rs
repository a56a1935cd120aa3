//! `xeroctl version`.

use serde::Serialize;

use crate::error::{Error, Exit};
use crate::session::Context;
use crate::view::column::{Cell, Column};

/// Show the version, and how xeroctl was built
///
/// Uses no network. The commit is unknown for development builds, and for
/// builds without a repository.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl version
  xeroctl version -o json
  xeroctl version -o name")]
pub struct Args {}

#[derive(Serialize)]
struct Build {
    version: &'static str,
    commit: &'static str,
    target: &'static str,
    profile: &'static str,
    features: Vec<String>,
}

const COLUMNS: &[Column<Build>] = &[
    Column::id("VERSION", |build| build.version.into()),
    Column::text("COMMIT", |build| build.commit.into()),
    Column::text("TARGET", |build| build.target.into()),
    Column::text("PROFILE", |build| build.profile.into()),
    Column::text("FEATURES", |build| Cell::list(&build.features)),
];

impl Args {
    /// Runs the command.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let features = env!("XEROCTL_BUILD_FEATURES").split(',');
        let build = Build {
            version: env!("CARGO_PKG_VERSION"),
            commit: env!("XEROCTL_BUILD_COMMIT"),
            target: env!("XEROCTL_BUILD_TARGET"),
            profile: env!("XEROCTL_BUILD_PROFILE"),
            features: features
                .filter(|name| !name.is_empty())
                .map(str::to_owned)
                .collect(),
        };
        context.renderer_of(COLUMNS)?.computed(COLUMNS, &build)?;
        Ok(Exit::Success)
    }
}
