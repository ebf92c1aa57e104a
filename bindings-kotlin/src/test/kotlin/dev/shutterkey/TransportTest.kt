package dev.shutterkey

import dev.shutterkey.protocol.HttpRequest
import dev.shutterkey.support.RawServer
import dev.shutterkey.support.redirected
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Test
import java.net.ServerSocket
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds
import kotlin.time.TimeSource

/** The built-in HTTP against a server that says byte for byte what a test wants. */
class TransportTest {
    private val transport = UrlConnectionTransport()

    private fun request(
        server: RawServer,
        method: String = "GET",
        body: String? = null,
        deadline: Duration = 5.seconds,
        cap: Int = 1_048_576,
    ) = HttpRequest(
        method, "${server.url}/token?code=canary", listOf("Accept" to "application/json"), body, deadline, cap, false, "described",
    )

    private fun post(server: RawServer) = request(server, "POST", "grant_type=authorization_code&code=canary")

    private fun failure(work: suspend () -> Unit): SendFailure = assertFailsWith<SendException> { runBlocking { work() } }.failure

    private fun served(vararg answers: String, work: suspend (RawServer) -> Unit) =
        RawServer(answers.toList()).use { server -> runBlocking { work(server) } }

    @Test
    fun `an answer comes as it was said`() = served("HTTP/1.1 400 Bad\r\nX-A: 1\r\nX-A: 2\r\nContent-Length: 4\r\n\r\n\u0000abc") { server ->
        val response = transport.send(post(server))
        assertEquals(400, response.status)
        assertEquals(listOf("1", "2"), response.headers.filter { it.first == "X-A" }.map { it.second }.sorted())
        assertContentEquals("\u0000abc".encodeToByteArray(), response.body)
        val asked = server.requests.single()
        assertTrue(asked.startsWith("POST /token?code=canary HTTP/1.1\r\n"), asked)
        assertTrue(asked.endsWith("\r\n\r\ngrant_type=authorization_code&code=canary"), asked)
        assertTrue("\r\nAccept: application/json\r\n" in asked, asked)
    }

    @Test
    fun `H7 a POST whose connection is closed without an answer is sent once`() = served("") { server ->
        assertEquals(SendFailure.RESET, failure { transport.send(post(server)) })
        delay(300)
        assertEquals(1 to 1, server.connections to server.requests.size)
    }

    @Test
    fun `H7 over a connection that was kept alive as well`() = served(ok("{}"), "") { server ->
        assertEquals(200, transport.send(post(server)).status)
        assertEquals(SendFailure.RESET, failure { transport.send(post(server)) })
        delay(300)
        assertEquals(1, server.connections, "the second POST was to use the connection of the first")
        assertEquals(2, server.requests.size)
    }

    @Test
    fun `H7 a code is sent once, from the login to the socket`() = served("") { server ->
        val client = Client(standardClientAt(server))
        val login = client.authorize()
        val error = assertFailsWith<ShutterkeyException.Network> { client.complete(login.pending, redirected(login.url)) }
        assertTrue("canary" !in error.stackTraceToString())
        delay(300)
        assertEquals(1 to 1, server.connections to server.requests.size)
    }

    @Test
    fun `a GET whose connection is closed without an answer is sent once more at most`() = served("", "", "") { server ->
        assertEquals(SendFailure.RESET, failure { transport.send(request(server)) })
        delay(300)
        assertTrue(server.requests.size <= 2, "${server.requests.size}")
    }

    @Test
    fun `a redirect is an answer, not an errand`() = served("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n") { server ->
        assertEquals(302, transport.send(request(server)).status)
        assertEquals(1, server.requests.size)
    }

    @Test
    fun `a cookie is not sent back`() = served("HTTP/1.1 200 OK\r\nSet-Cookie: a=b\r\nContent-Length: 0\r\n\r\n", ok("{}")) { server ->
        repeat(2) { transport.send(request(server)) }
        assertFalse(server.requests.any { "cookie" in it.lowercase() })
    }

    @Test
    fun `no more is read than may be`() {
        served(ok("12345")) { assertEquals(5, transport.send(request(it, cap = 5)).body.size) }
        served(ok("123456")) { assertEquals(SendFailure.TOO_LARGE, failure { transport.send(request(it, cap = 5)) }) }
        val endless = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + "4\r\nabcd\r\n".repeat(10)
        served(endless) { assertEquals(SendFailure.TOO_LARGE, failure { transport.send(request(it, cap = 5)) }) }
    }

    @Test
    fun `an answer that ends too soon is none`() {
        served("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345") { assertEquals(SendFailure.RESET, failure { transport.send(request(it)) }) }
        served("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nab") { assertEquals(SendFailure.RESET, failure { transport.send(request(it)) }) }
        served("what is this?\r\n\r\n") { assertEquals(SendFailure.RESET, failure { transport.send(request(it)) }) }
    }

    @Test
    fun `the deadline is for all of it, however slowly it comes`() {
        val slow = listOf(
            // Nothing; a header byte by byte; a body byte by byte.
            RawServer(listOf(ok("{}")), pause = 60.seconds),
            RawServer(listOf("HTTP/1.1 200 OK\r\nX-Long: ${"x".repeat(500)}\r\nContent-Length: 0\r\n\r\n"), drip = 50.milliseconds),
            RawServer(listOf("HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n${"x".repeat(500)}"), drip = 20.milliseconds, dripFrom = 40),
        )
        for (server in slow) server.use {
            val begun = TimeSource.Monotonic.markNow()
            assertEquals(SendFailure.TIMEOUT, failure { transport.send(request(server, deadline = 700.milliseconds)) })
            assertTrue(begun.elapsedNow() in 600.milliseconds..5.seconds, "${begun.elapsedNow()}")
        }
    }

    @Test
    fun `nothing is sent where nobody listens and no name is known`() {
        val free = ServerSocket(0).use { it.localPort }
        val dead = HttpRequest("GET", "http://127.0.0.1:$free/", emptyList(), null, 5.seconds, 10, true, "")
        assertEquals(SendFailure.OFFLINE, failure { transport.send(dead) })
        val unknown = HttpRequest("GET", "http://nowhere.invalid/", emptyList(), null, 20.seconds, 10, true, "")
        assertEquals(SendFailure.DNS, failure { transport.send(unknown) })
    }

    @Test
    fun `a secure request to a plain server fails by TLS`() = served("HTTP/1.1 400 Bad\r\n\r\n") { server ->
        val secure = HttpRequest("GET", server.url.replace("http:", "https:"), emptyList(), null, 5.seconds, 10, true, "")
        assertEquals(SendFailure.TLS, failure { transport.send(secure) })
    }

    @Test
    fun `plain http elsewhere than on this machine is refused by the core`() {
        assertFailsWith<ShutterkeyException.Config> { Provider.standard("http://auth.example/a", "http://auth.example/t") }
    }

    @Test
    fun `a cancelled send ends its connection`() = runBlocking {
        RawServer(listOf(ok("{}")), pause = 60.seconds).use { server ->
            withContext(Dispatchers.Default) {
                val sending = launch { transport.send(request(server, deadline = 30.seconds)) }
                while (server.requests.isEmpty()) delay(1)
                sending.cancelAndJoin()
                assertTrue(server.awaitClosed(5.seconds))
            }
        }
    }

    @Test
    fun `a 401 to a POST, whose body a JVM keeps to itself, is no answer, and nothing is sent again`() {
        val start = "HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n"
        val body = "{\"error\":\"invalid_client\"}"
        for (rest in listOf("Content-Length: ${body.length}\r\n\r\n$body", "Transfer-Encoding: chunked\r\n\r\n1a\r\n$body\r\n0\r\n\r\n")) {
            served(start + rest) { server ->
                assertEquals(SendFailure.RESET, failure { transport.send(post(server)) })
                delay(300)
                assertEquals(1, server.requests.size)
            }
        }
        served("$start\r\n") { assertEquals(401, transport.send(post(it)).status) }
        served("${start}Content-Length: ${body.length}\r\n\r\n$body") { assertEquals(body, transport.send(request(it)).body.decodeToString()) }
    }

    private fun ok(body: String) = "HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n$body"

    private fun standardClientAt(server: RawServer) = ClientConfig(
        Provider.standard("${server.url}/authorize", "${server.url}/token", identityEndpoint = "${server.url}/me"),
        "app", "https://app.example/callback", listOf("read"),
    )
}
