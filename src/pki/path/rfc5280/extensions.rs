//! This module reads the extensions that path validation processes beside those that [`Certificate`] reads itself.

use signed_data::tlv::{Oid, Reader, Tag, Tlv};
use signed_data::{Error, ErrorKind};

use crate::asn1::oid;
use crate::pki::certificate::Certificate;

/// The policy extensions of a certificate (RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14).
pub(super) struct PolicyExtensions<'a> {
    /// The identifiers of certificatePolicies, or `None` without the extension.
    pub(super) policies: Option<Vec<Oid<'a>>>,
    /// The pairs of policyMappings: issuerDomainPolicy, subjectDomainPolicy.
    pub(super) mappings: Vec<(Oid<'a>, Oid<'a>)>,
    /// The requireExplicitPolicy field of policyConstraints.
    pub(super) require_explicit_policy: Option<u64>,
    /// The inhibitPolicyMapping field of policyConstraints.
    pub(super) inhibit_policy_mapping: Option<u64>,
    /// The value of inhibitAnyPolicy.
    pub(super) inhibit_any_policy: Option<u64>,
}

impl<'a> PolicyExtensions<'a> {
    /// Reads them, or returns the name of the one that is malformed.
    pub(super) fn read(certificate: &'a Certificate) -> Result<Self, &'static str> {
        let value = |oid| certificate.extension(oid).map(|extension| extension.value);
        let constraints = value(oid::POLICY_CONSTRAINTS).map(policy_constraints).transpose();
        let (require_explicit_policy, inhibit_policy_mapping) =
            constraints.map_err(|_| "policyConstraints")?.unwrap_or_default();
        let policies = value(oid::CERTIFICATE_POLICIES).map(certificate_policies).transpose();
        let mappings = value(oid::POLICY_MAPPINGS).map(policy_mappings).transpose();
        let inhibit_any_policy = value(oid::INHIBIT_ANY_POLICY).map(inhibit_any_policy).transpose();
        Ok(Self {
            policies: policies.map_err(|_| "certificatePolicies")?,
            mappings: mappings.map_err(|_| "policyMappings")?.unwrap_or_default(),
            require_explicit_policy,
            inhibit_policy_mapping,
            inhibit_any_policy: inhibit_any_policy.map_err(|_| "inhibitAnyPolicy")?,
        })
    }
}

/// Reads the contents of an extension value that is one SEQUENCE.
pub(super) fn sequence<'a>(value: &'a [u8], what: &'static str) -> Result<Reader<'a>, Error> {
    let mut outer = Reader::new(value, what);
    let inner = outer.expect(Tag::SEQUENCE)?.reader(what);
    outer.finish()?;
    Ok(inner)
}

/// Reads the elements of a SEQUENCE that must not be empty.
pub(super) fn elements<'a, T>(
    mut reader: Reader<'a>,
    element: impl Fn(&mut Reader<'a>) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut elements = vec![element(&mut reader)?];
    while !reader.is_empty() {
        elements.push(element(&mut reader)?);
    }
    Ok(elements)
}

/// Reads the policy identifiers and skips the qualifiers.
///
/// ```text
/// certificatePolicies ::= SEQUENCE SIZE (1..MAX) OF PolicyInformation
/// PolicyInformation ::= SEQUENCE {
///      policyIdentifier   CertPolicyId,
///      policyQualifiers   SEQUENCE SIZE (1..MAX) OF PolicyQualifierInfo OPTIONAL }
/// PolicyQualifierInfo ::= SEQUENCE {
///      policyQualifierId  PolicyQualifierId,
///      qualifier          ANY DEFINED BY policyQualifierId }
/// ```
fn certificate_policies(value: &[u8]) -> Result<Vec<Oid<'_>>, Error> {
    elements(sequence(value, "certificatePolicies")?, |reader| {
        let mut information = reader.expect(Tag::SEQUENCE)?.reader("PolicyInformation");
        let policy = information.oid()?;
        if let Some(qualifiers) = information.optional(Tag::SEQUENCE)? {
            elements(qualifiers.reader("policyQualifiers"), |reader| {
                let mut qualifier = reader.expect(Tag::SEQUENCE)?.reader("PolicyQualifierInfo");
                qualifier.oid()?;
                qualifier.any()?;
                qualifier.finish()
            })?;
        }
        information.finish()?;
        Ok(policy)
    })
}

/// Reads the pairs of issuerDomainPolicy and subjectDomainPolicy.
///
/// ```text
/// PolicyMappings ::= SEQUENCE SIZE (1..MAX) OF SEQUENCE {
///      issuerDomainPolicy   CertPolicyId,
///      subjectDomainPolicy  CertPolicyId }
/// ```
fn policy_mappings(value: &[u8]) -> Result<Vec<(Oid<'_>, Oid<'_>)>, Error> {
    elements(sequence(value, "policyMappings")?, |reader| {
        let mut pair = reader.expect(Tag::SEQUENCE)?.reader("policyMappings");
        let policies = (pair.oid()?, pair.oid()?);
        pair.finish()?;
        Ok(policies)
    })
}

/// Reads requireExplicitPolicy and inhibitPolicyMapping.
///
/// ```text
/// PolicyConstraints ::= SEQUENCE {
///      requireExplicitPolicy  [0] SkipCerts OPTIONAL,
///      inhibitPolicyMapping   [1] SkipCerts OPTIONAL }
/// ```
fn policy_constraints(value: &[u8]) -> Result<(Option<u64>, Option<u64>), Error> {
    let mut reader = sequence(value, "policyConstraints")?;
    let mut number = |tag| {
        let element = reader.optional(Tag::context_primitive(tag))?;
        element.map(|element| skip_certs(element, "policyConstraints")).transpose()
    };
    let constraints = (number(0)?, number(1)?);
    reader.finish()?;
    Ok(constraints)
}

/// Reads the number of certificates to skip.
///
/// ```text
/// InhibitAnyPolicy ::= SkipCerts
/// ```
fn inhibit_any_policy(value: &[u8]) -> Result<u64, Error> {
    let mut reader = Reader::new(value, "inhibitAnyPolicy");
    let number = reader.expect(Tag::INTEGER)?;
    reader.finish()?;
    skip_certs(number, "inhibitAnyPolicy")
}

/// Reads `SkipCerts ::= INTEGER (0..MAX)` under any tag. A number above 2^64 - 1 is read as 2^64 - 1.
fn skip_certs(element: Tlv<'_>, what: &'static str) -> Result<u64, Error> {
    let negative = || Reader::new(element.value, what).error(ErrorKind::InvalidValue("SkipCerts"));
    let number = signed_data::tlv::Integer::from_value(element.value).ok_or_else(negative)?;
    if number.is_negative() { Err(negative()) } else { Ok(number.to_u64().unwrap_or(u64::MAX)) }
}
