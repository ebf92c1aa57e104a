// A screen of an iOS app that connects an Instagram account through the app's backend. Source to copy: it is not part of the
// package beside it, and was not built on the machine this was written on, which has no iOS SDK.

import Shutterkey
import SwiftUI

struct ConnectScreen: View {
    let backend: Backend  // ../Sources/connect-account/Backend.swift, as it is

    @State private var connected: String?
    @State private var failure: String?
    @State private var isWorking = false

    private let store = KeychainTokenStore()

    var body: some View {
        VStack(spacing: 16) {
            if let connected {
                Label(connected, systemImage: "checkmark.circle.fill")
            } else {
                Button("Connect Instagram") { Task { await connect() } }
                    .buttonStyle(.borderedProminent)
                    .disabled(isWorking)
            }
            if let failure { Text(failure).font(.footnote).foregroundStyle(.secondary) }
        }
        .padding()
        // The system may have ended the app while the browser was open; then the universal link starts it anew.
        .onOpenURL { url in Task { await finish(url) } }
    }

    private func connect() async {
        isWorking = true
        defer { isWorking = false }
        do {
            let login = try await backend.startInstagram()
            try await store.keep(login)
            guard let window = UIApplication.shared.connectedScenes.compactMap({ ($0 as? UIWindowScene)?.keyWindow }).first
            else { return }
            await finish(try await login.present(from: window))
        } catch is CancellationError {
            failure = nil  // The person closed the sheet.
        } catch {
            failure = error.localizedDescription
        }
    }

    private func finish(_ redirect: URL) async {
        do {
            guard let login = try await store.keptLogin() else { return }
            let account = try await backend.finishInstagram(login.handover(redirect))
            try await store.forgetLogin()
            connected = account.username ?? account.user_id
        } catch let error as ShutterkeyError where error.family == "denied" {
            failure = "Nothing was connected."
        } catch {
            failure = error.localizedDescription
        }
    }
}
