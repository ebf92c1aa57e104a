//! Stores whose records are sealed before they reach them.

use std::fmt;
use std::sync::Arc;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, PromiseRaw, Uint8Array};
use napi_derive::napi;
use shutterkey::record::StoreKey;
use shutterkey::store::{BoxFuture, PlainRecords, RecordSealer, SealedStore};
use shutterkey::{Error, ErrorCode, Result};
use zeroize::Zeroizing;

use crate::failure::{Failure, outcome};
use crate::host::{Answer, Asked, Behind, Host, Question};
use crate::host_store::store_code;
use crate::runtime::promise;
use crate::seal::SealKeys;
use crate::store::Store;
use crate::time::moment;

/// Who seals: a ring of keys, or an object of the caller's.
#[napi]
#[derive(Clone)]
pub struct Sealing(pub(crate) Arc<dyn RecordSealer>);

#[napi]
impl Sealing {
    #[napi(factory)]
    pub fn keys(keys: ClassInstance<'_, SealKeys>) -> Self {
        Self(Arc::new(keys.0.clone()))
    }

    #[napi(factory)]
    pub fn host(host: ClassInstance<'_, Host>) -> napi::Result<Self> {
        Ok(Self(Arc::new(HostSealer(host.take()?))))
    }
}

/// An object of the caller's.
struct HostSealer(Asked);

impl HostSealer {
    async fn ask(&self, what: &'static str, context: &str, bytes: &[u8], refusal: ErrorCode) -> Result<Uint8Array> {
        let question = Question {
            what,
            name: context.to_owned(),
            bytes: Some(bytes.to_vec().into()),
            ..Question::default()
        };
        let gone = || {
            Error::with_detail(
                ErrorCode::StoreUnavailable,
                "The event loop that the sealer works on is gone.",
            )
        };
        let Answer {
            failure, behind, bytes, ..
        } = self.0.ask(question).await.ok_or_else(gone)?;
        let error = match (failure, bytes) {
            (None, Some(bytes)) => return Ok(bytes),
            (failure, _) => Error::new(failure.as_deref().and_then(store_code).unwrap_or(refusal)),
        };
        Err(match behind {
            Some(number) => error.with_source(Arc::new(Behind(number))),
            None => error,
        })
    }
}

impl RecordSealer for HostSealer {
    fn seal_record<'a>(&'a self, context: &'a str, plain: &'a [u8]) -> BoxFuture<'a, Result<String>> {
        Box::pin(async move {
            let sealed = self.ask("seal", context, plain, ErrorCode::ConfigSealKey).await?;
            String::from_utf8(sealed.to_vec()).map_err(|_| Error::new(ErrorCode::ConfigSealKey))
        })
    }

    fn open_record<'a>(&'a self, context: &'a str, sealed: &'a str) -> BoxFuture<'a, Result<Zeroizing<Vec<u8>>>> {
        Box::pin(async move {
            let opened = self.ask("open", context, sealed.as_bytes(), ErrorCode::StoreSealInvalid);
            Ok(Zeroizing::new(opened.await?.to_vec()))
        })
    }
}

impl fmt::Debug for HostSealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostSealer")
    }
}

/// What a pass that seals records anew has done.
#[napi(object, object_from_js = false)]
pub struct ResealedParts {
    pub resealed: f64,
    pub current: f64,
    pub busy: f64,
    pub unreadable: Vec<UnreadablePart>,
    pub is_complete: bool,
}

/// A record that cannot be opened.
#[napi(object, object_from_js = false)]
pub struct UnreadablePart {
    pub key: String,
    pub error: Failure,
}

impl From<shutterkey::store::Resealed> for ResealedParts {
    fn from(done: shutterkey::store::Resealed) -> Self {
        let is_complete = done.is_complete();
        let told = |(key, error): (StoreKey, Error)| UnreadablePart {
            key: key.as_str().to_owned(),
            error: error.into(),
        };
        Self {
            resealed: done.resealed as f64,
            current: done.current as f64,
            busy: done.busy as f64,
            unreadable: done.unreadable.into_iter().map(told).collect(),
            is_complete,
        }
    }
}

pub(crate) fn plain(seal_plain: bool) -> PlainRecords {
    match seal_plain {
        true => PlainRecords::Seal,
        false => PlainRecords::Refuse,
    }
}

/// A store with a layer of sealing.
#[napi]
pub struct Sealed(Arc<SealedStore<Arc<dyn shutterkey::Store>>>);

#[napi]
impl Sealed {
    #[napi(constructor)]
    pub fn new(below: ClassInstance<'_, Store>, sealing: ClassInstance<'_, Sealing>) -> Self {
        Self(Arc::new(SealedStore::shared(
            Arc::clone(&below.0),
            Arc::clone(&sealing.0),
        )))
    }

    #[napi]
    pub fn store(&self) -> Store {
        Store(Arc::clone(&self.0) as Arc<dyn shutterkey::Store>)
    }

    #[napi]
    pub fn reseal<'env>(
        &self,
        env: &'env Env,
        prefix: String,
        seal_plain: bool,
        now: f64,
    ) -> napi::Result<PromiseRaw<'env, Either<ResealedParts, Failure>>> {
        let store = Arc::clone(&self.0);
        promise(env, async move {
            let done = store.reseal(&prefix, plain(seal_plain), moment(now)).await;
            outcome(done.map(Into::into))
        })
    }
}
