package dev.shutterkey

import dev.shutterkey.core.LoginOptions
import kotlin.time.Duration

/**
 * What a login means to its caller. Everything is optional.
 *
 * @property requiredScopes without which the login is of no use: if one is not granted, completing throws `denied.scope`
 * @property optionalScopes which may be refused: see [Connection.missingScopes]
 * @property expectAccount the user id that has to log in; another one throws `account.mismatch`
 * @property context at most 256 bytes of the caller's own, bound to the login and given back by [Connection.context]
 * @property returnTo a path of the caller's own, checked now and given back by [Connection.returnTo]
 * @property session the session that the login is bound to; accepting it then needs the same
 * @property ttl how long the answer is waited for; ten minutes
 * @property forceReauth asks the provider to let the person log in anew
 * @property extra further parameters of the authorize URL, in order; none that shutterkey sets itself
 */
public class AuthorizeOptions(
    public val requiredScopes: Iterable<String>? = null,
    public val optionalScopes: Iterable<String>? = null,
    public val expectAccount: String? = null,
    public val context: ByteArray? = null,
    public val returnTo: String? = null,
    public val session: String? = null,
    public val ttl: Duration? = null,
    public val forceReauth: Boolean = false,
    public val extra: List<Pair<String, String>> = emptyList(),
) {
    internal fun parts() = LoginOptions(
        requiredScopes = requiredScopes?.toList(),
        optionalScopes = optionalScopes?.toList(),
        expectAccount = expectAccount,
        context = context,
        returnTo = returnTo,
        session = session,
        ttl = ttl?.inWholeSeconds,
        forceReauth = forceReauth,
        extraNames = extra.map { it.first },
        extraValues = extra.map { it.second },
    )

    override fun toString(): String = "AuthorizeOptions"
}
