//! The last token of a batch with what was added to it, and the token that renews it.

use rfc3161_client::{ParsedToken, TimeStampToken};
use signed_data::SignedData;
use signed_data::tlv::{Reader, Tlv};

use super::error::NotInRenewal;
use super::judge::Kind;
use super::layer;
use crate::cms::embedded_certificates;
use crate::crypto::Digest;
use crate::finding::{Code, Ledger, Levels, Notes, Outcome, Subject};
use crate::pki::{KnownCertificates, ValidationBudget};
use crate::time::record::{RecordTail, token_imprint};
use crate::time::token::{ReadToken, Stamped, TokenCheck, check_token};

/// The last token of a batch, as its records hold it, and the same with what was added to it.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Extension {
    token: Vec<u8>,
    extended: Vec<u8>,
}

impl Extension {
    /// Takes the last token as it was, and as it is with what was added.
    ///
    /// # Errors
    /// `Extended` where the second is not the first with more certificates and revocation data. It would take the place of
    /// the token in every record of the batch, and state another time.
    pub(super) fn new(token: &[u8], extended: &[u8]) -> Result<Self, NotInRenewal> {
        if token != extended && !is_extended(token, extended).unwrap_or_default() {
            return Err(NotInRenewal::Extended);
        }
        Ok(Self { token: token.to_vec(), extended: extended.to_vec() })
    }

    pub(super) fn token(&self) -> &[u8] {
        &self.token
    }

    pub(super) fn extended(&self) -> &[u8] {
        &self.extended
    }

    /// Returns the file or record with the extended token.
    pub(super) fn of(&self, octets: &[u8], kind: Kind<'_>) -> Result<Vec<u8>, NotInRenewal> {
        Ok(self.tail(octets, kind)?.with_token(&self.extended))
    }

    pub(super) fn tail<'a>(&self, octets: &'a [u8], kind: Kind<'_>) -> Result<RecordTail<'a>, NotInRenewal> {
        let tail = layer::tail(octets, kind).map_err(NotInRenewal::from)?;
        if tail.token() == self.token { Ok(tail) } else { Err(NotInRenewal::OtherToken) }
    }

    /// Checks the token that stands after this one, as far as that needs no anchors and no policy: it is over this data, as
    /// its signature holds where the certificate of its signer is in it, and of no earlier time. Read from a file that nobody verified, it would be put into every record
    /// of the batch.
    ///
    /// # Errors
    /// `Token`.
    pub(super) fn check_added(&self, added: &TimeStampToken, stamped: &Digest) -> Result<(), NotInRenewal> {
        let extended = TimeStampToken::from_bytes(&self.extended).map_err(|_| NotInRenewal::Record)?;
        if token_imprint(added) != Some(*stamped) {
            return Err(NotInRenewal::Token(Code::TimestampImprintDiffers));
        }
        if added.tst_info().gen_time < extended.tst_info().gen_time {
            return Err(NotInRenewal::Token(Code::RecordOutOfOrder));
        }
        objection(added).map_or(Ok(()), |code| Err(NotInRenewal::Token(code)))
    }
}

/// Whether a token is the other one with more in its `certificates` and `crls`, which its signature does not cover. It is
/// `None` where one of them cannot be read.
fn is_extended(token: &[u8], extended: &[u8]) -> Option<bool> {
    let [token, extended] = [token, extended].map(|octets| TimeStampToken::from_bytes(octets).ok());
    let (token, extended) = (token?, extended?);
    let [before, after] = [&token, &extended].map(|token| ParsedToken::parse(token.to_definite()).ok());
    let (before, after) = (before?.signed_data, after?.signed_data);
    let algorithms = |signed_data: &SignedData<'_>| -> Vec<Vec<u8>> {
        signed_data.digest_algorithms.iter().map(|algorithm| algorithm.raw.to_vec()).collect()
    };
    let is_same = before.encap_content_info.raw == after.encap_content_info.raw
        && before.signer_infos_raw.raw == after.signer_infos_raw.raw
        && algorithms(&before) == algorithms(&after);
    Some(
        is_same
            && is_within(before.certificates_raw, after.certificates_raw)?
            && is_within(before.crls_raw, after.crls_raw)?,
    )
}

/// Whether each element of one set is in the other.
fn is_within(set: Option<Tlv<'_>>, larger: Option<Tlv<'_>>) -> Option<bool> {
    let mut larger = larger.map_or(Some(Vec::new()), elements)?;
    // A token holds as many elements as fit its octets.
    larger.sort_unstable();
    let set = set.map_or(Some(Vec::new()), elements)?;
    Some(set.iter().all(|element| larger.binary_search(element).is_ok()))
}

fn elements(set: Tlv<'_>) -> Option<Vec<&[u8]>> {
    let mut reader = Reader::new(set.value, "SignedData");
    let mut elements = Vec::new();
    while !reader.is_empty() {
        elements.push(reader.any().ok()?.raw);
    }
    Some(elements)
}

/// Returns what speaks against a token whatever a verifier trusts, has, or allows: it is no token, or not genuine.
fn objection(token: &TimeStampToken) -> Option<Code> {
    let Ok(parsed) = ParsedToken::parse(token.to_definite()) else { return Some(Code::TimestampMalformed) };
    let certificates = embedded_certificates(&parsed.signed_data, &KnownCertificates::default());
    let (levels, budget) = (Levels::default(), ValidationBudget::default());
    let mut ledger = Ledger::complete(&levels);
    let read = ReadToken { parsed: &parsed, certificates: &certificates };
    let check = TokenCheck { imprint: Stamped::NotEvaluated, extra: &[], shared: None, budget: &budget };
    check_token(read, &check, &mut Notes::new(&mut ledger, Subject::Timestamp(1)));
    // A certificate that the token lacks may be given to a verifier, and a policy may lower what is not essential.
    let mut findings = ledger.findings().iter();
    let against = findings.find(|finding| finding.outcome == Outcome::Failed && finding.code.is_essential());
    against.map(|finding| finding.code)
}
