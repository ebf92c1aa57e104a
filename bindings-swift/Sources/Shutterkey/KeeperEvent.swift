import Foundation
internal import ShutterkeyCore

/// Something that happened to an account beside the answers.
public struct KeeperEvent: Sendable {
    /// What happened.
    public enum Kind: String, Sendable {
        /// The token was refreshed.
        case refreshed
        /// A refresh failed; the token lives.
        case refreshFailed = "refresh_failed"
        /// The store could not be read; the token in memory goes on working.
        case storeFailed = "store_failed"
        /// A refreshed token could not be stored: it lives in memory alone until that succeeds.
        case unsaved
        /// A refresh succeeded and did not move the expiry.
        case stalled
        /// The token lives, will not for long (`until`), and was not or cannot be refreshed: time to ask for a login.
        case atRisk = "at_risk"
        /// The account has no live token any more.
        case needsLogin = "needs_login"
        /// The person has to do something first.
        case blocked
        /// A success after a checkpoint: the token works again.
        case recovered
        /// Of a later release.
        case other
    }

    /// What happened.
    public let kind: Kind
    /// The account.
    public let account: AccountKey
    /// Why, where something went wrong.
    public let error: ShutterkeyError?
    /// Until when the token lives, of an account at risk.
    public let until: Date?
    /// When.
    public let at: Date

    init(_ parts: EventParts) {
        kind = Kind(rawValue: parts.kind) ?? .other
        account = AccountKey(parts.account)
        error = parts.error.map { ShutterkeyError($0) }
        until = parts.until.map { Date(moment: $0) }
        at = Date(moment: parts.at)
    }
}
