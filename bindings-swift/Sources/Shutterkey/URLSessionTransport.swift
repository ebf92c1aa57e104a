import Foundation

#if canImport(FoundationNetworking)
import FoundationNetworking
#endif

/// Sends by `URLSession`: no redirect is followed, nothing is cached, no cookie is kept, and each request is sent once.
///
/// A request that must not be sent twice gets a session, and so a connection, of its own: over one that is used again, the system's
/// HTTP stacks may send it a second time by themselves when it breaks before the answer begins.
public struct URLSessionTransport: Transport, Redacted {
    private let shared = Exchange()
    private let patience: TimeInterval

    /// Making one costs nothing and sends nothing.
    ///
    /// - Parameter patience: How many seconds a request may take at most; its own ``HTTPRequest/deadline`` where that is less.
    public init(patience: TimeInterval = .infinity) { self.patience = patience }

    public func send(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard let url = URL(string: request.url) else { throw SendFailure.tls }
        var outgoing = URLRequest(
            url: url, cachePolicy: .reloadIgnoringLocalCacheData, timeoutInterval: request.deadline)
        outgoing.httpMethod = request.method
        outgoing.httpShouldHandleCookies = false
        for (name, value) in request.headers { outgoing.setValue(value, forHTTPHeaderField: name) }
        outgoing.httpBody = request.body.map { Data($0.utf8) }
        let exchange = request.isReplaySafe ? shared : Exchange()
        defer { if !request.isReplaySafe { exchange.finish() } }
        return try await exchange.send(outgoing, deadline: min(request.deadline, patience), cap: request.bodyCap)
    }

    public var description: String { "URLSessionTransport" }
}

/// A session, and what its tasks have received so far.
private final class Exchange: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    private final class Receiving {
        let cap: Int
        let ended: @Sendable (Result<HTTPResponse, SendFailure>) -> Void
        var response: HTTPURLResponse?
        var body = Data()
        var failure: SendFailure?

        init(cap: Int, ended: @escaping @Sendable (Result<HTTPResponse, SendFailure>) -> Void) {
            self.cap = cap
            self.ended = ended
        }
    }

    private let lock = NSLock()
    private var receiving: [Int: Receiving] = [:]
    private var made: URLSession?

    /// Made when it is needed; ephemeral, so that nothing of it is written anywhere.
    private var session: URLSession {
        lock.withLock {
            if let made { return made }
            let configuration = URLSessionConfiguration.ephemeral
            configuration.httpCookieStorage = nil
            configuration.httpShouldSetCookies = false
            configuration.httpCookieAcceptPolicy = .never
            configuration.urlCache = nil
            configuration.urlCredentialStorage = nil
            configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
            let session = URLSession(configuration: configuration, delegate: self, delegateQueue: nil)
            made = session
            return session
        }
    }

    func finish() {
        lock.withLock { made }?.finishTasksAndInvalidate()
    }

    func send(_ request: URLRequest, deadline: TimeInterval, cap: Int) async throws -> HTTPResponse {
        let result: Result<HTTPResponse, SendFailure> = await withCheckedContinuation { continuation in
            let task = session.dataTask(with: request)
            let receiving = Receiving(cap: cap) { continuation.resume(returning: $0) }
            lock.withLock { self.receiving[task.taskIdentifier] = receiving }
            // The system's timeout is about silence; this one is about the whole.
            DispatchQueue.global().asyncAfter(deadline: .now() + deadline) { [weak self] in
                self?.give(up: task, .timeout)
            }
            task.resume()
        }
        return try result.get()
    }

    private func give(up task: URLSessionTask, _ failure: SendFailure) {
        let known = lock.withLock {
            receiving[task.taskIdentifier]?.failure = failure
            return receiving[task.taskIdentifier] != nil
        }
        if known { task.cancel() }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
    ) {
        lock.withLock { receiving[dataTask.taskIdentifier]?.response = response as? HTTPURLResponse }
        completionHandler(.allow)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLarge = lock.withLock {
            guard let receiving = receiving[dataTask.taskIdentifier] else { return false }
            receiving.body.append(data)
            return receiving.body.count > receiving.cap
        }
        if isTooLarge { give(up: dataTask, .tooLarge) }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let receiving = lock.withLock({ receiving.removeValue(forKey: task.taskIdentifier) }) else { return }
        if let failure = receiving.failure { return receiving.ended(.failure(failure)) }
        if let error { return receiving.ended(.failure(meaning(of: error))) }
        guard let response = receiving.response ?? task.response as? HTTPURLResponse else {
            return receiving.ended(.failure(.reset))
        }
        let headers = response.allHeaderFields.compactMap { name, value in
            (name as? String).map { (name: $0, value: "\(value)") }
        }
        receiving.ended(.success(HTTPResponse(status: response.statusCode, headers: headers, body: receiving.body)))
    }

    /// The error itself is not kept: its text and its user info hold the whole address.
    private func meaning(of error: any Error) -> SendFailure {
        switch (error as? URLError)?.code {
        case .timedOut: return .timeout
        case .cannotFindHost, .dnsLookupFailed: return .dns
        case .cannotConnectToHost, .notConnectedToInternet, .internationalRoamingOff, .dataNotAllowed, .callIsActive:
            return .offline
        case .secureConnectionFailed, .serverCertificateHasBadDate, .serverCertificateUntrusted,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid, .clientCertificateRejected,
            .clientCertificateRequired, .appTransportSecurityRequiresSecureConnection:
            return .tls
        default: return .reset
        }
    }
}
