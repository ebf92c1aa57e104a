/** What runs the cases of a topic: given a world and the case's input, it answers what the case came to. */
package dev.shutterkey.vectors

import dev.shutterkey.ClientConfig
import dev.shutterkey.PendingAuthorization
import dev.shutterkey.ShutterkeyLogin
import dev.shutterkey.protocol.Protocol
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.jsonArray
import kotlin.time.Instant

typealias Run = (World, Members) -> JsonElement

/** The topics of devices. */
val topics: Map<String, Run> = mapOf(
    "authorize" to { world, input ->
        world.begin(input).let { members("url" to it.url, "pending" to Show.pending(it.pending)) }
    },
    "config" to { world, input ->
        exactly(input, "client", "distinct")
        val distinct = input["distinct"]
        if (distinct == null) {
            Show.config(world.buildClient(world.named("clients", input.getValue("client"))))
        } else {
            ClientConfig.checkDistinct(distinct.jsonArray.map { world.client(it) })
            json(true)
        }
    },
    "scopes" to { world, input ->
        exactly(input, "client", "scopes", "allow_unknown_scopes")
        json(world.buildClient(world.named("clients", input.getValue("client")) + (input - "client")).scopes)
    },
    "return-to" to { _, input ->
        Protocol.checkReturnTo(exactly(input, "path").text("path"))
        json(true)
    },
    "redirect" to { world, input ->
        exactly(input, "login", "url", "query", "now", "session")
        val (pending, now) = begun(world, input)
        val (url, session) = input.maybeText("url") to input.maybeText("session")
        val grant = if (url == null) pending.acceptQuery(input.text("query"), now, session) else pending.accept(url, now, session)
        world.print(grant)
        Show.grant(grant)
    },
    "pasted" to { world, input ->
        exactly(input, "login", "pasted", "now")
        val (pending, now) = begun(world, input)
        val grant = pending.acceptPasted(input.text("pasted"), now)
        world.print(grant)
        Show.grant(grant)
    },
    "handover" to ::handover,
    "token-answer" to ::tokenAnswer,
    "identify-answer" to { world, input ->
        exactly(input, "client", "now", "response")
        val provider = world.client(input.getValue("client")).provider
        val account = Protocol.parseIdentifyResponse(provider, response(input.getValue("response")), input.moment("now")!!)
        world.print(account)
        Show.account(account)
    },
    "error-answer" to { _, input ->
        exactly(input, "now", "response")
        Protocol.classify(response(input.getValue("response")), input.moment("now")!!)?.let { throw it }
        JsonNull
    },
    "metadata" to { world, input ->
        exactly(input, "call", "issuer", "response")
        if (input.text("call") == "urls") {
            json(Protocol.metadataUrls(input.text("issuer")))
        } else {
            val provider = Protocol.parseMetadata(input.text("issuer"), response(input.getValue("response")))
            world.print(provider)
            Show.provider(provider)
        }
    },
    "request" to ::request,
    "token-life" to { world, input ->
        exactly(input, "token", "now")
        val token = world.buildToken(world.named("tokens", input.getValue("token")))
        world.print(token)
        Show.life(token, input.moment("now")!!)
    },
    "scenarios" to ::scenarios,
)

private fun handover(world: World, input: Members): JsonElement {
    exactly(input, "start", "redirect", "now")
    var login = ShutterkeyLogin(input.text("start"))
    world.print(login)
    val redirect = input.maybeText("redirect")
        ?: return members("url" to login.url, "redirect_uri" to login.redirectUri, "expires_at" to login.expiresAt)
    // What is kept while the browser is open is as good as what came.
    login = ShutterkeyLogin(login.serialize())
    val handover = login.handover(redirect, input.moment("now")!!)
    world.print(handover)
    return Json.parseToJsonElement(handover.toJson())
}

private fun tokenAnswer(world: World, input: Members): JsonElement {
    exactly(input, "call", "client", "token", "now", "response", "expected_user_id")
    val config = world.client(input.getValue("client"))
    val (answer, now) = response(input.getValue("response")) to input.moment("now")!!
    world.print(answer)
    val call = input.text("call")
    if (call == "exchange") {
        val read = Protocol.parseExchangeResponse(config.provider, config.scopes, answer, now)
        world.print(read)
        return members("token" to Show.token(read.token), "user_id" to read.userId)
    }
    val old = world.token(input.getValue("token"))
    val renewed = when (call) {
        "extend" -> Protocol.parseExtendResponse(config.provider, old, answer, now)
        else -> Protocol.parseRefreshResponse(config.provider, old, answer, now, input.maybeText("expected_user_id"))
    }
    world.print(renewed)
    return members("token" to Show.token(renewed))
}

private fun request(world: World, input: Members): JsonElement {
    exactly(input, "call", "client", "code", "login", "token")
    val config = world.client(input.getValue("client"))

    fun token() = world.token(input.getValue("token"))
    val request = when (val call = input.text("call")) {
        "exchange" ->
            Protocol.buildExchangeRequest(config, input.text("code"), input["login"]?.let { world.login(it).revealVerifier() })
        "extend" -> Protocol.buildExtendRequest(config, token())
        "refresh" -> Protocol.buildRefreshRequest(config, token())
        "identify" -> Protocol.buildIdentifyRequest(config.provider, token())
        "revoke" -> Protocol.buildRevokeRequest(config, token())
        else -> error("no such call: $call")
    }
    world.print(request)
    return Show.request(request)
}

private fun begun(world: World, input: Members): Pair<PendingAuthorization, Instant> {
    val spec = world.named("logins", input.getValue("login"))
    return definition { world.begin(spec).pending } to (input.moment("now") ?: spec.moment("now")!!)
}
