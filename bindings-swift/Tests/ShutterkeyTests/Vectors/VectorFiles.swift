import Foundation

/// A mistake in a case, or in what runs it: never a case's result.
struct Malformed: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

struct VectorFile: Decodable, Sendable {
    struct Case: Decodable, Sendable {
        let id: String
        let surface: String
        let secrets: [String]?
        let input: JSON
        let result: JSON
    }

    let topic: String
    let define: [String: [String: JSON]]?
    let cases: [Case]

    /// The repository's root.
    static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static func all() throws -> [VectorFile] {
        let folder = root.appendingPathComponent("tests/vectors")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
            .filter { $0.hasSuffix(".json") && $0 != "schema.json" }.sorted()
        return try names.map { name in
            let file = try JSONDecoder().decode(
                VectorFile.self, from: Data(contentsOf: folder.appendingPathComponent(name)))
            guard file.topic + ".json" == name else { throw Malformed("\(name) is not named after its topic") }
            return file
        }
    }
}

/// A text: as it is, `{"repeat": "ab", "times": 1000}`, or a list of such pieces.
func text(_ spec: JSON?) throws -> String {
    switch spec {
    case .text(let text)?: return text
    case .list(let pieces)?: return try pieces.map { try text($0) }.joined()
    case .members?:
        let members = try exactly(spec, "repeat", "times")
        guard let piece = members["repeat"]?.text, let times = members["times"]?.integer else {
            throw Malformed("no text: \(spec!)")
        }
        return String(repeating: piece, count: Int(times))
    default: throw Malformed("no text: \(String(describing: spec))")
    }
}

func optionalText(_ spec: JSON?) throws -> String? { try spec.map { try text($0) } }

/// Bytes: a text, or `{"base64": "…"}`.
func bytes(_ spec: JSON?) throws -> Data {
    if let encoded = spec?["base64"]?.text {
        guard let data = Data(base64Encoded: encoded) else { throw Malformed("no base64") }
        return data
    }
    return Data(try text(spec).utf8)
}

/// The members of an object that has no others than these.
@discardableResult
func exactly(_ spec: JSON?, _ names: String...) throws -> [String: JSON] {
    guard let members = spec?.members else { throw Malformed("no object: \(String(describing: spec))") }
    for name in members.keys where !names.contains(name) { throw Malformed("what is the member \(name)?") }
    return members
}

func moment(_ spec: JSON?) throws -> Date {
    guard let seconds = spec?.integer else { throw Malformed("no moment: \(String(describing: spec))") }
    return Date(timeIntervalSince1970: TimeInterval(seconds))
}
