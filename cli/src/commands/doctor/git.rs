//! Whether a file lies in a git repository, by looking at its files; git itself is not run.

use std::path::{Path, PathBuf};

use shutterkey::doctor::git::{self, Tracking};

/// The largest index that is looked through.
const CAP: u64 = 64 << 20;

pub(crate) fn tracking(path: &Path) -> Tracking {
    let Some((root, git_folder, below)) = repository(path) else {
        return Tracking::NoRepository;
    };
    let parts: Vec<&str> = below.iter().filter_map(|part| part.to_str()).collect();
    let index = match std::fs::metadata(git_folder.join("index")) {
        Ok(metadata) if metadata.len() <= CAP => std::fs::read(git_folder.join("index")).unwrap_or_default(),
        _ => Vec::new(),
    };
    let mut ignores = Vec::new();
    if let Ok(lines) = std::fs::read_to_string(git_folder.join("info/exclude")) {
        ignores.push((String::new(), lines));
    }
    // Each folder from the root down to the file's own.
    for depth in 0..parts.len() {
        let folder = parts.get(..depth).unwrap_or_default().join("/");
        if let Ok(lines) = std::fs::read_to_string(root.join(&folder).join(".gitignore")) {
            ignores.push((folder, lines));
        }
    }
    git::tracking(&parts.join("/"), &index, &ignores)
}

/// The repository's root, its git folder, and the file's path below the root.
fn repository(path: &Path) -> Option<(PathBuf, PathBuf, PathBuf)> {
    let path = std::path::absolute(path).ok()?;
    // Without what leads up again, which would not be below the root.
    let path = path.parent()?.canonicalize().ok()?.join(path.file_name()?);
    let root = path.ancestors().skip(1).find(|folder| folder.join(".git").exists())?;
    let below = path.strip_prefix(root).ok()?.to_owned();
    let dot_git = root.join(".git");
    let folder = if dot_git.is_dir() {
        dot_git
    } else {
        // A linked work tree: the file names the folder.
        let text = std::fs::read_to_string(&dot_git).ok()?;
        root.join(text.strip_prefix("gitdir:")?.trim())
    };
    Some((root.to_owned(), folder, below))
}
