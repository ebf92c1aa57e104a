package dev.shutterkey

import dev.shutterkey.core.EventParts
import kotlin.time.Instant

/** Something that happened to an account beside the answers of a [Keeper]. */
public class KeeperEvent internal constructor(parts: EventParts) {
    /**
     * What happened: `refreshed`; `refresh_failed`, the token lives; `store_failed`, the token in memory goes on working; `unsaved`, a
     * refreshed token lives in memory alone until it can be stored; `stalled`, a refresh did not move the expiry; `at_risk`, the
     * token will not live for long ([until]) and was not or cannot be refreshed; `needs_login`; `blocked`, the person has to do something
     * first; `recovered`. New ones may come.
     */
    public val kind: String = parts.kind

    /** The account. */
    public val account: AccountKey = keyOf(parts.account)

    /** Why, where something went wrong. */
    public val error: ShutterkeyException? = parts.error?.let(::exceptionOf)

    /** Until when the token lives, of an account at risk. */
    public val until: Instant? = parts.until?.let(::instant)

    /** When. */
    public val at: Instant = instant(parts.at)

    override fun toString(): String = "KeeperEvent($kind, $account, error=${error?.code})"
}
