//! Random octets of the operating system.

/// There are no random octets: the operating system gave none, or there is no operating system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no random octets")]
pub(crate) struct NoRandomness;

/// Fills a buffer with random octets.
#[cfg(not(all(target_family = "wasm", target_os = "unknown")))]
pub(crate) fn fill(octets: &mut [u8]) -> Result<(), NoRandomness> {
    getrandom::fill(octets).map_err(|_| NoRandomness)
}

/// A WebAssembly module without a system (`wasm32-unknown-unknown`) has no source of random octets. It verifies; what would be
/// sealed there is an error, and never made of octets that somebody could guess.
#[cfg(all(target_family = "wasm", target_os = "unknown"))]
pub(crate) fn fill(_: &mut [u8]) -> Result<(), NoRandomness> {
    Err(NoRandomness)
}

/// The random octets of the operating system, for the pure-Rust signer.
#[cfg(feature = "rustcrypto")]
pub(crate) struct SystemRandom;

#[cfg(feature = "rustcrypto")]
impl rsa::rand_core::TryRng for SystemRandom {
    type Error = NoRandomness;

    fn try_next_u32(&mut self) -> Result<u32, NoRandomness> {
        let mut octets = [0; 4];
        fill(&mut octets)?;
        Ok(u32::from_le_bytes(octets))
    }

    fn try_next_u64(&mut self) -> Result<u64, NoRandomness> {
        let mut octets = [0; 8];
        fill(&mut octets)?;
        Ok(u64::from_le_bytes(octets))
    }

    fn try_fill_bytes(&mut self, octets: &mut [u8]) -> Result<(), NoRandomness> {
        fill(octets)
    }
}

#[cfg(feature = "rustcrypto")]
impl rsa::rand_core::TryCryptoRng for SystemRandom {}
