import Foundation
import Shutterkey

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// The app's own backend, whose two routes come with shutterkey's adapters for Python and Node.
struct Backend {
    let url: String
    /// How the app's user is signed in is the app's own business.
    let session: String

    struct Account: Decodable {
        let user_id: String
        let username: String?
    }

    private struct Finished: Decodable { let account: Account }

    private struct Refused: Decodable {
        struct Why: Decodable { let code, message, hint: String }
        let error: Why
    }

    struct Failed: Error, CustomStringConvertible { let description: String }

    /// The backend begins a login for the user who is signed in.
    func startInstagram() async throws -> ShutterkeyLogin {
        try ShutterkeyLogin(await post("handover-start"))
    }

    /// The backend completes it: it has the app secret, and this app has neither that nor a token.
    func finishInstagram(_ handover: Handover) async throws -> Account {
        try JSONDecoder().decode(Finished.self, from: await post("handover-finish", handover.json)).account
    }

    private func post(_ route: String, _ body: Data = Data("{}".utf8)) async throws -> Data {
        guard let url = URL(string: "\(url)/instagram/\(route)") else { throw Failed(description: "no address: \(url)") }
        var request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        request.setValue("Bearer \(session)", forHTTPHeaderField: "Authorization")
        let (data, response) = try await URLSession.shared.data(for: request)
        guard (response as? HTTPURLResponse)?.statusCode == 200 else {
            let why = try? JSONDecoder().decode(Refused.self, from: data).error
            throw Failed(description: why.map { "\($0.message) [\($0.code)] \($0.hint)" } ?? "The backend did not answer.")
        }
        return data
    }
}
