package dev.shutterkey

import dev.shutterkey.core.NativeCompleted
import dev.shutterkey.operation.Operation
import dev.shutterkey.operation.Operations
import dev.shutterkey.operation.connecting
import kotlinx.coroutines.NonCancellable
import kotlinx.coroutines.withContext
import kotlin.time.Clock

/**
 * A client of one provider, for callers who keep tokens themselves. Most people want a [Keeper].
 *
 * There is no store to put a token into, so a call that has begun is waited for, also when its caller is cancelled: a request that was sent
 * is answered, and the caller gets the result. A keeper stores it, and its callers go at once.
 *
 * @param transport what sends the requests
 * @param clock where the present comes from
 */
public class Client(
    /** The configuration. */
    public val config: ClientConfig,
    internal val transport: Transport = UrlConnectionTransport(),
    internal val clock: Clock = Clock.System,
) {
    private val completed = NativeCompleted()

    /** Begins a login: the URL to open in the system's browser, and what to keep until the answer comes. */
    public fun authorize(options: AuthorizeOptions? = null): AuthorizationRequest =
        call { config.held.authorize(options?.parts(), clock.now().epochSeconds).let(::AuthorizationRequest) }

    /**
     * Completes a login from its redirect URL: exchange, long-lived exchange where there is one, and whose token it is. Nothing is
     * stored. A login is completed once; a second time throws `redirect.state_used`.
     *
     * @throws ShutterkeyException whose `resumable` finishes the login, where its code is spent
     */
    public suspend fun complete(pending: PendingAuthorization, redirectUrl: String): Connection =
        complete(pending, pending.accept(redirectUrl, clock.now()))

    /** The same for a grant that was accepted before: with a session, from a query, or pasted. */
    public suspend fun complete(pending: PendingAuthorization, grant: Grant): Connection =
        run(connecting(call { completed.complete(config.held, pending.held, grant.held) }))

    /** Finishes a login whose code is spent and whose later step failed. */
    public suspend fun resume(resumable: Resumable): Connection = run(Operations.resume(resumable))

    /** The exchange alone. */
    public suspend fun exchange(pending: PendingAuthorization, grant: Grant): TokenAnswer =
        run(Operations.exchange(config, pending, grant))

    /** Makes a short-lived token long-lived. */
    public suspend fun extend(token: Token): Token = run(Operations.extend(config, token))

    /** Refreshes a token. */
    public suspend fun refresh(token: Token): Token = run(Operations.refresh(config, token))

    /** Asks whose token it is. */
    public suspend fun identify(token: Token): Account = run(Operations.identify(config.provider, token))

    /** Ends a token at the provider. */
    public suspend fun revoke(token: Token): Unit = run(Operations.revoke(config, token))

    private suspend fun <T> run(operation: Operation<T>): T =
        withContext(NonCancellable) { drive(operation, transport, null, clock) }

    override fun toString(): String = "Client($config)"
}
