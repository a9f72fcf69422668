//! This module evaluates OCSP responses for one certificate (RFC 6960 §3.2).

use super::checker::Checker;
use super::decide::{CollectedEvidence, Evidence, Says, is_conclusive};
use super::ocsp::{CertificateId, OcspResponse, OcspStatus, SingleResponse};
use super::reason::ReasonFlags;
use super::signer::SignerFailure;
use super::status::{RevocationSource, WhySetAside};
use crate::pki::Certificate;

impl Checker<'_> {
    pub(super) fn ask_responders(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
        collected: &mut CollectedEvidence,
    ) {
        let id = CertificateId::new(certificate, issuer);
        for response in self.ocsp_responses.clone() {
            let about: Vec<_> = response.responses().filter(|answer| answer.is_about(&id)).collect();
            if about.is_empty() {
                continue;
            }
            let source = RevocationSource::Ocsp { fingerprint: response.fingerprint() };
            if let Some(what) = unsupported(response, &about) {
                collected.set_aside(source, WhySetAside::NotSupported { what });
                continue;
            }
            let signer = match self.responder(response, issuer, depth) {
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
            collected.evidence.extend(about.iter().map(|answer| Evidence {
                says: match answer.status {
                    OcspStatus::Good => Says::Good,
                    OcspStatus::Revoked { date, reason } => Says::revoked(date, reason),
                    OcspStatus::Unknown => Says::Unknown,
                },
                covers: ReasonFlags::ALL,
                source: source.clone(),
                signer: signer.clone(),
                this_update: answer.this_update,
                next_update: answer.next_update,
                produced_at: Some(response.produced_at()),
                invalidity_date: None,
                conclusive: is_conclusive(certificate, answer.this_update, answer.archive_cutoff),
                removes: false,
            }));
        }
    }
}

fn unsupported(response: &OcspResponse, about: &[SingleResponse<'_>]) -> Option<String> {
    let of_answers = || about.iter().find_map(SingleResponse::unsupported);
    response.unsupported().or_else(of_answers).map(str::to_owned)
}
