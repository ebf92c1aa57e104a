import dev.shutterkey.Handover
import dev.shutterkey.ShutterkeyLogin
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.withContext
import org.json.JSONObject
import java.net.HttpURLConnection
import java.net.URI

/** What the backend says when it does not do it. */
class BackendException(message: String) : Exception(message)

/**
 * The app's own backend, whose two routes come with shutterkey's adapters for Python and Node.
 *
 * @param session how the app's user is signed in is the app's own business
 */
class Backend(private val url: String, private val session: String) {
    /** The backend begins a login for the user who is signed in. */
    suspend fun startInstagram(): ShutterkeyLogin = ShutterkeyLogin(post("handover-start", "{}"))

    /** The backend completes it: it has the app secret, and this app has neither that nor a token. Answers the account's name. */
    suspend fun finishInstagram(handover: Handover): String {
        val account = JSONObject(post("handover-finish", handover.toJson())).getJSONObject("account")
        return account.optString("username").ifEmpty { account.getString("user_id") }
    }

    private suspend fun post(route: String, body: String): String = withContext(Dispatchers.IO) {
        val (status, text) = postJson("$url/instagram/$route", body, "Authorization" to "Bearer $session")
        if (status != 200) throw BackendException(refusal(text))
        text
    }

    private fun refusal(text: String): String {
        val error = runCatching { JSONObject(text).getJSONObject("error") }.getOrNull()
            ?: return "The backend did not answer."
        return "${error.getString("message")} [${error.getString("code")}] ${error.getString("hint")}"
    }
}

internal fun postJson(url: String, body: String, header: Pair<String, String>): Pair<Int, String> {
    val connection = URI(url).toURL().openConnection() as HttpURLConnection
    connection.requestMethod = "POST"
    connection.doOutput = true
    connection.setRequestProperty("Content-Type", "application/json")
    connection.setRequestProperty(header.first, header.second)
    connection.outputStream.use { it.write(body.encodeToByteArray()) }
    val stream = if (connection.responseCode >= 400) connection.errorStream else connection.inputStream
    return connection.responseCode to stream?.use { it.readBytes().decodeToString() }.orEmpty()
}
