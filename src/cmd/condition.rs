//! What is waited for: conditions on a status, and which objects must meet them.

use crate::api::approvals::same_status;

/// A condition: one of these words for a property.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Condition {
    /// The property.
    pub(super) property: Property,
    /// The words, of which any will do.
    pub(super) words: Vec<String>,
}

/// A property of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Property {
    /// The status; `deleted` once the object is gone.
    Status,
    /// Whether execution is paused: `true` or `false`.
    Paused,
    /// The type of an event since the start.
    Event,
}

/// Reads `active`, `status=active,suspended`, `paused=true`, or `event=curve.rotation_promoted`.
///
/// # Errors
/// A sentence, if it is none of them.
pub(super) fn condition(text: &str) -> Result<Condition, String> {
    let (name, words) = text.split_once('=').unwrap_or(("status", text));
    let words: Vec<String> = words
        .split(',')
        .map(|word| word.trim().to_owned())
        .collect();
    let property = match name.trim() {
        "status" => Property::Status,
        "paused" if words.iter().all(|word| word == "true" || word == "false") => Property::Paused,
        "event" => Property::Event,
        _ => return Err(FORM.to_owned()),
    };
    if words.iter().any(String::is_empty) {
        return Err(FORM.to_owned());
    }
    Ok(Condition { property, words })
}

const FORM: &str =
    "write a status such as active, status=active,suspended, paused=true, or event=TYPE";

/// What is known of an object.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    /// The statuses that it has or had since the start; the last one is the current one.
    pub(super) statuses: Vec<String>,
    /// Whether its execution is paused.
    pub(super) is_paused: Option<bool>,
    /// The types of its events since the start.
    pub(super) events: Vec<String>,
}

impl Condition {
    /// Whether an object meets the condition, now or at any time since the start.
    pub(super) fn is_met(&self, facts: &Facts) -> bool {
        let has = |word: &String| self.words.contains(word);
        match self.property {
            Property::Status => {
                let is = |status: &String| self.words.iter().any(|word| same_status(word, status));
                facts.statuses.iter().any(is)
            }
            Property::Paused => facts
                .is_paused
                .is_some_and(|paused| has(&paused.to_string())),
            Property::Event => facts.events.iter().any(has),
        }
    }
}

/// The state of a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It goes on.
    Waiting,
    /// The conditions are met.
    Met,
    /// An object met a condition of `--fail-on`.
    Failed,
}

/// What a wait waits for.
#[derive(Clone, Debug)]
pub(super) struct Goal {
    /// All must be met.
    pub(super) all_of: Vec<Condition>,
    /// Any ends the wait as failed.
    pub(super) fail_on: Vec<Condition>,
    /// One object is enough.
    pub(super) is_any: bool,
}

impl Goal {
    /// Whether one object meets it.
    pub(super) fn is_met_by(&self, facts: &Facts) -> bool {
        self.all_of.iter().all(|condition| condition.is_met(facts))
    }

    /// Whether one object has failed.
    pub(super) fn is_failed_by(&self, facts: &Facts) -> bool {
        self.fail_on.iter().any(|condition| condition.is_met(facts))
    }

    /// The state of a wait for these objects. What is met counts for more than a failure of the same object.
    pub(super) fn judge(&self, objects: &[Facts]) -> Verdict {
        let is_met = |facts: &Facts| self.is_met_by(facts);
        let met = if self.is_any {
            objects.iter().any(is_met)
        } else {
            objects.iter().all(is_met)
        };
        let is_failed = |facts: &&Facts| !self.is_met_by(facts) && self.is_failed_by(facts);
        if met {
            Verdict::Met
        } else if objects.iter().any(|facts| is_failed(&facts)) {
            Verdict::Failed
        } else {
            Verdict::Waiting
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(statuses: &[&str]) -> Facts {
        Facts {
            statuses: statuses.iter().map(|word| (*word).to_owned()).collect(),
            ..Facts::default()
        }
    }

    fn goal(all_of: &[&str], fail_on: &[&str], is_any: bool) -> Goal {
        let read = |texts: &[&str]| {
            texts
                .iter()
                .map(|text| condition(text).expect(text))
                .collect()
        };
        Goal {
            all_of: read(all_of),
            fail_on: read(fail_on),
            is_any,
        }
    }

    #[test]
    fn a_status_that_came_and_went_counts() {
        let goal = goal(&["status=active"], &[], false);
        assert_eq!(goal.judge(&[facts(&["pending"])]), Verdict::Waiting);
        let passed = facts(&["pending", "active", "suspended"]);
        assert_eq!(goal.judge(&[passed]), Verdict::Met);
    }

    #[test]
    fn all_objects_must_meet_it_or_any() {
        let objects = [facts(&["active"]), facts(&["pending"])];
        assert_eq!(
            goal(&["active"], &[], false).judge(&objects),
            Verdict::Waiting
        );
        assert_eq!(goal(&["active"], &[], true).judge(&objects), Verdict::Met);
        let either = goal(&["active,pending"], &[], false);
        assert_eq!(either.judge(&objects), Verdict::Met);
    }

    #[test]
    fn a_failure_ends_the_wait_unless_it_is_met() {
        let objects = [facts(&["active"]), facts(&["pending", "dead"])];
        let all = goal(&["active"], &["dead,deleted"], false);
        assert_eq!(all.judge(&objects), Verdict::Failed);
        assert_eq!(
            goal(&["active"], &["dead"], true).judge(&objects),
            Verdict::Met
        );
    }

    #[test]
    fn several_conditions_must_all_be_met() {
        let goal = goal(&["active", "paused=true", "event=a.b"], &[], false);
        let mut object = facts(&["active"]);
        assert_eq!(goal.judge(std::slice::from_ref(&object)), Verdict::Waiting);
        object.is_paused = Some(true);
        object.events.push("a.b".to_owned());
        assert_eq!(goal.judge(&[object]), Verdict::Met);
    }

    #[test]
    fn refuses_what_is_no_condition() {
        for text in ["", "status=", "status=a,", "paused=maybe", "region=us-east"] {
            assert!(condition(text).is_err(), "{text}");
        }
    }
}
