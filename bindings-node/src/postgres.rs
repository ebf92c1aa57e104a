//! The PostgreSQL store.

use std::sync::Arc;
use std::time::Duration;

use napi::Env;
use napi::bindgen_prelude::{ClassInstance, Either, PromiseRaw, Uint8Array};
use napi_derive::napi;
use shutterkey::config::profile::PostgresPlace;
use shutterkey::store::PostgresStore;
use shutterkey::store::postgres::TlsMode;
use shutterkey::{Error, ErrorCode, Result};

use crate::failure::{Failure, outcome};
use crate::runtime::promise;
use crate::sealing::{ResealedParts, Sealing, plain};
use crate::store::Store;
use crate::time::moment;

/// Settings. What is left out is the core's default.
#[napi(object, object_to_js = false)]
pub struct PostgresOptions {
    pub address: String,
    pub unsealed: bool,
    pub schema: Option<String>,
    pub table_prefix: Option<String>,
    pub pool_size: Option<u32>,
    /// Seconds.
    pub deadline: Option<f64>,
    pub tls: Option<String>,
    pub root_certificates: Option<Uint8Array>,
}

/// A store in a database.
#[napi]
#[derive(Clone)]
pub struct Postgres {
    store: PostgresStore,
    migrations: String,
}

#[napi]
impl Postgres {
    #[napi]
    pub fn build(options: PostgresOptions, sealing: Option<ClassInstance<'_, Sealing>>) -> Either<Postgres, Failure> {
        outcome(built(options, sealing.as_deref()))
    }

    /// Where it leads.
    #[napi(getter)]
    pub fn shown(&self) -> String {
        format!("{:?}", self.store)
    }

    #[napi]
    pub fn store(&self) -> Store {
        Store(Arc::new(self.store.clone()))
    }

    #[napi]
    pub fn migrations(&self) -> String {
        self.migrations.clone()
    }

    #[napi]
    pub fn migrate<'env>(&self, env: &'env Env) -> napi::Result<PromiseRaw<'env, Option<Failure>>> {
        let store = self.store.clone();
        promise(env, async move { store.migrate().await.err().map(Into::into) })
    }

    #[napi]
    pub fn check<'env>(&self, env: &'env Env) -> napi::Result<PromiseRaw<'env, Option<Failure>>> {
        let store = self.store.clone();
        promise(env, async move { store.check().await.err().map(Into::into) })
    }

    #[napi]
    pub fn reseal<'env>(
        &self,
        env: &'env Env,
        prefix: String,
        seal_plain: bool,
        now: f64,
    ) -> napi::Result<PromiseRaw<'env, Either<ResealedParts, Failure>>> {
        let store = self.store.clone();
        promise(env, async move {
            let done = store.reseal(&prefix, plain(seal_plain), moment(now)).await;
            outcome(done.map(Into::into))
        })
    }
}

impl Postgres {
    /// The one that a profile names.
    pub(crate) fn named(place: &PostgresPlace) -> Result<Self> {
        Ok(Self {
            store: place.store()?,
            migrations: PostgresStore::builder("").migrations()?,
        })
    }
}

fn built(options: PostgresOptions, sealing: Option<&Sealing>) -> Result<Postgres> {
    let mut builder = PostgresStore::builder(&options.address);
    if let Some(sealing) = sealing {
        builder = builder.sealed_by(Arc::clone(&sealing.0));
    }
    if options.unsealed {
        builder = builder.unsealed();
    }
    if let Some(schema) = options.schema {
        builder = builder.schema(schema);
    }
    if let Some(prefix) = options.table_prefix {
        builder = builder.table_prefix(prefix);
    }
    if let Some(connections) = options.pool_size {
        builder = builder.pool_size(connections as usize);
    }
    if let Some(seconds) = options.deadline {
        builder = builder.deadline(Duration::try_from_secs_f64(seconds.max(0.0)).unwrap_or(Duration::MAX));
    }
    if let Some(mode) = options.tls {
        builder = builder.tls(tls_mode(&mode)?);
    }
    if let Some(roots) = options.root_certificates {
        builder = builder.root_certificates(&roots);
    }
    let migrations = builder.migrations()?;
    Ok(Postgres {
        store: builder.build()?,
        migrations,
    })
}

fn tls_mode(name: &str) -> Result<TlsMode> {
    Ok(match name {
        "disable" => TlsMode::Disable,
        "require" => TlsMode::Require,
        "verify-ca" => TlsMode::VerifyCa,
        "verify-full" => TlsMode::VerifyFull,
        _ => {
            return Err(Error::with_detail(
                ErrorCode::ConfigInvalid,
                "tls is disable, require, verify-ca or verify-full.",
            ));
        }
    })
}
