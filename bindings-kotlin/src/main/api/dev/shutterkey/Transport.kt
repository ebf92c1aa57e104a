package dev.shutterkey

import dev.shutterkey.protocol.HttpRequest
import dev.shutterkey.protocol.HttpResponse

/** Why no response came, or none that could be read whole. */
public enum class SendFailure(internal val wire: String) {
    /** Not within the deadline. */
    TIMEOUT("timeout"),

    /** The name of the host is not known. It promises that nothing was sent. */
    DNS("dns"),

    /** No secure connection. */
    TLS("tls"),

    /** No connection. It promises that nothing was sent. */
    OFFLINE("offline"),

    /** The connection ended before the answer did, or anything else: the request may have been sent. */
    RESET("reset"),

    /** The answer is longer than may be read. */
    TOO_LARGE("too_large"),
}

/** What a [Transport] throws when there is no response. */
public class SendException(
    /** Why. */
    public val failure: SendFailure,
) : Exception(failure.wire)

/**
 * What sends requests. Hold to what [HttpRequest] says; above all, a POST is sent once, also where the connection broke.
 *
 * With OkHttp that is a client with `retryOnConnectionFailure(false)`, `followRedirects(false)`, `followSslRedirects(false)` and no
 * cookie jar; the guide has all of it.
 */
public fun interface Transport {
    /**
     * Sends a request and answers the response, whatever its status.
     *
     * @throws SendException where there is none; anything else is taken for [SendFailure.RESET]
     */
    public suspend fun send(request: HttpRequest): HttpResponse
}
