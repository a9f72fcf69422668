//! The example `evidence_log`: a day of a log, and an operator who changes it.

use crate::common::example::example;

#[test]
fn whatever_the_operator_tries_is_noticed() {
    let mut command = example("evidence_log");
    // The programs in Go that `.ci/full transparency_logs` builds.
    let programs = std::env::var_os("RECOMMANDE_TLOG_PEERS");
    if let Some(programs) = &programs {
        command.arg("--litewitness").arg(programs);
    }
    let output = command.output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(text.contains("litewitness"), programs.is_some(), "{text}");
    assert_eq!(text.matches("Refused: ").count(), 10, "{text}");
    assert_eq!(text.matches("The auditor: ").count(), 4, "{text}");
    assert!(text.contains("finds no difference") && text.ends_with("Each attempt was noticed.\n"), "{text}");
}
