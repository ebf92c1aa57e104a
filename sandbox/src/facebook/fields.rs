//! The `fields` parameter: names separated by commas, with the fields of an edge in braces.

/// One field that was asked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    /// What stands in its braces; empty when there are none.
    pub(super) inner: &'a str,
}

/// Reads the parameter; `default` when it was left out or empty.
pub(super) fn parse<'a>(sent: &'a str, default: &'a str) -> Vec<Field<'a>> {
    let text = if sent.trim().is_empty() { default } else { sent };
    let mut depth = 0_u32;
    let parts = text.split(move |c: char| {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && depth == 0
    });
    parts
        .map(|part| match part.split_once('{') {
            Some((name, inner)) => Field {
                name: name.trim(),
                inner: inner.trim().trim_end_matches('}'),
            },
            None => Field {
                name: part.trim(),
                inner: "",
            },
        })
        .filter(|field| !field.name.is_empty())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_hold_the_fields_of_an_edge() {
        let read = parse("id, name,instagram_business_account{id,username}", "id");
        let names: Vec<&str> = read.iter().map(|field| field.name).collect();
        assert_eq!(names, ["id", "name", "instagram_business_account"]);
        assert_eq!(read[2].inner, "id,username");
        assert_eq!(parse(" ", "id,name").len(), 2);
    }
}
