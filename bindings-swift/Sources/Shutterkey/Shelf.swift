import Foundation

/// A place for a small blob under a name: what a file system, the Keychain and a dictionary have in common. ``ShelfStore`` makes a
/// token store of it.
protocol Shelf: Sendable {
    func read(_ name: String) throws -> Data?
    /// Writes whole or not at all, and durably.
    func write(_ name: String, _ data: Data) throws
    func names() throws -> [String]
}

/// A token store over a shelf, for one process: one blob a key, with the version, the lease and the record in it.
///
/// A deleted record leaves its version behind, so that none is used twice.
actor ShelfStore: TokenStore {
    private let shelf: any Shelf

    init(_ shelf: any Shelf) { self.shelf = shelf }

    private struct Entry: Codable {
        var v = 1
        /// The last version that was written.
        var version: UInt64 = 0
        var record: Data?
        var dueAt: Int64?
        var forgetAt: Int64?
        /// The last lease that was given out.
        var fence: UInt64 = 0
        var leasedAt: Int64?
        var leaseLength: Int64 = 0

        /// From when it was taken for its length, and for no more than its length before: a clock that is set back by a little does
        /// not give it out twice, by much does not make it last for ever.
        func isLeased(at now: Int64) -> Bool {
            guard let leasedAt else { return false }
            return now < leasedAt + leaseLength && leasedAt < now + leaseLength
        }

        func present(at now: Int64) -> Data? {
            if let forgetAt, now >= forgetAt { return nil }
            return record
        }
    }

    private func entry(_ key: String) throws -> Entry {
        guard let data = try shelf.read(key) else { return Entry() }
        guard let entry = try? JSONDecoder().decode(Entry.self, from: data), entry.v == 1 else {
            throw TokenStoreError.corrupt
        }
        return entry
    }

    private func put(_ key: String, _ entry: Entry) throws {
        guard let data = try? JSONEncoder().encode(entry) else { throw TokenStoreError.unavailable }
        try shelf.write(key, data)
    }

    func load(_ key: String, at now: Date) throws -> StoredRecord? {
        let entry = try entry(key)
        return entry.present(at: now.moment).map { StoredRecord(data: $0, version: entry.version) }
    }

    func save(_ key: String, _ record: TokenRecord, replacing expected: UInt64?, fence: UInt64?, at now: Date) throws -> UInt64? {
        var entry = try entry(key)
        let present = entry.present(at: now.moment) == nil ? nil : entry.version
        let fencedOff = fence.map { $0 < entry.fence } ?? false
        if present != expected || fencedOff { return nil }
        entry.version += 1
        entry.record = record.data
        entry.dueAt = record.dueAt?.moment
        entry.forgetAt = record.forgetAt?.moment
        try put(key, entry)
        return entry.version
    }

    func delete(_ key: String, expected: UInt64) throws -> Bool {
        var entry = try entry(key)
        guard entry.record != nil, entry.version == expected else { return false }
        entry.record = nil
        entry.dueAt = nil
        entry.forgetAt = nil
        try put(key, entry)
        return true
    }

    func lease(_ key: String, for seconds: TimeInterval, at now: Date) throws -> UInt64? {
        var entry = try entry(key)
        if entry.isLeased(at: now.moment) { return nil }
        entry.fence += 1
        entry.leasedAt = now.moment
        entry.leaseLength = Int64(seconds)
        try put(key, entry)
        return entry.fence
    }

    func release(_ key: String, fence: UInt64) throws {
        var entry = try entry(key)
        guard entry.fence == fence, entry.leasedAt != nil else { return }
        entry.leasedAt = nil
        try put(key, entry)
    }

    func list(prefix: String) throws -> [String] {
        // A damaged entry is listed: whoever reads it learns that it is.
        try shelf.names()
            .filter { $0.utf8.starts(with: prefix.utf8) && ((try? entry($0).record != nil) ?? true) }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }
}

/// Makes a token store of a `ShelfStore` that is behind it.
protocol Shelved: TokenStore {
    var shelved: ShelfStore { get }
}

extension Shelved {
    public func load(_ key: String, at now: Date) async throws -> StoredRecord? { try await shelved.load(key, at: now) }

    public func save(
        _ key: String, _ record: TokenRecord, replacing expected: UInt64?, fence: UInt64?, at now: Date
    ) async throws -> UInt64? {
        try await shelved.save(key, record, replacing: expected, fence: fence, at: now)
    }

    public func delete(_ key: String, expected: UInt64) async throws -> Bool {
        try await shelved.delete(key, expected: expected)
    }

    public func lease(_ key: String, for seconds: TimeInterval, at now: Date) async throws -> UInt64? {
        try await shelved.lease(key, for: seconds, at: now)
    }

    public func release(_ key: String, fence: UInt64) async throws { try await shelved.release(key, fence: fence) }

    public func list(prefix: String) async throws -> [String] { try await shelved.list(prefix: prefix) }
}
