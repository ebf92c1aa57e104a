import Foundation
internal import ShutterkeyCore

/// An account that was looked after.
public struct Kept: Sendable {
    /// The account as it is now; its token lives.
    public let account: StoredAccount
    /// Whether this refreshed it.
    public let refreshed: Bool
    /// Whether a refresh succeeded and did not move the expiry.
    public let stalled: Bool
    /// Until when the token lives, of an account that came to be at risk; told once for a token.
    public let atRisk: Date?
    /// What went wrong although the token lives.
    public let problem: ShutterkeyError?
}

/// What the report of an API's answer led to.
public struct Reported: Sendable {
    /// The account as it is now.
    public let account: StoredAccount
    /// What the answer means; nil for a success.
    public let meaning: ShutterkeyError?
    /// Whether the account's record was changed.
    public let changed: Bool
    /// What a keeper throws.
    public let error: ShutterkeyError?
}

/// What a code was exchanged for.
public struct TokenAnswer: Sendable {
    /// The token.
    public let token: Token
    /// The user id beside it, exact, where there was one.
    public let userID: String?

    init(_ parts: ExchangedParts) {
        token = Token(parts.token)
        userID = parts.userId
    }
}

/// Whole sequences, for a driver of your own. ``Client`` and ``Keeper`` perform them for you.
public enum Operations {
    /// Completes a login. With a namespace its account is stored there before it is given; without one no store is asked.
    public static func complete(
        _ config: ClientConfig, _ pending: PendingAuthorization, _ grant: Grant, namespace: String? = nil,
        name: String? = nil
    ) throws -> TokenOperation<Connection> {
        connecting(
            try core {
                try completeOperation(
                    config: config.native, pending: pending.native, grant: grant.native, namespace: namespace, name: name)
            })
    }

    /// Finishes a login whose code is spent.
    public static func resume(_ resumable: Resumable) -> TokenOperation<Connection> {
        connecting(resumeOperation(resumable: resumable.native))
    }

    /// Exchanges a code.
    public static func exchange(
        _ config: ClientConfig, _ pending: PendingAuthorization, _ grant: Grant
    ) throws -> TokenOperation<TokenAnswer> {
        let native = try core {
            try exchangeOperation(config: config.native, pending: pending.native, grant: grant.native)
        }
        return TokenOperation(native) { if case .exchanged(let parts) = $0 { TokenAnswer(parts) } else { nil } }
    }

    /// Makes a short-lived token long-lived.
    public static func extend(_ config: ClientConfig, _ token: Token) -> TokenOperation<Token> {
        giving(extendOperation(config: config.native, token: token.native))
    }

    /// Refreshes a token.
    public static func refresh(_ config: ClientConfig, _ token: Token) -> TokenOperation<Token> {
        giving(refreshOperation(config: config.native, token: token.native))
    }

    /// Asks whose token it is.
    public static func identify(_ provider: Provider, _ token: Token) -> TokenOperation<Account> {
        TokenOperation(identifyOperation(provider: provider.native, token: token.native)) {
            if case .account(let parts) = $0 { Account(parts) } else { nil }
        }
    }

    /// Ends a token at the provider.
    public static func revoke(_ config: ClientConfig, _ token: Token) -> TokenOperation<Void> {
        TokenOperation(revokeOperation(config: config.native, token: token.native)) { _ in () }
    }

    /// Describes a server by its own metadata (RFC 8414); what is given stands over it.
    public static func discover(
        issuer: String, standard given: Provider.Standard = Provider.Standard()
    ) -> TokenOperation<Provider> {
        TokenOperation(discoverOperation(issuer: issuer, given: given.parts)) {
            if case .provider(let native) = $0 { Provider(native) } else { nil }
        }
    }

    /// Takes a token that was made elsewhere.
    public static func importToken(
        _ config: ClientConfig, _ token: String, kind: Token.Kind? = nil, expiry: Token.Expiry? = nil,
        userID: String? = nil, namespace: String? = nil, name: String? = nil
    ) throws -> TokenOperation<Connection> {
        connecting(
            try core {
                try importOperation(
                    config: config.native, token: token, tokenKind: kind?.rawValue, expires: expiry?.parts, userId: userID,
                    namespace: namespace, name: name)
            })
    }

    /// Makes sure that an account has a live token, refreshing it if it is due, or although it is not.
    public static func keepFresh(
        _ config: ClientConfig, _ account: AccountKey, namespace: String = "default", evenIfNotDue: Bool = false
    ) throws -> TokenOperation<Kept> {
        let native = try core {
            try keepFreshOperation(
                config: config.native, account: account.parts, namespace: namespace, evenIfNotDue: evenIfNotDue)
        }
        return TokenOperation(native) {
            guard case .kept(let parts) = $0 else { return nil }
            return Kept(
                account: StoredAccount(parts.stored), refreshed: parts.refreshed, stalled: parts.stalled,
                atRisk: parts.atRisk.map { Date(moment: $0) },
                problem: parts.problem.map { ShutterkeyError($0) })
        }
    }

    /// Remembers what an API's answer says about an account's token; `used` is the token that the call was made with.
    public static func report(
        _ config: ClientConfig, _ account: AccountKey, _ response: HTTPResponse, namespace: String = "default",
        used: Token? = nil
    ) throws -> TokenOperation<Reported> {
        let native = try core {
            try reportOperation(
                config: config.native, account: account.parts, namespace: namespace, used: used?.native,
                answer: response.answer)
        }
        return TokenOperation(native) {
            guard case .reported(let parts) = $0 else { return nil }
            return Reported(
                account: StoredAccount(parts.stored), meaning: parts.meaning.map { ShutterkeyError($0) },
                changed: parts.changed, error: parts.failure.map { ShutterkeyError($0) })
        }
    }

    /// Ends an account's token at the provider where that is possible, and removes the account.
    public static func logout(
        _ config: ClientConfig, _ account: AccountKey, namespace: String = "default"
    ) throws -> TokenOperation<LoggedOut> {
        leaving(
            try core { try logoutOperation(config: config.native, account: account.parts, namespace: namespace) })
    }

    static func connecting(_ native: NativeOperation) -> TokenOperation<Connection> {
        TokenOperation(native) { if case .connection(let parts) = $0 { Connection(parts) } else { nil } }
    }

    static func giving(_ native: NativeOperation) -> TokenOperation<Token> {
        TokenOperation(native) { if case .token(let token) = $0 { Token(token) } else { nil } }
    }

    static func leaving(_ native: NativeOperation) -> TokenOperation<LoggedOut> {
        TokenOperation(native) { if case .loggedOut(let parts) = $0 { LoggedOut(parts) } else { nil } }
    }
}
