/**
 * What a call costs across the boundary, in microseconds, as lines of JSON:
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
    println("""{"call":"$name","least_us":${"%.2f".format(costs.first())},"middle_us":${"%.2f".format(costs[BATCHES / 2])}}""")
}

fun main() = runBlocking {
    val transport = FakeTransport()
    transport.on("token") { json(200, """{"access_token":"access-1","token_type":"Bearer","expires_in":3600,"refresh_token":"refresh-1"}""") }
    transport.on("me") { json(200, """{"sub":"1234567890"}""") }
    val client = Client(standardClient(), transport, TestClock())
    val keeper = Keeper(client, MemoryTokenStore())
    val login = keeper.authorize()
    val redirect = redirected(login.url)
    keeper.complete(login.pending, redirect, "me")
    measure("nothing") { nothing() }
    measure("authorize") { client.authorize() }
    measure("accept") { login.pending.accept(redirect, client.clock.now()) }
    measure("freshToken") { keeper.freshToken("me") }
    measure("token") { keeper.token("me") }
    measure("token and reveal") { keeper.token("me").reveal() }
}
