import Foundation
import Shutterkey
import XCTest

/// The keeper over a transport of the test's: what it sends, when, and what becomes of callers who go away.
final class KeeperTests: XCTestCase {
    private static let me = #"{"id": "24000000000000001", "user_id": "17841400000000001", "username": "ada.sandbox"}"#
    private static let day: TimeInterval = 86_400

    /// A keeper that holds a token of sixty days under the name `me`. `refresh` answers refreshes.
    private func keeping(
        _ clock: MovableClock, store: any TokenStore = MemoryTokenStore(), refresh: @escaping ScriptedTransport.Script
    ) async throws -> (Keeper, ScriptedTransport) {
        let transport = ScriptedTransport { request in
            request.url.contains("/refresh_access_token") ? try await refresh(request) : json(Self.me)
        }
        let config = try ClientConfig(
            provider: .instagram, clientID: "990602627938098", redirectURI: "https://app.example/auth/callback")
        let keeper = Keeper(Client(config, transport: transport, now: clock.now), store: store)
        let expiry = clock.now().addingTimeInterval(60 * Self.day)
        _ = try await keeper.importToken("IGAAcanary0first01234567890", expiry: .at(expiry), name: "me")
        return (keeper, transport)
    }

    private func refreshes(_ transport: ScriptedTransport) -> Int {
        transport.sent.count { $0.url.contains("/refresh_access_token") }
    }

    private static func renewed(_ value: String = "IGAAcanary0second1234567890") -> HTTPResponse {
        json(#"{"access_token": "\#(value)", "token_type": "bearer", "expires_in": 5184000}"#)
    }

    func testAFreshTokenIsAnsweredFromMemory() async throws {
        let clock = MovableClock()
        let (keeper, transport) = try await keeping(clock) { _ in Self.renewed() }
        for _ in 0..<3 {
            let token = try await keeper.token("me")
            XCTAssertEqual(token.reveal(), "IGAAcanary0first01234567890")
        }
        XCTAssertEqual(transport.sent.count, 1, "the import asked whose token it is, and nothing else was sent")
    }

    func testAThousandCallersOfATokenNearItsEndShareOneRefresh() async throws {
        let (clock, gate) = (MovableClock(), Gate())
        let (keeper, transport) = try await keeping(clock) { _ in
            await gate.pass()
            return Self.renewed()
        }
        clock.advance(60 * Self.day - 30)
        let tokens = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<1_000 { group.addTask { try await keeper.token("me").reveal() } }
            await gate.somebodyWaits()
            gate.open()
            return try await group.reduce(into: [String]()) { $0.append($1) }
        }
        XCTAssertEqual(tokens.count, 1_000)
        XCTAssertEqual(Set(tokens), ["IGAAcanary0second1234567890"])
        XCTAssertEqual(refreshes(transport), 1)
    }

    func testADueTokenIsAnsweredAtOnceAndRefreshedBesideTheAnswer() async throws {
        let (clock, gate) = (MovableClock(), Gate())
        let (keeper, transport) = try await keeping(clock) { _ in
            await gate.pass()
            return Self.renewed()
        }
        clock.advance(45 * Self.day)
        let old = try await keeper.token("me")
        XCTAssertEqual(old.reveal(), "IGAAcanary0first01234567890")
        await gate.somebodyWaits()
        gate.open()
        await keeper.settle()
        let new = try await keeper.token("me")
        XCTAssertEqual(new.reveal(), "IGAAcanary0second1234567890")
        XCTAssertEqual(refreshes(transport), 1)
        var events = keeper.events.makeAsyncIterator()
        let event = await events.next()
        XCTAssertEqual(event?.kind, .refreshed)
        XCTAssertEqual(event?.account.userID, "17841400000000001")
    }

    func testAFailedRefreshOfALivingTokenIsAnEventAndNoError() async throws {
        let clock = MovableClock()
        let (keeper, _) = try await keeping(clock) { _ in throw SendFailure.tls }
        clock.advance(45 * Self.day)
        _ = try await keeper.token("me")
        await keeper.settle()
        var events = keeper.events.makeAsyncIterator()
        let event = await events.next()
        XCTAssertEqual(event?.kind, .refreshFailed)
        XCTAssertEqual(event?.error?.code, "network.tls")
        let token = try await keeper.token("me")
        XCTAssertEqual(token.reveal(), "IGAAcanary0first01234567890")
        let byHand = await failure(of: try await keeper.refresh("me"))
        XCTAssertEqual(byHand?.code, "network.tls")
    }

    func testARenewalByHandThatFailsIsAnErrorOnlyForWhoAskedByHand() async throws {
        let (clock, gate) = (MovableClock(), Gate())
        let (keeper, transport) = try await keeping(clock) { _ in
            await gate.pass()
            throw SendFailure.tls
        }
        clock.advance(60 * Self.day - 30)
        let byHand = Task { try await keeper.refresh("me") }
        await gate.somebodyWaits()
        let beside = Task { try await keeper.token("me").reveal() }
        try await Task.sleep(nanoseconds: 50_000_000)
        gate.open()
        let error = await failure(of: try await byHand.value)
        XCTAssertEqual(error?.code, "network.tls")
        let live = try await beside.value
        XCTAssertEqual(live, "IGAAcanary0first01234567890", "it lives for another half minute")
        XCTAssertEqual(refreshes(transport), 1)
    }

    func testADeadTokenNeedsALogin() async throws {
        let clock = MovableClock()
        let (keeper, transport) = try await keeping(clock) { _ in
            json(
                #"{"error": {"message": "The session has been invalidated", "type": "OAuthException", "code": 190, "error_subcode": 460}}"#,
                status: 400)
        }
        clock.advance(60 * Self.day - 30)
        for _ in 0..<2 {
            let error = await failure(of: try await keeper.token("me"))
            XCTAssertEqual(error?.code, "account.needs_login")
            XCTAssertEqual(error?.details.reason, "token.invalidated")
            XCTAssertEqual(error?.retry, .login)
        }
        XCTAssertEqual(refreshes(transport), 1)
    }

    func testACallerWhoIsCancelledStopsWaitingAndTheRefreshIsStored() async throws {
        let (clock, gate, store) = (MovableClock(), Gate(), MemoryTokenStore())
        let (keeper, transport) = try await keeping(clock, store: store) { _ in
            await gate.pass()
            return Self.renewed()
        }
        clock.advance(60 * Self.day - 30)
        let caller = Task { try await keeper.token("me") }
        await gate.somebodyWaits()
        caller.cancel()
        let outcome = await caller.result
        XCTAssertThrowsError(try outcome.get()) { XCTAssertTrue($0 is CancellationError) }
        gate.open()
        await keeper.settle()
        let stored = try await keeper.account("me")
        XCTAssertEqual(stored.token.reveal(), "IGAAcanary0second1234567890")
        XCTAssertEqual(refreshes(transport), 1)
    }

    // MARK: Logins of a public client

    private func login(
        now: @escaping @Sendable () -> Date = { Date() }, _ exchange: @escaping ScriptedTransport.Script
    ) throws -> (Keeper, ScriptedTransport, PendingAuthorization, URL) {
        var standard = Provider.Standard(
            authorizationEndpoint: "https://as.example/authorize", tokenEndpoint: "https://as.example/token")
        standard.id = "as"
        let config = try ClientConfig(
            provider: .standard(standard), clientID: "app", redirectURI: "com.example.app:/cb", scopes: ["read"])
        let transport = ScriptedTransport(exchange)
        let keeper = Keeper(Client(config, transport: transport, now: now), store: MemoryTokenStore())
        let request = try keeper.authorize()
        let state = URLComponents(string: request.url.absoluteString)?.queryItems?.first { $0.name == "state" }?.value ?? ""
        let redirect = try XCTUnwrap(URL(string: "com.example.app:/cb?code=canary0code01234567890&state=\(state)"))
        return (keeper, transport, request.pending, redirect)
    }

    private static let bearer = #"{"access_token": "canary0access01234567890", "token_type": "Bearer", "expires_in": 3600}"#
    private static let renewable =
        #"{"access_token": "canary0access01234567890", "token_type": "Bearer", "expires_in": 3600, "refresh_token": "canary0refresh0123456789"}"#

    func testARefreshThatFailsAtOnceFailsOnceForEverybody() async throws {
        let (clock, gate) = (MovableClock(), Gate())
        let (keeper, transport, pending, redirect) = try login(now: clock.now) { request in
            if request.body?.contains("grant_type=authorization_code") == true { return json(Self.renewable) }
            await gate.pass()
            throw SendFailure.tls
        }
        _ = try await keeper.complete(pending, redirect, name: "me")
        clock.advance(2 * 3600)
        let codes = try await withThrowingTaskGroup(of: String?.self) { group in
            for _ in 0..<1_000 {
                group.addTask {
                    let error = await failure(of: try await keeper.token("me"))
                    return error?.code
                }
            }
            await gate.somebodyWaits()
            try await Task.sleep(nanoseconds: 100_000_000)
            gate.open()
            return try await group.reduce(into: [String?]()) { $0.append($1) }
        }
        XCTAssertEqual(codes.count, 1_000)
        XCTAssertEqual(Set(codes), ["network.tls"])
        XCTAssertEqual(transport.sent.count, 2, "the exchange and one refresh")
    }

    func testALoginWhoseCallerIsCancelledIsFinishedAndItsCodeSentOnce() async throws {
        let gate = Gate()
        let (keeper, transport, pending, redirect) = try login { _ in
            await gate.pass()
            return json(Self.bearer)
        }
        let caller = Task { try await keeper.complete(pending, redirect, name: "me") }
        await gate.somebodyWaits()
        caller.cancel()
        let outcome = await caller.result
        XCTAssertThrowsError(try outcome.get()) { XCTAssertTrue($0 is CancellationError) }
        let second = Task { try await keeper.complete(pending, redirect, name: "me") }
        gate.open()
        _ = await second.result
        await keeper.settle()
        let token = try await keeper.token("me")
        XCTAssertEqual(token.reveal(), "canary0access01234567890")
        XCTAssertEqual(transport.sent.count, 1)
    }

    func testTwoCallbacksAtOnceGetOneResultAndALaterOneIsRefused() async throws {
        let gate = Gate()
        let (keeper, transport, pending, redirect) = try login { _ in
            await gate.pass()
            return json(Self.bearer)
        }
        let calls = (0..<2).map { _ in Task { try await keeper.complete(pending, redirect, name: "me") } }
        await gate.somebodyWaits()
        gate.open()
        for call in calls {
            let connection = try await call.value
            XCTAssertEqual(connection.token.reveal(), "canary0access01234567890")
        }
        let late = await failure(of: try await keeper.complete(pending, redirect))
        XCTAssertEqual(late?.code, "redirect.state_used")
        XCTAssertEqual(transport.sent.count, 1)
    }

    func testAClientWithoutAStoreCompletesALoginOnceAndAgainOnlyWhenNothingWasSent() async throws {
        let (keeper, transport, pending, redirect) = try login { _ in throw SendFailure.offline }
        let client = keeper.client
        for _ in 0..<2 {
            let error = await failure(of: try await client.complete(pending, redirect))
            XCTAssertEqual(error?.code, "network.offline")
        }
        XCTAssertEqual(transport.sent.count, 2)
        let (other, sent, login, answer) = try login { _ in throw SendFailure.reset }
        let first = await failure(of: try await other.client.complete(login, answer))
        XCTAssertEqual(first?.code, "network.reset")
        let second = await failure(of: try await other.client.complete(login, answer))
        XCTAssertEqual(second?.code, "redirect.state_used")
        XCTAssertEqual(sent.sent.count, 1)
    }

    func testAStoreOfTheCallersThatFailsIsAnErrorOfItsFamily() async throws {
        struct Broken: TokenStore {
            struct Odd: Error {}
            func load(_: String, at _: Date) async throws -> StoredRecord? { throw Odd() }
            func save(_: String, _: TokenRecord, replacing _: UInt64?, fence _: UInt64?, at _: Date) async throws -> UInt64? {
                throw Odd()
            }
            func delete(_: String, expected _: UInt64) async throws -> Bool { throw Odd() }
            func lease(_: String, for _: TimeInterval, at _: Date) async throws -> UInt64? { throw Odd() }
            func release(_: String, fence _: UInt64) async throws { throw Odd() }
            func list(prefix _: String) async throws -> [String] { throw TokenStoreError.refused }
        }
        let config = try ClientConfig(
            provider: .instagram, clientID: "990602627938098", redirectURI: "https://app.example/auth/callback")
        let keeper = Keeper(Client(config), store: Broken())
        let unavailable = await failure(of: try await keeper.token("me"))
        XCTAssertEqual(unavailable?.code, "store.unavailable")
        let refused = await failure(of: try await keeper.accounts())
        XCTAssertEqual(refused?.code, "store.refused")
    }

    func testAReaderOfEventsWhoIsCancelledEnds() async throws {
        let (keeper, _) = try await keeping(MovableClock()) { _ in Self.renewed() }
        let reader = Task { for await _ in keeper.events {} }
        reader.cancel()
        await reader.value
    }
}
