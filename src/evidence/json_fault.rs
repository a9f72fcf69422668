/// The reason why octets are not JSON (RFC 8259) in the one form that the profile writes, whatever they say.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JsonFault {
    /// The octets are not UTF-8.
    #[error("not UTF-8")]
    NotUtf8,
    /// Objects or arrays are nested too deeply.
    #[error("nested deeper than {limit}")]
    TooDeep {
        /// The largest number of levels.
        limit: usize,
    },
    /// The octets end too early.
    #[error("ends too early")]
    UnexpectedEnd,
    /// The octets are not JSON (RFC 8259).
    #[error("not JSON")]
    Syntax,
    /// There is white space outside of strings, which the profile does not write.
    #[error("insignificant white space, which the profile does not write")]
    WhiteSpace,
    /// Octets follow the statement.
    #[error("trailing octets")]
    TrailingOctets,
    /// A member is there twice.
    #[error("a member is there twice")]
    DuplicateMember,
    /// A number with fraction, exponent, leading zero or minus zero, or beyond 2^53 - 1.
    #[error("not an integer in plain form within 2^53 - 1")]
    Number,
    /// A surrogate without its other half.
    #[error("a lone surrogate")]
    LoneSurrogate,
    /// An escape that JSON does not know, or a bare control character.
    #[error("an invalid escape or a bare control character")]
    Escape,
    /// An escape where the character itself, or a shorter escape, would do.
    #[error("an escape that the profile does not write")]
    NeedlessEscape,
}
