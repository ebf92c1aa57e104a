import Foundation
internal import ShutterkeyCore

/// An account as the provider describes it. Ids are exact texts: Instagram's are above 2^53.
public struct Account: Sendable, Hashable {
    /// Its own id.
    public let userID: String
    /// The id that one app sees, where it is another one: deauthorize and data-deletion callbacks carry it.
    public let appScopedID: String?
    /// Its user name, without `@`.
    public let username: String?
    /// The name it shows.
    public let name: String?
    /// `Business`, `Media_Creator`, … in the provider's own spelling.
    public let accountType: String?

    init(_ parts: AccountParts) {
        userID = parts.userId
        appScopedID = parts.appScopedId
        username = parts.username
        name = parts.name
        accountType = parts.accountType
    }
}

/// Names an account in a store: provider, app and user.
public struct AccountKey: Sendable, Hashable {
    /// The provider's stable name.
    public let provider: String
    /// The app (client id) that the token belongs to.
    public let appID: String
    /// The account.
    public let userID: String

    /// A key of these three.
    public init(provider: String, appID: String, userID: String) {
        self.provider = provider
        self.appID = appID
        self.userID = userID
    }

    init(_ parts: KeyParts) {
        self.init(provider: parts.provider, appID: parts.appId, userID: parts.userId)
    }

    var parts: KeyParts { KeyParts(provider: provider, appId: appID, userId: userID) }
}

/// A connected account: who it is, its token, and what was bound to the login.
public struct Connection: Sendable {
    /// Its key in a store.
    public let key: AccountKey
    /// The account.
    public let account: Account
    /// Its token.
    public let token: Token
    /// Scopes that were asked for and not granted; empty as well where the provider did not say what it granted.
    public let missingScopes: [String]
    /// Your own data.
    public let context: Data?
    /// Where to go.
    public let returnTo: String?

    init(_ parts: ConnectionParts) {
        key = AccountKey(parts.key)
        account = Account(parts.account)
        token = Token(parts.token)
        missingScopes = parts.missingScopes
        context = parts.context
        returnTo = parts.returnTo
    }
}

/// How an account is.
public enum AccountState: Sendable, Equatable {
    /// It has a live token that is kept alive.
    case live
    /// It has a live token that cannot be kept alive beyond this moment.
    case loginNeeded(by: Date)
    /// Only a new login helps; the reason is the code of an error.
    case needsLogin(reason: String)
    /// The person has to do something first; when it is worth asking again.
    case blocked(reason: String, recheck: Date)
}

/// An account as it is stored, with its token.
public struct StoredAccount: Sendable, Redacted {
    let native: NativeAccount

    init(_ native: NativeAccount) { self.native = native }

    /// Its key in the store.
    public var key: AccountKey { AccountKey(native.key()) }
    /// The account.
    public var account: Account { Account(native.account()) }
    /// Its token.
    public var token: Token { Token(native.token()) }
    /// Where its token may be sent.
    public var origin: String { native.origin() }

    /// How it is at a moment.
    public func state(at now: Date = Date()) -> AccountState {
        switch native.state(now: now.moment) {
        case .live: return .live
        case .loginNeededBy(let moment): return .loginNeeded(by: Date(moment: moment))
        case .needsLogin(let reason): return .needsLogin(reason: reason)
        case .blocked(let reason, let recheck): return .blocked(reason: reason, recheck: Date(moment: recheck))
        }
    }

    public var description: String {
        let key = key
        return "StoredAccount(\(key.provider), \(key.userID))"
    }
}

/// An account that was forgotten.
public struct LoggedOut: Sendable {
    /// Whether the provider confirmed that the token is ended.
    public let revoked: Bool
    /// Why it is not, where it is not.
    public let problem: ShutterkeyError?

    init(_ parts: LoggedOutParts) {
        revoked = parts.revoked
        problem = parts.problem.map { ShutterkeyError($0) }
    }
}
