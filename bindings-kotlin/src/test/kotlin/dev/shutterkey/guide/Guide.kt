/** The blocks of docs/kotlin.md, so that they compile; [GuideTest] compares them with the page. */
@file:Suppress("UNUSED_VARIABLE")

package dev.shutterkey.guide

import dev.shutterkey.AccountState
import dev.shutterkey.Client
import dev.shutterkey.ClientConfig
import dev.shutterkey.Handover
import dev.shutterkey.Keeper
import dev.shutterkey.MemoryTokenStore
import dev.shutterkey.Provider
import dev.shutterkey.ResponseType
import dev.shutterkey.Retry
import dev.shutterkey.SendException
import dev.shutterkey.SendFailure
import dev.shutterkey.ShutterkeyException
import dev.shutterkey.ShutterkeyLogin
import dev.shutterkey.TokenStore
import dev.shutterkey.Transport
import dev.shutterkey.protocol.HttpRequest
import dev.shutterkey.protocol.HttpResponse
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.launch
import kotlinx.coroutines.runInterruptible
import okhttp3.CookieJar
import okhttp3.MediaType.Companion.toMediaType
import okhttp3.OkHttpClient
import okhttp3.Request
import okhttp3.RequestBody.Companion.toRequestBody
import java.io.IOException
import java.io.InterruptedIOException
import java.net.ConnectException
import java.net.UnknownHostException
import java.util.concurrent.TimeUnit.MILLISECONDS
import javax.net.ssl.SSLException
import kotlin.time.Clock

/** What the page speaks of: the reader's own code. */
abstract class Guide(val store: TokenStore, val keeper: Keeper, val scope: CoroutineScope, val clock: Clock, val clientId: String) {
    class Answered(val status: Int, val headers: List<Pair<String, String>>, val body: ByteArray)

    interface Api {
        suspend fun startInstagram(): ShutterkeyLogin

        suspend fun finishInstagram(handover: Handover): String

        suspend fun posts(authorization: String): Answered
    }

    abstract val api: Api

    abstract suspend fun browse(url: String): String

    abstract fun notify(text: String)

    suspend fun backend() {
        val login = api.startInstagram()                        // POST handover-start: your backend began it for your signed-in user
        val redirect = browse(login.url)                        // on Android: login.launch(activity), and the app link comes back
        val me = api.finishInstagram(login.handover(redirect))  // POST handover-finish: your backend completed it
    }

    suspend fun device() {
        val server = Provider.standard(
            authorizationEndpoint = "https://id.example.com/authorize",
            tokenEndpoint = "https://id.example.com/token",
            revocationEndpoint = "https://id.example.com/revoke",
        )
        val config = ClientConfig(server, clientId = "my-app", redirectUri = "com.example.app:/callback", scopes = listOf("read"))
        val keeper = Keeper(Client(config), store)

        val login = keeper.authorize()
        val redirect = browse(login.url)                        // on Android: login.launch(activity)
        val me = keeper.complete(login.pending, redirect, name = "me")

        val token = keeper.token("me")                          // live, refreshed when due
    }

    suspend fun facebook() {
        val config = ClientConfig(
            Provider.facebook(), clientId = "138483919580948", redirectUri = "https://app.example/facebook",
            scopes = listOf("instagram_basic", "pages_show_list"), responseType = ResponseType.TOKEN,
        )
        for (stored in Keeper(Client(config), store).accounts()) {
            when (val state = stored.state()) {
                is AccountState.Live -> continue
                is AccountState.LoginNeededBy -> println("${stored.account.name}: connect again before ${state.by}")
                is AccountState.NeedsLogin -> println("${stored.account.name}: connect again (${state.reason})")
                is AccountState.Blocked -> println("${stored.account.name}: see Facebook's notice; worth asking again at ${state.recheckAt}")
            }
        }
    }

    suspend fun everyday() {
        val token = keeper.token("me")
        val answered = api.posts(authorization = "Bearer ${token.reveal()}")
        keeper.report("me", HttpResponse(answered.status, answered.headers, answered.body))
    }

    suspend fun events() {
        scope.launch {
            keeper.events.collect { event ->
                if (event.kind == "needs_login") notify("Connect ${event.account.userId} again: ${event.error?.hint}")
            }
        }
    }

    suspend fun errors() {
        try {
            keeper.token("me")
        } catch (error: ShutterkeyException.Account) {
            println("Connect again: ${error.reason ?: error.hint}")
        } catch (error: ShutterkeyException) {
            when (val retry = error.retry) {
                is Retry.After -> println("Try again at ${retry.at}")
                is Retry.Backoff -> println("Try again in a moment")
                is Retry.UserAction -> println("First follow the notice at ${retry.url}")
                else -> println("${error.message} ${error.hint}")
            }
        }
    }

    suspend fun sandbox() {
        val sandbox = Provider.inSandbox("legacy", "http://10.0.2.2:8910")
        val config = ClientConfig(sandbox, clientId, "https://app.example/callback", responseType = ResponseType.TOKEN)
        val keeper = Keeper(Client(config, clock = clock), MemoryTokenStore())
    }
}

class OkHttpTransport(base: OkHttpClient = OkHttpClient()) : Transport {
    private val http = base.newBuilder().retryOnConnectionFailure(false).followRedirects(false).followSslRedirects(false)
        .cookieJar(CookieJar.NO_COOKIES).cache(null).build()

    override suspend fun send(request: HttpRequest): HttpResponse = runInterruptible(Dispatchers.IO) {
        val body = request.body?.toRequestBody("application/x-www-form-urlencoded".toMediaType())
        val asked = Request.Builder().url(request.url).method(request.method, body)
        for ((name, value) in request.headers) asked.header(name, value)
        val call = http.newCall(asked.build()).apply { timeout().timeout(request.deadline.inWholeMilliseconds, MILLISECONDS) }
        try {
            call.execute().use { answer ->
                val source = answer.body.source()
                if (source.request(request.bodyCap + 1L)) throw SendException(SendFailure.TOO_LARGE)
                HttpResponse(answer.code, answer.headers.toList(), source.readByteArray())
            }
        } catch (failure: IOException) {
            throw SendException(
                when (failure) {
                    is UnknownHostException -> SendFailure.DNS
                    is ConnectException -> SendFailure.OFFLINE
                    is SSLException -> SendFailure.TLS
                    is InterruptedIOException -> SendFailure.TIMEOUT
                    else -> SendFailure.RESET
                },
            )
        }
    }
}
