/** The shared cases: the files, and texts and bytes as they spell them. */
package dev.shutterkey.vectors

import kotlinx.serialization.json.Json
import kotlinx.serialization.json.JsonArray
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import kotlinx.serialization.json.JsonPrimitive
import kotlinx.serialization.json.boolean
import kotlinx.serialization.json.jsonArray
import kotlinx.serialization.json.jsonObject
import kotlinx.serialization.json.jsonPrimitive
import kotlinx.serialization.json.long
import java.io.File
import java.util.Base64
import kotlin.time.Instant

typealias Members = Map<String, JsonElement>

class Case(json: JsonObject) {
    val id = json.text("id")
    val isDevice = json.text("surface") == "device"
    val secrets = json["secrets"]?.jsonArray?.map { it.jsonPrimitive.content }.orEmpty()
    val input: Members = json.getValue("input").jsonObject
    val result: JsonObject = json.getValue("result").jsonObject
}

class VectorFile(val name: String, json: JsonObject) {
    val topic = json.text("topic")
    val define: Members = json["define"]?.jsonObject.orEmpty()
    val cases = json.getValue("cases").jsonArray.map { Case(it.jsonObject) }
}

fun allFiles(): List<VectorFile> =
    checkNotNull(File("../tests/vectors").listFiles()) { "run this in bindings-kotlin" }
        .filter { it.extension == "json" && it.name != "schema.json" }
        .sortedBy(File::getName)
        .map { VectorFile(it.nameWithoutExtension, Json.parseToJsonElement(it.readText()).jsonObject) }

/** A text: as it is, `{"repeat": "ab", "times": 1000}`, or a list of such pieces. */
fun text(spec: JsonElement): String =
    when (spec) {
        is JsonPrimitive -> spec.content.also { check(spec.isString) { "no text: $spec" } }
        is JsonArray -> spec.joinToString("") { text(it) }
        is JsonObject -> exactly(spec, "repeat", "times").let { it.text("repeat").repeat(it.number("times")!!.toInt()) }
    }

/** Bytes: a text, or `{"base64": "…"}`. */
fun data(spec: JsonElement): ByteArray =
    if (spec is JsonObject && "base64" in spec) Base64.getDecoder().decode(exactly(spec, "base64").text("base64")) else text(spec).encodeToByteArray()

/** The members of an object that has no others than these. */
fun exactly(given: Members, vararg names: String): Members = given.also { all ->
    all.keys.forEach { check(it in names) { "what is the member $it?" } }
}

fun Members.text(name: String): String = text(getValue(name))

fun Members.maybeText(name: String): String? = get(name)?.let { text(it) }

fun Members.number(name: String): Long? = get(name)?.jsonPrimitive?.long

fun Members.flag(name: String): Boolean = get(name)?.jsonPrimitive?.boolean ?: false

fun Members.texts(name: String): List<String>? = get(name)?.jsonArray?.map { text(it) }

fun Members.moment(name: String): Instant? = number(name)?.let { Instant.fromEpochSeconds(it) }
