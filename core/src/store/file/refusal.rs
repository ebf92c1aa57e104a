//! The errors of the file store: each names the file, and what to do with it.

use std::io::{self, ErrorKind};
use std::path::Path;

use crate::error::{Error, ErrorCode};

/// What the system refused to do with a file.
pub(super) fn unavailable(what: &str, path: &Path, error: impl Into<io::Error>) -> Error {
    let error = error.into();
    let code = match error.kind() {
        // The last is a limit of the process, not of the disk.
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => ErrorCode::StoreFull,
        ErrorKind::ReadOnlyFilesystem => ErrorCode::StoreReadOnly,
        ErrorKind::PermissionDenied => ErrorCode::StoreDenied,
        _ => ErrorCode::StoreUnavailable,
    };
    Error::with_detail(code, format!("Could not {what} {}: {error}.", path.display()))
}

pub(super) fn refused(why: String) -> Error {
    Error::with_detail(ErrorCode::StoreRefused, why)
}

pub(super) fn damaged(path: &Path) -> Error {
    Error::with_detail(
        ErrorCode::StoreCorrupt,
        format!("{} is damaged. Move it away to start anew.", path.display()),
    )
}

pub(super) fn other_format(path: &Path, format: &str) -> Error {
    Error::with_detail(
        ErrorCode::StoreCorrupt,
        format!(
            "{} has format {format}; this release reads format 1. Use the release that wrote it, or a later one.",
            path.display()
        ),
    )
}

/// A path as a shell takes it.
pub(super) fn shell_quoted(path: &Path) -> String {
    let path = path.display().to_string();
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if path.chars().all(plain) {
        return path;
    }
    format!("'{}'", path.replace('\'', r"'\''"))
}
