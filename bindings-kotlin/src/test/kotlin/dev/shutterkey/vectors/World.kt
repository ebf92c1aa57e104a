/** What cases refer to by name: clients, logins, tokens. */
package dev.shutterkey.vectors

import dev.shutterkey.AuthorizationRequest
import dev.shutterkey.AuthorizeOptions
import dev.shutterkey.ClientConfig
import dev.shutterkey.Expiry
import dev.shutterkey.PendingAuthorization
import dev.shutterkey.Provider
import dev.shutterkey.ResponseType
import dev.shutterkey.ShutterkeyException
import dev.shutterkey.Token
import dev.shutterkey.TokenKind
import dev.shutterkey.protocol.HttpResponse
import dev.shutterkey.testing.authorize
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlin.time.Duration.Companion.seconds
import kotlin.time.Instant

/** The definitions of a file, the secrets of what was made from them, and everything that was printed on the way. */
class World(private val define: Members) {
    val secrets = mutableListOf<String>()
    val printed = mutableListOf<String>()

    /** Keeps every printed form of a value, to be searched for secrets. */
    fun print(value: Any?) {
        printed += value.toString()
        printed += "$value ${listOf(value)} ${mapOf("value" to value)}"
        if (value is Throwable) printed += value.stackTraceToString()
    }

    private fun secret(secret: String?) {
        // A text of a few letters occurs by accident.
        if (secret != null && secret.length >= 8) secrets += secret
    }

    /** A definition by its name, or written out in the case itself. */
    fun named(kind: String, spec: JsonElement): Members =
        if (spec is JsonPrimitive) define.getValue(kind).jsonObject.getValue(spec.content).jsonObject else spec.jsonObject

    fun client(spec: JsonElement): ClientConfig = definition { buildClient(named("clients", spec)) }

    fun buildClient(spec: Members): ClientConfig {
        exactly(spec, "provider", "sandbox", "client_id", "redirect_uri", "scopes", "allow_unknown_scopes", "response_type")
        val described = spec.getValue("provider")
        var provider = if (described is JsonObject) standard(described) else Provider.byId(text(described))
        spec["sandbox"]?.let {
            val sandbox = exactly(it.jsonObject, "base", "origin")
            provider = provider.atSandbox(sandbox.text("base"), sandbox.maybeText("origin"))
        }
        val responseType = spec.maybeText("response_type")?.let { ResponseType.valueOf(it.uppercase()) }
        return ClientConfig(
            provider, spec.text("client_id"), spec.maybeText("redirect_uri"), spec.texts("scopes"),
            spec.flag("allow_unknown_scopes"), responseType,
        ).also(::print)
    }

    fun login(spec: JsonElement): PendingAuthorization = definition { begin(named("logins", spec)).pending }

    fun begin(spec: Members): AuthorizationRequest {
        exactly(spec, "client", "now", "entropy", "options")
        val entropy = spec.text("entropy").chunked(2) { it.toString().toInt(16).toByte() }.toByteArray()
        val config = client(spec.getValue("client"))
        val request = authorize(config, entropy, spec.moment("now")!!, options(spec["options"]?.jsonObject.orEmpty()))
        secret(Regex("[?&]state=([^&]*)").find(request.url)?.groupValues?.get(1))
        secret(request.pending.revealVerifier())
        print(request)
        print(request.pending)
        return request
    }

    fun token(spec: JsonElement): Token = definition { buildToken(named("tokens", spec)) }.also(::print)

    fun buildToken(spec: Members): Token {
        exactly(spec, "client", "value", "kind", "scopes", "issued_at", "expiry", "data_access_until", "refresh_token")
        val (value, refreshToken) = spec.text("value") to spec.maybeText("refresh_token")
        secret(value)
        secret(refreshToken)
        val kind = TokenKind.valueOf(spec.text("kind").uppercase())
        return Token.of(
            value, client(spec.getValue("client")).provider, kind, spec.texts("scopes"), spec.moment("issued_at"),
            expiry(spec["expiry"]), spec.moment("data_access_until"), refreshToken,
        )
    }
}

/** An answer of a provider. */
fun response(spec: JsonElement): HttpResponse {
    val members = exactly(spec.jsonObject, "status", "headers", "body")
    val headers = members["headers"]?.jsonObject.orEmpty().map { (name, value) -> name to text(value) }
    return HttpResponse(members.number("status")!!.toInt(), headers, members["body"]?.let { data(it) } ?: ByteArray(0))
}

/** What a case begins with is in order: an error in it is not the case's result. */
fun <T> definition(make: () -> T): T =
    try {
        make()
    } catch (error: ShutterkeyException) {
        throw AssertionError("a definition is refused: ${error.message}")
    }

private fun expiry(spec: JsonElement?): Expiry =
    when {
        spec is JsonObject -> Expiry.At(Instant.fromEpochSeconds(exactly(spec, "at").number("at")!!))
        spec == null || text(spec) == "unknown" -> Expiry.Unknown
        else -> Expiry.Never.also { check(text(spec) == "never") }
    }

private fun standard(spec: JsonObject): Provider {
    exactly(
        spec, "issuer", "iss_promised", "authorize_endpoint", "token_endpoint", "identity_endpoint", "id_member",
        "revocation_endpoint", "without_pkce",
    )
    return Provider.standard(
        authorizationEndpoint = spec.maybeText("authorize_endpoint"),
        tokenEndpoint = spec.maybeText("token_endpoint"),
        issuer = spec.maybeText("issuer"),
        issuerPromised = spec.flag("iss_promised"),
        identityEndpoint = spec.maybeText("identity_endpoint"),
        identityMember = spec.maybeText("id_member"),
        revocationEndpoint = spec.maybeText("revocation_endpoint"),
        pkce = !spec.flag("without_pkce"),
    )
}

private fun options(spec: Members): AuthorizeOptions {
    exactly(
        spec, "required_scopes", "optional_scopes", "expect_account", "context", "return_to", "session", "ttl", "extra",
        "force_reauth",
    )
    return AuthorizeOptions(
        requiredScopes = spec.texts("required_scopes"),
        optionalScopes = spec.texts("optional_scopes"),
        expectAccount = spec.maybeText("expect_account"),
        context = spec["context"]?.let { data(it) },
        returnTo = spec.maybeText("return_to"),
        session = spec.maybeText("session"),
        ttl = spec.number("ttl")?.seconds,
        forceReauth = spec.flag("force_reauth"),
        extra = spec["extra"]?.jsonArray.orEmpty().map { pair -> pair.jsonArray.let { text(it[0]) to text(it[1]) } },
    )
}
