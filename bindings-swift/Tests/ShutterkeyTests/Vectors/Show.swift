import Foundation
import Shutterkey

/// Results in the neutral form of the files.
enum Show {
    static func error(_ error: ShutterkeyError) -> JSON {
        let details = error.details
        let (retry, after, address) = retry(details.retry)
        return .present([
            "family": .text(error.family), "code": .text(error.code), "retry": .text(retry), "after": after,
            "address": address, "reason": details.reason.json, "message": .text(details.summary),
            "resumable": .bool(details.resumable != nil),
            "provider": details.provider.map { said in
                .present([
                    "status": said.status.map { .integer(Int64($0)) }, "kind": said.kind.json,
                    "code": said.code.map { .integer(Int64($0)) }, "subcode": said.subcode.map { .integer(Int64($0)) },
                    "said": said.said.json, "trace_id": said.traceID.json, "is_transient": said.isTransient ? true : nil,
                ])
            },
        ])
    }

    private static func retry(_ retry: ShutterkeyError.Retry) -> (String, JSON?, JSON?) {
        switch retry {
        case .never: return ("never", nil, nil)
        case .backoff: return ("backoff", nil, nil)
        case .after(let date): return ("after", date.json, nil)
        case .login: return ("login", nil, nil)
        case .reconsent: return ("reconsent", nil, nil)
        case .userAction(let url): return ("user_action", nil, .text(url.absoluteString))
        case .fixConfig: return ("fix_config", nil, nil)
        }
    }

    static func config(_ config: ClientConfig) -> JSON {
        .present([
            "provider": .text(config.provider.id), "client_id": .text(config.clientID),
            "redirect_uri": .text(config.redirectURI), "response_type": .text(config.responseType.rawValue),
            "scopes": config.scopes.json,
        ])
    }

    static func token(_ token: Token) -> JSON {
        let expiry: JSON
        switch token.expiry {
        case .at(let date): expiry = .members(["at": date.json])
        case .never: expiry = "never"
        case .unknown: expiry = "unknown"
        }
        return .present([
            "value": .text(token.reveal()), "kind": .text(token.kind.rawValue), "scopes": token.scopes?.json,
            "issued_at": token.issuedAt?.json, "expiry": expiry, "data_access_until": token.dataAccessUntil?.json,
            "refresh_token": token.revealRefreshToken().json,
        ])
    }

    static func life(_ token: Token, at now: Date) -> JSON {
        let validity: JSON
        switch token.validity(at: now) {
        case .expired: validity = "expired"
        case .live(nil): validity = "live"
        case .live(let until?): validity = .members(["live_until": until.json])
        }
        let refresh: JSON
        switch token.refreshable(at: now) {
        case .now: refresh = "now"
        case .notBefore(let date): refresh = .members(["not_before": date.json])
        case .impossible(let reason): refresh = .members(["impossible": .text(reason)])
        }
        return .members(["validity": validity, "refresh": refresh])
    }

    static func answer(_ answer: TokenAnswer) -> JSON {
        .present(["token": token(answer.token), "user_id": answer.userID.json])
    }

    static func account(_ account: Account) -> JSON {
        .present([
            "user_id": .text(account.userID), "app_scoped_id": account.appScopedID.json, "username": account.username.json,
            "name": account.name.json, "account_type": account.accountType.json,
        ])
    }

    static func connection(_ connection: Connection) -> JSON {
        let key = connection.key
        return .present([
            "key": .text([key.provider, key.appID, key.userID].joined(separator: "/")),
            "account": account(connection.account), "token": token(connection.token),
            "missing_scopes": connection.missingScopes.json,
            "context": connection.context.map { .text(String(decoding: $0, as: UTF8.self)) },
            "return_to": connection.returnTo.json,
        ])
    }

    private static func state(_ account: StoredAccount, at now: Date) -> JSON {
        switch account.state(at: now) {
        case .live: return "live"
        case .loginNeeded(let by): return .members(["login_needed_by": by.json])
        case .needsLogin(let reason): return .members(["needs_login": .text(reason)])
        case .blocked(let reason, let recheck): return .members(["blocked": .text(reason), "recheck": recheck.json])
        }
    }

    static func kept(_ kept: Kept, at now: Date) -> JSON {
        .present([
            "token": .text(kept.account.token.reveal()), "state": state(kept.account, at: now),
            "refreshed": .bool(kept.refreshed), "stalled": .bool(kept.stalled), "at_risk": kept.atRisk?.json,
            "problem": (kept.problem?.code).json,
        ])
    }

    static func reported(_ reported: Reported, at now: Date) -> JSON {
        .present([
            "changed": .bool(reported.changed), "state": state(reported.account, at: now),
            "meaning": (reported.meaning?.code).json,
        ])
    }

    static func loggedOut(_ out: LoggedOut) -> JSON {
        .present(["revoked": .bool(out.revoked), "problem": (out.problem?.code).json])
    }

    static func grant(_ grant: Grant) -> JSON {
        .present([
            "code": grant.revealCode().json, "access_token": grant.revealAccessToken().json,
            "long_lived_token": grant.revealLongLivedToken().json,
        ])
    }

    static func pending(_ pending: PendingAuthorization) -> JSON {
        .present([
            "provider": .text(pending.provider), "redirect_uri": .text(pending.redirectURI),
            "response_type": .text(pending.responseType.rawValue), "created_at": pending.createdAt.json,
            "expires_at": pending.expiresAt.json, "handle": .text(pending.handle),
            "context": pending.context.map { .text(String(decoding: $0, as: UTF8.self)) },
            "return_to": pending.returnTo.json, "expect_account": pending.expectedAccount.json,
        ])
    }

    static func request(_ request: HTTPRequest) -> JSON {
        let headers = request.headers.map { ($0.name, JSON.text($0.value)) }
        return .present([
            "method": .text(request.method), "url": .text(request.url),
            "headers": .members(Dictionary(uniqueKeysWithValues: headers)), "body": request.body.json,
            "replay_safe": .bool(request.isReplaySafe),
        ])
    }

    static func provider(_ provider: Provider) -> JSON {
        .present([
            "origin": .text(provider.origin), "authorize": provider.authorizationEndpoint.json,
            "token": provider.tokenEndpoint.json, "revoke": provider.revocationEndpoint.json,
            "issuer": provider.issuer.json, "iss_promised": .bool(provider.issuerPromised), "pkce": .bool(provider.pkce),
            "secret_in_body": .bool(provider.secretInBody),
        ])
    }

    /// How a result differs from the stated one: a value must be equal; of an error, the stated members must be.
    static func disagreement(_ stated: JSON, _ found: JSON) -> String? {
        let (stated, found) = (stated.withinDate, found.withinDate)
        let agree: Bool
        if let error = stated["error"] {
            agree = found["error"].map { $0.contains(error) } ?? false
        } else {
            agree = found == stated
        }
        return agree ? nil : "\n  stated \(stated)\n  found  \(found)"
    }
}
