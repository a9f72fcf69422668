//! Signatures in XML: XAdES, and others of XMLDSig.

use super::form::SignedForm;

/// The namespace of XMLDSig, in which the element Signature is.
const XMLDSIG: &[u8] = b"http://www.w3.org/2000/09/xmldsig#";

/// What the namespaces of XAdES begin with (ETSI EN 319 132-1 V1.2.1, annex A).
const XADES: &[u8] = b"http://uri.etsi.org/01903/";

/// Recognises a signature in an XML document of an encoding that extends ASCII. The document is passed once from tag to tag and
/// not parsed, so that no entity and no depth of elements costs anything.
pub(super) fn signed(payload: &[u8]) -> Option<SignedForm> {
    let document = payload.strip_prefix(b"\xef\xbb\xbf").unwrap_or(payload).trim_ascii_start();
    if document.first() != Some(&b'<') {
        return None;
    }
    let (mut is_declared, mut is_signed, mut has_properties) = (false, false, false);
    let mut rest = document;
    while let Some((tag, after)) = next_tag(rest) {
        rest = after;
        is_declared |= holds(tag, XMLDSIG);
        is_signed |= is_declared && is_named_signature(tag);
        // The properties of XAdES stand in the signature. An element around it may declare their namespace.
        has_properties |= holds(tag, XADES);
        if is_signed && has_properties {
            return Some(SignedForm::Xades);
        }
    }
    is_signed.then_some(SignedForm::Xml)
}

/// Returns the next start-tag without its delimiters, and what follows it. Text in comments, in CDATA sections and in
/// processing instructions is no tag.
fn next_tag(mut rest: &[u8]) -> Option<(&[u8], &[u8])> {
    loop {
        let begin = rest.iter().position(|octet| *octet == b'<')?;
        let tag = rest.get(begin..)?.strip_prefix(b"<")?;
        let skipped: &[(&[u8], &[u8])] =
            &[(b"!--", b"-->"), (b"![CDATA[", b"]]>"), (b"?", b"?>"), (b"!", b">"), (b"/", b">")];
        let end = skipped.iter().find(|(begins, _)| tag.starts_with(begins)).map(|(_, ends)| *ends);
        match end {
            Some(ends) => rest = after(tag, ends)?,
            None => return tag.split_at_checked(end_of_tag(tag)?),
        }
    }
}

/// Returns the place of the delimiter that ends a start-tag. One in the value of an attribute ends nothing.
fn end_of_tag(tag: &[u8]) -> Option<usize> {
    let mut quote = None;
    tag.iter().position(|octet| {
        match (quote, octet) {
            (None, b'"' | b'\'') => quote = Some(*octet),
            (Some(open), octet) if open == *octet => quote = None,
            (None, b'>') => return true,
            (None | Some(_), _) => {}
        }
        false
    })
}

/// Returns what follows the first occurrence of a text.
fn after<'a>(octets: &'a [u8], text: &[u8]) -> Option<&'a [u8]> {
    let begin = octets.windows(text.len()).position(|window| window == text)?;
    octets.get(begin.checked_add(text.len())?..)
}

fn holds(tag: &[u8], namespace: &[u8]) -> bool {
    after(tag, namespace).is_some()
}

/// Tells if the local name of an element is Signature, whatever its prefix.
fn is_named_signature(tag: &[u8]) -> bool {
    let name = tag.split(|octet| octet.is_ascii_whitespace() || *octet == b'/').next().unwrap_or_default();
    name.rsplit(|octet| *octet == b':').next() == Some(b"Signature".as_slice())
}
