//! XML as the schemas have it: elements of one namespace in one order, and texts.

use base64ct::{Base64, Encoding};
use roxmltree::{Document, Error, Node, ParsingOptions};

use crate::error::ReadError;
use crate::limits::{MAX_EQUALS_SIGNS, MAX_NODES};

/// The namespace of the messages.
pub(crate) const MESSAGES: &str = "http://socialsecurity.be/registeredmail/v1";
/// The namespace of the types.
pub(crate) const TYPES: &str = "http://socialsecurity.be/registeredmail/types/v1";
/// The namespace of `xsi:type`.
pub(crate) const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// The namespace of SOAP 1.1, in which the service answers.
const SOAP: &str = "http://schemas.xmlsoap.org/soap/envelope/";

/// Reads the octets of a document, and decides on its encoding before anything else.
pub(crate) fn text(octets: &[u8], limit: usize) -> Result<&str, ReadError> {
    if octets.len() > limit {
        return Err(ReadError::TooLarge { limit });
    }
    let text = std::str::from_utf8(octets).map_err(|_| ReadError::Encoding)?;
    // UTF-16 of ASCII is UTF-8 with zeros between the letters.
    if text.contains('\0') {
        return Err(ReadError::Encoding);
    }
    // UTF-8 may begin with a byte order mark (XML 1.0, clause 4.3.3).
    let unmarked = text.strip_prefix('\u{feff}').unwrap_or(text);
    let declaration = unmarked.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map(|(inside, _)| inside);
    if let Some(declaration) = declaration {
        if declared(declaration, "encoding").is_some_and(|encoding| !encoding.eq_ignore_ascii_case("UTF-8")) {
            return Err(ReadError::Encoding);
        }
        if declared(declaration, "version") != Some("1.0") {
            return Err(ReadError::Version);
        }
    }
    Ok(text)
}

/// The value of a pseudo-attribute of an XML declaration.
fn declared<'d>(declaration: &'d str, name: &str) -> Option<&'d str> {
    let (_, rest) = declaration.split_once(name)?;
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '\''))?;
    rest.get(1..)?.split_once(quote).map(|(value, _)| value)
}

/// Parses a document without a DTD, in bounded work.
pub(crate) fn parse(text: &str) -> Result<Document<'_>, ReadError> {
    if text.bytes().filter(|octet| *octet == b'=').count() > MAX_EQUALS_SIGNS {
        return Err(ReadError::TooMany { what: "equals signs", limit: MAX_EQUALS_SIGNS });
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|error| match error {
        Error::DtdDetected => ReadError::DocumentType,
        Error::NodesLimitReached => {
            ReadError::TooMany { what: "nodes", limit: usize::try_from(MAX_NODES).unwrap_or(usize::MAX) }
        }
        Error::UnknownEntityReference(_, position) => ReadError::Entity { line: position.row },
        error => ReadError::NotWellFormed { line: error.pos().row, column: error.pos().col },
    })
}

/// The message of a document: its root, or what is in the body of a SOAP envelope around it.
pub(crate) fn message<'a, 'i>(document: &'a Document<'i>) -> Result<Node<'a, 'i>, ReadError> {
    let root = document.root_element();
    if !root.has_tag_name((SOAP, "Envelope")) {
        return Ok(root);
    }
    let mut bodies = root.children().filter(|child| child.has_tag_name((SOAP, "Body")));
    let (Some(body), None) = (bodies.next(), bodies.next()) else {
        return Err(ReadError::Unexpected { within: "Envelope" });
    };
    let mut messages = body.children().filter(Node::is_element);
    match (messages.next(), messages.next()) {
        (Some(message), None) => Ok(message),
        (Some(_) | None, _) => Err(ReadError::Unexpected { within: "Body" }),
    }
}

/// The child elements of an element, which are read in the order of the schema.
pub(crate) struct Children<'a, 'i> {
    within: &'static str,
    elements: std::iter::Peekable<std::vec::IntoIter<Node<'a, 'i>>>,
    read: Vec<&'static str>,
}

impl<'a, 'i> Children<'a, 'i> {
    /// Takes the children of an element of a type of the schema that is not abstract.
    pub(crate) fn of(node: Node<'a, 'i>, within: &'static str, type_name: &str) -> Result<Self, ReadError> {
        if declared_type(node, within)?.is_some_and(|declared| declared != type_name) {
            return Err(ReadError::Type { element: within });
        }
        let mut elements = Vec::new();
        for child in node.children() {
            let is_blank = child.is_text() && child.text().is_some_and(|text| text.chars().all(is_space));
            if child.is_element() {
                elements.push(child);
            } else if !is_blank && !child.is_comment() {
                return Err(ReadError::Unexpected { within });
            }
        }
        Ok(Self { within, elements: elements.into_iter().peekable(), read: Vec::new() })
    }

    /// The next element, which has to be this one.
    pub(crate) fn required(&mut self, element: &'static str) -> Result<Node<'a, 'i>, ReadError> {
        if let Some(node) = self.optional(element)? {
            return Ok(node);
        }
        let within = self.within;
        match self.elements.next().and_then(|next| self.repeated(&next)) {
            Some(element) => Err(ReadError::Repeated { element, within }),
            None => Err(ReadError::Missing { element, within }),
        }
    }

    /// The next element, if it is this one.
    pub(crate) fn optional(&mut self, element: &'static str) -> Result<Option<Node<'a, 'i>>, ReadError> {
        let Some(node) = self.elements.next_if(|next| next.tag_name().name() == element) else { return Ok(None) };
        if node.tag_name().namespace() != Some(TYPES) {
            return Err(ReadError::Namespace { element });
        }
        self.read.push(element);
        Ok(Some(node))
    }

    /// Tells that there is no element left.
    pub(crate) fn end(mut self) -> Result<(), ReadError> {
        let within = self.within;
        match self.elements.next().map(|next| self.repeated(&next)) {
            None => Ok(()),
            Some(Some(element)) => Err(ReadError::Repeated { element, within }),
            Some(None) => Err(ReadError::Unexpected { within }),
        }
    }

    fn repeated(&self, node: &Node<'_, '_>) -> Option<&'static str> {
        self.read.iter().find(|element| node.tag_name().name() == **element).copied()
    }
}

/// The type that an element declares for itself (`xsi:type`), as a name of the schema. Of other attributes, only those that
/// say where a schema lies are allowed.
pub(crate) fn declared_type<'a>(node: Node<'a, '_>, element: &'static str) -> Result<Option<&'a str>, ReadError> {
    let mut declared = None;
    for attribute in node.attributes() {
        match (attribute.namespace(), attribute.name()) {
            (Some(INSTANCE), "schemaLocation" | "noNamespaceSchemaLocation") => {}
            (Some(INSTANCE), "type") => declared = Some(attribute.value().trim_matches(is_space)),
            _ => return Err(ReadError::Attribute { element }),
        }
    }
    let Some(declared) = declared else { return Ok(None) };
    let (prefix, name) = match declared.split_once(':') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, declared),
    };
    match node.lookup_namespace_uri(prefix) {
        Some(TYPES) => Ok(Some(name)),
        Some(_) | None => Err(ReadError::Type { element }),
    }
}

/// The text of an element without children. A comment inside would be skipped by some readers and end the text for others.
pub(crate) fn value<'a>(node: Node<'a, '_>, element: &'static str) -> Result<&'a str, ReadError> {
    if node.attributes().len() > 0 {
        return Err(ReadError::Attribute { element });
    }
    let mut children = node.children();
    match (children.next(), children.next()) {
        (None, _) => Ok(""),
        (Some(text), None) if text.is_text() => {
            check_references(node, text)?;
            Ok(text.text().unwrap_or_default())
        }
        (Some(_), _) => Err(ReadError::Unexpected { within: element }),
    }
}

/// Checks that references are to characters of XML (XML 1.0, clause 4.1). The parser puts U+FFFD in the place of others, so that
/// two texts would be read as one.
fn check_references(node: Node<'_, '_>, text: Node<'_, '_>) -> Result<(), ReadError> {
    // A text has the range of its first fragment only, and it ends with the element.
    let written = text.document().input_text().get(text.range().start..node.range().end).unwrap_or_default();
    let is_character = |reference: &str| {
        let number = reference.split_once(';').and_then(|(number, _)| match number.strip_prefix('x') {
            Some(digits) => u32::from_str_radix(digits, 16).ok(),
            None => number.parse().ok(),
        });
        number.and_then(char::from_u32).is_some_and(is_xml)
    };
    // What stands in a section of CDATA is no reference (clause 2.7).
    let sections = written.split("<![CDATA[").enumerate();
    let mut outside = sections.map(|(index, part)| match index {
        0 => part,
        _ => part.split_once("]]>").map_or("", |(_, after)| after),
    });
    if outside.all(|part| part.split("&#").skip(1).all(is_character)) {
        return Ok(());
    }
    let position = text.document().text_pos_at(text.range().start);
    Err(ReadError::NotWellFormed { line: position.row, column: position.col })
}

/// The characters of XML 1.0 (clause 2.2).
pub(crate) fn is_xml(letter: char) -> bool {
    matches!(letter, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// A text within these numbers of characters.
pub(crate) fn bounded(
    node: Node<'_, '_>,
    element: &'static str,
    characters: std::ops::RangeInclusive<usize>,
    rule: &'static str,
) -> Result<String, ReadError> {
    let text = value(node, element)?;
    match characters.contains(&text.chars().count()) {
        true => Ok(text.to_owned()),
        false => Err(ReadError::Value { element, rule }),
    }
}

/// Octets in base64, between which there may be white space (xsd:base64Binary).
pub(crate) fn binary(node: Node<'_, '_>, element: &'static str) -> Result<Vec<u8>, ReadError> {
    let text = value(node, element)?;
    let mut letters = String::with_capacity(text.len());
    letters.extend(text.chars().filter(|letter| !is_space(*letter)));
    Base64::decode_vec(&letters).map_err(|_| ReadError::Value { element, rule: "base64" })
}

/// The white space of XML.
pub(crate) fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r')
}
