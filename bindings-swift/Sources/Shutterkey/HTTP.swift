import Foundation
internal import ShutterkeyCore

/// A request to be sent by a ``Transport``. Address, headers and body may hold a token or a code; its printed form has method, host
/// and path alone.
public struct HTTPRequest: Sendable, Redacted {
    /// `GET`, `POST` or `DELETE`.
    public let method: String
    /// The whole address: Meta puts tokens into queries.
    public let url: String
    /// Names in lower case, and values.
    public let headers: [(name: String, value: String)]
    /// The body, form-encoded.
    public let body: String?
    /// How long it may take in all, in seconds.
    public let deadline: TimeInterval
    /// How much of the answer may be read, in bytes.
    public let bodyCap: Int
    /// Whether it may be sent again when no answer came. A code exchange never is.
    public let isReplaySafe: Bool

    public let description: String

    init(_ native: NativeRequest) {
        let all = native.reveal()
        method = all[0]
        url = all[1]
        body = all[2].isEmpty ? nil : all[3]
        headers = stride(from: 4, to: all.count - 1, by: 2).map { (all[$0], all[$0 + 1]) }
        deadline = native.deadline()
        bodyCap = Int(native.bodyCap())
        isReplaySafe = native.isReplaySafe()
        description = native.described()
    }
}

/// An answer, whatever its status. Its printed form has status and length alone.
public struct HTTPResponse: Sendable, Redacted {
    /// HTTP status.
    public let status: Int
    /// Names, in any case, and values.
    public let headers: [(name: String, value: String)]
    /// The body. It may be a token.
    public let body: Data

    /// An answer.
    public init(status: Int, headers: [(name: String, value: String)] = [], body: Data = Data()) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    public var description: String { "HTTP \(status) (\(body.count) bytes)" }

    var answer: ApiAnswer {
        ApiAnswer(
            status: UInt16(clamping: status), headerNames: headers.map(\.name), headerValues: headers.map(\.value), body: body)
    }
}

/// Why there is no response.
///
/// `.dns` and `.offline` promise that **nothing was sent**: a login whose exchange ends so may be completed again. A transport that
/// is not certain throws `.reset`.
public enum SendFailure: String, Error, Sendable {
    /// The deadline passed.
    case timeout
    /// The host's name could not be resolved.
    case dns
    /// No secure connection.
    case tls
    /// No connection.
    case offline
    /// The connection broke.
    case reset
    /// The body is above the cap.
    case tooLarge = "too_large"
}

/// Sends requests: ``URLSessionTransport``, or one of your own.
///
/// The contract: https only (the core hands out nothing else, loopback and sandboxes excepted), no redirect followed, no cookies,
/// within the deadline, at most the body cap read, and **each request sent once**: beware of stacks that send a POST again by
/// themselves.
public protocol Transport: Sendable {
    /// Sends one request, once.
    ///
    /// - Throws: ``SendFailure``. Anything else counts as `.reset`.
    func send(_ request: HTTPRequest) async throws -> HTTPResponse
}
