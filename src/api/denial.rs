//! Responses with a success status that say themselves that a change was not made.

use super::envelope;
use super::request::Request;
use crate::json::{self, Members};

/// The words of one action.
struct Words {
    /// The first word of the request's action.
    verb: &'static str,
    /// The name of a flag that says whether it was done.
    participle: &'static str,
    /// Values of `status` that say that something else happened.
    others: &'static [&'static str],
}

const WORDS: &[Words] = &[
    Words {
        verb: "approve",
        participle: "approved",
        others: &["rejected", "denied", "timed_out", "timeout", "expired"],
    },
    Words {
        verb: "cancel",
        participle: "cancelled",
        others: &[],
    },
    Words {
        verb: "delete",
        participle: "deleted",
        others: &[],
    },
    Words {
        verb: "pause",
        participle: "paused",
        others: &[],
    },
    Words {
        verb: "reject",
        participle: "rejected",
        others: &["approved"],
    },
    Words {
        verb: "resume",
        participle: "resumed",
        others: &[],
    },
    Words {
        verb: "revoke",
        participle: "revoked",
        others: &[],
    },
];

impl Request {
    /// Whether this response to the change says that the change was not made: in its own members, or in those of an
    /// object that it wraps.
    pub fn is_denied_by(&self, document: &str) -> bool {
        let verb = self.action.split(' ').next().unwrap_or_default();
        let words = WORDS.iter().find(|words| words.verb == verb);
        denies(document, words) || envelope::wrapped(document).any(|inner| denies(inner, words))
    }
}

fn denies(object: &str, words: Option<&Words>) -> bool {
    Members::of(object).any(|(name, value)| {
        let value = json::string(value);
        match (&*json::string(name), words) {
            ("status", Some(words)) => words.others.contains(&&*value),
            (name, words) => {
                let is_flag = matches!(name, "ok" | "success")
                    || words.is_some_and(|words| name == words.participle);
                is_flag && matches!(&*value, "false" | "0" | "no")
            }
        }
    })
}
