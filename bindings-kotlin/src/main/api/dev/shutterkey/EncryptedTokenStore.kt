package dev.shutterkey

import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import java.security.GeneralSecurityException
import javax.crypto.AEADBadTagException
import javax.crypto.Cipher
import javax.crypto.SecretKey
import javax.crypto.spec.GCMParameterSpec
import kotlin.time.Instant

/**
 * Encrypts what another store keeps, with AES-GCM. Each record is bound to its key, so that one cannot be put in another's place; which
 * keys there are and when they are due stays in plain sight.
 *
 * @param inner where the encrypted records are kept
 * @param key an AES key; on Android one of the Keystore, which `ShutterkeyKeystore` makes
 */
public class EncryptedTokenStore(private val inner: TokenStore, private val key: SecretKey) : TokenStore by inner {
    override suspend fun load(key: String, now: Instant): StoredRecord? {
        val stored = inner.load(key, now) ?: return null
        val record = stored.record
        return StoredRecord(StoreRecord(opened(key, record.bytes), record.dueAt, record.forgetAt), stored.version)
    }

    override suspend fun save(key: String, record: StoreRecord, expected: Long?, fence: Long?, now: Instant): Long? =
        inner.save(key, StoreRecord(sealed(key, record.bytes), record.dueAt, record.forgetAt), expected, fence, now)

    /** One byte that says the format, one with the length of the nonce, the nonce, and the rest. */
    private suspend fun sealed(name: String, bytes: ByteArray): ByteArray =
        ciphering { cipher ->
            // The nonce is the cipher's own: a Keystore key accepts no other.
            cipher.init(Cipher.ENCRYPT_MODE, key)
            cipher.updateAAD(name.encodeToByteArray())
            val sealed = cipher.doFinal(bytes)
            byteArrayOf(FORMAT, cipher.iv.size.toByte()) + cipher.iv + sealed
        }

    private suspend fun opened(name: String, sealed: ByteArray): ByteArray =
        ciphering { cipher ->
            val start = if (sealed.size > 2 && sealed[0] == FORMAT) 2 + sealed[1] else 0
            if (start < 3 || sealed.size - start < TAG_BITS / 8) throw AEADBadTagException()
            cipher.init(Cipher.DECRYPT_MODE, key, GCMParameterSpec(TAG_BITS, sealed, 2, start - 2))
            cipher.updateAAD(name.encodeToByteArray())
            cipher.doFinal(sealed, start, sealed.size - start)
        }

    private suspend fun ciphering(work: (Cipher) -> ByteArray): ByteArray =
        withContext(Dispatchers.IO) {
            try {
                work(Cipher.getInstance("AES/GCM/NoPadding"))
            } catch (_: AEADBadTagException) {
                throw ShutterkeyException.store("store.corrupt")
            } catch (_: GeneralSecurityException) {
                throw ShutterkeyException.store("store.unavailable")
            }
        }

    override fun toString(): String = "EncryptedTokenStore($inner)"

    private companion object {
        const val FORMAT: Byte = 1
        const val TAG_BITS = 128
    }
}
