//! Tests each member missing, doubled, renamed, swapped with its neighbour, or of another type.

use super::*;

/// A member's name, quoted, and its value.
type Member = (String, Node);

#[derive(Clone)]
enum Node {
    Object(Vec<Member>),
    Array(Vec<Node>),
    Scalar(String),
}

fn parse(json: &mut &str) -> Node {
    let scalar_end = |json: &str| {
        if !json.starts_with('"') {
            return json.find([',', '}', ']']).unwrap();
        }
        let mut escaped = false;
        1 + json[1..]
            .find(|c| {
                if escaped || c == '\\' {
                    escaped = !escaped;
                    false
                } else {
                    c == '"'
                }
            })
            .unwrap()
            + 1
    };
    let close = match json.as_bytes()[0] {
        b'{' => '}',
        b'[' => ']',
        _ => {
            let (scalar, rest) = json.split_at(scalar_end(json));
            *json = rest;
            return Node::Scalar(scalar.to_owned());
        }
    };
    let (mut members, mut elements) = (Vec::new(), Vec::new());
    *json = &json[1..];
    while !json.starts_with(close) {
        *json = json.strip_prefix(',').unwrap_or(json);
        if close == '}' {
            let (name, rest) = json.split_at(scalar_end(json));
            *json = &rest[1..];
            members.push((name.to_owned(), parse(json)));
        } else {
            elements.push(parse(json));
        }
    }
    *json = &json[1..];
    if close == '}' { Node::Object(members) } else { Node::Array(elements) }
}

fn write(node: &Node) -> String {
    match node {
        Node::Scalar(scalar) => scalar.clone(),
        Node::Array(elements) => format!("[{}]", elements.iter().map(write).collect::<Vec<_>>().join(",")),
        Node::Object(members) => {
            let members: Vec<_> = members.iter().map(|(name, value)| format!("{name}:{}", write(value))).collect();
            format!("{{{}}}", members.join(","))
        }
    }
}

/// Returns every tree that differs from `node` in one member, with a name of the change.
fn variants(node: &Node) -> Vec<(String, Node)> {
    let mut out = Vec::new();
    match node {
        Node::Scalar(_) => {}
        Node::Array(elements) => {
            for (position, element) in elements.iter().enumerate() {
                for (what, variant) in variants(element) {
                    let mut elements = elements.clone();
                    elements[position] = variant;
                    out.push((format!("[{position}]{what}"), Node::Array(elements)));
                }
            }
            out.push((" emptied".into(), Node::Array(vec![])));
        }
        Node::Object(members) => {
            for (position, (name, value)) in members.iter().enumerate() {
                let mut change = |what: &str, edit: &dyn Fn(&mut Vec<Member>)| {
                    let mut members = members.clone();
                    edit(&mut members);
                    out.push((format!(".{name}{what}"), Node::Object(members)));
                };
                change(" missing", &|m| drop(m.remove(position)));
                change(" twice", &|m| m.insert(position, m[position].clone()));
                change(" twice, at the end", &|m| m.push(m[position].clone()));
                change(" renamed", &|m| m[position].0.insert(1, 'x'));
                if position > 0 {
                    change(" swapped", &|m| m.swap(position, position - 1));
                }
                for of_another_type in ["null", "true", "1", "\"\"", "{}", "[]", "[1]", "{\"a\":1}", "1.5", "1e1", "00"]
                {
                    if write(value) != of_another_type {
                        change(&format!(" = {of_another_type}"), &|m| {
                            m[position].1 = Node::Scalar(of_another_type.into())
                        });
                    }
                }
                for (what, variant) in variants(value) {
                    change(&what, &|m| m[position].1 = variant.clone());
                }
            }
        }
    }
    out
}

fn accepted_variants<S: Statement>(statement: &S) -> Vec<String> {
    let json = text(statement);
    let tree = parse(&mut json.as_str());
    assert_eq!(write(&tree), json);
    let mut accepted = Vec::new();
    for (what, variant) in variants(&tree) {
        let json = write(&variant);
        if let Ok((read, issuer)) = Codec::Json.decode::<S>(json.as_bytes()) {
            assert_eq!(Codec::Json.encode(&read, &issuer).unwrap(), json.as_bytes(), "{what}");
            accepted.push(what.replace('"', ""));
        }
    }
    accepted
}

/// Only optional members may be missing, and a delegate may act for another recipient; every other change is refused.
/// An extension that the profile does not know may hold anything.
#[test]
fn each_member_missing_doubled_renamed_swapped_or_of_another_type() {
    let optional = [
        ".EvidenceIssuerPolicyID missing",
        ".SenderDetails.Identity missing",
        ".SenderDetails.AssuranceLevelsDetails missing",
        ".SenderDelegateDetails missing",
        ".SenderDelegateDetails.Identity missing",
        ".RecipientDetails[1].Identity missing",
        ".RecipientDetails[1].AssuranceLevelsDetails missing",
        ".RecipientsDelegateDetails missing",
        ".RecipientsDelegateDetails[0].DelegatingRecipients = [1]",
        ".Extensions[2].RegisteredMail.Token missing",
        ".Extensions[2].RegisteredMail.ApplicationId missing",
        ".Extensions[2].RegisteredMail.DownloadFileName missing",
        ".Extensions[2].RegisteredMail.Metadata missing",
    ];
    let accepted = accepted_variants(&full_sending());
    let of_the_profile: Vec<_> = accepted
        .iter()
        .filter(|what| !what.starts_with(".Extensions[3].Carbon") && !what.contains(" renamed"))
        .collect();
    assert_eq!(of_the_profile, optional);
    // A renamed extension is one that the profile does not know; out of order, unless it is the last that it knows.
    let renamed: Vec<_> = accepted.iter().filter(|what| what.ends_with(" renamed")).collect();
    assert_eq!(
        renamed,
        [
            ".Extensions[2].RegisteredMail renamed",
            ".Extensions[3].Carbon renamed",
            ".Extensions[3].Carbon.grams renamed",
            ".Extensions[3].Carbon.note renamed"
        ]
    );

    let accepted = accepted_variants(&opening());
    let optional = [
        ".EvidenceIssuerPolicyID missing",
        ".SenderDetails.Identity missing",
        ".SenderDetails.AssuranceLevelsDetails missing",
        ".Extensions[3].RegisteredMail renamed",
        ".Extensions[3].RegisteredMail.Token missing",
        ".Extensions[3].RegisteredMail.ApplicationId missing",
    ];
    assert_eq!(accepted, optional);
}
