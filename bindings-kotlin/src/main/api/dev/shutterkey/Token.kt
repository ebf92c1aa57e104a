package dev.shutterkey

import dev.shutterkey.core.ExpiryParts
import dev.shutterkey.core.NativeToken
import dev.shutterkey.core.RefreshableParts
import dev.shutterkey.core.TokenParts
import dev.shutterkey.core.ValidityParts
import kotlin.time.Instant

/** What a token is. */
public enum class TokenKind(internal val wire: String) {
    /** Lives an hour or two. */
    SHORT("short"),

    /** Lives sixty days, and can be refreshed. */
    LONG("long"),

    /** A Page's token (Facebook Login). */
    PAGE("page"),

    /** A system user's token (Facebook Login for Business). */
    SYSTEM_USER("system_user"),

    /** Does not end by time: the legacy platform's. */
    PERMANENT("permanent"),

    /** A standard server's (RFC 6750). */
    BEARER("bearer"),
}

/** When a token stops working by time alone. */
public sealed class Expiry {
    /** At a moment. */
    public class At(
        /** The moment. */
        public val at: Instant,
    ) : Expiry() {
        override fun toString(): String = "At($at)"

        override fun equals(other: Any?): Boolean = other is At && other.at == at

        override fun hashCode(): Int = at.hashCode()
    }

    /** Not by time. */
    public data object Never : Expiry()

    /** The provider did not say; one refresh tells. */
    public data object Unknown : Expiry()
}

/** Whether a token works at a moment, as far as time can tell. */
public sealed class Validity {
    /** It does. */
    public class Live internal constructor(
        /** Until when, if that is known. */
        public val until: Instant?,
    ) : Validity() {
        override fun toString(): String = "Live(until=$until)"
    }

    /** It does not, for ever. */
    public data object Expired : Validity()
}

/** Whether a token can be refreshed at a moment. */
public sealed class Refreshable {
    /** Yes. */
    public data object Now : Refreshable()

    /** From a moment on. */
    public class NotBefore internal constructor(
        /** The moment. */
        public val at: Instant,
    ) : Refreshable() {
        override fun toString(): String = "NotBefore($at)"
    }

    /** No, and waiting does not change it. */
    public class Impossible internal constructor(
        /** `expired`, `short_lived`, `never_expires`, `not_offered` or `no_refresh_token`. */
        public val reason: String,
    ) : Refreshable() {
        override fun toString(): String = "Impossible($reason)"
    }
}

/**
 * An access token with what is known about it. Its value comes out by [reveal] alone; its printed form has none of it, so do not put
 * a token into a text: send `token.reveal()`.
 */
public class Token internal constructor(internal val held: NativeToken) {
    private val parts: TokenParts by lazy { held.described() }

    /** What it is. */
    public val kind: TokenKind get() = TokenKind.entries.firstOrNull { it.wire == parts.kind } ?: TokenKind.BEARER

    /** The scopes that were granted; `null` when the provider did not say. */
    public val scopes: List<String>? get() = parts.scopes

    /** When it was issued, if that is known. */
    public val issuedAt: Instant? get() = maybeInstant(parts.issuedAt)

    /** When it stops working by time alone. */
    public val expiry: Expiry get() = expiryOf(parts.expiry)

    /** Until when the app may read the person's data with it, where the provider limits that (Facebook Login). */
    public val dataAccessUntil: Instant? get() = maybeInstant(parts.dataAccessUntil)

    /** The token itself, a secret: for the request that needs it, not for a log. */
    public fun reveal(): String = held.reveal()

    /** The refresh token that came with it (RFC 6749 1.5), a secret. */
    public fun revealRefreshToken(): String? = held.revealRefreshToken()

    /** Whether it works at a moment, as far as time can tell. */
    public fun validity(now: Instant = now()): Validity =
        when (val validity = held.validity(now.epochSeconds)) {
            is ValidityParts.Live -> Validity.Live(maybeInstant(validity.until))
            is ValidityParts.Expired -> Validity.Expired
        }

    /** Whether it can be refreshed at a moment. A keeper does it by itself. */
    public fun refreshable(now: Instant = now()): Refreshable =
        when (val refreshable = held.refreshable(now.epochSeconds)) {
            is RefreshableParts.Now -> Refreshable.Now
            is RefreshableParts.NotBefore -> Refreshable.NotBefore(instant(refreshable.moment))
            is RefreshableParts.Impossible -> Refreshable.Impossible(refreshable.reason)
        }

    override fun toString(): String = "Token([redacted], ${parts.kind}, expiry=$expiry)"

    /** Makes tokens of values that the caller has. */
    public companion object {
        /**
         * A token whose value the caller has. A keeper takes it by [Keeper.importToken].
         *
         * @param provider whose it is: its rules of renewal
         * @param refreshToken the refresh token (RFC 6749 1.5), a secret
         * @throws ShutterkeyException of family `token` for a value that cannot be one
         */
        public fun of(
            value: String,
            provider: Provider,
            kind: TokenKind,
            scopes: Iterable<String>? = null,
            issuedAt: Instant? = null,
            expiry: Expiry = Expiry.Unknown,
            dataAccessUntil: Instant? = null,
            refreshToken: String? = null,
        ): Token {
            val parts = TokenParts(
                kind.wire, scopes?.toList(), issuedAt?.epochSeconds, partsOf(expiry), dataAccessUntil?.epochSeconds,
            )
            return call { Token(NativeToken(provider.held, value, parts, refreshToken)) }
        }
    }
}

internal fun partsOf(expiry: Expiry): ExpiryParts =
    when (expiry) {
        is Expiry.At -> ExpiryParts.At(expiry.at.epochSeconds)
        is Expiry.Never -> ExpiryParts.Never
        is Expiry.Unknown -> ExpiryParts.Unknown
    }

private fun expiryOf(parts: ExpiryParts): Expiry =
    when (parts) {
        is ExpiryParts.At -> Expiry.At(instant(parts.moment))
        is ExpiryParts.Never -> Expiry.Never
        is ExpiryParts.Unknown -> Expiry.Unknown
    }
