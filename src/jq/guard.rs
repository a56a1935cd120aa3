//! Filters that recurse without end. The library recurses with them, and the system would end the program at the end of
//! its stack. So each definition, and each argument of a call, first looks at how much of the stack is used.

use std::cell::Cell;

use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern, Term};
use jaq_core::native::{Filter, bome, v};
use jaq_core::path::{Part, Path};
use jaq_core::{Error, RunPtr};
use jaq_json::Val;

use super::Data;

/// The function that looks at the stack. Filters can't name it.
const GUARD: &str = "!guard";
/// The variable that takes what it returns.
const IGNORED: &str = "$!guard";

/// How much of its stack a filter may use on a thread that has the usual size, and on the first thread of a program,
/// whose size is a setting of the system.
const USUAL: usize = 1024 * 1024;
const MOST: usize = 4 * USUAL;
const LEAST: usize = USUAL / 2;

thread_local! {
    /// Where on the stack the filter started, and how much of it the filter may use.
    static STACK: Cell<(usize, usize)> = const { Cell::new((0, 0)) };
}

/// A filter starts here.
pub(super) fn start() {
    let limit = if std::thread::current().name() == Some("main") {
        of_first_thread()
    } else {
        USUAL
    };
    STACK.set((here(), limit));
}

/// Half of the stack: the filter is not the first on it.
#[cfg(unix)]
fn of_first_thread() -> usize {
    let size = rustix::process::getrlimit(rustix::process::Resource::Stack).current;
    let size = size.and_then(|size| usize::try_from(size).ok());
    size.map_or(MOST, |size| (size / 2).clamp(LEAST, MOST))
}

#[cfg(not(unix))]
fn of_first_thread() -> usize {
    LEAST
}

/// An address at the end of the stack.
#[inline(never)]
fn here() -> usize {
    let marker = 0_u8;
    std::ptr::from_ref(std::hint::black_box(&marker)).addr()
}

/// The function that looks at the stack.
pub(super) fn native() -> Filter<RunPtr<Data>> {
    (GUARD, v(0), |_| {
        let (start, limit) = STACK.get();
        bome(if start.abs_diff(here()) < limit {
            Ok(Val::Null)
        } else {
            Err(Error::str("it recurses too deeply"))
        })
    })
}

type Code<'s> = Term<&'s str>;

/// The definition with all that is in it guarded.
pub(super) fn definition(definition: Def<&str>) -> Def<&str> {
    Def {
        body: guarded(term(definition.body)),
        ..definition
    }
}

/// The term behind a look at the stack: its values, its paths, and what it calls last are the same.
fn guarded(inner: Code<'_>) -> Code<'_> {
    let look = Term::Call(GUARD, Vec::new());
    let pipe = BinaryOp::Pipe(Some(Pattern::Var(IGNORED)));
    Term::BinOp(Box::new(look), pipe, Box::new(inner))
}

fn term(code: Code<'_>) -> Code<'_> {
    match code {
        Term::Id
        | Term::Recurse
        | Term::Num(_)
        | Term::Break(_)
        | Term::Var(_)
        | Term::Arr(None) => code,
        Term::Str(format, parts) => {
            let parts = parts.into_iter().map(|part| match part {
                StrPart::Term(inner) => StrPart::Term(term(inner)),
                other => other,
            });
            Term::Str(format, parts.collect())
        }
        Term::Arr(Some(items)) => Term::Arr(Some(boxed(items))),
        Term::Obj(entries) => {
            let entries = entries.into_iter();
            Term::Obj(
                entries
                    .map(|(key, value)| (term(key), value.map(term)))
                    .collect(),
            )
        }
        Term::Neg(inner) => Term::Neg(boxed(inner)),
        Term::BinOp(left, operator, right) => {
            let operator = match operator {
                BinaryOp::Pipe(Some(names)) => BinaryOp::Pipe(Some(pattern(names))),
                other => other,
            };
            Term::BinOp(boxed(left), operator, boxed(right))
        }
        Term::Label(name, inner) => Term::Label(name, boxed(inner)),
        Term::Fold(name, items, names, steps) => {
            let steps = steps.into_iter().map(term).collect();
            Term::Fold(name, boxed(items), pattern(names), steps)
        }
        Term::TryCatch(inner, caught) => Term::TryCatch(boxed(inner), caught.map(boxed)),
        Term::IfThenElse(branches, otherwise) => {
            let branch = |(condition, then)| (term(condition), term(then));
            Term::IfThenElse(
                branches.into_iter().map(branch).collect(),
                otherwise.map(boxed),
            )
        }
        Term::Def(definitions, inner) => {
            let definitions = definitions.into_iter().map(definition).collect();
            Term::Def(definitions, boxed(inner))
        }
        Term::Call(name, arguments) => {
            let arguments = arguments.into_iter().map(|it| guarded(term(it)));
            Term::Call(name, arguments.collect())
        }
        Term::Path(inner, Path(parts)) => {
            let parts = parts.into_iter().map(|(part, optional)| {
                let part = match part {
                    Part::Index(index) => Part::Index(term(index)),
                    Part::Range(from, to) => Part::Range(from.map(term), to.map(term)),
                };
                (part, optional)
            });
            Term::Path(boxed(inner), Path(parts.collect()))
        }
    }
}

fn boxed(mut inner: Box<Code<'_>>) -> Box<Code<'_>> {
    *inner = term(std::mem::take(&mut *inner));
    inner
}

fn pattern(names: Pattern<&str>) -> Pattern<&str> {
    match names {
        Pattern::Var(name) => Pattern::Var(name),
        Pattern::Arr(items) => Pattern::Arr(items.into_iter().map(pattern).collect()),
        Pattern::Obj(entries) => {
            let entry = |(key, names)| (term(key), pattern(names));
            Pattern::Obj(entries.into_iter().map(entry).collect())
        }
    }
}
