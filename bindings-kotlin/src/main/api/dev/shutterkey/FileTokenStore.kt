package dev.shutterkey

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.io.File
import java.io.IOException
import kotlin.time.Duration
import kotlin.time.Instant

/**
 * Keeps each record in a file of its own, in a directory of the app's own such as `File(context.filesDir, "shutterkey")`. Files are for
 * their owner alone (0600), and a write is whole and on the disk, or it did not happen. A link, and what others may read or change, is
 * `store.refused`.
 *
 * It is for one process, which holds the directory as long as it lives: in a second one everything throws `store.unavailable`. The records
 * are not encrypted: on Android, put an [EncryptedTokenStore] over it.
 */
public class FileTokenStore(private val directory: File) : TokenStore {
    private val folder: Folder by lazy { Folder.at(directory.canonicalFile) }

    override suspend fun load(key: String, now: Instant): StoredRecord? = inFolder { load(key, now) }

    override suspend fun save(key: String, record: StoreRecord, expected: Long?, fence: Long?, now: Instant): Long? =
        inFolder { save(key, record, expected, fence, now) }

    override suspend fun delete(key: String, expected: Long): Boolean = inFolder { delete(key, expected) }

    override suspend fun lease(key: String, ttl: Duration, now: Instant): Long? =
        inFolder { leases.take(key, ttl, now, ::nextNumber) }

    override suspend fun release(key: String, fence: Long): Unit = inFolder { leases.giveBack(key, fence) }

    override suspend fun list(prefix: String, after: String?, limit: Int): List<String> =
        inFolder { listed(index, prefix, after, limit) }

    private suspend fun <T> inFolder(work: Folder.() -> T): T =
        withContext(Dispatchers.IO) {
            try {
                synchronized(folder) { folder.work() }
            } catch (_: IOException) {
                throw ShutterkeyException.store("store.unavailable")
            }
        }

    override fun toString(): String = "FileTokenStore($directory)"
}
