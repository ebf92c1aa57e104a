//! Which file system a path lies on, by the text of Linux's `/proc/self/mountinfo`.

use std::path::Path;

/// File systems that lie on another machine: locks and renames there may not hold between machines.
const NETWORK: [&str; 12] = [
    "nfs",
    "nfs4",
    "cifs",
    "smb3",
    "smbfs",
    "afs",
    "ceph",
    "glusterfs",
    "fuse.sshfs",
    "fuse.s3fs",
    "fuse.rclone",
    "9p",
];

/// Whether a file system lies on another machine.
pub fn is_network(file_system: &str) -> bool {
    NETWORK.contains(&file_system)
}

/// The type of the file system that an absolute path lies on.
pub fn file_system<'a>(path: &Path, mountinfo: &'a str) -> Option<&'a str> {
    let mut best: Option<(usize, &str)> = None;
    for line in mountinfo.lines() {
        let (before, after) = line.split_once(" - ")?;
        // proc(5): id, parent, device, root, mount point, options.
        let point = before.split(' ').nth(4)?.replace("\\040", " ");
        let kind = after.split(' ').next()?;
        let depth = Path::new(&point).components().count();
        // A later mount hides an earlier one at the same place.
        if path.starts_with(&point) && best.is_none_or(|(known, _)| depth >= known) {
            best = Some((depth, kind));
        }
    }
    best.map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MOUNTS: &str = "\
22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 22 0:40 / /home rw - nfs4 server:/home rw
31 30 8:2 / /home/studio/local\\040disk rw - xfs /dev/sdb1 rw
";

    #[test]
    fn the_deepest_mount_that_leads_to_a_path_decides() {
        for (path, kind) in [
            ("/var/x", "ext4"),
            ("/home/studio/.local/share", "nfs4"),
            ("/home/studio/local disk/x", "xfs"),
            ("/homes/x", "ext4"),
        ] {
            assert_eq!(file_system(Path::new(path), MOUNTS), Some(kind), "{path}");
        }
        assert!(is_network("nfs4") && !is_network("ext4"));
    }
}
