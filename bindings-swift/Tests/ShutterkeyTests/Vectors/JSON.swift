import Foundation

/// A JSON value.
enum JSON: Codable, Equatable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case text(String)
    case list([JSON])
    case members([String: JSON])

    init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if value.decodeNil() {
            self = .null
        } else if let bool = try? value.decode(Bool.self) {
            self = .bool(bool)
        } else if let integer = try? value.decode(Int64.self) {
            self = .integer(integer)
        } else if let number = try? value.decode(Double.self) {
            self = .number(number)
        } else if let text = try? value.decode(String.self) {
            self = .text(text)
        } else if let list = try? value.decode([JSON].self) {
            self = .list(list)
        } else {
            self = .members(try value.decode([String: JSON].self))
        }
    }

    func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .null: try value.encodeNil()
        case .bool(let bool): try value.encode(bool)
        case .integer(let integer): try value.encode(integer)
        case .number(let number): try value.encode(number)
        case .text(let text): try value.encode(text)
        case .list(let list): try value.encode(list)
        case .members(let members): try value.encode(members)
        }
    }

    static func parse(_ data: Data) throws -> JSON { try JSONDecoder().decode(JSON.self, from: data) }

    /// Members that are there; those without a value are left out.
    static func present(_ members: [String: JSON?]) -> JSON { .members(members.compactMapValues { $0 }) }

    subscript(name: String) -> JSON? {
        if case .members(let members) = self { members[name] } else { nil }
    }

    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let integer) = self { integer } else { nil } }
    var bool: Bool? { if case .bool(let bool) = self { bool } else { nil } }
    var list: [JSON]? { if case .list(let list) = self { list } else { nil } }
    var members: [String: JSON]? { if case .members(let members) = self { members } else { nil } }
    var texts: [String]? { list.map { $0.compactMap(\.text) } }

    /// The same with moments that no `Date` holds to the second at the ends of what it does.
    var withinDate: JSON {
        switch self {
        case .integer(let integer): return .integer(min(max(integer, -(1 << 53)), 1 << 53))
        case .list(let list): return .list(list.map(\.withinDate))
        case .members(let members): return .members(members.mapValues(\.withinDate))
        default: return self
        }
    }

    /// Whether everything that is stated is there, whatever else is.
    func contains(_ part: JSON) -> Bool {
        guard case .members(let whole) = self, case .members(let stated) = part else { return self == part }
        return stated.allSatisfy { name, value in whole[name].map { $0.contains(value) } ?? false }
    }

    /// Of an object, the members that another one has as well.
    func limited(to stated: JSON) -> JSON {
        guard case .members(let whole) = self, case .members(let wanted) = stated else { return self }
        return .members(
            whole.reduce(into: [:]) { kept, member in
                if let wanted = wanted[member.key] { kept[member.key] = member.value.limited(to: wanted) }
            })
    }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByBooleanLiteral {
    init(stringLiteral text: String) { self = .text(text) }
    init(booleanLiteral bool: Bool) { self = .bool(bool) }
}

extension Optional where Wrapped == String {
    var json: JSON? { map(JSON.text) }
}

extension Array where Element == String {
    var json: JSON { .list(map(JSON.text)) }
}

extension Date {
    /// Whole seconds, as the files spell moments.
    var json: JSON { .integer(Int64(exactly: timeIntervalSince1970.rounded(.down)) ?? (timeIntervalSince1970 < 0 ? .min : .max)) }
}
