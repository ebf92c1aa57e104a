package dev.shutterkey

import dev.shutterkey.core.EventParts
import kotlin.time.Instant

/** Something that happened to an account beside the answers of a [Keeper]. */
public class KeeperEvent internal constructor(parts: EventParts) {
    /**
     * What happened: `refreshed`; `refresh_failed`, the token lives; `store_failed`, the token in memory goes on working; `unsaved`, a
     * refreshed token lives in memory alone until it can be stored; `stalled`, a refresh did not move the expiry; `needs_login`;
     * `blocked`, the person has to do something first; `recovered`. New ones may come.
     */
    public val kind: String = parts.kind

    /** The account. */
    public val account: AccountKey = keyOf(parts.account)

    /** Why, where something went wrong. */
    public val error: ShutterkeyException? = parts.error?.let(::exceptionOf)

    /** When. */
    public val at: Instant = instant(parts.at)

    override fun toString(): String = "KeeperEvent($kind, $account, error=${error?.code})"
}
