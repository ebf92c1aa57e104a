internal import ShutterkeyCore

/// `response_type` of the authorization request.
public enum ResponseType: String, Sendable {
    /// A code, in the query (RFC 6749 4.1).
    case code
    /// A token, in the fragment (RFC 6749 4.2): for providers that have it, by explicit choice (RFC 9700 2.1.2 advises against it).
    case token
}

/// A checked configuration. Everything that can be wrong with it is refused when it is made.
///
/// There is no app secret in it, and no way to put one in: an app cannot keep one. What needs it is the backend's.
public struct ClientConfig: Sendable, CustomStringConvertible {
    let native: NativeConfig
    private let parts: DescribedConfig

    /// The platform.
    public let provider: Provider

    /// Checks everything.
    ///
    /// - Parameters:
    ///   - clientID: The client id. Meta: the app id of the product itself, not the one at the top of the dashboard.
    ///   - redirectURI: Exactly as it is registered. Required for logins.
    ///   - scopes: What every login asks for; by default the product's base scope.
    ///   - allowUnknownScopes: Lets names pass that the product is not known to have.
    ///   - responseType: `.code` unless said otherwise.
    /// - Throws: ``ShutterkeyError/config(_:)``.
    public init(
        provider: Provider, clientID: String, redirectURI: String?, scopes: [String]? = nil,
        allowUnknownScopes: Bool = false, responseType: ResponseType? = nil
    ) throws {
        self.provider = provider
        native = try core {
            try NativeConfig(
                provider: provider.native,
                parts: ConfigParts(
                    clientId: clientID, redirectUri: redirectURI, scopes: scopes, allowUnknownScopes: allowUnknownScopes,
                    responseType: responseType?.rawValue))
        }
        parts = native.described()
    }

    /// The client id.
    public var clientID: String { parts.clientId }
    /// The redirect URI, byte for byte.
    public var redirectURI: String { parts.redirectUri }
    /// The scopes of every login.
    public var scopes: [String] { parts.scopes }
    /// Whether logins are answered with a code or a token.
    public var responseType: ResponseType { ResponseType(rawValue: parts.responseType) ?? .code }

    public var description: String { "ClientConfig(\(provider.id), \(clientID), \(redirectURI))" }

    /// Refuses two clients that share a redirect URI, unless both providers name themselves in their answers: a code could go to the
    /// wrong token endpoint (mix-up, RFC 9700 4.4).
    ///
    /// - Throws: `config.redirect_uri_shared`.
    public static func checkDistinct(_ clients: [ClientConfig]) throws {
        try core { try ShutterkeyCore.checkDistinct(clients: clients.map(\.native)) }
    }
}
