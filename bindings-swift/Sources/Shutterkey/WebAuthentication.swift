#if canImport(AuthenticationServices) && !os(tvOS) && !os(watchOS)
import AuthenticationServices

extension ShutterkeyLogin {
    /// Opens the login in the system's browser sheet and answers the address that it came back to, for ``handover(_:at:)``.
    ///
    /// - Parameters:
    ///   - anchor: The window to show it from.
    ///   - prefersEphemeralSession: Asks for a browser without cookies of before.
    /// - Throws: `CancellationError` when the person closes the sheet, or the task is cancelled; `internal.misuse` where the system
    ///   cannot bring the redirect back: https needs iOS 17.4, macOS 14.4 or visionOS 1.1 and an associated domain (`webcredentials:`).
    @MainActor
    public func present(from anchor: ASPresentationAnchor, prefersEphemeralSession: Bool = false) async throws -> URL {
        try await WebAuthentication.present(
            url, redirectURI: redirectURI, from: anchor, prefersEphemeralSession: prefersEphemeralSession)
    }
}

extension AuthorizationRequest {
    /// As ``ShutterkeyLogin/present(from:prefersEphemeralSession:)``, for a login on the device.
    @MainActor
    public func present(from anchor: ASPresentationAnchor, prefersEphemeralSession: Bool = false) async throws -> URL {
        try await WebAuthentication.present(
            url, redirectURI: pending.redirectURI, from: anchor, prefersEphemeralSession: prefersEphemeralSession)
    }
}

/// One browser sheet.
@MainActor
private final class WebAuthentication: NSObject, ASWebAuthenticationPresentationContextProviding {
    private let anchor: ASPresentationAnchor
    private var sheet: ASWebAuthenticationSession?

    private init(_ anchor: ASPresentationAnchor) { self.anchor = anchor }

    nonisolated func presentationAnchor(for session: ASWebAuthenticationSession) -> ASPresentationAnchor {
        MainActor.assumeIsolated { anchor }
    }

    static func present(
        _ url: URL, redirectURI: String, from anchor: ASPresentationAnchor, prefersEphemeralSession: Bool
    ) async throws -> URL {
        let authentication = WebAuthentication(anchor)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                do {
                    let sheet = try session(url, redirectURI) { address, error in
                        continuation.resume(with: outcome(address, error))
                    }
                    sheet.presentationContextProvider = authentication
                    sheet.prefersEphemeralWebBrowserSession = prefersEphemeralSession
                    authentication.sheet = sheet
                    if Task.isCancelled || !sheet.start() { sheet.cancel() }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        } onCancel: {
            Task { @MainActor in authentication.sheet?.cancel() }
        }
    }

    private nonisolated static func outcome(_ address: URL?, _ error: (any Error)?) -> Result<URL, any Error> {
        if let address { return .success(address) }
        if (error as? ASWebAuthenticationSessionError)?.code == .canceledLogin { return .failure(CancellationError()) }
        return .failure(ShutterkeyError.misuse("The system did not show the browser sheet."))
    }

    private static func session(
        _ url: URL, _ redirectURI: String, _ ended: @escaping ASWebAuthenticationSession.CompletionHandler
    ) throws -> ASWebAuthenticationSession {
        guard let redirect = URLComponents(string: redirectURI), let scheme = redirect.scheme else {
            throw ShutterkeyError.misuse("The redirect URI is no URI.")
        }
        guard scheme == "https", let host = redirect.host else {
            return ASWebAuthenticationSession(url: url, callbackURLScheme: scheme, completionHandler: ended)
        }
        if #available(iOS 17.4, macOS 14.4, visionOS 1.1, *) {
            let path = redirect.path.isEmpty ? "/" : redirect.path
            return ASWebAuthenticationSession(url: url, callback: .https(host: host, path: path), completionHandler: ended)
        }
        throw ShutterkeyError.misuse(
            "This system brings no https address back from its browser sheet; take the universal link in the app's delegate.")
    }
}
#endif
