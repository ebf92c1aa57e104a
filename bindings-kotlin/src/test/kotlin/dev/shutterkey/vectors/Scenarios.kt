/** Whole operations: each step that is expected, and the answer that is played. */
package dev.shutterkey.vectors

import dev.shutterkey.AccountKey
import dev.shutterkey.Grant
import dev.shutterkey.PendingAuthorization
import dev.shutterkey.SendFailure
import dev.shutterkey.ShutterkeyException
import dev.shutterkey.operation.Answer
import dev.shutterkey.operation.Operation
import dev.shutterkey.operation.Operations
import dev.shutterkey.operation.Step
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonNull
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import kotlin.time.Instant

fun scenarios(world: World, input: Members): JsonElement {
    exactly(input, "now", "run", "script", "interrupted", "resume_script")
    val play = Play(world, input.moment("now")!!)
    val run = input.getValue("run").jsonObject
    val begun = play.begin(run.text("operation"), run - "operation")
    val interrupted = input["interrupted"]
    return try {
        val end = play.act(begun.operation, input.getValue("script").jsonArray)
        check(interrupted == null) { "the first run was to be interrupted" }
        begun.shown(end)
    } catch (error: ShutterkeyException) {
        if (interrupted == null) throw error
        check(contains(Show.error(error), interrupted)) { "interrupted by ${Show.error(error)}" }
        world.print(error)
        world.print(error.resumable)
        Show.connection(
            play.act(Operations.resume(error.resumable!!), input["resume_script"]?.jsonArray ?: JsonArray(emptyList())),
        )
    }
}

/** An operation, and how its end is shown. */
class Begun(val operation: Operation<Any?>, val shown: (Any?) -> JsonElement)

@Suppress("UNCHECKED_CAST")
private fun <T> begun(operation: Operation<T>, shown: (T) -> JsonElement) =
    Begun(operation as Operation<Any?>, shown as (Any?) -> JsonElement)

/** Drives an operation with a script: no step more, none less, none other. */
class Play(private val world: World, private var now: Instant) {
    fun begin(name: String, given: Members): Begun {
        fun client() = world.client(given.getValue("client"))

        fun token() = world.token(given.getValue("token"))

        fun account() = given.getValue("account").jsonArray.map { text(it) }.let { AccountKey(it[0], it[1], it[2]) }
        return when (name) {
            "complete" -> {
                exactly(given, "client", "login", "redirect", "namespace", "alias")
                val (pending, grant) = granted(given)
                val stored = Operations.complete(client(), pending, grant, given.maybeText("namespace"), given.maybeText("alias"))
                begun(stored, Show::connection)
            }
            "exchange" -> {
                exactly(given, "client", "login", "redirect")
                val (pending, grant) = granted(given)
                begun(Operations.exchange(client(), pending, grant)) { Show.token(it.token) }
            }
            "extend" -> begun(Operations.extend(client(), token()), Show::token)
            "refresh" -> begun(Operations.refresh(client(), token()), Show::token)
            "identify" -> begun(Operations.identify(client().provider, token()), Show::account)
            "revoke" -> begun(Operations.revoke(client(), token())) { JsonNull }
            "import" -> {
                exactly(given, "client", "token", "namespace", "alias")
                val operation = Operations.importToken(
                    client(), given.text("token"), namespace = given.maybeText("namespace"), name = given.maybeText("alias"),
                )
                begun(operation, Show::connection)
            }
            "keep_fresh" -> {
                exactly(given, "client", "account", "namespace", "even_if_not_due")
                val operation = Operations.keepFresh(client(), account(), given.text("namespace"), given.flag("even_if_not_due"))
                begun(operation) { Show.kept(it, now) }
            }
            "report" -> {
                exactly(given, "client", "account", "namespace", "response", "used")
                val used = given["used"]?.let { world.token(it) }
                val answer = response(given.getValue("response"))
                begun(Operations.report(client(), account(), answer, given.text("namespace"), used)) { Show.reported(it, now) }
            }
            "logout" -> {
                exactly(given, "client", "account", "namespace")
                begun(Operations.logout(client(), account(), given.text("namespace")), Show::loggedOut)
            }
            "discover" -> begun(Operations.discover(exactly(given, "issuer").text("issuer")), Show::provider)
            else -> error("no such operation: $name")
        }
    }

    private fun granted(given: Members): Pair<PendingAuthorization, Grant> {
        val pending = world.login(given.getValue("login"))
        val grant = definition { pending.accept(given.text("redirect"), now) }
        world.print(grant)
        return pending to grant
    }

    fun <T> act(running: Operation<T>, script: JsonArray): T {
        val turns = ArrayDeque(script.map { it.jsonObject })
        try {
            var step = running.begin(now)
            while (step !is Step.Done) step = turn(running, step, turns.removeFirstOrNull())
            world.print(running)
            world.print(step)
            world.print(step.value)
            return step.value
        } finally {
            running.close()
            check(turns.isEmpty()) { "${turns.size} steps that were expected and not asked" }
        }
    }

    private fun <T> turn(running: Operation<T>, asked: Step<T>, turn: JsonObject?): Step<T> {
        world.print(asked)
        val shown = shown(asked)
        checkNotNull(turn) { "asked beyond the script: $shown" }
        exactly(turn, "expect", "answer", "now")
        check(contains(shown, turn.getValue("expect"))) { "expected ${turn["expect"]}\n  asked $shown" }
        if (asked is Step.Send) world.print(asked.request)
        turn.moment("now")?.let { now = it }
        val answer = answer(turn.getValue("answer"))
        world.print(answer)
        return running.step(answer, now)
    }

    private fun answer(spec: JsonElement): Answer {
        val (name, value) = if (spec is JsonPrimitive) text(spec) to JsonNull else spec.jsonObject.entries.single().toPair()
        return when (name) {
            "response" -> Answer.Response(response(value))
            "send_failed" -> Answer.SendFailed(SendFailure.valueOf(text(value).uppercase()))
            "loaded" -> if (value is JsonNull) Answer.NotThere else loaded(exactly(value.jsonObject, "record", "version"))
            "leased" -> Answer.Leased(value.jsonPrimitive.long)
            "saved" -> Answer.Saved(value.jsonPrimitive.long)
            "store_failed" -> Answer.StoreFailed(text(value))
            "lease_held" -> Answer.LeaseHeld
            "conflict" -> Answer.Conflict
            "released" -> Answer.Released
            "deleted" -> Answer.Deleted
            "waited" -> Answer.Waited
            else -> error("no such answer: $name")
        }
    }

    /** A record as a store holds it. */
    private fun loaded(members: Members): Answer {
        val record = JsonObject(world.named("records", members.getValue("record")))
        return Answer.Loaded(record.toString().encodeToByteArray(), members.number("version")!!)
    }

    private fun shown(step: Step<*>): JsonObject =
        when (step) {
            is Step.Send -> JsonObject(Show.request(step.request) + ("step" to json("send")))
            is Step.Load -> members("step" to "load", "key" to step.key)
            is Step.Lease -> members("step" to "lease", "key" to step.key, "ttl" to step.ttl.inWholeSeconds)
            is Step.Save -> members(
                "step" to "save",
                "key" to step.key,
                "expected" to json(step.expected),
                "fence" to json(step.fence),
                "record" to Json.parseToJsonElement(step.record.bytes.decodeToString()),
                "forget_at" to json(step.record.forgetAt),
            )
            is Step.Release -> members("step" to "release", "key" to step.key, "fence" to step.fence)
            is Step.Delete -> members("step" to "delete", "key" to step.key, "expected" to step.expected)
            is Step.Wait -> members("step" to "wait")
            is Step.Done -> error("the end is no step")
        }
}
