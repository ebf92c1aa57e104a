import Foundation

#if canImport(Darwin)
import Darwin
#elseif canImport(Glibc)
import Glibc
#endif

/// A server on this machine that does to a connection what the test says, byte by byte.
final class RawServer: @unchecked Sendable {
    /// One accepted connection.
    struct Connection {
        let socket: Int32

        /// Reads one request: its head, and the body that its length announces. Nil when the other side went away.
        func request() -> String? {
            var received = ""
            while true {
                if let end = received.range(of: "\r\n\r\n") {
                    let head = received[..<end.lowerBound].lowercased()
                    let length = head.components(separatedBy: "content-length:").dropFirst().first
                        .flatMap { Int($0.prefix { $0 != "\r" }.trimmingCharacters(in: .whitespaces)) } ?? 0
                    if received[end.upperBound...].utf8.count >= length { return received }
                }
                var buffer = [UInt8](repeating: 0, count: 65_536)
                let count = recv(socket, &buffer, buffer.count, 0)
                if count <= 0 { return nil }
                received += String(decoding: buffer[..<count], as: UTF8.self)
            }
        }

        func send(_ text: String) {
            var bytes = Array(text.utf8)[...]
            while !bytes.isEmpty {
                let count = bytes.withUnsafeBytes { buffer in
                    #if canImport(Darwin)
                    Darwin.send(socket, buffer.baseAddress, buffer.count, 0)
                    #else
                    Glibc.send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
                    #endif
                }
                if count <= 0 { return }
                bytes = bytes.dropFirst(count)
            }
        }

        func answer(_ body: String, status: String = "200 OK", headers: String = "") {
            send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
        }
    }

    let port: UInt16
    private let listener: Int32
    private let seen = Seen()

    /// What was read, by whichever connection.
    private final class Seen: @unchecked Sendable {
        private let lock = NSLock()
        private var requests: [String] = []

        var all: [String] { lock.withLock { requests } }

        func note(_ request: String) -> Int {
            lock.withLock {
                requests.append(request)
                return requests.count
            }
        }
    }

    /// Every request that was read, in order.
    var requests: [String] { seen.all }

    var url: String { "http://127.0.0.1:\(port)" }

    /// Serves every connection by `serve`, which is given the number of the request and answers whether the connection stays.
    init(_ serve: @escaping @Sendable (Connection, Int, String) -> Bool) throws {
        #if canImport(Darwin)
        let stream = SOCK_STREAM
        #else
        let stream = Int32(SOCK_STREAM.rawValue)
        #endif
        let listener = socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, length) == 0 && listen(listener, 64) == 0 && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw Malformed("no socket") }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [seen] in
            while true {
                let socket = accept(listener, nil, nil)
                if socket < 0 { return }
                Thread.detachNewThread {
                    let connection = Connection(socket: socket)
                    while let request = connection.request() {
                        guard serve(connection, seen.note(request), request) else { break }
                    }
                    shutdown(socket, Int32(SHUT_RDWR))
                    close(socket)
                }
            }
        }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }
}
