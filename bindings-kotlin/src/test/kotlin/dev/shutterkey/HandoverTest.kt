package dev.shutterkey

import dev.shutterkey.support.Sandbox
import dev.shutterkey.support.http
import dev.shutterkey.support.text
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.jsonObject
import org.junit.jupiter.api.Assumptions.assumeTrue
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse

/** Logins that an app shares with its backend: a running example of one, at the running sandbox. */
class HandoverTest {
    private class Backend(private val url: String, private val token: String) {
        fun start(): ShutterkeyLogin {
            val (status, body) = post("handover-start", "{}")
            assertEquals(200, status, body)
            return ShutterkeyLogin(body)
        }

        fun finish(handover: Handover): Pair<Int, JsonObject> =
            post("handover-finish", handover.toJson()).let { (status, body) -> status to Json.parseToJsonElement(body).jsonObject }

        private fun post(route: String, body: String) =
            http("$url/instagram/$route", "POST", body, "Authorization" to "Bearer $token")
    }

    @BeforeEach
    fun onlyWithABackend() = assumeTrue(System.getenv("SHUTTERKEY_WITHOUT_BACKEND") != "1")

    private val sandbox by lazy { Sandbox.running }

    private fun backend(token: String = System.getenv("SHUTTERKEY_BACKEND_TOKEN") ?: "demo-ada"): Backend {
        val url = System.getenv("SHUTTERKEY_BACKEND_URL") ?: error(
            "SHUTTERKEY_BACKEND_URL is not set. Start a backend by `python examples/python/app_backend.py --serve` with the sandbox's two " +
                "variables, and put the address that it prints there; or leave these tests out by SHUTTERKEY_WITHOUT_BACKEND=1.",
        )
        return Backend(url, token)
    }

    private fun code(answer: JsonObject) = answer.getValue("error").jsonObject.text("code")

    @Test
    fun `an account is connected through the backend, and no token reaches the app`() {
        val begun = backend().start()
        // The system ended the app while the browser was open.
        val kept = begun.serialize()
        val redirect = sandbox.approve(begun.url)
        val (status, answer) = backend().finish(ShutterkeyLogin(kept).handover(redirect))
        assertEquals(200, status, "$answer")
        assertEquals("studio.sandbox", answer.getValue("account").jsonObject.text("username"))
        assertFalse("IG" in "$answer")
    }

    @Test
    fun `H5 another user cannot finish it`() {
        val login = backend().start()
        val handover = login.handover(sandbox.approve(login.url))
        val (status, answer) = backend("demo-eve").finish(handover)
        assertEquals(400 to "redirect.seal_invalid", status to code(answer))
        // It is still hers.
        assertEquals(200, backend().finish(handover).first)
    }

    @Test
    fun `H5 the answer of another login stays in the app`() {
        val (mine, other) = backend().start() to backend().start()
        val error = assertFailsWith<ShutterkeyException.Redirect> { mine.handover(sandbox.approve(other.url)) }
        assertEquals("redirect.state_mismatch", error.code)
    }

    @Test
    fun `a login is finished once`() {
        val login = backend().start()
        val handover = login.handover(sandbox.approve(login.url))
        assertEquals(200, backend().finish(handover).first)
        val (status, answer) = backend().finish(handover)
        assertEquals(400 to "redirect.state_used", status to code(answer))
    }

    @Test
    fun `a denial is told to the app without asking the backend`() {
        val login = backend().start()
        val error = assertFailsWith<ShutterkeyException.Denied> { login.handover(sandbox.approve(login.url, deny = true)) }
        assertEquals("denied.by_user", error.code)
    }
}
