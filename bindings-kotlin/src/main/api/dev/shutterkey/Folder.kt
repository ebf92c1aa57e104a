package dev.shutterkey

import java.io.File
import java.io.IOException
import java.nio.ByteBuffer
import java.nio.channels.Channels
import java.nio.channels.FileChannel
import java.nio.channels.FileLock
import java.nio.channels.OverlappingFileLockException
import java.nio.file.Files
import java.nio.file.LinkOption.NOFOLLOW_LINKS
import java.nio.file.OpenOption
import java.nio.file.Path
import java.nio.file.StandardCopyOption.ATOMIC_MOVE
import java.nio.file.StandardCopyOption.REPLACE_EXISTING
import java.nio.file.StandardOpenOption.CREATE
import java.nio.file.StandardOpenOption.CREATE_NEW
import java.nio.file.StandardOpenOption.READ
import java.nio.file.StandardOpenOption.WRITE
import java.nio.file.attribute.PosixFileAttributes
import java.nio.file.attribute.PosixFilePermission
import java.nio.file.attribute.PosixFilePermission.GROUP_READ
import java.nio.file.attribute.PosixFilePermission.GROUP_WRITE
import java.nio.file.attribute.PosixFilePermission.OTHERS_READ
import java.nio.file.attribute.PosixFilePermission.OTHERS_WRITE
import java.nio.file.attribute.PosixFilePermissions
import java.util.TreeMap
import kotlin.time.Instant

/** A directory of records. Whoever uses it holds its monitor. */
internal class Folder private constructor(private val path: Path, @Suppress("unused") private val lock: FileLock) {
    /** What is there, by key: the file is read for its bytes alone, since nobody else writes here. */
    val index = TreeMap<String, RecordFile.Header>()
    val leases = Leases()

    /** The last number that was used as a version or a fence. */
    private var last = 0L

    /** Up to which numbers may be used before the next ones are reserved: none is used twice, also after a crash. */
    private var reserved = 0L
    private var writesSincePurge = 0

    init {
        val files = Files.newDirectoryStream(path, "*$RECORD").use { it.toList() }
        for (file in files) {
            val header = RecordFile.decode(read(file))?.header
            if (header != null) index[header.key] = header else setAside(file)
        }
        val counter = path.resolve(COUNTER)
        reserved = if (Files.exists(counter)) Files.readAllBytes(counter).decodeToString().trim().toLongOrNull() ?: 0 else 0
        last = maxOf(reserved, index.values.maxOfOrNull { it.version } ?: 0)
    }

    fun load(key: String, now: Instant): StoredRecord? {
        val header = present(key, now) ?: return null
        val read = RecordFile.decode(read(fileOf(key)))
        if (read == null || read.header.key != key) throw ShutterkeyException.store("store.corrupt")
        return StoredRecord(StoreRecord(read.bytes, header.dueAt, header.forgetAt), header.version)
    }

    fun save(key: String, record: StoreRecord, expected: Long?, fence: Long?, now: Instant): Long? {
        if (present(key, now)?.version != expected || leases.isLate(key, fence)) return null
        purgeNowAndThen(now)
        val header = RecordFile.Header(key, nextNumber(), record.dueAt, record.forgetAt)
        write(fileOf(key), RecordFile.encode(header, record.bytes))
        index[key] = header
        return header.version
    }

    fun delete(key: String, expected: Long): Boolean {
        if (index[key]?.version != expected) return false
        remove(key)
        return true
    }

    fun nextNumber(): Long {
        if (last + 1 > reserved) {
            write(path.resolve(COUNTER), "${last + BLOCK}\n".encodeToByteArray())
            reserved = last + BLOCK
        }
        last += 1
        return last
    }

    private fun present(key: String, now: Instant): RecordFile.Header? {
        val header = index[key] ?: return null
        if (!isForgotten(header.forgetAt, now)) return header
        remove(key)
        return null
    }

    /** Logins are remembered for a day and then never asked for again. */
    private fun purgeNowAndThen(now: Instant) {
        writesSincePurge += 1
        if (writesSincePurge <= maxOf(index.size, 64)) return
        writesSincePurge = 0
        index.values.filter { isForgotten(it.forgetAt, now) }.forEach { remove(it.key) }
    }

    private fun remove(key: String) {
        Files.deleteIfExists(fileOf(key))
        index.remove(key)
        syncDirectory()
    }

    private fun read(file: Path): ByteArray {
        checkPrivate(file, PRIVATE)
        return Files.newByteChannel(file, READ, NOFOLLOW_LINKS).use { Channels.newInputStream(it).readBytes() }
    }

    private fun setAside(file: Path) {
        Files.move(file, file.resolveSibling("${file.fileName}.damaged"), REPLACE_EXISTING)
    }

    private fun fileOf(key: String): Path = path.resolve(RecordFile.nameOf(key) + RECORD)

    /** Whole or not at all, and on the disk when it returns. */
    private fun write(file: Path, bytes: ByteArray) {
        val temporary = file.resolveSibling("${file.fileName}.tmp")
        Files.deleteIfExists(temporary)
        openPrivate(temporary, CREATE_NEW).use { channel ->
            val buffer = ByteBuffer.wrap(bytes)
            while (buffer.hasRemaining()) channel.write(buffer)
            channel.force(true)
        }
        Files.move(temporary, file, ATOMIC_MOVE, REPLACE_EXISTING)
        syncDirectory()
    }

    /** A file system that cannot sync a directory orders its renames by itself. */
    private fun syncDirectory() {
        try {
            FileChannel.open(path, READ).use { it.force(true) }
        } catch (_: IOException) {
            return
        }
    }

    companion object {
        private const val RECORD = ".record"
        private const val COUNTER = "counter"
        private const val BLOCK = 1_000
        private val UNWRITABLE = setOf(GROUP_WRITE, OTHERS_WRITE)
        private val PRIVATE = UNWRITABLE + setOf(GROUP_READ, OTHERS_READ)
        private val open = HashMap<File, Folder>()

        /** The one of this directory: two stores of one process share it. */
        fun at(directory: File): Folder =
            synchronized(open) {
                open.getOrPut(directory) {
                    val path = directory.toPath()
                    if (!Files.isDirectory(path)) createPrivate(path)
                    checkPrivate(path, UNWRITABLE)
                    val channel = openPrivate(path.resolve("lock"), CREATE)
                    try {
                        Folder(path, channel.tryLock() ?: throw IOException("another process has it"))
                    } catch (failure: Exception) {
                        channel.close()
                        throw if (failure is OverlappingFileLockException) IOException("another library has it") else failure
                    }
                }
            }

        /** Refuses a link, and what others may read or change: whoever put it there knows the tokens, or chose them. */
        private fun checkPrivate(path: Path, forbidden: Set<PosixFilePermission>) {
            if (!isPosix(path)) return
            val found = Files.readAttributes(path, PosixFileAttributes::class.java, NOFOLLOW_LINKS)
            if (found.isSymbolicLink || found.permissions().any { it in forbidden }) throw ShutterkeyException.store("store.refused")
        }

        private fun isPosix(path: Path) = "posix" in path.fileSystem.supportedFileAttributeViews()

        private fun createPrivate(path: Path) {
            path.parent?.let { Files.createDirectories(it) }
            if (isPosix(path)) {
                Files.createDirectory(path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
            } else {
                Files.createDirectory(path)
            }
        }

        private fun openPrivate(path: Path, how: OpenOption): FileChannel {
            val options = setOf(how, WRITE, NOFOLLOW_LINKS)
            if (!isPosix(path)) return FileChannel.open(path, options)
            val owner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
            return FileChannel.open(path, options, owner)
        }
    }
}
