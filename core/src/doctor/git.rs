//! Whether git has a file, or would take it: by the text of its index and of `.gitignore`, without running git.

/// How a file stands with git.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tracking {
    /// It lies in no repository.
    NoRepository,
    /// It is in the index: everybody with the repository has it.
    Tracked,
    /// It is ignored.
    Ignored,
    /// `git add .` would take it.
    NotIgnored,
}

/// How a file stands, by its path from the repository's root with `/` between the parts; `ignores` are the lines that
/// apply, each file's with the folder that it lies in (empty for the root).
pub fn tracking(path: &str, index: &[u8], ignores: &[(String, String)]) -> Tracking {
    if is_in_index(path, index) {
        return Tracking::Tracked;
    }
    let mut ignored = false;
    // The last pattern that fits decides, over all files from the root downwards.
    for (folder, lines) in ignores {
        let Some(below) = below(path, folder) else { continue };
        for line in lines.lines() {
            let line = line.trim_end();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (negated, pattern) = match line.strip_prefix('!') {
                Some(pattern) => (true, pattern),
                None => (false, line),
            };
            if fits(pattern, below) {
                ignored = !negated;
            }
        }
    }
    if ignored {
        Tracking::Ignored
    } else {
        Tracking::NotIgnored
    }
}

/// Entries of an index hold the path as it is, ended by a zero (versions 2 and 3; version 4, which shortens paths, is rare).
fn is_in_index(path: &str, index: &[u8]) -> bool {
    let entry = path.as_bytes();
    if !index.starts_with(b"DIRC") || entry.is_empty() {
        return false;
    }
    index.windows(entry.len() + 1).enumerate().any(|(at, window)| {
        let (found, end) = window.split_at(entry.len());
        // 62 bytes of an entry stand before its path; the last two are flags with the path's length.
        let length = at.checked_sub(1).and_then(|before| index.get(before)).copied();
        found == entry && end == [0] && (length == u8::try_from(entry.len()).ok() || entry.len() > 255)
    })
}

fn below<'a>(path: &'a str, folder: &str) -> Option<&'a str> {
    if folder.is_empty() {
        return Some(path);
    }
    path.strip_prefix(folder)?.strip_prefix('/')
}

/// Whether a pattern fits a path or a folder that leads to it. Without a slash inside it fits at any depth.
fn fits(pattern: &str, path: &str) -> bool {
    let folder_only = pattern.ends_with('/');
    let pattern = pattern.trim_end_matches('/');
    let anchored = pattern.trim_end_matches('/').contains('/');
    let pattern = pattern.trim_start_matches('/');
    let pattern = pattern
        .strip_prefix("**/")
        .map_or((pattern, anchored), |rest| (rest, rest.contains('/')));
    let (pattern, anchored) = pattern;
    let parts: Vec<&str> = path.split('/').collect();
    for end in 1..=parts.len() {
        // A pattern for folders fits what lies below one, never the file itself.
        if folder_only && end == parts.len() {
            continue;
        }
        let candidate = parts.get(..end).unwrap_or_default();
        let fits = if anchored {
            glob(pattern, &candidate.join("/"))
        } else {
            candidate.last().is_some_and(|name| glob(pattern, name))
        };
        if fits {
            return true;
        }
    }
    false
}

/// `*` is any run without a slash, `**` any run, `?` one character.
fn glob(pattern: &str, text: &str) -> bool {
    fn go(pattern: &[char], text: &[char]) -> bool {
        match pattern.split_first() {
            None => text.is_empty(),
            Some(('*', rest)) if rest.first() == Some(&'*') => {
                let rest = rest.get(1..).unwrap_or_default();
                (0..=text.len()).any(|at| go(rest, text.get(at..).unwrap_or_default()))
            }
            Some(('*', rest)) => {
                let run = text.iter().take_while(|c| **c != '/').count();
                (0..=run).any(|at| go(rest, text.get(at..).unwrap_or_default()))
            }
            Some((wanted, rest)) => match text.split_first() {
                Some((c, more)) => (*wanted == '?' && *c != '/' || wanted == c) && go(rest, more),
                None => false,
            },
        }
    }
    // Wildcards try every division: a pattern that nobody writes is not worth the time.
    if pattern.matches('*').count() > 6 {
        return false;
    }
    go(&pattern.chars().collect::<Vec<_>>(), &text.chars().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by(lines: &str, path: &str) -> Tracking {
        tracking(path, b"", &[(String::new(), lines.to_owned())])
    }

    #[test]
    fn patterns_are_read_as_git_reads_them() {
        use Tracking::{Ignored, NotIgnored};
        for (lines, path, wanted) in [
            ("", "app/secret", NotIgnored),
            ("# secret", "secret", NotIgnored),
            ("secret", "app/secret", Ignored),
            ("/secret", "app/secret", NotIgnored),
            ("/secret", "secret", Ignored),
            ("*.secret", "app/my.secret", Ignored),
            ("app/", "app/secret", Ignored),
            ("secret/", "secret", NotIgnored),
            ("app/*.secret", "app/my.secret", Ignored),
            ("app/*.secret", "app/more/my.secret", NotIgnored),
            ("**/my.secret", "app/more/my.secret", Ignored),
            ("*\n!secret", "secret", NotIgnored),
            (".secret?", ".secrets", Ignored),
        ] {
            assert_eq!(by(lines, path), wanted, "{lines:?} {path}");
        }
    }

    #[test]
    fn a_deeper_ignore_file_speaks_of_its_own_folder() {
        let ignores = [
            (String::new(), "*".to_owned()),
            ("app".to_owned(), "!/secret".to_owned()),
        ];
        assert_eq!(tracking("app/secret", b"", &ignores), Tracking::NotIgnored);
        assert_eq!(tracking("other/secret", b"", &ignores), Tracking::Ignored);
    }

    #[test]
    fn a_path_in_the_index_is_tracked_and_its_namesake_in_another_folder_is_not() {
        let mut index = b"DIRC\0\0\0\x02\0\0\0\x01".to_vec();
        index.extend([7; 60]);
        index.extend([0, 10]);
        index.extend(b"app/secret\0\0\0");
        assert_eq!(tracking("app/secret", &index, &[]), Tracking::Tracked);
        assert_eq!(tracking("secret", &index, &[]), Tracking::NotIgnored);
    }
}
