//! The door for signatures made by others: any CMS SignedData.

use chrono::{DateTime, Utc};
use signed_data::{ContentInfo, SignedData, normalize};

use super::Verifier;
use crate::crypto::{Digest, DigestAlgorithm};
use crate::finding::{Code, Details, Ledger, Subject};
use crate::seal::AggregatedFile;
use crate::text::with_sources;
use crate::verify::content::{Content, ContentDigests};
use crate::verify::examine::examine;
use crate::verify::file::{File, FileSource, Signer};
use crate::verify::limits::MAX_SIGNERS;
use crate::verify::profile::Profile;
use crate::verify::report::value::{ArtifactKind, Report, ReportInput, Signatures};
use crate::verify::signature::{RecordsTold, Signature};

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
            (Content::Attached, _) | (Content::Octets(_) | Content::Digests(_), None) => false,
        };
        let source = FileSource::new(&parsed, signed_data, &self.settings);
        let file = File::read(&source, &self.settings);
        let computed = octets.map(|octets| content_digests(octets, &file)).unwrap_or_default();
        let digest = |algorithm: DigestAlgorithm| match (octets, content) {
            (Some(octets), _) => Some(computed.get(algorithm).unwrap_or_else(|| algorithm.digest(octets))),
            (None, Content::Digests(digests)) => digests.get(algorithm),
            (None, Content::Attached | Content::Octets(_)) => None,
        };
        let budgets = self.settings.budgets();
        let report = |signer: &Signer<'_>, records_told: RecordsTold| {
            let profile = Profile::Foreign;
            let existed_at = None;
            let signature =
                Signature { file: &file, signer, profile, content: &digest, octets, records_told, existed_at };
            let mut ledger = Ledger::complete(&self.settings.policy.levels);
            if differs {
                ledger.note(Subject::Envelope, Code::AttachedContentDiffers);
            }
            let examined = examine(&signature, &self.settings, at, &budgets, &mut ledger);
            let artifact = ArtifactKind::Signature;
            Report::new(ReportInput {
                artifact,
                examined,
                statement: None,
                policy: &self.settings.policy,
                now: at,
                ledger,
            })
        };
        let mut reports = in_their_order(&file.signers, report);
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
        Report::malformed(ArtifactKind::Signature, &self.settings.policy, ledger, at)
    }
}

/// The reports on signers, in the order of the file. Nobody signed that order, so that the signer whose report tells of
/// the evidence records in full is the first in the order of DER, and all are judged in that order.
fn in_their_order(signers: &[Signer<'_>], report: impl Fn(&Signer<'_>, RecordsTold) -> Report) -> Vec<Report> {
    let mut ordered: Vec<(usize, &Signer<'_>)> = signers.iter().enumerate().collect();
    ordered.sort_by_key(|(_, signer)| signer.signer_info.raw);
    let mut reports: Vec<(usize, Report)> = Vec::with_capacity(signers.len() + 1);
    for (place, signer) in ordered {
        let judged = match reports.first() {
            Some((_, first)) => report(signer, RecordsTold::InFirstReport).leaving_out_records_of(first),
            None => report(signer, RecordsTold::Here),
        };
        reports.push((place, judged));
    }
    reports.sort_by_key(|(place, _)| *place);
    reports.into_iter().map(|(_, report)| report).collect()
}

/// The digests of the content that signers, timestamps and records name: each is computed once, however many ask for
/// it.
fn content_digests(content: &[u8], file: &File<'_>) -> ContentDigests {
    let mut digests: Vec<Digest> = Vec::new();
    for algorithm in file.content_algorithms() {
        if digests.iter().all(|digest| digest.algorithm() != algorithm) {
            digests.push(algorithm.digest(content));
        }
    }
    ContentDigests::new(digests)
}

fn what_it_is(der: &[u8], error: &signed_data::Error) -> String {
    if AggregatedFile::is_begun_by(der) {
        return "an aggregated proof, which is verified as a proof".to_owned();
    }
    match ContentInfo::parse(der) {
        Ok(content_info) => match content_info.type_name() {
            Some("signedData") | None => with_sources(error),
            Some(name) => format!("a ContentInfo of type {name}"),
        },
        Err(_) => with_sources(error),
    }
}
