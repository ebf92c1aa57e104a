package dev.shutterkey

import dev.shutterkey.operation.Answer
import dev.shutterkey.operation.Operations
import dev.shutterkey.operation.Step
import dev.shutterkey.protocol.HttpResponse
import dev.shutterkey.protocol.Protocol
import dev.shutterkey.support.FakeTransport
import dev.shutterkey.support.TestClock
import dev.shutterkey.support.json
import dev.shutterkey.support.redirected
import dev.shutterkey.support.standardClient
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import java.io.ByteArrayOutputStream
import java.io.File
import java.io.ObjectOutputStream
import java.lang.reflect.Modifier
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertNotNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.hours
import kotlin.time.Instant

/** Nothing that prints shows a secret. The values of every shared case are printed too, by the tests of the vectors. */
class LeakTest {
    private val clock = TestClock()
    private val transport = FakeTransport()

    /** One value of each public type that there are values of. */
    private fun values(): Pair<List<Any>, List<String>> = runBlocking {
        transport.on("token") { json(200, """{"access_token":"access-canary-1","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-canary-0123456789"}""") }
        transport.on("me") { json(200, """{"sub":"1234567890"}""") }
        val config = standardClient()
        val (memory, client) = MemoryTokenStore() to Client(config, transport, clock)
        val keeper = Keeper(client, memory)
        val login = keeper.authorize(AuthorizeOptions(context = "context-canary".encodeToByteArray(), session = "session-canary"))
        val grant = login.pending.accept(redirected(login.url), clock.now(), "session-canary")
        val connection = keeper.complete(login.pending, grant, "me")
        val token = connection.token
        transport.on("me") { json(400, """{"error":"invalid_request"}""") }
        val next = client.authorize()
        val failed = assertFailsWith<ShutterkeyException> { client.complete(next.pending, redirected(next.url)) }
        val unused = client.authorize()
        val answer = client.exchange(unused.pending, unused.pending.accept(redirected(unused.url), clock.now()))
        val kept = assertNotNull(memory.list("", null, 10).firstNotNullOfOrNull { memory.load(it, clock.now()) })
        val refused = assertFailsWith<ShutterkeyException> { unused.pending.accept(redirected(unused.url).replace("app.", "evil.")) }
        clock.advance(2.hours)
        transport.on("token") { json(400, """{"error":"invalid_grant","error_description":"refresh-canary-0123456789 is dead"}""") }
        val dead = assertFailsWith<ShutterkeyException> { keeper.token("me") }
        val start = """{"version": 1, "url": "${login.url.replace("/", "\\/")}", "handle": "sk1.k.canary-handle", "expires_at": 9999999999}"""
        val shared = ShutterkeyLogin(start)
        val saving = Operations.importToken(config, "access-canary-2", userId = "1234567890", namespace = "default")
        val response = HttpResponse(200, listOf("X-Canary" to "canary"), "body-canary".encodeToByteArray())
        val values = listOf(
            config.provider, config.provider.endpoints, config, client, keeper, memory, EncryptedTokenStore(memory, javax.crypto.spec.SecretKeySpec(ByteArray(32), "AES")),
            FileTokenStore(File("target/none")), UrlConnectionTransport(), AuthorizeOptions(context = "canary".encodeToByteArray(), session = "canary"),
            login, login.pending, grant, connection, connection.key, connection.account, token, token.expiry, token.validity(clock.now()),
            token.refreshable(clock.now()), keeper.account("me"), keeper.account("me").state(clock.now()), answer, kept, kept.record, failed,
            assertNotNull(failed.resumable), failed.retry, assertNotNull(failed.provider), refused, dead, keeper.events.first(), shared,
            shared.handover(redirected(login.url), Instant.fromEpochSeconds(1_800_000_000)), keeper.logout("me"), saving, saving.begin(clock.now()), response,
            Protocol.buildRefreshRequest(config, token), Protocol.buildExchangeRequest(config, "code-canary", null), Answer.Response(response),
            Answer.Loaded(kept.record.bytes, 1), Step.Done(token), SendException(SendFailure.RESET), StandardSettings(), *transport.sent.toTypedArray(),
        )
        val states = listOf(login, next, unused).map { Regex("state=([^&]*)").find(it.url)!!.groupValues[1] }
        val verifiers = listOf(login, next, unused).mapNotNull { it.pending.revealVerifier() }
        values to listOf("canary") + states + verifiers
    }

    @Test
    fun `no printed form of anything holds a secret`() {
        val (values, secrets) = values()
        for (value in values) {
            val forms = listOf("$value", "${listOf(value)}", "${mapOf("value" to value)}", "${value to value}", (value as? Throwable)?.stackTraceToString())
            for (secret in secrets) assertTrue(forms.none { it != null && secret in it }, "${value.javaClass} prints $secret: $value")
        }
    }

    @Test
    fun `an exception can be serialized, as crash reporters do, without what is secret`() {
        val (values, secrets) = values()
        for (error in values.filterIsInstance<ShutterkeyException>()) {
            val bytes = ByteArrayOutputStream().also { ObjectOutputStream(it).writeObject(error) }.toByteArray().decodeToString()
            for (secret in secrets) assertTrue(secret !in bytes)
        }
    }

    /** The class files of the package, without what is generated. */
    private fun classes(): List<Class<*>> =
        File("target/classes/dev/shutterkey").walk()
            .filter { it.extension == "class" && "/core/" !in it.path }
            .map { Class.forName(it.path.removePrefix("target/classes/").removeSuffix(".class").replace('/', '.')) }
            .toList()

    @Test
    fun `no public type is open, no data class holds bytes, and nothing takes an app secret`() {
        val open = classes().filter { type ->
            val flags = type.modifiers
            Modifier.isPublic(flags) && !Modifier.isFinal(flags) && !Modifier.isAbstract(flags) && !type.isAnonymousClass
        }
        assertEquals(emptyList(), open)
        for (type in classes().filter { each -> each.declaredMethods.any { it.name == "component1" } }) {
            assertEquals(AccountKey::class.java, type, "$type is a data class")
        }
        val named = classes().flatMap { type -> type.declaredMethods.map { "${type.name}.${it.name}" } + type.declaredFields.map { "${type.name}.${it.name}" } }
        assertEquals(emptyList(), named.filter { "appsecret" in it.lowercase() || "clientsecret" in it.lowercase() })
    }
}
