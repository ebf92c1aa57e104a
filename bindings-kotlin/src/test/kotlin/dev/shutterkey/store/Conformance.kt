package dev.shutterkey.store

import dev.shutterkey.StoreRecord
import dev.shutterkey.StoredRecord
import dev.shutterkey.TokenStore
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import org.junit.jupiter.api.Test
import kotlin.test.assertContentEquals
import kotlin.test.assertEquals
import kotlin.test.assertFalse
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.days
import kotlin.time.Duration.Companion.seconds
import kotlin.time.Instant

private const val MANY = 32
private val NOW = Instant.fromEpochSeconds(1_800_000_000)
private val TTL = 60.seconds

/** What every store promises: the checks of the core's conformance suite. */
abstract class Conformance {
    /** An empty store, and a second handle to the same place. */
    abstract fun stores(): Pair<TokenStore, TokenStore>

    private fun check(work: suspend (TokenStore) -> Unit) = runBlocking { work(stores().first) }

    private fun key(name: String) = "conformance/alias/standard/app/$name"

    private fun record(text: String) = StoreRecord(text.encodeToByteArray())

    private suspend fun TokenStore.put(key: String, record: StoreRecord, expected: Long? = null): Long =
        assertNotNull(save(key, record, expected, null, NOW), "a write that expected $expected, which is right, is a conflict")

    private suspend fun TokenStore.get(key: String): StoredRecord = assertNotNull(load(key, NOW))

    private val StoredRecord.text get() = record.bytes.decodeToString()

    @Test
    fun `an empty store has nothing`() = check { store ->
        assertNull(store.load(key("nobody"), NOW))
        assertEquals(emptyList(), store.list("", null, 10))
        assertFalse(store.delete(key("nobody"), 1))
    }

    @Test
    fun `bytes come back as they were`() = check { store ->
        val large = ByteArray(65_536) { (it * -1_640_531_535 ushr 24).toByte() }
        val cases = listOf(ByteArray(0), byteArrayOf(0), ByteArray(256) { it.toByte() }, byteArrayOf(-1, -2, -61, 40), large)
        cases.forEachIndexed { n, bytes -> store.put(key("$n"), StoreRecord(bytes)) }
        cases.forEachIndexed { n, bytes -> assertContentEquals(bytes, store.get(key("$n")).record.bytes) }
        store.put(key("4"), record("short"), store.get(key("4")).version)
        store.put(key("0"), StoreRecord(large), store.get(key("0")).version)
        assertEquals("short", store.get(key("4")).text)
        assertContentEquals(large, store.get(key("0")).record.bytes)
    }

    @Test
    fun `times come back as they were`() = check { store ->
        var version: Long? = null
        for ((due, forget) in listOf(NOW + 60.seconds to NOW + 1.days, null to NOW + 1.days, NOW + 60.seconds to null, null to null, NOW - 1.days to null)) {
            version = store.put(key("times"), StoreRecord(byteArrayOf(1), due, forget), version)
            val stored = store.get(key("times")).record
            assertEquals(due to forget, stored.dueAt to stored.forgetAt)
        }
    }

    @Test
    fun `a write replaces only the version it expects`() = check { store ->
        val key = key("swap")
        assertNull(store.save(key, record("lost"), 1, null, NOW))
        val first = store.put(key, record("first"))
        for (expected in listOf(null, first + 1, first - 1)) assertNull(store.save(key, record("wrong"), expected, null, NOW))
        assertEquals(first to "first", store.get(key).run { version to text })
        val second = store.put(key, record("second"), first)
        assertEquals(second to "second", store.get(key).run { version to text })
    }

    @Test
    fun `versions grow and are never used again`() = check { store ->
        var last = -1L
        repeat(3) {
            var expected: Long? = null
            repeat(3) {
                val version = store.put(key("versions"), record("x"), expected)
                assertTrue(version > last)
                expected = version
                last = version
            }
            assertTrue(store.delete(key("versions"), expected!!))
        }
    }

    @Test
    fun `a deletion removes only the version it expects`() = check { store ->
        val (doomed, neighbour) = key("doomed") to key("neighbour")
        store.put(neighbour, record("stays"))
        val first = store.put(doomed, record("1"))
        val second = store.put(doomed, record("2"), first)
        assertFalse(store.delete(doomed, first))
        store.get(doomed)
        assertTrue(store.delete(doomed, second))
        assertNull(store.load(doomed, NOW))
        assertFalse(store.delete(doomed, second))
        assertEquals("stays", store.get(neighbour).text)
        assertEquals(listOf(neighbour), store.list("", null, 10))
    }

    @Test
    fun `a forgotten record is absent and can be made anew`() = check { store ->
        val key = key("forgotten")
        val first = store.put(key, StoreRecord(byteArrayOf(1), forgetAt = NOW + 10.seconds))
        assertNotNull(store.load(key, NOW + 9.seconds))
        assertNull(store.load(key, NOW + 10.seconds))
        val second = assertNotNull(store.save(key, record("anew"), null, null, NOW + 10.seconds))
        assertTrue(second > first)
        assertEquals("anew", store.load(key, NOW + 1_000.days)?.text)
    }

    @Test
    fun `an older record does not replace a newer one`() = check { store ->
        val key = key("rollback")
        val old = store.put(key, record("old"))
        val newer = store.put(key, record("newer"), old)
        assertNull(store.save(key, record("late"), old, null, NOW))
        assertTrue(store.delete(key, newer))
        for (expected in listOf(old, newer)) assertNull(store.save(key, record("late"), expected, null, NOW))
    }

    @Test
    fun `a lease has one holder, and is free when it is given back`() = check { store ->
        val key = key("lease")
        val first = assertNotNull(store.lease(key, TTL, NOW))
        assertNull(store.lease(key, TTL, NOW + 59.seconds))
        for (ttl in listOf(1, 30, 3_600)) assertNull(store.lease(key, ttl.seconds, NOW), "a shorter lease takes a longer one")
        store.release(key, first)
        assertNotNull(store.lease(key, TTL, NOW))
        // Twice, since a driver may repeat itself; by now it is another holder's.
        store.release(key, first)
        assertNull(store.lease(key, TTL, NOW))
    }

    @Test
    fun `a lease frees itself`() = check { store ->
        val key = key("lease")
        val old = assertNotNull(store.lease(key, TTL, NOW))
        assertNotNull(store.lease(key, TTL, NOW + 60.seconds))
        store.release(key, old)
        assertNull(store.lease(key, TTL, NOW + 119.seconds))
    }

    @Test
    fun `a clock that is set back does not make a lease eternal`() = check { store ->
        val key = key("lease")
        assertNotNull(store.lease(key, TTL, NOW))
        val before = NOW - 365.days
        assertNotNull(store.lease(key, TTL, before) ?: store.lease(key, TTL, before + 60.seconds))
    }

    @Test
    fun `leases of different keys are independent`() = check { store ->
        val first = assertNotNull(store.lease(key("one"), TTL, NOW))
        assertNotNull(store.lease(key("other"), TTL, NOW))
        store.release(key("one"), first)
        assertNull(store.lease(key("other"), TTL, NOW))
        assertNotNull(store.lease(key("one"), TTL, NOW))
    }

    @Test
    fun `fences grow with every lease`() = check { store ->
        val key = key("fences")
        var last = -1L
        repeat(6) { round ->
            val fence = assertNotNull(store.lease(key, TTL, NOW))
            assertTrue(fence > last)
            last = fence
            store.release(key, fence)
            // A record that comes and goes in between must not start them anew.
            if (round % 2 == 1) store.delete(key, store.put(key, record("x")))
        }
    }

    @Test
    fun `a write under an earlier lease is refused`() = check { store ->
        val key = key("fencing")
        val version = store.put(key, record("0"))
        val old = assertNotNull(store.lease(key, TTL, NOW))
        store.release(key, old)
        val new = assertNotNull(store.lease(key, TTL, NOW))
        assertNull(store.save(key, record("late"), version, old, NOW))
        val next = assertNotNull(store.save(key, record("1"), version, new, NOW))
        // A login by hand asks for no lease.
        val last = store.put(key, record("2"), next)
        store.release(key, new)
        assertNotNull(store.save(key, record("3"), last, new, NOW))
        assertEquals("3", store.get(key).text)
    }

    @Test
    fun `a lease needs no record and makes none`() = check { store ->
        val fence = assertNotNull(store.lease(key("alone"), TTL, NOW))
        assertNull(store.load(key("alone"), NOW))
        assertEquals(emptyList(), store.list("", null, 10))
        assertNotNull(store.save(key("alone"), record("x"), null, fence, NOW))
    }

    @Test
    fun `a list has the keys of its prefix, in order of their bytes, page by page`() = check { store ->
        val inOrder = listOf("o/%41", "o/+", "o/-b", "o/A", "o/B", "o/Ba", "o/_", "o/a", "o/a-c", "o/aB", "o/ab", "o/~")
        for (key in inOrder.reversed() + listOf("n/z", "o", "o0", "p/a")) store.put(key, record("x"))
        assertEquals(inOrder, store.list("o/", null, 100))
        assertEquals(listOf("o/B", "o/Ba"), store.list("o/B", null, 100))
        assertEquals(emptyList(), store.list("O/", null, 100))
        assertEquals(16, store.list("", null, 100).size)
        assertEquals(emptyList(), store.list("o/", null, 0))
        assertEquals(listOf("o/+", "o/-b"), store.list("o/", "o/%41", 2))
        assertEquals(listOf("o/+"), store.list("o/", "o/%5", 1))
        assertEquals(inOrder, store.list("o/", "a", 100))
        assertEquals(emptyList(), store.list("o/", "q", 100))
    }

    @Test
    fun `odd and long names do not meet`() = check { store ->
        val names = listOf("x", "X", "..%2Fx", "..", ".", "%2F", "x.", "x%20", "x%00", "CON", "n".repeat(1_018) + "1", "n".repeat(1_018) + "2")
        for (name in names) store.put(key(name), record(name))
        for (name in names) assertEquals(name, store.get(key(name)).text)
        assertEquals(names.size, store.list("", null, 100).size)
    }

    private fun <T> atOnce(work: suspend (TokenStore, Int) -> T): List<T> = runBlocking {
        val (one, other) = stores()
        one.put(key("count"), record("0"))
        withContext(Dispatchers.Default) { List(MANY) { n -> async { work(if (n % 2 == 0) one else other, n) } }.awaitAll() }
    }

    @Test
    fun `of many at once, one creates, one replaces and one has the lease`() {
        assertEquals(1, atOnce { store, n -> store.save(key("race"), record("$n"), null, null, NOW) }.filterNotNull().size)
        val replaced = atOnce { store, n ->
            val version = store.get(key("count")).version
            store.save(key("count"), record("$n"), version, null, NOW)?.let { version }
        }.filterNotNull()
        assertEquals(replaced.distinct(), replaced)
        assertEquals(1, atOnce { store, _ -> store.lease(key("race"), TTL, NOW) }.filterNotNull().size)
    }

    @Test
    fun `many that load, write and repeat lose no write`() {
        val counts = atOnce { store, _ ->
            while (true) {
                val stored = store.get(key("count"))
                val next = stored.text.toInt() + 1
                if (store.save(key("count"), record("$next"), stored.version, null, NOW) != null) return@atOnce next
            }
            @Suppress("UNREACHABLE_CODE")
            0
        }
        assertEquals((1..MANY).toList(), counts.sorted())
    }

    @Test
    fun `two handles share records, leases and fences`() = runBlocking {
        val (one, other) = stores()
        val key = key("shared")
        val first = one.put(key, record("by one"))
        assertEquals(first to "by one", other.get(key).run { version to text })
        val second = other.put(key, record("by the other"), first)
        assertNull(one.save(key, record("late"), first, null, NOW))
        assertTrue(one.delete(key, second))
        assertNull(other.load(key, NOW))
        val third = other.put(key, record("anew"))
        assertTrue(third > second)
        val old = assertNotNull(one.lease(key, TTL, NOW))
        assertNull(other.lease(key, TTL, NOW))
        one.release(key, old)
        assertTrue(assertNotNull(other.lease(key, TTL, NOW)) > old)
        assertNull(one.save(key, record("late"), third, old, NOW))
    }
}
