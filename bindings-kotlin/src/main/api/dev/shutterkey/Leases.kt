package dev.shutterkey

import kotlin.time.Duration
import kotlin.time.Instant

/** The leases of a store of one process. Whoever uses it holds the store's lock. */
internal class Leases {
    /** It stays after its end, so that a write under an earlier one is refused. */
    private class Lease(val fence: Long, val ttl: Duration, var takenAt: Instant?) {
        /** For its length from when it was taken, and no longer before: a clock that is set back makes no lease eternal. */
        fun isHeld(now: Instant): Boolean = takenAt?.let { now < it + ttl && it < now + ttl } ?: false
    }

    private val last = HashMap<String, Lease>()

    fun take(key: String, ttl: Duration, now: Instant, nextFence: () -> Long): Long? {
        if (last[key]?.isHeld(now) == true) return null
        return nextFence().also { last[key] = Lease(it, ttl, now) }
    }

    fun giveBack(key: String, fence: Long) {
        last[key]?.let { if (it.fence == fence) it.takenAt = null }
    }

    /** Whether a later lease than this one was given out. */
    fun isLate(key: String, fence: Long?): Boolean = fence != null && last[key]?.let { fence < it.fence } ?: false
}
