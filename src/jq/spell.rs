//! Values as JSON. The library's own writer can write what is not JSON: infinite numbers, bytes, names that are no
//! strings.

use jaq_json::{Num, Val};
use serde_json::Value;

/// Whole numbers up to this one are written without a fraction, as jq does.
const WHOLE: f64 = 1e17;

/// Writing a value is recursive.
const DEEPEST: usize = 1000;

/// The value as JSON on one line. Numbers that were not computed keep their spelling.
///
/// # Errors
/// If the value has no JSON form.
pub(super) fn json(value: &Val) -> Result<String, String> {
    let mut out = String::new();
    push(&mut out, value, DEEPEST)?;
    Ok(out)
}

/// Appends a value that is nested at most `depth` deep.
fn push(out: &mut String, value: &Val, depth: usize) -> Result<(), String> {
    let inner = || {
        depth
            .checked_sub(1)
            .ok_or("the result is nested too deeply")
    };
    match value {
        Val::Null => out.push_str("null"),
        Val::Bool(is_true) => out.push_str(if *is_true { "true" } else { "false" }),
        Val::Num(Num::Float(number)) => push_float(out, *number),
        Val::Num(number) => out.push_str(&number.to_string()),
        Val::BStr(bytes) | Val::TStr(bytes) => push_string(out, bytes),
        Val::Arr(items) => {
            let depth = inner()?;
            out.push('[');
            for (index, item) in items.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                push(out, item, depth)?;
            }
            out.push(']');
        }
        Val::Obj(members) => {
            let depth = inner()?;
            out.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                let Val::TStr(name) = name else {
                    return Err(format!("cannot use {name} as a member name"));
                };
                push_string(out, name);
                out.push(':');
                push(out, value, depth)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// Appends a computed number; one that JSON does not have becomes null, as in jq.
fn push_float(out: &mut String, number: f64) {
    if number.fract() == 0.0 && number.abs() < WHOLE {
        out.push_str(&format!("{number:.0}"));
    } else {
        out.push_str(&Value::from(number).to_string());
    }
}

fn push_string(out: &mut String, bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    out.push_str(&Value::from(&*text).to_string());
}
