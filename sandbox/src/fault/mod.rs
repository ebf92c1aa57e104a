//! Answers and accidents that a test asks for in place of the real ones. They stand in the path of every request, behind the
//! guards, so that a fault can be given to any endpoint of any product.

mod answer;
mod ask;
mod whose;

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use shutterkey::Timestamp;

use crate::world::Product;

pub(crate) use answer::{after, before};
pub(crate) use whose::Asker;

/// Something that goes wrong, for which calls, and how often.
///
/// ```
/// use shutterkey_sandbox::{Fault, FaultKind, Product};
/// // The next refresh is taken, and its answer gets lost on the way:
/// let lost = Fault::of("refresh_access_token", FaultKind::Lost);
/// // Instagram Login is throttled for this account for an hour:
/// let throttled = Fault::of("", FaultKind::Throttle { code: 80_002, minutes: 19 })
///     .product(Product::Instagram)
///     .account("studio")
///     .for_seconds(3_600);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "ask::FaultAsk", into = "ask::FaultAsk")]
#[non_exhaustive]
pub struct Fault {
    /// Part of the endpoint that it is meant for, such as `refresh_access_token`; empty: every endpoint of a platform.
    pub endpoint: String,
    /// What goes wrong.
    pub kind: FaultKind,
    /// Calls of one product alone.
    pub product: Option<Product>,
    /// Calls for one person alone: whose token, refresh token or code is sent.
    pub account: Option<String>,
    /// Calls of one app alone.
    pub client_id: Option<String>,
    /// How many calls get it; `None`: as long as [`Fault::for_seconds`] says, or until it is cleared.
    pub times: Option<u32>,
    /// For how long, in seconds of sandbox time from when it is asked for; `None`: as often as [`Fault::times`] says.
    pub for_seconds: Option<i64>,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum FaultKind {
    /// This answer in place of the endpoint's own, which is not asked.
    Status {
        /// HTTP status.
        status: u16,
        /// Body; one that begins with a brace or a bracket is JSON, any other HTML.
        body: String,
        /// More headers.
        headers: Vec<(String, String)>,
    },
    /// Rate limited: the Graph error with this code and the usage headers (fact sheet 5.4, 5.5); 429 on the legacy platform.
    Throttle {
        /// 4, 17, 32, 613 or 80000 to 80014.
        code: u32,
        /// Minutes until access comes back, as the header of the 80000s says.
        minutes: u32,
    },
    /// Down: code 1 or 2 with `is_transient` and HTTP 500, or (code 0) a proxy's HTML page with HTTP 502.
    Outage {
        /// 0, 1 or 2.
        code: u32,
    },
    /// The real answer, late.
    Slow {
        /// How late, in milliseconds of real time.
        delay_ms: u64,
        /// Whether the body comes byte by byte over that time instead of at once after it.
        dribble: bool,
    },
    /// The real answer, of which the second half is missing.
    Truncated,
    /// A body of this many MiB.
    Oversized {
        /// MiB.
        mib: u32,
    },
    /// Status 200 and a body that is not what it should be.
    Malformed(Malformed),
    /// The request is taken and acted on; the answer gets lost, and the connection breaks.
    Lost,
    /// The connection breaks before anything was done.
    Reset,
    /// 302 to this address. Clients must not follow, since the request carries secrets.
    Redirect {
        /// Where to.
        location: String,
    },
}

/// In which way a body is not what it should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Malformed {
    /// No JSON.
    #[default]
    Text,
    /// An HTML page.
    Html,
    /// Nothing at all.
    Empty,
    /// A JSON array.
    Array,
    /// JSON with something after it.
    TrailingGarbage,
    /// JSON behind a byte order mark.
    ByteOrderMark,
}

impl Fault {
    /// One call of an endpoint whose path contains `endpoint` gets this answer.
    pub fn new(endpoint: &str, status: u16, body: &str) -> Self {
        let kind = FaultKind::Status {
            status,
            body: body.to_owned(),
            headers: Vec::new(),
        };
        Self::of(endpoint, kind)
    }

    /// One call of an endpoint whose path contains `endpoint` fails like this.
    pub fn of(endpoint: &str, kind: FaultKind) -> Self {
        Self {
            endpoint: endpoint.to_owned(),
            kind,
            product: None,
            account: None,
            client_id: None,
            times: Some(1),
            for_seconds: None,
        }
    }

    /// Sets [`Fault::times`].
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = Some(times);
        self
    }

    /// Sets [`Fault::for_seconds`], however many calls there are.
    #[must_use]
    pub fn for_seconds(mut self, seconds: i64) -> Self {
        (self.times, self.for_seconds) = (None, Some(seconds));
        self
    }

    /// Until it is cleared.
    #[must_use]
    pub fn lasting(mut self) -> Self {
        (self.times, self.for_seconds) = (None, None);
        self
    }

    /// Sets [`Fault::product`].
    #[must_use]
    pub fn product(mut self, product: Product) -> Self {
        self.product = Some(product);
        self
    }

    /// Sets [`Fault::account`]: a username, with or without `.sandbox`.
    #[must_use]
    pub fn account(mut self, name: &str) -> Self {
        self.account = Some(name.to_owned());
        self
    }

    /// Sets [`Fault::client_id`].
    #[must_use]
    pub fn client_id(mut self, id: &str) -> Self {
        self.client_id = Some(id.to_owned());
        self
    }

    /// Without an endpoint it waits for a platform's; the sandbox's own pages are nobody's to break by accident.
    fn fits_path(&self, path: &str) -> bool {
        let first = path.split('/').nth(1);
        let is_platform = || Product::ALL.iter().any(|product| first == Some(product.as_str()));
        path.contains(&self.endpoint) && (!self.endpoint.is_empty() || is_platform())
    }

    fn fits(&self, path: &str, asker: &Asker) -> bool {
        let product = |product: Product| path.split('/').nth(1) == Some(product.as_str());
        let account = |name: &str| {
            let username = crate::world::full_username(name);
            username.is_some() && username == asker.username
        };
        self.fits_path(path)
            && self.product.is_none_or(product)
            && self.account.as_deref().is_none_or(account)
            && self
                .client_id
                .as_ref()
                .is_none_or(|id| asker.client_id.as_ref() == Some(id))
    }
}

impl FaultKind {
    /// The name in the control API and in the journal.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Status { .. } => "status",
            Self::Throttle { .. } => "throttle",
            Self::Outage { .. } => "outage",
            Self::Slow { .. } => "slow",
            Self::Truncated => "truncated",
            Self::Oversized { .. } => "oversized",
            Self::Malformed(_) => "malformed",
            Self::Lost => "lost",
            Self::Reset => "reset",
            Self::Redirect { .. } => "redirect",
        }
    }
}

struct Waiting {
    fault: Fault,
    until: Option<Timestamp>,
}

/// The faults that wait for their calls.
#[derive(Default)]
pub(crate) struct Faults(VecDeque<Waiting>);

impl Faults {
    pub(crate) fn add(&mut self, fault: Fault, now: Timestamp) {
        let until = fault.for_seconds.map(|seconds| now.plus(seconds));
        self.0.push_back(Waiting { fault, until });
    }

    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    /// Those that still wait, in the order in which they were asked for.
    pub(crate) fn list(&mut self, now: Timestamp) -> Vec<Fault> {
        self.drop_ended(now);
        self.0.iter().map(|waiting| waiting.fault.clone()).collect()
    }

    /// Whether some fault of this path is for one account or app alone.
    pub(crate) fn ask_who(&self, path: &str) -> bool {
        let bound = |fault: &Fault| fault.account.is_some() || fault.client_id.is_some();
        self.0
            .iter()
            .any(|waiting| bound(&waiting.fault) && waiting.fault.fits_path(path))
    }

    /// What goes wrong with this call, if anything does.
    pub(crate) fn take(&mut self, path: &str, asker: &Asker, now: Timestamp) -> Option<FaultKind> {
        self.drop_ended(now);
        let place = self.0.iter().position(|waiting| waiting.fault.fits(path, asker))?;
        let fault = &mut self.0.get_mut(place)?.fault;
        let kind = fault.kind.clone();
        if let Some(times) = &mut fault.times {
            *times = times.saturating_sub(1);
        }
        self.drop_ended(now);
        Some(kind)
    }

    fn drop_ended(&mut self, now: Timestamp) {
        self.0
            .retain(|waiting| waiting.fault.times != Some(0) && waiting.until.is_none_or(|until| now < until));
    }
}
