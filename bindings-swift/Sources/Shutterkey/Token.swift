import Foundation
internal import ShutterkeyCore

/// An access token. The value comes out by ``reveal()`` alone; every printed form is redacted.
public struct Token: Sendable, Redacted {
    let native: NativeToken

    init(_ native: NativeToken) { self.native = native }

    /// Asked for when it is wanted: most tokens are only revealed.
    private var parts: TokenParts { native.described() }

    /// What a token is.
    public enum Kind: String, Sendable {
        /// Meta's token of an hour or two, straight from the code.
        case short
        /// Meta's token of sixty days.
        case long
        /// A Facebook Page's token.
        case page
        /// A business's system user.
        case systemUser = "system_user"
        /// Without stated expiry (legacy platform).
        case permanent
        /// An RFC 6750 bearer token of a standard server.
        case bearer
    }

    /// When a token stops working by time alone.
    public enum Expiry: Sendable, Equatable {
        /// At this moment.
        case at(Date)
        /// Not by time.
        case never
        /// The provider did not say; one refresh tells.
        case unknown
    }

    /// Whether a token works at a moment, as far as time can tell.
    public enum Validity: Sendable, Equatable {
        /// It works; until when, if that is known.
        case live(until: Date?)
        /// It does not, for ever.
        case expired
    }

    /// Whether a token can be refreshed at a moment.
    public enum Refreshable: Sendable, Equatable {
        /// Yes.
        case now
        /// From this moment on.
        case notBefore(Date)
        /// No, and waiting does not change it: `expired`, `short_lived`, `never_expires`, `not_offered`, `no_refresh_token`.
        case impossible(reason: String)
    }

    /// A token whose value you have.
    ///
    /// - Throws: `token.malformed`.
    public init(
        _ value: String, provider: Provider, kind: Kind, scopes: [String]? = nil, issuedAt: Date? = nil,
        expiry: Expiry = .unknown, dataAccessUntil: Date? = nil, refreshToken: String? = nil
    ) throws {
        self.init(
            try core {
                try NativeToken(
                    provider: provider.native, value: value,
                    parts: TokenParts(
                        kind: kind.rawValue, scopes: scopes, issuedAt: issuedAt?.moment, expiry: expiry.parts,
                        dataAccessUntil: dataAccessUntil?.moment),
                    refreshToken: refreshToken)
            })
    }

    /// The value: for the Authorization header or the `access_token` parameter, never for a log.
    public func reveal() -> String { native.reveal() }

    /// The refresh token (RFC 6749 1.5), a secret, where there is one.
    public func revealRefreshToken() -> String? { native.revealRefreshToken() }

    /// What it is.
    public var kind: Kind { Kind(rawValue: parts.kind) ?? .bearer }
    /// What was granted; nil where the provider does not say.
    public var scopes: [String]? { parts.scopes }
    /// When it was issued, where that is known.
    public var issuedAt: Date? { parts.issuedAt.map(Date.init(moment:)) }
    /// When it stops working by time alone.
    public var expiry: Expiry { Expiry(parts.expiry) }
    /// Until when data may be read (Facebook's 90 days without activity).
    public var dataAccessUntil: Date? { parts.dataAccessUntil.map(Date.init(moment:)) }

    /// Whether it works, as far as time can tell.
    public func validity(at now: Date = Date()) -> Validity {
        switch native.validity(now: now.moment) {
        case .live(let until): return .live(until: until.map(Date.init(moment:)))
        case .expired: return .expired
        }
    }

    /// Whether it can be refreshed.
    public func refreshable(at now: Date = Date()) -> Refreshable {
        switch native.refreshable(now: now.moment) {
        case .now: return .now
        case .notBefore(let moment): return .notBefore(Date(moment: moment))
        case .impossible(let reason): return .impossible(reason: reason)
        }
    }

    public var description: String { "Token(\(parts.kind), [redacted])" }
}

extension Token.Expiry {
    init(_ parts: ExpiryParts) {
        switch parts {
        case .at(let moment): self = .at(Date(moment: moment))
        case .never: self = .never
        case .unknown: self = .unknown
        }
    }

    var parts: ExpiryParts {
        switch self {
        case .at(let date): return .at(moment: date.moment)
        case .never: return .never
        case .unknown: return .unknown
        }
    }
}
