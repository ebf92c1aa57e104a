import Foundation
internal import ShutterkeyCore

/// Requests of the token's life and the reading of their answers, in pairs: for an HTTP client and a mind of your own.
public enum OAuth {
    /// The exchange of a code (RFC 6749 4.1.3). Never sent twice.
    ///
    /// - Throws: `config.secret_missing` where the provider needs the app secret: hand the login over to a backend.
    public static func exchangeRequest(_ config: ClientConfig, code: String, verifier: String? = nil) throws -> HTTPRequest {
        HTTPRequest(try core { try buildExchangeRequest(config: config.native, code: code, verifier: verifier) })
    }

    /// Short-lived to long-lived.
    public static func extendRequest(_ config: ClientConfig, _ token: Token) throws -> HTTPRequest {
        HTTPRequest(try core { try buildExtendRequest(config: config.native, token: token.native) })
    }

    /// The refresh.
    public static func refreshRequest(_ config: ClientConfig, _ token: Token) throws -> HTTPRequest {
        HTTPRequest(try core { try buildRefreshRequest(config: config.native, token: token.native) })
    }

    /// Whose token it is.
    public static func identifyRequest(_ provider: Provider, _ token: Token) throws -> HTTPRequest {
        HTTPRequest(try core { try buildIdentifyRequest(provider: provider.native, token: token.native) })
    }

    /// The end of a token (RFC 7009; Facebook's `DELETE /me/permissions`).
    public static func revokeRequest(_ config: ClientConfig, _ token: Token) throws -> HTTPRequest {
        HTTPRequest(try core { try buildRevokeRequest(config: config.native, token: token.native) })
    }

    /// Reads the answer to an exchange. `asked` are the scopes of the login.
    public static func exchangeResponse(
        _ provider: Provider, _ response: HTTPResponse, asked: [String] = [], at now: Date = Date()
    ) throws -> TokenAnswer {
        TokenAnswer(
            try core {
                try parseExchangeResponse(
                    provider: provider.native, asked: asked, answer: response.answer, now: now.moment)
            })
    }

    /// Reads the answer to the exchange for a long-lived token.
    public static func extendResponse(
        _ provider: Provider, _ token: Token, _ response: HTTPResponse, at now: Date = Date()
    ) throws -> Token {
        Token(
            try core {
                try parseExtendResponse(
                    provider: provider.native, token: token.native, answer: response.answer, now: now.moment)
            })
    }

    /// Reads the answer to a refresh; another user's is refused.
    public static func refreshResponse(
        _ provider: Provider, _ token: Token, _ response: HTTPResponse, expectedUserID: String? = nil,
        at now: Date = Date()
    ) throws -> Token {
        Token(
            try core {
                try parseRefreshResponse(
                    provider: provider.native, token: token.native, expectedUserId: expectedUserID,
                    answer: response.answer, now: now.moment)
            })
    }

    /// Reads whose token it is.
    public static func identifyResponse(
        _ provider: Provider, _ response: HTTPResponse, at now: Date = Date()
    ) throws -> Account {
        Account(
            try core {
                try parseIdentifyResponse(provider: provider.native, answer: response.answer, now: now.moment)
            })
    }

    /// Reads the answer to a revocation.
    public static func revokeResponse(_ response: HTTPResponse, at now: Date = Date()) throws {
        try core { try parseRevokeResponse(answer: response.answer, now: now.moment) }
    }

    /// What an answer of any endpoint means; nil for a success.
    public static func classify(_ response: HTTPResponse, at now: Date = Date()) -> ShutterkeyError? {
        ShutterkeyCore.classify(answer: response.answer, now: now.moment).map { ShutterkeyError($0) }
    }

    /// The two places where a server's metadata may be (RFC 8414).
    public static func metadataURLs(issuer: String) throws -> [String] {
        try core { try metadataUrls(issuer: issuer) }
    }

    /// The request for the metadata at one of them.
    public static func metadataRequest(url: String) -> HTTPRequest {
        HTTPRequest(buildMetadataRequest(url: url))
    }

    /// Reads a server's metadata into a provider; what is given stands over it.
    public static func metadataResponse(
        issuer: String, _ response: HTTPResponse, standard given: Provider.Standard = Provider.Standard()
    ) throws -> Provider {
        Provider(try core { try parseMetadata(issuer: issuer, answer: response.answer, given: given.parts) })
    }

    /// Refuses a path to return to that leads to another site.
    ///
    /// - Throws: `redirect.return_to`.
    public static func checkReturnTo(_ path: String) throws {
        try core { try ShutterkeyCore.checkReturnTo(path: path) }
    }
}
