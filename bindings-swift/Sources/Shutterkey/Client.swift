import Foundation
internal import ShutterkeyCore

/// A client of one provider, for callers who keep tokens themselves. Most want a ``Keeper`` on top of it.
///
/// What begins a login is immediate; what talks to the provider is `async`. Cancelling the task of a call that has begun does not
/// stop it: its answer may hold the only copy of a token, so it is waited for, within the deadline.
public actor Client {
    /// The configuration.
    public nonisolated let config: ClientConfig

    nonisolated let transport: any Transport
    nonisolated let now: @Sendable () -> Date
    private let completed = NativeCompleted()

    /// A client over `URLSession`, or a transport of your own.
    ///
    /// - Parameter now: The present; the device's clock unless said otherwise.
    public init(
        _ config: ClientConfig, transport: any Transport = URLSessionTransport(),
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.config = config
        self.transport = transport
        self.now = now
    }

    /// Begins a login: the URL to open in the person's own browser, and what to keep until the answer comes.
    ///
    /// - Throws: ``ShutterkeyError/config(_:)``; `redirect.return_to`.
    public nonisolated func authorize(_ options: AuthorizeOptions = AuthorizeOptions()) throws -> AuthorizationRequest {
        try AuthorizationRequest(
            core { try config.native.authorize(options: options.native, now: now().moment) })
    }

    /// Completes a login from its redirect URL. Nothing is stored: keep the result, and on an error what its
    /// ``ShutterkeyError/Details/resumable`` holds. A login is completed once.
    ///
    /// - Throws: `redirect.state_used` for a second time; the `redirect`, `denied`, `provider` and `network` families.
    public func complete(_ pending: PendingAuthorization, _ redirectURL: URL) async throws -> Connection {
        try await complete(pending, pending.accept(redirectURL, at: now()))
    }

    /// As ``complete(_:_:)-swift.method``, for a grant that was accepted before.
    public func complete(_ pending: PendingAuthorization, _ grant: Grant) async throws -> Connection {
        let native = try core {
            try completed.complete(config: config.native, pending: pending.native, grant: grant.native)
        }
        return try await run(Operations.connecting(native))
    }

    /// Finishes a login whose code is spent and whose later step failed.
    public func resume(_ resumable: Resumable) async throws -> Connection {
        try await run(Operations.resume(resumable))
    }

    /// The exchange alone.
    public func exchange(_ pending: PendingAuthorization, _ grant: Grant) async throws -> TokenAnswer {
        try await run(Operations.exchange(config, pending, grant))
    }

    /// Makes a short-lived token long-lived.
    public func extend(_ token: Token) async throws -> Token {
        try await run(Operations.extend(config, token))
    }

    /// Refreshes a token.
    ///
    /// - Throws: `token.too_young` with the moment from which it can be done, `token.expired`, `token.not_refreshable`.
    public func refresh(_ token: Token) async throws -> Token {
        try await run(Operations.refresh(config, token))
    }

    /// Asks whose token it is.
    public func identify(_ token: Token) async throws -> Account {
        try await run(Operations.identify(config.provider, token))
    }

    /// Ends a token at the provider.
    ///
    /// - Throws: `config.unsupported` where the provider has no such call.
    public func revoke(_ token: Token) async throws {
        try await run(Operations.revoke(config, token))
    }

    /// In a task of its own, which the caller's cancellation does not reach.
    private func run<Value: Sendable>(_ operation: TokenOperation<Value>) async throws -> Value {
        try Task.checkCancellation()
        let (transport, now) = (transport, now)
        return try await Task { try await operation.run(over: transport, now: now) }.value
    }
}
