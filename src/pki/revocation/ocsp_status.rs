//! This module evaluates OCSP responses for one certificate (RFC 6960 §3.2).

use super::checker::Checker;
use super::decide::{CertStatus, CollectedStatements, SourceStatement, is_conclusive};
use super::ocsp_answer::{CertificateId, OcspStatus, SingleResponse};
use super::reason::ReasonFlags;
use super::status::{RevocationSource, SignerFailure, WhySetAside};
use crate::pki::Certificate;

/// The octets of answers that are read in one step.
const OCTETS_OF_STEP: usize = 64;

impl Checker<'_> {
    pub(super) fn ask_responders(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
        collected: &mut CollectedStatements,
    ) {
        let id = CertificateId::new(certificate, issuer);
        for response in self.ocsp_responses.clone() {
            if !response.may_be_about(&id) {
                continue;
            }
            let source = RevocationSource::Ocsp { fingerprint: response.fingerprint() };
            if let Some(what) = response.unsupported() {
                collected.set_aside(source, WhySetAside::NotSupported { what: what.to_owned() });
                continue;
            }
            let signer = match self.responder(response, certificate, issuer, depth) {
                Ok(signer) => signer,
                Err(SignerFailure::Exhausted) => {
                    collected.exhausted = true;
                    continue;
                }
                Err(SignerFailure::Because(why)) => {
                    collected.set_aside(source, WhySetAside::NotAuthenticated(why));
                    continue;
                }
            };
            // A response can hold a thousand answers about one certificate, so they are read only when it is authentic.
            if !self.spends(response.answers_len() / OCTETS_OF_STEP) {
                collected.exhausted = true;
                continue;
            }
            let about: Vec<_> = response.responses().filter(|answer| answer.is_about(&id)).collect();
            if let Some(what) = about.iter().find_map(SingleResponse::unsupported) {
                collected.set_aside(source, WhySetAside::NotSupported { what: what.to_owned() });
                continue;
            }
            let statements = about.iter().map(|answer| SourceStatement {
                cert_status: match answer.status {
                    OcspStatus::Good => CertStatus::Good,
                    OcspStatus::Revoked { date, reason } => CertStatus::revoked(date, reason),
                    OcspStatus::Unknown => CertStatus::Unknown,
                },
                covers: ReasonFlags::ALL,
                source: source.clone(),
                signer: signer.clone(),
                this_update: answer.this_update,
                next_update: answer.next_update,
                produced_at: Some(response.produced_at()),
                invalidity_date: None,
                conclusive: is_conclusive(certificate, answer.this_update, answer.archive_cutoff),
            });
            statements.for_each(|statement| collected.add(statement));
        }
    }
}
