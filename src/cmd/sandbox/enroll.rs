//! `xeroctl sandbox enroll`.

use std::path::PathBuf;

use serde_json::json;

use super::local;
use crate::cmd::{input, report, values};
use crate::config::KeySource;
use crate::error::{Error, Exit};
use crate::sandbox::{self, EnrollError, Enrollment, Worker};
use crate::secret::Secret;
use crate::session::Context;
use crate::view::Summary;

/// Enroll a simulated worker with a join key's token
///
/// The new agent has the join key's region, tiers, and role. A real worker enrolls by itself when it starts; this command takes its place in the sandbox.
#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  xeroctl sandbox enroll --token-file gpu-pool.token
  xeroctl sandbox enroll --token-file gpu-pool.token --name gpu-worker-9
  xeroctl sandbox enroll --token-file - < gpu-pool.token

To create a join key and its token file:
  xeroctl --context sandbox agents join-keys --create --name gpu-pool \\
      --region us-east --router-addr tcp://router:5555 \\
      --token-file gpu-pool.token

The exit code is 4 if no join key in the sandbox has this token, and 6 if the
join key is revoked, exhausted, or expired.")]
pub struct Args {
    /// Read the join key's token from FILE (- for standard input)
    #[arg(long, value_name = "FILE", value_parser = values::path)]
    token_file: PathBuf,
    /// Name of the agent [default: the join key's name and a number]
    #[arg(long, allow_hyphen_values = true, value_parser = values::text)]
    name: Option<String>,
}

impl Args {
    /// Runs the command.
    ///
    /// # Errors
    /// Exit 2 if the token can't be read, 4 if it is unknown, 6 if its join key is not active, 1 if the state cannot be
    /// changed, 17 if another process holds the lock.
    #[expect(clippy::unused_async, reason = "every command runs the same way")]
    pub async fn run(self, context: &Context) -> Result<Exit, Error> {
        let token = self.token(context)?;
        context.ui.register_secret(&token);
        if self
            .name
            .as_deref()
            .is_some_and(|name| name.contains(token.expose()))
        {
            return Err(Error::usage("--name: the name contains the token"));
        }
        let worker = Worker {
            token: token.expose(),
            name: self.name.as_deref(),
        };
        let options = local::options(context);
        if context.globals.dry_run {
            let plan = sandbox::plan_enrollment(&options, &worker).map_err(refused)?;
            let what = format!(
                "would enroll {} in {} with the join key {}",
                plan.name, plan.region, plan.join_key_id
            );
            return report::dry(context, &what);
        }
        let enrollment = sandbox::enroll(&options, &worker).map_err(refused)?;
        show(context, &enrollment)?;
        Ok(Exit::Success)
    }

    fn token(&self, context: &Context) -> Result<Secret, Error> {
        const OPTION: &str = "--token-file";
        if self.token_file.as_os_str() != "-" {
            let file = context.env.absolute(&self.token_file);
            return context.key(&KeySource::FlagFile(OPTION, file), None);
        }
        let text = input::file(OPTION, "-", context)?;
        Secret::key(&text).map_err(|unusable| {
            Error::usage(format!("the token on standard input {}", unusable.reason()))
        })
    }
}

fn show(context: &Context, enrollment: &Enrollment) -> Result<(), Error> {
    let id = enrollment.agent_id.as_deref().unwrap_or_default();
    let Enrollment {
        name,
        region,
        join_key_id,
        join_key_status,
        ..
    } = enrollment;
    let mut sentence =
        format!("The agent {id} ({name}) was enrolled in {region} with the join key {join_key_id}");
    sentence.push_str(match *join_key_status {
        "exhausted" => ", which is now exhausted.",
        _ => ".",
    });
    context.ui.set_changed(&sentence);
    let render_options = context.render_options()?;
    if !render_options.on_terminal() && !render_options.format.is_machine() {
        context.ui.note(&sentence);
    }
    context.renderer()?.done(&Summary {
        name: id,
        line: &format!("{id}\tenrolled"),
        sentence: &sentence,
        fields: &[
            ("id", json!(id)),
            ("name", json!(name)),
            ("join_key_id", json!(join_key_id)),
            ("status", json!("active")),
        ],
        json: None,
    })?;
    context.ui.hint(&format!(
        "list its events: xeroctl --context sandbox agents {id} --events"
    ));
    Ok(())
}

fn refused(error: EnrollError) -> Error {
    match error {
        EnrollError::UnknownToken => Error::new(
            Exit::Auth,
            "unknown token: no join key in the sandbox has it",
        )
        .hint("create a join key: xeroctl --context sandbox agents join-keys --create --help"),
        EnrollError::NotActive(id, status) => Error::new(
            Exit::Conflict,
            format!("the join key {id} is {status}, so no worker can enroll with it"),
        )
        .hint("create another: xeroctl --context sandbox agents join-keys --create --help"),
        EnrollError::State(error) => {
            let exit = match error.kind() {
                std::io::ErrorKind::TimedOut => Exit::Unavailable,
                _ => Exit::Failure,
            };
            Error::new(exit, "cannot change the sandbox's state").cause(error)
        }
    }
}
