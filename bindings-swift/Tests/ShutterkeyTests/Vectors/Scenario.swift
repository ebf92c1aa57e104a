import Foundation
import Shutterkey

/// A whole operation: each step that is expected, and the answer that is played. No step more, none less, none other.
struct Scenario {
    private let world: World
    private var now: Date

    static func run(_ world: World, _ input: JSON) throws -> JSON {
        let members = try exactly(input, "now", "run", "script", "interrupted", "resume_script")
        var scenario = Scenario(world: world, now: try moment(members["now"]))
        return try scenario.play(members)
    }

    private mutating func play(_ members: [String: JSON]) throws -> JSON {
        var run = members["run"]?.members ?? [:]
        let script = members["script"]?.list ?? []
        let name = run.removeValue(forKey: "operation")?.text
        let given = JSON.members(run)
        switch name {
        case "complete": return try connecting(complete(given), members)
        case "import": return try connecting(importing(given), members)
        case "exchange":
            let of = try exactly(given, "client", "login", "redirect")
            let (pending, grant) = try granted(of)
            let operation = try Operations.exchange(world.client(of["client"]), pending, grant)
            return Show.token(try act(operation, script).token)
        case "extend": return try Show.token(act(Operations.extend(config(given), token(given)), script))
        case "refresh": return try Show.token(act(Operations.refresh(config(given), token(given)), script))
        case "identify":
            return try Show.account(act(Operations.identify(config(given).provider, token(given)), script))
        case "revoke":
            try act(Operations.revoke(config(given), token(given)), script)
            return .null
        case "discover":
            let issuer = try exactly(given, "issuer")["issuer"]?.text ?? ""
            return Show.provider(try act(Operations.discover(issuer: issuer), script))
        case "keep_fresh":
            let of = try exactly(given, "client", "account", "namespace", "even_if_not_due")
            let operation = try Operations.keepFresh(
                world.client(of["client"]), key(of["account"]), namespace: of["namespace"]?.text ?? "",
                evenIfNotDue: of["even_if_not_due"]?.bool ?? false)
            let kept = try act(operation, script)
            return Show.kept(kept, at: now)
        case "report":
            let of = try exactly(given, "client", "account", "namespace", "response", "used")
            let operation = try Operations.report(
                world.client(of["client"]), key(of["account"]), response(of["response"]),
                namespace: of["namespace"]?.text ?? "", used: of["used"].map { try world.token($0) })
            let reported = try act(operation, script)
            return Show.reported(reported, at: now)
        case "logout":
            let of = try exactly(given, "client", "account", "namespace")
            let operation = try Operations.logout(
                world.client(of["client"]), key(of["account"]), namespace: of["namespace"]?.text ?? "")
            return Show.loggedOut(try act(operation, script))
        default: throw Malformed("no such operation: \(name ?? "")")
        }
    }

    /// A login, which may be interrupted and resumed.
    private mutating func connecting(_ operation: TokenOperation<Connection>, _ members: [String: JSON]) throws -> JSON {
        let script = members["script"]?.list ?? []
        guard let interrupted = members["interrupted"] else { return Show.connection(try act(operation, script)) }
        do {
            _ = try act(operation, script)
            throw Malformed("the first run was to be interrupted")
        } catch let error as ShutterkeyError {
            guard Show.error(error).contains(interrupted), let resumable = error.details.resumable else {
                throw Malformed("interrupted by \(Show.error(error))")
            }
            world.print(error)
            world.print(resumable)
            return Show.connection(try act(Operations.resume(resumable), members["resume_script"]?.list ?? []))
        }
    }

    private func complete(_ given: JSON) throws -> TokenOperation<Connection> {
        let of = try exactly(given, "client", "login", "redirect", "namespace", "alias")
        let (pending, grant) = try granted(of)
        return try Operations.complete(
            world.client(of["client"]), pending, grant, namespace: of["namespace"]?.text, name: of["alias"]?.text)
    }

    private func importing(_ given: JSON) throws -> TokenOperation<Connection> {
        let of = try exactly(given, "client", "token", "namespace", "alias")
        return try Operations.importToken(
            world.client(of["client"]), text(of["token"]), namespace: of["namespace"]?.text, name: of["alias"]?.text)
    }

    private func granted(_ of: [String: JSON]) throws -> (PendingAuthorization, Grant) {
        let pending = try world.login(of["login"])
        let grant = try definition { try pending.accept(text(of["redirect"]), at: now) }
        world.print(grant)
        return (pending, grant)
    }

    private func config(_ given: JSON) throws -> ClientConfig {
        try world.client(exactly(given, "client", "token")["client"])
    }

    private func token(_ given: JSON) throws -> Token { try world.token(given["token"]) }

    private func key(_ spec: JSON?) throws -> AccountKey {
        guard let parts = spec?.texts, parts.count == 3 else { throw Malformed("no account") }
        return AccountKey(provider: parts[0], appID: parts[1], userID: parts[2])
    }

    @discardableResult
    private mutating func act<Value>(_ operation: TokenOperation<Value>, _ script: [JSON]) throws -> Value {
        var turns = script[...]
        do {
            var step = try operation.begin(at: now)
            while true {
                if case .done(let value) = step {
                    try ended(turns)
                    world.print(value)
                    return value
                }
                world.print(step)
                let shown = try show(step)
                guard let turn = turns.popFirst() else { throw Malformed("asked beyond the script: \(shown)") }
                let members = try exactly(turn, "expect", "answer", "now")
                guard let expected = members["expect"], shown.contains(expected) else {
                    throw Malformed("expected \(members["expect"] ?? .null)\n  asked \(shown)")
                }
                if let later = members["now"] { now = try moment(later) }
                step = try operation.step(answer(members["answer"]), at: now)
            }
        } catch let error as ShutterkeyError {
            try ended(turns)
            throw error
        }
    }

    private func ended(_ turns: ArraySlice<JSON>) throws {
        guard turns.isEmpty else { throw Malformed("\(turns.count) steps that were expected and not asked") }
    }

    private func show<Value>(_ step: Step<Value>) throws -> JSON {
        let number = { (number: UInt64) in JSON.integer(Int64(number)) }
        switch step {
        case .send(let request):
            world.print(request)
            return .members((Show.request(request).members ?? [:]).merging(["step": "send"]) { $1 })
        case .load(let key): return .members(["step": "load", "key": .text(key)])
        case .lease(let key, let length):
            return .members(["step": "lease", "key": .text(key), "ttl": .integer(Int64(length))])
        case .save(let key, let record, let expected, let fence):
            return .members([
                "step": "save", "key": .text(key), "expected": expected.map(number) ?? .null,
                "fence": fence.map(number) ?? .null, "record": try JSON.parse(record.data),
                "forget_at": record.forgetAt?.json ?? .null,
            ])
        case .release(let key, let fence):
            return .members(["step": "release", "key": .text(key), "fence": number(fence)])
        case .delete(let key, let expected):
            return .members(["step": "delete", "key": .text(key), "expected": number(expected)])
        case .wait: return .members(["step": "wait"])
        case .done: throw Malformed("the end is no step")
        }
    }

    private func answer(_ spec: JSON?) throws -> Answer {
        let (name, value): (String, JSON)
        switch spec {
        case .text(let text)?: (name, value) = (text, .null)
        case .members(let members)? where members.count == 1: (name, value) = members.first!
        default: throw Malformed("no answer: \(String(describing: spec))")
        }
        let number = UInt64(value.integer ?? 0)
        switch name {
        case "response": return .response(try response(value))
        case "send_failed":
            guard let failure = value.text.flatMap(SendFailure.init(rawValue:)) else { throw Malformed("no failure") }
            return .sendFailed(failure)
        case "loaded":
            if value == .null { return .loaded(nil) }
            let stored = try exactly(value, "record", "version")
            let record = try JSONEncoder().encode(world.named("records", stored["record"]))
            return .loaded(StoredRecord(data: record, version: UInt64(stored["version"]?.integer ?? 0)))
        case "leased": return .leased(fence: number)
        case "lease_held": return .leaseHeld
        case "saved": return .saved(version: number)
        case "conflict": return .conflict
        case "store_failed":
            guard let error = value.text.flatMap(TokenStoreError.init(rawValue:)) else { throw Malformed("no failure") }
            return .storeFailed(error)
        case "released": return .released
        case "deleted": return .deleted
        case "waited": return .waited
        default: throw Malformed("no such answer: \(name)")
        }
    }
}
