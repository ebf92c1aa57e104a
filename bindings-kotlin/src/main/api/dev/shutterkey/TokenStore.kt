package dev.shutterkey

import kotlin.time.Duration
import kotlin.time.Instant

/**
 * A record to be stored. The bytes hold a token; the rest is for the store.
 *
 * @property bytes what a store need not understand
 * @property dueAt when the keeper wants to see it
 * @property forgetAt from when on it is as if it were not there
 */
public class StoreRecord(
    public val bytes: ByteArray,
    public val dueAt: Instant? = null,
    public val forgetAt: Instant? = null,
) {
    override fun toString(): String = "StoreRecord([redacted], dueAt=$dueAt, forgetAt=$forgetAt)"
}

/**
 * A record that is stored, with its version.
 *
 * @property record as it was saved
 * @property version each write of a key makes it a higher one
 */
public class StoredRecord(public val record: StoreRecord, public val version: Long) {
    override fun toString(): String = "StoredRecord($record, version=$version)"
}

/**
 * A place where tokens are kept. It promises four things: a write replaces only the version that it expects, a write under an earlier
 * lease than the last one is refused, a lease has one holder at a time and frees itself, and what was written is read back whole or not
 * at all. Versions and fences of a key only ever grow, also over a deletion.
 *
 * `now` is given where it matters, so that a store needs no clock. Keys are printable ASCII, longer than a file name may be, and `X` is
 * another key than `x`.
 *
 * What cannot be done is thrown as [ShutterkeyException.store]; anything else that is thrown is taken for `store.unavailable`.
 */
public interface TokenStore {
    /** The record under a key, unless it is past its [StoreRecord.forgetAt]. */
    public suspend fun load(key: String, now: Instant): StoredRecord?

    /**
     * Writes if the present version is [expected] (`null`: there is no record; one to be forgotten is none) and no later lease than
     * [fence] was given out for the key. Answers the new version, or `null` for a conflict. Durable when it returns.
     */
    public suspend fun save(key: String, record: StoreRecord, expected: Long?, fence: Long?, now: Instant): Long?

    /** Removes a record if it still has this version; answers whether it did. */
    public suspend fun delete(key: String, expected: Long): Boolean

    /** Takes the lease of a key for [ttl] and answers its fence, higher than any before; `null` if somebody has it. */
    public suspend fun lease(key: String, ttl: Duration, now: Instant): Long?

    /** Gives a lease back. One that somebody else has by now is left alone. */
    public suspend fun release(key: String, fence: Long)

    /** Keys that begin with [prefix], in order, after [after], at most [limit]. */
    public suspend fun list(prefix: String, after: String?, limit: Int): List<String>
}
