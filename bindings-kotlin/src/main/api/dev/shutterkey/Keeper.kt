package dev.shutterkey

import dev.shutterkey.core.DoneParts
import dev.shutterkey.core.KeyParts
import dev.shutterkey.core.LookedParts
import dev.shutterkey.core.NativeKeeping
import dev.shutterkey.operation.Operation
import dev.shutterkey.operation.connecting
import dev.shutterkey.operation.loggingOut
import dev.shutterkey.protocol.HttpResponse
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Deferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.async
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.currentCoroutineContext
import kotlinx.coroutines.ensureActive
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.flow
import kotlinx.coroutines.job
import kotlinx.coroutines.joinAll
import kotlin.time.Duration
import kotlin.time.Duration.Companion.seconds

/**
 * Keeps the tokens of one client's accounts alive: a token that was got once simply goes on working.
 *
 * An account is named by the caller's own name for it or by its user id. What was begun ends, also when its caller is cancelled: one
 * refresh serves all callers, a token that was received is stored, and no code is sent twice. Make one keeper for the process.
 *
 * @param namespace the caller's own place in the store
 * @param reread how long an account is answered from memory before the store is asked again
 */
public class Keeper(
    /** Whose accounts it keeps. */
    public val client: Client,
    /** Where it keeps them. */
    public val store: TokenStore,
    /** The namespace in the store. */
    public val namespace: String = "default",
    reread: Duration = 30.seconds,
) {
    private val keeping = NativeKeeping(client.config.held, namespace, reread.inWholeSeconds)
    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Default)
    private val looks = Flights<String, LookedParts>(scope)

    /** By account, and whether somebody asked for it by hand. */
    private val renewals = Flights<Pair<AccountKey, Boolean>, Renewed>(scope)

    /** By the handle of the login. */
    private val logins = Flights<String, Connection>(scope)
    private val arrived = Channel<Unit>(Channel.CONFLATED)

    /** Begins a login: the URL to open in the system's browser, and what to keep until the answer comes. */
    public fun authorize(options: AuthorizeOptions? = null): AuthorizationRequest = client.authorize(options)

    /**
     * Completes a login from its redirect URL and stores the account, under [name] where one is given. What is received is saved as
     * soon as it is received. Two callers of one login at once get the same result; a later one gets `redirect.state_used`.
     *
     * @throws ShutterkeyException whose `resumable` finishes the login, where its code is spent
     */
    public suspend fun complete(pending: PendingAuthorization, redirectUrl: String, name: String? = null): Connection =
        complete(pending, pending.accept(redirectUrl, client.clock.now()), name)

    /** The same for a grant that was accepted before: with a session, from a query, or pasted. */
    public suspend fun complete(pending: PendingAuthorization, grant: Grant, name: String? = null): Connection {
        val login = pending.handle
        return logins.joinOrStart(login) {
            run(connecting(call { keeping.complete(pending.held, grant.held, name) }))
        }.await()
    }

    /** Finishes a login whose code is spent and whose later step failed. */
    public suspend fun resume(resumable: Resumable): Connection = began { connecting(keeping.resume(resumable.held)) }

    /**
     * Takes a token that was made elsewhere, such as by the dashboard's *Generate token*, asks the provider whose it is and stores the
     * account.
     *
     * @param kind what it is; [TokenKind.LONG] by default, as the dashboard makes
     * @param expiry when it expires; by default unknown, and one refresh tells
     */
    public suspend fun importToken(
        token: String,
        name: String? = null,
        kind: TokenKind? = null,
        expiry: Expiry? = null,
    ): Connection = began { connecting(call { keeping.take(token, kind?.wire, expiry?.let(::partsOf), name) }) }

    /**
     * A live token of the account. From memory while it is fresh; refreshed beside the answer when it is due, and only near its end does
     * a caller wait.
     *
     * @throws ShutterkeyException `account.not_found`, `account.needs_login`, `account.checkpoint`; and, only when the token is dead and
     * could not be renewed, what the refresh failed with
     */
    public suspend fun token(name: String): Token {
        freshToken(name)?.let { return it }
        val looked = looks.joinOrStart(name) {
            run(Operation(keeping.look(name)) { (it as DoneParts.Looked).looked })
        }.await()
        val renewal = looked.renew?.let { renewal(it, byHand = false) }
        // Due is not urgent: the refresh runs beside the answer.
        looked.token?.let { return Token(it) }
        return renewal?.await()?.token ?: throw misuse("Looking for a token found nothing to do.")
    }

    /** The account's token if it is in memory and nothing has to be done for it. `null` says nothing about the account. */
    public fun freshToken(name: String): Token? = keeping.freshToken(name, client.clock.now().epochSeconds)?.let(::Token)

    /**
     * Refreshes now, although it may not be due. The provider's rules hold: younger than 24 hours throws `token.too_young`.
     *
     * @throws ShutterkeyException as [token], and what the refresh failed with also when the old token still lives
     */
    public suspend fun refresh(name: String): Token {
        val account = began { Operation(keeping.find(name)) { (it as DoneParts.Key).key } }
        val renewed = renewal(account, byHand = true).await()
        return renewed.refusal?.let { throw it } ?: renewed.token
    }

    /**
     * Tells the keeper what an API answered to a call with the account's token.
     *
     * @throws ShutterkeyException what the answer means when it is not a success: `account.needs_login` when the token is dead, which is
     * remembered
     */
    public suspend fun report(name: String, response: HttpResponse): Unit =
        began { Operation(keeping.report(name, response.parts())) { } }

    /** One account as the store has it. @throws ShutterkeyException `account.not_found` */
    public suspend fun account(name: String): StoredAccount =
        began { Operation(keeping.account(name)) { StoredAccount((it as DoneParts.Stored).stored) } }

    /** This client's accounts in the store, ordered by key. A record that cannot be read is passed over. */
    public suspend fun accounts(): List<StoredAccount> {
        val prefix = keeping.accountsPrefix()
        val accounts = ArrayList<StoredAccount>()
        var after: String? = null
        do {
            val page = stored { list(prefix, after, PAGE) }
            for (key in page) {
                val stored = recordOf(key) ?: continue
                keeping.read(stored.record.bytes)?.let { accounts += StoredAccount(it) }
            }
            after = page.lastOrNull()
        } while (page.size == PAGE)
        return accounts
    }

    /** Ends the account's token at the provider where that is possible, and removes the account. */
    public suspend fun logout(name: String): LoggedOut = began { loggingOut(keeping.logout(name)) }

    /** Drops an account from memory; the store keeps it. */
    public fun forget(name: String): Unit = keeping.forget(name)

    /**
     * What happens beside the answers: refreshes, failures of refreshes, accounts that need a login. A bounded queue that is pulled: of
     * several collectors one gets each event, and the oldest go where nobody collects.
     */
    public val events: Flow<KeeperEvent> = flow {
        try {
            while (true) {
                val event = keeping.nextEvent()
                if (event == null) arrived.receive() else emit(KeeperEvent(event))
            }
        } finally {
            // Whoever goes may have been woken for another one's event.
            arrived.trySend(Unit)
        }
    }

    /** Waits until everything that runs beside the answers has ended: refreshes, logins, imports. */
    public suspend fun settle() {
        while (true) {
            val running = scope.coroutineContext.job.children.toList()
            if (running.isEmpty()) return
            running.joinAll()
        }
    }

    /** One by hand serves everybody; somebody who asks by hand is not served by one that may find nothing to do. */
    private fun renewal(account: KeyParts, byHand: Boolean): Deferred<Renewed> {
        val key = keyOf(account)
        return renewals.joinOrStart(key to byHand, other = key to true) {
            run(Operation(call { keeping.renew(account, byHand) }) { Renewed(it as DoneParts.Renewed) })
        }
    }

    /** Asks the store beside an operation; what goes wrong is of the `store` family, as it is in one. */
    private suspend fun <T> stored(work: suspend TokenStore.() -> T): T =
        try {
            store.work()
        } catch (error: ShutterkeyException) {
            throw error
        } catch (_: Exception) {
            currentCoroutineContext().ensureActive()
            throw ShutterkeyException.store()
        }

    private suspend fun recordOf(key: String): StoredRecord? =
        try {
            stored { load(key, client.clock.now()) }
        } catch (_: ShutterkeyException) {
            null
        }

    /** Begins something in the keeper's scope: a caller that goes away takes nothing with it. */
    private suspend fun <T> began(operation: () -> Operation<T>): T = scope.async { run(operation()) }.await()

    private suspend fun <T> run(operation: Operation<T>): T =
        try {
            drive(operation, client.transport, store, client.clock)
        } finally {
            arrived.trySend(Unit)
        }

    override fun toString(): String = "Keeper($client, $store, namespace=$namespace)"

    /** What a renewal came to, and what somebody is told who asked for it by hand. */
    private class Renewed(parts: DoneParts.Renewed) {
        val token = Token(parts.token)
        val refusal = parts.refusal?.let(::exceptionOf)
    }

    private companion object {
        const val PAGE = 500
    }
}
