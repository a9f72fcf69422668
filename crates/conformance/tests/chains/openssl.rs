//! OpenSSL's X509_verify_cert, in a process of its own: `verify.c`, built where there are a C compiler and libssl-dev.

use std::io::{BufReader, BufWriter, Read as _, Write as _};
use std::path::PathBuf;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use recommande::Certificate;

use crate::case::Case;

const ANY_POLICY: &str = "2.5.29.32.0";

/// The process that answers.
pub struct OpenSsl {
    process: Child,
    questions: BufWriter<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

/// What OpenSSL says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Answer {
    pub is_valid: bool,
    /// The code of the error, as `openssl verify` prints it.
    pub error: i32,
}

impl OpenSsl {
    /// Builds the program and starts it.
    ///
    /// # Errors
    /// Why it cannot be had.
    pub fn start() -> Result<Self, String> {
        let program = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("openssl-verify");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/chains/verify.c");
        let compiler = std::env::var_os("CC").unwrap_or_else(|| "cc".into());
        let built = Command::new(&compiler).args(["-O1", "-o"]).arg(&program).args([source, "-lcrypto"]).output();
        let built = built.map_err(|error| format!("no C compiler: {error}"))?;
        if !built.status.success() {
            let text = String::from_utf8_lossy(&built.stderr);
            return Err(format!("verify.c cannot be built: {}", text.lines().next().unwrap_or_default()));
        }
        let process = Command::new(&program).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
        let mut process = process.map_err(|error| format!("verify.c does not start: {error}"))?;
        let questions = BufWriter::new(process.stdin.take().expect("a pipe"));
        let answers = BufReader::new(process.stdout.take().expect("a pipe"));
        Ok(Self { process, questions, answers })
    }

    /// Asks about a case with these candidates and anchors.
    pub fn judge<'a>(
        &mut self,
        case: &Case,
        candidates: impl IntoIterator<Item = &'a Certificate>,
        anchors: impl IntoIterator<Item = &'a Certificate>,
    ) -> Answer {
        let time = u64::try_from(case.at.timestamp()).expect("a time after 1970").to_be_bytes();
        let mut question = time.to_vec();
        question.extend(case.inputs.flags().to_be_bytes());
        // Without any, no policy would ever be found in the end.
        let any = vec![ANY_POLICY.as_bytes().to_vec()];
        let policies: Vec<_> = case.inputs.policies.iter().map(|policy| policy.to_string().into_bytes()).collect();
        list(&mut question, if policies.is_empty() { any } else { policies }.into_iter());
        list(&mut question, anchors.into_iter().map(|anchor| anchor.der().to_vec()));
        list(&mut question, candidates.into_iter().map(|candidate| candidate.der().to_vec()));
        octets(&mut question, case.target.der());
        self.questions.write_all(&question).and_then(|()| self.questions.flush()).expect("it reads");
        let mut answer = [0; 12];
        self.answers.read_exact(&mut answer).expect("it answers");
        let number = |place: usize| i32::from_be_bytes(answer[place..place + 4].try_into().expect("four octets"));
        Answer { is_valid: number(0) == 1, error: number(4) }
    }
}

impl Drop for OpenSsl {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn list(question: &mut Vec<u8>, items: impl Iterator<Item = Vec<u8>>) {
    let items: Vec<_> = items.collect();
    question.extend(u32::try_from(items.len()).expect("a count").to_be_bytes());
    items.iter().for_each(|item| octets(question, item));
}

fn octets(question: &mut Vec<u8>, item: &[u8]) {
    question.extend(u32::try_from(item.len()).expect("a length").to_be_bytes());
    question.extend(item);
}
