// Not built or run on the machine this was written on, which has no Android SDK. EncryptedTokenStore and FileTokenStore are: they are part of
// the package beside it, and its tests put them through the promises of stores.
package dev.shutterkey.android

import android.content.Context
import android.security.keystore.KeyGenParameterSpec
import android.security.keystore.KeyProperties
import dev.shutterkey.EncryptedTokenStore
import dev.shutterkey.FileTokenStore
import dev.shutterkey.TokenStore
import java.io.File
import java.security.KeyStore
import javax.crypto.KeyGenerator
import javax.crypto.SecretKey

/**
 * A store for this device alone: records are encrypted by a key that never leaves the Android Keystore, in files that no backup takes along.
 * It can be read while the device is locked, so that a refresh in the background works. Make one for the process.
 *
 * @param name of the directory and of the key; one for each store
 */
public fun keystoreTokenStore(context: Context, name: String = "shutterkey"): TokenStore =
    EncryptedTokenStore(FileTokenStore(File(context.noBackupFilesDir, name)), keystoreKey("dev.shutterkey.$name"))

/** The AES key of this name in the Android Keystore, made where there is none. */
private fun keystoreKey(alias: String): SecretKey {
    val keystore = KeyStore.getInstance("AndroidKeyStore").apply { load(null) }
    (keystore.getKey(alias, null) as? SecretKey)?.let { return it }
    val purposes = KeyProperties.PURPOSE_ENCRYPT or KeyProperties.PURPOSE_DECRYPT
    val described = KeyGenParameterSpec.Builder(alias, purposes)
        .setBlockModes(KeyProperties.BLOCK_MODE_GCM)
        .setEncryptionPaddings(KeyProperties.ENCRYPTION_PADDING_NONE)
        .setKeySize(256)
        .build()
    return KeyGenerator.getInstance(KeyProperties.KEY_ALGORITHM_AES, "AndroidKeyStore").apply { init(described) }.generateKey()
}
