package dev.shutterkey.support

import dev.shutterkey.ClientConfig
import dev.shutterkey.Provider
import dev.shutterkey.Transport
import dev.shutterkey.protocol.HttpRequest
import dev.shutterkey.protocol.HttpResponse
import kotlinx.coroutines.CompletableDeferred
import java.util.concurrent.CopyOnWriteArrayList
import kotlin.time.Clock
import kotlin.time.Duration
import kotlin.time.Instant

/** A clock that a test moves. */
class TestClock(@Volatile var present: Instant = Instant.fromEpochSeconds(1_800_000_000)) : Clock {
    override fun now(): Instant = present

    fun advance(by: Duration) {
        present += by
    }
}

/** Answers by the path of a request, and waits for [gate] first where a path has one. */
class FakeTransport : Transport {
    val sent = CopyOnWriteArrayList<HttpRequest>()
    val answers = HashMap<String, (HttpRequest) -> HttpResponse>()
    private val gates = HashMap<String, CompletableDeferred<Unit>>()

    /** Holds the answers of a path back until what this gives is completed. */
    fun hold(path: String): CompletableDeferred<Unit> = CompletableDeferred<Unit>().also { gates[path] = it }

    fun on(path: String, answer: (HttpRequest) -> HttpResponse) {
        answers[path] = answer
    }

    fun count(path: String): Int = sent.count { pathOf(it) == path }

    override suspend fun send(request: HttpRequest): HttpResponse {
        sent += request
        val path = pathOf(request)
        gates[path]?.await()
        return answers[path]?.invoke(request) ?: json(404, """{"error":{"message":"no such path: $path"}}""")
    }

    private fun pathOf(request: HttpRequest) = request.url.substringAfter("://").substringAfter('/').substringBefore('?')
}

fun json(status: Int, body: String) = HttpResponse(status, listOf("Content-Type" to "application/json"), body.encodeToByteArray())

/** A public client of a server of RFC 6749, without a network. */
fun standardClient(): ClientConfig = ClientConfig(
    Provider.standard(
        authorizationEndpoint = "https://auth.example/authorize",
        tokenEndpoint = "https://auth.example/token",
        identityEndpoint = "https://auth.example/me",
    ),
    clientId = "app",
    redirectUri = "https://app.example/callback",
    scopes = listOf("read"),
)

/** The address that the browser comes back to, with a code. */
fun redirected(authorizeUrl: String, code: String = "canary-code-123"): String {
    val state = Regex("[?&]state=([^&]*)").find(authorizeUrl)!!.groupValues[1]
    return "https://app.example/callback?code=$code&state=$state"
}
