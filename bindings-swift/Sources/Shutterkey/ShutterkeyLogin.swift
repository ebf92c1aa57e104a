import Foundation
internal import ShutterkeyCore

/// A login that the app shares with its backend: the backend holds the app secret, the app has the browser.
///
/// The backend's route `handover-start` begins it for the user who is signed in and answers JSON, which this reads. Open ``url`` in
/// the system's browser (``present(from:prefersEphemeralSession:)`` does so on Apple platforms), give what comes back to
/// ``handover(_:at:)``, and send the result to the backend's route `handover-finish`. No secret and no token is ever in the app.
///
/// It holds the state and the handle, and prints nothing of them. ``serialize()`` lets it wait while the browser is open, since the
/// system may end the app meanwhile.
public struct ShutterkeyLogin: Sendable, Redacted {
    private let native: NativeLogin

    /// The address for the system's browser. It carries the state: not for a log.
    public let url: URL

    /// Reads what the backend answered, or what ``serialize()`` wrote.
    ///
    /// - Throws: `config.unsupported` for a version that this release does not know, and for a login that is answered with a token;
    ///   `config.invalid` for anything else that is not the start of a hand-over; `config.insecure_endpoint`.
    public init(_ json: String) throws {
        native = try core { try NativeLogin.parse(json: json) }
        guard let url = URL(string: native.url()) else { throw ShutterkeyError.misuse("The authorize URL is no URL.") }
        self.url = url
    }

    /// As ``init(_:)-swift.init``, for the body of a response.
    public init(_ json: Data) throws { try self.init(String(decoding: json, as: UTF8.self)) }

    /// Where the answer comes to: a universal link of the app, or its own scheme.
    public var redirectURI: String { native.redirectUri() }

    /// From this moment on, no answer is accepted.
    public var expiresAt: Date { Date(moment: native.expiresAt()) }

    /// The whole login as text. It is a secret: for the Keychain, or a file of the app's own.
    public func serialize() -> String { native.toJson() }

    /// Checks what the browser came back with, and makes of it what the backend gets.
    ///
    /// - Throws: ``ShutterkeyError/redirect(_:)`` for an answer that is not this login's, which leaves the login as it is;
    ///   ``ShutterkeyError/denied(_:)`` when the person or the provider said no.
    public func handover(_ redirectURL: URL, at now: Date = Date()) throws -> Handover {
        try handover(redirectURL.absoluteString, at: now)
    }

    /// As ``handover(_:at:)-swift.method`` for the address as text, byte for byte.
    public func handover(_ redirectURL: String, at now: Date = Date()) throws -> Handover {
        Handover(try core { try native.answer(redirectUrl: redirectURL, now: now.moment) })
    }

    public var description: String { "ShutterkeyLogin(\(redirectURI))" }
}

/// What the app gives its backend to finish a login. It holds the code and the handle, and prints nothing of them.
public struct Handover: Sendable, Redacted {
    private let native: NativeHandover

    init(_ native: NativeHandover) { self.native = native }

    /// The body of the request, as `application/json`: for the backend alone, never for a log.
    public var json: Data { Data(native.toJson().utf8) }

    public var description: String { "Handover([redacted])" }
}

extension TokenStore {
    private var loginKey: String { "handover" }

    /// Keeps a login while the browser is open; one that was kept before is replaced.
    public func keep(_ login: ShutterkeyLogin) async throws {
        let record = TokenRecord(data: Data(login.serialize().utf8), forgetAt: login.expiresAt)
        for _ in 0..<4 {
            let present = try await load(loginKey, at: .distantPast)
            let replaced = try await save(
                loginKey, record, replacing: present?.version, fence: nil, at: .distantPast)
            if replaced != nil { return }
        }
        throw TokenStoreError.conflict
    }

    /// The login that was kept, if it is not over.
    public func keptLogin(at now: Date = Date()) async throws -> ShutterkeyLogin? {
        try await load(loginKey, at: now).map { try ShutterkeyLogin($0.data) }
    }

    /// Forgets it.
    public func forgetLogin() async throws {
        if let present = try await load(loginKey, at: .distantPast) {
            _ = try await delete(loginKey, expected: present.version)
        }
    }
}
