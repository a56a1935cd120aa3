//! An answer that was understood.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::answer::Answer;
use crate::error::Error;

/// What the router answered: understood, and as it came.
pub struct Reply<T> {
    /// What was understood.
    pub value: T,
    /// The router's own document; `{}` where the body was empty.
    pub document: Box<RawValue>,
}

impl<T: DeserializeOwned> Reply<T> {
    /// Reads the answer of a change that succeeded; its body may be empty.
    ///
    /// # Errors
    /// Exit 17 when the body is not the JSON that the route answers.
    pub fn read(answer: &Answer) -> Result<Self, Error> {
        match answer.text()? {
            "" => Self::parse("{}", answer),
            text => Self::parse(text, answer),
        }
    }

    /// Reads the answer of a read that succeeded: an object, and not an error in disguise.
    ///
    /// # Errors
    /// As [`Reply::read`]; also when there is no body.
    pub fn read_object(answer: &Answer) -> Result<Self, Error> {
        // A run that failed tells its error too, but it has an id.
        #[derive(Deserialize)]
        struct Disguised {
            error: Option<serde_json::Map<String, Value>>,
            id: Option<serde::de::IgnoredAny>,
        }
        let text = answer.text()?;
        let disguised = serde_json::from_str::<Disguised>(text);
        let is_error = |object: Disguised| object.error.is_some() && object.id.is_none();
        // A list would be read as an object whose members come in order.
        if text.starts_with('{') && disguised.is_ok_and(is_error) {
            return Err(answer.garbled("an error"));
        }
        Self::parse(text, answer)
    }

    fn parse(text: &str, answer: &Answer) -> Result<Self, Error> {
        let document: Box<RawValue> =
            serde_json::from_str(text).map_err(|e| answer.misshapen(&e))?;
        let value = serde_json::from_str(document.get()).map_err(|e| answer.misshapen(&e))?;
        Ok(Self { value, document })
    }
}
