//! Extracts of registers and submissions, in JSON.

use recommande::evidence::{RegisterExtract, Submission};

/// An extract has one form: what was read is written the same. A submission keeps its octets, and is no extract.
pub fn register_json(input: &[u8]) {
    let extract = RegisterExtract::from_json(input);
    match &extract {
        Ok(extract) => {
            let written = extract.to_json();
            assert!(written.as_bytes() == input, "another form");
            assert!(RegisterExtract::from_json(written.as_bytes()).as_ref() == Ok(extract));
        }
        Err(error) => drop((error.to_string(), format!("{error:?}"))),
    }
    match Submission::from_json(input) {
        Ok(submission) => {
            assert!(extract.is_err(), "two files in one");
            assert!(submission.json() == input);
            let _ = format!("{submission:?}");
        }
        Err(error) => {
            assert!(error.offset() <= input.len());
            let _ = (error.to_string(), format!("{error:?}"));
        }
    }
}
