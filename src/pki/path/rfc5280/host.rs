//! This module compares host names with name constraints and finds them in mailboxes and URIs.
//!
//! All comparisons ignore the case of ASCII letters (RFC 5280 §7.2, §7.4, §7.5), except in the local part of a mailbox.

use std::borrow::Cow;

/// The hosts that a constraint covers.
#[derive(Clone, Copy)]
pub(super) enum Domain<'a> {
    /// Every host, as the empty constraint on a dNSName says.
    Every,
    /// This host alone.
    Exactly(&'a str),
    /// Every host with at least one label in front of this domain.
    Below(&'a str),
    /// This host and every host below it.
    AtOrBelow(&'a str),
}

impl<'a> Domain<'a> {
    /// Reads a constraint on mailboxes or URIs: a host, or a domain after a period. Returns `None` for anything else,
    /// such as the empty text, which the standard gives no meaning.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        match text.strip_prefix('.') {
            None => is_host(text).then_some(Self::Exactly(text)),
            Some(domain) => is_host(domain).then_some(Self::Below(domain)),
        }
    }

    /// Reads a constraint on dNSName, of which zero or more labels may be in front. A period in front has no meaning
    /// there, although some read it as "subdomains only" and some overlook it.
    pub(super) fn of_dns_name(text: &'a str) -> Option<Self> {
        if text.is_empty() { Some(Self::Every) } else { is_host(text).then_some(Self::AtOrBelow(text)) }
    }

    pub(super) fn contains(self, host: &str) -> bool {
        match self {
            Self::Every => true,
            Self::Exactly(domain) => host.eq_ignore_ascii_case(domain),
            Self::Below(domain) => is_below(host, domain),
            Self::AtOrBelow(domain) => host.eq_ignore_ascii_case(domain) || is_below(host, domain),
        }
    }

    /// Returns true if the constraint may cover hosts below `parent`.
    pub(super) fn may_lie_below(self, parent: &str) -> bool {
        match self {
            Self::Every => true,
            Self::Exactly(domain) | Self::Below(domain) | Self::AtOrBelow(domain) => is_below(domain, parent),
        }
    }

    pub(super) fn len(self) -> usize {
        match self {
            Self::Every => 0,
            Self::Exactly(domain) | Self::Below(domain) | Self::AtOrBelow(domain) => domain.len(),
        }
    }
}

/// Returns true if `host` is `domain` with labels in front.
fn is_below(host: &str, domain: &str) -> bool {
    let Some(at) = host.len().checked_sub(domain.len()) else { return false };
    let (Some(labels), Some(rest)) = (host.get(..at), host.get(at..)) else { return false };
    labels.ends_with('.') && rest.eq_ignore_ascii_case(domain)
}

/// Returns true for a host name in the preferred syntax (RFC 1034 §3.5), with underscores, which are in use. A trailing
/// period is refused, because `example.com.` must not escape a constraint on `example.com`.
pub(super) fn is_host(text: &str) -> bool {
    let is_inside = |octet: u8| octet.is_ascii_alphanumeric() || octet == b'-' || octet == b'_';
    text.split('.').all(|label| !label.is_empty() && label.bytes().all(is_inside))
}

/// Returns the unquoted local part and the host of a mailbox, or `None` without a valid host name.
pub(super) fn mailbox(text: &str) -> Option<(Cow<'_, str>, &str)> {
    let (local, host) = text.rsplit_once('@')?;
    let quoted = local.strip_prefix('"').and_then(|local| local.strip_suffix('"'));
    let local = match quoted {
        Some(quoted) => Cow::Owned(unquoted(quoted)?),
        None => Cow::Borrowed(local),
    };
    let is_readable = !local.is_empty() && (quoted.is_some() || !local.contains(['@', '"', '\\']));
    (is_readable && is_host(host)).then_some((local, host))
}

/// Returns the contents of a quoted-string (RFC 5321 §4.1.2): `"joe"@host` is the mailbox `joe@host`. Returns `None` if a
/// quotation mark ends it early, or if a backslash has nothing to quote.
fn unquoted(quoted: &str) -> Option<String> {
    let mut text = String::with_capacity(quoted.len());
    let mut characters = quoted.chars();
    while let Some(character) = characters.next() {
        text.push(match character {
            '"' => return None,
            '\\' => characters.next()?,
            character => character,
        });
    }
    Some(text)
}

/// Returns the host name in the authority of a URI (RFC 3986 §3.2), or `None` if it is missing or an IP address.
pub(super) fn of_uri(text: &str) -> Option<&str> {
    let (_, after_scheme) = text.split_once(':')?;
    let hierarchy = after_scheme.strip_prefix("//")?;
    let authority = hierarchy.split(['/', '?', '#']).next()?;
    let (user, host_and_port) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = host_and_port.split_once(':').unwrap_or((host_and_port, ""));
    // Readers disagree on where the host is in an authority that is not in the syntax of the standard.
    if !is_user_information(user) || !port.bytes().all(|octet| octet.is_ascii_digit()) {
        return None;
    }
    let is_address = host.rsplit('.').next().is_some_and(|label| label.bytes().all(|octet| octet.is_ascii_digit()));
    (is_host(host) && !is_address).then_some(host)
}

/// Returns true for `userinfo` (RFC 3986 §3.2.1).
fn is_user_information(text: &str) -> bool {
    // There is no backslash in it, which browsers take for the end of the authority.
    let is_percent_encoded = |part: &str| part.bytes().take(2).filter(u8::is_ascii_hexdigit).count() == 2;
    let is_plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:%".contains(&octet);
    text.bytes().all(is_plain) && text.split('%').skip(1).all(is_percent_encoded)
}
