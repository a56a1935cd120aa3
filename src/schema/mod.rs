//! JSON Schema: whether arguments fit a tool's schema, and the schema as rows for people. Asks no one: a reference out
//! of the document is not followed.

mod nullable;
mod parameters;

use std::sync::mpsc;
use std::time::Duration;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ReferencingError, ValidationError};
use serde_json::Value;

pub use parameters::{Parameter, parameters};

/// A check that takes longer is given up.
const LONGEST_CHECK: Duration = Duration::from_secs(1);
/// A larger schema is not a schema of a tool.
const LARGEST: usize = 256 * 1024;
/// The checker goes down by recursion as deep as the schema does; the memory is only taken when it is used.
const STACK: usize = 256 * 1024 * 1024;

/// One way in which arguments do not fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Where: a JSON Pointer (RFC 6901); empty for the arguments as a whole.
    pub path: String,
    /// What.
    pub message: String,
}

/// Checks arguments against a schema; both are JSON text.
///
/// # Errors
/// Half a sentence that says why nothing can be said: the schema is none, refers to other documents, or takes longer
/// than a second to check.
pub fn violations(schema: &str, args: &str) -> Result<Vec<Violation>, String> {
    if schema.len() > LARGEST {
        return Err(format!("the schema is larger than {LARGEST} bytes"));
    }
    let mut schema: Value = serde_json::from_str(schema)
        .map_err(|error| format!("the schema can't be read: {error}"))?;
    nullable::accept_null(&mut schema);
    let args: Value = serde_json::from_str(args)
        .map_err(|error| format!("the arguments can't be checked: {error}"))?;
    let (send, receive) = mpsc::channel();
    // A thread that is still busy when its time is over ends with the process.
    std::thread::Builder::new()
        .name("schema".to_owned())
        .stack_size(STACK)
        .spawn(move || drop(send.send(check(&schema, &args))))
        .map_err(|error| format!("no thread for the check: {error}"))?;
    receive
        .recv_timeout(LONGEST_CHECK)
        .unwrap_or_else(|_| Err("the check takes longer than a second".to_owned()))
}

fn check(schema: &Value, args: &Value) -> Result<Vec<Violation>, String> {
    let validator = jsonschema::validator_for(schema)
        .map_err(|error| format!("the schema can't be used: {}", unusable(&error)))?;
    let violations = validator.iter_errors(args).map(|error| Violation {
        path: error.instance_path().to_string(),
        message: error.to_string(),
    });
    Ok(violations.collect())
}

/// Why a schema can't be used, without the library's advice to its programmers.
fn unusable(error: &ValidationError) -> String {
    match error.kind() {
        ValidationErrorKind::Referencing(ReferencingError::Unretrievable { uri, .. }) => {
            format!("it refers to {uri}, and references out of it are not followed")
        }
        ValidationErrorKind::Referencing(ReferencingError::UnknownSpecification {
            specification,
        }) => format!("it is of the draft {specification}, which is unknown"),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests;
