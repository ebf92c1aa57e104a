//! What can go wrong for a caller of [`crate::Sandbox`].

use thiserror::Error;

/// An error of the sandbox's own API; what the platform answers to a client is not one of these.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SandboxError {
    /// The port could not be opened.
    #[error("cannot listen on 127.0.0.1:{port}: {source}")]
    Listen {
        /// The port that was asked for; 0 means any free one.
        port: u16,
        /// Why not.
        source: std::io::Error,
    },
    /// The sandbox would be open to other machines as it was asked to be reached.
    #[error("a sandbox cannot be reached like this: {0}")]
    Exposed(&'static str),
    /// The operating system gave no random bytes.
    #[error("no random bytes from the operating system: {0}")]
    Entropy(#[from] getrandom::Error),
    /// A kept world cannot be read or written.
    #[error("the kept world cannot be used: {0}")]
    World(String),
    /// A username that a sandbox person cannot have.
    #[error("{0:?} is no sandbox username: use 1 to 22 of a-z, 0-9, dot and underscore")]
    Username(String),
    /// There is no such person.
    #[error("there is no person {0:?} in this sandbox")]
    UnknownPerson(String),
    /// There is no such app, or none of this product.
    #[error("there is no app {0:?} in this sandbox")]
    UnknownApp(String),
    /// The app cannot be registered as asked.
    #[error("the app was refused: {0}")]
    App(String),
    /// Numbers for the usage headers that no platform sends.
    #[error("the usage cannot be told: {0}")]
    Usage(String),
    /// A switch that there is not, or a value that it cannot have.
    #[error("the switches cannot be set so: {0}")]
    Switch(String),
    /// What no platform delivers: of a product that calls nobody, to a webhook that is not subscribed.
    #[error("{0}")]
    Delivery(String),
    /// A scenario that cannot be read, or that asks for what there is not. Nothing of it was done.
    #[error("the scenario is refused at {place}: {problem}")]
    Scenario {
        /// Where: names and places in the scenario with dots between them, such as `apps.shop.owner`; of a file that is no
        /// TOML or JSON, the line.
        place: String,
        /// What is wrong there, and what is allowed.
        problem: String,
    },
    /// A call of the control API that does not work.
    #[error("{0}")]
    Control(String),
    /// The authorization could not be walked to its end.
    #[error("the authorization ended with status {status}: {message}")]
    Approval {
        /// HTTP status of the page at which it ended; 0 when there was no answer.
        status: u16,
        /// The page's own words.
        message: String,
    },
}
