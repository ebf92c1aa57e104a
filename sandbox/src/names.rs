//! Which application names a sandbox refuses, so that its consent page cannot be used to deceive.

/// Parts that no name may contain, wherever they stand.
const PARTS: [&str; 6] = ["instagram", "insta", "gram", "facebook", "threads", "whatsapp"];
/// Words that no name may hold as a word of its own (`metadata` is fine, `Meta Login` is not).
const WORDS: [&str; 4] = ["ig", "fb", "meta", "igtv"];

/// Why a name is refused, as a sentence for the person who typed it; `None` for a name that is fine.
pub(crate) fn refusal(name: &str) -> Option<&'static str> {
    let name = name.trim();
    if name.is_empty() {
        return Some("Enter a name for your application.");
    }
    if name.chars().count() > 60 {
        return Some("Use at most 60 characters.");
    }
    if name.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Some("Use visible characters only.");
    }
    let latin = name.chars().any(|c| c.is_ascii_alphabetic());
    if latin && name.chars().any(|c| c.is_alphabetic() && c > '\u{24f}') {
        return Some("Do not mix alphabets: letters that look alike can pass for another name.");
    }
    let plain: String = name.chars().map(look_alike).collect();
    let squashed: String = plain.chars().filter(char::is_ascii_alphanumeric).collect();
    let refused = PARTS.iter().any(|part| squashed.contains(part))
        || plain
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| WORDS.contains(&word))
        || WORDS.contains(&squashed.as_str());
    refused.then_some("A sandbox app may not carry a name that sounds like Instagram, Meta, Facebook or Threads.")
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

/// The letter that a character can be mistaken for, in lower case.
fn look_alike(c: char) -> char {
    match c.to_lowercase().next().unwrap_or(c) {
        '0' => 'o',
        '1' | '!' | '|' | 'ì'..='ï' | 'ı' | 'ĩ' | 'ī' | 'į' => 'i',
        '3' | 'è'..='ë' | 'ē' | 'ė' | 'ę' | 'ě' => 'e',
        '4' | '@' | 'à'..='å' | 'ā' | 'ă' | 'ą' => 'a',
        '5' | '$' | 'ś' | 'ş' | 'š' => 's',
        '7' | 'ţ' | 'ť' | 'ŧ' => 't',
        '9' | 'ĝ' | 'ğ' | 'ġ' | 'ģ' => 'g',
        'ñ' | 'ń' | 'ņ' | 'ň' => 'n',
        'ŕ' | 'ŗ' | 'ř' => 'r',
        'ò'..='ö' | 'ø' | 'ō' => 'o',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_sound_like_the_real_platform_are_refused() {
        for name in [
            "Instagram",
            "My Insta App",
            "1nst@gram tool",
            "I n s t a g r a m",
            "Photogram",
            "IG tools",
            "Meta Login",
            "Face-book",
            "Thr3ads",
            "Ínstágram",
            "Inst\u{200b}agram",
            "\u{406}nstagram",
        ] {
            assert!(refusal(name).is_some(), "{name:?} was accepted");
        }
    }

    #[test]
    fn other_names_are_fine() {
        for name in [
            "Photo wall",
            "Metadata viewer",
            "Big Figs",
            "Café album",
            "写真帳",
            "Darkroom 2",
        ] {
            assert_eq!(refusal(name), None, "{name:?}");
        }
    }
}
