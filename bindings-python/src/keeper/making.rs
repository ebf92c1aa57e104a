//! What a keeper is made of.

use std::path::PathBuf;
use std::sync::Arc;

use pyo3::prelude::*;
use pyo3::types::PyDict;
use shutterkey::Store;
use shutterkey::keeper::DEFAULT_REREAD;

use super::Keeper;
use crate::client::Client;
use crate::config::{self, ClientConfig};
use crate::process::PerProcess;
use crate::store::Keeping;
use crate::time::Length;
use crate::transport::Sending;
use crate::{clock, errors, missing, wait};

impl Keeper {
    /// The client of keyword arguments over the profile, for the accounts that are in this store.
    fn client_of(
        py: Python<'_>,
        settings: Option<&Bound<'_, PyDict>>,
        store: Option<&Bound<'_, PyAny>>,
        namespace: &str,
        asyncio: bool,
    ) -> PyResult<(shutterkey::ClientConfig, Py<PyAny>, Keeping, Option<PathBuf>)> {
        let (profile, settings) = config::profile_with(py, settings)?;
        let (store, keeping, elsewhere) = match store {
            Some(store) => (store.clone().unbind(), Keeping::given(store, asyncio)?, None),
            None => {
                let (store, keeping) = Keeping::named(py, &profile.store)?;
                (store, keeping, missing::elsewhere(&profile))
            }
        };
        if keeping.is_asynchronous() {
            return Err(errors::misuse(
                py,
                "An asynchronous store cannot be read before a keeper is made; give AsyncKeeper a client, too.",
            ));
        }
        let opened: Arc<dyn Store> = keeping.store(py)?;
        let namespace = namespace.to_owned();
        let builder = wait::wait_for(py, async move {
            shutterkey::Keeper::profile_config(&profile, &*opened, &namespace).await
        })?;
        Ok((config::build(py, settings.over(builder))?.0, store, keeping, elsewhere))
    }

    /// `asyncio`: whether its HTTP and its store may be asynchronous.
    #[expect(clippy::too_many_arguments, reason = "keyword arguments")]
    pub(super) fn made(
        py: Python<'_>,
        client: Option<&Bound<'_, PyAny>>,
        store: Option<&Bound<'_, PyAny>>,
        namespace: &str,
        reread: Option<Length>,
        capacity: usize,
        http: Option<&Bound<'_, PyAny>>,
        clock: Option<&Bound<'_, PyAny>>,
        settings: Option<&Bound<'_, PyDict>>,
        asyncio: bool,
    ) -> PyResult<Self> {
        let (client, store, keeping, elsewhere) = match client {
            Some(_) if settings.is_some() || http.is_some() || clock.is_some() => {
                return Err(errors::misuse(
                    py,
                    "Give either a client or what it is made of, not both.",
                ));
            }
            Some(client) => {
                let Some(store) = store else {
                    return Err(errors::misuse(
                        py,
                        "Say which store: Keeper(client, FileStore(\"folder\")), or MemoryStore() in a test.",
                    ));
                };
                let client = match client.cast::<ClientConfig>() {
                    Ok(config) => {
                        let sending = Arc::new(Sending::given(py, None, asyncio)?);
                        Py::new(
                            py,
                            Client::over(config.get().0.clone(), sending, clock::given(py, None)?),
                        )?
                    }
                    Err(_) => client.cast::<Client>()?.clone().unbind(),
                };
                (client, store.clone().unbind(), Keeping::given(store, asyncio)?, None)
            }
            None => {
                let (config, store, keeping, elsewhere) = Self::client_of(py, settings, store, namespace, asyncio)?;
                let client = Client::over(
                    config,
                    Arc::new(Sending::given(py, http, asyncio)?),
                    clock::given(py, clock)?,
                );
                (Py::new(py, client)?, store, keeping, elsewhere)
            }
        };
        Ok(Self {
            client,
            store,
            keeping,
            namespace: namespace.to_owned(),
            reread: reread.map_or(DEFAULT_REREAD, Length::duration),
            capacity,
            elsewhere,
            made: PerProcess::new(),
            stops: PerProcess::new(),
        })
    }
}
