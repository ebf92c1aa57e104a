//! A sandbox in this process, for commands that speak to a platform.

use shutterkey_sandbox::{AppSpec, Approval, Product, Sandbox};

use super::Running;

pub(crate) struct Platform {
    pub(crate) runtime: tokio::runtime::Runtime,
    pub(crate) sandbox: Sandbox,
    variables: Vec<(&'static str, String)>,
}

#[allow(dead_code, reason = "each test file uses what it needs")]
impl Platform {
    /// An app of the product with this redirect URI, and the variables that configure the command for it.
    pub(crate) fn of(product: Product, name: &str, redirect_uri: &str) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let sandbox = runtime.block_on(Sandbox::start()).unwrap();
        let spec = AppSpec::new(product)
            .redirect_uri(redirect_uri)
            .allow_loopback_http(true);
        let app = sandbox.app(&spec).unwrap();
        let mut variables = vec![
            ("SHUTTERKEY_SANDBOX_URL", sandbox.base_url().to_owned()),
            ("SHUTTERKEY_PROVIDER", name.to_owned()),
            ("SHUTTERKEY_CLIENT_ID", app.client_id),
            ("SHUTTERKEY_REDIRECT_URI", redirect_uri.to_owned()),
        ];
        if let Some(secret) = app.client_secret {
            variables.push(("SHUTTERKEY_CLIENT_SECRET", secret.reveal().to_owned()));
        }
        Self {
            runtime,
            sandbox,
            variables,
        }
    }

    pub(crate) fn instagram() -> Self {
        Self::of(Product::Instagram, "instagram", "https://localhost/")
    }

    /// Further settings of the command.
    pub(crate) fn set(&mut self, settings: &[(&'static str, &str)]) {
        let owned = settings.iter().map(|(name, value)| (*name, (*value).to_owned()));
        self.variables.extend(owned);
    }

    pub(crate) fn variables(&self) -> Vec<(&str, &str)> {
        self.variables
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect()
    }

    /// The redirect URL after a sandbox person approved the login's address.
    pub(crate) fn approve(&self, running: &mut Running) -> String {
        let url = running.says(&format!("{}/", self.sandbox.base_url()));
        let approval = Approval::by("studio");
        self.runtime.block_on(self.sandbox.approve(&url, &approval)).unwrap()
    }

    /// A login whose answer is pasted, to its end.
    pub(crate) fn log_in(&self, home: &super::Home, more: &[&str]) -> super::Ended {
        let mut running = home.start(
            &[&["login", "--no-browser", "--paste"], more].concat(),
            &self.variables(),
        );
        let redirect = self.approve(&mut running);
        running.type_in(&redirect);
        running.end().with_code(0)
    }
}
