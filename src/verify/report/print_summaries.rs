//! How what a verdict rests on reads for people: evidence records, proofs of existence, revocation data, countersignatures.

use std::fmt::{self, Formatter};

use super::print::{line, verdict};
use super::summaries::{RevocationKind, RevocationSummary};
use super::value::Report;
use crate::text;
use crate::verify::answer::RevocationPlace;
use crate::verify::existence::ExistingObject;

impl Report {
    /// Evidence records, proofs of existence, revocation data and countersignatures, each where there is some.
    pub(super) fn write_basis(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if !self.records.is_empty() {
            writeln!(f, "\nEvidence records")?;
        }
        for record in &self.records {
            let place = if record.beside { ", beside the file" } else { "" };
            write!(f, "  {}{place}: ", record.record)?;
            match record.proven_at {
                Some(time) => writeln!(f, "holds, proven at {}", text::time(time))?,
                None => writeln!(f, "{}", verdict(record.indication, record.sub_indication))?,
            }
        }
        if !self.existence.is_empty() {
            writeln!(f, "\nProven to exist")?;
        }
        for existing in &self.existence {
            line(f, &object(existing.of), format_args!("since {}, by {}", text::time(existing.since), existing.by))?;
        }
        if !self.revocation.is_empty() {
            writeln!(f, "\nRevocation data")?;
        }
        for data in &self.revocation {
            self.write_revocation(f, data)?;
        }
        if !self.countersignatures.is_empty() {
            writeln!(f, "\nCountersignatures, which are not evaluated")?;
        }
        for countersignature in &self.countersignatures {
            let signer = countersignature.signer.as_deref().unwrap_or("signer not named");
            line(f, &self.name_of(countersignature.of), signer)?;
        }
        if self.more_countersignatures > 0 {
            line(f, "", format_args!("and {} more", self.more_countersignatures))?;
        }
        Ok(())
    }

    fn write_revocation(&self, f: &mut Formatter<'_>, data: &RevocationSummary) -> fmt::Result {
        let kind = match data.kind {
            RevocationKind::Crl => "CRL",
            RevocationKind::Ocsp => "OCSP response",
        };
        line(f, kind, data.issuer.as_deref().unwrap_or("by an unknown signer"))?;
        let times =
            [("thisUpdate", data.this_update), ("nextUpdate", data.next_update), ("produced", data.produced_at)];
        for (label, value) in times {
            if let Some(value) = value {
                line(f, &format!("    {label}"), text::time(value))?;
            }
        }
        let places: Vec<String> = data.found_in.iter().map(|place| found_in(*place)).collect();
        line(f, "    found in", places.join(", "))?;
        line(f, "    exists since", text::time(data.exists_since))?;
        for answer in &data.about {
            let used_for = self.name_of(answer.used_for);
            line(f, "    about", format_args!("{}, for {used_for}: {}", answer.certificate, answer.status))?;
        }
        line(f, "    fingerprint", &data.fingerprint)
    }
}

fn object(object: ExistingObject) -> String {
    match object {
        ExistingObject::Content => "the content".to_owned(),
        ExistingObject::Signature => "the signature".to_owned(),
        ExistingObject::Archive => "what is archived".to_owned(),
        ExistingObject::File => "the whole file".to_owned(),
        ExistingObject::Timestamp(number) => format!("timestamp {number}"),
        ExistingObject::Data => "the data".to_owned(),
        ExistingObject::Sealed => "what is sealed".to_owned(),
    }
}

fn found_in(place: RevocationPlace) -> String {
    match place {
        RevocationPlace::Signature => "the signature".to_owned(),
        RevocationPlace::Timestamp(number) => format!("timestamp {number}"),
        RevocationPlace::CryptoInfos(number) => format!("cryptoInfos of record {number}"),
        RevocationPlace::OtherSigner => "another signer".to_owned(),
        RevocationPlace::Caller => "what the caller gave".to_owned(),
    }
}
