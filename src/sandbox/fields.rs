//! Strict reading of JSON body members, and validation rules shared by several resources.

use std::fmt;
use std::ops::RangeInclusive;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::response::ApiError;

/// Maximum value of a count.
pub(super) const MAX_COUNT: u32 = 2_147_483_647;

/// A body without unknown or repeated members. Each reader returns `Ok(None)` for an absent member.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn parse(body: &[u8], known: &[&str]) -> Result<Self, ApiError> {
        let UniqueMembers(members) = serde_json::from_slice(body).map_err(|error| {
            if error.is_data() {
                ApiError::new(
                    StatusCode::BAD_REQUEST,
                    "invalid_body",
                    format!("Invalid body: {error}."),
                )
            } else {
                ApiError::new(
                    StatusCode::BAD_REQUEST,
                    "json_parse_error",
                    format!("The body is not valid JSON: {error}."),
                )
            }
        })?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(ApiError::invalid_body(
                name,
                format!("Unknown field '{name}'."),
            )),
            None => Ok(Self(members)),
        }
    }

    /// An empty body, for requests without required members.
    pub(super) fn empty() -> Self {
        Self(Map::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Names of the members present, in order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// A string that is not blank.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, ApiError> {
        self.read(name, "a non-empty string", |value| {
            value
                .as_str()
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned)
        })
    }

    /// Sets `target` to a string (which may be empty), or to `None` for null.
    pub(super) fn nullable_text(
        &self,
        name: &str,
        target: &mut Option<String>,
    ) -> Result<(), ApiError> {
        let value = self.read(name, "a string or null", |value| match value {
            Value::Null => Some(None),
            other => other.as_str().map(|text| Some(text.to_owned())),
        })?;
        *target = value.unwrap_or_else(|| target.take());
        Ok(())
    }

    /// An object with any members.
    pub(super) fn object(&self, name: &str) -> Result<Option<Value>, ApiError> {
        self.read(name, "an object", |value| {
            value.is_object().then(|| value.clone())
        })
    }

    /// An integer in `range`. As in JSON Schema, 8.0 is an integer.
    pub(super) fn integer(
        &self,
        name: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, ApiError> {
        let expected = format!("an integer from {} to {}", range.start(), range.end());
        self.read(name, &expected, |value| {
            let text = value.is_number().then(|| value.to_string())?;
            let number = text.strip_suffix(".0").unwrap_or(&text).parse().ok();
            number.filter(|number| range.contains(number))
        })
    }

    /// One of `words`.
    pub(super) fn one_of(&self, name: &str, words: &[&str]) -> Result<Option<String>, ApiError> {
        let expected = format!("one of {}", words.join(", "));
        self.read(name, &expected, |value| {
            value
                .as_str()
                .filter(|word| words.contains(word))
                .map(str::to_owned)
        })
    }

    /// Sets `target` to a list of service tiers, or to `None` for null. Tier names are not validated.
    pub(super) fn tiers(
        &self,
        name: &str,
        target: &mut Option<Vec<String>>,
    ) -> Result<(), ApiError> {
        let value = self.read(
            name,
            "an array of non-empty strings or null",
            |value| match value {
                Value::Null => Some(None),
                other => strings(other, |tier| !tier.is_empty()).map(Some),
            },
        )?;
        *target = value.unwrap_or_else(|| target.take());
        Ok(())
    }

    /// At least one `tcp://host:port`.
    pub(super) fn router_addrs(&self, name: &str) -> Result<Option<Vec<String>>, ApiError> {
        self.read(name, "an array of at least one tcp://host:port", |value| {
            strings(value, is_router_addr).filter(|addresses| !addresses.is_empty())
        })
    }

    /// 1 to 24 printable ASCII characters without spaces.
    pub(super) fn region(&self, name: &str) -> Result<Option<String>, ApiError> {
        self.read(
            name,
            "1 to 24 printable ASCII characters without spaces",
            |value| {
                let is_valid = |text: &&str| {
                    (1..=24).contains(&text.len())
                        && text.bytes().all(|byte| byte.is_ascii_graphic())
                };
                value.as_str().filter(is_valid).map(str::to_owned)
            },
        )
    }

    /// A Curve25519 public key, stored as sent.
    pub(super) fn public_key(&self, name: &str) -> Result<Option<String>, ApiError> {
        self.read(name, "base64 of exactly 32 bytes", |value| {
            value
                .as_str()
                .filter(|text| is_public_key(text))
                .map(str::to_owned)
        })
    }

    fn read<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, ApiError> {
        let error = || ApiError::invalid_body(name, format!("'{name}' must be {expected}."));
        let value = self.0.get(name);
        value.map(|value| read(value).ok_or_else(error)).transpose()
    }
}

/// Returns the value of a required field.
pub(super) fn required<T>(name: &str, value: Option<T>) -> Result<T, ApiError> {
    value.ok_or_else(|| ApiError::invalid_body(name, format!("'{name}' is required.")))
}

fn strings(value: &Value, is_valid: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let items = value.as_array()?.iter();
    items
        .map(|item| {
            item.as_str()
                .filter(|text| is_valid(text))
                .map(str::to_owned)
        })
        .collect()
}

fn is_router_addr(text: &str) -> bool {
    let Some((host, port)) = text
        .strip_prefix("tcp://")
        .and_then(|rest| rest.rsplit_once(':'))
    else {
        return false;
    };
    let in_name = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_');
    let host_fits = match host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        Some(address) => address.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(in_name),
    };
    let port_fits = port.bytes().all(|byte| byte.is_ascii_digit())
        && port.parse::<u16>().is_ok_and(|port| port > 0);
    host_fits && port_fits
}

/// Accepts either base64 alphabet, with or without padding.
fn is_public_key(text: &str) -> bool {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE].iter().any(|alphabet| {
        let decoded = GeneralPurpose::new(alphabet, config).decode(text);
        decoded.is_ok_and(|bytes| bytes.len() == 32)
    })
}

/// A JSON object without repeated members; `serde_json` alone would keep the last one.
pub(super) struct UniqueMembers(pub(super) Map<String, Value>);

impl<'de> Deserialize<'de> for UniqueMembers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct UniqueVisitor;

        impl<'de> Visitor<'de> for UniqueVisitor {
            type Value = Map<String, Value>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.contains_key(&name) {
                        return Err(A::Error::custom(format_args!("duplicate field '{name}'")));
                    }
                    members.insert(name, value);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(UniqueVisitor).map(Self)
    }
}
