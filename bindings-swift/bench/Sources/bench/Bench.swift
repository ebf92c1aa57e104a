// What the everyday calls cost across the boundary, beside what an empty call costs and what the platform has itself.

import Foundation
import Shutterkey

private let rounds = 9
private let me = #"{"id": "24000000000000001", "user_id": "17841400000000001", "username": "ada.sandbox"}"#

private struct Identifying: Transport {
    func send(_ request: HTTPRequest) async throws -> HTTPResponse { HTTPResponse(status: 200, body: Data(me.utf8)) }
}

/// Nanoseconds a call, the least of a round.
private func time(_ times: Int, _ work: () throws -> Void) rethrows -> Double {
    let began = ContinuousClock.now
    for _ in 0..<times { try work() }
    return nanoseconds(since: began) / Double(times)
}

private func time(_ times: Int, _ work: @Sendable () async throws -> Void) async rethrows -> Double {
    let began = ContinuousClock.now
    for _ in 0..<times { try await work() }
    return nanoseconds(since: began) / Double(times)
}

private func nanoseconds(since began: ContinuousClock.Instant) -> Double {
    let (seconds, attoseconds) = (ContinuousClock.now - began).components
    return Double(seconds) * 1e9 + Double(attoseconds) / 1e9
}

@main
struct Bench {
    static func main() async throws {
        let config = try ClientConfig(
            provider: .instagram, clientID: "990602627938098", redirectURI: "https://app.example/instagram/callback")
        let client = Client(config, transport: Identifying())
        let keeper = Keeper(client, store: MemoryTokenStore())
        _ = try await keeper.importToken("IGAAbench0token1234567890", expiry: .at(Date(timeIntervalSinceNow: 5_000_000)), name: "me")
        _ = try await keeper.token("me")
        let request = try client.authorize()
        let state = URLComponents(string: request.url.absoluteString)?.queryItems?.first { $0.name == "state" }?.value ?? ""
        let redirect = "https://app.example/instagram/callback?code=AQBbench0code0123456789&state=\(state)#_"
        let token = try await keeper.token("me")

        var measured: [(name: String, nanoseconds: [Double])] = [
            ("an empty call", []), ("authorize, and its URL as URL", []), ("accept", []), ("URLComponents of the same redirect", []),
            ("keeper.token, fresh", []), ("token.reveal", []),
        ]
        for _ in 0..<rounds {
            measured[0].nanoseconds.append(time(200_000) { Testing.nothing() })
            measured[1].nanoseconds.append(try time(20_000) { _ = try client.authorize() })
            measured[2].nanoseconds.append(try time(50_000) { _ = try request.pending.accept(redirect) })
            measured[3].nanoseconds.append(time(20_000) { _ = URLComponents(string: redirect)?.queryItems })
            measured[4].nanoseconds.append(try await time(50_000) { _ = try await keeper.token("me") })
            measured[5].nanoseconds.append(time(100_000) { _ = token.reveal() })
        }
        let empty = measured[0].nanoseconds.sorted()[rounds / 2]
        for (name, all) in measured {
            let (least, median, most) = (all.min() ?? 0, all.sorted()[rounds / 2], all.max() ?? 0)
            let words = [
                name.padding(toLength: 40, withPad: " ", startingAt: 0), String(format: "%8.3f us", median / 1_000),
                String(format: "(%.3f to %.3f)", least / 1_000, most / 1_000), String(format: "%6.1f empty calls", median / empty),
            ]
            print("swift   " + words.joined(separator: "  "))
        }
    }
}
