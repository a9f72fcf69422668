//! Logs in folders whose writer is killed: what was acknowledged is there, and all that was ever signed is one history.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write, stdout};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use recommande::log::{EvidenceLog, LogFolder};
use recommande::recommande_tlog::checkpoint::SignedCheckpoint;

use crate::common::evidence_log::{Logging, cosigned_at, stranger};
use crate::common::{now, pool};

const FOLDER: &str = "RECOMMANDE_LOG_FOLDER";

fn say(text: std::fmt::Arguments<'_>) {
    println!("{text}");
    stdout().flush().unwrap();
}

/// One checkpoint, which may be under way already. What is signed is told before it is sealed.
fn checkpoint(logging: &Logging, log: &mut EvidenceLog<LogFolder>) {
    let pending = log.begin_checkpoint(&logging.signer, cosigned_at()).unwrap();
    say(format_args!("signed {}", pending.note().note().to_text().replace('\n', "|")));
    log.seal(&logging.service.sealer, cosigned_at()).unwrap();
    log.stamp(&pool(logging.service.tsa(cosigned_at()))).unwrap();
    let published = log.publish(&logging.policy_without_witnesses()).unwrap();
    say(format_args!("published {}", published.checkpoint().head().size()));
}

/// What the test below starts in another process: it writes until it is killed, and says what it acknowledges.
#[test]
#[ignore = "it is started by another test"]
fn writes_until_it_is_killed() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let logging = Logging::new();
    let mut log = logging.open(LogFolder::open(folder).unwrap());
    say(format_args!("begun"));
    if log.pending().is_some() {
        checkpoint(&logging, &mut log);
    }
    for round in 0_u64.. {
        let mut last = 0;
        for _ in 0..=(round * 29 % 71) {
            // An entry tells its place, so that nobody needs to remember which one it was.
            let index = log.head().size() + u64::try_from(log.waiting()).unwrap();
            last = log.append(stranger(index), now()).unwrap();
        }
        log.integrate().unwrap();
        say(format_args!("integrated {last}"));
        checkpoint(&logging, &mut log);
    }
}

/// What a writer printed after a word, in whole lines.
fn said<'t>(printed: &'t str, word: &'t str) -> impl Iterator<Item = &'t str> {
    printed.lines().filter_map(move |line| Some(line.split_once(word)?.1.trim()))
}

/// Starts a writer, and kills it at some moment after it has begun. Returns what it printed.
fn killed(folder: &Path, after: Duration) -> String {
    let mut writer = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "log_kills::writes_until_it_is_killed", "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut printed = BufReader::new(writer.stdout.take().unwrap());
    let mut text = String::new();
    while !text.contains("begun") && printed.read_line(&mut text).unwrap() > 0 {}
    std::thread::sleep(after);
    assert!(writer.try_wait().unwrap().is_none(), "it died by itself: {text}");
    writer.kill().unwrap();
    writer.wait().unwrap();
    printed.read_to_string(&mut text).unwrap();
    // What follows the last end of a line was not said to its end.
    text.truncate(text.rfind('\n').map_or(0, |end| end + 1));
    text
}

#[test]
fn a_writer_that_is_killed_loses_nothing_and_signs_one_history() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("log-kills");
    let _ = fs::remove_dir_all(&folder);
    let logging = Logging::new();
    let (mut signed, mut entries, mut published) = (Vec::<SignedCheckpoint>::new(), Vec::<u64>::new(), 0_u64);
    let mut round = 0;
    // On a slow machine as well it gets somewhere.
    while round < 10 || entries.len() < 10 {
        round += 1;
        assert!(round < 200, "it gets nowhere");
        let text = killed(&folder, Duration::from_micros(round * 7_919 % (30_000 + 5_000 * round)));
        assert!(text.contains("begun"), "{text}");
        let notes = said(&text, "signed ").map(|note| note.replace('|', "\n"));
        signed.extend(notes.map(|note| SignedCheckpoint::parse(note.as_bytes()).unwrap()));
        entries.extend(said(&text, "integrated ").map(|index| index.parse::<u64>().unwrap()));
        published = said(&text, "published ").map(|size| size.parse().unwrap()).max().unwrap_or(0).max(published);

        let mut log = logging.open(LogFolder::open(&folder).unwrap());
        for checkpoint in &signed {
            log = log.with_last_known(checkpoint).unwrap();
        }
        let last = log.published().map_or(0, |note| note.checkpoint().head().size());
        assert!(last >= published, "{published} was published, and {last} is the last");
        assert!(entries.iter().all(|index| *index < log.head().size()));
        // Somebody else sees it meanwhile, whatever is under way: it is what the log goes on with.
        if let Some(pending) = log.pending() {
            signed.push(pending.note().clone());
        }
    }
    let mut log = logging.open(LogFolder::open(&folder).unwrap());
    for _ in 0..2 {
        log.append(stranger(u64::MAX), now()).unwrap();
        log.integrate().unwrap();
        // That of a writer which was killed, and one over the whole log.
        checkpoint(&logging, &mut log);
    }
    println!("{round} kills, {} checkpoints signed, {} acknowledged entries", signed.len(), entries.len());
    for index in entries {
        let proof = log.prove(index).unwrap();
        proof.verify(&logging.policy_without_witnesses(), &stranger(index).leaf()).unwrap();
    }
}
