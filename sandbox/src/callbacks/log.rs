//! What was delivered, and what came of it.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use serde::Serialize;
use serde_json::Value;
use shutterkey::Timestamp;

use super::Outgoing;
use crate::world::Product;

/// How many deliveries are remembered.
const KEPT: usize = 1_000;

/// One thing that the platform sent to an app.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Delivery {
    /// Its number, from 1 on.
    pub number: u64,
    /// When, in sandbox time.
    pub at: Timestamp,
    /// `deauthorize`, `data_deletion`, `webhook_verification` or `webhook`.
    pub kind: String,
    /// The product.
    pub product: Product,
    /// The app that was told.
    pub app_id: String,
    /// Whom it is about.
    pub account: Option<String>,
    /// Where it was sent, without a query.
    pub url: String,
    /// The HTTP status of the answer; absent when there was none.
    pub status: Option<u16>,
    /// What is wrong with the answer, or why there was none.
    pub problem: Option<String>,
    /// Of a data deletion: where the person can look how it stands.
    pub status_url: Option<String>,
    /// Of a data deletion: the code that the app gave.
    pub confirmation_code: Option<String>,
}

/// What came of sending.
#[derive(Debug, Default)]
pub(super) struct Sent {
    pub(super) status: Option<u16>,
    pub(super) problem: Option<String>,
    pub(super) answer: Option<Value>,
}

/// The log of a running sandbox; clones are the same log.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<(u64, VecDeque<Delivery>)>>);

impl Log {
    pub(super) fn write(&self, outgoing: &Outgoing, at: Timestamp, sent: Sent) -> Delivery {
        let text = |name: &str| {
            let value = sent.answer.as_ref()?.get(name)?.as_str()?;
            Some(value.chars().filter(|c| !c.is_control()).take(500).collect::<String>())
        };
        let mut log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.0 += 1;
        let delivery = Delivery {
            number: log.0,
            at,
            kind: outgoing.kind.name().to_owned(),
            product: outgoing.product,
            app_id: outgoing.app_id.clone(),
            account: outgoing.username.clone(),
            url: outgoing.url.split('?').next().unwrap_or_default().to_owned(),
            status: sent.status,
            status_url: text("url"),
            confirmation_code: text("confirmation_code"),
            problem: sent.problem,
        };
        if log.1.len() == KEPT {
            log.1.pop_front();
        }
        log.1.push_back(delivery.clone());
        delivery
    }

    /// All that are remembered, oldest first.
    pub(crate) fn all(&self) -> Vec<Delivery> {
        let log = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        log.1.iter().cloned().collect()
    }

    pub(crate) fn clear(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (0, VecDeque::new());
    }
}
