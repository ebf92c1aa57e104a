//! What takes the answer on this machine: nothing, a plain listener, one with TLS, or one behind something that forwards.

use shutterkey::config::profile::Profile;
use shutterkey::login::{LoginMode, LoopbackListener, Reach, TlsIdentity, choose_mode_with};
use shutterkey::{ClientConfig, Clock, SystemClock};

use crate::args::Login;
use crate::exit::{Failure, Outcome};
use crate::output::{Ui, in_words};

/// When a certificate is so near its end that it is worth a word, in seconds.
const SOON: i64 = 14 * 86_400;

/// The listener of this login, if there is one, and a sentence that says how the answer comes back.
pub(super) fn listener(
    ui: Ui,
    options: &Login,
    profile: &Profile,
    config: &ClientConfig,
) -> Outcome<(Option<LoopbackListener>, String)> {
    let certificate = options.tls_cert.as_ref().or(profile.tls_cert.as_ref());
    let key = options.tls_key.as_ref().or(profile.tls_key.as_ref());
    let reach = match (&profile.listen, certificate) {
        // A flag stands over the file, whichever of the two it is.
        (Some(_), _) if options.tls_cert.is_none() => Reach::Forwarded,
        (_, Some(_)) => Reach::Certificate,
        _ => Reach::Alone,
    };
    let (mode, why) = choose_mode_with(config, reach);
    if mode != LoginMode::Loopback {
        return Ok((None, why));
    }
    if options.paste {
        let words =
            "The answer is taken by pasting, as you asked: copy the address of the page that the browser ends on.";
        return Ok((None, words.to_owned()));
    }
    let redirect_uri = config.redirect_uri();
    let listener = match (reach, &profile.listen, certificate) {
        (Reach::Forwarded, Some(listen), _) => LoopbackListener::bind_forwarded(redirect_uri, listen)?,
        (Reach::Certificate, _, Some(certificate)) if redirect_uri.as_str().starts_with("https:") => {
            let Some(key) = key else {
                return Err(Failure::usage(
                    "There is a certificate and no key.",
                    "Give both: --tls-cert and --tls-key, or tls_cert and tls_key in shutterkey.toml.",
                ));
            };
            let identity = TlsIdentity::read(certificate, key)?;
            let now = SystemClock.now();
            let listener = LoopbackListener::bind_tls(redirect_uri, &identity, now)?;
            if identity.key_is_exposed() {
                ui.warn(&format!(
                    "Others on this machine can read {}; run chmod 600 on it.",
                    key.display()
                ));
            }
            if identity.expires_at().since(now) < SOON {
                ui.warn(&format!(
                    "The certificate ends {}.",
                    in_words(identity.expires_at(), now)
                ));
            }
            listener
        }
        _ => LoopbackListener::bind(redirect_uri)?,
    };
    Ok((Some(listener), why))
}
