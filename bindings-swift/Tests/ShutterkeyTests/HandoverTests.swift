import Foundation
import Shutterkey
import XCTest

/// Logins that an app shares with its backend: a running example of one, at a running sandbox.
final class HandoverTests: XCTestCase {
    private struct Backend {
        let url: String
        let token: String

        /// As one of the example's two users.
        init(_ user: String = "ada") throws {
            url = try setting("SHUTTERKEY_BACKEND_URL")
            token = "demo-\(user)"
        }

        func start() async throws -> ShutterkeyLogin {
            let (status, body) = try await post("handover-start", Data("{}".utf8))
            XCTAssertEqual(status, 200, String(decoding: body, as: UTF8.self))
            return try ShutterkeyLogin(body)
        }

        func finish(_ handover: Handover) async throws -> (status: Int, body: Data) {
            try await post("handover-finish", handover.json)
        }

        private func post(_ route: String, _ body: Data) async throws -> (status: Int, body: Data) {
            try await call("POST", "\(url)/instagram/\(route)", body, headers: ["Authorization": "Bearer \(token)"])
        }
    }

    func testAnAccountIsConnectedThroughTheBackendAndNoTokenReachesTheApp() async throws {
        let (sandbox, backend) = (try SandboxControl(), try Backend())
        let login = try await backend.start()
        // The system ended the app while the browser was open.
        let kept = login.serialize()
        let redirect = try await sandbox.approve(login.url)
        let again = try ShutterkeyLogin(kept)
        let (status, body) = try await backend.finish(again.handover(redirect))
        XCTAssertEqual(status, 200)
        let account = try JSON.parse(body)["account"]
        XCTAssertEqual(account?["username"], "studio.sandbox")
        XCTAssertNotNil(account?["user_id"]?.text)
        XCTAssertFalse(String(decoding: body, as: UTF8.self).contains("IG"))
    }

    func testH5AnotherUserCannotFinishIt() async throws {
        let (sandbox, ada, eve) = (try SandboxControl(), try Backend("ada"), try Backend("eve"))
        let login = try await ada.start()
        let handover = try await login.handover(sandbox.approve(login.url))
        let (status, body) = try await eve.finish(handover)
        XCTAssertEqual(status, 400)
        XCTAssertEqual(try JSON.parse(body)["error"]?["code"], "redirect.seal_invalid")
        // It is still hers.
        let (own, _) = try await ada.finish(handover)
        XCTAssertEqual(own, 200)
    }

    func testH5TheAnswerOfAnotherLoginStaysInTheApp() async throws {
        let (sandbox, backend) = (try SandboxControl(), try Backend())
        let (mine, other) = (try await backend.start(), try await backend.start())
        let redirect = try await sandbox.approve(other.url)
        let error = await failure(of: try mine.handover(redirect))
        XCTAssertEqual(error?.code, "redirect.state_mismatch")
    }

    func testALoginIsFinishedOnce() async throws {
        let (sandbox, backend) = (try SandboxControl(), try Backend())
        let login = try await backend.start()
        let handover = try await login.handover(sandbox.approve(login.url))
        let (first, _) = try await backend.finish(handover)
        XCTAssertEqual(first, 200)
        let (second, body) = try await backend.finish(handover)
        XCTAssertEqual(second, 400)
        XCTAssertEqual(try JSON.parse(body)["error"]?["code"], "redirect.state_used")
    }

    func testADenialIsToldToTheAppWithoutAskingTheBackend() async throws {
        let (sandbox, backend) = (try SandboxControl(), try Backend())
        let login = try await backend.start()
        let redirect = try await sandbox.approve(login.url, deny: true)
        let error = await failure(of: try login.handover(redirect))
        XCTAssertEqual(error?.code, "denied.by_user")
    }
}
