package dev.shutterkey

import dev.shutterkey.core.Failure
import dev.shutterkey.core.FailureParts
import dev.shutterkey.core.misused
import dev.shutterkey.core.storeFailure
import kotlin.time.Instant

/**
 * Everything that shutterkey throws on purpose. There is one class for each family; [code] says what it is exactly, [hint] what to do
 * and where. Nothing of it that is printed holds a secret. Cancellation is not one of these.
 */
public sealed class ShutterkeyException(failure: FailureParts) : Exception(failure.text) {
    /** The stable dotted code, such as `redirect.state_mismatch`. New ones may come; none is ever renamed. */
    public val code: String = failure.code

    /** What happened, without the provider's words and the code that [message] has. */
    public val summary: String = failure.summary

    /** What to do, and where. */
    public val hint: String = failure.hint

    /** Whether trying again makes sense. */
    @Transient
    public val retry: Retry = retryOf(failure)

    /** What the provider itself said, if it said anything. */
    @Transient
    public val provider: ProviderError? = failure.provider?.let(::ProviderError)

    /** Why, as the code of another error, where there is one behind it (`account.needs_login`). */
    public val reason: String? = failure.reason

    /** What finishes a login whose code is spent and whose later step failed: give it to `resume()`. */
    @Transient
    public val resumable: Resumable? = failure.resumable?.let(::Resumable)

    /** The name of the family, as it begins every [code]. */
    public abstract val family: String

    /** The configuration, here or in the provider's dashboard, is not right. */
    public class Config internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "config"
    }

    /** The answer to a login is not acceptable. */
    public class Redirect internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "redirect"
    }

    /** The person, or the provider in their place, said no. */
    public class Denied internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "denied"
    }

    /** The provider refused, or answered what cannot be read. */
    public class Provider internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "provider"
    }

    /** There was no answer. */
    public class Network internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "network"
    }

    /** The provider wants fewer calls. */
    public class Throttled internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "throttled"
    }

    /** A token is not, or no more, of use. */
    public class Token internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "token"
    }

    /** An account is not there, is another one, or needs its person. */
    public class Account internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "account"
    }

    /** A store cannot do what it was asked for. A [TokenStore] throws [ShutterkeyException.store]. */
    public class Store internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "store"
    }

    /** A misuse of this package, a defect of it, or a family that this release does not know. */
    public class Internal internal constructor(failure: FailureParts) : ShutterkeyException(failure) {
        override val family: String get() = "internal"
    }

    /** Makes the errors that a [TokenStore] throws. */
    public companion object {
        /** An error of the `store` family: `store.unavailable`, `store.refused`, `store.corrupt`, `store.conflict`, `store.busy`. */
        public fun store(code: String = "store.unavailable"): ShutterkeyException = exceptionOf(storeFailure(code))
    }
}

/** Whether and when trying again makes sense. */
public sealed class Retry {
    /** The same call fails again. */
    public data object Never : Retry()

    /** The same call may succeed later; wait longer each time. */
    public data object Backoff : Retry()

    /** The same call may succeed at this moment, not before. */
    public class After internal constructor(
        /** The moment. */
        public val at: Instant,
    ) : Retry() {
        override fun toString(): String = "After($at)"
    }

    /** Only a new login helps. */
    public data object Login : Retry()

    /** Ask the person again for consent. */
    public data object Reconsent : Retry()

    /** The person has to do something at this address first; the same token may work then. */
    public class UserAction internal constructor(
        /** The address, for the system's browser. */
        public val url: String,
    ) : Retry() {
        override fun toString(): String = "UserAction($url)"
    }

    /** Somebody has to change the configuration, here or in the provider's dashboard. */
    public data object FixConfig : Retry()
}

/** What the provider itself said, with tokens taken out. */
public class ProviderError internal constructor(said: dev.shutterkey.core.ProviderSaid) {
    /** The HTTP status, where there was a response. */
    public val status: Int? = said.status?.toInt()

    /** `error_type`, `type`, or RFC 6749's `error`. */
    public val kind: String? = said.kind

    /** The Graph API's error code, such as 190. */
    public val code: Long? = said.code

    /** The Graph API's `error_subcode`, such as 460. */
    public val subcode: Long? = said.subcode

    /** Its words. */
    public val said: String? = said.said

    /** Name it when you ask the provider's support. */
    public val traceId: String? = said.traceId

    /** The Graph API's own word that trying again may help. */
    public val isTransient: Boolean = said.isTransient

    override fun toString(): String = "ProviderError(status=$status, kind=$kind, code=$code, subcode=$subcode, said=$said)"
}

/**
 * What is left of a login whose code is spent and whose later step failed. Give it to `resume()` of a client or a keeper, and the
 * login is finished without a new one.
 */
public class Resumable internal constructor(internal val held: dev.shutterkey.core.NativeResumable) {
    /** The public name of the login. */
    public val handle: String by lazy { held.loginHandle() }

    /** The token that was received, for callers without a store. */
    public val token: Token by lazy { Token(held.token()) }

    override fun toString(): String = "Resumable($handle)"
}

/** Calls the core; what it refuses is thrown as an exception of this package. */
internal inline fun <T> call(crossing: () -> T): T {
    try {
        return crossing()
    } catch (failure: Failure) {
        throw exceptionOf(failure)
    }
}

internal fun exceptionOf(failure: Failure): ShutterkeyException =
    when (failure) {
        is Failure.Raised -> exceptionOf(failure.error)
    }

internal fun exceptionOf(failure: FailureParts): ShutterkeyException =
    when (failure.family) {
        "config" -> ShutterkeyException.Config(failure)
        "redirect" -> ShutterkeyException.Redirect(failure)
        "denied" -> ShutterkeyException.Denied(failure)
        "provider" -> ShutterkeyException.Provider(failure)
        "network" -> ShutterkeyException.Network(failure)
        "throttled" -> ShutterkeyException.Throttled(failure)
        "token" -> ShutterkeyException.Token(failure)
        "account" -> ShutterkeyException.Account(failure)
        "store" -> ShutterkeyException.Store(failure)
        else -> ShutterkeyException.Internal(failure)
    }

/** A misuse of this package by its caller. */
internal fun misuse(what: String): ShutterkeyException = exceptionOf(misused(what))

private fun retryOf(failure: FailureParts): Retry =
    when (failure.retry) {
        "backoff" -> Retry.Backoff
        "after" -> Retry.After(instant(failure.after ?: 0))
        "login" -> Retry.Login
        "reconsent" -> Retry.Reconsent
        "user_action" -> Retry.UserAction(failure.address.orEmpty())
        "fix_config" -> Retry.FixConfig
        else -> Retry.Never
    }
