//! The scopes of the standard server, made up for it.

/// Name and meaning; the first is what a request without `scope` gets.
pub(super) const SCOPES: [(&str, &str); 3] = [
    ("profile", "See your username"),
    ("photos.read", "See your photos"),
    ("photos.write", "Add and remove photos"),
];

/// Reads a `scope` parameter (RFC 6749 3.3: separated by spaces); `None` when one is unknown or there are none.
pub(super) fn parse(scope: Option<&str>) -> Option<Vec<String>> {
    let Some(text) = scope else {
        return SCOPES.first().map(|(name, _)| vec![(*name).to_owned()]);
    };
    let mut scopes: Vec<String> = Vec::new();
    for name in text.split(' ').filter(|name| !name.is_empty()) {
        if SCOPES.iter().all(|(known, _)| *known != name) {
            return None;
        }
        if !scopes.iter().any(|known| known == name) {
            scopes.push(name.to_owned());
        }
    }
    (!scopes.is_empty()).then_some(scopes)
}
