//! The six scopes of the old platform.

use std::collections::BTreeSet;

use super::LegacyError;

/// Name and meaning, as the consent page says it.
pub(super) const SCOPES: [(&str, &str); 6] = [
    ("basic", "Read your own profile and media"),
    ("public_content", "Read any public profile and media"),
    (
        "follower_list",
        "Read the lists of your followers and of whom you follow",
    ),
    ("comments", "Post and delete comments for you"),
    ("relationships", "Follow and unfollow accounts for you"),
    ("likes", "Like and unlike media for you"),
];

/// Reads a `scope` parameter: separated by spaces, `basic` is always part of it, and an empty one is an error.
pub(super) fn parse(scope: Option<&str>) -> Result<BTreeSet<String>, LegacyError> {
    let mut scopes = BTreeSet::from(["basic".to_owned()]);
    let Some(text) = scope else { return Ok(scopes) };
    let unknown: Vec<&str> = text
        .split(' ')
        .filter(|name| SCOPES.iter().all(|(known, _)| known != name))
        .collect();
    if !unknown.is_empty() {
        return Err(LegacyError::oauth(format!(
            "Invalid scope field(s): {}",
            unknown.join(", ")
        )));
    }
    scopes.extend(text.split(' ').map(str::to_owned));
    Ok(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn basic_is_granted_without_asking_and_an_empty_scope_is_invalid() {
        assert_eq!(parse(None).unwrap().into_iter().collect::<Vec<_>>(), ["basic"]);
        let two = parse(Some("likes comments")).unwrap();
        assert_eq!(two.into_iter().collect::<Vec<_>>(), ["basic", "comments", "likes"]);
        assert_eq!(parse(Some("")).unwrap_err().message, "Invalid scope field(s): ");
        assert_eq!(
            parse(Some("basic,likes")).unwrap_err().message,
            "Invalid scope field(s): basic,likes"
        );
    }
}
