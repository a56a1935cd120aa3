//! Flag-selected groups: one table says which option belongs to which action. It is checked after parsing, and all usage
//! errors are reported together.

use crate::error::Error;

/// One row of the table: an option, whether it was given, and the actions that it belongs to.
pub struct OptionRule<A: 'static> {
    /// As typed: `--name`.
    pub option: &'static str,
    /// Whether it was given.
    pub given: bool,
    /// The actions that take it.
    pub takes: &'static [A],
    /// The actions that require it.
    pub requires: &'static [A],
}

/// An action of a group, chosen by its flag.
pub trait ActionFlag: Copy + PartialEq + 'static {
    /// How the action is selected: `` `--create` ``, or `a list`.
    fn chosen_by(self) -> &'static str;
}

/// Checks the options given against the action chosen.
///
/// # Errors
/// Exit 2, with every option that belongs to another action and every required one that is missing.
pub fn check<A: ActionFlag>(action: A, rows: &[OptionRule<A>]) -> Result<(), Error> {
    let misplaced = rows
        .iter()
        .filter(|row| row.given && !row.takes.contains(&action))
        .map(|row| {
            if row.option.starts_with('-') {
                format!("`{}` needs {}", row.option, alternatives(row.takes))
            } else {
                format!("{} takes no `{}`", action.chosen_by(), row.option)
            }
        });
    let missing: Vec<String> = rows
        .iter()
        .filter(|row| !row.given && row.requires.contains(&action))
        .map(|row| format!("`{}`", row.option))
        .collect();
    let missing =
        (!missing.is_empty()).then(|| format!("{} needs {}", action.chosen_by(), all_of(&missing)));
    faults(misplaced.chain(missing).collect())
}

/// The value of an option that only a list takes more than once.
///
/// # Errors
/// Exit 2 if it was given more than once.
pub fn one<A: ActionFlag>(
    action: A,
    option: &str,
    values: Vec<String>,
) -> Result<Option<String>, Error> {
    match values.len() {
        0 | 1 => Ok(values.into_iter().next()),
        _ => Err(Error::usage(format!(
            "{} takes one `{option}`",
            action.chosen_by()
        ))),
    }
}

/// The one region of a create or an update; only a list takes several with commas between them.
///
/// # Errors
/// Exit 2 if there are several, or if it is not a region.
pub fn one_region<A: ActionFlag>(action: A, values: Vec<String>) -> Result<Option<String>, Error> {
    let region = one(action, "--region", values)?;
    region
        .map(|region| super::values::region(&region))
        .transpose()
        .map_err(|error| Error::usage(format!("`--region`: {error}")))
}

/// Reports all usage errors in one.
pub fn faults(faults: Vec<String>) -> Result<(), Error> {
    let mut faults = faults.into_iter();
    let Some(first) = faults.next() else {
        return Ok(());
    };
    Err(faults.fold(Error::usage(first), Error::detail))
}

fn alternatives<A: ActionFlag>(actions: &[A]) -> String {
    let mut words: Vec<&str> = actions.iter().map(|action| action.chosen_by()).collect();
    words.dedup();
    join(&words, "or")
}

fn all_of(words: &[String]) -> String {
    join(&words.iter().map(String::as_str).collect::<Vec<_>>(), "and")
}

fn join(words: &[&str], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., end] => format!("{} {last} {end}", all.join(", ")),
    }
}
