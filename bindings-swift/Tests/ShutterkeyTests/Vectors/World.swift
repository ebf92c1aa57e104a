import Foundation
import Shutterkey

/// What cases refer to by name, the secrets of what was made of it, and everything that was printed on the way.
final class World {
    private(set) var secrets: [String] = []
    private(set) var printed = ""
    private let define: [String: [String: JSON]]

    init(_ define: [String: [String: JSON]]?) { self.define = define ?? [:] }

    /// Keeps every printed form of a value, to be searched for secrets.
    func print(_ value: Any) { printed += printedForms(of: value) }

    private func secret(_ secret: String?) {
        // A text of a few letters occurs by accident.
        if let secret, secret.utf8.count >= 8 { secrets.append(secret) }
    }

    /// A definition by its name, or written out in the case itself.
    func named(_ kind: String, _ spec: JSON?) throws -> JSON {
        guard case .text(let name)? = spec else {
            guard let spec else { throw Malformed("one of the \(kind) is missing") }
            return spec
        }
        guard let found = define[kind]?[name] else { throw Malformed("there is no \(name) among the \(kind)") }
        return found
    }

    func client(_ spec: JSON?) throws -> ClientConfig {
        try definition { try buildClient(named("clients", spec)) }
    }

    func provider(_ spec: JSON?) throws -> Provider { try client(spec).provider }

    func buildClient(_ spec: JSON) throws -> ClientConfig {
        let spec = try exactly(
            spec, "provider", "sandbox", "client_id", "redirect_uri", "scopes", "allow_unknown_scopes", "response_type")
        var provider = try provider(of: spec["provider"])
        if let sandbox = spec["sandbox"] {
            let sandbox = try exactly(sandbox, "base", "origin")
            provider = try provider.atSandbox(url: sandbox["base"]?.text ?? "", origin: sandbox["origin"]?.text)
        }
        let config = try ClientConfig(
            provider: provider, clientID: text(spec["client_id"]), redirectURI: optionalText(spec["redirect_uri"]),
            scopes: spec["scopes"]?.list?.map { try text($0) },
            allowUnknownScopes: spec["allow_unknown_scopes"]?.bool ?? false,
            responseType: spec["response_type"]?.text.flatMap(ResponseType.init(rawValue:)))
        print(config)
        return config
    }

    private func provider(of spec: JSON?) throws -> Provider {
        switch spec?.text {
        case "instagram": return .instagram
        case "facebook": return .facebook
        case "threads": return .threads
        case "legacy": return .legacy
        case let other?: throw Malformed("no provider: \(other)")
        case nil: break
        }
        let spec = try exactly(
            spec, "issuer", "iss_promised", "authorize_endpoint", "token_endpoint", "identity_endpoint", "id_member",
            "revocation_endpoint", "without_pkce")
        var standard = Provider.Standard(
            authorizationEndpoint: try optionalText(spec["authorize_endpoint"]),
            tokenEndpoint: try optionalText(spec["token_endpoint"]))
        standard.issuer = spec["issuer"]?.text
        standard.issuerPromised = spec["iss_promised"]?.bool ?? false
        standard.identityEndpoint = spec["identity_endpoint"]?.text
        standard.identityMember = spec["id_member"]?.text
        standard.revocationEndpoint = spec["revocation_endpoint"]?.text
        standard.pkce = !(spec["without_pkce"]?.bool ?? false)
        return try .standard(standard)
    }

    func login(_ spec: JSON?) throws -> PendingAuthorization {
        try definition { try begin(named("logins", spec)).pending }
    }

    func begin(_ spec: JSON) throws -> AuthorizationRequest {
        let spec = try exactly(spec, "client", "now", "entropy", "options")
        let request = try Testing.authorize(
            client(spec["client"]), options(spec["options"]), entropy: Data(hex: spec["entropy"]?.text ?? ""),
            at: moment(spec["now"]))
        let query = URLComponents(string: request.url.absoluteString)?.queryItems
        secret(query?.first { $0.name == "state" }?.value)
        secret(request.pending.revealVerifier())
        print(request)
        print(request.pending)
        return request
    }

    private func options(_ spec: JSON?) throws -> AuthorizeOptions {
        var options = AuthorizeOptions()
        guard let spec else { return options }
        let members = try exactly(
            spec, "required_scopes", "optional_scopes", "expect_account", "context", "return_to", "session", "ttl", "extra",
            "force_reauth")
        options.requiredScopes = members["required_scopes"]?.texts
        options.optionalScopes = members["optional_scopes"]?.texts
        options.expectAccount = members["expect_account"]?.text
        options.context = try members["context"].map { try bytes($0) }
        options.returnTo = try optionalText(members["return_to"])
        options.session = members["session"]?.text
        options.timeToLive = members["ttl"]?.integer.map(Int.init)
        options.forceReauth = members["force_reauth"]?.bool ?? false
        options.extra = try members["extra"]?.list?.map { pair in
            (name: pair.list?.first?.text ?? "", value: try text(pair.list?.last))
        } ?? []
        return options
    }

    func token(_ spec: JSON?) throws -> Token {
        let token = try definition { try buildToken(named("tokens", spec)) }
        print(token)
        return token
    }

    func buildToken(_ spec: JSON) throws -> Token {
        let spec = try exactly(
            spec, "client", "value", "kind", "scopes", "issued_at", "expiry", "data_access_until", "refresh_token")
        let (value, refreshToken) = (try text(spec["value"]), try optionalText(spec["refresh_token"]))
        secret(value)
        secret(refreshToken)
        guard let kind = spec["kind"]?.text.flatMap(Token.Kind.init(rawValue:)) else { throw Malformed("no kind") }
        return try Token(
            value, provider: provider(spec["client"]), kind: kind, scopes: spec["scopes"]?.texts,
            issuedAt: spec["issued_at"].map { try moment($0) }, expiry: expiry(spec["expiry"]),
            dataAccessUntil: spec["data_access_until"].map { try moment($0) }, refreshToken: refreshToken)
    }

    private func expiry(_ spec: JSON?) throws -> Token.Expiry {
        switch spec?.text {
        case "never": return .never
        case "unknown": return .unknown
        default: return spec == nil ? .unknown : .at(try moment(exactly(spec, "at")["at"]))
        }
    }
}

/// An answer of a provider.
func response(_ spec: JSON?) throws -> HTTPResponse {
    let spec = try exactly(spec, "status", "headers", "body")
    let headers = spec["headers"]?.members ?? [:]
    return HTTPResponse(
        status: Int(spec["status"]?.integer ?? 0), headers: headers.map { (name: $0.key, value: $0.value.text ?? "") },
        body: try bytes(spec["body"]))
}

/// What a case begins with is in order: an error in it is not the case's result.
func definition<T>(_ make: () throws -> T) throws -> T {
    do {
        return try make()
    } catch let error as ShutterkeyError {
        throw Malformed("a definition is refused: \(error)")
    }
}

/// Every way to print a value.
func printedForms(of value: Any) -> String {
    var dumped = ""
    dump(value, to: &dumped)
    var printed = ""
    Swift.print(value, to: &printed)
    var forms = [dumped, printed, String(describing: value), String(reflecting: value), "\(value)"]
    if let error = value as? any Error { forms += [error.localizedDescription, "\((error as NSError).userInfo)"] }
    return forms.joined(separator: "\n")
}

extension Data {
    init(hex: String) {
        let digits = Array(hex.utf8)
        self.init(
            stride(from: 0, to: digits.count - 1, by: 2).map {
                UInt8(String(decoding: digits[$0...$0 + 1], as: UTF8.self), radix: 16) ?? 0
            })
    }
}
