package dev.shutterkey

import dev.shutterkey.core.ConfigParts
import dev.shutterkey.core.DescribedConfig
import dev.shutterkey.core.NativeConfig
import dev.shutterkey.core.checkDistinct as checkDistinctClients

/** How a provider answers a login: with a code to be exchanged, or, by explicit choice, with a token in the fragment. */
public enum class ResponseType(internal val wire: String) {
    /** A code, which is exchanged. */
    CODE("code"),

    /** A token at once (RFC 6749 4.2): the legacy platform's and Facebook's client-side flow. */
    TOKEN("token"),
}

/**
 * Who the client is, checked. There is no member for an app secret, since an app cannot keep one: what needs it belongs to a
 * backend (see [ShutterkeyLogin]).
 *
 * @param provider the platform
 * @param clientId the client id; of Meta's products the app id of the product
 * @param redirectUri the redirect URI, exactly as it is registered; `null` where a provider has one of its own
 * @param scopes what to ask for; by default the product's base scope
 * @param allowUnknownScopes whether names may pass that the product is not known to have
 * @param responseType a code unless said otherwise
 * @throws ShutterkeyException.Config with a sentence that says what to change and where
 */
public class ClientConfig(
    /** The platform. */
    public val provider: Provider,
    clientId: String,
    redirectUri: String? = null,
    scopes: Iterable<String>? = null,
    allowUnknownScopes: Boolean = false,
    responseType: ResponseType? = null,
) {
    internal val held: NativeConfig = call {
        NativeConfig(
            provider.held,
            ConfigParts(clientId, redirectUri, scopes?.toList(), allowUnknownScopes, responseType?.wire),
        )
    }

    private val parts: DescribedConfig by lazy { held.described() }

    /** The client id. */
    public val clientId: String get() = parts.clientId

    /** The redirect URI. */
    public val redirectUri: String get() = parts.redirectUri

    /** The scopes of every login, in order. */
    public val scopes: List<String> get() = parts.scopes

    /** How the provider answers. */
    public val responseType: ResponseType get() = responseTypeOf(parts.responseType)

    override fun toString(): String = "ClientConfig($provider, clientId=$clientId, redirectUri=$redirectUri, scopes=$scopes)"

    /** Checks of several clients. */
    public companion object {
        /**
         * Refuses clients that share a redirect URI where a code could go to the wrong one (RFC 9700 4.4).
         *
         * @throws ShutterkeyException.Config
         */
        public fun checkDistinct(clients: Iterable<ClientConfig>): Unit =
            call { checkDistinctClients(clients.map { it.held }) }
    }
}

internal fun responseTypeOf(name: String): ResponseType = ResponseType.entries.first { it.wire == name }
