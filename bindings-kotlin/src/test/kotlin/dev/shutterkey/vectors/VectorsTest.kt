package dev.shutterkey.vectors

import dev.shutterkey.ShutterkeyException
import kotlinx.serialization.json.JsonElement
import kotlinx.serialization.json.JsonObject
import org.junit.jupiter.api.DynamicTest
import org.junit.jupiter.api.DynamicTest.dynamicTest
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.TestFactory
import java.io.File
import kotlin.test.assertEquals
import kotlin.test.assertTrue

/** The shared cases of tests/vectors, those of devices, through the public API of this package. */
class VectorsTest {
    private class Outcome(val problems: List<String>, val found: JsonObject)

    private fun run(file: VectorFile, case: Case, input: Members = case.input, stated: JsonObject = case.result): Outcome {
        val world = World(file.define)
        val result = try {
            members("ok" to topics.getValue(file.topic)(world, input))
        } catch (error: ShutterkeyException) {
            world.print(error)
            members("error" to Show.error(error))
        } catch (error: Throwable) {
            // The input is not of the documented form.
            return Outcome(listOf(error.toString()), members())
        }
        val printed = world.printed.joinToString("\n")
        val leaks = (case.secrets + world.secrets).filter { it in printed }.map { "prints the secret $it" }
        val found = found(stated, result)
        val other = if (found == stated) emptyList() else listOf("stated $stated\n  found $result")
        return Outcome(leaks + other, found)
    }

    private val files = allFiles()

    @Test
    fun `every case of devices has its stated result and prints no secret`() {
        val results = sortedMapOf<String, JsonElement>()
        val problems = mutableListOf<String>()
        for (file in files) {
            assertEquals(file.name, file.topic)
            val cases = file.cases.filter { it.isDevice }
            if (cases.isEmpty()) continue
            assertTrue(file.topic in topics, "nothing runs the cases of ${file.topic}")
            for (case in cases) {
                val outcome = run(file, case)
                assertTrue(results.put(case.id, outcome.found) == null, "${case.id} occurs twice")
                outcome.problems.forEach { problems += "${file.topic} ${case.id}: $it" }
            }
        }
        assertTrue(problems.isEmpty(), problems.joinToString("\n", "${problems.size} problems\n"))
        assertEquals(files.sumOf { file -> file.cases.count { it.isDevice } }, results.size)
        println("${results.size} cases in ${files.count { file -> file.cases.any { it.isDevice } }} files")
        write(File("target/vectors-kotlin.json"), results.mapValues { json(hash(it.value)) })
        System.getenv("SHUTTERKEY_VECTOR_RESULTS")?.let { write(File(it), results) }
    }

    /** For the comparison of the languages: what was found, or the hash of its canonical form. */
    private fun write(file: File, cases: Map<String, JsonElement>) {
        file.writeText("${members("language" to "kotlin", "surface" to "device", "cases" to JsonObject(cases))}\n")
    }

    @TestFactory
    fun `another result than the stated one is a failure`(): List<DynamicTest> =
        files.filter { file -> file.cases.any { it.isDevice } }.map { file ->
            dynamicTest(file.topic) {
                val case = file.cases.first { it.isDevice }
                assertEquals(1, run(file, case, stated = members("ok" to "another")).problems.size)
                assertEquals(1, run(file, case, input = case.input + ("surprise" to json(true))).problems.size)
            }
        }

    @Test
    fun `the canonical form has its members in order, no spaces and whole numbers`() {
        val value = members("b" to 1800000600L, "a" to members("é/\"\n\u0001" to true, "z" to listOf(1, "x")))
        assertEquals("""{"a":{"z":[1,"x"],"é/\"\n\u0001":true},"b":1800000600}""", canonical(value))
    }
}
