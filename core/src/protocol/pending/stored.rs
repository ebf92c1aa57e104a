//! A pending login as text.

use std::borrow::Cow;
use std::sync::Arc;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::state::{SessionBinding, State};
use super::{Extras, PendingAuthorization};
use crate::account::UserId;
use crate::clock::Timestamp;
use crate::config::{Binding, RedirectUri};
use crate::error::{Error, ErrorCode, Result};
use crate::protocol::pkce::Verifier;
use crate::provider::ResponseType;
use crate::scope::ScopeSet;

/// The stored form. Short names: eight of these share one cookie.
#[derive(Serialize, Deserialize)]
pub(super) struct Stored<'a> {
    v: u8,
    #[serde(borrow)]
    p: Cow<'a, str>,
    o: Cow<'a, str>,
    c: Cow<'a, str>,
    r: Cow<'a, str>,
    t: ResponseType,
    s: Cow<'a, str>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    w: Option<Cow<'a, str>>,
    a: Timestamp,
    e: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    i: Option<Cow<'a, str>>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    ip: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    b: Option<SessionBinding>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    x: Option<UserId>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    n: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    d: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    q: Option<ScopeSet>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    l: Option<ScopeSet>,
}

impl<'a> From<&'a PendingAuthorization> for Stored<'a> {
    fn from(pending: &'a PendingAuthorization) -> Self {
        let extras = pending.extras.as_deref();
        Self {
            v: 1,
            p: (&*pending.binding.provider).into(),
            o: (&*pending.binding.origin).into(),
            c: (&*pending.binding.client_id).into(),
            r: pending.binding.redirect_uri.as_str().into(),
            t: pending.binding.response_type,
            s: pending.state.reveal().into(),
            w: pending.verifier.as_ref().map(|verifier| verifier.reveal().into()),
            a: pending.created_at,
            e: pending.expires_at,
            i: pending.binding.issuer.as_deref().map(Into::into),
            ip: pending.binding.iss_promised,
            b: extras.and_then(|extras| extras.session.clone()),
            x: extras.and_then(|extras| extras.expect_account.clone()),
            n: extras.and_then(|extras| extras.return_to.clone()),
            d: extras
                .and_then(|extras| extras.context.as_ref())
                .map(|context| BASE64_URL_SAFE_NO_PAD.encode(context)),
            q: extras.and_then(|extras| extras.required_scopes.clone()),
            l: extras.and_then(|extras| extras.scopes.clone()),
        }
    }
}

impl TryFrom<Stored<'_>> for PendingAuthorization {
    type Error = Error;

    fn try_from(stored: Stored<'_>) -> Result<Self> {
        let invalid = || Error::new(ErrorCode::RedirectSealInvalid);
        if stored.v != 1 {
            return Err(Error::with_detail(
                ErrorCode::RedirectSealInvalid,
                "The pending login was written by a version of shutterkey that this one does not know.",
            ));
        }
        let context = stored
            .d
            .map(|text| BASE64_URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid()))
            .transpose()?;
        let extras = Extras {
            session: stored.b,
            expect_account: stored.x,
            return_to: stored.n,
            context,
            required_scopes: stored.q,
            scopes: stored.l,
        };
        extras.check()?;
        Ok(Self {
            binding: Arc::new(Binding {
                provider: stored.p.into(),
                origin: stored.o.into(),
                client_id: stored.c.into(),
                redirect_uri: RedirectUri::parse(&stored.r).map_err(|_| invalid())?,
                response_type: stored.t,
                issuer: stored.i.map(Into::into),
                iss_promised: stored.ip,
            }),
            state: State::parse(&stored.s).ok_or_else(invalid)?,
            verifier: stored
                .w
                .map(|text| Verifier::parse(&text).map_err(|_| invalid()))
                .transpose()?,
            created_at: stored.a,
            expires_at: stored.e,
            extras: (!extras.is_empty()).then(|| Box::new(extras)),
        })
    }
}
