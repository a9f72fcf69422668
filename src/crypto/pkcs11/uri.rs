//! This module reads `pkcs11:` URIs ([RFC 7512](https://www.rfc-editor.org/rfc/rfc7512)).

use std::path::{Path, PathBuf};

use super::settings::{KeyName, Pin, Settings, TokenDemands};
use zeroize::Zeroizing;

/// The most octets of a URI. The longest labels, serials and paths together have less.
const MAX_URI: usize = 8192;

/// The reason why a text is no `pkcs11:` URI of a private key. It never repeats a value, because a URI may hold the PIN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Pkcs11UriError {
    /// The text does not begin with `pkcs11:`, or is too long.
    #[error("not a pkcs11: URI")]
    Scheme,
    /// An attribute has no `=`, or a value that is no percent-encoded text.
    #[error("an attribute of the pkcs11: URI is not of the form name=value in percent-encoding")]
    Encoding,
    /// An attribute is there twice.
    #[error("the attribute {0} of the pkcs11: URI is there twice")]
    Twice(&'static str),
    /// An attribute is not one of those that are known here.
    #[error("an attribute of the pkcs11: URI is none of {KNOWN}")]
    UnknownAttribute,
    /// The slot-id is no number.
    #[error("the slot-id of the pkcs11: URI is not a number")]
    Slot,
    /// The type is another one than `private`.
    #[error("the pkcs11: URI names another object than a private key")]
    NotAPrivateKey,
    /// Neither the label nor the identifier of the key is there.
    #[error("the pkcs11: URI names no key: object or id is needed")]
    KeyMissing,
    /// The URI has no module-path, and no module was given.
    #[error("the pkcs11: URI has no module-path, and no module was given")]
    ModuleMissing,
}

const KNOWN: &str = "token, serial, manufacturer, model, slot-id, object, id, type, module-path, pin-value, pin-source";

/// The attributes of a URI, each there once at most.
#[derive(Default)]
struct Attributes {
    token: TokenDemands,
    key: KeyName,
    module: Option<String>,
    pin: Option<Zeroizing<String>>,
    pin_source: Option<String>,
    has_type: bool,
}

impl Settings {
    /// Reads the settings of a `pkcs11:` URI ([RFC 7512](https://www.rfc-editor.org/rfc/rfc7512)), such as
    /// `pkcs11:token=seals;object=seal-2026?module-path=/usr/lib/softhsm/libsofthsm2.so`.
    ///
    /// `module` is the path of the module, and goes before the `module-path` of the URI, whose code would run in this
    /// process. The URI names the token by `token`, `serial`, `manufacturer`, `model` and `slot-id`, and the key by
    /// `object`, `id` or both. `pin-value` is the PIN, so a URI with it is a secret. `pin-source` is not read here:
    /// [`pin_source`](Self::pin_source) returns it.
    ///
    /// # Errors
    /// [`Pkcs11UriError`]. An attribute that is not known here is an error, since it would have narrowed the choice.
    pub fn from_uri(uri: &str, module: Option<&Path>) -> Result<Self, Pkcs11UriError> {
        let rest = uri.split_at_checked(7).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("pkcs11:"));
        let (_, rest) = rest.filter(|_| uri.len() <= MAX_URI).ok_or(Pkcs11UriError::Scheme)?;
        let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
        let mut attributes = Attributes::default();
        path.split(';').filter(|part| !part.is_empty()).try_for_each(|part| attributes.add_of_path(part))?;
        query.split('&').filter(|part| !part.is_empty()).try_for_each(|part| attributes.add_of_query(part))?;
        let Attributes { token, key, module: of_uri, pin, pin_source, .. } = attributes;
        if key.label.is_none() && key.id.is_none() {
            return Err(Pkcs11UriError::KeyMissing);
        }
        let module = module.map(Path::to_owned).or(of_uri.map(PathBuf::from)).ok_or(Pkcs11UriError::ModuleMissing)?;
        let mut settings = Settings::of(module, token, key);
        settings.pin = pin.map(|pin| Pin::new(&pin));
        settings.pin_source = pin_source;
        Ok(settings)
    }
}

impl Attributes {
    fn add_of_path(&mut self, part: &str) -> Result<(), Pkcs11UriError> {
        let (name, value) = part.split_once('=').ok_or(Pkcs11UriError::Encoding)?;
        match name {
            "token" => set(&mut self.token.label, "token", text(value)?),
            "serial" => set(&mut self.token.serial, "serial", text(value)?),
            "manufacturer" => set(&mut self.token.manufacturer, "manufacturer", text(value)?),
            "model" => set(&mut self.token.model, "model", text(value)?),
            "slot-id" => set(&mut self.token.slot, "slot-id", value.parse().map_err(|_| Pkcs11UriError::Slot)?),
            "object" => set(&mut self.key.label, "object", text(value)?),
            "id" => set(&mut self.key.id, "id", octets(value)?.to_vec()),
            "type" if std::mem::replace(&mut self.has_type, true) => Err(Pkcs11UriError::Twice("type")),
            "type" if value == "private" => Ok(()),
            "type" => Err(Pkcs11UriError::NotAPrivateKey),
            _ => Err(Pkcs11UriError::UnknownAttribute),
        }
    }

    fn add_of_query(&mut self, part: &str) -> Result<(), Pkcs11UriError> {
        let (name, value) = part.split_once('=').ok_or(Pkcs11UriError::Encoding)?;
        match name {
            "module-path" => set(&mut self.module, "module-path", text(value)?),
            "pin-value" => set(&mut self.pin, "pin-value", Zeroizing::new(text(value)?)),
            "pin-source" => set(&mut self.pin_source, "pin-source", text(value)?),
            _ => Err(Pkcs11UriError::UnknownAttribute),
        }
    }
}

fn set<T>(attribute: &mut Option<T>, name: &'static str, value: T) -> Result<(), Pkcs11UriError> {
    match attribute.replace(value) {
        Some(_) => Err(Pkcs11UriError::Twice(name)),
        None => Ok(()),
    }
}

/// Decodes a value that is text in UTF-8.
fn text(value: &str) -> Result<String, Pkcs11UriError> {
    let octets = octets(value)?;
    std::str::from_utf8(&octets).map(str::to_owned).map_err(|_| Pkcs11UriError::Encoding)
}

/// Decodes a value: printable ASCII stands for itself, and `%41` for an octet (RFC 3986 §2.1).
fn octets(value: &str) -> Result<Zeroizing<Vec<u8>>, Pkcs11UriError> {
    let mut decoded = Zeroizing::new(Vec::with_capacity(value.len()));
    let mut octets = value.bytes();
    while let Some(octet) = octets.next() {
        decoded.push(match octet {
            b'%' => hex(octets.next())? << 4 | hex(octets.next())?,
            0x21..=0x7e => octet,
            _ => return Err(Pkcs11UriError::Encoding),
        });
    }
    Ok(decoded)
}

fn hex(digit: Option<u8>) -> Result<u8, Pkcs11UriError> {
    let digit = digit.and_then(|digit| char::from(digit).to_digit(16)).ok_or(Pkcs11UriError::Encoding)?;
    u8::try_from(digit).map_err(|_| Pkcs11UriError::Encoding)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MODULE: &str = "/usr/lib/softhsm/libsofthsm2.so";

    #[test]
    fn a_uri_names_module_token_key_and_pin() {
        let uri = "pkcs11:model=SoftHSM%20v2;manufacturer=SoftHSM%20project;serial=0a1b;token=My%20seals;slot-id=7;\
                   object=seal%3B2026;id=%00%fF;type=private?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-value=47%3a11";
        let settings = Settings::from_uri(uri, None).unwrap();
        assert_eq!(settings.module, Path::new(MODULE));
        let token = TokenDemands {
            label: Some("My seals".into()),
            serial: Some("0a1b".into()),
            manufacturer: Some("SoftHSM project".into()),
            model: Some("SoftHSM v2".into()),
            slot: Some(7),
        };
        assert_eq!(settings.token, token);
        assert_eq!(settings.key, KeyName::label("seal;2026").with_id(&[0, 0xff]));
        assert!(settings.pin.is_some() && !format!("{settings:?}").contains("47:11"));
        // The caller's module goes before that of the URI.
        let settings = Settings::from_uri(uri, Some(Path::new("/opt/module.so"))).unwrap();
        assert_eq!(settings.module, Path::new("/opt/module.so"));
        let settings = Settings::from_uri("PKCS11:id=%01?pin-source=file:/etc/pin", Some(Path::new(MODULE))).unwrap();
        assert_eq!((settings.token, settings.key), (TokenDemands::default(), KeyName::id(&[1])));
        assert_eq!(settings.pin_source.as_deref(), Some("file:/etc/pin"));
    }

    #[test]
    fn what_is_no_uri_of_a_private_key_is_refused_without_being_repeated() {
        let with_module = Some(Path::new(MODULE));
        for (uri, expected) in [
            ("", Pkcs11UriError::Scheme),
            ("https://example.org/", Pkcs11UriError::Scheme),
            ("pkcs11", Pkcs11UriError::Scheme),
            ("pkcs11:", Pkcs11UriError::KeyMissing),
            ("pkcs11:token=seals", Pkcs11UriError::KeyMissing),
            ("pkcs11:object", Pkcs11UriError::Encoding),
            ("pkcs11:object=%4", Pkcs11UriError::Encoding),
            ("pkcs11:object=%zz", Pkcs11UriError::Encoding),
            ("pkcs11:object=%ff", Pkcs11UriError::Encoding),
            ("pkcs11:object=a b", Pkcs11UriError::Encoding),
            ("pkcs11:object=é", Pkcs11UriError::Encoding),
            ("pkcs11:object=a;object=a", Pkcs11UriError::Twice("object")),
            ("pkcs11:object=a;type=private;type=private", Pkcs11UriError::Twice("type")),
            ("pkcs11:object=a?pin-value=4711&pin-value=4711", Pkcs11UriError::Twice("pin-value")),
            ("pkcs11:object=a;type=cert", Pkcs11UriError::NotAPrivateKey),
            ("pkcs11:object=a;slot-id=-1", Pkcs11UriError::Slot),
            ("pkcs11:object=a;library-version=3", Pkcs11UriError::UnknownAttribute),
            ("pkcs11:object=a;x-4711=a", Pkcs11UriError::UnknownAttribute),
            ("pkcs11:object=a?token=seals", Pkcs11UriError::UnknownAttribute),
        ] {
            assert_eq!(Settings::from_uri(uri, with_module).unwrap_err(), expected, "{uri}");
            assert!(!expected.to_string().contains("4711"));
        }
        assert_eq!(Settings::from_uri("pkcs11:object=a", None).unwrap_err(), Pkcs11UriError::ModuleMissing);
        let long = format!("pkcs11:object={}", "a".repeat(MAX_URI));
        assert_eq!(Settings::from_uri(&long, with_module).unwrap_err(), Pkcs11UriError::Scheme);
    }
}
