//! Seal and verify electronic registered mail.
#![allow(dead_code)]

pub mod asn1;
