//! The text for people in a container: what lies there, how to verify the seals with nothing of ours, and what that leaves open.

use std::fmt::Write;

use crate::layout::{MANIFEST, Protection, RECORD};
use crate::name::{AnchorsOf, PartKind, ProofForm, ProofKind};

/// The columns of names in the list of files.
const WIDTH: usize = 34;

/// Writes the text about these files, whose names are in order.
pub(crate) fn readme(kinds: &[PartKind], protection: Protection) -> String {
    let mut text = INTRODUCTION.to_owned();
    for kind in kinds {
        line(&mut text, &kind.to_string(), sentence(*kind));
    }
    line(&mut text, MANIFEST, "the list of these files, with the digest of each");
    let (guard, how) = match protection {
        Protection::Signature => ("the signature over that list, with its timestamp", CONTAINER_SIGNED),
        Protection::Timestamp => ("the timestamp over that list", CONTAINER_STAMPED),
    };
    line(&mut text, protection.name(), guard);
    line(&mut text, RECORD, "where it is there: an evidence record over everything");
    text.push_str(how);
    text.push_str(ANCHORS);
    for kind in kinds {
        commands(&mut text, *kind, kinds);
    }
    text.push_str(END);
    text
}

fn line(text: &mut String, name: &str, sentence: &str) {
    // A String takes everything.
    let _ = writeln!(text, "  {name:<WIDTH$}  {sentence}");
}

fn sentence(kind: PartKind) -> &'static str {
    match kind {
        PartKind::Readme => "this text",
        PartKind::Anchors(AnchorsOf::Seals) => "certificates under which the seals are trusted; see below",
        PartKind::Anchors(AnchorsOf::Tsas) => "certificates under which the timestamps are trusted; see below",
        PartKind::Letter { .. } => "a letter, as it was sent; the proofs have its original name",
        PartKind::LetterSignature { .. } => "a signature over the letter of the same number",
        PartKind::Proof { proof, .. } => match proof.kind {
            ProofKind::Sending => "a proof: a letter was accepted for sending",
            ProofKind::Opening => "a proof: a letter was opened",
            ProofKind::Step => "a proof: a step of a letter's way",
        },
        PartKind::SecondSeal { .. } => "a second seal over that proof",
        PartKind::Record { .. } => "an evidence record over that proof",
        PartKind::LogProof { .. } => "shows that the proof is in a public log",
        PartKind::Disclosure { .. } => "values that the proof holds as digests alone",
        PartKind::Submission { .. } => "what the sender signed before the letter was sent",
        PartKind::SubmissionSignature { .. } => "the sender's signature over it",
        PartKind::RegisterExtract { .. } => "what a register of mandates said of delegates",
        PartKind::RegisterSignature { .. } => "the register's signature over it",
        PartKind::Receipt { .. } => "a page for people about that proof; the page is no proof",
    }
}

fn commands(text: &mut String, kind: PartKind, kinds: &[PartKind]) {
    let command = match kind {
        PartKind::Proof { form: ProofForm::Sealed, .. } => {
            format!("openssl cms -verify -cades -inform DER -in {kind} -CAfile seal-anchors.pem")
        }
        PartKind::LetterSignature { letter } => {
            let is_letter = |kind: &&PartKind| matches!(kind, PartKind::Letter { number, .. } if *number == letter);
            let Some(content) = kinds.iter().find(is_letter) else { return };
            format!(
                "openssl cms -verify -cades -binary -inform DER -in {kind} -content {content} -CAfile seal-anchors.pem -out /dev/null"
            )
        }
        PartKind::Letter { .. } => format!("openssl dgst -sha256 -binary {kind} | openssl base64"),
        PartKind::Proof { form: ProofForm::Aggregated, .. }
        | PartKind::Readme
        | PartKind::Anchors(_)
        | PartKind::SecondSeal { .. }
        | PartKind::Record { .. }
        | PartKind::LogProof { .. }
        | PartKind::Disclosure { .. }
        | PartKind::Submission { .. }
        | PartKind::SubmissionSignature { .. }
        | PartKind::RegisterExtract { .. }
        | PartKind::RegisterSignature { .. }
        | PartKind::Receipt { .. } => return,
    };
    let _ = writeln!(text, "  {command}");
}

const INTRODUCTION: &str = "\
A DOSSIER OF REGISTERED MAIL

This file is a container after ETSI EN 319 162-1 (ASiC-E): a zip file whose contents are signed or timestamped as a whole. It holds:

";

const CONTAINER_SIGNED: &str = "
HOW TO VERIFY

1. The container. The DSS of the European Commission opens it, and says who signed the list and whether each file is the one that was
   listed. That is a statement about the container: it does not look into the proofs, which are files to it like any other. Without DSS,
   with the certificates under which the signer is trusted in container-anchors.pem:

  openssl cms -verify -cades -binary -inform DER -in META-INF/signature001.p7s -content META-INF/ASiCManifest001.xml -CAfile container-anchors.pem -out /dev/null

   The list has the digest of each file in base64 (openssl dgst -sha256 -binary FILE | openssl base64).
";

const CONTAINER_STAMPED: &str = "
HOW TO VERIFY

1. The container. The DSS of the European Commission opens it, and says since when the list exists and whether each file is the one that
   was listed. Nobody signed the list. DSS does not look into the proofs, which are files to it like any other. Without DSS, with the
   certificates under which the time-stamp authority is trusted in container-anchors.pem:

  openssl ts -verify -token_in -in META-INF/timestamp001.tst -data META-INF/ASiCManifest001.xml -CAfile container-anchors.pem

   The list has the digest of each file in base64 (openssl dgst -sha256 -binary FILE | openssl base64).
";

const ANCHORS: &str = "
2. The proofs. Take them out of the container and verify each by itself. Certificates in here (seal-anchors.pem, tsa-anchors.pem), where
   there are any, are a convenience and prove nothing: whoever made a false proof could have put his own beside it. Get them from who
   publishes them, or compare them.

   OpenSSL 3.0 or later verifies the seal of a proof and prints the statement, which says who sent what to whom, and when. The digests of
   the letters in the statement are those that the commands below print, in base64. After the end of the certificates, add the time of
   the proof (-attime, in seconds).

";

const END: &str = "
   The time of a proof is in the timestamp inside the file, and an opening names its sending by its digest. OpenSSL checks neither. The
   library `recommande` checks all of it, also of proofs that end in .rma, of evidence records (.ers), and of whatever else lies here
   beside a proof; it is free, and reads this container too.

WHAT IT DOES NOT PROVE

A proof shows that its issuer stated something at its time. It does not show that the statement is true, or that somebody read a letter.
";
