#if canImport(Security)
import Foundation
import Security

/// Keeps each record in an item of the Keychain, on this device alone.
///
/// Items can be read after the first unlock since the device was started, so that a refresh in the background works, and are part of
/// no backup that is restored on another device. A Keychain that cannot be read is `store.unavailable`, and nothing falls
/// back to another place.
public struct KeychainTokenStore: TokenStore, Shelved, Redacted {
    let shelved: ShelfStore
    private let service: String

    /// A store under a service name of your own.
    ///
    /// - Parameter accessGroup: Shares the items among your apps and extensions that are in this group; one of them at a time may
    ///   use them.
    public init(service: String = "dev.shutterkey.tokens", accessGroup: String? = nil) {
        self.service = service
        shelved = ShelfStore(KeychainShelf(service: service, accessGroup: accessGroup))
    }

    public var description: String { "KeychainTokenStore(\(service))" }
}

private struct KeychainShelf: Shelf {
    let service: String
    let accessGroup: String?

    private func query(_ name: String?) -> [CFString: Any] {
        var query: [CFString: Any] = [
            kSecClass: kSecClassGenericPassword, kSecAttrService: service, kSecUseDataProtectionKeychain: true,
        ]
        if let name { query[kSecAttrAccount] = name }
        if let accessGroup { query[kSecAttrAccessGroup] = accessGroup }
        return query
    }

    func read(_ name: String) throws -> Data? {
        var query = query(name)
        query[kSecReturnData] = true
        query[kSecMatchLimit] = kSecMatchLimitOne
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        if status == errSecItemNotFound { return nil }
        try check(status)
        guard let data = found as? Data else { throw TokenStoreError.corrupt }
        return data
    }

    func write(_ name: String, _ data: Data) throws {
        let update: [CFString: Any] = [kSecValueData: data]
        let status = SecItemUpdate(query(name) as CFDictionary, update as CFDictionary)
        guard status == errSecItemNotFound else { return try check(status) }
        var added = query(name)
        added[kSecValueData] = data
        added[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
        try check(SecItemAdd(added as CFDictionary, nil))
    }

    func names() throws -> [String] {
        var query = query(nil)
        query[kSecReturnAttributes] = true
        query[kSecMatchLimit] = kSecMatchLimitAll
        var found: CFTypeRef?
        let status = SecItemCopyMatching(query as CFDictionary, &found)
        if status == errSecItemNotFound { return [] }
        try check(status)
        let items = found as? [[CFString: Any]] ?? []
        return items.compactMap { $0[kSecAttrAccount] as? String }
    }

    private func check(_ status: OSStatus) throws {
        switch status {
        case errSecSuccess: return
        case errSecMissingEntitlement, errSecAuthFailed, errSecUserCanceled: throw TokenStoreError.refused
        default: throw TokenStoreError.unavailable
        }
    }
}
#endif
