package dev.shutterkey.guide

import dev.shutterkey.SendException
import dev.shutterkey.SendFailure
import dev.shutterkey.Transport
import dev.shutterkey.protocol.HttpRequest
import dev.shutterkey.support.RawServer
import kotlinx.coroutines.delay
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertTrue
import kotlin.time.Duration
import kotlin.time.Duration.Companion.milliseconds
import kotlin.time.Duration.Companion.seconds

/** The page, docs/kotlin.md. */
class GuideTest {
    @Test
    fun `its blocks are those that compile`() {
        val blocks = Regex("^```kotlin\\n(.*?)^```$", setOf(RegexOption.MULTILINE, RegexOption.DOT_MATCHES_ALL))
            .findAll(File("../docs/kotlin.md").readText()).map { it.groupValues[1] }
            .filterNot { it.startsWith("// Android") || it.startsWith("// build.gradle") }
            .toList()
        assertTrue(blocks.size > 7)
        val compiled = plain(File("src/test/kotlin/dev/shutterkey/guide/Guide.kt").readText())
        for (block in blocks) assertTrue(plain(block) in compiled, "this block of the page is not in Guide.kt:\n$block")
    }

    private fun plain(text: String) = text.lines().map { it.trim() }.filter { it.isNotEmpty() }.joinToString("\n")

    private val transport: Transport = OkHttpTransport()

    private fun post(server: RawServer, deadline: Duration = 5.seconds, cap: Int = 100) =
        HttpRequest("POST", "${server.url}/token", emptyList(), "code=canary", deadline, cap, false, "POST")

    private fun served(vararg answers: String, work: suspend (RawServer) -> Unit) =
        RawServer(answers.toList()).use { runBlocking { work(it) } }

    private fun ok(body: String) = "HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n$body"

    private suspend fun failure(server: RawServer, cap: Int = 100) =
        assertFailsWith<SendException> { transport.send(post(server, cap = cap)) }.failure

    @Test
    fun `H7 its OkHttp sends a POST once, over a kept connection too`() {
        served("") { server ->
            assertEquals(SendFailure.RESET, failure(server))
            delay(300)
            assertEquals(1 to 1, server.connections to server.requests.size)
        }
        served(ok("{}"), "") { server ->
            assertEquals(200, transport.send(post(server)).status)
            assertEquals(SendFailure.RESET, failure(server))
            delay(300)
            assertEquals(1 to 2, server.connections to server.requests.size)
        }
    }

    @Test
    fun `its OkHttp follows nothing, reads no more than it may, and has a deadline`() {
        served("HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 0\r\n\r\n") { assertEquals(302, transport.send(post(it)).status) }
        served("HTTP/1.1 401 No\r\nContent-Length: 3\r\n\r\nwhy") { assertEquals("why", transport.send(post(it)).body.decodeToString()) }
        served(ok("12345")) { assertEquals(5, transport.send(post(it, cap = 5)).body.size) }
        served(ok("123456")) { assertEquals(SendFailure.TOO_LARGE, failure(it, cap = 5)) }
        served("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345") { assertEquals(SendFailure.RESET, failure(it)) }
        RawServer(listOf(ok("{}")), pause = 60.seconds).use { server ->
            val late = assertFailsWith<SendException> { runBlocking { transport.send(post(server, deadline = 300.milliseconds)) } }
            assertEquals(SendFailure.TIMEOUT, late.failure)
        }
    }
}
