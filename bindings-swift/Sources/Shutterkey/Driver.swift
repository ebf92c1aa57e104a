import Foundation

extension TokenOperation {
    /// Performs every step over a transport and a store, to the end.
    ///
    /// It does not stop when its task is cancelled: what was received must be saved. ``Client`` and ``Keeper`` see to it that a
    /// caller who goes away does not wait.
    func run(
        over transport: any Transport, store: (any TokenStore)? = nil, now: @Sendable () -> Date = { Date() }
    ) async throws -> Value {
        var step = try begin(at: now())
        while true {
            let answer: Answer
            switch step {
            case .done(let value): return value
            case .send(let request): answer = await transport.answer(request)
            case .wait(let seconds):
                await pause(seconds)
                answer = .waited
            default:
                guard let store else { throw ShutterkeyError.misuse("This needs a store, and there is none.") }
                answer = await store.answer(step, at: now())
            }
            step = try self.step(answer, at: now())
        }
    }
}

extension Transport {
    fileprivate func answer(_ request: HTTPRequest) async -> Answer {
        do {
            return .response(try await send(request))
        } catch let failure as SendFailure {
            return .sendFailed(failure)
        } catch {
            // What it means is not known, so the request may have been sent.
            return .sendFailed(.reset)
        }
    }
}

extension TokenStore {
    fileprivate func answer<Value>(_ step: Step<Value>, at now: Date) async -> Answer {
        do {
            switch step {
            case .load(let key): return .loaded(try await load(key, at: now))
            case .lease(let key, let timeToLive):
                return try await lease(key, for: timeToLive, at: now).map { .leased(fence: $0) } ?? .leaseHeld
            case .save(let key, let record, let expected, let fence):
                let version = try await save(key, record, replacing: expected, fence: fence, at: now)
                return version.map { .saved(version: $0) } ?? .conflict
            case .release(let key, let fence):
                try await release(key, fence: fence)
                return .released
            case .delete(let key, let expected): return try await delete(key, expected: expected) ? .deleted : .conflict
            case .send, .wait, .done: return .storeFailed(.unavailable)
            }
        } catch let error as TokenStoreError {
            return .storeFailed(error)
        } catch {
            return .storeFailed(.unavailable)
        }
    }
}

/// Waits, also in a task that was cancelled.
private func pause(_ seconds: TimeInterval) async {
    await withUnsafeContinuation { continuation in
        DispatchQueue.global().asyncAfter(deadline: .now() + seconds) { continuation.resume() }
    }
}

/// The value of a task that goes on whatever happens to the caller: one who is cancelled stops waiting, and nothing else stops.
func joined<Value: Sendable>(_ task: Task<Value, any Error>) async throws -> Value {
    let waiting = Waiting<Value>()
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { continuation in
            waiting.wait(continuation)
            Task.detached { waiting.end(await task.result) }
        }
    } onCancel: {
        waiting.end(.failure(CancellationError()))
    }
}

/// A continuation that is resumed once, by whichever of two comes first.
private final class Waiting<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var continuation: CheckedContinuation<Value, any Error>?
    private var early: Result<Value, any Error>?

    func wait(_ continuation: CheckedContinuation<Value, any Error>) {
        let early = lock.withLock {
            if self.early == nil { self.continuation = continuation }
            return self.early
        }
        if let early { continuation.resume(with: early) }
    }

    func end(_ result: Result<Value, any Error>) {
        let waiting = lock.withLock {
            defer { continuation = nil }
            if continuation == nil && early == nil { early = result }
            return continuation
        }
        waiting?.resume(with: result)
    }
}
