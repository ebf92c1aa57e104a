/** Results in the neutral form of the files, and how they are compared. */
package dev.shutterkey.vectors

import dev.shutterkey.Account
import dev.shutterkey.AccountState
import dev.shutterkey.ClientConfig
import dev.shutterkey.Connection
import dev.shutterkey.Expiry
import dev.shutterkey.Grant
import dev.shutterkey.LoggedOut
import dev.shutterkey.PendingAuthorization
import dev.shutterkey.Provider
import dev.shutterkey.Refreshable
import dev.shutterkey.Retry
import dev.shutterkey.ShutterkeyException
import dev.shutterkey.StoredAccount
import dev.shutterkey.Token
import dev.shutterkey.Validity
import dev.shutterkey.operation.Kept
import dev.shutterkey.operation.Reported
import dev.shutterkey.protocol.HttpRequest
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.longOrNull
import java.security.MessageDigest
import kotlin.time.Instant

/** A value of JSON; members that are `null` are absent. */
fun json(value: Any?): JsonElement =
    when (value) {
        null -> JsonNull
        is JsonElement -> value
        is String -> JsonPrimitive(value)
        is Boolean -> JsonPrimitive(value)
        is Number -> JsonPrimitive(value.toLong())
        is Instant -> JsonPrimitive(value.epochSeconds)
        is ByteArray -> JsonPrimitive(value.decodeToString())
        is List<*> -> JsonArray(value.map { json(it) })
        else -> error("no JSON: $value")
    }

fun members(vararg members: Pair<String, Any?>): JsonObject =
    JsonObject(members.filter { it.second != null }.associate { (name, value) -> name to json(value) })

object Show {
    fun error(error: ShutterkeyException): JsonObject {
        val retry = error.retry
        return members(
            "family" to error.family,
            "code" to error.code,
            "retry" to retryName(retry),
            "after" to (retry as? Retry.After)?.at,
            "address" to (retry as? Retry.UserAction)?.url,
            "reason" to error.reason,
            "message" to error.summary,
            "resumable" to (error.resumable != null),
            "provider" to error.provider?.let {
                members(
                    "status" to it.status, "kind" to it.kind, "code" to it.code, "subcode" to it.subcode, "said" to it.said,
                    "trace_id" to it.traceId, "is_transient" to it.isTransient.takeIf { transient -> transient },
                )
            },
        )
    }

    private fun retryName(retry: Retry): String =
        when (retry) {
            is Retry.Never -> "never"
            is Retry.Backoff -> "backoff"
            is Retry.After -> "after"
            is Retry.Login -> "login"
            is Retry.Reconsent -> "reconsent"
            is Retry.UserAction -> "user_action"
            is Retry.FixConfig -> "fix_config"
        }

    fun config(config: ClientConfig) = members(
        "provider" to config.provider.id,
        "client_id" to config.clientId,
        "redirect_uri" to config.redirectUri,
        "response_type" to config.responseType.name.lowercase(),
        "scopes" to config.scopes,
    )

    fun token(token: Token) = members(
        "value" to token.reveal(),
        "kind" to token.kind.name.lowercase(),
        "scopes" to token.scopes,
        "issued_at" to token.issuedAt,
        "expiry" to when (val expiry = token.expiry) {
            is Expiry.At -> members("at" to expiry.at)
            is Expiry.Never -> "never"
            is Expiry.Unknown -> "unknown"
        },
        "data_access_until" to token.dataAccessUntil,
        "refresh_token" to token.revealRefreshToken(),
    )

    fun life(token: Token, now: Instant) = members(
        "validity" to when (val validity = token.validity(now)) {
            is Validity.Live -> validity.until?.let { members("live_until" to it) } ?: "live"
            is Validity.Expired -> "expired"
        },
        "refresh" to when (val refreshable = token.refreshable(now)) {
            is Refreshable.Now -> "now"
            is Refreshable.NotBefore -> members("not_before" to refreshable.at)
            is Refreshable.Impossible -> members("impossible" to refreshable.reason)
        },
    )

    fun account(account: Account) = members(
        "user_id" to account.userId,
        "app_scoped_id" to account.appScopedId,
        "username" to account.username,
        "name" to account.name,
        "account_type" to account.accountType,
    )

    fun connection(connection: Connection) = members(
        "key" to connection.key.run { "$provider/$appId/$userId" },
        "account" to account(connection.account),
        "token" to token(connection.token),
        "missing_scopes" to connection.missingScopes,
        "context" to connection.context,
        "return_to" to connection.returnTo,
    )

    private fun state(account: StoredAccount, now: Instant): Any =
        when (val state = account.state(now)) {
            is AccountState.Live -> "live"
            is AccountState.LoginNeededBy -> members("login_needed_by" to state.by)
            is AccountState.NeedsLogin -> members("needs_login" to state.reason)
            is AccountState.Blocked -> members("blocked" to state.reason, "recheck" to state.recheckAt)
        }

    fun kept(kept: Kept, now: Instant) = members(
        "token" to kept.account.token.reveal(),
        "state" to state(kept.account, now),
        "refreshed" to kept.refreshed,
        "stalled" to kept.stalled,
        "at_risk" to kept.atRisk,
        "problem" to kept.problem?.code,
    )

    fun reported(reported: Reported, now: Instant) = members(
        "changed" to reported.changed,
        "state" to state(reported.account, now),
        "meaning" to reported.meaning?.code,
    )

    fun loggedOut(out: LoggedOut) = members("revoked" to out.revoked, "problem" to out.problem?.code)

    fun grant(grant: Grant) = members(
        "code" to grant.revealCode(),
        "access_token" to grant.revealAccessToken(),
        "long_lived_token" to grant.revealLongLivedToken(),
    )

    fun pending(pending: PendingAuthorization) = members(
        "provider" to pending.provider,
        "redirect_uri" to pending.redirectUri,
        "response_type" to pending.responseType.name.lowercase(),
        "created_at" to pending.createdAt,
        "expires_at" to pending.expiresAt,
        "handle" to pending.handle,
        "context" to pending.context,
        "return_to" to pending.returnTo,
        "expect_account" to pending.expectedAccount,
    )

    fun request(request: HttpRequest) = members(
        "method" to request.method,
        "url" to request.url,
        "headers" to JsonObject(request.headers.associate { (name, value) -> name to json(value) }),
        "body" to request.body,
        "replay_safe" to request.isReplaySafe,
    )

    fun provider(provider: Provider) = provider.endpoints.let {
        members(
            "origin" to provider.origin, "authorize" to it.authorization, "token" to it.token, "revoke" to it.revocation,
            "issuer" to it.issuer, "iss_promised" to it.issuerPromised, "pkce" to it.pkce, "secret_in_body" to it.secretInBody,
        )
    }
}

/** How far from the end of what an [Instant] can be a stated moment beyond it may be found: what is added to a moment. */
private const val NEAR = 90L * 86_400
private val first = Instant.fromEpochSeconds(Long.MIN_VALUE).epochSeconds
private val last = Instant.fromEpochSeconds(Long.MAX_VALUE).epochSeconds

/** Of what was found, what is stated: a value as a whole, of an error the members that are written down. */
fun found(stated: JsonObject, found: JsonObject): JsonObject =
    if ("error" in stated && "error" in found) JsonObject(mapOf("error" to part(stated.getValue("error"), found.getValue("error")))) else withinInstant(stated, found) as JsonObject

private fun part(stated: JsonElement, found: JsonElement): JsonElement =
    if (stated is JsonObject && found is JsonObject) {
        JsonObject(stated.keys.filter { it in found }.associateWith { part(stated.getValue(it), found.getValue(it)) })
    } else {
        withinInstant(stated, found)
    }

/** What was found, with moments that no [Instant] can be as they are stated. */
private fun withinInstant(stated: JsonElement, found: JsonElement): JsonElement =
    when {
        stated is JsonObject && found is JsonObject ->
            JsonObject(found.mapValues { (name, value) -> stated[name]?.let { withinInstant(it, value) } ?: value })
        stated is JsonPrimitive && found is JsonPrimitive && !stated.isString && !found.isString -> {
            val (moment, near) = stated.longOrNull to found.longOrNull
            val isBeyond = moment != null && near != null &&
                (moment < first && near - first < NEAR || moment > last && last - near < NEAR)
            if (isBeyond) stated else found
        }
        else -> found
    }

/** Whether everything that is stated is there, whatever else is. */
fun contains(whole: JsonElement?, part: JsonElement): Boolean =
    if (whole is JsonObject && part is JsonObject) part.all { (name, value) -> contains(whole[name], value) } else whole == part

/** The hash of the canonical form: members in order, no spaces, UTF-8, whole numbers. */
fun hash(value: JsonElement): String =
    MessageDigest.getInstance("SHA-256").digest(canonical(value).encodeToByteArray()).joinToString("") { "%02x".format(it) }

fun canonical(value: JsonElement): String =
    when (value) {
        is JsonObject -> value.toSortedMap().entries.joinToString(",", "{", "}") { (name, member) -> "${quoted(name)}:${canonical(member)}" }
        is JsonArray -> value.joinToString(",", "[", "]") { canonical(it) }
        is JsonPrimitive -> if (value.isString) quoted(value.content) else value.content
    }

private fun quoted(text: String): String = text.map { char ->
    when (char) {
        '"' -> "\\\""
        '\\' -> "\\\\"
        '\n' -> "\\n"
        '\r' -> "\\r"
        '\t' -> "\\t"
        '\b' -> "\\b"
        '\u000c' -> "\\f"
        else -> if (char < ' ') "\\u%04x".format(char.code) else char.toString()
    }
}.joinToString("", "\"", "\"")
