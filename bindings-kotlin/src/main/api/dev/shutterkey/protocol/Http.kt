package dev.shutterkey.protocol

import dev.shutterkey.core.ApiAnswer
import dev.shutterkey.core.NativeRequest
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * A request to be sent. It may hold a code or a token: its printed form has method, host and path alone.
 *
 * Whoever sends it: https only (a loopback address excepted), redirects not followed, no cookies, within [deadline], at most
 * [bodyCap] bytes read, and tried once unless it [isReplaySafe].
 */
public class HttpRequest internal constructor(
    /** `GET`, `POST` or `DELETE`. */
    public val method: String,
    /** The whole address. It may hold a token. */
    public val url: String,
    /** Names and values. A value may hold a token. */
    public val headers: List<Pair<String, String>>,
    /** The body, form-encoded. It may hold a code. */
    public val body: String?,
    /** How long it may take, from connecting to the last byte. */
    public val deadline: Duration,
    /** How many bytes of the answer's body may be read. */
    public val bodyCap: Int,
    /** Whether it may be sent again when no answer came. A code exchange never is. */
    public val isReplaySafe: Boolean,
    private val described: String,
) {
    override fun toString(): String = described
}

internal fun requestOf(held: NativeRequest): HttpRequest {
    val all = held.reveal()
    val (method, url, hasBody, body) = all
    val headers = all.drop(4).chunked(2) { (name, value) -> name to value }
    return HttpRequest(
        method, url, headers, body.takeIf { hasBody.isNotEmpty() },
        held.deadline().seconds, held.bodyCap().toInt(), held.isReplaySafe(), held.described(),
    )
}

/**
 * An answer, as it came.
 *
 * @property status the HTTP status
 * @property headers names, in any case, and values; a name may occur twice
 * @property body the body's bytes
 */
public class HttpResponse(
    public val status: Int,
    public val headers: List<Pair<String, String>>,
    public val body: ByteArray,
) {
    internal fun parts() = ApiAnswer(status.toUShort(), headers.map { it.first }, headers.map { it.second }, body)

    override fun toString(): String = "HttpResponse($status, ${body.size} bytes)"
}
