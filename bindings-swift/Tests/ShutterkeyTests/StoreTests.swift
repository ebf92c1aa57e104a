import Foundation
import Shutterkey
import XCTest

/// What every store promises, asked of those that come with the package.
final class StoreTests: XCTestCase {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func everyStore(_ check: (any TokenStore) async throws -> Void) async throws {
        try await check(MemoryTokenStore())
        let folder = temporaryFolder()
        try await check(FileTokenStore(folder: folder))
        try FileManager.default.removeItem(at: folder)
    }

    private func temporaryFolder() -> URL {
        FileManager.default.temporaryDirectory.appendingPathComponent("shutterkey-\(UUID().uuidString)")
    }

    private func record(_ text: String, forgetAt: Date? = nil) -> TokenRecord {
        TokenRecord(data: Data(text.utf8), forgetAt: forgetAt)
    }

    func testAWriteReplacesOnlyTheVersionItExpects() async throws {
        try await everyStore { store in
            let written = try await store.save("a/b", record("one"), replacing: nil, fence: nil, at: now)
            let first = try XCTUnwrap(written)
            let again = try await store.save("a/b", record("two"), replacing: nil, fence: nil, at: now)
            XCTAssertNil(again)
            let wrong = try await store.save("a/b", record("two"), replacing: first + 1, fence: nil, at: now)
            XCTAssertNil(wrong)
            let replaced = try await store.save("a/b", record("two"), replacing: first, fence: nil, at: now)
            XCTAssertGreaterThan(try XCTUnwrap(replaced), first)
            let loaded = try await store.load("a/b", at: now)
            XCTAssertEqual(loaded?.data, Data("two".utf8))
            XCTAssertEqual(loaded?.version, replaced)
            let absent = try await store.load("a/B", at: now)
            XCTAssertNil(absent)
        }
    }

    func testAVersionIsNeverUsedTwiceNotEvenAfterADeletion() async throws {
        try await everyStore { store in
            let written = try await store.save("key", record("one"), replacing: nil, fence: nil, at: now)
            let first = try XCTUnwrap(written)
            let other = try await store.delete("key", expected: first + 1)
            XCTAssertFalse(other)
            let deleted = try await store.delete("key", expected: first)
            XCTAssertTrue(deleted)
            let twice = try await store.delete("key", expected: first)
            XCTAssertFalse(twice)
            let gone = try await store.load("key", at: now)
            XCTAssertNil(gone)
            let anew = try await store.save("key", record("two"), replacing: nil, fence: nil, at: now)
            XCTAssertGreaterThan(try XCTUnwrap(anew), first)
        }
    }

    func testALeaseHasOneHolderAndFreesItself() async throws {
        try await everyStore { store in
            let taken = try await store.lease("key", for: 60, at: now)
            let fence = try XCTUnwrap(taken)
            let held = try await store.lease("key", for: 60, at: now.addingTimeInterval(59))
            XCTAssertNil(held)
            let freed = try await store.lease("key", for: 60, at: now.addingTimeInterval(60))
            XCTAssertGreaterThan(try XCTUnwrap(freed), fence)
            // The first holder's is not the present one, and is left alone.
            try await store.release("key", fence: fence)
            let still = try await store.lease("key", for: 60, at: now.addingTimeInterval(61))
            XCTAssertNil(still)
            try await store.release("key", fence: try XCTUnwrap(freed))
            let next = try await store.lease("key", for: 60, at: now.addingTimeInterval(61))
            XCTAssertNotNil(next)
            // A clock that was set back far does not keep a lease for ever.
            let back = try await store.lease("key", for: 60, at: now.addingTimeInterval(-3_600))
            XCTAssertNotNil(back)
        }
    }

    func testAWriteUnderAnEarlierLeaseThanTheLastIsRefused() async throws {
        try await everyStore { store in
            let first = try await store.lease("key", for: 1, at: now)
            let second = try await store.lease("key", for: 60, at: now.addingTimeInterval(10))
            let late = try await store.save("key", record("late"), replacing: nil, fence: first, at: now)
            XCTAssertNil(late)
            let written = try await store.save("key", record("right"), replacing: nil, fence: second, at: now)
            XCTAssertNotNil(written)
            let without = try await store.save("key", record("login"), replacing: written, fence: nil, at: now)
            XCTAssertNotNil(without)
        }
    }

    func testARecordIsForgottenAtItsTime() async throws {
        try await everyStore { store in
            let written = try await store.save(
                "key", record("one", forgetAt: now.addingTimeInterval(10)), replacing: nil, fence: nil, at: now)
            let before = try await store.load("key", at: now.addingTimeInterval(9))
            XCTAssertNotNil(before)
            let after = try await store.load("key", at: now.addingTimeInterval(10))
            XCTAssertNil(after)
            let anew = try await store.save(
                "key", record("two"), replacing: nil, fence: nil, at: now.addingTimeInterval(10))
            XCTAssertGreaterThan(try XCTUnwrap(anew), try XCTUnwrap(written))
        }
    }

    func testKeysAreListedInOrderAndByPrefixAlone() async throws {
        try await everyStore { store in
            let long = "p/" + String(repeating: "k", count: 600)
            for key in [long, "o/b", "o/B", "o/a-c", "o/ä", "o/%41", "p/a", "o", "o0"] {
                _ = try await store.save(key, record("x"), replacing: nil, fence: nil, at: now)
            }
            _ = try await store.lease("o/leased", for: 60, at: now)
            let deleted = try await store.load("o/b", at: now)
            _ = try await store.delete("o/b", expected: try XCTUnwrap(deleted).version)
            let listed = try await store.list(prefix: "o/")
            XCTAssertEqual(listed, ["o/%41", "o/B", "o/a-c", "o/ä"])
            let all = try await store.list(prefix: "")
            XCTAssertEqual(all.count, 8)
            let read = try await store.load(long, at: now)
            XCTAssertNotNil(read)
        }
    }

    func testFilesAreForTheOwnerAloneAndLastLongerThanTheStore() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        _ = try await FileTokenStore(folder: folder).save("key", record("kept"), replacing: nil, fence: nil, at: now)
        let loaded = try await FileTokenStore(folder: folder).load("key", at: now)
        XCTAssertEqual(loaded?.data, Data("kept".utf8))
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        XCTAssertEqual(files.count, 1)
        let mode = { (path: String) in try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int }
        XCTAssertEqual(try mode(folder.path), 0o700)
        XCTAssertEqual(try mode(folder.appendingPathComponent(files[0]).path), 0o600)
    }

    func testAFileThatOthersMayReadIsRefused() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = FileTokenStore(folder: folder)
        _ = try await store.save("key", record("kept"), replacing: nil, fence: nil, at: now)
        let file = folder.appendingPathComponent(try FileManager.default.contentsOfDirectory(atPath: folder.path)[0])
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: file.path)
        do {
            _ = try await store.load("key", at: now)
            XCTFail("it was read")
        } catch { XCTAssertEqual(error as? TokenStoreError, .refused) }
    }

    func testADamagedFileIsAnErrorAndALinkIsNotFollowed() async throws {
        let folder = temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = FileTokenStore(folder: folder)
        _ = try await store.save("key", record("kept"), replacing: nil, fence: nil, at: now)
        let file = folder.appendingPathComponent(try FileManager.default.contentsOfDirectory(atPath: folder.path)[0])
        try Data("{".utf8).write(to: file)
        do {
            _ = try await store.load("key", at: now)
            XCTFail("it was read")
        } catch { XCTAssertEqual(error as? TokenStoreError, .corrupt) }
        try FileManager.default.removeItem(at: file)
        try FileManager.default.createSymbolicLink(at: file, withDestinationURL: URL(fileURLWithPath: "/etc/passwd"))
        do {
            _ = try await store.load("key", at: now)
            XCTFail("it was followed")
        } catch { XCTAssertEqual(error as? TokenStoreError, .refused) }
    }

    func testALoginWaitsInAStoreWhileTheBrowserIsOpen() async throws {
        let start = """
            {"version": 1, "url": "https://www.instagram.com/oauth/authorize?client_id=1&redirect_uri=https%3A%2F%2Fapp.example%2Fcb\
            &response_type=code&state=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "handle": "sk1.k.x", "expires_at": 1800000600}
            """
        try await everyStore { store in
            try await store.keep(ShutterkeyLogin(start))
            try await store.keep(ShutterkeyLogin(start))
            let kept = try await store.keptLogin(at: now)
            XCTAssertEqual(kept?.redirectURI, "https://app.example/cb")
            let late = try await store.keptLogin(at: now.addingTimeInterval(600))
            XCTAssertNil(late)
            try await store.forgetLogin()
            let forgotten = try await store.keptLogin(at: now)
            XCTAssertNil(forgotten)
        }
    }
}
