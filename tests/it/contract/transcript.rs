//! A transcript: one documented example, as a request and its response. Its content was copied from the documents by
//! hand; if they print no response, it is made from the names that they give, and says so.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::value::RawValue;

/// One file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Transcript {
    /// The document and the heading in it.
    pub source: String,
    /// What no document says and is chosen by analogy.
    pub assumed: Option<String>,
    pub api: Api,
    /// Which of the two descriptions of the squads API this is from.
    pub dialect: Option<Dialect>,
    /// The words after `xeroctl`.
    pub argv: Vec<String>,
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
    /// Files that the words name, with what is in them.
    #[serde(default)]
    pub files: BTreeMap<String, String>,
    pub request: Request,
    pub answer: Answer,
    /// What the client may read besides, and what it changes in consequence, with the responses that it gets.
    #[serde(default)]
    pub beside: Vec<Beside>,
    /// The exit code that the conventions give to this response.
    #[serde(default)]
    pub exit: i32,
    #[serde(default)]
    pub in_sandbox: InSandbox,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Api {
    Router,
    Squads,
}

#[derive(Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Dialect {
    Page,
    Server,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub method: String,
    /// Below the base URL of the router, or the root of the squads API.
    pub path: String,
    /// Names and values as the documents print them, before they are encoded.
    #[serde(default)]
    pub query: BTreeMap<String, String>,
    /// Those that the documents name; `KEY` is the key.
    pub headers: BTreeMap<String, String>,
    pub body: Option<Box<RawValue>>,
    /// What the client sends as well, because the other description of the API calls it so.
    pub besides: Option<Box<RawValue>>,
    /// Whether this response is one after which the client asks again.
    #[serde(default)]
    pub repeats: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Answer {
    pub status: u16,
    /// Other statuses that the documents allow.
    #[serde(default)]
    pub other_statuses: Vec<u16>,
    /// Whether a document prints this response, or only the names in it.
    pub printed: bool,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    pub body: Option<Box<RawValue>>,
    /// A body that is not JSON.
    pub bytes: Option<String>,
    /// What the client adds to the printed body: members, as JSON without braces.
    pub adds: Option<String>,
    /// The client prints only this item of the list.
    pub prints_item: Option<usize>,
    /// The JSON types that a member of this name may have besides the one that it has here.
    #[serde(default)]
    pub may_be: BTreeMap<String, Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Beside {
    pub method: String,
    pub path: String,
    /// The body of a change that follows from the documented one.
    pub sent: Option<Box<RawValue>>,
    pub status: u16,
    pub body: Box<RawValue>,
}

/// What has to be otherwise for the sandbox.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct InSandbox {
    /// IDs of the document, and what the sandbox has in their place.
    pub ids: BTreeMap<String, String>,
    /// The project of the base URL.
    pub project: Option<String>,
    /// `agent` for the key of an agent, `wrong` for one that opens nothing.
    pub key: Option<String>,
    /// More options of `sandbox serve`.
    pub options: Vec<String>,
}

/// Where the transcripts are.
pub(crate) fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/contract")
}

impl Transcript {
    pub(crate) fn read(name: &str) -> Self {
        let text = std::fs::read_to_string(directory().join(format!("{name}.json"))).expect(name);
        serde_json::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// The body that the client sends.
    pub(crate) fn sent(&self) -> Option<Json> {
        let mut body = Json::of(self.request.body.as_ref()?);
        if let Some(besides) = &self.request.besides {
            let (Json::Object(all), Json::Object(more)) = (&mut body, Json::of(besides)) else {
                panic!("{}: members besides those of no object", self.source);
            };
            for (name, value) in more {
                assert!(
                    all.insert(name.clone(), value).is_none(),
                    "{}: {name} is there twice",
                    self.source
                );
            }
        }
        Some(body)
    }
}

/// JSON of which nothing is lost but the order of members and the blanks: numbers keep their spelling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Json {
    /// Text, anew; all else as it is spelled.
    Leaf(String),
    List(Vec<Json>),
    Object(BTreeMap<String, Json>),
}

impl Json {
    /// What this text says. Panics where it is not JSON, or names a member twice.
    pub(crate) fn read(text: &str) -> Self {
        let raw = serde_json::from_str::<&RawValue>(text);
        Self::of(raw.unwrap_or_else(|error| panic!("{error}: {text}")))
    }

    pub(crate) fn of(raw: &RawValue) -> Self {
        let text = raw.get();
        match text.as_bytes().first() {
            Some(b'{') => {
                let Members(members) = serde_json::from_str(text).expect("an object");
                let count = members.len();
                let object: BTreeMap<_, _> = members
                    .into_iter()
                    .map(|(name, value)| (name, Self::of(&value)))
                    .collect();
                assert_eq!(object.len(), count, "a member is there twice: {text}");
                Self::Object(object)
            }
            Some(b'[') => {
                let items: Vec<Box<RawValue>> = serde_json::from_str(text).expect("a list");
                Self::List(items.iter().map(|item| Self::of(item)).collect())
            }
            Some(b'"') => {
                let plain: String = serde_json::from_str(text).expect("text");
                Self::Leaf(format!("{plain:?}"))
            }
            _ => Self::Leaf(text.to_owned()),
        }
    }
}

/// The members of an object in their order, doubled ones too.
struct Members(Vec<(String, Box<RawValue>)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> serde::de::Visitor<'de> for Visitor {
            type Value = Members;
            fn expecting(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
                to.write_str("an object")
            }
            fn visit_map<A: serde::de::MapAccess<'de>>(
                self,
                mut map: A,
            ) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Visitor)
    }
}

#[test]
fn compares_numbers_by_spelling_and_ignores_order() {
    let one = Json::read(r#"{"a": [1.50, "x\u0041"], "b": null}"#);
    assert_eq!(one, Json::read(r#"{"b":null,"a":[1.50,"xA"]}"#));
    for other in [
        r#"{"a":[1.5,"xA"],"b":null}"#,
        r#"{"a":["1.50","xA"],"b":null}"#,
        r#"{"a":["xA",1.50],"b":null}"#,
        r#"{"a":[1.50,"xA"]}"#,
    ] {
        assert_ne!(one, Json::read(other), "{other}");
    }
    assert!(std::panic::catch_unwind(|| Json::read(r#"{"a":1,"a":1}"#)).is_err());
}
