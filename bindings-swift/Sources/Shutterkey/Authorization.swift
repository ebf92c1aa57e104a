import Foundation
internal import ShutterkeyCore

/// What a login means to its caller. Everything is optional.
public struct AuthorizeOptions: Sendable {
    /// Scopes without which the login is of no use: `denied.scope` if one is not granted.
    public var requiredScopes: [String]?
    /// Scopes that may be declined; what was not granted is part of the result.
    public var optionalScopes: [String]?
    /// The account that has to log in: another one answers `account.mismatch`.
    public var expectAccount: String?
    /// Your own small data, returned with the result: at most 256 bytes.
    public var context: Data?
    /// Where to go afterwards: a path of your own.
    public var returnTo: String?
    /// Binds the login to a session; the answer is then accepted with the same one only.
    public var session: String?
    /// How long the login may take, in seconds; ten minutes by default.
    public var timeToLive: Int?
    /// Meta's `force_reauth`: the person enters credentials even with a live session. Recommended on mobile.
    public var forceReauth = false
    /// Further parameters of the authorize URL, in order.
    public var extra: [(name: String, value: String)] = []

    /// Nothing special.
    public init() {}

    var native: LoginOptions {
        LoginOptions(
            requiredScopes: requiredScopes, optionalScopes: optionalScopes, expectAccount: expectAccount, context: context,
            returnTo: returnTo, session: session, ttl: timeToLive.map(Int64.init), forceReauth: forceReauth,
            extraNames: extra.map(\.name), extraValues: extra.map(\.value))
    }
}

/// Where to send the person, and what to keep until the answer comes. It holds the state, and prints nothing of it.
public struct AuthorizationRequest: Sendable, Redacted {
    /// The authorize URL, for the person's own browser. It carries the state: not for a log.
    public let url: URL
    /// What the answer is checked against.
    public let pending: PendingAuthorization

    init(_ begun: Begun) throws {
        guard let url = URL(string: begun.url()) else { throw ShutterkeyError.misuse("The authorize URL is no URL.") }
        self.url = url
        pending = PendingAuthorization(begun.pending())
    }

    public var description: String { "AuthorizationRequest(\(pending.provider))" }
}

/// A login that was begun and not yet answered: state, code verifier, and all that the answer is checked against.
///
/// It lives ten minutes unless said otherwise. ``serialize()`` lets it wait while the browser is open, since the system may end the
/// app meanwhile. Its printed form shows no secret.
public struct PendingAuthorization: Sendable, Redacted {
    let native: NativePending

    init(_ native: NativePending) { self.native = native }

    private var parts: PendingParts { native.described() }

    /// Reads back what ``serialize()`` wrote.
    ///
    /// - Throws: `redirect.seal_invalid` for anything else.
    public init(serialized text: String) throws {
        self.init(try core { try NativePending.deserialize(text: text) })
    }

    /// The whole login as text. It is a secret: for the Keychain, or a file of the app's own.
    public func serialize() -> String { native.serialize() }

    /// The provider's stable name.
    public var provider: String { parts.provider }
    /// Where the answer comes to.
    public var redirectURI: String { parts.redirectUri }
    /// Whether a code or a token was asked for.
    public var responseType: ResponseType { ResponseType(rawValue: parts.responseType) ?? .code }
    /// When it was begun.
    public var createdAt: Date { Date(moment: parts.createdAt) }
    /// From this moment on, no answer is accepted.
    public var expiresAt: Date { Date(moment: parts.expiresAt) }
    /// A public name for this login, for logs and stores: nothing can be done with it.
    public var handle: String { parts.handle }
    /// Your own data.
    public var context: Data? { parts.context }
    /// Where to go afterwards.
    public var returnTo: String? { parts.returnTo }
    /// The account that has to log in.
    public var expectedAccount: String? { parts.expectedAccount }
    /// The code verifier, a secret, where PKCE is used: for an exchange of your own.
    public func revealVerifier() -> String? { native.revealVerifier() }

    public var description: String { "PendingAuthorization(\(provider), \(redirectURI))" }

    /// Accepts a whole redirect URL, with every check: address, that nothing occurs twice, state, time, session, issuer.
    ///
    /// An answer that fails leaves the login as it is: a wrong state must not cancel somebody's login.
    ///
    /// - Throws: ``ShutterkeyError/redirect(_:)``; ``ShutterkeyError/denied(_:)`` when the person or the provider said no.
    public func accept(_ redirectURL: URL, at now: Date = Date(), session: String? = nil) throws -> Grant {
        try accept(redirectURL.absoluteString, at: now, session: session)
    }

    /// As ``accept(_:at:session:)-swift.method`` for the address as text, byte for byte.
    public func accept(_ redirectURL: String, at now: Date = Date(), session: String? = nil) throws -> Grant {
        Grant(try core { try native.accept(url: redirectURL, now: now.moment, session: session) })
    }

    /// Accepts the raw query of an address that is known to be the redirect URI.
    public func acceptQuery(_ query: String, at now: Date = Date(), session: String? = nil) throws -> Grant {
        Grant(try core { try native.acceptQuery(query: query, now: now.moment, session: session) })
    }

    /// Accepts what a person pasted: quotes, line breaks and a missing scheme are forgiven, a missing state is not.
    public func acceptPasted(_ text: String, at now: Date = Date(), session: String? = nil) throws -> Grant {
        Grant(try core { try native.acceptPasted(text: text, now: now.moment, session: session) })
    }
}

/// What a person granted: a code to exchange, or a token. It is used once, and prints nothing.
public struct Grant: Sendable, Redacted {
    let native: NativeGrant

    init(_ native: NativeGrant) { self.native = native }

    /// The code, where it is one.
    public func revealCode() -> String? { native.revealCode() }
    /// The token that came in the fragment.
    public func revealAccessToken() -> String? { native.revealAccessToken() }
    /// Facebook's `long_lived_token`, where it sent one.
    public func revealLongLivedToken() -> String? { native.revealLongLivedToken() }

    public var description: String { "Grant([redacted])" }
}
