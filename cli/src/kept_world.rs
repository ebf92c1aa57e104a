//! The sandbox world that `login --sandbox` leaves behind, started again in this process when an account of it is used.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use shutterkey::{Clock, Provider};
use shutterkey_sandbox::{AppCredentials, AppSpec, Product, Sandbox, World};

use crate::context::Context;
use crate::exit::{Failure, Outcome};
use crate::private_file;

/// Where the tokens of the kept world may go, as stored records name it. The port differs from run to run, and a data
/// folder has one kept world beside its sandbox accounts.
pub const ORIGIN: &str = "sandbox:kept";

/// The name of the command's own app in the kept world.
pub const APP_NAME: &str = "shutterkey command";

/// The redirect URIs of the command's own app. The first port that is free takes the redirect.
pub(crate) const REDIRECTS: [&str; 4] = [
    "http://127.0.0.1:8911/callback",
    "http://127.0.0.1:18911/callback",
    "http://127.0.0.1:28911/callback",
    "http://127.0.0.1:38911/callback",
];

/// The kept world, running.
pub(crate) struct KeptWorld {
    sandbox: Sandbox,
    path: PathBuf,
}

impl KeptWorld {
    /// Starts the world that was kept, or a fresh one.
    pub(crate) async fn start(context: &Context) -> Outcome<Self> {
        let path = context.folders.sandbox_world();
        let mut builder = Sandbox::builder();
        if let Some(world) = read(&path)? {
            builder = builder.world(world);
        }
        let sandbox = builder.start().await?;
        Ok(Self { sandbox, path })
    }

    /// The sandbox.
    pub(crate) fn sandbox(&self) -> &Sandbox {
        &self.sandbox
    }

    /// The world's own time.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(self.sandbox.clock())
    }

    /// A platform, played by this world.
    pub(crate) fn provider(&self, id: &str) -> Outcome<Provider> {
        Ok(Provider::in_sandbox(id, self.sandbox.base_url(), Some(ORIGIN))?)
    }

    /// The app with this client id.
    pub(crate) fn app(&self, product: Product, client_id: &str) -> Option<AppCredentials> {
        self.sandbox
            .apps(product)
            .into_iter()
            .find(|app| app.client_id == client_id)
    }

    /// The command's own app, registered when it is not there yet.
    pub(crate) fn own_app(&self, product: Product) -> Outcome<AppCredentials> {
        let known = self.sandbox.apps(product).into_iter().find(|app| app.name == APP_NAME);
        if let Some(app) = known {
            return Ok(app);
        }
        let mut spec = AppSpec::new(product)
            .name(APP_NAME)
            .allow_loopback_http(true)
            .allow_implicit(true);
        for redirect_uri in REDIRECTS {
            spec = spec.redirect_uri(redirect_uri);
        }
        Ok(self.sandbox.app(&spec)?)
    }

    /// Whether anything was asked of a platform, which may have changed the world.
    pub(crate) fn was_called(&self) -> bool {
        !self.sandbox.calls().is_empty()
    }

    /// Keeps what has changed.
    pub(crate) fn keep(&self) -> Outcome {
        save(&self.sandbox, &self.path)
    }
}

/// The world in a file; `None` when there is no such file.
///
/// # Errors
/// Exit code 20 for a file that cannot be read, or holds no world.
pub fn read(path: &Path) -> Outcome<Option<World>> {
    let kept = private_file::read(path).map_err(|error| unusable(path, &error))?;
    Ok(kept.map(|json| World::from_json(&json)).transpose()?)
}

/// Writes a sandbox's world to a file that only its owner can read.
///
/// # Errors
/// Exit code 20 when it cannot be written.
pub fn save(sandbox: &Sandbox, path: &Path) -> Outcome {
    let json = sandbox.save_world()?;
    private_file::write(path, &json).map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::sandbox(
        format!("The sandbox's world {} cannot be used: {error}.", path.display()),
        "Check that the file and its folder are yours, or delete it to begin a new world.",
    )
}

/// The product of a sandbox that plays a provider.
pub(crate) fn product(provider: &str) -> Option<Product> {
    match provider {
        "instagram" => Some(Product::Instagram),
        "facebook" => Some(Product::Facebook),
        "threads" => Some(Product::Threads),
        "legacy" => Some(Product::Legacy),
        "standard" => Some(Product::Standard),
        _ => None,
    }
}
