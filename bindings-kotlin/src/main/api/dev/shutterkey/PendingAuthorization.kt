package dev.shutterkey

import dev.shutterkey.core.Begun
import dev.shutterkey.core.NativeGrant
import dev.shutterkey.core.NativePending
import dev.shutterkey.core.PendingParts
import kotlin.time.Instant

/** Where to send the person, and what to keep until the answer comes. */
public class AuthorizationRequest internal constructor(private val held: Begun) {
    /** The authorize URL, to be opened in the system's browser. It carries the state: do not log it. */
    public val url: String by lazy { held.url() }

    /** What the answer is checked against. */
    public val pending: PendingAuthorization by lazy { PendingAuthorization(held.pending()) }

    override fun toString(): String = "AuthorizationRequest(${url.substringBefore('?')}?[redacted])"
}

/**
 * A login that was begun and waits for its answer. It holds the state and the code verifier, which are secrets.
 *
 * It is bound to its provider, client id, redirect URI and, if the caller wants, to a session. [serialize] lets it survive the end
 * of the process while the person is in the browser.
 */
public class PendingAuthorization internal constructor(internal val held: NativePending) {
    private val parts: PendingParts by lazy { held.described() }

    /** The provider's stable name. */
    public val provider: String get() = parts.provider

    /** Where the answer will come to. */
    public val redirectUri: String get() = parts.redirectUri

    /** How it is answered. */
    public val responseType: ResponseType get() = responseTypeOf(parts.responseType)

    /** When the login was begun. */
    public val createdAt: Instant get() = instant(parts.createdAt)

    /** Until when its answer is accepted. */
    public val expiresAt: Instant get() = instant(parts.expiresAt)

    /** A public name of this login, for logs and stores: nothing can be done with it. */
    public val handle: String get() = parts.handle

    /** The caller's own data. */
    public val context: ByteArray? get() = parts.context?.copyOf()

    /** Where the person goes afterwards. */
    public val returnTo: String? get() = parts.returnTo

    /** The user id that has to log in, if it is one in particular. */
    public val expectedAccount: String? get() = parts.expectedAccount

    /**
     * Checks a whole redirect URL: that it came to the registered address, its state, then error, then code. For an app link or a
     * custom scheme.
     *
     * @param now when it came
     * @param session the session, for a login that is bound to one
     * @throws ShutterkeyException of family `redirect` or `denied`
     */
    public fun accept(url: String, now: Instant = now(), session: String? = null): Grant =
        call { Grant(held.accept(url, now.epochSeconds, session)) }

    /** The same for the raw query of a route that is itself the registered redirect. */
    public fun acceptQuery(query: String, now: Instant = now(), session: String? = null): Grant =
        call { Grant(held.acceptQuery(query, now.epochSeconds, session)) }

    /** The same for what a person pasted: quotes, line breaks and a missing scheme are forgiven, a missing state is not. */
    public fun acceptPasted(text: String, now: Instant = now(), session: String? = null): Grant =
        call { Grant(held.acceptPasted(text, now.epochSeconds, session)) }

    /** All of it as text, a secret: for encrypted storage, or the instance state of an activity. */
    public fun serialize(): String = held.serialize()

    /** The code verifier, a secret, for an exchange by hand; `null` where the provider has no PKCE. */
    public fun revealVerifier(): String? = held.revealVerifier()

    override fun toString(): String = "PendingAuthorization($provider, $handle)"

    /** Reads logins back. */
    public companion object {
        /** Reads what [serialize] wrote. @throws ShutterkeyException.Redirect `redirect.seal_invalid` */
        public fun deserialize(text: String): PendingAuthorization =
            call { PendingAuthorization(NativePending.deserialize(text)) }
    }
}

/**
 * What an accepted answer grants: a code to be exchanged, or, by explicit choice of [ResponseType.TOKEN], a token. It is used once: a
 * client that it was given to has it.
 */
public class Grant internal constructor(internal val held: NativeGrant) {
    /** The code, a secret; `null` where it is a token, or used. */
    public fun revealCode(): String? = held.revealCode()

    /** The token that came in the fragment, a secret. */
    public fun revealAccessToken(): String? = held.revealAccessToken()

    /** The long-lived token beside it (Facebook Login), a secret. */
    public fun revealLongLivedToken(): String? = held.revealLongLivedToken()

    override fun toString(): String = "Grant([redacted])"
}
