import org.json.JSONObject

/** A running sandbox plays the person: it walks an authorize URL to its end, and gives the address that the browser would end up at. */
fun approve(authorizeUrl: String): String {
    val (sandbox, control) = listOf("SHUTTERKEY_SANDBOX_URL", "SHUTTERKEY_SANDBOX_CONTROL").map {
        System.getenv(it) ?: throw BackendException("--auto-approve needs SHUTTERKEY_SANDBOX_URL and SHUTTERKEY_SANDBOX_CONTROL.")
    }
    val ask = JSONObject().put("url", authorizeUrl).toString()
    val (_, text) = postJson("$sandbox/control/approve", ask, "X-Shutterkey-Control" to control)
    return JSONObject(text).getString("redirect_url")
}
