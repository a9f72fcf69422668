//! The door for signatures made by others: any CMS SignedData.

use std::cell::RefCell;

use chrono::{DateTime, Utc};
use signed_data::{ContentInfo, SignedData, normalize};

use super::Verifier;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::text::with_sources;
use crate::verify::content::Content;
use crate::verify::embedded::Embedded;
use crate::verify::examine::examine;
use crate::verify::limits::MAX_SIGNERS;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput, Signatures};
use crate::verify::signature::{Profile, Signature};

impl Verifier {
    /// Every signature of a CMS SignedData made by anybody, BER or DER, attached or detached, at the time `at`: a time
    /// in the past asks what the verdict was then. Without a timestamp the signature is judged at `at` itself.
    pub fn report_signatures(&self, signed_data: &[u8], content: Content<'_>, at: DateTime<Utc>) -> Signatures {
        let normalized = match normalize(signed_data) {
            Ok(normalized) => normalized,
            Err(error) => return self.unreadable(with_sources(&error), at),
        };
        let parsed = match SignedData::parse(&normalized) {
            Ok(parsed) => parsed,
            Err(error) => return self.unreadable(what_it_is(&normalized, &error), at),
        };
        if parsed.encap_content_info.content.is_some() && !parsed.encap_content_info.is_octet_string() {
            return Signatures { reports: vec![self.single(Code::ContentNotOctetString, String::new(), at)] };
        }
        if parsed.signer_infos.is_empty() {
            return Signatures { reports: vec![self.single(Code::NoSignature, String::new(), at)] };
        }
        let octets = match (content, parsed.encap_content_info.content) {
            (Content::Octets(octets), _) => Some(octets),
            // What the caller says that the content is, is the question: attached content that is another one does not
            // answer it.
            (Content::Digests(digests), Some(attached)) if !digests.are_of(attached) => None,
            (Content::Attached | Content::Digests(_), attached) => attached,
        };
        let differs = match (content, parsed.encap_content_info.content) {
            (Content::Octets(given), Some(attached)) => given != attached,
            (Content::Digests(digests), Some(attached)) => !digests.is_empty() && !digests.are_of(attached),
            _ => false,
        };
        // Each signer and each archive timestamp asks for it again.
        let known = RefCell::new(Vec::<Digest>::new());
        let digest = |algorithm: DigestAlgorithm| match (octets, content) {
            (Some(octets), _) => {
                let found = known.borrow().iter().find(|digest| digest.algorithm() == algorithm).copied();
                Some(found.unwrap_or_else(|| {
                    let computed = algorithm.digest(octets);
                    known.borrow_mut().push(computed);
                    computed
                }))
            }
            (None, Content::Digests(digests)) => digests.get(algorithm),
            (None, _) => None,
        };
        let (budgets, embedded) = (self.settings.budgets(), Embedded::new(&parsed, signed_data));
        let signers = parsed.signer_infos.iter().take(MAX_SIGNERS);
        let reports = signers.map(|signer_info| {
            let signature = Signature {
                signed_data: &parsed,
                signer_info,
                profile: Profile::Foreign,
                content: &digest,
                octets,
                embedded: &embedded,
            };
            let mut ledger = Ledger::complete(&self.settings.policy.levels);
            if differs {
                ledger.note(Subject::Envelope, Code::AttachedContentDiffers);
            }
            let examined = examine(&signature, &self.settings, at, &budgets, &mut ledger);
            let artifact = ArtifactKind::Signature;
            Report::new(ReportInput {
                artifact,
                examined: &examined,
                statement: None,
                policy: &self.settings.policy,
                now: at,
                ledger,
            })
        });
        let mut reports: Vec<Report> = reports.collect();
        if parsed.signer_infos.len() > MAX_SIGNERS {
            // What nobody looked at must not hide behind those that passed.
            reports.push(self.single(Code::SignersTooMany, format!("{} signers", parsed.signer_infos.len()), at));
        }
        Signatures { reports }
    }

    fn unreadable(&self, why: String, at: DateTime<Utc>) -> Signatures {
        Signatures { reports: vec![self.single(Code::Malformed, why, at)] }
    }

    fn single(&self, code: Code, why: String, at: DateTime<Utc>) -> Report {
        let mut ledger = Ledger::complete(&self.settings.policy.levels);
        ledger.note_with(Subject::Envelope, code, || {
            if why.is_empty() { Details::default() } else { Details::stated(why) }
        });
        Report::malformed(ArtifactKind::Signature, ledger, at)
    }
}

fn what_it_is(der: &[u8], error: &signed_data::Error) -> String {
    match ContentInfo::parse(der) {
        Ok(content_info) => match content_info.type_name() {
            Some("signedData") | None => with_sources(error),
            Some(name) => format!("a ContentInfo of type {name}"),
        },
        Err(_) => with_sources(error),
    }
}
