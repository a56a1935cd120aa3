//! Where on a command line the cursor is: the command, the options so far, and what comes next.

use std::collections::BTreeMap;

use clap::{Arg, ArgAction, Command};

use crate::cmd::{aliases, global};

/// The place behind the words that are complete.
pub(super) struct Position<'t> {
    /// The command so far.
    pub(super) command: &'t Command,
    /// The names of the commands, from the first level on.
    pub(super) path: Vec<&'t str>,
    /// The values without an option.
    pub(super) values: Vec<String>,
    /// Whether `--` was typed: only values follow.
    pub(super) is_over: bool,
    /// The option whose value comes next.
    pub(super) pending: Option<&'t Arg>,
    /// The options so far, with their values.
    pub(super) given: BTreeMap<String, String>,
    /// Whether a verb stands for the action, as in `agents get`.
    pub(super) has_verb: bool,
}

impl<'t> Position<'t> {
    /// The place behind these words.
    pub(super) fn behind(words: &[String], tree: &'t Command) -> Self {
        let mut position = Self {
            command: tree,
            path: Vec::new(),
            values: Vec::new(),
            is_over: false,
            pending: None,
            given: BTreeMap::new(),
            has_verb: false,
        };
        for word in words {
            position.take(word);
        }
        position
    }

    fn take(&mut self, word: &str) {
        if let Some(option) = self.pending.take() {
            self.given
                .insert(option.get_id().to_string(), word.to_owned());
        } else if self.is_over {
            self.values.push(word.to_owned());
        } else if word == "--" {
            self.is_over = true;
        } else if word.starts_with("--") {
            self.take_long(word);
        } else if word.len() > 1 && word.starts_with('-') {
            self.take_short(&word[1..]);
        } else {
            self.take_word(word);
        }
    }

    fn take_long(&mut self, word: &str) {
        let (name, value) = word
            .split_once('=')
            .map_or((word, None), |(name, value)| (name, Some(value)));
        let Some(option) = self.option(name) else {
            return;
        };
        let value = value.unwrap_or_default().to_owned();
        let is_alone = !word.contains('=');
        self.given.insert(option.get_id().to_string(), value);
        if is_alone && option.get_action().takes_values() && !option.is_require_equals_set() {
            self.pending = Some(option);
        }
    }

    fn take_short(&mut self, letters: &str) {
        for (at, letter) in letters.char_indices() {
            let own = self.command.get_arguments();
            let Some(option) = own.into_iter().find(|own| own.get_short() == Some(letter)) else {
                return;
            };
            let rest = &letters[at + letter.len_utf8()..];
            self.given
                .insert(option.get_id().to_string(), rest.to_owned());
            if option.get_action().takes_values() {
                if rest.is_empty() {
                    self.pending = Some(option);
                }
                return;
            }
        }
    }

    fn take_word(&mut self, word: &str) {
        let name = self.command.get_name();
        let verb = aliases::of(name).iter().find(|(verb, _)| *verb == word);
        let documented = verb.map_or(word, |(_, documented)| documented);
        if !self.values.is_empty() || self.has_verb {
            self.values.push(word.to_owned());
        } else if documented.starts_with("--") {
            self.has_verb = true;
            self.take_long(documented);
            // The object comes next, not the value of the flag.
            self.pending = None;
        } else if let Some(below) = self.command.find_subcommand(documented) {
            self.path.push(below.get_name());
            self.command = below;
        } else {
            self.values.push(word.to_owned());
        }
    }

    /// The option of this name.
    pub(super) fn option(&self, name: &str) -> Option<&'t Arg> {
        let name = name.strip_prefix("--")?;
        let mut own = self.command.get_arguments();
        own.find(|option| option.get_long() == Some(name))
    }

    /// Whether a subcommand may follow: behind a value or an option of the group, it would be another value.
    pub(super) fn takes_command(&self) -> bool {
        let mut given = self.given.keys();
        self.values.is_empty() && !self.has_verb && given.all(|name| global::is_global(name))
    }

    /// Whether an option may be given (again).
    pub(super) fn may_follow(&self, option: &Arg) -> bool {
        let repeats = matches!(option.get_action(), ArgAction::Append | ArgAction::Count);
        repeats || !self.given.contains_key(option.get_id().as_str())
    }

    /// The value without an option that comes next.
    pub(super) fn next_value(&self) -> Option<&'t Arg> {
        let all: Vec<&Arg> = self.command.get_positionals().collect();
        let last = all.last().copied();
        let takes_many = last
            .and_then(Arg::get_num_args)
            .is_some_and(|many| many.max_values() > 1);
        all.get(self.values.len())
            .copied()
            .or(last.filter(|_| takes_many))
    }
}
