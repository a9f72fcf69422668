//! Errors that say which element of a file breaks which rule, and never repeat a value.

/// A file is no message or content of RegisteredMail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file is larger than is read.
    #[error("the file has more than {limit} octets")]
    TooLarge {
        /// The limit, in octets.
        limit: usize,
    },
    /// The file is not UTF-8, or declares another encoding. The parser reads UTF-8 whatever is declared, and another reader
    /// would see other texts.
    #[error("the file is not XML in UTF-8")]
    Encoding,
    /// The XML declaration names another version than 1.0.
    #[error("the file is not XML 1.0")]
    Version,
    /// The file has a document type declaration, which could define entities.
    #[error("the file has a document type declaration")]
    DocumentType,
    /// A reference names an entity that XML does not define itself.
    #[error("an entity that XML does not define, in line {line}")]
    Entity {
        /// The line, from 1.
        line: u32,
    },
    /// The file has more nodes or equals signs than are read.
    #[error("the file has too many {what}: the limit is {limit}")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The limit.
        limit: usize,
    },
    /// The file breaks a rule of XML or of its namespaces.
    #[error("the file is not well-formed XML, in line {line}, column {column}")]
    NotWellFormed {
        /// The line, from 1.
        line: u32,
        /// The column, from 1.
        column: u32,
    },
    /// The root element is none of those that are read.
    #[error("the root element is not {expected}")]
    Root {
        /// The element that was expected.
        expected: &'static str,
    },
    /// The element is of another namespace than the schema's.
    #[error("{element} is of another namespace")]
    Namespace {
        /// The element.
        element: &'static str,
    },
    /// An element that the schema requires is not at its place.
    #[error("{element} is missing in {within}, or not at its place")]
    Missing {
        /// The element.
        element: &'static str,
        /// Its parent.
        within: &'static str,
    },
    /// An element is there more often than the schema allows.
    #[error("{element} is there too often in {within}")]
    Repeated {
        /// The element.
        element: &'static str,
        /// Its parent.
        within: &'static str,
    },
    /// The element holds an element, text, comment or instruction that the schema does not allow there.
    #[error("{within} holds what it must not")]
    Unexpected {
        /// The element that holds it.
        within: &'static str,
    },
    /// The element has an attribute that the schema does not allow.
    #[error("{element} has an attribute that it must not have")]
    Attribute {
        /// The element.
        element: &'static str,
    },
    /// The type of a recipient (`xsi:type`) is neither Citizen nor Enterprise. The schema's type is abstract, so that it must
    /// be one of them.
    #[error("the type of {element} is none that it may have")]
    Type {
        /// The element.
        element: &'static str,
    },
    /// The value of an element breaks its rule.
    #[error("{element} is not {rule}")]
    Value {
        /// The element.
        element: &'static str,
        /// The rule.
        rule: &'static str,
    },
    /// What a message says around its signed content, which nobody signed, is not what the content says.
    #[error("{element} of the message is not that of its signed content")]
    Differs {
        /// The element.
        element: &'static str,
    },
}

/// A proof cannot be stated in the form of RegisteredMail.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum WriteError {
    /// The sending has no data of RegisteredMail.
    #[error("the sending has no ticket of RegisteredMail")]
    NoTicket,
    /// The schema requires an element for which the proof has nothing.
    #[error("the proof has nothing for {element}")]
    Missing {
        /// The element.
        element: &'static str,
    },
    /// The value for an element stands behind a commitment.
    #[error("the value for {element} is not disclosed")]
    NotDisclosed {
        /// The element.
        element: &'static str,
    },
    /// The value for an element breaks the rule of the schema.
    #[error("the value for {element} is not {rule}")]
    Value {
        /// The element.
        element: &'static str,
        /// The rule.
        rule: &'static str,
    },
    /// The sending has no recipient of this index.
    #[error("the sending has no recipient {0}")]
    NoRecipient(usize),
    /// The step is no consignment of the content, or follows another sending.
    #[error("the step is no consignment of the content of this sending")]
    NoConsignment,
    /// The item has more parts than a document and five annexes.
    #[error("the item has more than {limit} annexes")]
    TooManyAnnexes {
        /// The limit.
        limit: usize,
    },
    /// The content attests another event than the message is about.
    #[error("the content is not {expected}")]
    Event {
        /// The content that was expected.
        expected: &'static str,
    },
}
