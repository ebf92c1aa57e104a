import Foundation
internal import ShutterkeyCore

/// A whole sequence without I/O: every step is answered exactly once, in order.
///
/// ``Client`` and ``Keeper`` drive these. With a driver of your own, ``begin(at:)`` gives the first step and ``step(_:at:)`` the next
/// one, until it is ``Step/done(_:)`` or throws.
public struct TokenOperation<Value: Sendable>: Sendable, Redacted {
    private let native: NativeOperation
    private let convert: @Sendable (DoneParts) throws -> Value

    init(_ native: NativeOperation, _ convert: @escaping @Sendable (DoneParts) -> Value?) {
        self.native = native
        self.convert = { done in
            guard let value = convert(done) else { throw ShutterkeyError.misuse("An operation gave something else.") }
            return value
        }
    }

    /// The first step.
    ///
    /// - Throws: What the operation found wrong before it needed anybody.
    public func begin(at now: Date = Date()) throws -> Step<Value> {
        try step(from: core { try native.begin(now: now.moment) })
    }

    /// The next step, given the answer to the last one.
    ///
    /// - Throws: How the operation failed; `internal.operation` for an answer that does not belong to the step.
    public func step(_ answer: Answer, at now: Date = Date()) throws -> Step<Value> {
        try step(from: core { try native.step(answer: answer.parts, now: now.moment) })
    }

    private func step(from parts: StepParts) throws -> Step<Value> {
        switch parts {
        case .send(let request): return .send(HTTPRequest(request))
        case .load(let key): return .load(key: key)
        case .lease(let key, let ttl): return .lease(key: key, timeToLive: ttl)
        case .save(let key, let record, let expected, let fence):
            return .save(key: key, record: TokenRecord(record), expected: expected, fence: fence)
        case .release(let key, let fence): return .release(key: key, fence: fence)
        case .delete(let key, let expected): return .delete(key: key, expected: expected)
        case .wait(let seconds): return .wait(seconds)
        case .done(let done): return .done(try convert(done))
        }
    }

    public var description: String { "TokenOperation" }
}

/// What an operation asks its driver to do.
public enum Step<Value: Sendable>: Sendable {
    /// Send a request. Answer `.response` or `.sendFailed`.
    case send(HTTPRequest)
    /// Load a record. Answer `.loaded` or `.storeFailed`.
    case load(key: String)
    /// Take a lease, which frees itself after so many seconds. Answer `.leased`, `.leaseHeld` or `.storeFailed`.
    case lease(key: String, timeToLive: TimeInterval)
    /// Write a record if the present version is the expected one (nil: there is none) and no later lease was given out. Answer
    /// `.saved`, `.conflict` or `.storeFailed`.
    case save(key: String, record: TokenRecord, expected: UInt64?, fence: UInt64?)
    /// Give a lease back. Answer `.released` or `.storeFailed`.
    case release(key: String, fence: UInt64)
    /// Remove a record if it still has this version. Answer `.deleted`, `.conflict` or `.storeFailed`.
    case delete(key: String, expected: UInt64)
    /// Wait so many seconds. Answer `.waited`.
    case wait(TimeInterval)
    /// Finished.
    case done(Value)
}

/// What a driver answers to a ``Step``.
public enum Answer: Sendable {
    /// The response, whatever its status.
    case response(HTTPResponse)
    /// No response, or none that could be read whole.
    case sendFailed(SendFailure)
    /// The record, or that there is none.
    case loaded(StoredRecord?)
    /// The lease, by its number, which grows with every lease of a key.
    case leased(fence: UInt64)
    /// Somebody else has the lease.
    case leaseHeld
    /// The version that was written.
    case saved(version: UInt64)
    /// Another version is there, or a later lease.
    case conflict
    /// The store could not do it.
    case storeFailed(TokenStoreError)
    /// The lease is back.
    case released
    /// The record is gone.
    case deleted
    /// The time has passed.
    case waited

    var parts: AnswerParts {
        switch self {
        case .response(let response): return .response(answer: response.answer)
        case .sendFailed(let failure): return .sendFailed(reason: failure.rawValue)
        case .loaded(nil): return .notThere
        case .loaded(let stored?): return .loaded(record: stored.data, version: stored.version)
        case .leased(let fence): return .leased(fence: fence)
        case .leaseHeld: return .leaseHeld
        case .saved(let version): return .saved(version: version)
        case .conflict: return .conflict
        case .storeFailed(let error): return .storeFailed(code: error.rawValue)
        case .released: return .released
        case .deleted: return .deleted
        case .waited: return .waited
        }
    }
}
