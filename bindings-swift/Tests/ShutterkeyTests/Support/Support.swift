import Foundation
import Shutterkey
import XCTest

/// A clock that a test moves.
final class MovableClock: @unchecked Sendable {
    private let lock = NSLock()
    private var seconds: TimeInterval

    init(_ seconds: TimeInterval = 1_800_000_000) { self.seconds = seconds }

    var now: @Sendable () -> Date {
        { [self] in Date(timeIntervalSince1970: lock.withLock { seconds }) }
    }

    func advance(_ length: TimeInterval) { lock.withLock { seconds += length } }
}

/// Answers requests from a script of a test's, and remembers what was sent.
final class ScriptedTransport: Transport, @unchecked Sendable {
    typealias Script = @Sendable (HTTPRequest) async throws -> HTTPResponse

    private let lock = NSLock()
    private var requests: [HTTPRequest] = []
    private let script: Script

    init(_ script: @escaping Script) { self.script = script }

    var sent: [HTTPRequest] { lock.withLock { requests } }

    func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        lock.withLock { requests.append(request) }
        return try await script(request)
    }
}

/// A door that a test opens: whoever comes before waits.
final class Gate: @unchecked Sendable {
    private let lock = NSLock()
    private var isOpen = false
    private var waiting: [CheckedContinuation<Void, Never>] = []
    private var arrivals: [CheckedContinuation<Void, Never>] = []
    private var arrived = false

    /// Waits until it is open.
    func pass() async {
        await withCheckedContinuation { continuation in
            let (open, told) = lock.withLock {
                arrived = true
                let told = arrivals
                arrivals = []
                if !isOpen { waiting.append(continuation) }
                return (isOpen, told)
            }
            told.forEach { $0.resume() }
            if open { continuation.resume() }
        }
    }

    /// Waits until somebody stands before it.
    func somebodyWaits() async {
        await withCheckedContinuation { continuation in
            let there = lock.withLock {
                if !arrived { arrivals.append(continuation) }
                return arrived
            }
            if there { continuation.resume() }
        }
    }

    func open() {
        let all = lock.withLock {
            isOpen = true
            defer { waiting = [] }
            return waiting
        }
        all.forEach { $0.resume() }
    }
}

func json(_ text: String, status: Int = 200) -> HTTPResponse {
    HTTPResponse(status: status, headers: [(name: "content-type", value: "application/json")], body: Data(text.utf8))
}

/// Runs what has to fail, and gives the error of this package.
func failure<T>(
    of work: @autoclosure () async throws -> T, file: StaticString = #filePath, line: UInt = #line
) async -> ShutterkeyError? {
    do {
        _ = try await work()
        XCTFail("it did not fail", file: file, line: line)
    } catch let error as ShutterkeyError {
        return error
    } catch {
        XCTFail("it failed otherwise: \(error)", file: file, line: line)
    }
    return nil
}

/// A setting that whoever runs the tests has to give.
func setting(_ name: String) throws -> String {
    guard let value = ProcessInfo.processInfo.environment[name] else {
        throw Malformed("\(name) is not set: run these tests by `python3 tests/run swift`, which starts what they talk to")
    }
    return value
}
