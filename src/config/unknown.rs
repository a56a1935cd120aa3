//! Settings in the configuration file that this program does not know: probably misspelled.

use std::path::Path;

use toml_edit::{Document, Item, TableLike};

use crate::redact;

/// Settings outside the deployments.
const TOP: &[&str] = &["current", "previous", "deployment", "alias"];

/// Settings of a deployment.
const DEPLOYMENT: &[&str] = &[
    "base_url",
    "api_key",
    "api_key_file",
    "api_key_command",
    "api_key_keychain",
    "output",
    "frontend_url",
    "ca_cert",
    "allow_http",
    "protected",
    "squads_url",
    "squads_api_key",
    "squad_id",
];

/// One warning per unknown setting, with its line and the setting that was probably meant. They have no effect, and an
/// edit keeps them: a newer version may know them.
pub(super) fn warnings(text: &str, path: &Path) -> Vec<String> {
    let Ok(document) = Document::parse(text) else {
        return Vec::new();
    };
    let mut found = unknown(document.as_table(), TOP);
    let deployments = document.get("deployment").and_then(Item::as_table_like);
    for (_, deployment) in deployments.into_iter().flat_map(TableLike::iter) {
        if let Some(settings) = deployment.as_table_like() {
            found.extend(unknown(settings, DEPLOYMENT));
        }
    }
    found.sort();
    let warning = |(start, name): (usize, String)| {
        let before = text.get(..start).unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let known = TOP.iter().chain(DEPLOYMENT);
        let nearest = known
            .map(|known| (strsim::damerau_levenshtein(&name, known), known))
            .filter(|(edits, known)| *edits * 3 <= known.len())
            .min();
        let meant = nearest.map_or_else(String::new, |(_, known)| {
            format!(" (did you mean `{known}`?)")
        });
        let (path, name) = (path.display(), redact::word(&name));
        format!("{path}, line {line}: unknown setting `{name}`{meant}")
    };
    found.into_iter().map(warning).collect()
}

/// The names in a table that are not known, with where they start.
fn unknown(table: &dyn TableLike, known: &[&str]) -> Vec<(usize, String)> {
    let names = table.iter().map(|(name, _)| name);
    names
        .filter(|name| !known.contains(name))
        .map(|name| {
            let key = table.get_key_value(name).map(|(key, _)| key);
            let header = table.get(name).and_then(Item::span);
            let span = key.and_then(toml_edit::Key::span).or(header);
            (span.map_or(0, |span| span.start), name.to_owned())
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::warnings;
    use std::path::Path;

    #[test]
    fn names_the_line_and_the_nearest_setting() {
        let text = "curent = \"a\"\n[deployment.a]\nbase-url = \"x\"\nprotected = true\n\n\
                    [deployment.b]\nshoe_size = 3\napi_key_files = \"f\"\n[extra]\nx = 1\n";
        assert_eq!(
            warnings(text, Path::new("c.toml")),
            [
                "c.toml, line 1: unknown setting `curent` (did you mean `current`?)",
                "c.toml, line 3: unknown setting `base-url` (did you mean `base_url`?)",
                "c.toml, line 7: unknown setting `shoe_size`",
                "c.toml, line 8: unknown setting `api_key_files` (did you mean `api_key_file`?)",
                "c.toml, line 9: unknown setting `extra`",
            ]
        );
    }

    #[test]
    fn accepts_every_known_setting() {
        let text = "current = \"a\"\nprevious = \"b\"\ndeployment = { a = { base_url = \"x\", squad_id = \"y\" } }";
        assert_eq!(warnings(text, Path::new("c.toml")), Vec::<String>::new());
    }
}
