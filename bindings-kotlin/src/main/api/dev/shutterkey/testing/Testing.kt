package dev.shutterkey.testing

import dev.shutterkey.AuthorizationRequest
import dev.shutterkey.AuthorizeOptions
import dev.shutterkey.ClientConfig
import dev.shutterkey.call
import kotlin.time.Instant

/**
 * Begins a login with randomness that is not random and at a moment of the caller's: for tests that compare URLs, and for nothing
 * else.
 *
 * @param entropy 64 bytes, of which the first 32 are the state and the last 32 the code verifier
 */
public fun authorize(
    config: ClientConfig,
    entropy: ByteArray,
    now: Instant,
    options: AuthorizeOptions? = null,
): AuthorizationRequest =
    call { config.held.authorizeWith(options?.parts(), now.epochSeconds, entropy).let(::AuthorizationRequest) }
