// Connects an account through the app's backend, as an app on a phone does; here a person is the browser.
//
//     python examples/python/app_backend.py --serve          in another terminal; it prints its address
//     SHUTTERKEY_BACKEND_URL=<address> java -jar target/connect-account.jar
//
// With --auto-approve, the sandbox plays the person too.

import dev.shutterkey.ShutterkeyException
import dev.shutterkey.ShutterkeyLogin
import kotlinx.coroutines.runBlocking
import kotlin.system.exitProcess

fun main(arguments: Array<String>): Unit = runBlocking {
    val url = System.getenv("SHUTTERKEY_BACKEND_URL") ?: run {
        println("Set SHUTTERKEY_BACKEND_URL: the first lines of this program say how.")
        exitProcess(2)
    }
    try {
        val backend = Backend(url, session = "demo-ada")
        val login = backend.startInstagram()
        val redirect = if ("--auto-approve" in arguments) approve(login.url) else browse(login)
        val account = backend.finishInstagram(login.handover(redirect))
        println("connected: $account")
    } catch (error: ShutterkeyException) {
        println("${error.message}\n${error.hint}")
        exitProcess(1)
    } catch (error: BackendException) {
        println(error.message)
        exitProcess(1)
    }
}

/** On a phone: `login.launch(activity)`, and the app link comes back as an intent. */
private fun browse(login: ShutterkeyLogin): String {
    println("Open this address, approve, and paste the address that you end up at (${login.redirectUri}…):")
    println(login.url)
    return readlnOrNull().orEmpty().trim()
}
