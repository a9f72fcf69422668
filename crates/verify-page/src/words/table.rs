//! What the page has words for: the compiler holds each language complete.

use serde::Serialize;

/// The words of one language.
#[derive(Serialize)]
pub struct Words {
    /// The title of the page.
    pub title: &'static str,
    /// What the page does, in two sentences.
    pub lead: &'static str,
    /// The label of the language.
    pub language: &'static str,
    /// The heading of the files.
    pub files: &'static str,
    /// The label of the field for files.
    pub choose: &'static str,
    /// What can be dropped.
    pub drop: &'static str,
    /// A button; {0} is the name of a file.
    pub remove: &'static str,
    /// A button that forgets all files.
    pub clear: &'static str,
    /// The label of the field for the text of a code.
    pub code: &'static str,
    /// A button.
    pub code_add: &'static str,
    /// The name of a text of a code, as a file.
    pub code_name: &'static str,
    /// The heading of the anchors.
    pub trust: &'static str,
    /// The anchors are of the page.
    pub anchors_page: &'static str,
    /// They are the user's: a warning.
    pub anchors_user: &'static str,
    /// There are none.
    pub anchors_nobody: &'static str,
    /// The summary of the fields below.
    pub anchors_load: &'static str,
    /// The label of a field.
    pub seal_anchors: &'static str,
    /// The label of a field.
    pub tsa_anchors: &'static str,
    /// Progress; {0} is a name, {1} a number.
    pub reading: &'static str,
    /// Progress.
    pub verifying: &'static str,
    /// The end of it.
    pub verified_one: &'static str,
    /// {0} is a number.
    pub verified_many: &'static str,
    /// The heading of the verdicts.
    pub results: &'static str,
    /// {0} is a time.
    pub clock: &'static str,
    /// The label of a box.
    pub numbers_in_full: &'static str,
    /// The summary of the page of a proof.
    pub details: &'static str,
    /// The name of the frame; {0} is the name of a file.
    pub frame: &'static str,
    /// {0} are names.
    pub letter_matches: &'static str,
    /// {0} is a name.
    pub letter_differs: &'static str,
    /// {0} is a name.
    pub letter_not_comparable: &'static str,
    /// No letter.
    pub letter_not_given: &'static str,
    /// A proof from a code.
    pub printed: &'static str,
    /// The page cannot run here.
    pub module_failed: &'static str,
    /// {0} is a name.
    pub file_failed: &'static str,
    /// A fault of the page.
    pub verify_failed: &'static str,
    /// Too many files.
    pub too_many: &'static str,
    /// The browser reads no codes; {0} is the name of a picture.
    pub no_reader: &'static str,
    /// {0} is the name of a picture.
    pub no_code: &'static str,
    /// What the page does not look at.
    pub limits: &'static str,
    /// The title of the verdict on a dossier.
    pub dossier_title: &'static str,
    /// What closes the dossier holds; {0} is a time.
    pub dossier_holds: &'static str,
    /// It is not decided; {1} is a sentence.
    pub dossier_undecided: &'static str,
    /// It does not hold; {1} is a sentence.
    pub dossier_fails: &'static str,
    /// The heading of the checks of a signature.
    pub dossier_signature: &'static str,
    /// The heading of those of a timestamp.
    pub dossier_timestamp: &'static str,
    /// The heading of those of an evidence record.
    pub dossier_record: &'static str,
    /// What the verdict on a dossier leaves open.
    pub dossier_says: &'static str,
    /// The summary of its checks.
    pub dossier_details: &'static str,
    /// What a file is.
    pub kinds: Kinds,
    /// Remarks about files, of which `{0}` is the name.
    pub notes: Notes,
}

/// What a file is, by the names of the kinds in an answer.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is the word for the kind of its name")]
pub struct Kinds {
    pub proof: &'static str,
    pub broken_proof: &'static str,
    pub code: &'static str,
    pub record: &'static str,
    pub log_proof: &'static str,
    pub disclosure: &'static str,
    pub signature: &'static str,
    pub certificates: &'static str,
    pub revocation: &'static str,
    pub seal_anchors: &'static str,
    pub tsa_anchors: &'static str,
    pub dossier: &'static str,
    pub other: &'static str,
}

/// Remarks, by their codes in an answer.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
#[allow(missing_docs, reason = "each is the sentence for the code of its name")]
pub struct Notes {
    pub no_proof: &'static str,
    pub not_used: &'static str,
    pub disclosure_not_used: &'static str,
    pub code_unreadable: &'static str,
    pub code_names_only: &'static str,
    pub code_of_proof: &'static str,
    pub anchors_unreadable: &'static str,
    pub evidence_unreadable: &'static str,
    pub evidence_too_much: &'static str,
    pub picture_not_letter: &'static str,
    pub signature_not_judged: &'static str,
    pub too_large: &'static str,
    pub part_not_used: &'static str,
    pub letter_not_proven: &'static str,
    pub dossier_unreadable: &'static str,
    pub dossier_damaged: &'static str,
    pub dossier_encrypted: &'static str,
    pub dossier_entries: &'static str,
    pub dossier_twice: &'static str,
    pub dossier_names: &'static str,
    pub dossier_of_another_form: &'static str,
    pub dossier_changed: &'static str,
    pub dossier_contents: &'static str,
    pub dossier_too_large: &'static str,
}
