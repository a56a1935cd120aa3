//! Responses with a success status that report that a change was not made.

use super::envelope;
use super::request::Request;
use crate::json::{self, Members};

/// The words for one action.
struct Words {
    /// The first word of the request's action.
    verb: &'static str,
    /// The name of a flag that reports whether the action was done.
    participle: &'static str,
    /// Values of `status` that mean that something else happened.
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
    /// Whether this response reports that the change was not made, in its own members or in those of a wrapped object.
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
