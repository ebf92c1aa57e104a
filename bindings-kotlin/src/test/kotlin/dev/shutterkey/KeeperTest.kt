package dev.shutterkey

import dev.shutterkey.protocol.HttpResponse
import dev.shutterkey.support.FakeTransport
import dev.shutterkey.support.TestClock
import dev.shutterkey.support.json
import dev.shutterkey.support.redirected
import dev.shutterkey.support.standardClient
import kotlinx.coroutines.CancellationException
import kotlinx.coroutines.CoroutineStart
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.take
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.Test
import java.util.concurrent.atomic.AtomicInteger
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

/** How a keeper drives what the core decides. */
class KeeperTest {
    private val clock = TestClock()
    private val transport = FakeTransport()
    private val store = MemoryTokenStore()
    private val tokens = AtomicInteger()

    init {
        transport.on("token") {
            val n = tokens.incrementAndGet()
            json(200, """{"access_token":"access-canary-$n","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-canary-$n"}""")
        }
        transport.on("me") { json(200, """{"sub":"1234567890"}""") }
    }

    private fun keeper() = Keeper(Client(standardClient(), transport, clock), store)

    private suspend fun connected(keeper: Keeper = keeper()): Keeper {
        val login = keeper.authorize()
        keeper.complete(login.pending, redirected(login.url), name = "me")
        return keeper
    }

    private fun test(work: suspend () -> Unit) = runBlocking { withTimeout(30.seconds) { work() } }

    @Test
    fun `a token is found by name and by user id, and answered from memory`() = test {
        val keeper = connected()
        for (name in listOf("me", "1234567890")) assertEquals("access-canary-1", keeper.token(name).reveal())
        assertEquals("access-canary-1", keeper.freshToken("me")?.reveal())
        assertNull(keeper.freshToken("nobody"))
        assertEquals("account.not_found", assertFailsWith<ShutterkeyException.Account> { keeper.token("nobody") }.code)
        assertEquals(listOf("1234567890"), keeper.accounts().map { it.account.userId })
        assertIs<AccountState.Live>(keeper.account("me").state(clock.now()))
    }

    @Test
    fun `a thousand callers of a dead token are served by one refresh`() = test {
        val keeper = connected()
        clock.advance(2.hours)
        val revealed = withContext(Dispatchers.Default) { List(1_000) { async { keeper.token("me").reveal() } }.awaitAll() }
        assertEquals(setOf("access-canary-2"), revealed.toSet())
        assertEquals(2, transport.count("token"))
    }

    @Test
    fun `a refresh that fails fails once for everybody`() = test {
        val keeper = connected()
        clock.advance(2.hours)
        transport.on("token") { json(503, "{}") }
        val gate = transport.hold("token")
        withContext(Dispatchers.Default) {
            val callers = List(1_000) { async(start = CoroutineStart.UNDISPATCHED) { runCatching { keeper.token("me") } } }
            while (transport.count("token") < 2) delay(1)
            delay(100)
            gate.complete(Unit)
            assertTrue(callers.awaitAll().all { it.exceptionOrNull() is ShutterkeyException })
        }
        assertEquals(2, transport.count("token"))
    }

    @Test
    fun `over several keepers of one store as well`() = test {
        val keepers = listOf(connected(), keeper(), keeper(), keeper())
        clock.advance(2.hours)
        val revealed = withContext(Dispatchers.Default) { List(1_000) { n -> async { keepers[n % 4].token("me").reveal() } }.awaitAll() }
        assertEquals(setOf("access-canary-2"), revealed.toSet())
        assertEquals(2, transport.count("token"))
    }

    @Test
    fun `a token that is due is answered at once and renewed beside`() = test {
        transport.on("token") {
            val n = tokens.incrementAndGet()
            json(200, """{"access_token":"access-canary-$n","token_type":"Bearer","expires_in":5184000,"refresh_token":"refresh-canary-$n"}""")
        }
        val keeper = connected()
        clock.advance(59.days + 23.hours + 52.seconds * 60)
        val gate = transport.hold("token")
        assertEquals("access-canary-1", keeper.token("me").reveal())
        while (transport.count("token") < 2) delay(1)
        assertEquals("access-canary-1", keeper.token("me").reveal())
        gate.complete(Unit)
        val event = keeper.events.first()
        assertEquals("refreshed" to "1234567890", event.kind to event.account.userId)
        assertEquals("access-canary-2", keeper.token("me").reveal())
        keeper.settle()
        assertEquals(2, transport.count("token"))
    }

    @Test
    fun `a caller that is cancelled during the exchange loses nothing`() = test {
        val keeper = keeper()
        val login = keeper.authorize()
        val gate = transport.hold("token")
        withContext(Dispatchers.Default) {
            val caller = launch { keeper.complete(login.pending, redirected(login.url), "me") }
            while (transport.count("token") < 1) delay(1)
            caller.cancelAndJoin()
        }
        gate.complete(Unit)
        keeper.settle()
        assertEquals("access-canary-1", keeper.token("me").reveal())
        val again = assertFailsWith<ShutterkeyException.Redirect> { keeper.complete(login.pending, redirected(login.url)) }
        assertEquals("redirect.state_used", again.code)
        assertEquals(1, transport.count("token"))
    }

    @Test
    fun `a client without a store finishes what a cancelled caller began, and the caller has it`() = test {
        val client = Client(standardClient(), transport, clock)
        val login = client.authorize()
        val gate = transport.hold("token")
        var connection: Connection? = null
        withContext(Dispatchers.Default) {
            val caller = launch { connection = client.complete(login.pending, redirected(login.url)) }
            while (transport.count("token") < 1) delay(1)
            caller.cancel()
            gate.complete(Unit)
            caller.join()
        }
        assertEquals("access-canary-1", connection?.token?.reveal())
        assertEquals(1, transport.count("token"))
    }

    @Test
    fun `two callers of one login get the same result`() = test {
        val keeper = keeper()
        val login = keeper.authorize()
        val gate = transport.hold("token")
        withContext(Dispatchers.Default) {
            val callers = List(2) { async { keeper.complete(login.pending, redirected(login.url), "me") } }
            while (transport.count("token") < 1) delay(1)
            delay(50)
            gate.complete(Unit)
            assertEquals(1, callers.awaitAll().map { it.token.reveal() }.toSet().size)
        }
        assertEquals(1, transport.count("token"))
    }

    @Test
    fun `a cancelled caller takes nobody with it`() = test {
        val keeper = connected()
        clock.advance(2.hours)
        val gate = transport.hold("token")
        withContext(Dispatchers.Default) {
            val first = async(start = CoroutineStart.UNDISPATCHED) { keeper.token("me") }
            val second = async { keeper.token("me") }
            while (transport.count("token") < 2) delay(1)
            first.cancelAndJoin()
            gate.complete(Unit)
            assertEquals("access-canary-2", second.await().reveal())
        }
        assertEquals(2, transport.count("token"))
    }

    @Test
    fun `a login is completed once by a client without a store`() = test {
        val client = Client(standardClient(), transport, clock)
        val login = client.authorize()
        client.complete(login.pending, redirected(login.url))
        val again = assertFailsWith<ShutterkeyException.Redirect> { client.complete(login.pending, redirected(login.url)) }
        assertEquals("redirect.state_used", again.code)
        assertEquals(1, transport.count("token"))
    }

    @Test
    fun `a grant is used once`() = test {
        val client = Client(standardClient(), transport, clock)
        val login = client.authorize()
        val grant = login.pending.accept(redirected(login.url), clock.now())
        client.exchange(login.pending, grant)
        assertFailsWith<ShutterkeyException.Internal> { client.exchange(login.pending, grant) }
    }

    @Test
    fun `a login whose later step fails is resumed without a new code`() = test {
        transport.on("me") { json(400, """{"error":"invalid_request"}""") }
        val keeper = keeper()
        val login = keeper.authorize()
        val error = assertFailsWith<ShutterkeyException> { keeper.complete(login.pending, redirected(login.url), "me") }
        val resumable = assertNotNull(error.resumable)
        assertEquals(login.pending.handle, resumable.handle)
        assertEquals("access-canary-1", resumable.token.reveal())
        transport.on("me") { json(200, """{"sub":"1234567890"}""") }
        assertEquals("1234567890", keeper.resume(resumable).account.userId)
        assertEquals(1, transport.count("token"))
        assertEquals("access-canary-1", keeper.token("me").reveal())
    }

    @Test
    fun `what a transport or a store throws by mistake is not thrown on`() = test {
        val broken = Client(standardClient(), { error("https://auth.example/?token=canary-1234") }, clock)
        val login = broken.authorize()
        val failure = assertFailsWith<ShutterkeyException.Network> { broken.complete(login.pending, redirected(login.url)) }
        assertTrue("canary" !in failure.stackTraceToString())
        val cancelling = Client(standardClient(), { throw CancellationException("of its own") }, clock)
        val next = cancelling.authorize()
        assertFailsWith<ShutterkeyException.Network> { cancelling.complete(next.pending, redirected(next.url)) }
        val keeper = Keeper(Client(standardClient(), transport, clock), object : TokenStore by store {
            override suspend fun load(key: String, now: kotlin.time.Instant): StoredRecord? = error("canary-1234")
        })
        assertEquals("store.unavailable", assertFailsWith<ShutterkeyException.Store> { keeper.token("me") }.code)
        val unlisted = Keeper(Client(standardClient(), transport, clock), object : TokenStore by store {
            override suspend fun list(prefix: String, after: String?, limit: Int): List<String> = error("canary-1234")
        })
        assertEquals("store.unavailable", assertFailsWith<ShutterkeyException.Store> { unlisted.accounts() }.code)
    }

    @Test
    fun `what an API answered is remembered, and an event tells`() = test {
        val keeper = connected()
        keeper.report("me", HttpResponse(200, emptyList(), ByteArray(0)))
        val dead = json(401, """{"error":{"message":"Error validating access token","type":"OAuthException","code":190,"error_subcode":460}}""")
        val error = assertFailsWith<ShutterkeyException.Account> { keeper.report("me", dead) }
        assertEquals("account.needs_login", error.code)
        assertIs<Retry.Login>(error.retry)
        assertEquals("needs_login", keeper.events.first().kind)
        assertFailsWith<ShutterkeyException.Account> { keeper.token("me") }
    }

    @Test
    fun `each event has one collector, and one that went away leaves the others awake`() = test {
        val keeper = connected()
        withContext(Dispatchers.Default) {
            val gone = launch { keeper.events.collect { } }
            val staying = async { keeper.events.take(2).toList() }
            delay(50)
            gone.cancelAndJoin()
            repeat(2) {
                clock.advance(2.hours)
                keeper.token("me")
            }
            assertEquals(listOf("refreshed", "refreshed"), staying.await().map { it.kind })
        }
    }

    @Test
    fun `a renewal by hand that fails is an error for who asked, and not for who has a live token`() = test {
        val keeper = connected()
        clock.advance(3_590.seconds)
        val gate = transport.hold("token")
        transport.on("token") { json(503, "{}") }
        withContext(Dispatchers.Default) {
            val byHand = async { runCatching { keeper.refresh("me") } }
            while (transport.count("token") < 2) delay(1)
            val beside = async { runCatching { keeper.token("me") } }
            delay(50)
            gate.complete(Unit)
            assertIs<ShutterkeyException>(byHand.await().exceptionOrNull())
            assertEquals("access-canary-1", beside.await().getOrThrow().reveal())
        }
    }

    @Test
    fun `logging out removes the account`() = test {
        val keeper = connected()
        val out = keeper.logout("me")
        assertEquals(false, out.revoked)
        assertFailsWith<ShutterkeyException.Account> { keeper.token("me") }
        assertEquals(emptyList(), keeper.accounts())
    }
}
