//! The target of a redirect, for messages.

/// The maximum number of characters shown.
const LONGEST: usize = 200;

/// The target of a redirect, cut, and with user info, query values, and fragment masked. Login pages and storage
/// services put secrets there.
pub fn location(target: &str) -> String {
    let (location, fragment) = match target.split_once('#') {
        Some((location, _)) => (location, "#***"),
        None => (target, ""),
    };
    let (path, query) = location.split_once('?').unwrap_or((location, ""));
    let path = match path.split_once("//") {
        // Later double slashes are part of the path.
        Some((scheme, rest)) if scheme.is_empty() || scheme.ends_with(':') => {
            let (authority, below) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            match authority.rsplit_once('@') {
                Some((_, host)) => format!("{scheme}//***@{host}{below}"),
                None => path.to_owned(),
            }
        }
        _ => path.to_owned(),
    };
    let names = query.split('&').filter(|pair| !pair.is_empty());
    let pairs = names.map(|pair| match pair.split_once('=') {
        Some((name, _)) => format!("{name}=***"),
        None => "***".to_owned(),
    });
    let pairs: Vec<_> = pairs.collect();
    let before = if pairs.is_empty() { "" } else { "?" };
    let shown = format!("{path}{before}{}{fragment}", pairs.join("&"));
    let mut short: String = shown.chars().take(LONGEST).collect();
    if short.len() < shown.len() {
        short.push('…');
    }
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_and_cuts_redirect_targets() {
        for (target, expected) in [
            ("/login", "/login"),
            ("https://sso.example/a/b", "https://sso.example/a/b"),
            (
                "https://sso.example/?RelayState=abc&sig=def&x",
                "https://sso.example/?RelayState=***&sig=***&***",
            ),
            ("https://u:p@sso.example/x", "https://***@sso.example/x"),
            ("//u@sso.example", "//***@sso.example"),
            ("/a@b//c@d", "/a@b//c@d"),
            ("/x#access_token=abc", "/x#***"),
            ("/x?", "/x"),
        ] {
            assert_eq!(location(target), expected);
        }
        let long = location(&format!("https://sso.example/{}", "é".repeat(9_000)));
        assert_eq!(long.chars().count(), LONGEST + 1);
    }
}
