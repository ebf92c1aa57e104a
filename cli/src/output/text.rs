//! Words on lines, and secrets that are shown in part.

/// Breaks a sentence into lines of at most `width` columns, each after the first behind `indent`. A word that is longer,
/// such as an address, stays whole.
pub(crate) fn wrap(sentence: &str, indent: &str, width: usize) -> String {
    let mut out = String::with_capacity(sentence.len() + 16);
    let mut column = indent.chars().count();
    for (index, word) in sentence.split_whitespace().enumerate() {
        let length = word.chars().count();
        if index > 0 {
            if column + 1 + length > width {
                out.push('\n');
                out.push_str(indent);
                column = indent.chars().count();
            } else {
                out.push(' ');
                column += 1;
            }
        }
        out.push_str(word);
        column += length;
    }
    out
}

/// A secret as people may see it: its first and last four characters, and of a short one nothing.
pub(crate) fn masked(secret: &str) -> String {
    let ends = (
        secret.get(..4),
        secret.len().checked_sub(4).and_then(|at| secret.get(at..)),
    );
    match ends {
        (Some(first), Some(last)) if secret.len() >= 20 => format!("{first}…{last}"),
        _ => "…".to_owned(),
    }
}

/// Text from outside without what could change how a terminal shows the rest.
pub(crate) fn plain(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            c if c.is_control() => ' ',
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}' => ' ',
            c => c,
        })
        .take(200)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_break_between_words_and_long_words_stay_whole() {
        assert_eq!(wrap("one two three", "  ", 9), "one two\n  three");
        assert_eq!(
            wrap("go to https://localhost/a/b/c", "", 10),
            "go to\nhttps://localhost/a/b/c"
        );
    }

    #[test]
    fn at_most_eight_characters_of_a_secret_are_shown_and_none_of_a_short_one() {
        assert_eq!(masked("IGAAcanary0123456789x3Zd"), "IGAA…x3Zd");
        assert_eq!(masked("short-secret"), "…");
        assert_eq!(masked(""), "…");
    }
}
