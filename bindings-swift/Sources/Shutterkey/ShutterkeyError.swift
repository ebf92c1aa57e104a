import Foundation
internal import ShutterkeyCore

/// What went wrong: a case for each family, with what happened, what to do about it and where.
///
/// Families and codes are the same in every language; docs/errors.md lists them. New codes may come in any release, a case never
/// goes. No error holds a secret, a URL with a query or a response's body.
public enum ShutterkeyError: Error, Sendable {
    /// A setting is missing or cannot be used.
    case config(Details)
    /// The answer to a login is not the one that was waited for.
    case redirect(Details)
    /// The person, or the provider, said no.
    case denied(Details)
    /// The provider refused, or answered what cannot be used.
    case provider(Details)
    /// The provider could not be reached.
    case network(Details)
    /// Too many calls; ``Details/retry`` says when to come back.
    case throttled(Details)
    /// The token is dead, or of no use for this.
    case token(Details)
    /// The account needs a login, is blocked, or is another one than expected.
    case account(Details)
    /// The token store could not do it.
    case store(Details)
    /// A mistake in the program, or in this library.
    case `internal`(Details)

    /// What an error says, whatever its family.
    public struct Details: Sendable {
        /// The stable name, such as `redirect.state_mismatch`.
        public let code: String
        /// What happened, in a sentence.
        public let summary: String
        /// What to do, and where: the dashboard's page, the text to paste.
        public let hint: String
        /// Whether and when trying again makes sense.
        public let retry: Retry
        /// The provider's own words and ids, where it said any.
        public let provider: ProviderError?
        /// Why an account needs a login: the code of the error that ended its token.
        public let reason: String?
        /// What is left of a login that failed after its code was spent: `resume` finishes it without a new one.
        public let resumable: Resumable?

        let family: String
        let text: String
    }

    /// Whether and when trying again makes sense.
    public enum Retry: Sendable, Equatable {
        /// The same call fails again.
        case never
        /// The same call may succeed later; wait longer each time.
        case backoff
        /// The same call may succeed at this moment, not before.
        case after(Date)
        /// Only a new login helps.
        case login
        /// Ask the person again for consent.
        case reconsent
        /// The person has to do something at this address first; the same token may work then.
        case userAction(URL)
        /// Somebody has to change the configuration, here or in the provider's dashboard.
        case fixConfig
    }

    /// What the error says.
    public var details: Details {
        switch self {
        case .config(let details), .redirect(let details), .denied(let details), .provider(let details),
            .network(let details), .throttled(let details), .token(let details), .account(let details),
            .store(let details), .internal(let details):
            return details
        }
    }

    /// The stable name, such as `redirect.state_mismatch`.
    public var code: String { details.code }

    /// What to do, and where.
    public var hint: String { details.hint }

    /// Whether and when trying again makes sense.
    public var retry: Retry { details.retry }

    /// The stable name of the family, such as `redirect`.
    public var family: String { details.family }
}

/// What the provider itself said, made safe to print.
public struct ProviderError: Sendable, Equatable {
    /// HTTP status, where there was a response.
    public let status: Int?
    /// `error_type`, `type`, or RFC 6749's `error`.
    public let kind: String?
    /// The Graph API's error code, such as 190.
    public let code: Int?
    /// The Graph API's `error_subcode`, such as 460.
    public let subcode: Int?
    /// The message, at most 300 printable characters.
    public let said: String?
    /// `fbtrace_id`, for Meta's support.
    public let traceID: String?
    /// The Graph API's own word that trying again may help.
    public let isTransient: Bool
}

/// What is left of a login whose code is spent and which is not finished. It holds a token, and prints nothing of it.
public struct Resumable: Sendable, Redacted {
    let native: NativeResumable

    /// The public name of the login.
    public var handle: String { native.loginHandle() }

    /// The token that was received, for callers without a store who want to keep it themselves.
    public var token: Token { Token(native.token()) }

    public var description: String { "Resumable" }
}

extension ShutterkeyError: CustomStringConvertible, LocalizedError {
    /// What happened, with the provider's words and the code.
    public var description: String { details.text }

    public var errorDescription: String? { details.text }

    public var recoverySuggestion: String? { details.hint }
}

extension ShutterkeyError {
    init(_ parts: FailureParts) {
        let details = Details(parts)
        switch parts.family {
        case "config": self = .config(details)
        case "redirect": self = .redirect(details)
        case "denied": self = .denied(details)
        case "provider": self = .provider(details)
        case "network": self = .network(details)
        case "throttled": self = .throttled(details)
        case "token": self = .token(details)
        case "account": self = .account(details)
        case "store": self = .store(details)
        default: self = .internal(details)
        }
    }

    /// A misuse of this package by its caller.
    static func misuse(_ what: String) -> ShutterkeyError { ShutterkeyError(misused(what: what)) }
}

extension ShutterkeyError.Details {
    init(_ parts: FailureParts) {
        code = parts.code
        summary = parts.summary
        hint = parts.hint
        retry = ShutterkeyError.Retry(parts)
        provider = parts.provider.map(ProviderError.init)
        reason = parts.reason
        resumable = parts.resumable.map(Resumable.init)
        family = parts.family
        text = parts.text
    }
}

extension ShutterkeyError.Retry {
    init(_ parts: FailureParts) {
        switch (parts.retry, parts.after, parts.address.flatMap(URL.init(string:))) {
        case ("backoff", _, _): self = .backoff
        case ("after", let after?, _): self = .after(Date(moment: after))
        case ("login", _, _): self = .login
        case ("reconsent", _, _): self = .reconsent
        case ("user_action", _, let address?): self = .userAction(address)
        case ("fix_config", _, _): self = .fixConfig
        default: self = .never
        }
    }
}

extension ProviderError {
    init(_ said: ProviderSaid) {
        status = said.status.map(Int.init)
        kind = said.kind
        code = said.code.map(Int.init)
        subcode = said.subcode.map(Int.init)
        self.said = said.said
        traceID = said.traceId
        isTransient = said.isTransient
    }
}

/// Calls the core, and raises what it raises as the error of this package.
func core<T>(_ call: () throws -> T) throws -> T {
    do {
        return try call()
    } catch Failure.Raised(let parts) {
        throw ShutterkeyError(parts)
    }
}
