import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Keeps each record in a file of its own, for the owner alone (0600), in a folder for the owner alone (0700).
///
/// A file is written beside the old one, synced and renamed over it, so that there is always one of the two, whole. One process at
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
        guard let data = try? handle.readToEnd() ?? Data() else { throw TokenStoreError.unavailable }
        return data
    }

    func write(_ name: String, _ data: Data) throws {
        try makeFolder()
        let (path, beside) = (path(name), path(name) + ".\(UUID().uuidString).new")
        let file = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw errno == EACCES ? TokenStoreError.refused : TokenStoreError.unavailable }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        do {
            try handle.write(contentsOf: data)
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
        return files.compactMap { $0.hasSuffix(Self.suffix) ? name(String($0.dropLast(Self.suffix.count))) : nil }
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

    private func path(_ name: String) -> String { folder.appendingPathComponent(encoded(name) + Self.suffix).path }

    /// Keys hold what file names do not, and differ by case, which file systems do not all see: hexadecimal it is.
    private func encoded(_ name: String) -> String { name.utf8.map { String(format: "%02x", $0) }.joined() }

    private func name(_ encoded: String) -> String? {
        let digits = Array(encoded.utf8)
        guard digits.count.isMultiple(of: 2) else { return nil }
        let bytes = stride(from: 0, to: digits.count, by: 2).map {
            UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16)
        }
        return bytes.contains(nil) ? nil : String(decoding: bytes.compactMap { $0 }, as: UTF8.self)
    }
}
