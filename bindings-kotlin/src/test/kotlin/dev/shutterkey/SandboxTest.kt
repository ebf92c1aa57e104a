package dev.shutterkey

import dev.shutterkey.protocol.HttpResponse
import dev.shutterkey.support.Sandbox
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.BeforeEach
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertIs
import kotlin.test.assertNotEquals
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.hours
import kotlin.time.Duration.Companion.seconds

private const val CALLBACK = "https://app.example/callback"

/** Real logins over the built-in HTTP, at a running sandbox. */
class SandboxTest {
    private val sandbox = Sandbox.running

    @TempDir
    lateinit var folder: File

    @BeforeEach
    fun begin() = sandbox.begin()

    private fun test(work: suspend () -> Unit) = runBlocking { withTimeout(60.seconds) { work() } }

    private fun keeper(config: ClientConfig, store: TokenStore = FileTokenStore(File(folder, "store"))) =
        Keeper(Client(config, clock = sandbox.clock), store)

    private fun standard(): ClientConfig {
        val id = sandbox.app("standard", CALLBACK, "public" to true)
        return ClientConfig(sandbox.provider("standard"), id, CALLBACK, listOf("profile"))
    }

    private suspend fun connected(config: ClientConfig): Keeper {
        val keeper = keeper(config)
        val login = keeper.authorize()
        keeper.complete(login.pending, sandbox.approve(login.url), "me")
        return keeper
    }

    @Test
    fun `a legacy login ends with a token in the fragment, on the device alone`() = test {
        val id = sandbox.app("legacy", CALLBACK, "allow_implicit" to true)
        val config = ClientConfig(sandbox.provider("legacy"), id, CALLBACK, responseType = ResponseType.TOKEN)
        val keeper = keeper(config)
        val login = keeper.authorize(AuthorizeOptions(context = "mine".encodeToByteArray()))
        val connection = keeper.complete(login.pending, sandbox.approve(login.url), "me")
        assertEquals("mine", connection.context?.decodeToString())
        assertEquals(TokenKind.PERMANENT, connection.token.kind)
        assertEquals(connection.token.reveal(), keeper.token("me").reveal())
        assertEquals(connection.account.userId, keeper(config).account("me").account.userId)
    }

    @Test
    fun `a public client of a standard server logs in with PKCE, and a storm is served by one refresh that rotates`() = test {
        val keeper = connected(standard())
        val first = keeper.account("me").token
        sandbox.advance(2.hours)
        val revealed = withContext(Dispatchers.Default) { List(1_000) { async { keeper.token("me").reveal() } }.awaitAll() }
        assertEquals(1, revealed.toSet().size)
        val second = keeper.account("me").token
        assertEquals(revealed.first(), second.reveal())
        assertNotEquals(first.reveal(), second.reveal())
        assertNotEquals(first.revealRefreshToken(), second.revealRefreshToken())
        assertEquals(1, sandbox.calls("standard/token", keeper.client.config.clientId, "refresh_token"))
        assertEquals("refreshed", keeper.events.first().kind)
        // A chain of them, each with the refresh token of the one before.
        repeat(3) {
            sandbox.advance(2.hours)
            keeper.token("me")
        }
        assertEquals(4, sandbox.calls("standard/token", keeper.client.config.clientId, "refresh_token"))
    }

    @Test
    fun `a login that was begun in another process is completed, once`() = test {
        val config = standard()
        val login = keeper(config).authorize()
        val (kept, redirect) = login.pending.serialize() to sandbox.approve(login.url)
        val keeper = keeper(config)
        keeper.complete(PendingAuthorization.deserialize(kept), redirect, "me")
        val again = assertFailsWith<ShutterkeyException.Redirect> { keeper(config).complete(PendingAuthorization.deserialize(kept), redirect) }
        assertEquals("redirect.state_used", again.code)
        assertEquals(1, sandbox.calls("standard/token", config.clientId))
    }

    @Test
    fun `a person who presses Cancel is an error of their own`() = test {
        val keeper = keeper(standard())
        val login = keeper.authorize()
        val redirect = sandbox.approve(login.url, deny = true)
        assertFailsWith<ShutterkeyException.Denied> { keeper.complete(login.pending, redirect) }
        assertEquals(0, sandbox.calls("standard/token", keeper.client.config.clientId))
    }

    @Test
    fun `Instagram's code belongs to a backend, and nothing is sent from a device`() = test {
        val id = sandbox.app("instagram", CALLBACK)
        val config = ClientConfig(sandbox.provider("instagram"), id, CALLBACK)
        val keeper = keeper(config)
        val login = keeper.authorize()
        val error = assertFailsWith<ShutterkeyException.Config> { keeper.complete(login.pending, sandbox.approve(login.url)) }
        assertEquals("config.secret_missing", error.code)
        assertIs<Retry.FixConfig>(error.retry)
        val minted = sandbox.mintToken("instagram", sandbox.firstPerson(), id)
        val short = Token.of(minted, config.provider, TokenKind.SHORT)
        assertEquals("config.secret_missing", assertFailsWith<ShutterkeyException.Config> { keeper.client.extend(short) }.code)
        assertEquals(0, sandbox.calls("access_token", id))
    }

    @Test
    fun `a token of the dashboard is imported and kept alive`() = test {
        val id = sandbox.app("instagram", CALLBACK)
        val config = ClientConfig(sandbox.provider("instagram"), id, CALLBACK)
        val keeper = keeper(config)
        val minted = sandbox.mintToken("instagram", sandbox.firstPerson(), id)
        val connection = keeper.importToken(minted, "me")
        assertIs<Expiry.Unknown>(connection.token.expiry)
        sandbox.advance(2.days)
        keeper.token("me")
        keeper.settle()
        assertIs<Expiry.At>(keeper.token("me").expiry)
        assertEquals("token.too_young", assertFailsWith<ShutterkeyException.Token> { keeper.refresh("me") }.code)
        assertEquals(1, sandbox.calls("refresh_access_token", id))
        keeper.report("me", HttpResponse(200, emptyList(), "{}".encodeToByteArray()))
        keeper.logout("me")
        assertEquals("account.not_found", assertFailsWith<ShutterkeyException.Account> { keeper.token("me") }.code)
    }

    @Test
    fun `a server is described by its own metadata`() = test {
        val (discovered, known) = Provider.discover("${sandbox.url}/standard") to sandbox.provider("standard")
        assertEquals(known.endpoints.authorization, discovered.endpoints.authorization)
        assertEquals(known.endpoints.token, discovered.endpoints.token)
        assertEquals(true, discovered.endpoints.issuerPromised)
    }

    @Test
    fun `a server that is down for a moment is asked again where that is safe`() = test {
        val keeper = connected(standard())
        sandbox.fault("standard/userinfo", 503)
        assertEquals(keeper.account("me").account.userId, keeper.client.identify(keeper.token("me")).userId)
    }
}
