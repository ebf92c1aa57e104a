import Foundation
internal import ShutterkeyCore

/// What tests need and nothing else may use.
public enum Testing {
    /// Begins a login with 64 bytes of randomness that is not random: anybody who reads the test can forge its answer.
    public static func authorize(
        _ config: ClientConfig, _ options: AuthorizeOptions = AuthorizeOptions(), entropy: Data, at now: Date
    ) throws -> AuthorizationRequest {
        try AuthorizationRequest(
            core { try config.native.authorizeWith(options: options.native, now: now.moment, entropy: entropy) })
    }

    /// A call of the native library that does nothing: what any costs at least.
    public static func nothing() { ShutterkeyCore.nothing() }
}
