package dev.shutterkey

import dev.shutterkey.core.NativeHandover
import dev.shutterkey.core.NativeLogin
import kotlin.time.Instant

/**
 * A login that the app's backend began. The app opens [url] in the system's browser, gives [handover] the address that the browser
 * came back with, and posts what that makes to the backend, which completes the login. The app never holds a secret or a token.
 *
 * @param json what the backend answered to the start
 * @throws ShutterkeyException.Config `config.invalid` for what is not the start of a login, `config.unsupported` for one of a later
 * version or one that is answered with a token, `config.insecure_endpoint` for an address that a browser must not be sent to
 */
public class ShutterkeyLogin(json: String) {
    private val held: NativeLogin = call { NativeLogin.parse(json) }

    /** The address for the system's browser. It carries the state: do not log it. */
    public val url: String by lazy { held.url() }

    /** Where the answer comes to: an app link of this app. */
    public val redirectUri: String by lazy { held.redirectUri() }

    /** From when on no answer is accepted. */
    public val expiresAt: Instant by lazy { instant(held.expiresAt()) }

    /** All of it as JSON, a secret: for the instance state of an activity. The constructor reads it back. */
    public fun serialize(): String = held.toJson()

    /**
     * Checks what the browser came back with.
     *
     * @param now when it came
     * @throws ShutterkeyException of family `redirect` for an answer to another login or a late one, `denied` where access was refused
     */
    public fun handover(redirectUrl: String, now: Instant = now()): Handover =
        call { Handover(held.answer(redirectUrl, now.epochSeconds)) }

    override fun toString(): String = "ShutterkeyLogin(redirectUri=$redirectUri, expiresAt=$expiresAt)"
}

/** What the app gives its backend to finish a login. */
public class Handover internal constructor(private val held: NativeHandover) {
    /** The body of the request to the backend, of type `application/json`. It holds a code and is a secret. */
    public fun toJson(): String = held.toJson()

    override fun toString(): String = "Handover([redacted])"
}
