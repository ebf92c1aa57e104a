//! The conformance suite: what every store promises.
