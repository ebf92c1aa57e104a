import Foundation
import Shutterkey
import XCTest

/// Nothing that prints shows a secret. The values of every shared case are printed too, by the tests of the vectors.
final class LeakTests: XCTestCase {
    func testNoPrintedFormOfAnythingHoldsASecret() async throws {
        let me = #"{"id": "24000000000000001", "user_id": "17841400000000001", "username": "ada.sandbox"}"#
        let transport = ScriptedTransport { request in
            if request.url.contains("/me") { return json(me) }
            throw SendFailure.reset
        }
        let config = try ClientConfig(
            provider: .instagram, clientID: "990602627938098", redirectURI: "https://app.example/auth/callback")
        let store = MemoryTokenStore()
        let keeper = Keeper(Client(config, transport: transport), store: store)
        let login = try keeper.authorize()
        let state = try XCTUnwrap(
            URLComponents(string: login.url.absoluteString)?.queryItems?.first { $0.name == "state" }?.value)
        let redirect = "https://app.example/auth/callback?code=AQAcanary0code01234567890&state=\(state)"
        let token = try Token(
            "IGAAcanary0token1234567890", provider: .instagram, kind: .long, refreshToken: "canary0refresh1234567890")
        let connection = try await keeper.importToken(token.reveal(), name: "me")
        let account = try await keeper.account("me")
        let start = #"{"version": 1, "url": "\#(login.url.absoluteString)", "handle": "sk1.k.canary-handle", "expires_at": 9999999999}"#
        let shared = try ShutterkeyLogin(start)
        let record = TokenRecord(data: Data("canary-record".utf8))
        let failed = await failure(of: try await keeper.refresh("me"))
        let refused = await failure(of: try login.pending.accept(redirect.replacingOccurrences(of: "app.", with: "evil.")))
        let values: [Any] = [
            keeper, keeper.client, config, login, login.pending, try login.pending.accept(redirect), token, connection,
            account, shared, try shared.handover(redirect), record, StoredRecord(data: record.data, version: 1), store,
            try OAuth.refreshRequest(config, token), HTTPResponse(status: 200, body: Data("canary-body".utf8)),
            Step<Void>.save(key: "k", record: record, expected: nil, fence: nil), Answer.loaded(nil), failed as Any,
            refused as Any, transport.sent, try Operations.importToken(config, token.reveal()), [token], ["token": token],
            Optional(token) as Any,
        ]
        for value in values {
            let printed = printedForms(of: value)
            for secret in ["canary", state, login.pending.serialize()] where printed.contains(secret) {
                XCTFail("\(type(of: value)) prints \(secret): \(printed)")
            }
        }
    }

    func testATokenInsideAnotherValueIsRedactedToo() throws {
        struct Screen { let token: Token }
        let token = try Token("IGAAcanary0token1234567890", provider: .instagram, kind: .long)
        XCTAssertFalse(printedForms(of: Screen(token: token)).contains("canary"))
    }
}
