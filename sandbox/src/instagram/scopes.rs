//! The `scope` parameter.

use crate::meta::Flavour;

/// Reads a `scope` parameter: separated by commas or spaces; an error is the list as the message shows it.
pub(super) fn parse(flavour: Flavour, scope: &str) -> Result<Vec<String>, String> {
    let mut asked: Vec<String> = Vec::new();
    for name in scope.split([',', ' ']).filter(|name| !name.is_empty()) {
        if !asked.iter().any(|known| known == name) {
            asked.push(name.to_owned());
        }
    }
    let unknown: Vec<&str> = asked
        .iter()
        .map(String::as_str)
        .filter(|name| flavour.scopes().iter().all(|(known, _)| known != name))
        .collect();
    if asked.is_empty() {
        Err("[]".to_owned())
    } else if !unknown.is_empty() {
        Err(unknown.join(", "))
    } else if !asked.iter().any(|name| name == flavour.base_scope()) {
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
        assert_eq!(parse(Flavour::Instagram, &both.join(",")).unwrap(), both);
        assert_eq!(parse(Flavour::Instagram, &both.join(" ")).unwrap(), both);
        assert_eq!(parse(Flavour::Instagram, ""), Err("[]".to_owned()));
        assert_eq!(
            parse(Flavour::Instagram, "user_profile"),
            Err("user_profile".to_owned())
        );
        assert_eq!(parse(Flavour::Instagram, both[1]), Err(both[1].to_owned()));
    }
}
