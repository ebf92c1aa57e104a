import Foundation
internal import ShutterkeyCore

/// A record to write. It holds a token, and prints nothing of it.
public struct TokenRecord: Sendable, Redacted {
    /// The record: opaque, and a secret.
    public let data: Data
    /// When a keeper wants to see it again; nil: not by time.
    public let dueAt: Date?
    /// From when on the store may forget it; nil: never.
    public let forgetAt: Date?

    /// A record.
    public init(data: Data, dueAt: Date? = nil, forgetAt: Date? = nil) {
        self.data = data
        self.dueAt = dueAt
        self.forgetAt = forgetAt
    }

    init(_ native: NativeRecord) {
        self.init(
            data: native.reveal(), dueAt: native.dueAt().map(Date.init(moment:)),
            forgetAt: native.forgetAt().map(Date.init(moment:)))
    }

    public var description: String { "TokenRecord([redacted; \(data.count)])" }
}

/// A record as it came out of a store.
public struct StoredRecord: Sendable, Redacted {
    /// The record.
    public let data: Data
    /// Grows with every write of the key; never used twice, not even after a deletion.
    public let version: UInt64

    /// A record with its version.
    public init(data: Data, version: UInt64) {
        self.data = data
        self.version = version
    }

    public var description: String { "StoredRecord([redacted; \(data.count)], \(version))" }
}

/// Why a store could not do it, as a code of the `store` family.
public enum TokenStoreError: String, Error, Sendable {
    /// It cannot be reached, or a device that is locked does not open it.
    case unavailable = "store.unavailable"
    /// It may not be used: permissions, or a foreign owner.
    case refused = "store.refused"
    /// What it holds cannot be read.
    case corrupt = "store.corrupt"
    /// Somebody else wrote meanwhile, again and again.
    case conflict = "store.conflict"
    /// Somebody else is at it for too long.
    case busy = "store.busy"
}

/// Where tokens are kept: ``KeychainTokenStore`` (Apple platforms), ``FileTokenStore``, ``MemoryTokenStore``, or one of your own.
///
/// A store holds opaque data under plain keys, and promises four things: a write replaces only the version it expects; a write under
/// an earlier lease than the last is refused; a lease has one holder at a time and frees itself; what was written is read back
/// whole or not at all. Time is given where it matters, so that a store needs no clock and follows a moved one.
public protocol TokenStore: Sendable {
    /// The record under a key. One past its `forgetAt` is none, also for a write.
    func load(_ key: String, at now: Date) async throws -> StoredRecord?

    /// Writes if the present version is `expected` (nil: there is no record) and no later lease than `fence` was given out for the
    /// key. Answers the new version, or nil for a conflict. Durable when it returns.
    func save(_ key: String, _ record: TokenRecord, replacing expected: UInt64?, fence: UInt64?, at now: Date) async throws -> UInt64?

    /// Removes a record if it still has this version, and says whether it did.
    func delete(_ key: String, expected: UInt64) async throws -> Bool

    /// Takes the lease of a key for so many seconds, unless somebody has it (nil). Its number grows with every lease of the key.
    func lease(_ key: String, for seconds: TimeInterval, at now: Date) async throws -> UInt64?

    /// Gives a lease back. One that somebody else has by now is left alone.
    func release(_ key: String, fence: UInt64) async throws

    /// The keys that begin with `prefix`, in order.
    func list(prefix: String) async throws -> [String]
}
