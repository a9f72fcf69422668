//! What is done to a valid chain: each theme changes it at random in one respect.

use chrono::TimeDelta;
use const_oid::ObjectIdentifier;
use recommande::testing::tlv;
use signed_data::tlv::Tag;

use crate::case::{
    AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, CRL_SIGN, Chain, DIGITAL_SIGNATURE, Draft, KEY_CERT_SIGN, KEY_USAGE,
    SUBJECT_KEY_IDENTIFIER, basic_constraints, identifier, key_identifier, key_usage, now, sequence,
};
use crate::names::{NAME_CONSTRAINTS, Name, SUBJECT_ALT_NAME, general_name, name_constraints};
use crate::random::Random;

const CERTIFICATE_POLICIES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32");
const POLICY_MAPPINGS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.33");
const POLICY_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.36");
const INHIBIT_ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.54");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
const ANY_POLICY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.32.0");
const POLICIES: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.1"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.2"),
    ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.3"),
];

type Theme = fn(&mut Chain, &mut Random);

const THEMES: [Theme; 12] =
    [names, names, names, policies, policies, lengths, times, usages, identifiers, self_issued, beside, extensions];

/// A chain with one theme or two.
pub fn chain(random: &mut Random) -> Chain {
    let mut chain = Chain::new(random.below(5));
    if random.once_in(12) && chain.drafts.len() > 2 {
        // A certificate below the root is trusted.
        chain.anchor = 1;
    }
    for _ in 0..=random.below(2) {
        random.pick(&THEMES)(&mut chain, random);
    }
    if random.once_in(4) {
        issuers_written_otherwise(&mut chain, random);
    }
    if chain.drafts.iter().any(maps_beside_any_policy) {
        chain.tag("mapping-beside-any-policy");
    }
    chain
}

/// RFC 5280 §4.2.1.6, §4.2.1.10.
fn names(chain: &mut Chain, random: &mut Random) {
    let last = chain.drafts.len() - 1;
    if random.once_in(2) {
        chain.drafts[last].subject = Name::like(chain, random);
    }
    if random.once_in(6) {
        let tag = if random.once_in(4) { Tag::UTF8_STRING } else { Tag::IA5_STRING };
        if tag == Tag::UTF8_STRING {
            chain.tag("address-in-utf8");
        }
        let address = *random.pick(&["joe@a.example", "joe@b.a.example", "jim@b.example"]);
        let subject = chain.drafts[last].subject.clone();
        chain.drafts[last].subject = subject.with_mail_address(tag, address);
    }
    for number in 0..last {
        if random.once_in(2) || number + 1 == last {
            let value = name_constraints(chain, random);
            let critical = !random.once_in(4);
            chain.drafts[number].set(NAME_CONSTRAINTS, critical, value);
        }
    }
    for number in 1..=last {
        if number == last || random.once_in(8) {
            let names: Vec<u8> = (0..random.below(4)).flat_map(|_| general_name(chain, random)).collect();
            if !names.is_empty() {
                chain.drafts[number].set(SUBJECT_ALT_NAME, random.once_in(3), sequence(&[&names]));
            }
        }
    }
}

/// Whether an authority maps policies and has anyPolicy.
fn maps_beside_any_policy(draft: &Draft) -> bool {
    let value = |oid| draft.extensions.iter().find(|extension| extension.oid == oid).map(|extension| &extension.value);
    let any = identifier(ANY_POLICY);
    let has_any = |policies: &Vec<u8>| policies.windows(any.len()).any(|octets| octets == any);
    value(POLICY_MAPPINGS).is_some() && value(CERTIFICATE_POLICIES).is_some_and(has_any)
}

fn some_policies(random: &mut Random) -> Vec<ObjectIdentifier> {
    let mut policies: Vec<_> = POLICIES.into_iter().filter(|_| random.once_in(2)).collect();
    if policies.is_empty() || random.once_in(5) {
        policies.push(ANY_POLICY);
    }
    policies
}

/// RFC 5280 §4.2.1.4, §4.2.1.5, §4.2.1.11, §4.2.1.14.
fn policies(chain: &mut Chain, random: &mut Random) {
    let last = chain.drafts.len() - 1;
    for number in 1..=last {
        if !random.once_in(8) {
            let stated: Vec<u8> =
                some_policies(random).into_iter().flat_map(|policy| sequence(&[&identifier(policy)])).collect();
            chain.drafts[number].set(CERTIFICATE_POLICIES, random.once_in(3), sequence(&[&stated]));
        }
        if number <= chain.anchor {
            chain.tag("anchor-with-policies");
        }
        if number == last {
            break;
        }
        if random.once_in(3) {
            let with_any = random.once_in(12);
            let policy = |random: &mut Random| {
                if with_any && random.once_in(2) { ANY_POLICY } else { *random.pick(&POLICIES) }
            };
            let pairs: Vec<u8> = (0..=random.below(3))
                .flat_map(|_| sequence(&[&identifier(policy(random)), &identifier(policy(random))]))
                .collect();
            chain.drafts[number].set(POLICY_MAPPINGS, random.once_in(2), sequence(&[&pairs]));
            if with_any {
                chain.tag("mapping-of-any-policy");
            }
        }
        let skip = |random: &mut Random| u8::try_from(random.below(4)).expect("small");
        if random.once_in(3) {
            let field = |tag, random: &mut Random| tlv(Tag::context_primitive(tag), &[&[skip(random)]]);
            let value = match random.below(3) {
                0 => sequence(&[&field(0, random)]),
                1 => sequence(&[&field(1, random)]),
                _ => sequence(&[&field(0, random), &field(1, random)]),
            };
            chain.drafts[number].set(POLICY_CONSTRAINTS, random.once_in(2), value);
        }
        if random.once_in(4) {
            let value = tlv(Tag::INTEGER, &[&[skip(random)]]);
            chain.drafts[number].set(INHIBIT_ANY_POLICY, random.once_in(2), value);
        }
    }
    let inputs = &mut chain.inputs;
    if random.once_in(2) {
        inputs.policies = POLICIES.into_iter().filter(|_| random.once_in(2)).collect();
    }
    inputs.explicit_policy = random.once_in(3);
    inputs.mapping_inhibited = random.once_in(6);
    inputs.any_policy_inhibited = random.once_in(6);
}

/// RFC 5280 §4.2.1.9.
fn lengths(chain: &mut Chain, random: &mut Random) {
    for number in 0..chain.drafts.len() - 1 {
        if random.once_in(2) {
            let length = u8::try_from(random.below(chain.drafts.len() + 1)).expect("small");
            chain.drafts[number].set(BASIC_CONSTRAINTS, !random.once_in(4), basic_constraints(true, Some(length)));
        }
    }
}

/// RFC 5280 §4.1.2.5: both ends belong to the time.
fn times(chain: &mut Chain, random: &mut Random) {
    let number = random.below(chain.drafts.len());
    if number <= chain.anchor {
        chain.tag("anchor-at-another-time");
    }
    let (second, draft) = (TimeDelta::seconds(1), &mut chain.drafts[number]);
    match random.below(5) {
        0 => draft.not_before = now(),
        1 => draft.not_before = now() + second,
        2 => {
            draft.not_after = now();
            chain.tag("ends-now");
        }
        3 => draft.not_after = now() - second,
        _ => draft.not_before = now() - TimeDelta::days(30_000),
    }
}

/// RFC 5280 §4.2.1.3, §4.2.1.9, §4.2.1.12, and signatures by other keys.
fn usages(chain: &mut Chain, random: &mut Random) {
    let number = random.below(chain.drafts.len());
    let is_authority = number < chain.drafts.len() - 1;
    match random.below(10) {
        0 => {
            chain.drafts[number].remove(BASIC_CONSTRAINTS);
            if is_authority {
                chain.tag("no-basic-constraints");
            }
        }
        1 => chain.drafts[number].set(BASIC_CONSTRAINTS, random.once_in(2), basic_constraints(false, None)),
        2 => {
            chain.drafts[number].remove(KEY_USAGE);
            if is_authority {
                chain.tag("no-key-usage");
            }
        }
        3 => chain.drafts[number].set(KEY_USAGE, random.once_in(2), key_usage(CRL_SIGN | DIGITAL_SIGNATURE)),
        4 => chain.drafts[number].set(KEY_USAGE, false, key_usage(KEY_CERT_SIGN)),
        5 => {
            let key = chain.new_key();
            chain.drafts[number].signed_by = key;
            if number <= chain.anchor {
                chain.tag("anchor-with-another-signature");
            }
        }
        _ => purposes(chain, random),
    }
}

fn purposes(chain: &mut Chain, random: &mut Random) {
    const PURPOSES: [&str; 4] = ["2.5.29.37.0", "1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.36"];
    for number in 0..chain.drafts.len() {
        if random.once_in(2) {
            let purposes: Vec<u8> = (0..=random.below(2))
                .flat_map(|_| identifier(ObjectIdentifier::new_unwrap(random.pick::<&str>(&PURPOSES))))
                .collect();
            let critical = random.once_in(2);
            if critical && chain.authorities().contains(&number) {
                chain.tag("critical-purpose-of-an-issuer");
            }
            chain.drafts[number].set(EXTENDED_KEY_USAGE, critical, sequence(&[&purposes]));
        }
    }
}

/// RFC 5280 §4.2.1.1, §4.2.1.2: they help to find an issuer.
fn identifiers(chain: &mut Chain, random: &mut Random) {
    for number in 0..chain.drafts.len() {
        if number > 0 && random.once_in(3) {
            let issuer = chain.drafts[number - 1].clone();
            let directory = tlv(Tag(0xa4), &[&issuer.issuer.der()]);
            let issuer_name = tlv(Tag::context(1), &[&directory]);
            let serial = |serial: u8| tlv(Tag::context_primitive(2), &[&[serial]]);
            let value = match random.below(4) {
                0 => {
                    chain.tag("issuer-by-serial-number");
                    sequence(&[&issuer_name, &serial(issuer.serial)])
                }
                1 => {
                    chain.tag("issuer-of-another-serial-number");
                    sequence(&[&issuer_name, &serial(issuer.serial + 100)])
                }
                2 => {
                    chain.tag("issuer-of-another-key-identifier");
                    sequence(&[&tlv(Tag::context_primitive(0), &[&[1, 2, 3]])])
                }
                _ => sequence(&[]),
            };
            chain.drafts[number].set(AUTHORITY_KEY_IDENTIFIER, false, value);
        }
        match random.below(8) {
            0 => chain.drafts[number].remove(SUBJECT_KEY_IDENTIFIER),
            1 => chain.drafts[number].remove(AUTHORITY_KEY_IDENTIFIER),
            2 if random.once_in(3) => {
                let value = tlv(Tag::OCTET_STRING, &[&key_identifier(chain.drafts[number].key)]);
                if number <= chain.anchor {
                    chain.tag("anchor-with-another-extension");
                }
                chain.drafts[number].set(SUBJECT_KEY_IDENTIFIER, true, value);
            }
            _ => {}
        }
    }
}

/// RFC 5280 §6.1: an authority renews its key, or the target bears its issuer's name.
fn self_issued(chain: &mut Chain, random: &mut Random) {
    let last = chain.drafts.len() - 1;
    if !chain.authorities().is_empty() && !random.once_in(4) {
        let number = chain.authorities().start + random.below(chain.authorities().len());
        let mut renewed = chain.drafts[number].clone();
        (renewed.issuer, renewed.signed_by) = (renewed.subject.clone(), renewed.key);
        renewed.key = chain.new_key();
        renewed.serial += 50;
        renewed.set(SUBJECT_KEY_IDENTIFIER, false, tlv(Tag::OCTET_STRING, &[&key_identifier(renewed.key)]));
        let by = tlv(Tag::context_primitive(0), &[&key_identifier(renewed.signed_by)]);
        renewed.set(AUTHORITY_KEY_IDENTIFIER, false, sequence(&[&by]));
        let below = &mut chain.drafts[number + 1];
        below.signed_by = renewed.key;
        let by = tlv(Tag::context_primitive(0), &[&key_identifier(renewed.key)]);
        below.set(AUTHORITY_KEY_IDENTIFIER, false, sequence(&[&by]));
        chain.drafts.insert(number + 1, renewed);
        chain.tag("self-issued-authority");
    } else {
        let name = chain.drafts[last - 1].subject.clone();
        chain.drafts[last].subject = name;
        chain.tag("target-is-self-issued");
    }
    if random.once_in(2) {
        lengths(chain, random);
    }
}

/// Other certificates of the same names: older ones, by others, for other keys.
fn beside(chain: &mut Chain, random: &mut Random) {
    if chain.authorities().is_empty() {
        return;
    }
    for _ in 0..=random.below(3) {
        let number = chain.authorities().start + random.below(chain.authorities().len());
        let mut draft = chain.drafts[number].clone();
        draft.serial += 80;
        match random.below(6) {
            0 => draft.not_after = now() - TimeDelta::seconds(1),
            1 => {
                // The same name and another key.
                draft.key = chain.new_key();
                draft.remove(SUBJECT_KEY_IDENTIFIER);
            }
            2 => {
                // By somebody whom nobody trusts.
                draft.signed_by = chain.new_key();
                draft.issuer = Name::authority(9);
                draft.remove(AUTHORITY_KEY_IDENTIFIER);
            }
            3 => (draft.issuer, draft.signed_by) = (draft.subject.clone(), draft.key),
            4 => draft.set(BASIC_CONSTRAINTS, true, basic_constraints(true, Some(0))),
            _ => {
                let mut root = chain.drafts[0].clone();
                root.key = chain.new_key();
                root.signed_by = root.key;
                root.serial += 80;
                (root.subject, root.issuer) = (Name::authority(8), Name::authority(8));
                root.remove(SUBJECT_KEY_IDENTIFIER);
                root.remove(AUTHORITY_KEY_IDENTIFIER);
                (draft.issuer, draft.signed_by) = (root.subject.clone(), root.key);
                draft.remove(AUTHORITY_KEY_IDENTIFIER);
                chain.other_anchors.push(root);
            }
        }
        chain.beside.push(draft);
        if random.once_in(8) {
            // One of the chain is not there, and one of these may take its place.
            chain.drafts[number].not_after = now() - TimeDelta::days(1);
        }
    }
}

/// RFC 5280 §4.2: unknown, repeated and malformed extensions.
fn extensions(chain: &mut Chain, random: &mut Random) {
    const UNKNOWN: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.32473.30");
    let number = random.below(chain.drafts.len());
    if number <= chain.anchor {
        chain.tag("anchor-with-another-extension");
    }
    match random.below(4) {
        0 => chain.drafts[number].set(UNKNOWN, false, vec![5, 0]),
        1 => chain.drafts[number].set(UNKNOWN, true, vec![5, 0]),
        2 => {
            chain.tag("repeated-extension");
            let repeated = random.pick(&chain.drafts[number].extensions).clone();
            chain.drafts[number].extensions.push(repeated);
        }
        _ => {
            let value = random.pick(&[&[0x30, 5, 1][..], &[0x30, 0x80], &[], &[4, 0]]).to_vec();
            let (extension, tag) = *random.pick(&[
                (SUBJECT_ALT_NAME, "malformed-alternative-name"),
                (NAME_CONSTRAINTS, "malformed-name-constraints"),
                (CERTIFICATE_POLICIES, "malformed-policies"),
                (POLICY_CONSTRAINTS, "malformed-policy-constraints"),
            ]);
            chain.tag(tag);
            chain.drafts[number].set(extension, random.once_in(2), value);
        }
    }
}

/// RFC 5280 §7.1: the issuer is the subject above, in another writing.
fn issuers_written_otherwise(chain: &mut Chain, random: &mut Random) {
    for number in 1..chain.drafts.len() {
        if random.once_in(2) {
            chain.drafts[number].issuer = chain.drafts[number].issuer.rewritten(random);
        }
    }
    if random.once_in(16) {
        let number = 1 + random.below(chain.drafts.len() - 1);
        chain.drafts[number].issuer = Name::authority(7);
    }
}
