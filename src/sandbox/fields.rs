//! The members of a JSON body, read strictly, and the rules for values that several resources share.

use std::fmt;
use std::ops::RangeInclusive;

use axum::http::StatusCode;
use base64::Engine as _;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, Visitor};
use serde_json::{Map, Value};

use super::reply::Refusal;

/// The largest count that the router takes.
pub(super) const COUNT: u32 = 2_147_483_647;

/// A body whose member names are known and single. A reader takes one of them: `Ok(None)` is "not given".
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn parse(body: &[u8], known: &[&str]) -> Result<Self, Refusal> {
        let Members(members) = serde_json::from_slice(body).map_err(|error| {
            if error.is_data() {
                Refusal::new(
                    StatusCode::BAD_REQUEST,
                    "invalid_body",
                    format!("The body is refused: {error}."),
                )
            } else {
                Refusal::new(
                    StatusCode::BAD_REQUEST,
                    "json_parse_error",
                    format!("The body is no JSON: {error}."),
                )
            }
        })?;
        match members.keys().find(|name| !known.contains(&name.as_str())) {
            Some(name) => Err(Refusal::body(name, format!("Unknown field '{name}'."))),
            None => Ok(Self(members)),
        }
    }

    /// What an absent body is where none of its members must be given.
    pub(super) fn none() -> Self {
        Self(Map::new())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The members given, in their order.
    pub(super) fn names(&self) -> Vec<&str> {
        self.0.keys().map(String::as_str).collect()
    }

    /// A string that is not blank.
    pub(super) fn text(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.checked(name, "a non-empty string", |value| {
            value
                .as_str()
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned)
        })
    }

    /// Sets `target` to a string, an empty one too, or to none for null.
    pub(super) fn note(&self, name: &str, target: &mut Option<String>) -> Result<(), Refusal> {
        let given = self.checked(name, "a string or null", |value| match value {
            Value::Null => Some(None),
            other => other.as_str().map(|text| Some(text.to_owned())),
        })?;
        *target = given.unwrap_or_else(|| target.take());
        Ok(())
    }

    /// An object, whatever it holds.
    pub(super) fn object(&self, name: &str) -> Result<Option<Value>, Refusal> {
        self.checked(name, "an object", |value| {
            value.is_object().then(|| value.clone())
        })
    }

    /// An integer of the range; 8.0 is the integer 8, as JSON Schema has it.
    pub(super) fn integer(
        &self,
        name: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<u32>, Refusal> {
        let expected = format!("an integer from {} to {}", range.start(), range.end());
        self.checked(name, &expected, |value| {
            let text = value.is_number().then(|| value.to_string())?;
            let number = text.strip_suffix(".0").unwrap_or(&text).parse().ok();
            number.filter(|number| range.contains(number))
        })
    }

    /// One of these words.
    pub(super) fn word(&self, name: &str, words: &[&str]) -> Result<Option<String>, Refusal> {
        let expected = format!("one of {}", words.join(", "));
        self.checked(name, &expected, |value| {
            value
                .as_str()
                .filter(|word| words.contains(word))
                .map(str::to_owned)
        })
    }

    /// Sets `target` to service tiers, which pass unread, or to none for null.
    pub(super) fn tiers(
        &self,
        name: &str,
        target: &mut Option<Vec<String>>,
    ) -> Result<(), Refusal> {
        let given = self.checked(
            name,
            "an array of non-empty strings or null",
            |value| match value {
                Value::Null => Some(None),
                other => texts(other, |tier| !tier.is_empty()).map(Some),
            },
        )?;
        *target = given.unwrap_or_else(|| target.take());
        Ok(())
    }

    /// At least one `tcp://host:port`.
    pub(super) fn router_addrs(&self, name: &str) -> Result<Option<Vec<String>>, Refusal> {
        self.checked(name, "an array of at least one tcp://host:port", |value| {
            texts(value, is_router_addr).filter(|addresses| !addresses.is_empty())
        })
    }

    /// 1 to 24 printable ASCII characters, no spaces.
    pub(super) fn region(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.checked(
            name,
            "1 to 24 printable ASCII characters without spaces",
            |value| {
                let fits = |text: &&str| {
                    (1..=24).contains(&text.len())
                        && text.bytes().all(|byte| byte.is_ascii_graphic())
                };
                value.as_str().filter(fits).map(str::to_owned)
            },
        )
    }

    /// A Curve25519 public key, kept as it was sent.
    pub(super) fn public_key(&self, name: &str) -> Result<Option<String>, Refusal> {
        self.checked(name, "base64 of exactly 32 bytes", |value| {
            value
                .as_str()
                .filter(|text| is_public_key(text))
                .map(str::to_owned)
        })
    }

    fn checked<T>(
        &self,
        name: &str,
        expected: &str,
        read: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Refusal> {
        let refusal = || Refusal::body(name, format!("'{name}' must be {expected}."));
        let value = self.0.get(name);
        value
            .map(|value| read(value).ok_or_else(refusal))
            .transpose()
    }
}

/// The value of a field that must be given.
pub(super) fn required<T>(name: &str, value: Option<T>) -> Result<T, Refusal> {
    value.ok_or_else(|| Refusal::body(name, format!("'{name}' is required.")))
}

fn texts(value: &Value, fits: impl Fn(&str) -> bool) -> Option<Vec<String>> {
    let items = value.as_array()?.iter();
    items
        .map(|item| item.as_str().filter(|text| fits(text)).map(str::to_owned))
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

/// Either alphabet, padded or not.
fn is_public_key(text: &str) -> bool {
    let config =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    [STANDARD, URL_SAFE].iter().any(|alphabet| {
        let decoded = GeneralPurpose::new(alphabet, config).decode(text);
        decoded.is_ok_and(|bytes| bytes.len() == 32)
    })
}

/// A JSON object that names no member twice; `serde_json` by itself would keep the last.
pub(super) struct Members(pub(super) Map<String, Value>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Single;

        impl<'de> Visitor<'de> for Single {
            type Value = Map<String, Value>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Self::Value, A::Error> {
                let mut members = Map::new();
                while let Some((name, value)) = access.next_entry::<String, Value>()? {
                    if members.contains_key(&name) {
                        return Err(A::Error::custom(format_args!(
                            "the field '{name}' is given twice"
                        )));
                    }
                    members.insert(name, value);
                }
                Ok(members)
            }
        }

        deserializer.deserialize_map(Single).map(Self)
    }
}
