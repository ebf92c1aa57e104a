// Connects an account through the app's backend, as an app on a phone does; here a person is the browser.
//
//     python examples/python/app_backend.py --serve          in another terminal; it prints its address
//     SHUTTERKEY_BACKEND_URL=<address> swift run connect-account
//
// With --auto-approve, the sandbox plays the person too.

import Foundation
import Shutterkey

@main
struct ConnectAccount {
    static func main() async {
        do {
            try await connect()
        } catch let error as ShutterkeyError {
            print("\(error)\n\(error.hint)")
            exit(1)
        } catch {
            print(error)
            exit(1)
        }
    }

    private static func connect() async throws {
        guard let url = ProcessInfo.processInfo.environment["SHUTTERKEY_BACKEND_URL"] else {
            print("Set SHUTTERKEY_BACKEND_URL: the first lines of this program say how.")
            exit(2)
        }
        let backend = Backend(url: url, session: "demo-ada")
        let login = try await backend.startInstagram()
        let redirect = try await browse(login)
        let account = try await backend.finishInstagram(login.handover(redirect))
        print("connected: \(account.username ?? account.user_id)")
    }

    /// On a phone: `try await login.present(from: window)`.
    private static func browse(_ login: ShutterkeyLogin) async throws -> URL {
        if CommandLine.arguments.contains("--auto-approve") { return try await Sandbox().approve(login.url) }
        print("Open this address, approve, and paste the address that you end up at (\(login.redirectURI)…):")
        print(login.url.absoluteString)
        guard let line = readLine(), let redirect = URL(string: line) else { throw CancellationError() }
        return redirect
    }
}
