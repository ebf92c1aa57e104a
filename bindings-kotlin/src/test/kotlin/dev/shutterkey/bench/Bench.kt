/**
 * What a call costs across the boundary, beside what an empty one costs:
 *
 *     mvn -q -B test-compile exec:java
 */
package dev.shutterkey.bench

import dev.shutterkey.Client
import dev.shutterkey.Keeper
import dev.shutterkey.MemoryTokenStore
import dev.shutterkey.core.nothing
import dev.shutterkey.support.FakeTransport
import dev.shutterkey.support.TestClock
import dev.shutterkey.support.json
import dev.shutterkey.support.redirected
import dev.shutterkey.support.standardClient
import kotlinx.coroutines.runBlocking
import kotlin.time.DurationUnit
import kotlin.time.TimeSource

private const val BATCHES = 60
private const val CALLS = 500

/** The least and the middle of many batches, after as many that are not counted. */
private inline fun measure(name: String, call: () -> Unit) {
    val costs = List(2 * BATCHES) {
        val begun = TimeSource.Monotonic.markNow()
        repeat(CALLS) { call() }
        begun.elapsedNow().toDouble(DurationUnit.MICROSECONDS) / CALLS
    }.drop(BATCHES).sorted()
    val middle = costs[BATCHES / 2]
    if (empty == 0.0) empty = middle
    println("kotlin  %-40s  %8.3f us  (%.3f to %.3f)  %6.1f empty calls".format(name, middle, costs.first(), costs.last(), middle / empty))
}

/** What the first measured costs. */
private var empty = 0.0

fun main() = runBlocking {
    val transport = FakeTransport()
    transport.on("token") { json(200, """{"access_token":"access-1","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-1"}""") }
    transport.on("me") { json(200, """{"sub":"1234567890"}""") }
    val client = Client(standardClient(), transport, TestClock())
    val keeper = Keeper(client, MemoryTokenStore())
    val login = keeper.authorize()
    val redirect = redirected(login.url)
    keeper.complete(login.pending, redirect, "me")
    measure("an empty call") { nothing() }
    measure("authorize") { client.authorize() }
    measure("accept") { login.pending.accept(redirect, client.clock.now()) }
    measure("keeper.freshToken") { keeper.freshToken("me") }
    measure("keeper.token, fresh") { keeper.token("me") }
    measure("keeper.token and reveal") { keeper.token("me").reveal() }
}
