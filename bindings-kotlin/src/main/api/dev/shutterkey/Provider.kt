package dev.shutterkey

import dev.shutterkey.core.NativeProvider
import dev.shutterkey.core.ProviderParts
import dev.shutterkey.core.StandardParts
import dev.shutterkey.operation.Operations
import kotlin.time.Clock

/** A platform that issues tokens: its endpoints, scopes, lifetimes and habits. */
public class Provider internal constructor(internal val held: NativeProvider) {
    private val parts: ProviderParts by lazy { held.described() }

    /** Its stable name: `instagram`, `facebook`, `threads`, `legacy`, or what a standard server was called. */
    public val id: String get() = parts.id

    /** Its name for people. */
    public val name: String get() = parts.name

    /** Where its tokens belong: they are sent nowhere else. */
    public val origin: String get() = parts.origin

    /** Whether a sandbox plays it. */
    public val isSandbox: Boolean get() = parts.isSandbox

    /** Where it is spoken to, and how. */
    public val endpoints: Endpoints get() = Endpoints(parts)

    /**
     * The same platform, played by a sandbox at this address. From an emulator, the machine it runs on is `http://10.0.2.2:8910`.
     * [origin] names the sandbox in stored records; by default the address does.
     *
     * @throws ShutterkeyException.Config for an address that is none
     */
    public fun atSandbox(url: String, origin: String? = null): Provider = call { Provider(held.atSandbox(url, origin)) }

    override fun toString(): String = "Provider($id, $origin)"

    /** Where a provider is spoken to, and how. */
    public class Endpoints internal constructor(parts: ProviderParts) {
        /** Where people are sent to log in. */
        public val authorization: String? = parts.authorizeEndpoint

        /** Where codes are exchanged. */
        public val token: String? = parts.tokenEndpoint

        /** The revocation endpoint (RFC 7009), where it has one. */
        public val revocation: String? = parts.revocationEndpoint

        /** The issuer that its answers may name (RFC 8414). */
        public val issuer: String? = parts.issuer

        /** Whether an answer without `iss` is refused (RFC 9207). */
        public val issuerPromised: Boolean = parts.issuerPromised

        /** Whether logins carry a PKCE challenge. */
        public val pkce: Boolean = parts.pkce

        /** Whether a client that has a secret, on a backend, sends it in the body instead of HTTP Basic (RFC 6749 2.3.1). */
        public val secretInBody: Boolean = parts.secretInBody

        override fun toString(): String = "Endpoints(authorization=$authorization, token=$token, issuer=$issuer)"
    }

    /** The platforms that are built in, and how others are described. */
    public companion object {
        /** Instagram API with Instagram Login: professional accounts, 60-day tokens. Its code exchange needs a backend. */
        public fun instagram(): Provider = byId("instagram")

        /** Facebook Login for Business: Instagram accounts that are linked to a Facebook Page. */
        public fun facebook(): Provider = byId("facebook")

        /** Threads API. Its code exchange needs a backend. */
        public fun threads(): Provider = byId("threads")

        /** The Instagram platform of 2010 to 2020. It answers in a sandbox only. */
        public fun legacy(): Provider = byId("legacy")

        /** A built-in provider by its name. @throws ShutterkeyException.Config `config.invalid` */
        public fun byId(id: String): Provider = call { Provider(NativeProvider.byId(id)) }

        /**
         * Any server of RFC 6749, with PKCE (S256) unless [pkce] is false.
         *
         * @param authorizationEndpoint where people are sent to log in; there has to be one
         * @param tokenEndpoint where codes are exchanged; there has to be one
         * @param id its stable name in stores; `standard` by default
         * @param issuer its issuer identifier (RFC 8414); with [issuerPromised], an answer without `iss` is refused (RFC 9207)
         * @param identityEndpoint where to ask whose token it is; [identityMember] of the answer is the user id, `sub` by default
         * @param revocationEndpoint its revocation endpoint (RFC 7009)
         * @throws ShutterkeyException.Config
         */
        public fun standard(
            authorizationEndpoint: String?,
            tokenEndpoint: String?,
            id: String? = null,
            name: String? = null,
            issuer: String? = null,
            issuerPromised: Boolean = false,
            identityEndpoint: String? = null,
            identityMember: String? = null,
            revocationEndpoint: String? = null,
            pkce: Boolean = true,
        ): Provider {
            val parts = StandardParts(
                authorizationEndpoint, tokenEndpoint, id, name, issuer, issuerPromised,
                identityEndpoint, identityMember, revocationEndpoint, withoutPkce = !pkce,
            )
            return call { Provider(NativeProvider.standard(parts)) }
        }

        /** The platform of that name, played by a sandbox at this address. @throws ShutterkeyException.Config */
        public fun inSandbox(id: String, url: String, origin: String? = null): Provider =
            call { Provider(NativeProvider.inSandbox(id, url, origin)) }

        /**
         * A standard server as its own metadata describes it (RFC 8414, OpenID Connect Discovery). [settings] say what the metadata
         * does not, and stand over it.
         *
         * @throws ShutterkeyException `redirect.issuer_mismatch`, `provider.bad_response`, `config.insecure_endpoint`, and the
         * `network` family
         */
        public suspend fun discover(
            issuer: String,
            settings: StandardSettings = StandardSettings(),
            transport: Transport = UrlConnectionTransport(),
        ): Provider = drive(Operations.discover(issuer, settings), transport, null, Clock.System)
    }
}

/**
 * What is said of a standard server beside its metadata. Everything is optional.
 *
 * @param id its stable name in stores; `standard` by default
 * @param name its name for people
 * @param identityEndpoint where to ask whose token it is
 * @param identityMember the member of that answer which is the user id; `sub` by default
 * @param revocationEndpoint its revocation endpoint (RFC 7009)
 * @param pkce PKCE with S256 is used unless this is false
 */
public class StandardSettings(
    private val id: String? = null,
    private val name: String? = null,
    private val identityEndpoint: String? = null,
    private val identityMember: String? = null,
    private val revocationEndpoint: String? = null,
    private val pkce: Boolean = true,
) {
    internal fun parts() = StandardParts(
        authorizeEndpoint = null, tokenEndpoint = null, id = id, name = name, issuer = null, issuerPromised = false,
        identityEndpoint = identityEndpoint, identityMember = identityMember, revocationEndpoint = revocationEndpoint,
        withoutPkce = !pkce,
    )
}
