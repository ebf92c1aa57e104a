//! What a keeper knows, and the operations it drives.

use std::sync::Arc;

use shutterkey::keeping::{Event, ImportToken, Keeping, Looked};
use shutterkey::record::StoreKey;
use shutterkey::{Result, Timestamp, operation};

use crate::account::{KeyParts, LoggedOutParts, NativeAccount};
use crate::answer::ApiAnswer;
use crate::config::NativeConfig;
use crate::failure::{Failure, FailureParts, NativeResumable};
use crate::moment;
use crate::operation::{NativeOperation, connecting};
use crate::pending::{NativeGrant, NativePending};
use crate::step::{DoneParts, LookedParts};
use crate::token::{ExpiryParts, NativeToken, expiry, kind};

/// The accounts of one client in memory.
#[derive(Debug, uniffi::Object)]
pub struct NativeKeeping(Arc<Keeping>);

/// Something that happened to an account.
#[derive(Clone, Debug, uniffi::Record)]
pub struct EventParts {
    /// What happened.
    pub kind: String,
    /// The account.
    pub account: KeyParts,
    /// Why, where something went wrong.
    pub error: Option<FailureParts>,
    /// When.
    pub at: i64,
    /// Until when the token lives, of an account at risk.
    pub until: Option<i64>,
}

impl From<Event> for EventParts {
    fn from(event: Event) -> Self {
        Self {
            kind: event.kind.as_str().to_owned(),
            account: (&event.account).into(),
            error: event.error.map(Into::into),
            at: event.at.seconds(),
            until: event.until.map(Timestamp::seconds),
        }
    }
}

pub(crate) fn logged_out(out: operation::LoggedOut) -> Result<DoneParts> {
    Ok(DoneParts::LoggedOut {
        logged_out: LoggedOutParts {
            revoked: out.revoked,
            problem: out.problem.map(Into::into),
        },
    })
}

#[uniffi::export]
impl NativeKeeping {
    /// Nothing is in memory yet. `reread` is in seconds, 30 unless said otherwise.
    #[uniffi::constructor]
    pub fn new(config: &NativeConfig, namespace: Option<String>, reread: Option<i64>) -> Arc<Self> {
        Arc::new(Self(Keeping::new(
            config.0.clone(),
            namespace.unwrap_or_else(|| "default".to_owned()),
            reread.unwrap_or(shutterkey::keeping::DEFAULT_REREAD),
            shutterkey::keeping::DEFAULT_CAPACITY,
        )))
    }

    /// The account's token if nothing has to be done for it: the way that nearly every call takes.
    pub fn fresh_token(&self, name: String, now: i64) -> Option<Arc<NativeToken>> {
        self.0.fresh_token(&name, moment(now)).map(NativeToken::wrap)
    }

    /// Looks for the token of the account with this name.
    pub fn look(&self, name: String) -> Arc<NativeOperation> {
        NativeOperation::wrap(self.0.look(&name), |looked| {
            let (token, renew) = match looked {
                Looked::Fresh(token) => (Some(token), None),
                Looked::Due(token, account) => (Some(token), Some(account)),
                Looked::Urgent(account) => (None, Some(account)),
            };
            Ok(DoneParts::Looked {
                looked: LookedParts {
                    token: token.map(NativeToken::wrap),
                    renew: renew.as_ref().map(Into::into),
                },
            })
        })
    }

    /// Which account a name means.
    pub fn find(&self, name: String) -> Arc<NativeOperation> {
        NativeOperation::wrap(self.0.find(&name), |key| Ok(DoneParts::Key { key: (&key).into() }))
    }

    /// Renews an account if it is due; `by_hand`, because a person asked for it. It is shared by all who want it at once.
    pub fn renew(&self, account: KeyParts, by_hand: bool) -> Result<Arc<NativeOperation>, Failure> {
        let operation = self.0.renew(&account.core()?, by_hand);
        Ok(NativeOperation::wrap(operation, |renewed| {
            Ok(DoneParts::Renewed {
                token: NativeToken::wrap(renewed.token.clone()),
                refusal: renewed.by_hand().err().map(Into::into),
            })
        }))
    }

    /// Completes a login and stores its account.
    pub fn complete(
        &self,
        pending: &NativePending,
        grant: &NativeGrant,
        name: Option<String>,
    ) -> Result<Arc<NativeOperation>, Failure> {
        Ok(connecting(self.0.complete(&pending.0, grant.take()?, name.as_deref())))
    }

    /// Finishes a login whose code is spent.
    pub fn resume(&self, resumable: &NativeResumable) -> Arc<NativeOperation> {
        connecting(self.0.resume(&resumable.0))
    }

    /// Takes a token that was made elsewhere.
    pub fn take(
        &self,
        token: String,
        token_kind: Option<String>,
        expires: Option<ExpiryParts>,
        name: Option<String>,
    ) -> Result<Arc<NativeOperation>, Failure> {
        let mut import = ImportToken::new(token);
        import.kind = token_kind.as_deref().map(kind).transpose()?;
        import.expiry = expires.as_ref().map(expiry);
        import.alias = name;
        Ok(connecting(self.0.import(import)))
    }

    /// Remembers what an API answered to a call with the account's token.
    pub fn report(&self, name: String, answer: ApiAnswer) -> Arc<NativeOperation> {
        NativeOperation::wrap(self.0.report(&name, answer.read()), |()| Ok(DoneParts::Nothing))
    }

    /// An account from the store.
    pub fn account(&self, name: String) -> Arc<NativeOperation> {
        NativeOperation::wrap(self.0.account(&name), |record| {
            Ok(DoneParts::Stored {
                stored: Arc::new(NativeAccount(record)),
            })
        })
    }

    /// Ends an account's token where that is possible, and removes the account.
    pub fn logout(&self, name: String) -> Arc<NativeOperation> {
        NativeOperation::wrap(self.0.logout(&name), logged_out)
    }

    /// Drops an account from memory.
    pub fn forget(&self, name: String) {
        self.0.forget(&name);
    }

    /// The next thing that happened beside the answers.
    pub fn next_event(&self) -> Option<EventParts> {
        self.0.next_event().map(Into::into)
    }

    /// What the keys of accounts begin with in a store.
    pub fn accounts_prefix(&self) -> String {
        StoreKey::accounts_prefix(self.0.namespace())
    }

    /// An account from its record, if it is one of this client's and can be read.
    pub fn read(&self, record: Vec<u8>) -> Option<Arc<NativeAccount>> {
        let record = self.0.read_record(&record).ok()?;
        self.0.is_own(&record).then(|| Arc::new(NativeAccount(record)))
    }
}
