//! A manifest: the files, and what is given with each.

mod lying;

use std::collections::{HashMap, HashSet};
use std::iter;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use recommande::life::Retention;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use self::lying::Lying;
use crate::arguments::{self, environment};
use crate::error::Error;
use crate::files;
use crate::folder;
use crate::kind::{BATCH_SEAL, Kind, Seen, look_at};
use crate::question::{Followed, Given, Named, Payload, PayloadFile, Question, Submission, Told};
use crate::settings::{GivenPolicy, Settings, Sources};

/// The file. A member that is not known is an error: under a misspelt name nothing would be judged.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    #[serde(default)]
    vectors: Vec<Entry>,
    #[serde(default)]
    cases: Vec<CaseEntry>,
    /// What the test vectors list besides: not judged.
    #[serde(rename = "keys")]
    _keys: Option<IgnoredAny>,
    #[serde(rename = "commitments")]
    _commitments: Option<IgnoredAny>,
    #[serde(rename = "disclosures")]
    _disclosures: Option<IgnoredAny>,
    #[serde(rename = "foreign_cases")]
    _foreign_cases: Option<IgnoredAny>,
    #[serde(rename = "regimes")]
    _regimes: Option<IgnoredAny>,
    #[serde(rename = "trails")]
    _trails: Option<IgnoredAny>,
    #[serde(rename = "reconstructions")]
    _reconstructions: Option<IgnoredAny>,
}

/// Proofs that are judged together.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CaseEntry {
    id: String,
    input: CaseInput,
    /// What belongs to whoever wrote it: not read.
    #[serde(rename = "why")]
    _why: Option<IgnoredAny>,
    #[serde(rename = "expected")]
    _expected: Option<IgnoredAny>,
}

/// What is given with proofs that are judged together. What lies beside each under its name is given with it, as in folders.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct CaseInput {
    /// Proofs, and folders whose proofs are taken.
    files: Vec<PathBuf>,
    seal_anchors: Option<PathBuf>,
    tsa_anchors: Option<PathBuf>,
    recipient_anchors: Option<PathBuf>,
    sender_anchors: Option<PathBuf>,
    environment: Option<String>,
    now: Option<DateTime<Utc>>,
    policy: Option<Value>,
    regime: Option<String>,
    retention: Option<String>,
    submissions: Vec<SignedFile>,
    disclosures: Vec<PathBuf>,
    register: Option<Register>,
    extra_certificates: Option<PathBuf>,
    revocation_data: Option<PathBuf>,
}

/// A submission in a case, whose senders have anchors in the case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct SignedFile {
    file: PathBuf,
    signature: PathBuf,
}

/// An entry. A member that is not known is an error: it may be a payload in the wrong place.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    id: Option<String>,
    file: PathBuf,
    kind: Option<Kind>,
    #[serde(default)]
    input: Input,
    /// What belongs to whoever wrote it: not read.
    #[serde(rename = "source")]
    _source: Option<IgnoredAny>,
    #[serde(rename = "why")]
    _why: Option<IgnoredAny>,
    #[serde(rename = "expected")]
    _expected: Option<IgnoredAny>,
}

/// What is given with a file. Paths are relative to the manifest; what is absent is taken from the arguments.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Input {
    seal_anchors: Option<PathBuf>,
    tsa_anchors: Option<PathBuf>,
    recipient_anchors: Option<PathBuf>,
    environment: Option<String>,
    now: Option<DateTime<Utc>>,
    policy: Option<Value>,
    payload: Option<PathBuf>,
    payload_digests: Vec<String>,
    sending: Option<PathBuf>,
    causes: Vec<PathBuf>,
    disclosure: Option<PathBuf>,
    sending_disclosure: Option<PathBuf>,
    original: Option<PathBuf>,
    original_disclosure: Option<PathBuf>,
    register: Option<Register>,
    submission: Option<Signed>,
    sending_submission: Option<Signed>,
    second_seals: Vec<PathBuf>,
    sending_second_seals: Vec<PathBuf>,
    log_proofs: Vec<PathBuf>,
    request: Option<PathBuf>,
    extra_certificates: Option<PathBuf>,
    revocation_data: Option<PathBuf>,
    data: Vec<PathBuf>,
    records: Vec<PathBuf>,
    seal: Option<PathBuf>,
}

impl Input {
    /// Returns the first member that lies beside a proof which is not given.
    fn of_nothing(&self) -> Option<&'static str> {
        let of_sending = [
            ("sending_disclosure", self.sending_disclosure.is_some()),
            ("sending_submission", self.sending_submission.is_some()),
            ("sending_second_seals", !self.sending_second_seals.is_empty()),
        ];
        let of_sending = of_sending.into_iter().filter(|_| self.sending.is_none());
        let of_original = [("original_disclosure", self.original_disclosure.is_some())];
        let of_original = of_original.into_iter().filter(|_| self.original.is_none());
        of_sending.chain(of_original).find(|(_, is_given)| *is_given).map(|(member, _)| member)
    }

    /// Returns the first member that files of this kind are not judged with: whoever gives it wants it compared.
    fn not_taken_by(&self, kind: Kind) -> Option<&'static str> {
        let is_proof = match kind {
            Kind::Proof | Kind::Statement | Kind::Code => true,
            Kind::PayloadSignature | Kind::Signature | Kind::Timestamp | Kind::EvidenceRecord | Kind::Dossier => false,
            // It stands in a list of its own.
            Kind::Case => false,
        };
        let of_proofs = [
            ("sending", self.sending.is_some()),
            ("causes", !self.causes.is_empty()),
            ("disclosure", self.disclosure.is_some()),
            ("sending_disclosure", self.sending_disclosure.is_some()),
            ("original", self.original.is_some()),
            ("original_disclosure", self.original_disclosure.is_some()),
            ("submission", self.submission.is_some()),
            ("sending_submission", self.sending_submission.is_some()),
            ("second_seals", !self.second_seals.is_empty()),
            ("sending_second_seals", !self.sending_second_seals.is_empty()),
            ("log_proofs", !self.log_proofs.is_empty()),
        ];
        let of_others = [
            ("seal", self.seal.is_some() && kind != Kind::Statement),
            ("request", self.request.is_some() && kind != Kind::Timestamp),
            ("data", !self.data.is_empty() && !matches!(kind, Kind::Timestamp | Kind::EvidenceRecord)),
            ("records", !self.records.is_empty() && matches!(kind, Kind::Timestamp | Kind::EvidenceRecord)),
        ];
        let not_of_proofs = of_proofs.into_iter().filter(|_| !is_proof);
        not_of_proofs.chain(of_others).find(|(_, is_given)| *is_given).map(|(member, _)| member)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Register {
    anchors: PathBuf,
    extract: PathBuf,
    signature: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Signed {
    anchors: PathBuf,
    json: PathBuf,
    signature: PathBuf,
}

/// Reads a manifest. An entry whose anchors or policy cannot be read is an error by itself, and costs no other one.
pub fn read(path: &Path, sources: &Sources, now: DateTime<Utc>) -> Result<Vec<Named>, Error> {
    let manifest: Manifest = files::object(path)?;
    let mut reader = Reader { folder: path.parent().unwrap_or(Path::new("")), sources, now, read: HashMap::new() };
    let mut names = HashSet::new();
    let question = |entry: Entry| {
        let name = entry.id.clone().unwrap_or_else(|| entry.file.display().to_string());
        if !names.insert(name.clone()) {
            return Err((name, Error::Usage(TWICE.to_owned())));
        }
        reader.question(name.clone(), entry).map_err(|error| (name, error))
    };
    let mut questions: Vec<Named> = manifest.vectors.into_iter().map(question).collect();
    let mut names = HashSet::new();
    for CaseEntry { id, input, .. } in manifest.cases {
        if !names.insert(id.clone()) {
            questions.push(Err((id, Error::Usage(TWICE.to_owned()))));
            continue;
        }
        match reader.case(id.clone(), input) {
            Ok((case, beside)) => questions.extend(iter::once(Ok(case)).chain(beside)),
            Err(error) => questions.push(Err((id, error))),
        }
    }
    Ok(questions)
}

/// Readers of reports keep one of two cases with the same name.
const TWICE: &str = "the manifest has this id twice";

struct Reader<'a> {
    folder: &'a Path,
    sources: &'a Sources,
    now: DateTime<Utc>,
    /// The settings that were made, so that what a verifier remembers serves every file under the same anchors.
    read: HashMap<String, Arc<Settings>>,
}

impl Reader<'_> {
    fn question(&mut self, name: String, entry: Entry) -> Result<Question, Error> {
        let Entry { file, kind, input, .. } = entry;
        let file = self.folder.join(file);
        let kind = match kind {
            Some(kind) => kind,
            None => match look_at(&file)? {
                Seen::Judged(kind, _) => kind,
                Seen::Beside | Seen::Disclosure(_) | Seen::Submission(_) | Seen::Extract | Seen::Other => {
                    return Err(Error::Content { path: file, what: "this is nothing that is judged".to_owned() });
                }
            },
        };
        if let Some(member) = input.not_taken_by(kind) {
            return Err(Error::Usage(format!("input: {member} is not for a {}", kind.name())));
        }
        if let Some(member) = input.of_nothing() {
            return Err(Error::Usage(format!("input: {member} is of a proof that is not given")));
        }
        if input.submission.is_some() && input.sending_submission.is_some() {
            // A sending follows none.
            return Err(Error::Usage("input: submission and sending_submission exclude each other".to_owned()));
        }
        let sources = self.sources_of(&input)?;
        let settings = self.settings(&sources)?;
        let signed =
            |signed: &Signed| Submission { json: self.at(&signed.json), signature: self.at(&signed.signature) };
        let submissions = |given: &Option<Signed>| given.iter().map(signed).collect();
        let all = |paths: &[PathBuf]| paths.iter().map(|path| self.at(path)).collect::<Vec<_>>();
        let followed = |path: &PathBuf, disclosure: Option<&PathBuf>, second_seals: &[PathBuf]| Followed {
            file: self.at(path),
            disclosures: disclosure.iter().map(|path| self.at(path)).collect(),
            second_seals: all(second_seals),
            // The entry has them for all of its proofs.
            records: all(&input.records),
            log_proofs: all(&input.log_proofs),
            ..Followed::default()
        };
        let payload = match (&input.payload, input.payload_digests.as_slice()) {
            (Some(path), []) => Payload::File(Arc::new(PayloadFile::new(self.at(path)))),
            (Some(_), [..]) => return Err(Error::Usage("payload and payload_digests exclude each other".to_owned())),
            (None, []) => Payload::NotAvailable,
            (None, digests) => {
                Payload::Digests(digests.iter().map(|text| files::digest(text)).collect::<Result<_, _>>()?)
            }
        };
        let of_statement = |path: PathBuf| Some(path).filter(|_| kind == Kind::Statement);
        let given = Given {
            payload,
            sending: input
                .sending
                .iter()
                .map(|path| followed(path, input.sending_disclosure.as_ref(), &input.sending_second_seals))
                .map(|sending| Followed { submissions: submissions(&input.sending_submission), ..sending })
                .collect(),
            causes: input.causes.iter().map(|path| vec![followed(path, None, &[])]).collect(),
            original: input
                .original
                .iter()
                .map(|path| followed(path, input.original_disclosure.as_ref(), &[]))
                .collect(),
            disclosures: input.disclosure.iter().map(|path| self.at(path)).collect(),
            second_seals: all(&input.second_seals),
            submissions: submissions(&input.submission),
            seal: of_statement(input.seal.as_ref().map_or(file.with_file_name(BATCH_SEAL), |path| self.at(path))),
            record: of_statement(file.with_extension("ers")),
            data: all(&input.data),
            request: input.request.as_ref().map(|path| self.at(path)),
            records: all(&input.records),
            log_proofs: all(&input.log_proofs),
            proofs: Vec::new(),
        };
        Ok(Question { name, file, kind, given, settings, now: input.now.unwrap_or(self.now), told: Told::Once })
    }

    /// Proofs that are judged together, and told under one name. What lies in their folders and is no proof is told beside them.
    fn case(&mut self, name: String, input: CaseInput) -> Result<(Question, Vec<Named>), Error> {
        let (mut files, mut lying) = (Vec::new(), Lying::default());
        for path in &input.files {
            self.proofs(path, &mut files, &mut lying)?;
        }
        let Some(file) = files.first().cloned() else {
            return Err(Error::Usage("input: files: there is no proof".to_owned()));
        };
        let submission = |SignedFile { file, signature }: &SignedFile| Submission {
            json: self.at(file),
            signature: self.at(signature),
        };
        let mut given = Given {
            proofs: files.into_iter().map(Followed::beside).collect(),
            submissions: input.submissions.iter().map(submission).collect(),
            disclosures: input.disclosures.iter().map(|path| self.at(path)).collect(),
            ..Given::default()
        };
        let (now, kind) = (input.now.unwrap_or(self.now), Kind::Case);
        let sources = self.sources_of_case(input)?;
        if sources.sender_anchors.is_none() && !given.submissions.is_empty() {
            return Err(Error::Usage("input: submissions are judged by sender_anchors".to_owned()));
        }
        let settings = self.settings(&sources)?;
        given.proofs.iter_mut().take(1).for_each(|first| lying.give(first, &settings));
        let beside = lying.told(&given, &settings, now);
        Ok((Question { name, file, kind, given, settings, now, told: Told::Once }, beside))
    }

    /// Adds a proof, or those of a folder, in which there has to be one.
    fn proofs(&self, path: &Path, files: &mut Vec<PathBuf>, lying: &mut Lying) -> Result<(), Error> {
        let path = self.at(path);
        if !path.is_dir() {
            files.push(path);
            return Ok(());
        }
        let (listed, unread) = folder::files(&path);
        if let Some((path, what)) = unread.into_iter().next() {
            return Err(Error::Content { path, what });
        }
        let before = files.len();
        for file in listed {
            let seen = look_at(&file)?;
            match seen {
                Seen::Judged(Kind::Proof | Kind::Statement, _) => files.push(file),
                Seen::Judged(..)
                | Seen::Beside
                | Seen::Disclosure(_)
                | Seen::Submission(_)
                | Seen::Extract
                | Seen::Other => lying.add(file, &seen),
            }
        }
        if files.len() == before {
            return Err(Error::Content { path, what: "there is no proof in this folder".to_owned() });
        }
        Ok(())
    }

    fn sources_of_case(&self, input: CaseInput) -> Result<Sources, Error> {
        let CaseInput { sender_anchors, regime, retention, .. } = &input;
        let sender_anchors = sender_anchors.as_ref().map(|path| self.at(path));
        let regime = regime.as_deref().map(arguments::regime).transpose().map_err(Error::Usage)?;
        let retention = retention.as_deref().map(arguments::retention).transpose().map_err(Error::Usage)?;
        // A dispute that is stated for the run holds every letter of it, whatever its rule.
        let is_held = self.sources.retention.as_ref().is_some_and(Retention::is_held);
        let retention = retention.map(|own| if is_held { own.held_by_dispute() } else { own });
        let given = self.sources_of(&Input {
            seal_anchors: input.seal_anchors,
            tsa_anchors: input.tsa_anchors,
            recipient_anchors: input.recipient_anchors,
            environment: input.environment,
            policy: input.policy,
            register: input.register,
            extra_certificates: input.extra_certificates,
            revocation_data: input.revocation_data,
            ..Input::default()
        })?;
        Ok(Sources {
            sender_anchors: sender_anchors.or(given.sender_anchors),
            regime: regime.or(given.regime),
            retention: retention.or(given.retention),
            ..given
        })
    }

    /// A path is relative to the manifest.
    fn at(&self, path: &Path) -> PathBuf {
        self.folder.join(path)
    }

    fn sources_of(&self, input: &Input) -> Result<Sources, Error> {
        let or = |own: &Option<PathBuf>, otherwise: &Option<PathBuf>| {
            own.as_ref().map(|path| self.at(path)).or_else(|| otherwise.clone())
        };
        let environment = match &input.environment {
            None => self.sources.environment,
            Some(name) => environment(name).map_err(Error::Usage)?,
        };
        let policy = match &input.policy {
            None => self.sources.policy.clone(),
            Some(Value::String(name)) => Some(GivenPolicy::Named(name.clone())),
            Some(value) => Some(GivenPolicy::Value(value.clone())),
        };
        let mut extras = self.sources.extras.clone();
        extras.extend(input.extra_certificates.iter().chain(&input.revocation_data).map(|path| self.at(path)));
        let register = input.register.as_ref();
        let extract = |register: &Register| (self.at(&register.extract), self.at(&register.signature));
        Ok(Sources {
            seal_anchors: or(&input.seal_anchors, &self.sources.seal_anchors),
            tsa_anchors: or(&input.tsa_anchors, &self.sources.tsa_anchors),
            recipient_anchors: or(&input.recipient_anchors, &self.sources.recipient_anchors),
            sender_anchors: input
                .submission
                .as_ref()
                .or(input.sending_submission.as_ref())
                .map(|signed| self.at(&signed.anchors))
                .or_else(|| self.sources.sender_anchors.clone()),
            register_anchors: register
                .map(|register| self.at(&register.anchors))
                .or_else(|| self.sources.register_anchors.clone()),
            register_extracts: register.map_or_else(|| self.sources.register_extracts.clone(), |r| vec![extract(r)]),
            environment,
            policy,
            extras,
            records: self.sources.records.clone(),
            log_proofs: self.sources.log_proofs.clone(),
            regime: self.sources.regime.clone(),
            retention: self.sources.retention.clone(),
        })
    }

    fn settings(&mut self, sources: &Sources) -> Result<Arc<Settings>, Error> {
        // The sources hold paths and values alone, and their text tells them apart.
        let key = format!("{sources:?}");
        if let Some(settings) = self.read.get(&key) {
            return Ok(Arc::clone(settings));
        }
        let settings = Arc::new(sources.settings()?);
        self.read.insert(key, Arc::clone(&settings));
        Ok(settings)
    }
}
