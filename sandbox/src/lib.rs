//! The Instagram login platform on localhost.
