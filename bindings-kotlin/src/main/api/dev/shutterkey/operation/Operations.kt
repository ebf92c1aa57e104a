package dev.shutterkey.operation

import dev.shutterkey.Account
import dev.shutterkey.AccountKey
import dev.shutterkey.ClientConfig
import dev.shutterkey.Connection
import dev.shutterkey.Expiry
import dev.shutterkey.Grant
import dev.shutterkey.LoggedOut
import dev.shutterkey.PendingAuthorization
import dev.shutterkey.Provider
import dev.shutterkey.Resumable
import dev.shutterkey.ShutterkeyException
import dev.shutterkey.StandardSettings
import dev.shutterkey.StoredAccount
import dev.shutterkey.Token
import dev.shutterkey.TokenAnswer
import dev.shutterkey.TokenKind
import dev.shutterkey.call
import dev.shutterkey.core.DoneParts
import dev.shutterkey.core.KeptParts
import dev.shutterkey.core.NativeOperation
import dev.shutterkey.core.ReportedParts
import dev.shutterkey.core.completeOperation
import dev.shutterkey.core.discoverOperation
import dev.shutterkey.core.exchangeOperation
import dev.shutterkey.core.extendOperation
import dev.shutterkey.core.identifyOperation
import dev.shutterkey.core.importOperation
import dev.shutterkey.core.keepFreshOperation
import dev.shutterkey.core.logoutOperation
import dev.shutterkey.core.refreshOperation
import dev.shutterkey.core.reportOperation
import dev.shutterkey.core.resumeOperation
import dev.shutterkey.core.revokeOperation
import dev.shutterkey.exceptionOf
import dev.shutterkey.instant
import dev.shutterkey.partsOf
import dev.shutterkey.protocol.HttpResponse
import kotlin.time.Instant

/** An account that was looked after. */
public class Kept internal constructor(parts: KeptParts) {
    /** The account as it is now; its token lives. */
    public val account: StoredAccount = StoredAccount(parts.stored)

    /** Whether this refreshed it. */
    public val refreshed: Boolean = parts.refreshed

    /** Whether a refresh succeeded and did not move the expiry. */
    public val stalled: Boolean = parts.stalled

    /** Until when the token lives, of an account that came to be at risk; told once for a token. */
    public val atRisk: Instant? = parts.atRisk?.let(::instant)

    /** What went wrong although the token lives. */
    public val problem: ShutterkeyException? = parts.problem?.let(::exceptionOf)

    override fun toString(): String = "Kept($account, refreshed=$refreshed, stalled=$stalled, problem=${problem?.code})"
}

/** What the report of an API's answer led to. */
public class Reported internal constructor(parts: ReportedParts) {
    /** The account as it is now. */
    public val account: StoredAccount = StoredAccount(parts.stored)

    /** What the answer means; `null` for a success. */
    public val meaning: ShutterkeyException? = parts.meaning?.let(::exceptionOf)

    /** Whether the account's record was changed. */
    public val changed: Boolean = parts.changed

    /** What a keeper throws: that the account needs a login, or what the answer means otherwise. */
    public val error: ShutterkeyException? = parts.failure?.let(::exceptionOf)

    override fun toString(): String = "Reported($account, changed=$changed, meaning=${meaning?.code})"
}

/**
 * Whole sequences, for a driver of the caller's own. Where a `namespace` is asked for, it is the caller's own place in the store;
 * without one no store is asked. A `name` is the caller's own for the account.
 */
public object Operations {
    /** Completes a login. With a namespace, the account is stored there before it is given. */
    public fun complete(
        config: ClientConfig,
        pending: PendingAuthorization,
        grant: Grant,
        namespace: String? = null,
        name: String? = null,
    ): Operation<Connection> =
        connecting(call { completeOperation(config.held, pending.held, grant.held, namespace, name) })

    /** Finishes a login whose code is spent. */
    public fun resume(resumable: Resumable): Operation<Connection> = connecting(resumeOperation(resumable.held))

    /** Exchanges a code. */
    public fun exchange(config: ClientConfig, pending: PendingAuthorization, grant: Grant): Operation<TokenAnswer> =
        Operation(call { exchangeOperation(config.held, pending.held, grant.held) }) {
            TokenAnswer((it as DoneParts.Exchanged).exchanged)
        }

    /** Makes a short-lived token long-lived. */
    public fun extend(config: ClientConfig, token: Token): Operation<Token> =
        giving(extendOperation(config.held, token.held))

    /** Refreshes a token. */
    public fun refresh(config: ClientConfig, token: Token): Operation<Token> =
        giving(refreshOperation(config.held, token.held))

    /** Asks whose token it is. */
    public fun identify(provider: Provider, token: Token): Operation<Account> =
        Operation(identifyOperation(provider.held, token.held)) { Account((it as DoneParts.Account).account) }

    /** Ends a token at the provider. */
    public fun revoke(config: ClientConfig, token: Token): Operation<Unit> =
        Operation(revokeOperation(config.held, token.held)) { }

    /** Describes a standard server from its own metadata (RFC 8414); [settings] stand over it. */
    public fun discover(issuer: String, settings: StandardSettings = StandardSettings()): Operation<Provider> =
        Operation(discoverOperation(issuer, settings.parts())) { Provider((it as DoneParts.Provider).provider) }

    /**
     * Takes a token that was made elsewhere.
     *
     * @param kind what it is; [TokenKind.LONG] by default, as the dashboard's *Generate token* makes
     * @param expiry when it expires; by default unknown, and one refresh tells
     * @param userId whose it is, where the provider does not say
     */
    public fun importToken(
        config: ClientConfig,
        token: String,
        kind: TokenKind? = null,
        expiry: Expiry? = null,
        userId: String? = null,
        namespace: String? = null,
        name: String? = null,
    ): Operation<Connection> =
        connecting(
            call {
                importOperation(config.held, token, kind?.wire, expiry?.let(::partsOf), userId, namespace, name)
            },
        )

    /** Makes sure that an account has a live token, refreshing it if it is due, or [evenIfNotDue]. */
    public fun keepFresh(
        config: ClientConfig,
        account: AccountKey,
        namespace: String = "default",
        evenIfNotDue: Boolean = false,
    ): Operation<Kept> =
        Operation(call { keepFreshOperation(config.held, partsOf(account), namespace, evenIfNotDue) }) {
            Kept((it as DoneParts.Kept).kept)
        }

    /** Remembers what an API's answer says about an account's token. [used] is the token that the call was made with. */
    public fun report(
        config: ClientConfig,
        account: AccountKey,
        response: HttpResponse,
        namespace: String = "default",
        used: Token? = null,
    ): Operation<Reported> =
        Operation(call { reportOperation(config.held, partsOf(account), namespace, used?.held, response.parts()) }) {
            Reported((it as DoneParts.Reported).reported)
        }

    /** Ends an account's token at the provider where that is possible, and removes the account. */
    public fun logout(config: ClientConfig, account: AccountKey, namespace: String = "default"): Operation<LoggedOut> =
        loggingOut(call { logoutOperation(config.held, partsOf(account), namespace) })
}

internal fun connecting(held: NativeOperation): Operation<Connection> =
    Operation(held) { Connection((it as DoneParts.Connection).connection) }

internal fun giving(held: NativeOperation): Operation<Token> = Operation(held) { Token((it as DoneParts.Token).token) }

internal fun loggingOut(held: NativeOperation): Operation<LoggedOut> =
    Operation(held) { LoggedOut((it as DoneParts.LoggedOut).loggedOut) }
