import Foundation
internal import ShutterkeyCore

/// A platform that issues tokens, as data: endpoints, scopes, rules and lifetimes.
public struct Provider: Sendable, CustomStringConvertible {
    let native: NativeProvider
    private let parts: ProviderParts

    init(_ native: NativeProvider) {
        self.native = native
        parts = native.described()
    }

    private static func builtIn(_ id: String) -> Provider {
        // The core has it by this name, and a test asks for each.
        guard let native = try? NativeProvider.byId(id: id) else { preconditionFailure("The core has no \(id).") }
        return Provider(native)
    }

    /// Instagram API with Instagram Login. Its code is exchanged with the app secret, so an app hands its login over to a backend.
    public static let instagram = builtIn("instagram")

    /// Facebook Login for Business. Answers with a token on the device where `responseType` is `.token`.
    public static let facebook = builtIn("facebook")

    /// Threads API.
    public static let threads = builtIn("threads")

    /// The Instagram platform of 2010 to 2020, which answers in a sandbox alone.
    public static let legacy = builtIn("legacy")

    /// What is known of an RFC 6749 server.
    public struct Standard: Sendable {
        /// Where people are sent. Required, unless it is discovered.
        public var authorizationEndpoint: String?
        /// Where codes are exchanged. Required, unless it is discovered.
        public var tokenEndpoint: String?
        /// A stable name of your own; `standard` by default.
        public var id: String?
        /// What people call it; the authorization endpoint's origin by default.
        public var name: String?
        /// The issuer (RFC 8414): an `iss` in an answer must equal it.
        public var issuer: String?
        /// Whether every answer names the issuer (RFC 9207): one without is then refused.
        public var issuerPromised = false
        /// An endpoint that answers JSON about the token's owner to a bearer token.
        public var identityEndpoint: String?
        /// The member of it that holds the id: `id`, `sub` or `user_id`; `sub` by default.
        public var identityMember: String?
        /// Where tokens are revoked (RFC 7009).
        public var revocationEndpoint: String?
        /// PKCE S256 (RFC 7636): off only for a server that refuses unknown parameters.
        public var pkce = true

        /// Nothing is known yet.
        public init(authorizationEndpoint: String? = nil, tokenEndpoint: String? = nil) {
            self.authorizationEndpoint = authorizationEndpoint
            self.tokenEndpoint = tokenEndpoint
        }

        var parts: StandardParts {
            StandardParts(
                authorizeEndpoint: authorizationEndpoint, tokenEndpoint: tokenEndpoint, id: id, name: name, issuer: issuer,
                issuerPromised: issuerPromised, identityEndpoint: identityEndpoint, identityMember: identityMember,
                revocationEndpoint: revocationEndpoint, withoutPkce: !pkce)
        }
    }

    /// Any RFC 6749 server, described by hand.
    ///
    /// - Throws: ``ShutterkeyError/config(_:)`` for an endpoint that is missing, or neither https nor on this machine.
    public static func standard(_ described: Standard) throws -> Provider {
        Provider(try core { try NativeProvider.standard(described: described.parts) })
    }

    /// Any RFC 6749 server, described by its own metadata (RFC 8414); what is given stands over it.
    ///
    /// - Throws: ``ShutterkeyError/redirect(_:)`` where the metadata names another issuer; the `provider` and `network` families.
    public static func discover(
        issuer: String, standard given: Standard = Standard(), transport: any Transport = URLSessionTransport()
    ) async throws -> Provider {
        try await Operations.discover(issuer: issuer, standard: given).run(over: transport)
    }

    /// The platform of that name (`instagram`, `facebook`, `threads`, `legacy` or `standard`), played by a sandbox.
    ///
    /// - Parameters:
    ///   - url: The sandbox's address, such as `http://127.0.0.1:8910`.
    ///   - origin: The stable name in stored records of a sandbox that is kept between runs; its address by default.
    /// - Throws: `config.insecure_endpoint` when the address is neither https, nor loopback, nor an emulator's way to it.
    public static func inSandbox(_ id: String, url: String, origin: String? = nil) throws -> Provider {
        Provider(try core { try NativeProvider.inSandbox(id: id, base: url, origin: origin) })
    }

    /// The same platform, played by a sandbox. See ``inSandbox(_:url:origin:)``.
    public func atSandbox(url: String, origin: String? = nil) throws -> Provider {
        Provider(try core { try native.atSandbox(base: url, origin: origin) })
    }

    /// The stable name.
    public var id: String { parts.id }
    /// What people call it.
    public var name: String { parts.name }
    /// Where its tokens may be sent: part of every stored record.
    public var origin: String { parts.origin }
    /// Whether a sandbox plays it.
    public var isSandbox: Bool { parts.isSandbox }
    /// Where people are sent.
    public var authorizationEndpoint: String? { parts.authorizeEndpoint }
    /// Where codes are exchanged.
    public var tokenEndpoint: String? { parts.tokenEndpoint }
    /// Where tokens are revoked (RFC 7009).
    public var revocationEndpoint: String? { parts.revocationEndpoint }
    /// The issuer (RFC 8414).
    public var issuer: String? { parts.issuer }
    /// Whether every answer names the issuer (RFC 9207).
    public var issuerPromised: Bool { parts.issuerPromised }
    /// Whether a backend's secret goes into the body (`client_secret_post`) instead of HTTP Basic. No secret is ever here.
    public var secretInBody: Bool { parts.secretInBody }
    /// Whether PKCE is sent (RFC 7636).
    public var pkce: Bool { parts.pkce }

    public var description: String { "Provider(\(id), \(origin))" }
}
