//! Nothing: see peers.rs.
