//! A folder that only its owner can read, and files in it that are replaced whole or not at all.
//!
//! The folder is opened once per operation and everything else goes through that handle, so nobody can put another
//! folder under the same path in between.

use std::fs::File;
use std::io::{ErrorKind, Read, Write};
use std::os::fd::OwnedFd;
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, Dir, FileType, Mode, OFlags, Stat};
use rustix::io::Errno;
use zeroize::Zeroizing;

use super::refusal::{refused, shell_quoted, unavailable};
use crate::entropy::Entropy;
use crate::error::{Error, Result};

/// No record comes near it; a file that does was not written here.
pub(in crate::store) const LARGEST: usize = 4 * 1024 * 1024;

/// The ending of files that are being written.
pub(in crate::store) const UNFINISHED: &str = ".tmp";

const FOLDER_MODE: Mode = Mode::RWXU;
const FILE_MODE: Mode = Mode::RUSR.union(Mode::WUSR);

#[derive(Debug)]
pub(in crate::store) struct Folder {
    handle: OwnedFd,
    path: PathBuf,
}

impl Folder {
    /// The folder, if there is one. It is looked at every time: permissions change.
    pub(in crate::store) fn open(path: &Path) -> Result<Option<Self>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(handle) => handle,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(not_opened(path, error)),
        };
        let stat = rustix::fs::fstat(&handle).map_err(|error| unavailable("read", path, error))?;
        check_private(path, &stat, FOLDER_MODE)?;
        Ok(Some(Self {
            handle,
            path: path.to_owned(),
        }))
    }

    /// The folder, made if need be with all that lead to it.
    pub(in crate::store) fn open_or_make(path: &Path) -> Result<Self> {
        if let Some(folder) = Self::open(path)? {
            return Ok(folder);
        }
        make(path)?;
        Self::open(path)?.ok_or_else(|| unavailable("make", path, Errno::NOENT))
    }

    pub(in crate::store) fn path_of(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Opens a file if it is one, and its owner's alone.
    pub(in crate::store) fn open_file(&self, name: &str, flags: OFlags) -> Result<Option<File>> {
        // Not blocking: opening a named pipe would otherwise wait for its other end.
        let flags = flags | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
        let handle = match rustix::fs::openat(&self.handle, name, flags, FILE_MODE) {
            Ok(handle) => handle,
            Err(Errno::NOENT) => return Ok(None),
            Err(error) => return Err(not_opened(&self.path_of(name), error)),
        };
        let path = self.path_of(name);
        let stat = rustix::fs::fstat(&handle).map_err(|error| unavailable("read", &path, error))?;
        if FileType::from_raw_mode(stat.st_mode) != FileType::RegularFile {
            return Err(refused(format!("{} is not a file.", path.display())));
        }
        check_private(&path, &stat, FILE_MODE)?;
        Ok(Some(File::from(handle)))
    }

    pub(in crate::store) fn read(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>> {
        let Some(file) = self.open_file(name, OFlags::RDONLY)? else {
            return Ok(None);
        };
        let failed = |error| unavailable("read", &self.path_of(name), error);
        let length = file.metadata().map_err(failed)?.len();
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        if length > LARGEST {
            // Nothing of ours, so nothing to read: it is damaged like an empty one.
            return Ok(Some(Zeroizing::default()));
        }
        // Made at its full length, so that no shorter copy with a token in it is left behind unwiped.
        let mut contents = Zeroizing::new(Vec::with_capacity(length + 1));
        file.take(LARGEST as u64).read_to_end(&mut contents).map_err(failed)?;
        Ok(Some(contents))
    }

    /// Replaces a file. With `previous`, what it held until now is kept under that name.
    ///
    /// On the disk when it returns. If it fails, the old file is still there, whole.
    pub(in crate::store) fn replace(&self, name: &str, contents: &[u8], previous: Option<&str>) -> Result<()> {
        let unfinished = self.write_unfinished(name, contents)?;
        let failed = |error: Errno| unavailable("write", &self.path_of(name), error);
        let renamed = match previous {
            Some(previous) => self.keep(name, previous),
            None => Ok(()),
        }
        .and_then(|()| self.rename(&unfinished, name).map_err(failed));
        if renamed.is_err() {
            let _ = self.remove(&unfinished);
        }
        renamed?;
        self.sync()
    }

    /// Writes a file under a name of its own.
    fn write_unfinished(&self, name: &str, contents: &[u8]) -> Result<String> {
        let random = u64::from_le_bytes(*Entropy::<8>::from_os()?.bytes());
        let unfinished = format!("{name}.{random:016x}{UNFINISHED}");
        let path = self.path_of(&unfinished);
        let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let handle = rustix::fs::openat(&self.handle, unfinished.as_str(), flags, FILE_MODE)
            .map_err(|error| unavailable("write", &path, error))?;
        // A umask can take rights of the owner too.
        let written = rustix::fs::fchmod(&handle, FILE_MODE)
            .map_err(std::io::Error::from)
            .and_then(|()| {
                let mut file = File::from(handle);
                file.write_all(contents)?;
                sync(&file, "the new file")
            });
        if let Err(error) = written {
            let _ = self.remove(&unfinished);
            return Err(unavailable("write", &path, error));
        }
        Ok(unfinished)
    }

    /// Gives a file a second name, which costs no second write. It stays where it is until it is replaced.
    fn keep(&self, name: &str, previous: &str) -> Result<()> {
        self.remove(previous)?;
        match rustix::fs::linkat(&self.handle, name, &self.handle, previous, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            // A file system without links.
            Err(_) => {
                let Some(contents) = self.read(name)? else {
                    return Ok(());
                };
                let copy = self.write_unfinished(previous, &contents)?;
                self.rename(&copy, previous)
                    .map_err(|error| unavailable("write", &self.path_of(previous), error))
            }
        }
    }

    /// Removes a file, if it is there. A symbolic link is removed itself.
    pub(in crate::store) fn remove(&self, name: &str) -> Result<()> {
        match rustix::fs::unlinkat(&self.handle, name, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(unavailable("remove", &self.path_of(name), error)),
        }
    }

    /// Puts renames and removals on the disk.
    pub(in crate::store) fn sync(&self) -> Result<()> {
        self.handle
            .try_clone()
            .and_then(|handle| sync(&File::from(handle), "the folder"))
            .map_err(|error| unavailable("write", &self.path, error))
    }

    fn rename(&self, from: &str, to: &str) -> std::result::Result<(), Errno> {
        rustix::fs::renameat(&self.handle, from, &self.handle, to)?;
        order::note("renamed");
        Ok(())
    }

    /// Writes a file and removes it again.
    pub(in crate::store) fn try_writing(&self) -> Result<()> {
        let unfinished = self.write_unfinished("probe", b"shutterkey asks whether this folder can be written to\n")?;
        self.remove(&unfinished)
    }

    /// The names of all files.
    pub(in crate::store) fn names(&self) -> Result<Vec<String>> {
        let failed = |error| unavailable("read", &self.path, error);
        let mut names = Vec::new();
        for entry in Dir::read_from(&self.handle).map_err(failed)? {
            // Names of ours are ASCII; any other is somebody else's file.
            if let Ok(name) = entry.map_err(failed)?.file_name().to_str() {
                names.push(name.to_owned());
            }
        }
        Ok(names)
    }

    /// Whether an open file is still what is found under its name.
    pub(in crate::store) fn is_still(&self, name: &str, file: &File) -> Result<bool> {
        let failed = |error| unavailable("read", &self.path_of(name), error);
        let open = rustix::fs::fstat(file).map_err(failed)?;
        match rustix::fs::statat(&self.handle, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(named) => Ok((named.st_dev, named.st_ino) == (open.st_dev, open.st_ino)),
            Err(Errno::NOENT) => Ok(false),
            Err(error) => Err(failed(error)),
        }
    }
}

/// Puts on the disk what was written.
fn sync(file: &File, what: &'static str) -> std::io::Result<()> {
    file.sync_all()?;
    order::note(what);
    Ok(())
}

/// Makes a folder and those that lead to it, each on the disk before the next.
fn make(path: &Path) -> Result<()> {
    let missing: Vec<&Path> = path
        .ancestors()
        .take_while(|ancestor| !ancestor.as_os_str().is_empty() && ancestor.symlink_metadata().is_err())
        .collect();
    for folder in missing.into_iter().rev() {
        match rustix::fs::mkdir(folder, FOLDER_MODE) {
            // Another process makes the same folder.
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(unavailable("make", folder, error)),
        }
        if let Some(parent) = folder.parent() {
            // Some file systems cannot do it for folders of others; then it is theirs to keep.
            let _ = File::open(parent).and_then(|parent| parent.sync_all());
        }
    }
    Ok(())
}

fn check_private(path: &Path, stat: &Stat, mode: Mode) -> Result<()> {
    let me = rustix::process::geteuid();
    if stat.st_uid != me.as_raw() {
        return Err(refused(format!(
            "{} belongs to user {}, not to user {} who runs this. Run: chown {} {}",
            path.display(),
            stat.st_uid,
            me.as_raw(),
            me.as_raw(),
            shell_quoted(path)
        )));
    }
    let found = Mode::from_raw_mode(stat.st_mode);
    if found.intersects(Mode::RWXG | Mode::RWXO) {
        return Err(refused(format!(
            "Others have access to {} (mode {:04o}). Run: chmod {:o} {}",
            path.display(),
            found.bits(),
            mode.bits(),
            shell_quoted(path)
        )));
    }
    Ok(())
}

/// Says why a path could not be opened, which the error number alone does not: systems differ over symbolic links.
fn not_opened(path: &Path, error: Errno) -> Error {
    match path.symlink_metadata() {
        Ok(found) if found.is_symlink() => refused(format!(
            "{} is a symbolic link, which is not followed. Name the place that it points to.",
            path.display()
        )),
        Ok(found) if error == Errno::NOTDIR && !found.is_dir() => {
            refused(format!("{} is not a folder.", path.display()))
        }
        Err(missing) if missing.kind() == ErrorKind::NotADirectory => {
            refused(format!("A part of {} is not a folder.", path.display()))
        }
        _ => unavailable("open", path, error),
    }
}

/// What reached the disk, in order: a crash of the machine is what the order is for, and no test can have one.
#[cfg(not(test))]
mod order {
    pub(super) fn note(_: &'static str) {}
}

#[cfg(test)]
mod order {
    use std::cell::RefCell;

    thread_local! {
        static NOTED: RefCell<Vec<&'static str>> = const { RefCell::new(Vec::new()) };
    }

    pub(super) fn note(what: &'static str) {
        NOTED.with_borrow_mut(|noted| noted.push(what));
    }

    pub(super) fn noted() -> Vec<&'static str> {
        NOTED.take()
    }
}

#[cfg(test)]
mod tests {
    use super::{Folder, order};

    #[test]
    fn a_file_is_on_the_disk_before_its_name_is_and_its_name_before_the_answer() {
        let parent = tempfile::tempdir().unwrap();
        let folder = Folder::open_or_make(&parent.path().join("accounts")).unwrap();
        for previous in [None, Some("record.previous")] {
            order::noted();
            folder.replace("record", b"contents", previous).unwrap();
            assert_eq!(order::noted(), ["the new file", "renamed", "the folder"]);
        }
    }
}
