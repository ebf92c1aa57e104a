// A screen of an Android app that connects an Instagram account through the app's backend. Source to copy: it is not part of the program
// beside it, and was not built on the machine this was written on, which has no Android SDK.

package com.example.connect

import android.content.Intent
import android.os.Bundle
import android.widget.Button
import android.widget.LinearLayout
import android.widget.TextView
import androidx.activity.ComponentActivity
import androidx.lifecycle.lifecycleScope
import dev.shutterkey.ShutterkeyException
import dev.shutterkey.ShutterkeyLogin
import dev.shutterkey.android.launch
import dev.shutterkey.android.redirectUrl
import kotlinx.coroutines.launch

/** `android:launchMode="singleTop"`, with the intent filter of AndroidManifest.xml beside this file. */
class ConnectActivity : ComponentActivity() {
    // ../src/main/kotlin/Backend.kt, as it is.
    private val backend = Backend("https://app.example", session = "the user's own session")
    private lateinit var status: TextView

    /** The system may end the app while the browser is open; the login is kept with the activity. It is a secret: nowhere else. */
    private var login: ShutterkeyLogin? = null

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        login = savedInstanceState?.getString(LOGIN)?.let(::ShutterkeyLogin)
        status = TextView(this)
        val connect = Button(this).apply {
            text = "Connect Instagram"
            setOnClickListener { work { begin() } }
        }
        setContentView(LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            addView(connect)
            addView(status)
        })
        intent.redirectUrl?.let { work { finishLogin(it) } }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        intent.redirectUrl?.let { work { finishLogin(it) } }
    }

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        outState.putString(LOGIN, login?.serialize())
    }

    private suspend fun begin() {
        login = backend.startInstagram().also { it.launch(this) }
    }

    private suspend fun finishLogin(redirectUrl: String) {
        val begun = login ?: return
        status.text = "Connected: ${backend.finishInstagram(begun.handover(redirectUrl))}"
        login = null
    }

    private fun work(task: suspend () -> Unit) {
        lifecycleScope.launch {
            try {
                task()
            } catch (_: ShutterkeyException.Denied) {
                status.text = "Nothing was connected."
            } catch (error: ShutterkeyException) {
                status.text = error.hint
            } catch (error: BackendException) {
                status.text = error.message
            }
        }
    }

    private companion object {
        const val LOGIN = "dev.shutterkey.login"
    }
}
