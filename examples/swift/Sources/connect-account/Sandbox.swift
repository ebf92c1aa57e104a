import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// A running sandbox, which can play the person who approves.
struct Sandbox {
    private struct Ask: Encodable { let url: String }
    private struct Walked: Decodable { let redirect_url: URL }

    /// Walks an authorize URL to its end, and gives the address that the browser would end up at.
    func approve(_ url: URL) async throws -> URL {
        let settings = ProcessInfo.processInfo.environment
        guard let sandbox = settings["SHUTTERKEY_SANDBOX_URL"], let control = settings["SHUTTERKEY_SANDBOX_CONTROL"],
            let address = URL(string: "\(sandbox)/control/approve")
        else { throw Backend.Failed(description: "--auto-approve needs SHUTTERKEY_SANDBOX_URL and SHUTTERKEY_SANDBOX_CONTROL.") }
        var request = URLRequest(url: address)
        request.httpMethod = "POST"
        request.httpBody = try JSONEncoder().encode(Ask(url: url.absoluteString))
        request.setValue(control, forHTTPHeaderField: "X-Shutterkey-Control")
        let (data, _) = try await URLSession.shared.data(for: request)
        return try JSONDecoder().decode(Walked.self, from: data).redirect_url
    }
}
