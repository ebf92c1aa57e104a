//! The built-in transport against real sockets: what it refuses, where it stops, and that it sends once.
#![cfg(feature = "http")]

mod address;
mod certificates;
mod child;
mod leaks;
mod limits;
mod network;
mod once;
mod proxy;
mod redirects;
mod server;
mod setup;
mod tls;
