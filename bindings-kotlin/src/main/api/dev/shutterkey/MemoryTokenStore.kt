package dev.shutterkey

import java.util.TreeMap
import kotlin.time.Duration
import kotlin.time.Instant

/** Keeps records as long as the process lives. */
public class MemoryTokenStore : TokenStore {
    private val records = TreeMap<String, StoredRecord>()
    private val leases = Leases()
    private var last = 0L

    override suspend fun load(key: String, now: Instant): StoredRecord? = synchronized(this) { present(key, now) }

    override suspend fun save(key: String, record: StoreRecord, expected: Long?, fence: Long?, now: Instant): Long? =
        synchronized(this) {
            if (present(key, now)?.version != expected || leases.isLate(key, fence)) return null
            last += 1
            records[key] = StoredRecord(record, last)
            last
        }

    override suspend fun delete(key: String, expected: Long): Boolean =
        synchronized(this) {
            val isThere = records[key]?.version == expected
            if (isThere) records.remove(key)
            isThere
        }

    override suspend fun lease(key: String, ttl: Duration, now: Instant): Long? =
        synchronized(this) { leases.take(key, ttl, now) { ++last } }

    override suspend fun release(key: String, fence: Long): Unit = synchronized(this) { leases.giveBack(key, fence) }

    override suspend fun list(prefix: String, after: String?, limit: Int): List<String> =
        synchronized(this) { listed(records, prefix, after, limit) }

    private fun present(key: String, now: Instant): StoredRecord? {
        val stored = records[key] ?: return null
        if (!isForgotten(stored.record.forgetAt, now)) return stored
        records.remove(key)
        return null
    }

    override fun toString(): String = "MemoryTokenStore(${synchronized(this) { records.size }} records)"
}

internal fun isForgotten(forgetAt: Instant?, now: Instant) = forgetAt != null && now >= forgetAt

internal fun listed(keys: TreeMap<String, *>, prefix: String, after: String?, limit: Int): List<String> {
    val from = if (after != null && after >= prefix) keys.tailMap(after, false) else keys.tailMap(prefix, true)
    return from.keys.asSequence().takeWhile { it.startsWith(prefix) }.take(limit).toList()
}
