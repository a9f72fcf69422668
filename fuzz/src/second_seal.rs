//! Second seals beside a proof that announces one.

use std::sync::LazyLock;

use chrono::Duration;
use recommande::crypto::KeyKind;
use recommande::evidence::Environment;
use recommande::seal::{Artifact, Credentials, ProofOfSending, Sealer};
use recommande::testing::{CertificateSpec, derived_ml_dsa_key};
use recommande::verify::{Code, Indication, Policy, Report, SecondSealRule, SendingContext, Verifier};
use signed_data::SignedData;

use crate::proof::check_report;
use crate::world::{issuer, stamped, statement, tsa, world};

/// A proof, and what makes and demands its second seal.
struct Sealed {
    proof: ProofOfSending,
    /// Without a timestamp, and with one.
    seconds: [Vec<u8>; 2],
    verifiers: [Verifier; 3],
}

static SEALED: LazyLock<Sealed> = LazyLock::new(Sealed::new);

impl Sealed {
    fn new() -> Self {
        let world = world();
        let (pki, at) = (&world.pki, world.sent_at);
        let spec = CertificateSpec::seal("Second Seal", at - Duration::days(1), at + Duration::days(365));
        let key = derived_ml_dsa_key(&KeyKind::MlDsa65, "fuzz: second seal").expect("a key");
        let key = pki.intermediate.issue(&spec, key).expect("a certificate");
        let chain = vec![key.certificate.clone(), pki.intermediate.certificate.clone()];
        let first = Credentials::new(pki.seal.signer.clone(), pki.seal_chain()).expect("credentials");
        let second = Credentials::new(key.signer.clone(), chain).expect("credentials");
        let sealer = Sealer::new(first, issuer()).with_second_seal(second).expect("ML-DSA-65");
        let sealed = sealer.seal(&statement(&world.payload, at), at).expect("a seal");
        let proof = stamped(&sealed, &tsa(pki, at));
        let unstamped = sealer.second_seal(&proof, at).expect("a second seal");
        let seconds = [unstamped.der().to_vec(), stamped(&unstamped, &tsa(pki, at)).der().to_vec()];
        let rules = [SecondSealRule::Ignore, SecondSealRule::Report, SecondSealRule::Required];
        let verifiers = rules.map(|second_seal| {
            let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
            verifier.with_policy(Policy { second_seal, ..Policy::default() })
        });
        Self { proof, seconds, verifiers }
    }

    /// The reports by each rule, each of which the strict verdict agrees with.
    fn reports(&self, given: &[Vec<u8>]) -> [Report; 3] {
        let world = world();
        let context = SendingContext::new(&world.payload).with_second_seals(given);
        self.verifiers.each_ref().map(|verifier| {
            let report = verifier.report(&self.proof, context, world.now);
            let strict = verifier.verify(&self.proof, context, world.now);
            assert_eq!(strict.err().map(|error| error.finding().code), report.decided_by.map(|by| by.code));
            check_report(&report);
            report.second_seals.iter().for_each(check_report);
            report
        })
    }
}

/// The signed attributes and the signature of the first signer.
fn signed_part(second: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let parsed = SignedData::parse(second).ok()?;
    let signer = parsed.signer_infos.first()?;
    Some((signer.signed_attributes.as_ref()?.raw().to_vec(), signer.signature.to_vec()))
}

/// Nothing beside a proof changes the verdict on its first seal, nor pushes out the second one. Only what was signed here
/// is a second seal.
pub fn second_seal(input: &[u8]) {
    let sealed = &*SEALED;
    let [ignored, reported, required] = sealed.reports(&[input.to_vec()]);
    assert_eq!(ignored.indication, Indication::TotalPassed, "the first seal");
    assert_eq!(reported.indication, Indication::TotalPassed, "no more than a warning");
    let is_valid = reported.findings.iter().any(|finding| finding.code == Code::SecondSealValid);
    assert_eq!(required.indication == Indication::TotalPassed, is_valid, "by another rule");
    if is_valid {
        let signed = signed_part(input);
        assert!(sealed.seconds.iter().any(|second| signed_part(second) == signed), "a second seal by somebody else");
    }
    let [genuine, stamped] = sealed.seconds.clone();
    let beside = |given: &[&Vec<u8>]| sealed.reports(&given.iter().copied().cloned().collect::<Vec<_>>());
    let input = input.to_vec();
    let given = [&input, &input, &genuine, &stamped, &input];
    let reports = beside(&given);
    assert_eq!(reports[2].indication, Indication::TotalPassed, "a second seal was pushed out");
    let reversed: Vec<&Vec<u8>> = given.into_iter().rev().collect();
    assert_eq!(beside(&reversed), reports, "in another order");
}

/// The second seals that pass.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    SEALED.seconds.to_vec()
}
