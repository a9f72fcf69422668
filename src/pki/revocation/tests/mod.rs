//! These tests check every revocation rule with generated CRLs and responses.

mod bounds;
mod crl;
mod data;
mod ocsp;
mod signers;

use chrono::{DateTime, TimeDelta, Utc};
use signed_data::tlv::Tag;

use super::*;
use crate::asn1::{oid, writer};
use crate::crypto::{DigestAlgorithm, KeyKind};
use crate::pki::{Certificate, PathRequest, TrustAnchors, ValidatedPath, ValidationBudget, validate_path};
use crate::testing::{
    CertificateSpec, CertifiedKey, Coverage, CrlSpec, DistributionPointSpec, IssuingPointSpec, OcspAnswerSpec,
    OcspSpec, PointNameSpec, Reach, ResponderIdSpec, RevokedSpec, TestPki, Usage, generate_key,
};

fn now() -> DateTime<Utc> {
    DateTime::from_timestamp(1_780_000_000, 0).unwrap()
}

fn day(days: i64) -> DateTime<Utc> {
    now() + TimeDelta::days(days)
}

/// A PKI with one certificate whose status is asked, by default that of the seal.
struct World {
    pki: TestPki,
    target: Certificate,
    others: Vec<Certificate>,
    anchors: TrustAnchors,
    at: DateTime<Utc>,
}

impl World {
    fn new() -> Self {
        let pki = TestPki::new(now()).unwrap();
        let (target, anchors) = (pki.seal.certificate.clone(), pki.seal_anchors());
        Self { pki, target, others: Vec::new(), anchors, at: now() }
    }

    /// Makes a world whose target is this certificate, issued by the intermediate.
    fn of(spec: &CertificateSpec) -> Self {
        let mut world = Self::new();
        world.target = world.issue(&world.pki.intermediate, spec).certificate;
        world
    }

    fn issue(&self, by: &CertifiedKey, spec: &CertificateSpec) -> CertifiedKey {
        by.issue(spec, generate_key(&KeyKind::EcP256).unwrap()).unwrap()
    }

    fn candidates(&self) -> Vec<Certificate> {
        [&self.pki.intermediate.certificate, &self.pki.root.certificate]
            .into_iter()
            .chain(&self.others)
            .cloned()
            .collect()
    }

    fn path(&self) -> ValidatedPath {
        let candidates = self.candidates();
        let request = PathRequest::new(&self.target, &candidates, &self.anchors, self.at);
        validate_path(&request.with_processed(PROCESSED_WITH_REVOCATION)).unwrap()
    }

    fn ask_with(
        &self,
        data: &[&[u8]],
        adapt: impl for<'r> Fn(RevocationRequest<'r>) -> RevocationRequest<'r>,
    ) -> CertificateStatus {
        let ask = |data: &mut dyn Iterator<Item = &&[u8]>, candidates: Vec<Certificate>| {
            let mut store = RevocationData::new();
            data.for_each(|der| store.add_der(der).unwrap());
            let path = self.path();
            let request = RevocationRequest::new(&path, &store, &candidates, &self.anchors, self.at);
            let statuses = check_revocation(&adapt(request));
            assert_eq!(statuses.len(), 2);
            assert_eq!(statuses[0].certificate, self.target);
            statuses[0].clone()
        };
        let status = ask(&mut data.iter(), self.candidates());
        let mut reversed = self.candidates();
        reversed.reverse();
        assert_eq!(status, ask(&mut data.iter().rev(), reversed), "the order matters");
        status
    }

    fn ask(&self, data: &[&[u8]]) -> RevocationStatus {
        self.ask_with(data, |request| request).status
    }

    fn crl(&self, spec: &CrlSpec) -> Vec<u8> {
        self.pki.intermediate.issue_crl(spec).unwrap()
    }

    fn root_crl(&self, spec: &CrlSpec) -> Vec<u8> {
        self.pki.root.issue_crl(spec).unwrap()
    }

    fn revoked(&self, date: DateTime<Utc>) -> RevokedSpec {
        RevokedSpec::new(&self.target, date)
    }

    fn answer(&self, status: OcspStatus) -> OcspAnswerSpec {
        OcspAnswerSpec::new(&self.target, &self.pki.intermediate.certificate, status, day(0)).with_next_update(day(7))
    }

    fn ocsp(&self, by: &CertifiedKey, answer: OcspAnswerSpec) -> Vec<u8> {
        by.answer_ocsp(&OcspSpec::new(day(0), answer)).unwrap()
    }

    fn responder(&self, spec: &CertificateSpec) -> CertifiedKey {
        self.issue(&self.pki.intermediate, spec)
    }
}

/// Returns a list issued at the requested time and fresh for a week.
fn fresh() -> CrlSpec {
    CrlSpec::new(day(0), day(7)).with_number(10)
}

fn responder_spec() -> CertificateSpec {
    CertificateSpec::ocsp_responder("Test Responder", day(-1), day(30))
}

fn crl_signer_spec(name: &str) -> CertificateSpec {
    CertificateSpec::new(name, day(-1), day(30)).with_key_usage(&[Usage::CrlSign])
}

fn seal_spec() -> CertificateSpec {
    CertificateSpec::seal("Another Seal", day(-1), day(30))
}

fn revoked(days: i64, reason: RevocationReason) -> RevocationStatus {
    RevocationStatus::Revoked { date: day(days), reason }
}

const GOOD: RevocationStatus = RevocationStatus::Good;
const REASONS_MISSING: RevocationStatus = RevocationStatus::Incomplete { gap: Gap::Reasons };
const BASE_MISSING: RevocationStatus = RevocationStatus::Incomplete { gap: Gap::DeltaWithoutBase };

fn not_authorised() -> RevocationStatus {
    RevocationStatus::NotAuthenticated(NotAuthenticated::NotAuthorised)
}
