//! JSON Schema: validates arguments against a tool's schema, and shows a schema as table rows. References outside the
//! document are not followed.

mod nullable;
mod parameters;
mod typing;

use std::sync::mpsc;
use std::time::Duration;

use jsonschema::error::ValidationErrorKind;
use jsonschema::{ReferencingError, ValidationError};
use serde_json::Value;

pub use parameters::{Parameter, parameters};
pub use typing::Types;

/// The time limit for a check.
const LONGEST_CHECK: Duration = Duration::from_secs(1);
/// The maximum size of a schema in bytes.
const LARGEST: usize = 256 * 1024;
/// The stack size in bytes. The validator recurses as deeply as the schema; memory is allocated only when used.
const STACK: usize = 256 * 1024 * 1024;

/// A violation of the schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The location as a JSON Pointer (RFC 6901). Empty for the arguments themselves.
    pub path: String,
    /// The description.
    pub message: String,
}

/// Checks arguments against a schema; both are JSON text.
///
/// # Errors
/// The reason why the arguments can't be checked: the schema is invalid, refers to other documents, or takes longer
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
    // A thread that exceeds the time limit ends with the process.
    std::thread::Builder::new()
        .name("schema".to_owned())
        .stack_size(STACK)
        .spawn(move || drop(send.send(check(&schema, &args))))
        .map_err(|error| format!("could not start a thread for the check: {error}"))?;
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

/// The reason why a schema can't be used, without the library's advice for developers.
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
