//! Any RFC 6749 server.

use std::borrow::Cow;

use super::{
    Accounts, ClientAuth, Exchange, Identify, Inspect, Lifetimes, Provider, ProviderData, Refresh, ResponseType,
    Revoke, TokenKind,
};
use crate::config::{ClientIdKind, Endpoint, RedirectRules};
use crate::error::{Error, ErrorCode, Result};
use crate::scope::ScopeTable;

/// How tokens begin that a sandbox made.
pub(super) const SANDBOX_MARK: &str = "SANDBOX";

/// Describes an RFC 6749 server by hand. PKCE S256 is on unless switched off by name.
#[derive(Clone, Debug, Default)]
pub struct StandardBuilder {
    id: Option<String>,
    name: Option<String>,
    issuer: Option<String>,
    iss_promised: bool,
    authorize: Option<String>,
    token: Option<String>,
    identify: Option<(String, String)>,
    revoke: Option<String>,
    without_pkce: bool,
    secret_in_body: bool,
}

impl StandardBuilder {
    /// A stable name of your own for the server; `standard` by default.
    #[must_use]
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// What people call the server; the authorization endpoint's origin by default.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// The issuer. An `iss` in a response must equal it; with `promised`, a response without `iss` is refused
    /// (RFC 9207 2.4, metadata `authorization_response_iss_parameter_supported`).
    #[must_use]
    pub fn issuer(mut self, issuer: impl Into<String>, promised: bool) -> Self {
        self.issuer = Some(issuer.into());
        self.iss_promised = promised;
        self
    }

    /// The authorization endpoint. Required.
    #[must_use]
    pub fn authorize_endpoint(mut self, url: impl Into<String>) -> Self {
        self.authorize = Some(url.into());
        self
    }

    /// The token endpoint. Required.
    #[must_use]
    pub fn token_endpoint(mut self, url: impl Into<String>) -> Self {
        self.token = Some(url.into());
        self
    }

    /// An endpoint that answers JSON about the token's owner to a bearer token, and the member that holds the id.
    #[must_use]
    pub fn identity_endpoint(mut self, url: impl Into<String>, id_member: impl Into<String>) -> Self {
        self.identify = Some((url.into(), id_member.into()));
        self
    }

    /// The revocation endpoint (RFC 7009).
    #[must_use]
    pub fn revocation_endpoint(mut self, url: impl Into<String>) -> Self {
        self.revoke = Some(url.into());
        self
    }

    /// Sends the secret as a parameter (`client_secret_post`) instead of HTTP Basic.
    #[must_use]
    pub fn secret_in_body(mut self) -> Self {
        self.secret_in_body = true;
        self
    }

    /// Sends no PKCE challenge: for a server that refuses unknown parameters. The state still protects the login.
    #[must_use]
    pub fn without_pkce(mut self) -> Self {
        self.without_pkce = true;
        self
    }

    /// The provider.
    ///
    /// # Errors
    /// `config.missing` without authorization or token endpoint; `config.insecure_endpoint` for an endpoint that is not
    /// https or loopback; `config.reserved_parameter` when the authorization endpoint carries a parameter of the protocol.
    pub fn build(self) -> Result<Provider> {
        let authorize = required(self.authorize.as_deref(), "authorization endpoint")?;
        let token = required(self.token.as_deref(), "token endpoint")?;
        let identify = match self.identify {
            None => None,
            Some((url, member)) => Some(Identify {
                endpoint: Endpoint::parse(&url)?,
                fields: None,
                token_in_query: false,
                // Two members are read in the wild; a name of one's own would have to live as long as the provider.
                user_id: match member.as_str() {
                    "id" => "id",
                    "sub" => "sub",
                    "user_id" => "user_id",
                    _ => {
                        return Err(Error::with_detail(
                            ErrorCode::ConfigInvalid,
                            "The id member of the identity endpoint is one of id, sub and user_id.",
                        ));
                    }
                },
                app_scoped_id: None,
            }),
        };
        let origin = self.issuer.clone().unwrap_or_else(|| token.origin());
        Ok(Provider::from_data(ProviderData {
            id: self.id.map_or(Cow::Borrowed("standard"), Cow::Owned),
            name: self.name.map_or_else(|| Cow::Owned(authorize.origin()), Cow::Owned),
            origin,
            sandbox: false,
            authorize: Some(authorize),
            token: Some(token),
            exchange: Exchange {
                post: true,
                auth: if self.secret_in_body {
                    ClientAuth::PostOrPublic
                } else {
                    ClientAuth::BasicOrPublic
                },
                kind: TokenKind::Bearer,
            },
            extend: None,
            refresh: Refresh::RefreshToken,
            identify,
            revoke: self
                .revoke
                .as_deref()
                .map(Endpoint::parse)
                .transpose()?
                .map(Revoke::Endpoint),
            secret_proof: false,
            app_token: None,
            inspect: Inspect::None(
                "RFC 6749 has no such call; the server's identity endpoint tells whether the token lives",
            ),
            permissions: None,
            accounts: Accounts::None("it is not one of Meta's platforms"),
            issuer: self.issuer,
            iss_promised: self.iss_promised,
            response_types: Cow::Borrowed(&[ResponseType::Code, ResponseType::Token]),
            pkce: !self.without_pkce,
            scope_joiner: ' ',
            scopes: ScopeTable {
                base: None,
                known: &[],
                retired: &[],
                open: true,
            },
            authorize_extra: &[],
            force_reauth: false,
            redirect_rules: RedirectRules {
                loopback_http: true,
                any_http: false,
                custom_scheme: true,
            },
            client_id: ClientIdKind::Any,
            // Without `expires_in` the expiry is unknown (RFC 6749 5.1 only recommends it).
            lifetimes: Lifetimes {
                short: None,
                refresh_from: 0,
            },
            sandbox_mark: Some(SANDBOX_MARK),
        }))
    }
}

fn required(url: Option<&str>, what: &str) -> Result<Endpoint> {
    match url {
        Some(url) => Endpoint::parse(url),
        None => Err(Error::with_detail(
            ErrorCode::ConfigMissing,
            format!("The provider's {what} is missing."),
        )),
    }
}

/// Gives the provider the paths of the sandbox's own RFC 6749 server.
pub(super) fn place(data: &mut ProviderData, base: &str) -> Result<()> {
    data.authorize = Some(Endpoint::of_sandbox(&format!("{base}/authorize"))?);
    data.token = Some(Endpoint::of_sandbox(&format!("{base}/token"))?);
    data.revoke = Some(Revoke::Endpoint(Endpoint::of_sandbox(&format!("{base}/revoke"))?));
    data.issuer = Some(base.to_owned());
    data.iss_promised = true;
    data.identify = Some(Identify {
        endpoint: Endpoint::of_sandbox(&format!("{base}/me"))?,
        fields: None,
        token_in_query: false,
        user_id: "id",
        app_scoped_id: None,
    });
    Ok(())
}
