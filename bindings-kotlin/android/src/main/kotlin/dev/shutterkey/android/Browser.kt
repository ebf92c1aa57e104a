// Not built or run on the machine this was written on, which has no Android SDK.
package dev.shutterkey.android

import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Intent
import android.net.Uri
import androidx.browser.customtabs.CustomTabsClient
import androidx.browser.customtabs.CustomTabsIntent
import dev.shutterkey.AuthorizationRequest
import dev.shutterkey.ShutterkeyLogin

/**
 * Opens the login in a Custom Tab of the person's own browser, where they are logged in and the app sees nothing of it. The answer comes to
 * the activity that has the app link of the redirect URI: see [redirectUrl].
 *
 * @throws ActivityNotFoundException on a device without a browser
 */
public fun ShutterkeyLogin.launch(activity: Activity): Unit = open(activity, url)

/** The same for a login on the device. */
public fun AuthorizationRequest.launch(activity: Activity): Unit = open(activity, url)

/** The address that the browser came back with, if this intent is an app link; `login.handover()` or `keeper.complete()` checks it. */
public val Intent.redirectUrl: String? get() = dataString.takeIf { action == Intent.ACTION_VIEW }

private fun open(activity: Activity, url: String) {
    val tab = CustomTabsIntent.Builder().setShareState(CustomTabsIntent.SHARE_STATE_OFF).build()
    // The browser by its name: otherwise an installed app of the platform may take the address, and never comes back.
    CustomTabsClient.getPackageName(activity, null)?.let { tab.intent.setPackage(it) }
    tab.launchUrl(activity, Uri.parse(url))
}
