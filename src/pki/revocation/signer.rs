//! This module finds the signer of a CRL or an OCSP response and checks that it is entitled to sign it.

use std::collections::HashSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::checker::{Checker, is_same_name_and_key, times};
use super::crl::Crl;
use super::limits;
use super::ocsp::OcspResponse;
use super::signed::Signed;
use super::signer_status::SelfAssertion;
use super::status::{NotAuthenticated, Signer, SignerFailure};
use crate::asn1::oid;
use crate::crypto::{Digest, SignatureError};
use crate::pki::path::is_self_signed;
use crate::pki::{Certificate, PathError, ValidatedPath};

/// The failure that got furthest, over several possible signers. A limit takes precedence over everything else.
struct Furthest(SignerFailure);

impl Furthest {
    fn new() -> Self {
        Self(NotAuthenticated::SignerNotFound.into())
    }

    fn note(&mut self, failure: SignerFailure) {
        let rank = |failure: &SignerFailure| match failure {
            SignerFailure::Because(NotAuthenticated::SignerNotFound) => 0,
            SignerFailure::Because(NotAuthenticated::SignatureInvalid) => 1,
            SignerFailure::Because(NotAuthenticated::AlgorithmNotOffered(_)) => 2,
            SignerFailure::Because(NotAuthenticated::NotAuthorised) => 3,
            SignerFailure::Because(NotAuthenticated::SignerPath(_)) => 4,
            SignerFailure::Because(NotAuthenticated::SignerStatusUnknown | NotAuthenticated::OwnWord) => 5,
            SignerFailure::Because(NotAuthenticated::SignerRevoked) => 6,
            SignerFailure::Exhausted => 7,
        };
        if rank(&self.0) < rank(&failure) {
            self.0 = failure;
        }
    }
}

impl<'a> Checker<'a> {
    /// Finds the signer of a CRL that covers `certificate`, RFC 5280 §6.3.3 (f) and (g).
    pub(super) fn crl_signer(
        &mut self,
        crl: &Crl,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> Result<Signer, SignerFailure> {
        let mut furthest = Furthest::new();
        let mut own_word = None;
        let direct = crl.comparable_issuer() == certificate.comparable_issuer();
        let (named, postponed) = self.crl_signers(crl, issuer)?;
        let number_named = named.len();
        let mut is_of_namesake = false;
        for (place, signer) in named.into_iter().chain(postponed).enumerate() {
            // The CRL is of another key of that name, and the keys that it does not name cannot have signed it too.
            if is_of_namesake && place >= number_named {
                break;
            }
            let signed = may_sign_crls(&signer).and_then(|()| self.verify(crl.signed(), &signer));
            let has_signed = signed.is_ok();
            let entitled = signed
                .and_then(|()| self.entitled_crl_signer(crl, signer.clone(), direct.then_some(issuer), issuer, depth));
            is_of_namesake |= has_signed && self.is_genuine(&signer, crl);
            match entitled {
                // In an indirect CRL the issuer of the certificate has itself named who speaks about it.
                Ok((signer, path)) if direct && self.rests_on(certificate, &signer.certificate, path.as_deref()) => {
                    own_word.get_or_insert(Signer { rests_on_certificate: true, ..signer });
                }
                Ok((signer, _)) => return Ok(signer),
                Err(failure) => furthest.note(failure),
            }
        }
        match (own_word, furthest.0) {
            // Another signer may not have been tried, whose word counts for more.
            (_, SignerFailure::Exhausted) => Err(SignerFailure::Exhausted),
            (Some(own_word), SignerFailure::Because(_)) => Ok(own_word),
            (None, failure @ SignerFailure::Because(_)) => Err(failure),
        }
    }

    /// Returns true if the caller trusts this signer as an anchor, or a path leads from it to one. Anybody can put beside a
    /// CRL a certificate with another key that verifies its signature (of ECDSA there are two), but not such a one.
    fn is_genuine(&self, signer: &Certificate, crl: &Crl) -> bool {
        let path_at = |time: DateTime<Utc>| self.paths.get(&(signer.fingerprint(), time.timestamp()));
        self.request.anchors.contains(signer)
            || times(crl.this_update(), self.request).into_iter().any(|time| matches!(path_at(time), Some(Ok(_))))
    }

    /// Returns the certificates of the CRL's issuer, the most likely first: those with a key that the CRL's
    /// authorityKeyIdentifier names (RFC 5280 §5.2.1), and the rest. Where it names none of them, all are in the first part.
    fn crl_signers(
        &self,
        crl: &Crl,
        issuer: &Certificate,
    ) -> Result<(Vec<Certificate>, Vec<Certificate>), SignerFailure> {
        let name = crl.comparable_issuer();
        // Those come first that an attacker cannot crowd out.
        let in_path = [issuer].into_iter().chain(&self.request.path.certificates);
        let in_path = in_path.filter(|candidate| candidate.comparable_subject() == name);
        let in_pools = self.pools().flat_map(|pool| pool.named(name, crl.key_identifier()));
        let mut signers = self.looked_at(in_path.chain(in_pools))?;
        signers.sort_by_cached_key(|candidate| {
            let fits = match (crl.key_identifier(), candidate.subject_key_identifier()) {
                (Some(wanted), Some(identifier)) if wanted == identifier => 0,
                (Some(_), Some(_)) => 2,
                _ => 1,
            };
            // A certificate that may not sign CRLs comes last, because it serves only to explain a failure. Then come
            // those that an attacker cannot crowd out: anybody can write any key identifier into a certificate.
            (may_sign_crls(candidate).is_err(), candidate != issuer, !self.is_in_path(candidate), fits)
        });
        signers.truncate(limits::MAX_SIGNERS_TRIED);
        let is_named = |candidate: &Certificate| {
            crl.key_identifier().is_some() && crl.key_identifier() == candidate.subject_key_identifier()
        };
        let keys: HashSet<Digest> = signers.iter().filter(|candidate| is_named(candidate)).map(key).collect();
        Ok(signers.into_iter().partition(|candidate| keys.is_empty() || keys.contains(&key(candidate))))
    }

    /// Takes the first possible signers, each once.
    fn looked_at<'c>(
        &self,
        candidates: impl Iterator<Item = &'c Certificate>,
    ) -> Result<Vec<Certificate>, SignerFailure> {
        let (mut signers, mut count, mut seen) = (Vec::<Certificate>::new(), 1, HashSet::new());
        for candidate in candidates.take(limits::MAX_SIGNERS_LOOKED_AT) {
            count += 1;
            if seen.insert(candidate.identity()) {
                signers.push(candidate.clone());
            }
        }
        if self.spends(count) { Ok(signers) } else { Err(SignerFailure::Exhausted) }
    }

    /// Checks that a CRL signer is entitled. `kin` is the certificate's issuer if the CRL is in that issuer's name.
    /// Returns its path too, if it is not on the path in question.
    fn entitled_crl_signer(
        &mut self,
        crl: &Crl,
        signer: Certificate,
        kin: Option<&Certificate>,
        issuer: &Certificate,
        depth: usize,
    ) -> Result<(Signer, Option<Arc<ValidatedPath>>), SignerFailure> {
        // The status of these certificates is reported for the path itself, or they are trusted by configuration.
        if signer == *issuer || self.is_in_path(&signer) || self.anchors.contains(&signer) {
            return Ok((Signer::of(signer), None));
        }
        if self.is_another_root(&signer) {
            let error = PathError::NoPath { last: signer };
            return Err(NotAuthenticated::SignerPath(Box::new(error)).into());
        }
        let path = self.signer_path(&signer, &[], crl.this_update())?;
        // A certificate with the issuer's name from another authority must not speak for the issuer.
        if !self.spends(self.paths.len()) {
            return Err(SignerFailure::Exhausted);
        }
        if kin.is_some_and(|issuer| !self.is_same_authority(&path, issuer)) {
            return Err(NotAuthenticated::NotAuthorised.into());
        }
        let self_assertion = if kin.is_none() { SelfAssertion::Accepted } else { SelfAssertion::Ignored };
        let demand = self.request.crl_signers;
        let status_unknown = self.signer_status(&path, crl.this_update(), demand, self_assertion, depth)?;
        Ok((Signer { status_unknown, ..Signer::of(signer) }, Some(path)))
    }

    /// Returns true if a signer has the key of the certificate in question or of one below it, or was certified with it. A
    /// renewed key of an authority is certified under its old one (RFC 4210 §4.4), in a certificate whose issuer has the
    /// name of the subject: the CRLs of the new key are in that name too, and must not answer for their own signer.
    fn rests_on(&self, certificate: &Certificate, signer: &Certificate, path: Option<&ValidatedPath>) -> bool {
        if self.anchors.contains(signer) {
            return false;
        }
        let below = self.request.path.certificates.split_inclusive(|member| member == certificate).next();
        let below = below.filter(|below| below.last() == Some(certificate)).unwrap_or_default();
        let doubtful: Vec<_> =
            below.iter().chain([certificate]).map(|member| member.public_key().fingerprint()).collect();
        let certifiers = path.into_iter().flat_map(ValidatedPath::below_anchor);
        certifiers.chain([signer]).any(|member| doubtful.contains(&member.public_key().fingerprint()))
    }

    /// Returns true if the signer is a root that is trusted beside the anchor of the path. Its own key signed it, so that no
    /// other one did, and no path leads from it to another anchor.
    fn is_another_root(&self, signer: &Certificate) -> bool {
        self.request.anchors.contains(signer)
            && signer.comparable_subject() == signer.comparable_issuer()
            && is_self_signed(signer, self.budget)
    }

    /// Finds the responder of an OCSP response about a certificate of `issuer`: the issuer itself, or a responder that
    /// it has certified for this (RFC 6960 §4.2.2.2).
    pub(super) fn responder(
        &mut self,
        response: &OcspResponse,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> Result<Signer, SignerFailure> {
        let mut furthest = Furthest::new();
        if response.is_from(issuer) {
            match self.verify(response.signed(), issuer) {
                Ok(()) => return Ok(Signer::of(issuer.clone())),
                Err(failure) => furthest.note(failure),
            }
        }
        let beside = response.certificates().iter().filter(|candidate| response.is_from(candidate));
        let in_pools = self.pools().flat_map(|pool| response.responders_in(pool));
        let mut delegated = self.looked_at(beside.chain(in_pools))?;
        delegated.retain(|candidate| candidate != issuer);
        // A certificate that may not sign responses comes last, because it serves only to explain a failure.
        delegated.sort_by_cached_key(|candidate| may_answer(candidate, issuer).is_err());
        delegated.truncate(limits::MAX_SIGNERS_TRIED);
        for signer in delegated {
            let entitled = may_answer(&signer, issuer)
                .and_then(|()| self.verify(response.signed(), &signer))
                .and_then(|()| self.responder_is_entitled(response, &signer, issuer, depth));
            match entitled {
                // A responder is certified for the answers about others, and its own key is no witness for itself.
                Ok(status_unknown) => {
                    let rests_on_certificate = self.rests_on(certificate, &signer, None);
                    return Ok(Signer { status_unknown, rests_on_certificate, ..Signer::of(signer) });
                }
                Err(failure) => furthest.note(failure),
            }
        }
        Err(furthest.0)
    }

    fn responder_is_entitled(
        &mut self,
        response: &OcspResponse,
        signer: &Certificate,
        issuer: &Certificate,
        depth: usize,
    ) -> Result<bool, SignerFailure> {
        let path = self.signer_path(signer, response.certificates(), response.produced_at())?;
        // The responder must be certified by the very key that issued the certificate. RFC 6960 does not require
        // another key to be recognised, and a namesake has a different one.
        if !path.certificates.get(1).is_some_and(|certifier| is_same_name_and_key(certifier, issuer)) {
            return Err(NotAuthenticated::NotAuthorised.into());
        }
        let demand = self.request.ocsp_responders;
        self.signer_status(&path, response.produced_at(), demand, SelfAssertion::Ignored, depth)
    }

    /// Returns true if the signer at the beginning of the path is the same authority as `issuer`, under another key.
    ///
    /// RFC 5280 requires only the same name and the same trust anchor. With that rule, every authority below the anchor
    /// could certify a namesake of every other authority. So one of two conditions must hold. Either the signer's path
    /// reaches the issuer's key by certificates of this name alone, or the two paths have the same names until they
    /// reach the same key.
    fn is_same_authority(&self, path: &ValidatedPath, issuer: &Certificate) -> bool {
        let mut of_name = path
            .certificates
            .iter()
            .take_while(|candidate| candidate.comparable_subject() == issuer.comparable_subject());
        let of_signers = self.paths.values().filter_map(|path| path.as_deref().ok());
        let mut chains = core::iter::once(self.request.path).chain(of_signers).filter_map(|path| {
            let position = path.certificates.iter().position(|candidate| candidate == issuer)?;
            path.certificates.get(position..)
        });
        let same_key = |left: &Certificate, right: &Certificate| {
            left.public_key().fingerprint() == right.public_key().fingerprint()
        };
        of_name.any(|candidate| same_key(candidate, issuer))
            || chains.any(|chain| {
                let together = path.certificates.iter().zip(chain);
                let mut same_names =
                    together.take_while(|(left, right)| left.comparable_subject() == right.comparable_subject());
                same_names.any(|(left, right)| same_key(left, right))
            })
    }

    /// Verifies a signature, once for each key.
    fn verify(&self, signed: &Signed, signer: &Certificate) -> Result<(), SignerFailure> {
        let verify = || signed.verify(signer.public_key(), self.budget.signatures());
        let verdict = self.budget.verdict(signed.fingerprint(), signer.public_key(), verify);
        verdict.ok_or(SignerFailure::Exhausted)?.map_err(|error| match error {
            SignatureError::NotOffered(what) => NotAuthenticated::AlgorithmNotOffered(what).into(),
            SignatureError::Invalid
            | SignatureError::KeyMismatch { .. }
            | SignatureError::DigestMismatch
            | SignatureError::MessageNeeded
            | SignatureError::UnusableKey(_)
            | SignatureError::KeyParameters => NotAuthenticated::SignatureInvalid.into(),
        })
    }
}

fn key(certificate: &Certificate) -> Digest {
    *certificate.public_key().fingerprint()
}

/// Checks that keyUsage, if present, contains cRLSign (RFC 5280 §6.3.3 (f)).
fn may_sign_crls(signer: &Certificate) -> Result<(), SignerFailure> {
    if signer.may_sign_crls() { Ok(()) } else { Err(NotAuthenticated::NotAuthorised.into()) }
}

/// Checks that a certificate has the marks of a delegated responder (RFC 6960 §4.2.2.2).
fn may_answer(signer: &Certificate, issuer: &Certificate) -> Result<(), SignerFailure> {
    let purpose = signer.extended_key_usage().is_some_and(|usage| usage.contains(oid::OCSP_SIGNING));
    if purpose && signer.may_sign() && signer.comparable_issuer() == issuer.comparable_subject() {
        Ok(())
    } else {
        Err(NotAuthenticated::NotAuthorised.into())
    }
}
