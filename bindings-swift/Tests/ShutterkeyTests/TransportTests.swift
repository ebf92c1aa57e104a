import Foundation
import Shutterkey
import XCTest

/// The driver contract, over real sockets.
final class TransportTests: XCTestCase {
    /// A public client of a server at this address.
    private func login(at url: String) throws -> (Client, PendingAuthorization, Grant) {
        let provider = try Provider.standard(.init(authorizationEndpoint: "\(url)/authorize", tokenEndpoint: "\(url)/token"))
        let config = try ClientConfig(provider: provider, clientID: "app", redirectURI: "com.example.app:/cb")
        let client = Client(config)
        let request = try client.authorize()
        let state = URLComponents(string: request.url.absoluteString)?.queryItems?.first { $0.name == "state" }?.value ?? ""
        let grant = try request.pending.accept("com.example.app:/cb?code=canary0code01234567890&state=\(state)")
        return (client, request.pending, grant)
    }

    private static let bearer = #"{"access_token": "canary0access01234567890", "token_type": "Bearer", "expires_in": 3600}"#

    private func failureOfExchange(_ serve: @escaping @Sendable (RawServer.Connection) -> Bool) async throws -> (String?, RawServer) {
        let server = try RawServer { connection, _, _ in serve(connection) }
        let (client, pending, grant) = try login(at: server.url)
        let error = await failure(of: try await client.exchange(pending, grant))
        XCTAssertFalse(printedForms(of: error as Any).contains("canary"))
        return (error?.code, server)
    }

    func testAnAnswerArrivesWholeAndTheRequestWasAsItIsWanted() async throws {
        let server = try RawServer { connection, _, _ in
            connection.answer(Self.bearer, headers: "Content-Type: application/json\r\n")
            return true
        }
        let (client, pending, grant) = try login(at: server.url)
        let answer = try await client.exchange(pending, grant)
        XCTAssertEqual(answer.token.reveal(), "canary0access01234567890")
        let request = try XCTUnwrap(server.requests.first)
        XCTAssertTrue(request.hasPrefix("POST /token HTTP/1.1\r\n"))
        XCTAssertTrue(request.lowercased().contains("content-type: application/x-www-form-urlencoded\r\n"))
        XCTAssertTrue(request.contains("grant_type=authorization_code"))
        XCTAssertTrue(request.contains("&code=canary0code01234567890"))
    }

    func testH7ACodeIsSentOnceToAServerThatDropsTheAnswer() async throws {
        let (code, server) = try await failureOfExchange { _ in false }
        XCTAssertEqual(code, "network.reset")
        XCTAssertEqual(server.requests.count, 1)
    }

    func testH7ACodeIsSentOnceAlsoWhereAConnectionStoodOpen() async throws {
        // The first request is answered and its connection stays; whatever comes next is read and dropped.
        let server = try RawServer { connection, number, _ in
            if number == 1 { connection.answer(Self.bearer) }
            return number == 1
        }
        let transport = URLSessionTransport()
        let provider = try Provider.standard(
            .init(authorizationEndpoint: "\(server.url)/authorize", tokenEndpoint: "\(server.url)/token"))
        let config = try ClientConfig(provider: provider, clientID: "app", redirectURI: "com.example.app:/cb")
        for times in 1...2 {
            let client = Client(config, transport: transport)
            let request = try client.authorize()
            let state =
                URLComponents(string: request.url.absoluteString)?.queryItems?.first { $0.name == "state" }?.value ?? ""
            let grant = try request.pending.accept("com.example.app:/cb?code=canary0code01234567890&state=\(state)")
            if times == 1 {
                _ = try await client.exchange(request.pending, grant)
            } else {
                let error = await failure(of: try await client.exchange(request.pending, grant))
                XCTAssertEqual(error?.code, "network.reset")
            }
            XCTAssertEqual(server.requests.count, times)
        }
    }

    func testARedirectIsNotFollowed() async throws {
        let (code, server) = try await failureOfExchange { connection in
            connection.answer("", status: "307 Temporary Redirect", headers: "Location: /elsewhere\r\n")
            return true
        }
        XCTAssertEqual(code, "provider.unexpected_redirect")
        XCTAssertEqual(server.requests.count, 1)
    }

    func testACookieIsNotKept() async throws {
        let server = try RawServer { connection, _, _ in
            connection.answer(
                #"{"sub": "ada"}"#, headers: "Set-Cookie: session=canary; Path=/\r\nContent-Type: application/json\r\n")
            return true
        }
        var standard = Provider.Standard(authorizationEndpoint: "\(server.url)/authorize", tokenEndpoint: "\(server.url)/token")
        standard.identityEndpoint = "\(server.url)/me"
        let config = try ClientConfig(
            provider: .standard(standard), clientID: "app", redirectURI: "com.example.app:/cb")
        let client = Client(config)
        let token = try Token("canary0access01234567890", provider: config.provider, kind: .bearer)
        for _ in 0..<2 {
            let account = try await client.identify(token)
            XCTAssertEqual(account.userID, "ada")
        }
        XCTAssertEqual(server.requests.count, 2)
        XCTAssertFalse(server.requests.contains { $0.lowercased().contains("cookie:") })
    }

    func testABodyAboveTheCapIsGivenUp() async throws {
        let (code, _) = try await failureOfExchange { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 3000000\r\n\r\n")
            for _ in 0..<300 { connection.send(String(repeating: "a", count: 10_000)) }
            return true
        }
        XCTAssertEqual(code, "network.too_large")
    }

    func testABodyThatEndsEarlyIsNoAnswer() async throws {
        let (code, _) = try await failureOfExchange { connection in
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n\(Self.bearer)")
            return false
        }
        XCTAssertEqual(code, "network.reset")
    }

    func testNobodyAtTheAddressMeansThatNothingWasSent() async throws {
        var port: UInt16 = 0
        do { port = try RawServer { _, _, _ in false }.port }
        let (client, pending, grant) = try login(at: "http://127.0.0.1:\(port)")
        let error = await failure(of: try await client.exchange(pending, grant))
        XCTAssertEqual(error?.code, "network.offline")
        let (other, login, answer) = try login(at: "https://no-such-host.invalid")
        let unknown = await failure(of: try await other.exchange(login, answer))
        XCTAssertEqual(unknown?.code, "network.dns")
    }

    func testAServerThatIsSilentMeetsTheDeadline() async throws {
        let server = try RawServer { connection, _, _ in
            connection.send("HTTP/1.1 200 OK\r\n")
            return true
        }
        // The same request with less patience: the core's is half a minute.
        struct Impatient: Transport {
            func send(_ request: HTTPRequest) async throws -> HTTPResponse {
                try await URLSessionTransport(patience: 0.3).send(request)
            }
        }
        let provider = try Provider.standard(
            .init(authorizationEndpoint: "\(server.url)/authorize", tokenEndpoint: "\(server.url)/token"))
        let config = try ClientConfig(provider: provider, clientID: "app", redirectURI: "com.example.app:/cb")
        let client = Client(config, transport: Impatient())
        let request = try client.authorize()
        let state = URLComponents(string: request.url.absoluteString)?.queryItems?.first { $0.name == "state" }?.value ?? ""
        let grant = try request.pending.accept("com.example.app:/cb?code=canary0code01234567890&state=\(state)")
        let error = await failure(of: try await client.exchange(request.pending, grant))
        XCTAssertEqual(error?.code, "network.timeout")
    }

    func testPlainHTTPToAnotherHostIsNotSent() async throws {
        // Such an endpoint is refused already when it is described; a sandbox's emulator address is for sandboxes alone.
        let error = await failure(
            of: try Provider.standard(
                .init(authorizationEndpoint: "https://as.example/a", tokenEndpoint: "http://as.example/token")))
        XCTAssertEqual(error?.code, "config.insecure_endpoint")
        XCTAssertNoThrow(try Provider.inSandbox("legacy", url: "http://10.0.2.2:8910"))
    }
}
