//! A fault as JSON: one flat object.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Fault, FaultKind, Malformed};
use crate::world::Product;

#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct FaultAsk {
    #[serde(default)]
    endpoint: String,
    /// `status` when left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product: Option<Product>,
    #[serde(skip_serializing_if = "Option::is_none")]
    account: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    /// 1 when neither this nor `for_seconds` nor `lasting` is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    times: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    for_seconds: Option<i64>,
    #[serde(default, skip_serializing_if = "is_false")]
    lasting: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    body: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    headers: BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minutes: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delay_ms: Option<u64>,
    #[serde(default, skip_serializing_if = "is_false")]
    dribble: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    mib: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    form: Option<Malformed>,
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_false(value: &bool) -> bool {
    !value
}

impl TryFrom<FaultAsk> for Fault {
    type Error = String;

    fn try_from(ask: FaultAsk) -> Result<Self, String> {
        let kind = match ask.kind.as_deref().unwrap_or("status") {
            "status" => FaultKind::Status {
                status: ask
                    .status
                    .filter(|status| (200..=599).contains(status))
                    .ok_or("a fault of kind status needs a status from 200 to 599")?,
                body: ask.body.unwrap_or_default(),
                headers: ask.headers.into_iter().collect(),
            },
            "throttle" => FaultKind::Throttle {
                code: match ask.code.unwrap_or(4) {
                    code @ (4 | 17 | 32 | 613 | 80_000..=80_014) => code,
                    other => return Err(format!("{other} is no throttle code: 4, 17, 32, 613, 80000 to 80014")),
                },
                minutes: ask.minutes.unwrap_or(19),
            },
            "outage" => FaultKind::Outage {
                code: match ask.code.unwrap_or(2) {
                    code @ 0..=2 => code,
                    other => return Err(format!("{other} is no outage code: 1, 2, or 0 for a proxy's page")),
                },
            },
            "slow" => FaultKind::Slow {
                delay_ms: ask.delay_ms.unwrap_or(1_000).min(600_000),
                dribble: ask.dribble,
            },
            "truncated" => FaultKind::Truncated,
            "oversized" => FaultKind::Oversized {
                mib: ask.mib.unwrap_or(2).min(64),
            },
            "malformed" => FaultKind::Malformed(ask.form.unwrap_or_default()),
            "lost" => FaultKind::Lost,
            "reset" => FaultKind::Reset,
            "redirect" => FaultKind::Redirect {
                location: ask
                    .location
                    .unwrap_or_else(|| "https://elsewhere.sandbox.invalid/".to_owned()),
            },
            other => {
                let known = "status, throttle, outage, slow, truncated, oversized, malformed, lost, reset, redirect";
                return Err(format!("there is no kind {other:?}: {known}"));
            }
        };
        let once = ask.for_seconds.is_none() && !ask.lasting;
        Ok(Self {
            endpoint: ask.endpoint,
            kind,
            product: ask.product,
            account: ask.account,
            client_id: ask.client_id,
            times: ask.times.or(once.then_some(1)),
            for_seconds: ask.for_seconds,
        })
    }
}

impl From<Fault> for FaultAsk {
    fn from(fault: Fault) -> Self {
        let mut ask = Self {
            endpoint: fault.endpoint,
            kind: Some(fault.kind.name().to_owned()),
            product: fault.product,
            account: fault.account,
            client_id: fault.client_id,
            times: fault.times,
            for_seconds: fault.for_seconds,
            lasting: fault.times.is_none() && fault.for_seconds.is_none(),
            ..Self::default()
        };
        match fault.kind {
            FaultKind::Status { status, body, headers } => {
                (ask.status, ask.body) = (Some(status), Some(body));
                ask.headers = headers.into_iter().collect();
            }
            FaultKind::Throttle { code, minutes } => (ask.code, ask.minutes) = (Some(code), Some(minutes)),
            FaultKind::Outage { code } => ask.code = Some(code),
            FaultKind::Slow { delay_ms, dribble } => (ask.delay_ms, ask.dribble) = (Some(delay_ms), dribble),
            FaultKind::Oversized { mib } => ask.mib = Some(mib),
            FaultKind::Malformed(form) => ask.form = Some(form),
            FaultKind::Redirect { location } => ask.location = Some(location),
            FaultKind::Truncated | FaultKind::Lost | FaultKind::Reset => {}
        }
        ask
    }
}
