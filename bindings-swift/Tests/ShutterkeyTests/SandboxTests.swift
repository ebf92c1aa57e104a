import Foundation
import Shutterkey
import XCTest

/// Real logins at a running sandbox, by clients that have no secret.
final class SandboxTests: XCTestCase {
    private func keeper(
        _ sandbox: SandboxControl, _ product: String, redirectURI: String, responseType: ResponseType? = nil,
        _ switches: [String: JSON] = [:]
    ) async throws -> (Keeper, MovableClock) {
        let clientID = try await sandbox.app(product, redirectURI: redirectURI, switches)
        let config = try ClientConfig(
            provider: .inSandbox(product, url: sandbox.url), clientID: clientID, redirectURI: redirectURI,
            responseType: responseType)
        let clock = MovableClock(try await sandbox.now().timeIntervalSince1970)
        return (Keeper(Client(config, now: clock.now), store: MemoryTokenStore()), clock)
    }

    func testTheImplicitFlowOfTheLegacyPlatformOnTheDevice() async throws {
        let sandbox = try SandboxControl()
        let (keeper, _) = try await keeper(
            sandbox, "legacy", redirectURI: "http://localhost/", responseType: .token, ["allow_implicit": true])
        let login = try keeper.authorize()
        let redirect = try await sandbox.approve(login.url)
        let connection = try await keeper.complete(login.pending, redirect, name: "me")
        XCTAssertEqual(connection.token.kind, .permanent)
        XCTAssertEqual(connection.token.expiry, .never)
        let token = try await keeper.token("me")
        XCTAssertEqual(token.reveal(), connection.token.reveal())
        let accounts = try await keeper.accounts()
        XCTAssertEqual(accounts.map(\.account.userID), [connection.account.userID])
        XCTAssertEqual(accounts.first?.state(at: Date()), .live)
    }

    func testAPublicClientOfAStandardServerWithPKCEIsKeptAliveByRotation() async throws {
        let sandbox = try SandboxControl()
        let (keeper, clock) = try await keeper(
            sandbox, "standard", redirectURI: "http://127.0.0.1:7777/cb", ["public": true])
        let client = keeper.client.config.clientID
        let login = try keeper.authorize()
        let redirect = try await sandbox.approve(login.url)
        let first = try await keeper.complete(login.pending, redirect, name: "me")
        let refreshToken = try XCTUnwrap(first.token.revealRefreshToken())
        let before = try await sandbox.calls("/token", by: client)
        try await sandbox.advance(7_200)
        clock.advance(7_200)
        let values = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<200 { group.addTask { try await keeper.token("me").reveal() } }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        XCTAssertEqual(values.count, 1)
        XCTAssertFalse(values.contains(first.token.reveal()))
        let after = try await sandbox.calls("/token", by: client)
        XCTAssertEqual(after - before, 1)
        let stored = try await keeper.account("me")
        XCTAssertNotEqual(stored.token.revealRefreshToken(), refreshToken)
        let out = try await keeper.logout("me")
        XCTAssertTrue(out.revoked)
        let gone = await failure(of: try await keeper.token("me"))
        XCTAssertEqual(gone?.code, "account.not_found")
    }

    func testALoginThatNeedsTheSecretIsRefusedBeforeAnythingIsSent() async throws {
        let sandbox = try SandboxControl()
        let (keeper, _) = try await keeper(
            sandbox, "instagram", redirectURI: "https://app.example/instagram/callback")
        let login = try keeper.authorize()
        let redirect = try await sandbox.approve(login.url)
        let error = await failure(of: try await keeper.complete(login.pending, redirect))
        XCTAssertEqual(error?.code, "config.secret_missing")
        let calls = try await sandbox.calls("/access_token", by: keeper.client.config.clientID)
        XCTAssertEqual(calls, 0)
    }

    func testADenialIsAnErrorOfItsOwn() async throws {
        let sandbox = try SandboxControl()
        let (keeper, _) = try await keeper(
            sandbox, "legacy", redirectURI: "http://localhost/", responseType: .token, ["allow_implicit": true])
        let login = try keeper.authorize()
        let redirect = try await sandbox.approve(login.url, deny: true)
        let error = await failure(of: try await keeper.complete(login.pending, redirect))
        XCTAssertEqual(error?.code, "denied.by_user")
        XCTAssertEqual(error?.retry, .reconsent)
    }

    func testAStandardServerIsDescribedByItsMetadata() async throws {
        let sandbox = try SandboxControl()
        let provider = try await Provider.discover(issuer: "\(sandbox.url)/standard")
        XCTAssertEqual(provider.tokenEndpoint, "\(sandbox.url)/standard/token")
        XCTAssertTrue(provider.pkce)
    }
}
