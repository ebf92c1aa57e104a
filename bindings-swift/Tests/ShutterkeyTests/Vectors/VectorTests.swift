import Foundation
import Shutterkey
import XCTest

/// The shared cases of tests/vectors, through the public API of this package.
final class VectorTests: XCTestCase {
    private struct Found: Encodable {
        let language = "swift"
        let surface = "device"
        var cases: [String: JSON] = [:]
    }

    /// What a case came to, and where that is not what it states.
    private func outcome(of each: VectorFile.Case, in file: VectorFile, _ run: Topics.Run) -> (found: JSON, problems: [String]) {
        let world = World(file.define)
        var found: JSON
        do {
            found = .members(["ok": try run(world, each.input)])
        } catch let error as ShutterkeyError {
            world.print(error)
            found = .members(["error": Show.error(error)])
        } catch {
            return (.null, ["\(error)"])
        }
        let leaks = (world.secrets + (each.secrets ?? [])).filter { world.printed.contains($0) }
        let problems = leaks.map { "prints the secret \($0)" } + [Show.disagreement(each.result, found)].compactMap { $0 }
        if each.result["error"] != nil { found = found.limited(to: each.result) }
        return (found, problems)
    }

    func testEveryCaseHasItsStatedResultAndPrintsNoSecret() throws {
        var (found, held, files) = (Found(), 0, 0)
        for file in try VectorFile.all() {
            let cases = file.cases.filter { $0.surface == "device" }
            guard !cases.isEmpty else { continue }
            guard let run = Topics.all[file.topic] else {
                XCTFail("nothing runs the cases of \(file.topic)")
                continue
            }
            for each in cases {
                let (result, problems) = outcome(of: each, in: file, run)
                for problem in problems { XCTFail("\(file.topic)/\(each.id): \(problem)") }
                XCTAssertNil(found.cases[each.id], "\(each.id) occurs twice")
                found.cases[each.id] = result.withinDate
            }
            held += cases.count
            files += 1
        }
        XCTAssertEqual(found.cases.count, held)
        print("\(held) device cases in \(files) files")
        if let path = ProcessInfo.processInfo.environment["SHUTTERKEY_VECTOR_RESULTS"] {
            try JSONEncoder().encode(found).write(to: URL(fileURLWithPath: path))
        }
    }

    func testAnotherResultThanTheStatedOneIsAFailure() throws {
        for file in try VectorFile.all() {
            guard let each = file.cases.first(where: { $0.surface == "device" }), let run = Topics.all[file.topic] else {
                continue
            }
            let wrong = VectorFile.Case(
                id: each.id, surface: each.surface, secrets: nil, input: each.input, result: .members(["ok": "another"]))
            XCTAssertFalse(outcome(of: wrong, in: file, run).problems.isEmpty, file.topic)
            var members = each.input.members ?? [:]
            members["surprise"] = true
            let strange = VectorFile.Case(
                id: each.id, surface: each.surface, secrets: nil, input: .members(members), result: each.result)
            XCTAssertFalse(outcome(of: strange, in: file, run).problems.isEmpty, file.topic)
        }
    }

    func testASecretThatIsPrintedIsAFailure() throws {
        let file = try XCTUnwrap(try VectorFile.all().first { $0.topic == "return-to" })
        let each = try XCTUnwrap(file.cases.first { $0.result["error"] != nil })
        let canary = VectorFile.Case(
            id: each.id, surface: each.surface, secrets: ["redirect.return_to"], input: each.input, result: each.result)
        let problems = outcome(of: canary, in: file, try XCTUnwrap(Topics.all[file.topic])).problems
        XCTAssertEqual(problems, ["prints the secret redirect.return_to"])
    }
}
