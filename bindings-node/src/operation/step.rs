//! What an operation asks its driver to do.

use napi::bindgen_prelude::Uint8Array;
use napi_derive::napi;
use shutterkey::{Error, ErrorCode, Result, Step};

use crate::account::{AccountParts, ConnectionParts, ExchangedParts, LoggedOutParts, StoredAccount};
use crate::failure::Failure;
use crate::graph::{InspectionParts, InstagramAccountsParts, PermissionsParts};
use crate::host_store::number;
use crate::protocol::RequestParts;
use crate::provider::Provider;
use crate::time::seconds;

/// A step; which members it has depends on its kind. Lengths are in seconds.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct StepParts {
    pub kind: &'static str,
    pub request: Option<RequestParts>,
    pub key: Option<String>,
    pub ttl: Option<f64>,
    pub record: Option<Uint8Array>,
    pub expected: Option<f64>,
    pub fence: Option<f64>,
    pub due_at: Option<f64>,
    pub forget_at: Option<f64>,
    pub seconds: Option<f64>,
    pub done: Option<DoneParts>,
}

/// What an operation gave: one of these, or nothing.
#[napi(object, object_from_js = false)]
#[derive(Default)]
pub struct DoneParts {
    pub connection: Option<ConnectionParts>,
    pub exchanged: Option<ExchangedParts>,
    pub token: Option<String>,
    pub account: Option<AccountParts>,
    pub inspection: Option<InspectionParts>,
    pub accounts: Option<InstagramAccountsParts>,
    pub permissions: Option<PermissionsParts>,
    pub provider: Option<Provider>,
    pub kept: Option<KeptParts>,
    pub reported: Option<ReportedParts>,
    pub logged_out: Option<LoggedOutParts>,
    pub stored: Option<StoredAccount>,
}

/// An account that was looked after.
#[napi(object, object_from_js = false)]
pub struct KeptParts {
    pub stored: StoredAccount,
    pub refreshed: bool,
    pub stalled: bool,
    pub at_risk: Option<f64>,
    pub problem: Option<Failure>,
}

/// What a report led to.
#[napi(object, object_from_js = false)]
pub struct ReportedParts {
    pub stored: StoredAccount,
    pub meaning: Option<Failure>,
    pub changed: bool,
    pub failure: Option<Failure>,
}

impl StepParts {
    pub(super) fn new<T>(step: Step<T>, convert: impl FnOnce(T) -> Result<DoneParts>) -> Result<Self> {
        let asked = |kind| Self {
            kind,
            ..Self::default()
        };
        Ok(match step {
            Step::Send(request) => Self {
                request: Some(request.into()),
                ..asked("send")
            },
            Step::Load(key) => Self {
                key: Some(key.as_str().to_owned()),
                ..asked("load")
            },
            Step::Lease { key, ttl } => Self {
                key: Some(key.as_str().to_owned()),
                ttl: Some(ttl.as_secs_f64()),
                ..asked("lease")
            },
            Step::Save(save) => Self {
                key: Some(save.key.as_str().to_owned()),
                record: Some(save.record.bytes.to_vec().into()),
                expected: save.expected.map(number),
                fence: save.fence.map(number),
                due_at: save.record.due_at.map(seconds),
                forget_at: save.record.forget_at.map(seconds),
                ..asked("save")
            },
            Step::Release(lease) => Self {
                key: Some(lease.key.as_str().to_owned()),
                fence: Some(number(lease.fence)),
                ..asked("release")
            },
            Step::Delete { key, expected } => Self {
                key: Some(key.as_str().to_owned()),
                expected: Some(number(expected)),
                ..asked("delete")
            },
            Step::Wait(length) => Self {
                seconds: Some(length.as_secs_f64()),
                ..asked("wait")
            },
            Step::Done(value) => Self {
                done: Some(convert(value)?),
                ..asked("done")
            },
            _ => {
                return Err(Error::with_detail(
                    ErrorCode::Misuse,
                    "The native part asks for a step that this package does not know.",
                ));
            }
        })
    }
}
