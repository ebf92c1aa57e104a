package dev.shutterkey.store

import dev.shutterkey.EncryptedTokenStore
import dev.shutterkey.FileTokenStore
import dev.shutterkey.MemoryTokenStore
import dev.shutterkey.ShutterkeyException
import dev.shutterkey.StoreRecord
import dev.shutterkey.TokenStore
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.io.TempDir
import java.io.File
import java.nio.file.Files
import java.nio.file.attribute.PosixFilePermissions
import java.util.concurrent.TimeUnit
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey
import kotlin.test.assertEquals
import kotlin.test.assertFailsWith
import kotlin.test.assertFalse
import kotlin.test.assertNotEquals
import kotlin.test.assertNotNull
import kotlin.test.assertNull
import kotlin.test.assertTrue
import kotlin.time.Duration.Companion.seconds
import kotlin.time.Instant

private val NOW = Instant.fromEpochSeconds(1_800_000_000)

private fun aesKey(): SecretKey = KeyGenerator.getInstance("AES").apply { init(256) }.generateKey()

class MemoryTokenStoreTest : Conformance() {
    override fun stores() = MemoryTokenStore().let { it to it }
}

class EncryptedTokenStoreTest : Conformance() {
    override fun stores(): Pair<TokenStore, TokenStore> {
        val (inner, key) = MemoryTokenStore() to aesKey()
        return EncryptedTokenStore(inner, key) to EncryptedTokenStore(inner, key)
    }

    @Test
    fun `what is kept is not what was written, and a record in another's place is refused`() = runBlocking {
        val inner = MemoryTokenStore()
        val store = EncryptedTokenStore(inner, aesKey())
        val token = "IGAAcanary0token1234567890"
        store.save("a", StoreRecord(token.encodeToByteArray()), null, null, NOW)
        store.save("b", StoreRecord(token.encodeToByteArray()), null, null, NOW)
        val (a, b) = listOf("a", "b").map { assertNotNull(inner.load(it, NOW)) }
        assertFalse(token in a.record.bytes.decodeToString())
        assertNotEquals(a.record.bytes.toList(), b.record.bytes.toList())
        inner.save("b", a.record, b.version, null, NOW)
        assertEquals("store.corrupt", assertFailsWith<ShutterkeyException.Store> { store.load("b", NOW) }.code)
        assertEquals("store.corrupt", assertFailsWith<ShutterkeyException.Store> { EncryptedTokenStore(inner, aesKey()).load("a", NOW) }.code)
        for (cut in 0..<a.record.bytes.size) {
            val version = assertNotNull(inner.load("a", NOW)).version
            inner.save("a", StoreRecord(a.record.bytes.copyOf(cut)), version, null, NOW)
            assertFailsWith<ShutterkeyException.Store> { store.load("a", NOW) }
        }
    }
}

class FileTokenStoreTest : Conformance() {
    @TempDir
    lateinit var folder: File

    override fun stores(): Pair<TokenStore, TokenStore> {
        val directory = File(folder, "store-${System.nanoTime()}")
        return FileTokenStore(directory) to FileTokenStore(directory)
    }

    @Test
    fun `files are for their owner alone`() = runBlocking {
        val directory = File(folder, "private")
        FileTokenStore(directory).save("a", StoreRecord(byteArrayOf(1)), null, null, NOW)
        assertEquals("rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.toPath())))
        for (file in directory.listFiles()!!) {
            assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file.toPath())), file.name)
        }
    }

    private fun allow(file: File, permissions: String) =
        Files.setPosixFilePermissions(file.toPath(), PosixFilePermissions.fromString(permissions))

    private suspend fun refused(store: TokenStore) =
        assertEquals("store.refused", assertFailsWith<ShutterkeyException.Store> { store.load("a", NOW) }.code)

    @Test
    fun `what others may read or change is refused, and so is a link`() = runBlocking {
        val directory = File(folder, "checked").apply { mkdir() }
        allow(directory, "rwxrwxrwx")
        val store = FileTokenStore(directory)
        refused(store)
        allow(directory, "rwxr-xr-x")
        store.save("a", StoreRecord(byteArrayOf(1)), null, null, NOW)
        val record = directory.listFiles()!!.single { it.name.endsWith(".record") }
        allow(record, "rw-r-----")
        refused(store)
        allow(record, "rw-------")
        assertNotNull(store.load("a", NOW))
        val elsewhere = File(folder, "elsewhere")
        Files.move(record.toPath(), elsewhere.toPath())
        Files.createSymbolicLink(record.toPath(), elsewhere.toPath())
        refused(store)
    }

    /** A process of its own writes and ends; what it wrote is there, and its numbers are not used again. */
    private fun inProcess(directory: File, what: String): String {
        val java = File(System.getProperty("java.home"), "bin/java").path
        val started = ProcessBuilder(java, "-cp", System.getProperty("java.class.path"), "dev.shutterkey.store.OtherProcess", directory.path, what)
            .redirectErrorStream(true).start()
        val said = started.inputStream.bufferedReader().readText().trim()
        check(started.waitFor(60, TimeUnit.SECONDS))
        return said
    }

    @Test
    fun `records and numbers outlive their process, and a damaged file is set aside`() = runBlocking {
        val directory = File(folder, "kept")
        val (version, fence) = inProcess(directory, "write").split(" ").map { it.toLong() }
        val broken = assertNotNull(directory.listFiles { file -> file.name.endsWith(".record") })
            .first { "broken" in it.readBytes().decodeToString() }
        broken.writeBytes(broken.readBytes().copyOf(broken.length().toInt() - 1))
        val store = FileTokenStore(directory)
        assertEquals("kept", store.load("kept", NOW)?.record?.bytes?.decodeToString())
        assertNull(store.load("broken", NOW))
        assertTrue(directory.list()!!.any { it.endsWith(".damaged") })
        assertTrue(assertNotNull(store.save("gone", StoreRecord(byteArrayOf(1)), null, null, NOW)) > version)
        assertTrue(assertNotNull(store.lease("kept", 60.seconds, NOW)) > fence)
        assertEquals("store.unavailable", inProcess(directory, "write"))
    }
}

/** What runs in [FileTokenStoreTest.inProcess]. */
object OtherProcess {
    @JvmStatic
    fun main(arguments: Array<String>) = runBlocking {
        val store = FileTokenStore(File(arguments[0]))
        try {
            store.save("kept", StoreRecord("kept".encodeToByteArray()), null, null, NOW)
            store.save("broken", StoreRecord("broken".encodeToByteArray()), null, null, NOW)
            val version = store.save("gone", StoreRecord(byteArrayOf(1)), null, null, NOW)!!
            store.delete("gone", version)
            println("$version ${store.lease("kept", 60.seconds, NOW)}")
        } catch (error: ShutterkeyException) {
            println(error.code)
        }
    }
}
