//! Sealing keys, and the jar of pending logins.

use napi::bindgen_prelude::{ClassInstance, Either};
use napi_derive::napi;
use shutterkey::PendingAuthorization;

use crate::failure::{Failure, outcome};
use crate::time::moment;

/// A ring of sealing keys.
#[napi]
#[derive(Clone)]
pub struct SealKeys(pub(crate) shutterkey::SealKeys);

#[napi]
impl SealKeys {
    #[napi]
    pub fn generate() -> Either<SealKeys, Failure> {
        outcome(shutterkey::SealKeys::generate().map(Self))
    }

    #[napi]
    pub fn parse(text: String) -> Either<SealKeys, Failure> {
        outcome(shutterkey::SealKeys::parse(&text).map(Self))
    }

    /// The ring with the newer one's keys in front.
    #[napi]
    pub fn rotated(&self, newer: ClassInstance<'_, SealKeys>) -> SealKeys {
        Self(self.0.rotated(&newer.0))
    }

    #[napi]
    pub fn serialize(&self) -> String {
        self.0.serialize().reveal().to_owned()
    }
}

/// The pending logins of one browser.
#[napi]
pub struct PendingJar(shutterkey::PendingJar);

#[napi]
impl PendingJar {
    #[napi(factory)]
    pub fn read(cookie: Option<String>, keys: ClassInstance<'_, SealKeys>, now: f64, secure: bool) -> Self {
        Self(shutterkey::PendingJar::from_cookie(
            cookie.as_deref(),
            &keys.0,
            moment(now),
            secure,
        ))
    }

    /// Puts a login in front.
    #[napi]
    pub fn add(&mut self, pending: String) -> Option<Failure> {
        match PendingAuthorization::deserialize(&pending) {
            Ok(pending) => {
                self.0.add(pending);
                None
            }
            Err(error) => Some(error.into()),
        }
    }

    /// The login that a callback's raw query belongs to.
    #[napi]
    pub fn find(&self, query: String) -> Either<String, Failure> {
        outcome(
            self.0
                .find(&query)
                .map(|pending| pending.serialize().reveal().to_owned()),
        )
    }

    #[napi]
    pub fn remove(&mut self, handle: String) {
        self.0.remove(&handle);
    }

    #[napi(getter)]
    pub fn size(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    #[napi]
    pub fn to_set_cookie(&self, keys: ClassInstance<'_, SealKeys>, now: f64) -> Either<String, Failure> {
        outcome(self.0.to_set_cookie(&keys.0, moment(now)))
    }
}
