import Foundation
internal import ShutterkeyCore

/// Keeps the tokens of one client's accounts alive.
///
/// ``token(_:)`` answers from memory while the token is fresh. When it is due, the live token is answered at once and the refresh runs
/// beside it; only near the end of a token's life does a caller wait. One refresh serves all callers. What was received is stored
/// before it is answered, and a caller who is cancelled stops waiting and stops nothing else.
public actor Keeper {
    /// The client.
    public nonisolated let client: Client
    /// Where tokens are kept.
    public nonisolated let store: any TokenStore

    private nonisolated let keeping: NativeKeeping
    private var looks: [String: Task<LookedParts, any Error>] = [:]
    private var renewals: [Renewal: Task<Renewed, any Error>] = [:]
    private var logins: [String: Task<Connection, any Error>] = [:]
    private var underWay = 0
    private var idle: [CheckedContinuation<Void, Never>] = []
    private var readers: [UUID: CheckedContinuation<Void, Never>] = [:]

    /// What a renewal came to, and what somebody is told who asked for it by hand.
    private struct Renewed {
        let token: Token
        let refusal: ShutterkeyError?
    }

    /// A renewal that is under way: of which account, and whether somebody asked for it by hand.
    private struct Renewal: Hashable {
        let account: AccountKey
        let byHand: Bool
    }

    /// A keeper of this client's accounts in this store.
    ///
    /// - Parameters:
    ///   - namespace: Your own namespace in the store.
    ///   - reread: After how many seconds the store is asked again although the account is in memory.
    public init(_ client: Client, store: any TokenStore, namespace: String = "default", reread: Int = 30) {
        self.client = client
        self.store = store
        keeping = NativeKeeping(config: client.config.native, namespace: namespace, reread: Int64(reread))
    }

    // MARK: Logins

    /// Begins a login. See ``Client/authorize(_:)``.
    public nonisolated func authorize(_ options: AuthorizeOptions = AuthorizeOptions()) throws -> AuthorizationRequest {
        try client.authorize(options)
    }

    /// Completes a login from its redirect URL and stores the account, under a name of your own where one is given.
    ///
    /// Two calls for one login at once get the same result; a later one gets `redirect.state_used`.
    ///
    /// - Throws: The `redirect` and `denied` families for the answer; the provider's refusal; the `network` and `store` families, with
    ///   what is needed to ``resume(_:)``.
    public func complete(
        _ pending: PendingAuthorization, _ redirectURL: URL, name: String? = nil
    ) async throws -> Connection {
        try await complete(pending, pending.accept(redirectURL, at: client.now()), name: name)
    }

    /// As ``complete(_:_:name:)-swift.method``, for a grant that was accepted before.
    public func complete(
        _ pending: PendingAuthorization, _ grant: Grant, name: String? = nil
    ) async throws -> Connection {
        let handle = pending.handle
        if let login = logins[handle] { return try await joined(login) }
        let native = try core { try keeping.complete(pending: pending.native, grant: grant.native, name: name) }
        let login = start(Operations.connecting(native)) { $0.logins[handle] = nil }
        logins[handle] = login
        return try await joined(login)
    }

    /// Finishes a login whose code is spent and whose later step failed.
    public func resume(_ resumable: Resumable) async throws -> Connection {
        try await joined(start(Operations.connecting(keeping.resume(resumable: resumable.native))))
    }

    /// Takes a token that was made elsewhere and stores its account.
    ///
    /// - Throws: `token.malformed`; `token.sandbox`; the provider's refusal; the `store` family.
    public func importToken(
        _ token: String, kind: Token.Kind? = nil, expiry: Token.Expiry? = nil, name: String? = nil
    ) async throws -> Connection {
        let native = try core {
            try keeping.take(token: token, tokenKind: kind?.rawValue, expires: expiry?.parts, name: name)
        }
        return try await joined(start(Operations.connecting(native)))
    }

    // MARK: Tokens

    /// A live token of the account with this name: one of your own, or its user id.
    ///
    /// - Throws: `account.not_found`; `account.needs_login` with its reason; `account.checkpoint`; and, only when the token is dead and
    ///   could not be renewed, what the refresh failed with.
    public nonisolated func token(_ name: String) async throws -> Token {
        if let fresh = keeping.freshToken(name: name, now: client.now().moment) { return Token(fresh) }
        return try await lookedUp(name)
    }

    private func lookedUp(_ name: String) async throws -> Token {
        let looked = try await joined(look(name))
        let renewal = looked.renew.map { renew(AccountKey($0), byHand: false) }
        // Due is not urgent: the refresh runs beside the answer.
        if let token = looked.token { return Token(token) }
        guard let renewal else { throw ShutterkeyError.misuse("Looking for a token gave nothing.") }
        return try await joined(renewal).token
    }

    /// Refreshes now, although it may not be due. The provider's rules hold: younger than 24 hours answers `token.too_young`.
    ///
    /// - Throws: As ``token(_:)``, and what the refresh failed with also when the old token still lives.
    public func refresh(_ name: String) async throws -> Token {
        let find = TokenOperation(keeping.find(name: name)) { if case .key(let key) = $0 { AccountKey(key) } else { nil } }
        let account = try await joined(start(find))
        let renewed = try await joined(renew(account, byHand: true))
        if let refusal = renewed.refusal { throw refusal }
        return renewed.token
    }

    private func look(_ name: String) -> Task<LookedParts, any Error> {
        if let look = looks[name] { return look }
        let operation = TokenOperation(keeping.look(name: name)) { if case .looked(let parts) = $0 { parts } else { nil } }
        let look = start(operation) { $0.looks[name] = nil }
        looks[name] = look
        return look
    }

    /// One by hand serves everybody; somebody who asks by hand is not served by one that may find nothing to do.
    private func renew(_ account: AccountKey, byHand: Bool) -> Task<Renewed, any Error> {
        if let forced = renewals[Renewal(account: account, byHand: true)] { return forced }
        let mine = Renewal(account: account, byHand: byHand)
        if let renewal = renewals[mine] { return renewal }
        let renewal: Task<Renewed, any Error>
        do {
            let native = try core { try keeping.renew(account: account.parts, byHand: byHand) }
            let operation = TokenOperation(native) {
                guard case .renewed(let token, let refusal) = $0 else { return nil as Renewed? }
                return Renewed(token: Token(token), refusal: refusal.map { ShutterkeyError($0) })
            }
            renewal = start(operation) { $0.renewals[mine] = nil }
        } catch {
            return Task { throw error }
        }
        renewals[mine] = renewal
        return renewal
    }

    // MARK: Accounts

    /// Tells the keeper what an API answered to a call with the account's token.
    ///
    /// - Throws: What the answer means when it is not a success: `account.needs_login` when the token is dead (remembered),
    ///   `account.checkpoint`, the `throttled` family, `provider.permission_missing`, …
    public func report(_ name: String, _ response: HTTPResponse) async throws {
        try await joined(start(TokenOperation(keeping.report(name: name, answer: response.answer)) { _ in () }))
    }

    /// One account, from the store.
    public func account(_ name: String) async throws -> StoredAccount {
        let operation = TokenOperation(keeping.account(name: name)) {
            if case .stored(let native) = $0 { StoredAccount(native) } else { nil }
        }
        return try await joined(start(operation))
    }

    /// This client's accounts, ordered by key. A record that cannot be read is passed over.
    public func accounts() async throws -> [StoredAccount] {
        var accounts: [StoredAccount] = []
        do {
            for key in try await store.list(prefix: keeping.accountsPrefix()) {
                if let stored = try? await store.load(key, at: client.now()), let native = keeping.read(record: stored.data) {
                    accounts.append(StoredAccount(native))
                }
            }
        } catch let error as TokenStoreError {
            throw ShutterkeyError(storeFailure(code: error.rawValue))
        }
        return accounts
    }

    /// Ends the account's token at the provider where that is possible, and removes the account.
    public func logout(_ name: String) async throws -> LoggedOut {
        try await joined(start(Operations.leaving(keeping.logout(name: name))))
    }

    /// Drops an account from memory; the store keeps it.
    public nonisolated func forget(_ name: String) { keeping.forget(name: name) }

    // MARK: What runs beside the answers

    /// Waits until everything that runs beside the answers has ended: for an app that is sent to the background, within the time that
    /// the system gives it.
    public func settle() async {
        while underWay > 0 { await withCheckedContinuation { idle.append($0) } }
    }

    /// What happens beside the answers: refreshes, failures of refreshes, accounts that need a login. A bounded queue that is pulled;
    /// one reader gets each event.
    public nonisolated var events: AsyncStream<KeeperEvent> {
        AsyncStream { await self.nextEvent() }
    }

    private func nextEvent() async -> KeeperEvent? {
        while !Task.isCancelled {
            if let event = keeping.nextEvent() { return KeeperEvent(event) }
            let id = UUID()
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    if Task.isCancelled { continuation.resume() } else { readers[id] = continuation }
                }
            } onCancel: {
                Task { await self.wake(id) }
            }
        }
        return nil
    }

    private func wake(_ id: UUID) { readers.removeValue(forKey: id)?.resume() }

    /// Runs an operation in a task of its own: a caller that goes away takes nothing with it.
    private func start<Value: Sendable>(
        _ operation: TokenOperation<Value>, ending: @escaping @Sendable (isolated Keeper) -> Void = { _ in }
    ) -> Task<Value, any Error> {
        underWay += 1
        return Task {
            let result: Result<Value, any Error>
            do {
                result = .success(try await operation.run(over: client.transport, store: store, now: client.now))
            } catch {
                result = .failure(error)
            }
            // Whoever asks from now on begins anew.
            ending(self)
            ended()
            return try result.get()
        }
    }

    private func ended() {
        underWay -= 1
        let (waiting, told) = (underWay == 0 ? idle : [], readers)
        if underWay == 0 { idle = [] }
        readers = [:]
        for reader in told.values { reader.resume() }
        for continuation in waiting { continuation.resume() }
    }
}
