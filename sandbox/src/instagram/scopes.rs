//! The permissions of Instagram Login.

/// The permission that every login has.
pub(super) const BASE: &str = "instagram_business_basic";

/// Name and meaning.
pub(super) const SCOPES: [(&str, &str); 5] = [
    (BASE, "See your profile and your media"),
    ("instagram_business_content_publish", "Publish media for you"),
    ("instagram_business_manage_comments", "Read, answer and hide comments"),
    ("instagram_business_manage_messages", "Read and send messages"),
    (
        "instagram_business_manage_insights",
        "See insights of your account and media",
    ),
];

/// Reads a `scope` parameter: separated by commas or spaces; an error is the list as the message shows it.
pub(super) fn parse(scope: &str) -> Result<Vec<String>, String> {
    let mut asked: Vec<String> = Vec::new();
    for name in scope.split([',', ' ']).filter(|name| !name.is_empty()) {
        if !asked.iter().any(|known| known == name) {
            asked.push(name.to_owned());
        }
    }
    let unknown: Vec<&str> = asked
        .iter()
        .map(String::as_str)
        .filter(|name| SCOPES.iter().all(|(known, _)| known != name))
        .collect();
    if asked.is_empty() {
        Err("[]".to_owned())
    } else if !unknown.is_empty() {
        Err(unknown.join(", "))
    } else if !asked.iter().any(|name| name == BASE) {
        Err(asked.join(", "))
    } else {
        Ok(asked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commas_and_spaces_separate_and_the_base_permission_is_needed() {
        let both = ["instagram_business_basic", "instagram_business_manage_comments"];
        assert_eq!(parse(&both.join(",")).unwrap(), both);
        assert_eq!(parse(&both.join(" ")).unwrap(), both);
        assert_eq!(parse(""), Err("[]".to_owned()));
        assert_eq!(parse("user_profile"), Err("user_profile".to_owned()));
        assert_eq!(parse(both[1]), Err(both[1].to_owned()));
    }
}
