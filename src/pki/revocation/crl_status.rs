//! This module evaluates CRLs for one certificate (RFC 5280 §6.3.3).

use core::cmp::Ordering;

use super::checker::Checker;
use super::crl::Crl;
use super::crl_extensions::compare_numbers;
use super::crl_listed::{EntryKind, Listed};
use super::decide::{CertStatus, CollectedStatements, SourceStatement, is_conclusive, is_current};
use super::points::{self, DistributionPoint};
use super::reason::ReasonFlags;
use super::request::Grounds;
use super::status::{RevocationSource, SetAside, Signer, SignerFailure, WhySetAside};
use crate::pki::Certificate;

/// An authenticated CRL whose scope includes the certificate.
struct Applicable<'a> {
    crl: &'a Crl,
    covers: ReasonFlags,
    signer: Signer,
    /// What its entries say of the certificate, if there are any.
    listed: Option<Listed>,
}

impl<'a> Checker<'a> {
    pub(super) fn ask_crls(
        &mut self,
        certificate: &Certificate,
        issuer: &Certificate,
        depth: usize,
        collected: &mut CollectedStatements,
    ) {
        let points = DistributionPoint::of(certificate);
        let (mut complete, mut deltas) = (Vec::new(), Vec::new());
        for crl in self.crls.clone() {
            let covers = covers(crl, certificate, &points);
            if covers.is_none() {
                collected.explanations.extend(out_of_scope(crl, certificate, &points));
                continue;
            }
            if let Some(what) = crl.unsupported() {
                collected.set_aside(source(crl, None), WhySetAside::NotSupported { what: what.to_owned() });
                continue;
            }
            let was_authenticated = crl.signed().is_authenticated();
            match self.crl_signer(crl, certificate, issuer, depth) {
                Ok(signer) => {
                    // A CRL that an earlier question authenticated came from the cache, or went into it then.
                    if !was_authenticated {
                        self.request.data.remember(crl);
                    }
                    // The entries are read once, and not for each complete CRL that a delta could change.
                    let listed = Listed::in_crl(crl, certificate);
                    let applicable = Applicable { crl, covers, signer, listed };
                    if crl.delta_base().is_some() {
                        deltas.push(applicable)
                    } else {
                        complete.push(applicable)
                    }
                    if !self.spends(crl.entries_like(certificate)) {
                        collected.exhausted = true;
                        break;
                    }
                }
                Err(SignerFailure::Exhausted) => collected.exhausted = true,
                Err(SignerFailure::Because(why)) => {
                    collected.set_aside(source(crl, None), WhySetAside::NotAuthenticated(why));
                }
            }
        }
        // Whether a delta CRL may be used is asked once, and not for each complete one beside it.
        let mut usable: Vec<_> = deltas.iter().filter(|delta| self.accepts(delta)).collect();
        usable.sort_by(|left, right| compare_age(left.crl, right.crl));
        for base in &complete {
            let mut looked_at = 1;
            let newest = usable.iter().rev().inspect(|_| looked_at += 1).find(|delta| self.changes(delta, base));
            collected.add(statement_of(base, newest.copied(), certificate));
            if !self.spends(looked_at) {
                collected.exhausted = true;
                break;
            }
        }
        for delta in &deltas {
            let mut looked_at = 1;
            let used = complete.iter().inspect(|_| looked_at += 1).any(|base| self.changes(delta, base));
            if !used {
                collected.set_aside(source(delta.crl, None), WhySetAside::DeltaWithoutBase);
            }
            // What a delta CRL says against the certificate counts even without the complete CRL that it changes. With that, a newer
            // one may have ended a hold, and the statement of the complete one says so.
            if delta.listed.is_some_and(|listed| listed.is_revocation() || (listed.is_against() && !used)) {
                collected.add(make(delta, None, delta.listed, certificate));
            }
            if !self.spends(looked_at) {
                collected.exhausted = true;
                break;
            }
        }
    }

    /// Returns true if a delta CRL may be combined with a complete one, whose suspension it could end.
    fn accepts(&self, delta: &Applicable<'_>) -> bool {
        self.request.accepts(&Grounds {
            source: &source(delta.crl, None),
            signer: &delta.signer.certificate,
            this_update: delta.crl.this_update(),
            next_update: delta.crl.next_update(),
            produced_at: None,
        })
    }

    /// Returns true if the delta CRL applies to this complete one (RFC 5280 §5.2.4 and §6.3.3 (c) and (h)): the same
    /// issuer, scope and key, and matching numbers.
    fn changes(&self, delta: &Applicable<'_>, base: &Applicable<'_>) -> bool {
        let same_scope = match (delta.crl.issuing_distribution_point(), base.crl.issuing_distribution_point()) {
            (None, None) => true,
            (Some(of_delta), Some(of_base)) => of_delta.is_same(of_base),
            _ => false,
        };
        let numbers = match (base.crl.number(), delta.crl.delta_base(), delta.crl.number()) {
            (Some(number), Some(delta_base), Some(delta_number)) => {
                compare_numbers(number, delta_base) != Ordering::Less
                    && compare_numbers(number, delta_number) == Ordering::Less
            }
            _ => false,
        };
        same_scope
            && numbers
            && delta.crl.comparable_issuer() == base.crl.comparable_issuer()
            && delta.crl.key_identifier() == base.crl.key_identifier()
            && delta.signer.certificate.spki_der() == base.signer.certificate.spki_der()
            && is_current(delta.crl.this_update(), delta.crl.next_update(), self.request)
    }
}

/// Orders CRLs of one issuer by their age. Of two with one thisUpdate the number tells (RFC 5280 §5.2.3).
fn compare_age(left: &Crl, right: &Crl) -> Ordering {
    let numbers = || match (left.number(), right.number()) {
        (Some(left), Some(right)) => compare_numbers(left, right),
        (left, right) => left.is_some().cmp(&right.is_some()),
    };
    left.this_update().cmp(&right.this_update()).then_with(numbers)
}

/// Returns the reasons for which the CRL would list the certificate, over all its distribution points.
fn covers(crl: &Crl, certificate: &Certificate, points: &[DistributionPoint]) -> ReasonFlags {
    let idp = crl.issuing_distribution_point();
    points.iter().fold(ReasonFlags::NONE, |covers, point| {
        covers.or(point.covered_by(certificate, crl.issuer_der(), crl.comparable_issuer(), idp))
    })
}

/// Returns a CRL that is set aside because its scope does not include the certificate, although the certificate's issuer
/// made it.
fn out_of_scope(crl: &Crl, certificate: &Certificate, points: &[DistributionPoint]) -> Option<SetAside> {
    let idp = crl.issuing_distribution_point()?;
    if crl.comparable_issuer() != certificate.comparable_issuer() {
        return None;
    }
    let mismatch = points::out_of_scope(certificate, points, crl.issuer_der(), idp);
    let why = WhySetAside::OutOfScope { issuer: crl.issuer(), this_update: crl.this_update(), mismatch };
    Some(SetAside { source: source(crl, None), why })
}

/// Returns the statement of a complete CRL, combined with the delta CRL if there is one.
///
/// A revocation stays in force, although RFC 5280 §6.3.3 (k) read alone would let any entry of a delta CRL take its place:
/// the status of a revoked certificate is never reverted (Regulation (EU) 910/2014, articles 28 (4) and 38 (4)). An entry
/// is removed when a hold ends or the certificate has expired, and for nothing else (RFC 5280 §5.3.1). What the delta CRL
/// says of a revocation is a statement of its own beside this one.
fn statement_of(base: &Applicable<'_>, delta: Option<&Applicable<'_>>, certificate: &Certificate) -> SourceStatement {
    let delta = delta.filter(|_| !base.listed.is_some_and(Listed::is_revocation));
    let listed = match delta.and_then(|delta| delta.listed) {
        Some(listed) => Some(listed).filter(|listed| listed.kind != EntryKind::Removal),
        None => base.listed,
    };
    make(base, delta.map(|delta| delta.crl), listed, certificate)
}

/// Makes a statement. A complete CRL with a delta is as new as the delta.
fn make(
    of: &Applicable<'_>,
    delta: Option<&Crl>,
    listed: Option<Listed>,
    certificate: &Certificate,
) -> SourceStatement {
    let newest = delta.unwrap_or(of.crl);
    SourceStatement {
        cert_status: listed.map_or(CertStatus::Good, Listed::cert_status),
        covers: of.covers,
        source: source(of.crl, delta),
        signer: of.signer.clone(),
        this_update: newest.this_update(),
        next_update: newest.next_update(),
        produced_at: None,
        invalidity_date: listed.and_then(|listed| listed.invalidity_date),
        conclusive: is_conclusive(certificate, newest.this_update(), newest.expired_certs_from()),
    }
}

fn source(crl: &Crl, delta: Option<&Crl>) -> RevocationSource {
    RevocationSource::Crl {
        fingerprint: crl.fingerprint(),
        number: crl.number().map(|number| number.to_string()),
        delta: delta.map(Crl::fingerprint),
    }
}
