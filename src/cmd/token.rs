//! A token that is shown only once: if it cannot be delivered, its key is revoked.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::api::Id;
use crate::api::reply::Reply;
use crate::api::request::{Endpoint, Nothing, Request};
use crate::error::{Error, Exit};
use crate::interrupt::{CleanupGuard, Interrupt};
use crate::json;
use crate::secret::Secret;
use crate::session::Session;
use crate::view::column::Column;

/// The maximum number of member names shown.
const MOST_NAMES: usize = 20;

/// A kind of key whose token is shown only once.
pub(super) trait Kind {
    /// The request that creates such a key.
    type Create: Endpoint<Reply = Self::Created>;
    /// A key that was just created.
    type Created: serde::de::DeserializeOwned + 'static;

    /// The columns of a new key; the token is the last.
    const COLUMNS: &'static [Column<Self::Created>];
    /// The names of the members that may hold the token.
    const TOKEN_NAMES: &'static [&'static str];
    /// The name of such a key: `join key`.
    const NOUN: &'static str;
    /// The words of the command that creates one.
    const CREATE: &'static str;

    /// The token, if the server sent one.
    fn token(created: &Self::Created) -> Option<&Secret>;
    /// The id.
    fn id(created: &Self::Created) -> Option<&str>;
    /// The request that revokes the key.
    fn revoke(&self, id: &Id) -> Request;
    /// The words of the command that revokes the key without a prompt.
    fn revoke_command(&self, id: &str) -> String;
    /// The words of the command that lists the keys.
    fn list_command(&self) -> String;
    /// Prints how to use the token, which is now on standard output or in this file.
    fn hint(&self, session: &Session<'_>, created: &Self::Created, file: Option<&Path>);
}

/// Where a token is delivered.
pub(super) struct Destination {
    /// A new file; without it, standard output.
    file: Option<TokenFile>,
}

/// The heading of the token's column.
const TOKEN: &str = "TOKEN";

/// Prepares the destination of a token, before any request.
///
/// # Errors
/// Exit 2 if there is none; exit 3 if a protected deployment was not named on the command line.
pub(super) fn prepare<K: Kind>(
    session: &Session<'_>,
    token_file: Option<&Path>,
) -> Result<Destination, Error> {
    if token_file.is_none() && session.render_options.format.omits_secrets() {
        return Err(Error::usage(format!(
            "-o {} cannot show the token, which is only sent once",
            session.render_options.format.word()
        ))
        .hint("write it to a file: --token-file FILE"));
    }
    session.declare(K::COLUMNS)?;
    let shows_token = session
        .render_options
        .columns
        .as_ref()
        .is_none_or(|columns| columns.iter().any(|name| name.eq_ignore_ascii_case(TOKEN)));
    if token_file.is_none() && !shows_token {
        return Err(Error::usage(
            "--columns: without TOKEN, the token is lost: it is only sent once",
        )
        .hint("write it to a file: --token-file FILE"));
    }
    let context = session.context;
    let path = token_file.map(|path| context.env.absolute(path));
    if session.is_dry() {
        return match path.filter(|path| path.symlink_metadata().is_ok()) {
            Some(path) => Err(exists(&path)),
            None => Ok(Destination { file: None }),
        };
    }
    session.check_protection()?;
    let file = path.map(|path| TokenFile::create(path, &context.interrupt));
    Ok(Destination {
        file: file.transpose()?,
    })
}

/// Creates a key and delivers its token. `None` in a dry run.
///
/// # Errors
/// Exit 1 if the key was created but its token could not be delivered, after revoking the key; otherwise as
/// [`Session::change`].
pub(super) async fn create<K: Kind>(
    session: &Session<'_>,
    kind: &K,
    create: &K::Create,
    destination: Destination,
) -> Result<Option<Reply<K::Created>>, Error> {
    let context = session.context;
    let list = kind.list_command();
    // Until the token is delivered, Ctrl-C waits: a key whose token was lost would stay valid.
    let word = session.ui().last_word(format!(
        "interrupted: a {} may have been created, but its token was not delivered; check: {} {list}",
        K::NOUN,
        session.ui().program()
    ));
    let hold = context.interrupt.hold(Some(word));
    let Some(reply) = session.change(create, &list).await? else {
        return Ok(None);
    };
    let delivered = deliver::<K>(session, &reply, destination.file);
    // From now on it is masked.
    if let Some(token) = K::token(&reply.value) {
        session.ui().register_secret(token);
    }
    match delivered {
        Ok(Some(path)) => {
            drop(hold);
            let word = session.ui().last_word_of_done(format!(
                "interrupted: the {} was created, and its token is in {}",
                K::NOUN,
                path.display()
            ));
            let _hold = context.interrupt.hold(Some(word));
            session.ui().warn_always(&format!(
                "the token is only in {}: the {} does not show it again",
                path.display(),
                session.noun()
            ));
            kind.hint(session, &reply.value, Some(&path));
            show_without_token::<K>(session, &reply)?;
        }
        Ok(None) => kind.hint(session, &reply.value, None),
        Err(why) => return Err(rollback(session, kind, &reply.value, why).await),
    }
    Ok(Some(reply))
}

/// Delivers the token. Returns the file that holds it, if any.
fn deliver<K: Kind>(
    session: &Session<'_>,
    reply: &Reply<K::Created>,
    file: Option<TokenFile>,
) -> Result<Option<PathBuf>, Error> {
    let Some(token) = K::token(&reply.value) else {
        return Err(Error::new(
            Exit::Failure,
            format!(
                "the {}'s response has no token (its members: {})",
                session.noun(),
                member_names(reply.document.get())
            ),
        ));
    };
    let Some(file) = file else {
        if session.ui().output_is_closed() {
            return Err(Error::new(Exit::Failure, "standard output is closed"));
        }
        return session.show(reply, K::COLUMNS).map(|()| None);
    };
    file.fill(token).map(Some)
}

/// The names of an object's members, and of those one level deeper, without any value: a value may be the token.
fn member_names(document: &str) -> String {
    let mut names = Vec::new();
    for (name, value) in json::entries(document).unwrap_or_default() {
        let inner = json::entries(value.get()).unwrap_or_default();
        names.extend(inner.iter().map(|(inner, _)| format!("{name}.{inner}")));
        if inner.is_empty() {
            names.push(name);
        }
    }
    if names.is_empty() {
        return "none".to_owned();
    }
    let shown = names.iter().take(MOST_NAMES).cloned();
    let more = (names.len() > MOST_NAMES).then(|| "…".to_owned());
    shown.chain(more).collect::<Vec<_>>().join(", ")
}

/// Shows the key without its token, which is in a file.
fn show_without_token<K: Kind>(
    session: &Session<'_>,
    reply: &Reply<K::Created>,
) -> Result<(), Error> {
    let token = K::token(&reply.value).map_or("", Secret::expose);
    let document = json::without(reply.document.get(), K::TOKEN_NAMES, token);
    let shown: K::Created = serde_json::from_str(&document)
        .map_err(|error| Error::new(Exit::Failure, "the key can't be shown").cause(error))?;
    session.renderer().record(K::COLUMNS, &shown, &document)
}

/// A request whose response is ignored.
struct Rollback(Request);

impl Endpoint for Rollback {
    type Reply = Nothing;

    fn request(&self) -> Request {
        self.0.clone()
    }
}

/// Revokes a key whose token was lost.
async fn rollback<K: Kind>(
    session: &Session<'_>,
    kind: &K,
    created: &K::Created,
    why: Error,
) -> Error {
    let reason = if why.is_closed_pipe() {
        "standard output was closed"
    } else {
        why.message()
    };
    let noun = K::NOUN;
    let lost = format!("the {noun} was created, but its token could not be delivered: {reason}");
    let Some(id) = K::id(created) else {
        return Error::new(Exit::Failure, lost)
            .detail(format!(
                "the {}'s response has no ID either, so the key could not be revoked",
                session.noun()
            ))
            .next("find it and revoke it", kind.list_command());
    };
    let revoke = kind.revoke_command(id);
    let revoked = match id.parse::<Id>() {
        Ok(id) => session
            .rollback(&Rollback(kind.revoke(&id)), &revoke)
            .await
            .map(|_| ()),
        Err(why) => Err(Error::new(Exit::Failure, why)),
    };
    match revoked {
        Ok(()) => Error::new(Exit::Failure, lost)
            .detail(format!("so the {noun} {id} was revoked"))
            .next("create another", format!("{} --help", K::CREATE)),
        Err(error) => Error::new(Exit::Failure, lost)
            .detail(format!(
                "the {noun} {id} could not be revoked either: {}",
                error.message()
            ))
            .next("revoke it", revoke),
    }
}

fn exists(path: &Path) -> Error {
    Error::usage(format!(
        "--token-file {}: file exists; a token file is never overwritten",
        path.display()
    ))
}

/// A file that was created for a token before the request. It is removed if no token arrives.
struct TokenFile {
    path: PathBuf,
    file: File,
    is_filled: bool,
    // A signal before the token arrives removes the file.
    _undo: CleanupGuard,
}

impl TokenFile {
    /// Creates the file. It must not exist, and only its owner may read it.
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
                Error::usage(format!(
                    "--token-file {}: cannot create the file",
                    path.display()
                ))
                .cause(error)
            }
        })?;
        let to_remove = path.clone();
        let undo = interrupt.cleanup(move || {
            let _ = std::fs::remove_file(to_remove);
        });
        Ok(Self {
            path,
            file,
            is_filled: false,
            _undo: undo,
        })
    }

    /// Writes the token and syncs it to the disk.
    fn fill(mut self, token: &Secret) -> Result<PathBuf, Error> {
        let written = self
            .file
            .write_all(format!("{}\n", token.expose()).as_bytes())
            .and_then(|()| self.file.sync_all());
        match written {
            Ok(()) => {
                self.is_filled = true;
                Ok(self.path.clone())
            }
            Err(error) => {
                let why = format!("{} could not be written: {error}", self.path.display());
                Err(Error::new(Exit::Failure, why))
            }
        }
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        if !self.is_filled {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}
