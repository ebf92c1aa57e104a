package dev.shutterkey.support

import dev.shutterkey.Provider
import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.net.HttpURLConnection
import java.net.URI
import kotlin.time.Duration
import kotlin.time.Instant

/** A running sandbox, spoken to by its control API. */
class Sandbox private constructor(val url: String, private val control: String) {
    /** Follows the sandbox's clock where it is moved through this object. */
    val clock = TestClock()

    /** Others may be using the sandbox, so nothing is set back: its time goes on, and calls are counted for one app. */
    fun begin() = readClock(call("clock", method = "GET"))

    /** Registers an app; its client id. */
    fun app(product: String, redirectUri: String, vararg more: Pair<String, Boolean>): String {
        val spec = mapOf("product" to JsonPrimitive(product), "redirect_uris" to Json.parseToJsonElement("""["$redirectUri"]""")) +
            more.associate { (name, value) -> name to JsonPrimitive(value) }
        return call("app", JsonObject(spec)).text("client_id")
    }

    /** What a person does in the browser: approves, or presses *Cancel*. The address that the browser comes back to. */
    fun approve(url: String, deny: Boolean = false, person: String? = null): String {
        val ask = mapOf("url" to JsonPrimitive(url), "deny" to JsonPrimitive(deny)) + listOfNotNull(person?.let { "person" to JsonPrimitive(it) })
        return call("approve", JsonObject(ask)).text("redirect_url")
    }

    /** A token as the dashboard makes one. */
    fun mintToken(product: String, person: String, clientId: String): String =
        call("mint_token", strings("product" to product, "person" to person, "client_id" to clientId)).text("access_token")

    fun firstPerson(): String = callElement("people", method = "GET").let { people ->
        (people as? JsonObject)?.values?.first() ?: people.jsonArray.first()
    }.jsonObject.text("username")

    fun advance(by: Duration) {
        readClock(call("clock/advance", JsonObject(mapOf("seconds" to JsonPrimitive(by.inWholeSeconds)))))
    }

    fun fault(endpoint: String, status: Int, times: Int = 1) {
        call("fault", JsonObject(mapOf("endpoint" to JsonPrimitive(endpoint), "status" to JsonPrimitive(status), "times" to JsonPrimitive(times))))
    }

    /** How often an app called an endpoint, with a grant type where one is named. */
    fun calls(endpoint: String, clientId: String, grantType: String? = null): Int =
        callElement("calls", method = "GET").jsonArray.map { it.jsonObject }.count {
            endpoint in it.text("endpoint") && it["client_id"]?.jsonPrimitive?.content == clientId &&
                (grantType == null || it["grant_type"]?.jsonPrimitive?.content == grantType)
        }

    fun provider(id: String): Provider = Provider.inSandbox(id, url)

    private fun readClock(answer: JsonObject) {
        clock.present = Instant.fromEpochSeconds(answer.getValue("now").jsonPrimitive.long)
    }

    private fun call(name: String, body: JsonObject? = null, method: String = "POST") = callElement(name, body, method).jsonObject

    private fun callElement(name: String, body: JsonObject? = null, method: String = "POST"): JsonElement {
        val (status, text) = http("$url/control/$name", method, body?.toString(), "X-Shutterkey-Control" to control)
        check(status == 200) { "the sandbox answered $status to $name: $text" }
        return Json.parseToJsonElement(text)
    }

    companion object {
        /** The one that the environment names. */
        val running: Sandbox by lazy {
            val (url, control) = listOf("SHUTTERKEY_SANDBOX_URL", "SHUTTERKEY_SANDBOX_CONTROL").map { name ->
                System.getenv(name) ?: error(
                    "$name is not set. Start a sandbox by `shutterkey sandbox --port 0 --json`, put its url into SHUTTERKEY_SANDBOX_URL, " +
                        "and what its control_token_file holds into SHUTTERKEY_SANDBOX_CONTROL.",
                )
            }
            Sandbox(url.trimEnd('/'), control.trim())
        }
    }
}

fun JsonObject.text(name: String): String = getValue(name).jsonPrimitive.content

fun strings(vararg members: Pair<String, String>) = JsonObject(members.associate { (name, value) -> name to JsonPrimitive(value) })

/** One request of a test's own; the status and the body as text. */
fun http(url: String, method: String, body: String?, vararg headers: Pair<String, String>): Pair<Int, String> {
    val connection = URI(url).toURL().openConnection() as HttpURLConnection
    connection.requestMethod = method
    connection.instanceFollowRedirects = false
    headers.forEach { (name, value) -> connection.setRequestProperty(name, value) }
    if (body != null) {
        connection.doOutput = true
        connection.setRequestProperty("Content-Type", "application/json")
        connection.outputStream.use { it.write(body.encodeToByteArray()) }
    }
    val stream = if (connection.responseCode >= 400) connection.errorStream else connection.inputStream
    return connection.responseCode to (stream?.use { it.readBytes().decodeToString() }.orEmpty())
}
