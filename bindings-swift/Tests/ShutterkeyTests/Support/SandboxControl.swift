import Foundation
import Shutterkey

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// One small HTTP call, for what is not the package's own: the sandbox's control API, and the test's backend.
func call(
    _ method: String, _ url: String, _ body: Data? = nil, headers: [String: String] = [:]
) async throws -> (status: Int, body: Data) {
    guard let url = URL(string: url) else { throw Malformed("no address: \(url)") }
    var request = URLRequest(url: url)
    request.httpMethod = method
    request.httpBody = body
    if body != nil { request.setValue("application/json", forHTTPHeaderField: "Content-Type") }
    for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
    let (data, response) = try await URLSession.shared.data(for: request)
    return ((response as? HTTPURLResponse)?.statusCode ?? 0, data)
}

/// A running sandbox, driven by its control API.
struct SandboxControl {
    let url: String
    private let token: String

    /// The one that whoever runs the tests has started.
    init() throws {
        url = try setting("SHUTTERKEY_SANDBOX_URL")
        token = try setting("SHUTTERKEY_SANDBOX_CONTROL")
    }

    struct App: Decodable {
        let client_id: String
    }

    private struct Call: Decodable {
        let endpoint: String
        let status: Int
        let client_id: String?
    }

    @discardableResult
    private func control(_ path: String, _ members: [String: JSON]) async throws -> Data {
        let (status, body) = try await call(
            "POST", "\(url)/control/\(path)", JSONEncoder().encode(members), headers: ["X-Shutterkey-Control": token])
        guard status == 200 else { throw Malformed("\(path): \(status) \(String(decoding: body, as: UTF8.self))") }
        return body
    }

    /// Registers an app and gives its client id.
    func app(_ product: String, redirectURI: String, _ switches: [String: JSON] = [:]) async throws -> String {
        let spec: [String: JSON] = ["product": .text(product), "redirect_uris": [redirectURI].json]
        let body = try await control("app", spec.merging(switches) { $1 })
        return try JSONDecoder().decode(App.self, from: body).client_id
    }

    /// Walks an authorize URL to its end, as a person in a browser would.
    func approve(_ url: URL, deny: Bool = false) async throws -> URL {
        let body = try await control("approve", ["url": .text(url.absoluteString), "deny": .bool(deny)])
        guard let redirect = try JSON.parse(body)["redirect_url"]?.text, let url = URL(string: redirect) else {
            throw Malformed("no redirect")
        }
        return url
    }

    /// How many calls of an endpoint an app has made.
    func calls(_ endpoint: String, by client: String) async throws -> Int {
        let (_, body) = try await call("GET", "\(url)/control/calls", headers: ["X-Shutterkey-Control": token])
        return try JSONDecoder().decode([Call].self, from: body)
            .count { $0.endpoint.contains(endpoint) && $0.client_id == client }
    }

    /// Moves the sandbox's clock.
    func advance(_ seconds: Int64) async throws { try await control("clock/advance", ["seconds": .integer(seconds)]) }

    /// The sandbox's present: clients of it follow its clock.
    func now() async throws -> Date {
        let (_, body) = try await call("GET", "\(url)/control/clock", headers: ["X-Shutterkey-Control": token])
        return try moment(JSON.parse(body)["now"])
    }
}
