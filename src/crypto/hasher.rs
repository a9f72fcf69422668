//! Hashing.

use core::fmt;

#[cfg(feature = "aws-lc-rs")]
use aws_lc_rs::digest as aws;
use sha2::Digest as _;

use super::algorithm::{Digest, DigestAlgorithm};

/// A digest that is being computed.
#[derive(Clone)]
pub struct Hasher(DigestAlgorithm, State);

// aws-lc has hand-written code for SHA-2 on every common processor and chooses at run time. The crate `sha2` is as fast
// where it has instructions for the algorithm, and falls back to portable code elsewhere.
#[derive(Clone)]
enum State {
    #[cfg(feature = "aws-lc-rs")]
    AwsLc(aws::Context),
    Sha1(sha1::Sha1),
    Sha224(sha2::Sha224),
    #[cfg(not(feature = "aws-lc-rs"))]
    Sha256(sha2::Sha256),
    #[cfg(not(feature = "aws-lc-rs"))]
    Sha384(sha2::Sha384),
    #[cfg(not(feature = "aws-lc-rs"))]
    Sha512(sha2::Sha512),
    Sha3_224(sha3::Sha3_224),
    Sha3_256(sha3::Sha3_256),
    Sha3_384(sha3::Sha3_384),
    Sha3_512(sha3::Sha3_512),
    Shake128(Xof<shake::Shake128>),
    Shake256(Xof<shake::Shake256>),
}

/// An extendable-output function with the methods of a digest.
#[derive(Clone, Default)]
struct Xof<X>(X);

impl<X: shake::Update + shake::ExtendableOutput> Xof<X> {
    fn update(&mut self, part: &[u8]) {
        shake::Update::update(&mut self.0, part);
    }

    /// Returns as many octets as the longest digest has. A shorter one is their start, as that of any output is.
    fn finalize(self) -> [u8; 64] {
        let mut octets = [0; 64];
        shake::ExtendableOutput::finalize_xof_into(self.0, &mut octets);
        octets
    }
}

impl DigestAlgorithm {
    /// Begins a computation.
    pub fn hasher(self) -> Hasher {
        #[cfg(feature = "aws-lc-rs")]
        let aws_lc = |algorithm| State::AwsLc(aws::Context::new(algorithm));
        let state = match self {
            Self::Sha1 => State::Sha1(Default::default()),
            Self::Sha224 => State::Sha224(Default::default()),
            #[cfg(feature = "aws-lc-rs")]
            Self::Sha256 => aws_lc(&aws::SHA256),
            #[cfg(feature = "aws-lc-rs")]
            Self::Sha384 => aws_lc(&aws::SHA384),
            #[cfg(feature = "aws-lc-rs")]
            Self::Sha512 => aws_lc(&aws::SHA512),
            #[cfg(not(feature = "aws-lc-rs"))]
            Self::Sha256 => State::Sha256(Default::default()),
            #[cfg(not(feature = "aws-lc-rs"))]
            Self::Sha384 => State::Sha384(Default::default()),
            #[cfg(not(feature = "aws-lc-rs"))]
            Self::Sha512 => State::Sha512(Default::default()),
            Self::Sha3_224 => State::Sha3_224(Default::default()),
            Self::Sha3_256 => State::Sha3_256(Default::default()),
            Self::Sha3_384 => State::Sha3_384(Default::default()),
            Self::Sha3_512 => State::Sha3_512(Default::default()),
            Self::Shake128 => State::Shake128(Default::default()),
            Self::Shake256 => State::Shake256(Default::default()),
        };
        Hasher(self, state)
    }

    /// Returns the digest of `message`.
    pub fn digest(self, message: &[u8]) -> Digest {
        // In one call, which spares a short message the state of a computation.
        #[cfg(feature = "aws-lc-rs")]
        match self {
            Self::Sha256 => return Digest::fill(self, aws::digest(&aws::SHA256, message).as_ref()),
            Self::Sha384 => return Digest::fill(self, aws::digest(&aws::SHA384, message).as_ref()),
            Self::Sha512 => return Digest::fill(self, aws::digest(&aws::SHA512, message).as_ref()),
            Self::Sha1
            | Self::Sha224
            | Self::Sha3_224
            | Self::Sha3_256
            | Self::Sha3_384
            | Self::Sha3_512
            | Self::Shake128
            | Self::Shake256 => {}
        }
        let mut hasher = self.hasher();
        hasher.update(message);
        hasher.finish()
    }
}

macro_rules! each_state {
    ($self:expr, $state:ident, $body:expr, $aws_lc:expr) => {
        match $self {
            #[cfg(feature = "aws-lc-rs")]
            State::AwsLc($state) => $aws_lc,
            State::Sha1($state) => $body,
            State::Sha224($state) => $body,
            #[cfg(not(feature = "aws-lc-rs"))]
            State::Sha256($state) => $body,
            #[cfg(not(feature = "aws-lc-rs"))]
            State::Sha384($state) => $body,
            #[cfg(not(feature = "aws-lc-rs"))]
            State::Sha512($state) => $body,
            State::Sha3_224($state) => $body,
            State::Sha3_256($state) => $body,
            State::Sha3_384($state) => $body,
            State::Sha3_512($state) => $body,
            State::Shake128($state) => $body,
            State::Shake256($state) => $body,
        }
    };
}

impl Hasher {
    /// Returns the algorithm of the digest.
    pub fn algorithm(&self) -> DigestAlgorithm {
        self.0
    }

    /// Takes in the next part of the message.
    pub fn update(&mut self, part: &[u8]) {
        each_state!(&mut self.1, state, state.update(part), state.update(part));
    }

    /// Returns the digest of all parts.
    pub fn finish(self) -> Digest {
        let Self(algorithm, state) = self;
        each_state!(
            state,
            state,
            Digest::fill(algorithm, &state.finalize()),
            Digest::fill(algorithm, state.finish().as_ref())
        )
    }
}

impl fmt::Debug for Hasher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Hasher({})", self.algorithm())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_of_abc_are_those_of_the_standards() {
        // FIPS 180-4 and FIPS 202 example values, first four octets and last.
        let expected = [
            (DigestAlgorithm::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (DigestAlgorithm::Sha224, "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"),
            (DigestAlgorithm::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (DigestAlgorithm::Sha3_256, "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"),
            (DigestAlgorithm::Shake128, "5881092dd818bf5cf8a3ddb793fbcba74097d5c526a6d35f97b83351940f2cc8"),
            (
                DigestAlgorithm::Shake256,
                "483366601360a8771c6863080cc4114d8db44530f8f1e1ee4f94ea37e78b5739\
                d5a15bef186a5386c75744c0527e1faa9f8726e462a12a4feb06bd8801e751e4",
            ),
        ];
        for (algorithm, hex) in expected {
            let digest = algorithm.digest(b"abc");
            assert_eq!(digest.to_string(), format!("{}:{hex}", algorithm.name().to_lowercase()));
            assert_eq!(digest.as_bytes().len(), algorithm.output_len());
        }
    }

    #[test]
    fn parts_give_the_digest_of_the_whole() {
        let mut hasher = DigestAlgorithm::Sha512.hasher();
        b"registered mail".chunks(4).for_each(|part| hasher.update(part));
        assert_eq!(hasher.finish(), DigestAlgorithm::Sha512.digest(b"registered mail"));
    }

    #[test]
    fn short_and_long_messages_have_the_digests_of_their_parts() {
        let message: Vec<u8> = (0..20_000_u32).map(|number| number.to_le_bytes()[0]).collect();
        for algorithm in DigestAlgorithm::ALL {
            for length in [0, 1, 63, 64, 127, 128, 4095, 4096, 4097, 20_000] {
                let mut hasher = algorithm.hasher();
                message[..length].chunks(333).for_each(|part| hasher.update(part));
                assert_eq!(hasher.finish(), algorithm.digest(&message[..length]), "{algorithm} {length}");
            }
        }
    }
}
