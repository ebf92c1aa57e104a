import Foundation
internal import ShutterkeyCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Keeps each record in a file of its own, named by a hash of its key, for the owner alone (0600), in a folder for the owner alone (0700).
///
/// A link, another user's file, and one that others may read are refused. A file is written beside the old one, synced and renamed over it, so that there is always one of the two, whole. One process at
/// a time may use a folder. On Apple platforms prefer ``KeychainTokenStore``; there, files are also protected until the first
/// unlock after a restart.
public struct FileTokenStore: TokenStore, Shelved, Redacted {
    let shelved: ShelfStore
    private let folder: URL

    /// A store in a folder, which is made when it is needed: one inside the app's own container, or a user's data folder.
    public init(folder: URL) {
        self.folder = folder
        shelved = ShelfStore(FileShelf(folder: folder))
    }

    public var description: String { "FileTokenStore(\(folder.path))" }
}

private struct FileShelf: Shelf {
    let folder: URL

    private static let suffix = ".token"

    func read(_ name: String) throws -> Data? {
        let path = path(name)
        let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw errno == EACCES || errno == ELOOP ? TokenStoreError.refused : TokenStoreError.unavailable
        }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        var info = stat()
        guard fstat(file, &info) == 0, info.st_uid == geteuid(), info.st_mode & 0o077 == 0 else {
            throw TokenStoreError.refused
        }
        guard let data = try? handle.readToEnd() ?? Data() else { throw TokenStoreError.unavailable }
        guard let (key, blob) = split(data), key == name else { throw TokenStoreError.corrupt }
        return blob
    }

    func write(_ name: String, _ data: Data) throws {
        try makeFolder()
        let (path, beside) = (path(name), path(name) + ".\(UUID().uuidString).new")
        let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw errno == EACCES ? TokenStoreError.refused : TokenStoreError.unavailable }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: Data("\(name)\n".utf8) + data)
            try handle.synchronize()
            protect(beside)
            guard rename(beside, path) == 0 else { throw TokenStoreError.unavailable }
        } catch {
            unlink(beside)
            throw TokenStoreError.unavailable
        }
        syncFolder()
    }

    func names() throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        guard let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path) else {
            throw TokenStoreError.unavailable
        }
        return files.compactMap { file in
            guard file.hasSuffix(Self.suffix) else { return nil }
            return (try? Data(contentsOf: folder.appendingPathComponent(file))).flatMap(split)?.key
        }
    }

    /// The key, which stands in the first line, and what follows it.
    private func split(_ data: Data) -> (key: String, blob: Data)? {
        guard let end = data.firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        return (String(decoding: data[..<end], as: UTF8.self), Data(data[(end + 1)...]))
    }

    private func makeFolder() throws {
        let attributes: [FileAttributeKey: Any] = [.posixPermissions: 0o700]
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true, attributes: attributes)
        } catch {
            throw TokenStoreError.unavailable
        }
    }

    /// Readable after the first unlock, since refreshes run in the background too; never in a backup.
    private func protect(_ path: String) {
        #if os(iOS) || os(tvOS) || os(watchOS) || os(visionOS)
        let protection: [FileAttributeKey: Any] = [.protectionKey: FileProtectionType.completeUntilFirstUserAuthentication]
        try? FileManager.default.setAttributes(protection, ofItemAtPath: path)
        #endif
    }

    private func syncFolder() {
        let directory = open(folder.path, O_RDONLY | O_CLOEXEC)
        guard directory >= 0 else { return }
        fsync(directory)
        close(directory)
    }

    private func path(_ name: String) -> String {
        folder.appendingPathComponent(ShutterkeyCore.fileName(text: name) + Self.suffix).path
    }
}
