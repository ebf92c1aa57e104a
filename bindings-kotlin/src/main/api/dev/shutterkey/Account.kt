package dev.shutterkey

import dev.shutterkey.core.AccountParts
import dev.shutterkey.core.ConnectionParts
import dev.shutterkey.core.ExchangedParts
import dev.shutterkey.core.KeyParts
import dev.shutterkey.core.LoggedOutParts
import dev.shutterkey.core.NativeAccount
import dev.shutterkey.core.StateParts
import kotlin.time.Instant

/** An account as the provider describes it. */
public class Account internal constructor(parts: AccountParts) {
    /** Its own id, exact digits: for Instagram the professional account id, the same in webhooks and for publishing. */
    public val userId: String = parts.userId

    /** The id that this app alone sees, where it is another one. */
    public val appScopedId: String? = parts.appScopedId

    /** Its user name, without `@`. */
    public val username: String? = parts.username

    /** The name it shows. */
    public val name: String? = parts.name

    /** `Business`, `Media_Creator`, … in the provider's own spelling. */
    public val accountType: String? = parts.accountType

    override fun toString(): String = "Account($userId, username=$username, accountType=$accountType)"
}

/** Names an account in a store. */
public data class AccountKey(
    /** The provider's stable name. */
    public val provider: String,
    /** The app (client id) that the token belongs to. */
    public val appId: String,
    /** The account. */
    public val userId: String,
) {
    override fun toString(): String = "$provider/$appId/$userId"
}

/** A connected account: who it is, its token, and what the caller had bound to the login. */
public class Connection internal constructor(private val parts: ConnectionParts) {
    /** Its key in a store. */
    public val key: AccountKey = keyOf(parts.key)

    /** The account. */
    public val account: Account = Account(parts.account)

    /** Its token, long-lived where the provider has that. */
    public val token: Token = Token(parts.token)

    /** Scopes that were asked for and not granted. Empty as well when the provider did not say what it granted. */
    public val missingScopes: List<String> get() = parts.missingScopes

    /** The caller's own data. */
    public val context: ByteArray? get() = parts.context?.copyOf()

    /** Where to send the person, as it was checked when the login began. */
    public val returnTo: String? get() = parts.returnTo

    override fun toString(): String = "Connection($key, $token)"
}

/** What a code was exchanged for. */
public class TokenAnswer internal constructor(parts: ExchangedParts) {
    /** The token. */
    public val token: Token = Token(parts.token)

    /** The user id beside it, exact. Which of the account's ids it is differs; `identify()` tells for certain. */
    public val userId: String? = parts.userId

    override fun toString(): String = "TokenAnswer($token, userId=$userId)"
}

/** How an account is. */
public sealed class AccountState {
    /** It has a live token that is kept alive. */
    public data object Live : AccountState()

    /** It has a live token that cannot be kept alive beyond a moment. */
    public class LoginNeededBy internal constructor(
        /** The moment. */
        public val by: Instant,
    ) : AccountState() {
        override fun toString(): String = "LoginNeededBy($by)"
    }

    /** Only a new login helps. */
    public class NeedsLogin internal constructor(
        /** Why, as the code of an error. */
        public val reason: String,
    ) : AccountState() {
        override fun toString(): String = "NeedsLogin($reason)"
    }

    /** The person has to do something first; then the same token works again. */
    public class Blocked internal constructor(
        /** Why, as the code of an error. */
        public val reason: String,
        /** When it is worth asking again. */
        public val recheckAt: Instant,
    ) : AccountState() {
        override fun toString(): String = "Blocked($reason, recheckAt=$recheckAt)"
    }
}

/** An account in a store, with its token and how it stands. */
public class StoredAccount internal constructor(private val held: NativeAccount) {
    /** Its key in the store. */
    public val key: AccountKey by lazy { keyOf(held.key()) }

    /** The account. */
    public val account: Account by lazy { Account(held.account()) }

    /** Its token, as it is stored: it may be due, or dead. [Keeper.token] answers a live one. */
    public val token: Token by lazy { Token(held.token()) }

    /** How it stands at a moment, by its record alone. */
    public fun state(now: Instant = now()): AccountState =
        when (val state = held.state(now.epochSeconds)) {
            is StateParts.Live -> AccountState.Live
            is StateParts.LoginNeededBy -> AccountState.LoginNeededBy(instant(state.moment))
            is StateParts.NeedsLogin -> AccountState.NeedsLogin(state.reason)
            is StateParts.Blocked -> AccountState.Blocked(state.reason, instant(state.recheck))
        }

    override fun toString(): String = "StoredAccount($key, $token)"
}

/** What became of an account that was forgotten. */
public class LoggedOut internal constructor(parts: LoggedOutParts) {
    /** Whether the provider confirmed that the token is ended. */
    public val revoked: Boolean = parts.revoked

    /** Why it is not, where it is not: the provider has no such call, or could not be reached. */
    public val problem: ShutterkeyException? = parts.problem?.let(::exceptionOf)

    override fun toString(): String = "LoggedOut(revoked=$revoked, problem=${problem?.code})"
}

internal fun keyOf(parts: KeyParts) = AccountKey(parts.provider, parts.appId, parts.userId)

internal fun partsOf(key: AccountKey) = KeyParts(key.provider, key.appId, key.userId)
