//! The catalogue: every error shutterkey can answer, in one table.
//!
//! `docs/errors.md` is printed from it; a test fails when the page is stale.

use std::fmt;

use super::{Family, Retry};

macro_rules! catalogue {
    ($( $family:ident { $( $name:ident = $code:literal, $retry:expr, $says:literal, $hint:literal; )* } )*) => {
        /// The stable name of an error. New ones may be added; none is ever renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorCode {
            $( $( #[doc = $says] $name, )* )*
        }

        impl ErrorCode {
            /// Every code, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[ $( $( Self::$name, )* )* ];

            /// The stable dotted name, such as `redirect.state_mismatch`.
            pub const fn as_str(self) -> &'static str {
                match self { $( $( Self::$name => $code, )* )* }
            }

            /// The family it belongs to.
            pub const fn family(self) -> Family {
                match self { $( $( Self::$name => Family::$family, )* )* }
            }

            /// What happened, in a sentence without particulars.
            pub const fn summary(self) -> &'static str {
                match self { $( $( Self::$name => $says, )* )* }
            }

            /// What to do about it, and where.
            pub const fn hint(self) -> &'static str {
                match self { $( $( Self::$name => $hint, )* )* }
            }

            /// Whether and when trying again makes sense, unless the error says otherwise.
            pub const fn retry(self) -> Retry {
                match self { $( $( Self::$name => $retry, )* )* }
            }
        }
    };
}

catalogue! {
    Config {
        ConfigMissing = "config.missing", Retry::FixConfig,
            "A setting that is needed is missing.",
            "Set it in the builder, in shutterkey.toml or in the environment; the message names it.";
        ConfigInvalid = "config.invalid", Retry::FixConfig,
            "A setting has a value that cannot be used.",
            "Correct the setting that the message names.";
        ConfigClientId = "config.client_id", Retry::FixConfig,
            "The client id does not have the shape of this product's app ids.",
            "Use the app id of the product itself. Instagram: App Dashboard > Instagram > API setup with Instagram login > Business login settings, 'Instagram app ID' (not the Meta app ID at the top of the dashboard).";
        ConfigRedirectUri = "config.redirect_uri", Retry::FixConfig,
            "The redirect URI cannot be used with this provider.",
            "Use an absolute https URI without fragment or user name, exactly as it is registered. For a login from a terminal register https://localhost/ and paste the address back.";
        ConfigRedirectShared = "config.redirect_uri_shared", Retry::FixConfig,
            "Two clients share one redirect URI, and not both providers identify themselves in the response.",
            "Give each client a redirect URI of its own (RFC 9700 4.4).";
        ConfigScopeUnknown = "config.scope_unknown", Retry::FixConfig,
            "The scope is not one that this product is known to have.",
            "Check the spelling. If the product has gained it since this release, add it with the explicit opt-in for unknown scopes.";
        ConfigScopeRetired = "config.scope_retired", Retry::FixConfig,
            "The scope has been retired.",
            "Ask for the successor that the message names.";
        ConfigScopeForeign = "config.scope_foreign", Retry::FixConfig,
            "The scope belongs to another product.",
            "Ask for this product's own scope, or use the provider that the scope belongs to.";
        ConfigInsecureEndpoint = "config.insecure_endpoint", Retry::FixConfig,
            "An endpoint is neither https nor a plain loopback address.",
            "Use an https URL, or http with localhost, 127.0.0.1 or [::1] for a server on this machine.";
        ConfigReservedParameter = "config.reserved_parameter", Retry::FixConfig,
            "An extra parameter would replace one that the protocol needs.",
            "Leave out the parameter that the message names; shutterkey sets it.";
        ConfigSecretInFile = "config.secret_in_file", Retry::FixConfig,
            "The configuration file holds a secret.",
            "Take it out of shutterkey.toml and set SHUTTERKEY_CLIENT_SECRET, or SHUTTERKEY_CLIENT_SECRET_FILE with the path of a 0600 file.";
        ConfigSecretMissing = "config.secret_missing", Retry::FixConfig,
            "The app secret is needed for this and is not configured.",
            "Set SHUTTERKEY_CLIENT_SECRET, or give the client a secret in code. It belongs on a server, never in an app.";
        ConfigUnsupported = "config.unsupported", Retry::FixConfig,
            "The provider does not offer this.",
            "The message says what there is instead.";
        ConfigSandboxCredentials = "config.sandbox_credentials", Retry::FixConfig,
            "Sandbox and real credentials do not mix.",
            "A sandbox takes the app id and secret that it made itself; real endpoints take the ones of the App Dashboard.";
        ConfigSealKey = "config.seal_key", Retry::FixConfig,
            "A sealing key is not usable.",
            "Make keys with `shutterkey keygen` or SealKeys; each is an id, a colon and 32 bytes in base64url.";
        ConfigCertificate = "config.certificate", Retry::FixConfig,
            "The TLS certificate for this machine, or its key, cannot be used.",
            "Make one that covers the redirect URI's host, for example with mkcert: `mkcert -install`, then `mkcert localhost 127.0.0.1 ::1`. It writes two PEM files, certificate and key.";
    }
    Redirect {
        RedirectMalformed = "redirect.malformed", Retry::Login,
            "The redirect is not a well-formed authorization response.",
            "Paste the whole address from the address bar, from the first character to the last.";
        RedirectTooLarge = "redirect.too_large", Retry::Login,
            "The redirect is longer than any authorization response.",
            "At most 16 KiB and 64 parameters are read. Paste the address alone.";
        RedirectMismatch = "redirect.mismatch", Retry::Never,
            "The redirect came to another address than the registered redirect URI.",
            "Scheme, host, port and path must equal the redirect URI of the login that was started.";
        RedirectDuplicateParameter = "redirect.duplicate_parameter", Retry::Login,
            "A parameter occurs more than once in the redirect.",
            "Start the login again; if it happens again, something between browser and server changes the address.";
        RedirectStateMissing = "redirect.state_missing", Retry::Login,
            "The redirect carries no state.",
            "Paste the whole address, not the code alone: the state proves that the answer belongs to this login.";
        RedirectStateMismatch = "redirect.state_mismatch", Retry::Login,
            "The redirect belongs to another login.",
            "Use the address of the login that was started last; this login is still open.";
        RedirectStateExpired = "redirect.state_expired", Retry::Login,
            "The login took longer than it may.",
            "Start again; a pending login lives ten minutes unless configured otherwise.";
        RedirectStateUsed = "redirect.state_used", Retry::Login,
            "This login has been completed, or its code was spent, before.",
            "Start a new login. A page that is reloaded after the login should show its result, not complete it again.";
        RedirectCodeMissing = "redirect.code_missing", Retry::Login,
            "The redirect carries no authorization code.",
            "Paste the whole address; the code stands in the query, after `code=`.";
        RedirectTokenMissing = "redirect.token_missing", Retry::Login,
            "The redirect carries no access token in its fragment.",
            "Paste the whole address, including everything after `#`.";
        RedirectTokenUnexpected = "redirect.token_unexpected", Retry::Login,
            "The redirect carries an access token although a code was asked for.",
            "Nothing to repair: a token that nobody asked for is never taken. Start again.";
        RedirectResponseUnsupported = "redirect.response_unsupported", Retry::FixConfig,
            "The redirect carries a response of another protocol (JARM `response` or an `id_token`).",
            "Register the client for plain code responses at the provider.";
        RedirectIssuerMissing = "redirect.issuer_missing", Retry::Login,
            "The provider promises to name itself in the redirect, and this one does not (RFC 9207).",
            "Start again; do not switch the check off.";
        RedirectIssuerMismatch = "redirect.issuer_mismatch", Retry::Never,
            "Another issuer than the configured one answered.",
            "Check the issuer in the configuration; it must equal the server's own `issuer` to the letter (RFC 8414 3.3, RFC 9207 2.4).";
        RedirectSessionMismatch = "redirect.session_mismatch", Retry::Login,
            "The login was begun in another browser session.",
            "Complete a login in the session that began it.";
        RedirectReturnTo = "redirect.return_to", Retry::Never,
            "The address to return to after the login is not a path of this site.",
            "Give a path that begins with one slash, such as /settings.";
        RedirectCrossSite = "redirect.cross_site", Retry::Login,
            "The login was not begun from a page of this site.",
            "Begin a login with a form (method post) or a link on a page of the redirect URI's own origin; name other origins that may begin one in the configuration.";
        RedirectSealInvalid = "redirect.seal_invalid", Retry::Login,
            "The sealed pending login cannot be opened.",
            "It was changed, cut, sealed for another purpose or session, or with a key that is gone. Start the login again.";
        RedirectNotRecognised = "redirect.not_recognised", Retry::Never,
            "What was pasted is not an address and not an error that is known.",
            "Copy the whole address from the browser's address bar after approving.";
    }
    Denied {
        DeniedByUser = "denied.by_user", Retry::Reconsent,
            "The person did not approve.",
            "Nothing was granted. Ask again when the person wants to connect.";
        DeniedByProvider = "denied.by_provider", Retry::Never,
            "The provider refused the authorization.",
            "The message has the provider's own words.";
        DeniedScope = "denied.scope", Retry::Reconsent,
            "A required permission was not granted.",
            "Ask the person again and explain what the permission is for; the message names it.";
    }
    Provider {
        RedirectUriNotRegistered = "provider.redirect_uri_not_registered", Retry::FixConfig,
            "The provider does not know the redirect URI.",
            "Paste the redirect URI of the message into the app's list of redirect URIs, character by character: a slash at the end counts.";
        RedirectUriDiffers = "provider.redirect_uri_differs", Retry::Login,
            "The redirect URI of the exchange is not the one of the authorization request.",
            "Complete the login with the same pending login that began it, and register the redirect URI without extra parameters.";
        InvalidPlatformApp = "provider.invalid_platform_app", Retry::FixConfig,
            "The provider does not accept this app for this product.",
            "Mostly the Meta app ID was used where the Instagram app ID is needed: App Dashboard > Instagram > API setup with Instagram login. A misspelt scope can cause it too.";
        InsufficientDeveloperRole = "provider.insufficient_developer_role", Retry::FixConfig,
            "The app is in development and the account is not an accepted tester.",
            "App Dashboard > App roles > Roles: add the account as Instagram Tester; the person accepts in Instagram: Settings > Apps and websites > Tester invites. Or publish the app.";
        InvalidClientId = "provider.invalid_client_id", Retry::FixConfig,
            "The provider does not know the client id.",
            "Copy the app id of the right product from the App Dashboard again.";
        InvalidScope = "provider.invalid_scope", Retry::FixConfig,
            "The provider does not accept a scope.",
            "Compare the scopes with the product's list; a permission must also be added to the app's use case.";
        ImplicitDisabled = "provider.implicit_disabled", Retry::FixConfig,
            "The client has implicit OAuth switched off.",
            "Manage Clients > Manage > Security: untick 'Disable implicit OAuth', then 'Update Client'. Or use the code flow.";
        NotSandboxUser = "provider.not_sandbox_user", Retry::FixConfig,
            "The legacy client is in sandbox mode and the person is not one of its sandbox users.",
            "Invite the person under Manage Clients > Manage > Sandbox.";
        BasicDisplayEnded = "provider.basic_display_ended", Retry::FixConfig,
            "The Basic Display API ended on 2024-12-04; its tokens, scopes and endpoints are gone.",
            "Move to Instagram Login (professional accounts) with instagram_business_basic, and log in again.";
        CodeUsed = "provider.code_used", Retry::Login,
            "The authorization code was used before, or does not belong to this client.",
            "A code works once. Look for a page that is loaded twice or two handlers on one route, then log in again.";
        CodeExpired = "provider.code_expired", Retry::Login,
            "The authorization code has expired.",
            "A code lives an hour at most. Log in again and complete at once.";
        ClientRejected = "provider.client_rejected", Retry::FixConfig,
            "The provider does not accept the app id together with the app secret.",
            "Copy id and secret from the same page of the same product again, without spaces.";
        SecretProof = "provider.appsecret_proof", Retry::FixConfig,
            "The provider refuses the appsecret_proof, or wants one.",
            "The proof is made from the very token of the call and the secret of the same app.";
        GrantRejected = "provider.grant_rejected", Retry::Login,
            "The authorization server refuses the grant.",
            "Log in again (RFC 6749 5.2: the code or refresh token is invalid, expired, revoked, or another client's).";
        RequestRejected = "provider.request_rejected", Retry::FixConfig,
            "The provider refuses the request as it is.",
            "The message has the provider's own words.";
        PermissionMissing = "provider.permission_missing", Retry::Reconsent,
            "The token lacks a permission that the call needs.",
            "Ask the person again for the permission; without Advanced Access only people with a role on the app can grant it (App Review).";
        BadResponse = "provider.bad_response", Retry::Never,
            "The provider's answer is not what the endpoint answers.",
            "The message says what was wrong with it. If it persists, compare with the provider's status page and changelog.";
        UnsupportedTokenType = "provider.unsupported_token_type", Retry::Never,
            "The provider issued a token of a type that cannot be used as a bearer token.",
            "Configure the server to issue Bearer tokens (RFC 6750).";
        UnexpectedRedirect = "provider.unexpected_redirect", Retry::Never,
            "The provider answered with a redirect, which is never followed.",
            "Check the endpoint; a proxy or a captive portal may stand in between.";
        Unavailable = "provider.unavailable", Retry::Backoff,
            "The provider has a passing fault.",
            "Try again later; nothing has to be changed.";
        Blocked = "provider.blocked", Retry::Never,
            "The provider blocks the action for now, as a matter of policy.",
            "Stop calling for a while and read the notice in the App Dashboard; repeating it makes it worse.";
        SignatureInvalid = "provider.signature_invalid", Retry::Never,
            "The signature does not match.",
            "Check which app secret signs: Instagram's own or Meta's; give both. Sign the raw bytes as they came.";
        CallbackMalformed = "provider.callback_malformed", Retry::Never,
            "The callback is not what the provider sends.",
            "The message says what is wrong with it. Pass the body as it came, before anything parses it.";
        VerifyTokenMismatch = "provider.verify_token_mismatch", Retry::FixConfig,
            "The webhook challenge carries another verify token.",
            "Enter the same verify token in App Dashboard > Webhooks and in the configuration.";
    }
    Network {
        Timeout = "network.timeout", Retry::Backoff,
            "The answer did not arrive in time.",
            "Check the connection. A code that was sent is not sent again: log in again if the exchange timed out.";
        Dns = "network.dns", Retry::Backoff,
            "The host's name could not be resolved.",
            "Check the connection, and the endpoint if it is your own.";
        Tls = "network.tls", Retry::Never,
            "No secure connection could be made.",
            "Check the machine's date and certificates; behind a company proxy set SSL_CERT_FILE to its root. The check cannot be switched off.";
        Offline = "network.offline", Retry::Backoff,
            "No connection could be made.",
            "Check the connection and the proxy settings.";
        Reset = "network.reset", Retry::Backoff,
            "The connection broke before the answer was whole.",
            "Try again. A code that was sent is not sent again: log in again if the exchange broke.";
        TooLarge = "network.too_large", Retry::Never,
            "The answer is larger than any answer of this endpoint.",
            "At most 1 MiB is read. Check the endpoint and what stands in between.";
    }
    Throttled {
        ThrottledApp = "throttled.app", Retry::Backoff,
            "The app has reached its request limit.",
            "Slow down; the usage headers say when access returns.";
        ThrottledUser = "throttled.user", Retry::Backoff,
            "The person or account has reached its request limit.",
            "Slow down for this account; others are not affected.";
    }
    Token {
        TokenExpired = "token.expired", Retry::Login,
            "The token has expired.",
            "Log in again: an expired token cannot be refreshed. Keep tokens with the keeper, which refreshes in time.";
        TokenInvalidated = "token.invalidated", Retry::Login,
            "The session behind the token was ended: the password was changed, or the platform did it for security.",
            "Log in again; refreshing cannot help.";
        TokenRevoked = "token.revoked", Retry::Login,
            "The person has removed the app.",
            "Delete what belongs to the account, or ask the person to connect again.";
        TokenInvalid = "token.invalid", Retry::Login,
            "The provider does not accept the token.",
            "Log in again. If it is new, check that it belongs to this app and product and was copied whole.";
        TokenTooYoung = "token.too_young", Retry::Never,
            "The token is too young to be refreshed.",
            "It lives; a long-lived token can be refreshed once it is 24 hours old.";
        TokenNotRefreshable = "token.not_refreshable", Retry::Login,
            "A token of this kind cannot be refreshed.",
            "The message says what to do instead.";
        TokenSandbox = "token.sandbox", Retry::FixConfig,
            "A sandbox token was about to be sent to a real provider, or the other way round.",
            "Use the sandbox's tokens with the sandbox only.";
        TokenWrongApp = "token.wrong_app", Retry::Login,
            "The token was made for another app.",
            "Log in with this app. From a device take a code, not a token: a code is of no use to another app.";
        TokenMalformed = "token.malformed", Retry::Login,
            "The text cannot be a token.",
            "Copy the token alone and whole: no spaces, quotes or line breaks.";
    }
    Account {
        AccountNotFound = "account.not_found", Retry::Login,
            "No such account is stored.",
            "Log in with `shutterkey login`, or import a token.";
        AccountMismatch = "account.mismatch", Retry::Login,
            "The answer is for another account.",
            "Nothing was stored. Log in with the account that is expected.";
        AccountNeedsLogin = "account.needs_login", Retry::Login,
            "The account has no live token any more.",
            "Log in again; the reason says why the last token died.";
        AccountCheckpoint = "account.checkpoint", Retry::UserAction("https://www.instagram.com/"),
            "The platform wants the person to confirm something first.",
            "The person opens Instagram (or Facebook) and follows the notice; the same token then works again.";
        AccountUnusable = "account.unusable", Retry::UserAction("https://www.facebook.com/"),
            "The account itself cannot be used: unconfirmed, or without the role that the token was made for.",
            "The person confirms the account or gets the role back; a new token alone does not help.";
        AccountName = "account.name", Retry::Never,
            "The account name cannot be used.",
            "A name has 1 to 128 printable characters.";
        AccountImportLine = "account.import_line", Retry::Never,
            "This line of an import cannot be taken.",
            "A line is one JSON object with user_id and access_token; the message says what is wrong with this one.";
    }
    Store {
        StoreUnavailable = "store.unavailable", Retry::Backoff,
            "The store cannot be reached or does not answer.",
            "The message has the cause. Tokens in memory go on working.";
        StoreRefused = "store.refused", Retry::FixConfig,
            "The store is not safe to use as it is.",
            "The message says what is wrong: a symbolic link, another owner, or permissions that let others read.";
        StoreCorrupt = "store.corrupt", Retry::Never,
            "What the store holds cannot be read.",
            "The message names it. A previous generation may be beside it; otherwise log in again.";
        StoreConflict = "store.conflict", Retry::Backoff,
            "Somebody else wrote at the same time.",
            "Nothing was overwritten. Load again and repeat.";
        StoreBusy = "store.busy", Retry::Backoff,
            "Somebody else holds the lease for longer than a refresh takes.",
            "It frees itself; try again.";
        StoreLocked = "store.locked", Retry::Backoff,
            "The keychain is locked.",
            "Unlock it: log in to the desktop, or unlock it in its own program (Passwords and Keys, KWallet, Keychain Access). Where nobody can, as on a server, use another store; docs/stores.md compares them.";
        StoreDenied = "store.denied", Retry::FixConfig,
            "The store does not let us in, or not do this.",
            "The message has the cause. A server: check user, password, database and the rights of the user, which docs/stores.md lists. A folder: its user needs the right to write in it.";
        StoreSchema = "store.schema", Retry::FixConfig,
            "The store's tables are missing, or of another release than this library can work with.",
            "Run the migrations (`migrate()`, or by hand from `migrations()`); where the tables are newer, upgrade the library.";
        StoreReadOnly = "store.read_only", Retry::Backoff,
            "The store can be read and not written to right now.",
            "A server: a standby or a read-only transaction answers; connect to the primary (target_session_attrs=read-write), and after a failover it passes. A folder: its file system is mounted read-only.";
        StoreFull = "store.full", Retry::Backoff,
            "The store has no room left.",
            "Make room on the disk, or raise the limit. Nothing that was stored is lost, and tokens in memory go on working.";
        StoreSealInvalid = "store.seal_invalid", Retry::FixConfig,
            "A sealed record cannot be opened.",
            "Put the key that sealed it back into the ring, in any place but the first. If it is there, the record was changed or moved; then log in again.";
    }
    Internal {
        EntropyUnavailable = "internal.entropy", Retry::Never,
            "The operating system gave no randomness.",
            "There is no weaker substitute. Check the system.";
        OperationMisused = "internal.operation", Retry::Never,
            "A driver answered a step that was not asked, or stepped an operation that is finished.",
            "Every step is answered exactly once, in order. This is a bug of the driver.";
        Misuse = "internal.misuse", Retry::Never,
            "The call makes no sense as it is.",
            "The message says why. This is a bug of the caller.";
    }
}

impl fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
