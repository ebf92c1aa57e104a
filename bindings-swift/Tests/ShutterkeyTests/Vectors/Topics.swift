import Foundation
import Shutterkey

/// What runs the cases of a topic: given a world and the case's input, it answers what the case came to.
enum Topics {
    typealias Run = @Sendable (World, JSON) throws -> JSON

    static let all: [String: Run] = [
        "authorize": { world, input in
            let request = try world.begin(input)
            return .members(["url": .text(request.url.absoluteString), "pending": Show.pending(request.pending)])
        },
        "config": { world, input in
            let members = try exactly(input, "client", "distinct")
            if let distinct = members["distinct"]?.list {
                try ClientConfig.checkDistinct(distinct.map { try world.client($0) })
                return true
            }
            return Show.config(try world.buildClient(world.named("clients", members["client"])))
        },
        "scopes": { world, input in
            var members = try exactly(input, "client", "scopes", "allow_unknown_scopes")
            let client = try world.named("clients", members.removeValue(forKey: "client")).members ?? [:]
            return try world.buildClient(.members(client.merging(members) { $1 })).scopes.json
        },
        "return-to": { _, input in
            try OAuth.checkReturnTo(text(exactly(input, "path")["path"]))
            return true
        },
        "redirect": { world, input in
            let members = try exactly(input, "login", "url", "query", "now", "session")
            let (pending, now) = try begun(world, members)
            let session = members["session"]?.text
            let grant =
                try members["url"].map { try pending.accept(text($0), at: now, session: session) }
                ?? pending.acceptQuery(text(members["query"]), at: now, session: session)
            world.print(grant)
            return Show.grant(grant)
        },
        "pasted": { world, input in
            let members = try exactly(input, "login", "pasted", "now")
            let (pending, now) = try begun(world, members)
            let grant = try pending.acceptPasted(text(members["pasted"]), at: now)
            world.print(grant)
            return Show.grant(grant)
        },
        "handover": { world, input in
            let members = try exactly(input, "start", "redirect", "now")
            let start = try text(members["start"])
            guard let redirect = members["redirect"] else {
                let login = try ShutterkeyLogin(start)
                world.print(login)
                return .members([
                    "url": .text(login.url.absoluteString), "redirect_uri": .text(login.redirectURI),
                    "expires_at": login.expiresAt.json,
                ])
            }
            // What is kept while the browser is open is as good as what came.
            let login = try definition { try ShutterkeyLogin(ShutterkeyLogin(start).serialize()) }
            world.print(login)
            let handover = try login.handover(text(redirect), at: moment(members["now"]))
            world.print(handover)
            return try JSON.parse(handover.json)
        },
        "token-answer": { world, input in
            let members = try exactly(input, "call", "client", "token", "now", "response", "expected_user_id")
            let config = try world.client(members["client"])
            let (answer, now) = (try response(members["response"]), try moment(members["now"]))
            switch members["call"]?.text {
            case "exchange":
                let read = try OAuth.exchangeResponse(config.provider, answer, asked: config.scopes, at: now)
                world.print(read)
                return Show.answer(read)
            case "extend":
                let read = try OAuth.extendResponse(config.provider, world.token(members["token"]), answer, at: now)
                world.print(read)
                return .members(["token": Show.token(read)])
            default:
                let read = try OAuth.refreshResponse(
                    config.provider, world.token(members["token"]), answer,
                    expectedUserID: members["expected_user_id"]?.text, at: now)
                world.print(read)
                return .members(["token": Show.token(read)])
            }
        },
        "identify-answer": { world, input in
            let members = try exactly(input, "client", "now", "response")
            let account = try OAuth.identifyResponse(
                world.provider(members["client"]), response(members["response"]), at: moment(members["now"]))
            world.print(account)
            return Show.account(account)
        },
        "error-answer": { _, input in
            let members = try exactly(input, "now", "response")
            if let meaning = OAuth.classify(try response(members["response"]), at: try moment(members["now"])) {
                throw meaning
            }
            return .null
        },
        "metadata": { world, input in
            let members = try exactly(input, "call", "issuer", "response")
            let issuer = members["issuer"]?.text ?? ""
            if members["call"]?.text == "urls" { return try OAuth.metadataURLs(issuer: issuer).json }
            let provider = try OAuth.metadataResponse(issuer: issuer, response(members["response"]))
            world.print(provider)
            return Show.provider(provider)
        },
        "request": { world, input in
            let members = try exactly(input, "call", "client", "code", "login", "token")
            let config = try world.client(members["client"])
            let token = try members["token"].map { try world.token($0) }
            let request: HTTPRequest
            switch (members["call"]?.text, token) {
            case ("exchange", _):
                let verifier = try members["login"].flatMap { try world.login($0).revealVerifier() }
                request = try OAuth.exchangeRequest(config, code: text(members["code"]), verifier: verifier)
            case ("extend", let token?): request = try OAuth.extendRequest(config, token)
            case ("refresh", let token?): request = try OAuth.refreshRequest(config, token)
            case ("identify", let token?): request = try OAuth.identifyRequest(config.provider, token)
            case ("revoke", let token?): request = try OAuth.revokeRequest(config, token)
            default: throw Malformed("no such call")
            }
            world.print(request)
            return Show.request(request)
        },
        "token-life": { world, input in
            let members = try exactly(input, "token", "now")
            let token = try world.buildToken(world.named("tokens", members["token"]))
            world.print(token)
            return Show.life(token, at: try moment(members["now"]))
        },
        "scenarios": { world, input in try Scenario.run(world, input) },
    ]

    private static func begun(_ world: World, _ members: [String: JSON]) throws -> (PendingAuthorization, Date) {
        let spec = try world.named("logins", members["login"])
        let pending = try definition { try world.begin(spec).pending }
        return (pending, try moment(members["now"] ?? spec["now"]))
    }
}
