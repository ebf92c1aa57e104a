import Foundation

/// Keeps records as long as the app runs. Copies share them.
public struct MemoryTokenStore: TokenStore, Shelved, Redacted {
    let shelved: ShelfStore

    /// An empty store.
    public init() { shelved = ShelfStore(MemoryShelf()) }

    public var description: String { "MemoryTokenStore" }
}

private final class MemoryShelf: Shelf, @unchecked Sendable {
    private let lock = NSLock()
    private var blobs: [String: Data] = [:]

    func read(_ name: String) -> Data? { lock.withLock { blobs[name] } }

    func write(_ name: String, _ data: Data) { lock.withLock { blobs[name] = data } }

    func names() -> [String] { lock.withLock { Array(blobs.keys) } }
}
