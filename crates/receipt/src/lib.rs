//! Pages for people, made from proofs of registered mail: in French, Dutch, German and English, as HTML and as PDF.
//!
//! A proof is a file that programs read. A page shows what it states, the verdict on it, and how to check it; the proof is a
//! file inside the page. A page is no proof, and says so.
//!
//! The PDF is PDF/A-3a (ISO 19005-3) and PDF/UA-1 (ISO 14289-1). One and the same page comes of the same proof, verdict and
//! options, to the octet. There is no clock, no key and no request.
#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod compose;
mod html;
mod language;
mod legal_time;
mod page;
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(feature = "code")]
mod qr;
mod shown;
mod shown_case;
#[cfg(feature = "dossier")]
mod shown_dossier;
#[cfg(all(test, feature = "pdf"))]
mod tests;
mod text;
mod words;

#[cfg(feature = "dossier")]
pub use compose::page_of_dossier;
pub use compose::{
    Findings, Numbers, Options, SubjectWords, page_of_case, page_of_following, page_of_proof, page_of_subject,
};
pub use html::STYLE;
pub use language::{Language, UnknownLanguage};
pub use page::{Page, Tone};
#[cfg(feature = "pdf")]
pub use pdf::{Fonts, PdfError};
pub use shown::Shown;
pub use shown_case::ShownCase;
#[cfg(feature = "dossier")]
pub use shown_dossier::{DossierError, MOST_OCTETS_OF_COURTS, ShownDossier};
