//! As much of HTML as the sandbox's own pages use: forms, and the words of an error page. Not for pages of others.

/// One form.
pub(super) struct Form {
    pub(super) action: String,
    pub(super) controls: Vec<Control>,
}

/// One input or button of a form.
pub(super) struct Control {
    pub(super) kind: String,
    pub(super) name: String,
    pub(super) value: String,
    pub(super) checked: bool,
    pub(super) disabled: bool,
}

/// The first form of a page.
pub(super) fn first_form(page: &str) -> Option<Form> {
    let (_, from_form) = page.split_once("<form ")?;
    let (head, rest) = from_form.split_once('>')?;
    let (inside, _) = rest.split_once("</form>")?;
    let controls = tags(inside)
        .filter(|tag| tag.starts_with("input ") || tag.starts_with("button ") || tag.starts_with("button."))
        .map(|tag| Control {
            kind: attribute(tag, "type").unwrap_or_else(|| "text".to_owned()),
            name: attribute(tag, "name").unwrap_or_default(),
            value: attribute(tag, "value").unwrap_or_default(),
            checked: has_flag(tag, "checked"),
            disabled: has_flag(tag, "disabled"),
        })
        .collect();
    Some(Form {
        action: attribute(head, "action")?,
        controls,
    })
}

fn tags(html: &str) -> impl Iterator<Item = &str> {
    html.split('<')
        .skip(1)
        .filter_map(|piece| piece.split_once('>').map(|(tag, _)| tag))
}

/// The value of `name="…"`. A value never holds `"`, `<` or `>`: they are escaped.
fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, from_value) = tag.split_once(&format!(" {name}=\"")).or_else(|| {
        let start = format!("{name}=\"");
        tag.strip_prefix(start.as_str()).map(|rest| ("", rest))
    })?;
    from_value.split_once('"').map(|(value, _)| unescape(value))
}

/// Whether the tag has a bare attribute, outside of any value.
fn has_flag(tag: &str, name: &str) -> bool {
    tag.split('"')
        .step_by(2)
        .any(|outside| outside.split_whitespace().any(|word| word == name))
}

fn unescape(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&amp;", "&")
}

/// The words of a page: its main part without tags, or the whole body when it is no page.
pub(super) fn text(page: &str) -> String {
    let Some((_, main)) = page.split_once("<main") else {
        return page.trim().to_owned();
    };
    let main = main.split_once('>').map_or(main, |(_, rest)| rest);
    let main = main.split_once("</main>").map_or(main, |(before, _)| before);
    let words: String = main
        .split('<')
        .map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text))
        .fold(String::new(), |mut all, piece| {
            all.push_str(piece);
            all.push(' ');
            all
        });
    unescape(&words.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read_with_escapes_and_flags() {
        let page = r#"<form method="post" action="/x"><input type="hidden" name="request" value="a=&quot;1&quot;&amp;b=2">
            <input type="checkbox" name="p" value="checked" disabled><button type="submit" name="d" value="y">Go</button></form>"#;
        let form = first_form(page).unwrap();
        assert_eq!((form.action.as_str(), form.controls.len()), ("/x", 3));
        assert_eq!(form.controls[0].value, "a=\"1\"&b=2");
        assert!(form.controls[1].disabled && !form.controls[1].checked);
        assert_eq!(form.controls[2].kind, "submit");
    }

    #[test]
    fn an_error_page_is_reduced_to_its_words() {
        assert_eq!(
            text("<main id=\"main\"><h1>No</h1><p>Because &amp; so.</p></main>"),
            "No Because & so."
        );
        assert_eq!(text("{\"code\": 400}"), "{\"code\": 400}");
    }
}
