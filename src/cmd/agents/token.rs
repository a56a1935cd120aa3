//! A token that is shown only once: it reaches the user, or the key that it belongs to is revoked.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::api::Id;
use crate::api::join_keys::{Create, Created, Revoke, TOKEN_NAMES};
use crate::api::reply::Reply;
use crate::error::{Error, Exit};
use crate::interrupt::{Interrupt, Undo};
use crate::json;
use crate::line;
use crate::secret::Secret;
use crate::session::Session;
use crate::view::Format;
use crate::view::column::{Cell, Column};

/// What is shown of a key that was just created: its token comes last.
const CREATED: &[Column<Created>] = &[
    Column::id("ID", |created| Cell::from(&created.key.id)),
    Column::text("NAME", |created| Cell::from(&created.key.name)),
    Column::state("STATUS", |created| Cell::from(&created.key.status)),
    Column::text("REGION", |created| Cell::from(&created.key.region)),
    Column::text("ENROLLMENTS", |created| {
        Cell::from(&created.key.enrollments)
    }),
    Column::text("MAX", |created| Cell::from(&created.key.max_enrollments)),
    Column::text("EXPIRES", |created| Cell::from(&created.key.expires_at)),
    Column::text("ROLE", |created| Cell::from(&created.key.agent_role)),
    Column::text("CREATED", |created| Cell::from(&created.key.created_at)),
    Column::text("TOKEN", |created| match &created.token {
        Some(token) => token.expose().into(),
        None => Cell::Absent,
    }),
];

/// Creates a join key and delivers its token: to standard output, or into a new file.
///
/// # Errors
/// Exit 2 before any request when the token has no place to go; exit 1 when the key was created but its token could
/// not be delivered, after revoking the key.
pub(super) async fn create(
    session: &Session<'_>,
    create: &Create,
    token_file: Option<&Path>,
) -> Result<Exit, Error> {
    if token_file.is_none() && matches!(session.look.format, Format::Name | Format::Csv) {
        return Err(Error::usage(format!(
            "-o {} has no place for the token, which is shown only once",
            session.look.format.word()
        ))
        .hint("have it written to a file: --token-file FILE"));
    }
    let context = session.context;
    let path = token_file.map(|path| context.env.absolute(path));
    if session.is_dry() {
        if let Some(path) = path.filter(|path| path.symlink_metadata().is_ok()) {
            return Err(exists(&path));
        }
        session.apply(create, "").await?;
        return Ok(Exit::Done);
    }
    let file = path
        .map(|path| TokenFile::create(path, &context.interrupt))
        .transpose()?;
    // From here until the token is delivered, Ctrl-C waits: a key whose token nobody has is a danger.
    let _hold = context.interrupt.hold(Some(
        "interrupted: a join key may have been created whose token nobody has: see: xeroctl agents join-keys"
            .to_owned(),
    ));
    let reply = match session.apply(create, "agents join-keys --all").await {
        Ok(Some(reply)) => reply,
        Ok(None) => return Ok(Exit::Done),
        Err(error) => {
            if let Some(file) = file {
                file.discard();
            }
            return Err(error);
        }
    };
    match deliver(session, &reply, file) {
        Ok(Some(path)) => {
            session.ui().warn_always(&format!(
                "the token is in {} and nowhere else: the router does not show it again",
                path.display()
            ));
            hint_of_file(session, &path);
            show_without_token(session, &reply)?;
        }
        Ok(None) => {
            session.ui().warn_always(
                "the token is shown only this once: store it now, and give it to trusted workers alone",
            );
            hint(session);
        }
        Err(why) => return Err(take_back(session, &reply.value, why).await),
    }
    Ok(Exit::Done)
}

/// Delivers the token. Returns the file that it is in now, if it is in one.
fn deliver(
    session: &Session<'_>,
    reply: &Reply<Created>,
    file: Option<TokenFile>,
) -> Result<Option<PathBuf>, Error> {
    let Some(token) = &reply.value.token else {
        if let Some(file) = file {
            file.discard();
        }
        return Err(Error::new(
            Exit::Other,
            "the router's answer holds no token",
        ));
    };
    let Some(file) = file else {
        if session.ui().output_is_closed() {
            return Err(Error::new(Exit::Other, "standard output is closed"));
        }
        return session.show(reply, CREATED).map(|()| None);
    };
    file.fill(token).map(Some)
}

/// The key without its token, which is in a file now.
fn show_without_token(session: &Session<'_>, reply: &Reply<Created>) -> Result<(), Error> {
    let token = reply.value.token.as_ref().map_or("", Secret::expose);
    let document = json::without(reply.document.get(), TOKEN_NAMES, token);
    let shown: Created = serde_json::from_str(&document)
        .map_err(|error| Error::new(Exit::Other, "the key can't be shown").cause(error))?;
    session.show_as(&shown, &document, CREATED)
}

/// Revokes a key whose token was lost.
async fn take_back(session: &Session<'_>, created: &Created, why: Error) -> Error {
    let reason = if why.is_closed_pipe() {
        "standard output was closed"
    } else {
        why.message()
    };
    let lost = format!("the join key was created, but its token could not be delivered: {reason}");
    let Some(id) = &created.key.id else {
        return Error::new(Exit::Other, lost)
            .detail("the router's answer has no id either, so the key could not be revoked")
            .next("find it and revoke it", "agents join-keys --all");
    };
    let revoked = match id.parse::<Id>() {
        Ok(id) => session
            .take_back(&Revoke(&id), &revoke_command(id.as_str()))
            .await
            .map(|_| ()),
        Err(why) => Err(Error::new(Exit::Other, why)),
    };
    match revoked {
        Ok(()) => Error::new(Exit::Other, lost)
            .detail(format!("so the join key {id} was revoked"))
            .next("create another", "agents join-keys --create --help"),
        Err(error) => Error::new(Exit::Other, lost)
            .detail(format!(
                "the join key {id} could not be revoked either: {}",
                error.message()
            ))
            .next("revoke it", revoke_command(id)),
    }
}

/// The words of the command that revokes a key without asking.
fn revoke_command(id: &str) -> String {
    if id.starts_with('-') {
        format!("agents join-keys --revoke --force -- {}", line::quote(id))
    } else {
        format!("agents join-keys {} --revoke --force", line::quote(id))
    }
}

/// How a worker takes the token: not from its arguments, which everybody on its machine can read.
fn hint(session: &Session<'_>) {
    session.ui().hint(
        "on the worker's machine, without the token in any argument or history: read -rs XEM_JOIN_KEY && export XEM_JOIN_KEY",
    );
}

fn hint_of_file(session: &Session<'_>, path: &Path) {
    let path = line::quote(&path.display().to_string());
    session.ui().hint(&format!(
        "the worker takes it from its environment, not from its arguments: export XEM_JOIN_KEY=\"$(cat {path})\""
    ));
}

fn exists(path: &Path) -> Error {
    Error::usage(format!(
        "--token-file {}: it exists, and a token never overwrites anything",
        path.display()
    ))
}

/// A file that was made for a token before the request.
struct TokenFile {
    path: PathBuf,
    file: File,
    // A signal before the token is there removes the file.
    _undo: Undo,
}

impl TokenFile {
    /// Makes the file: it must not exist, and only its owner may read it.
    fn create(path: PathBuf, interrupt: &Interrupt) -> Result<Self, Error> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let file = options.open(&path).map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                exists(&path)
            } else {
                Error::usage(format!("--token-file {}: it can't be made", path.display()))
                    .cause(error)
            }
        })?;
        let doomed = path.clone();
        let undo = interrupt.cleanup(move || {
            let _ = std::fs::remove_file(doomed);
        });
        Ok(Self {
            path,
            file,
            _undo: undo,
        })
    }

    /// Writes the token and sees to it that it is on the disk.
    fn fill(mut self, token: &Secret) -> Result<PathBuf, Error> {
        let written = self
            .file
            .write_all(format!("{}\n", token.expose()).as_bytes())
            .and_then(|()| self.file.sync_all());
        match written {
            Ok(()) => Ok(self.path),
            Err(error) => {
                let why = format!("{} could not be written: {error}", self.path.display());
                self.discard();
                Err(Error::new(Exit::Other, why))
            }
        }
    }

    /// Removes the file: nothing was created.
    fn discard(self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
