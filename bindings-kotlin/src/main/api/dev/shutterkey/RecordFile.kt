package dev.shutterkey

import java.io.ByteArrayInputStream
import java.io.ByteArrayOutputStream
import java.io.DataInputStream
import java.io.DataOutputStream
import java.io.IOException
import java.security.MessageDigest
import kotlin.time.Instant

/** A record as a file: what it is, the bytes, and a hash of all of it, which tells whether it is whole. */
internal class RecordFile private constructor(val header: Header, val bytes: ByteArray) {
    class Header(val key: String, val version: Long, val dueAt: Instant?, val forgetAt: Instant?)

    companion object {
        private const val MAGIC = "shutterkey-record 1"
        private const val HASH = 32

        /** A hash: keys are longer than file names may be, and some file systems take two keys for one. */
        fun nameOf(key: String): String = hash(key.encodeToByteArray()).joinToString("") { "%02x".format(it) }

        fun encode(header: Header, bytes: ByteArray): ByteArray {
            val file = ByteArrayOutputStream()
            with(DataOutputStream(file)) {
                writeUTF(MAGIC)
                writeUTF(header.key)
                writeLong(header.version)
                writeMoment(header.dueAt)
                writeMoment(header.forgetAt)
                writeInt(bytes.size)
                write(bytes)
            }
            return file.toByteArray().let { it + hash(it) }
        }

        /** `null`: it is damaged, or none. */
        fun decode(file: ByteArray): RecordFile? {
            val content = file.copyOf(maxOf(file.size - HASH, 0))
            if (!hash(content).contentEquals(file.copyOfRange(content.size, file.size))) return null
            return try {
                with(DataInputStream(ByteArrayInputStream(content))) {
                    if (readUTF() != MAGIC) return null
                    val header = Header(readUTF(), readLong(), readMoment(), readMoment())
                    RecordFile(header, ByteArray(readInt()).also(::readFully))
                }
            } catch (_: IOException) {
                null
            }
        }

        private fun hash(bytes: ByteArray): ByteArray = MessageDigest.getInstance("SHA-256").digest(bytes)

        private fun DataOutputStream.writeMoment(moment: Instant?) {
            writeBoolean(moment != null)
            writeLong(moment?.epochSeconds ?: 0)
        }

        private fun DataInputStream.readMoment(): Instant? {
            val isThere = readBoolean()
            return readLong().takeIf { isThere }?.let(::instant)
        }
    }
}
