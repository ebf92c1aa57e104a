package dev.shutterkey

import dev.shutterkey.protocol.HttpRequest
import dev.shutterkey.protocol.HttpResponse
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.launch
import kotlinx.coroutines.withTimeoutOrNull
import java.io.ByteArrayOutputStream
import java.io.IOException
import java.io.InputStream
import java.net.ConnectException
import java.net.HttpURLConnection
import java.net.NoRouteToHostException
import java.net.SocketTimeoutException
import java.net.URI
import java.net.UnknownHostException
import javax.net.ssl.SSLException
import kotlin.time.TimeSource

/**
 * Sends requests with [HttpURLConnection], which every JVM and every Android has. A POST is sent once, redirects are not followed,
 * nothing is cached, and no cookie is kept.
 *
 * Three habits of that class cannot be changed from here. It sends a GET again by itself when the connection breaks before the answer;
 * no GET of this package spends anything. It uses the process's `CookieHandler` where an app has set one. And a JVM's, not Android's, keeps
 * the body of an answer with status 401 to a POST to itself: since what such an answer means stands in its body, it is taken for none
 * ([SendFailure.RESET]). Where that matters, implement [Transport] with OkHttp: the guide shows how.
 */
public class UrlConnectionTransport : Transport {
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.IO)

    override suspend fun send(request: HttpRequest): HttpResponse {
        val exchange = Exchange(request)
        val response = scope.async { exchange.perform() }
        try {
            // The thread is not waited for: nothing stops it while it looks up a name.
            return withTimeoutOrNull(request.deadline) { response.await() } ?: throw SendException(SendFailure.TIMEOUT)
        } finally {
            if (!response.isCompleted) scope.launch { exchange.abandon() }
        }
    }

    override fun toString(): String = "UrlConnectionTransport"
}

/** One request on one connection. Everything here blocks. */
private class Exchange(private val request: HttpRequest) {
    private val begun = TimeSource.Monotonic.markNow()

    @Volatile
    private var connection: HttpURLConnection? = null

    @Volatile
    private var isAbandoned = false

    fun perform(): HttpResponse =
        try {
            exchange()
        } catch (failure: IOException) {
            throw SendException(meaning(failure))
        }

    /** Ends the connection under a thread that still reads from it. */
    fun abandon() {
        isAbandoned = true
        connection?.disconnect()
    }

    private fun exchange(): HttpResponse {
        val connection = URI(request.url).toURL().openConnection() as HttpURLConnection
        this.connection = connection
        if (isAbandoned) throw SocketTimeoutException()
        connection.requestMethod = request.method
        connection.instanceFollowRedirects = false
        connection.useCaches = false
        connection.connectTimeout = millisLeft()
        connection.readTimeout = millisLeft()
        // As it is, so that its length can be compared with what was announced.
        connection.setRequestProperty("Accept-Encoding", "identity")
        for ((name, value) in request.headers) connection.setRequestProperty(name, value)
        request.body?.let { write(connection, it.encodeToByteArray()) }
        val status = connection.responseCode
        if (status < 100) throw IOException("not an HTTP answer")
        val headers = connection.headerFields.flatMap { (name, values) ->
            if (name == null) emptyList() else values.map { name to it }
        }
        val body = if (status >= 400) connection.errorStream else connection.inputStream
        if (body == null && hasBody(connection)) throw IOException("the answer was kept back")
        return HttpResponse(status, headers, body?.use { read(it, connection.contentLengthLong) } ?: ByteArray(0))
    }

    private fun hasBody(connection: HttpURLConnection) =
        connection.contentLengthLong > 0 || connection.getHeaderField("Transfer-Encoding") != null

    /** In streaming mode, since otherwise a POST is silently sent again when the connection breaks before the answer. */
    private fun write(connection: HttpURLConnection, body: ByteArray) {
        connection.doOutput = true
        connection.setFixedLengthStreamingMode(body.size)
        connection.outputStream.use { it.write(body) }
    }

    private fun read(stream: InputStream, announced: Long): ByteArray {
        val body = ByteArrayOutputStream()
        val buffer = ByteArray(8_192)
        while (true) {
            millisLeft()
            val count = stream.read(buffer, 0, minOf(buffer.size, request.bodyCap + 1 - body.size()))
            if (count < 0) break
            body.write(buffer, 0, count)
            if (body.size() > request.bodyCap) {
                connection?.disconnect()
                throw SendException(SendFailure.TOO_LARGE)
            }
        }
        if (announced > body.size()) throw IOException("the answer was cut off")
        return body.toByteArray()
    }

    private fun millisLeft(): Int {
        val left = (request.deadline - begun.elapsedNow()).inWholeMilliseconds
        if (left <= 0) throw SocketTimeoutException()
        return left.coerceAtMost(Int.MAX_VALUE.toLong()).toInt()
    }
}

/** Only a connection that was never made promises that nothing was sent. */
private fun meaning(failure: IOException): SendFailure =
    when (failure) {
        is SocketTimeoutException -> SendFailure.TIMEOUT
        is UnknownHostException -> SendFailure.DNS
        is ConnectException, is NoRouteToHostException -> SendFailure.OFFLINE
        is SSLException -> SendFailure.TLS
        else -> SendFailure.RESET
    }
