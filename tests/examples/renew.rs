//! The example `renew` over a folder: what is due, what is refused, and what is left when it is killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration as StdDuration;

use chrono::{DateTime, Duration, Utc};
use recommande::crypto::KeyKind;
use recommande::seal::{
    Artifact, Batch, BatchLeaves, BatchSeal, Credentials, ProofOfSending, Sealer, SecondSeal, Unstamped,
};
use recommande::testing::{CertificateSpec, CrlSpec, TestTsa, generate_key};
use recommande::verify::{Indication, Payload, Policy, Report, SecondSealRule, SendingContext};
use rfc3161_client::TsaPool;

use crate::common::eras::{Era, crls, first_crls, verifier};
use crate::common::example::example;
use crate::common::{self, Service, at, now, pool};

mod aggregated;

/// The time by the TSA, which stands still, and by the one who renews.
const STAMPED_AT: &str = "2028-10-01T11:59:59Z";
const RENEWED_AT: &str = "2028-10-01T12:00:00Z";

/// A folder of proofs, a TSA of their future behind HTTP, and what to verify them with.
struct Archive {
    folder: PathBuf,
    service: Service,
    era: Era,
    url: String,
    trips: Arc<AtomicUsize>,
}

/// A service whose seals hold what there is to know about their chain, and an empty folder.
fn service_and_folder(name: &str) -> (Service, PathBuf) {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("renew").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    let mut service = Service::new();
    let data = crls(&[&service.pki.root, &service.pki.intermediate], now());
    service.sealer = service.sealer.with_revocation(&data);
    (service, folder)
}

/// A folder with as many proofs of one batch, of which none is held.
fn batch_of(name: &str, count: usize) -> Archive {
    let (service, folder) = service_and_folder(name);
    let path = |number: usize| folder.join(format!("{number:07}.p7m"));
    let mut leaves = BatchLeaves::new();
    for number in 0..count {
        let sealed = service.sealer.seal(&common::sending_of(&number.to_string()), now()).unwrap();
        leaves.add(&sealed).unwrap();
        std::fs::write(path(number), sealed.der()).unwrap();
    }
    let tsas = pool(service.tsa(now() + Duration::seconds(2)));
    let stamped = leaves.close().unwrap().stamp_with(&tsas).unwrap();
    for number in 0..count {
        let sealed = Unstamped::<ProofOfSending>::from_der(&std::fs::read(path(number)).unwrap()).unwrap();
        std::fs::write(path(number), stamped.proof(sealed).unwrap().der()).unwrap();
    }
    Archive::of(service, folder)
}

/// As many single proofs, and as many of one batch.
fn archive(name: &str, singles: usize, of_batch: usize) -> Archive {
    let (service, folder) = service_and_folder(name);
    for number in 0..singles {
        let proof = service.proof_of(&common::sending_of(&number.to_string()));
        std::fs::write(folder.join(format!("single-{number:03}.p7m")), proof.der()).unwrap();
    }
    let seal = |number: usize| service.sealer.seal(&common::sending_of(&format!("b{number}")), now()).unwrap();
    let seals: Vec<_> = (0..of_batch).map(seal).collect();
    if !seals.is_empty() {
        let tsas = pool(service.tsa(now() + Duration::seconds(2)));
        let stamped = Batch::of(&seals).unwrap().stamp_with(&tsas).unwrap();
        for (number, seal) in seals.into_iter().enumerate() {
            // Some keep their record beside them.
            let path = folder.join(format!("batch-{number:03}.p7m"));
            if number % 3 == 2 {
                let record = stamped.record(&seal).unwrap();
                std::fs::write(folder.join(format!("batch-{number:03}.p7m.ers")), record).unwrap();
                std::fs::write(path, seal.der()).unwrap();
            } else {
                std::fs::write(path, stamped.proof(seal).unwrap().der()).unwrap();
            }
        }
    }
    Archive::of(service, folder)
}

/// Serves a TSA behind HTTP, and counts the trips.
fn served(tsa: TestTsa) -> (String, Arc<AtomicUsize>) {
    served_after(tsa, || {})
}

/// The same, where something happens before each answer.
fn served_after(tsa: TestTsa, before: impl Fn() + Send + 'static) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let trips = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&trips);
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut length = 0;
            loop {
                let mut line = String::new();
                if reader.read_line(&mut line).unwrap_or(0) < 3 {
                    break;
                }
                if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
            }
            let mut request = vec![0; length];
            if reader.read_exact(&mut request).is_err() {
                continue;
            }
            before();
            let response = tsa.respond(&request);
            counted.fetch_add(1, Ordering::SeqCst);
            let head = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/timestamp-reply\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                response.len()
            );
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&response));
        }
    });
    (url, trips)
}

impl Archive {
    fn of(service: Service, folder: PathBuf) -> Self {
        let era = Era::new(&KeyKind::EcP256, at("2028-01-01T00:00:00Z"), at("2033-01-01T00:00:00Z"));
        let (url, trips) = served(era.tsa(&service, at(STAMPED_AT)));
        let archive = Self { folder, service, era, url, trips };
        archive.configure();
        archive
    }

    fn configure(&self) {
        let beside = self.beside();
        std::fs::create_dir_all(&beside).unwrap();
        std::fs::write(beside.join("seal.pem"), self.service.pki.seal_anchors_pem()).unwrap();
        let pem = |der: &[u8]| pem_rfc7468::encode_string("CERTIFICATE", pem_rfc7468::LineEnding::LF, der).unwrap();
        let tsas = self.service.pki.tsa_anchors_pem() + &pem(self.era.root.certificate.der());
        std::fs::write(beside.join("tsa.pem"), tsas).unwrap();
        let mut data = first_crls(&self.service, at(RENEWED_AT));
        data.extend(&self.era.crl(at(RENEWED_AT))).unwrap();
        for (number, crl) in data.crls().iter().enumerate() {
            std::fs::write(beside.join(format!("{number}.crl")), crl.der()).unwrap();
        }
    }

    fn beside(&self) -> PathBuf {
        self.folder.with_extension("configuration")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = example("renew");
        command.current_dir(self.beside()).arg(&self.folder).args(["--tsa", &self.url]);
        command.args(["--seal-anchors", "seal.pem", "--tsa-anchors", "tsa.pem"]).args(arguments);
        command.args(["--extra", "0.crl", "--extra", "1.crl", "--extra", "2.crl", "--extra", "3.crl"]);
        command
    }

    fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// Stores a renewal of a batch as a run leaves it that is stopped after its first file.
    fn store_renewal(&self, name: &str, number: u32, before: &[u8]) {
        let path = |ending: &str| self.folder.join(format!("{name}.{number}.{ending}"));
        std::fs::write(path("before"), before).unwrap();
        std::fs::copy(self.folder.join(name), path("after")).unwrap();
    }

    fn trips(&self) -> usize {
        self.trips.load(Ordering::SeqCst)
    }

    fn names(&self) -> Vec<String> {
        let names = std::fs::read_dir(&self.folder).unwrap();
        let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        // Where a folder itself can be locked, no file is left.
        names.filter(|name| cfg!(unix) || name != "lock").collect()
    }

    /// The reports on all proofs, with the records beside them.
    fn reports(&self, time: DateTime<Utc>) -> Vec<Report> {
        let report = |name: String| {
            let proof = self.proof(&name)?;
            let record = std::fs::read(self.folder.join(format!("{name}.ers"))).ok();
            let verifier = verifier(&self.service, &[&self.era]).with_evidence_records(record);
            Some(verifier.report(&proof, Payload::NotAvailable, time))
        };
        self.names().into_iter().filter_map(report).collect()
    }

    /// The proof in a file, or that of a statement with its record and the seal that it shares.
    fn proof(&self, name: &str) -> Option<ProofOfSending> {
        let read = |name: &str| std::fs::read(self.folder.join(name)).unwrap();
        match name.rsplit_once('.')? {
            ("seal", "p7m") => None,
            (_, "p7m" | "rma") => Some(ProofOfSending::from_der(&read(name)).unwrap()),
            (stem, "json") => {
                let seal = BatchSeal::from_der(&read("seal.p7m")).unwrap();
                Some(ProofOfSending::from_parts(&read(name), &read(&format!("{stem}.ers")), &seal).unwrap())
            }
            _ => None,
        }
    }

    #[track_caller]
    fn assert_renewed(&self) {
        for report in self.reports(at("2032-12-01T00:00:00Z")) {
            assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
        }
        let names = self.names();
        let is_kept =
            |name: &String| [".p7m", ".ers", ".pq.p7s", ".rma", ".json"].iter().any(|ending| name.ends_with(ending));
        assert!(names.iter().all(is_kept), "{names:?}");
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn what_is_due_is_renewed_and_a_batch_by_one_timestamp() {
    let archive = archive("whole", 3, 6);
    let early = archive.run(&["--now", "2027-01-01T00:00:00Z"]);
    assert_eq!(
        (early.status.code(), text(&early).as_str()),
        (Some(0), "renewed  0 of 0, with 0 timestamps\n"),
        "{early:?}"
    );
    let told = archive.run(&["--now", RENEWED_AT, "--dry-run"]);
    assert_eq!(text(&told).lines().filter(|line| line.starts_with("due ")).count(), 9, "{told:?}");
    for (day, due) in [("2028-12-01", 9), ("2028-11-22", 9), ("2028-11-21", 0)] {
        let told = archive.run(&["--now", "2027-01-01T00:00:00Z", "--dry-run", "--due-before", day]);
        assert_eq!(text(&told).lines().count(), due, "{day}: {told:?}");
    }
    assert_eq!(archive.trips(), 0);
    let renewed = archive.run(&["--now", RENEWED_AT]);
    assert_eq!(renewed.status.code(), Some(0), "{renewed:?}");
    // The records of a batch are the same inside and beside, so that they share their timestamp.
    assert_eq!(text(&renewed), "renewed  9 of 9, with 4 timestamps\n");
    assert_eq!(archive.trips(), 4);
    // The bar goes from the begin to the end of each part.
    let bar = String::from_utf8_lossy(&renewed.stderr).into_owned();
    for part in ["looking    0 % 0/9", "looking  100 % 9/9", "renewing   0 % 0/9", "renewing 100 % 9/9"] {
        assert!(bar.contains(part), "{bar}");
    }
    archive.assert_renewed();
    let again = archive.run(&["--now", RENEWED_AT]);
    assert_eq!(text(&again), "renewed  0 of 0, with 0 timestamps\n", "{again:?}");
}

/// A second run would take what the first one is writing for what a run has left that was stopped, and remove it.
#[cfg(unix)]
#[test]
fn two_runs_do_not_share_a_folder() {
    use rustix::fs::{FlockOperation, flock};
    let archive = archive("shared", 1, 0);
    let first = std::fs::File::open(&archive.folder).unwrap();
    flock(&first, FlockOperation::NonBlockingLockExclusive).unwrap();
    let second = archive.run(&["--now", RENEWED_AT]);
    assert_eq!((second.status.code(), archive.trips()), (Some(3), 0), "{second:?}");
    assert!(String::from_utf8_lossy(&second.stderr).contains("another run of renew"), "{second:?}");
    // A dry run writes nothing.
    assert_eq!(archive.run(&["--now", RENEWED_AT, "--dry-run"]).status.code(), Some(0));
    drop(first);
    assert_eq!(text(&archive.run(&["--now", RENEWED_AT])), "renewed  1 of 1, with 1 timestamps\n");
    assert!(!archive.folder.join("lock").exists());
}

#[test]
fn another_digest_algorithm_takes_one_timestamp_for_a_batch() {
    let archive = archive("rehash", 1, 6);
    for expected in ["renewed  7 of 7, with 2 timestamps\n", "renewed  0 of 0, with 0 timestamps\n"] {
        let renewed = archive.run(&["--now", RENEWED_AT, "--to", "sha512"]);
        assert_eq!(text(&renewed), expected, "{renewed:?}");
    }
    archive.assert_renewed();
}

/// The first file of a batch fails for a reason of its own when the token is there: what says that its seal was not revoked lies
/// beside it, and is newer than the token of a TSA whose clock is late. The others are renewed.
#[test]
fn the_first_of_a_batch_fails_alone() {
    let archive = archive("alone", 0, 0);
    let another_service = Service::new();
    let sealers = [&another_service.sealer, &archive.service.sealer, &archive.service.sealer];
    let seal =
        |(number, sealer): (usize, &Sealer)| sealer.seal(&common::sending_of(&format!("b{number}")), now()).unwrap();
    let seals: Vec<_> = sealers.into_iter().enumerate().map(seal).collect();
    let tsas = pool(archive.service.tsa(now() + Duration::seconds(2)));
    let stamped = Batch::of(&seals).unwrap().stamp_with(&tsas).unwrap();
    let path = |number: usize| archive.folder.join(format!("batch-{number:03}.p7m"));
    for (number, seal) in seals.into_iter().enumerate() {
        std::fs::write(path(number), stamped.proof(seal).unwrap().der()).unwrap();
    }
    let anchors = archive.service.pki.seal_anchors_pem() + &another_service.pki.seal_anchors_pem();
    std::fs::write(archive.beside().join("seal.pem"), anchors).unwrap();
    let newer = CrlSpec::new(at("2028-10-01T12:30:00Z"), at("2028-10-08T12:30:00Z"));
    for (name, issuer) in [("root.crl", &another_service.pki.root), ("issuer.crl", &another_service.pki.intermediate)] {
        std::fs::write(archive.beside().join(name), issuer.issue_crl(&newer).unwrap()).unwrap();
    }
    let before = std::fs::read(path(0)).unwrap();
    let of_other = ["--extra", "root.crl", "--extra", "issuer.crl"];
    let renewed = archive.run(&[&["--now", "2028-10-01T13:00:00Z", "--to", "sha512"][..], &of_other].concat());
    assert_eq!((renewed.status.code(), archive.trips()), (Some(1), 2), "{renewed:?}");
    let expected = "renewed  2 of 3, with 1 timestamps\ndropped  a timestamp that was taken for batch-000.p7m\n";
    assert_eq!(text(&renewed), expected, "{renewed:?}");
    let told = String::from_utf8_lossy(&renewed.stderr).into_owned();
    assert_eq!(told.matches("failed   ").count(), 1, "{told}");
    assert!(told.contains("batch-000.p7m: revocation data has to be in the file"), "{told}");
    assert_eq!(std::fs::read(path(0)).unwrap(), before);
    // It still waits for the timestamp that the others share.
    let kept = ["before", "after", "leaves"].map(|ending| format!("batch-001.p7m.1.{ending}"));
    assert!(kept.iter().all(|name| archive.names().contains(name)), "{:?}", archive.names());
    for report in archive.reports(at("2032-12-01T00:00:00Z")) {
        let is_first = report.timestamps.len() == 1;
        assert_eq!(report.proven_at == Some(now() + Duration::seconds(2)), !is_first, "{report}");
    }
}

/// A TSA that nobody trusts is asked once, for whatever there is to renew, and all are told.
#[test]
fn a_tsa_that_is_not_trusted_is_asked_once_in_a_run() {
    for (name, singles, of_batch, arguments) in [
        ("stranger", 0, 5, ["--to", "sha512"].as_slice()),
        ("stranger-to-singles", 4, 0, &[]),
        ("stranger-to-both", 3, 2, &["--to", "sha512"]),
    ] {
        let mut archive = archive(name, singles, of_batch);
        let (url, trips) = served(Service::new().tsa(at(STAMPED_AT)));
        (archive.url, archive.trips) = (url, trips);
        let refused = archive.run(&[&["--now", RENEWED_AT], arguments].concat());
        assert_eq!((refused.status.code(), archive.trips()), (Some(1), 1), "{refused:?}");
        assert_eq!(errors(&refused).matches("failed   ").count(), singles + of_batch, "{refused:?}");
        assert_eq!(text(&refused).matches("dropped  a timestamp that was taken for ").count(), 1, "{refused:?}");
    }
}

/// A TSA whose timestamps end before those that are there is asked once, and what was taken from it is told. What ends before
/// them is renewed by them.
#[test]
fn a_tsa_whose_timestamps_do_not_last_is_asked_once() {
    let mut archive = archive("short", 3, 0);
    let earlier = CertificateSpec::tsa("Earlier TSA", now() - Duration::days(1), at("2028-10-15T00:00:00Z"));
    let earlier = archive.service.pki.tsa_root.issue(&earlier, generate_key(&KeyKind::EcP256).unwrap()).unwrap();
    let tsa = archive.service.tsa(now() + Duration::seconds(2)).with_key(earlier);
    let seal = archive.service.sealer.seal(&common::sending_of("earlier"), now()).unwrap();
    // It is due before the others.
    std::fs::write(archive.folder.join("earlier.p7m"), seal.stamp_with(&pool(tsa)).unwrap().der()).unwrap();
    let era = Era::new(&KeyKind::EcP256, at("2028-01-01T00:00:00Z"), at("2028-10-20T00:00:00Z"));
    let (url, trips) = served(era.tsa(&archive.service, at(STAMPED_AT)));
    (archive.era, archive.url, archive.trips) = (era, url, trips);
    archive.configure();
    let refused = archive.run(&["--now", RENEWED_AT]);
    assert_eq!((refused.status.code(), archive.trips()), (Some(1), 2), "{refused:?}");
    let told = errors(&refused);
    assert_eq!(told.matches("failed   ").count(), 3, "{told}");
    assert_eq!(told.matches("not asked: its timestamps hold until 2028-10-20T00:00:00Z").count(), 2, "{told}");
    let expected = "renewed  1 of 4, with 1 timestamps\ndropped  a timestamp that was taken for single-000.p7m\n";
    assert_eq!(text(&refused), expected, "{told}");
}

/// A TSA that does not answer is asked for the first file alone.
#[test]
fn a_tsa_that_is_not_there_is_asked_once() {
    let mut archive = archive("silent", 3, 0);
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    archive.url = format!("http://{closed}/");
    let refused = archive.run(&["--now", RENEWED_AT]);
    assert_eq!(refused.status.code(), Some(1), "{refused:?}");
    let told = errors(&refused);
    assert_eq!(told.matches("failed   ").count(), 3, "{told}");
    assert_eq!(told.matches("the TSA was not asked: it failed before in this run").count(), 2, "{told}");
    assert_eq!(text(&refused), "renewed  0 of 3, with 0 timestamps\n", "{told}");
}

/// A timestamp whose renewal cannot be written is lost, and that is told.
#[test]
fn a_timestamp_that_is_lost_is_told() {
    let archive = archive("lost", 2, 0);
    // Another program puts a directory in the place of the file that is renewed, after the timestamp is there.
    let (url, trips) = served_after(archive.era.tsa(&archive.service, at(STAMPED_AT)), {
        let path = archive.folder.join("single-000.p7m.new");
        move || {
            let _ = std::fs::create_dir(&path);
        }
    });
    let archive = Archive { url, trips, ..archive };
    let renewed = archive.run(&["--now", RENEWED_AT]);
    let expected = "renewed  1 of 2, with 1 timestamps\ndropped  a timestamp that was taken for single-000.p7m\n";
    assert_eq!((text(&renewed).as_str(), archive.trips()), (expected, 2), "{renewed:?}");
}

#[test]
fn what_cannot_be_renewed_is_told_and_left() {
    let archive = archive("late", 2, 0);
    let before = std::fs::read(archive.folder.join("single-000.p7m")).unwrap();
    std::fs::write(archive.folder.join("single-001.p7m"), b"no proof").unwrap();
    let late = archive.run(&["--now", "2029-01-01T00:00:00Z"]);
    assert_eq!(late.status.code(), Some(1), "{late:?}");
    let told = String::from_utf8_lossy(&late.stderr).into_owned();
    assert!(told.contains("single-000.p7m: the deadline for a renewal has passed"), "{told}");
    assert!(told.contains("single-001.p7m: the file does not verify"), "{told}");
    assert_eq!(std::fs::read(archive.folder.join("single-000.p7m")).unwrap(), before);
    for wrong in [vec!["--to", "md5"], vec!["--due-before", "soon"], vec!["--now", "soon"]] {
        assert_eq!(archive.run(&wrong).status.code(), Some(3));
    }
}

/// A batch whose first file was renewed in time by a run that was stopped then. Returns the others as they were.
fn stopped(name: &str) -> (Archive, Vec<(PathBuf, Vec<u8>)>) {
    let archive = archive(name, 0, 5);
    let aside = |name: &str| {
        let path = archive.folder.join(name);
        let octets = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        (path, octets)
    };
    let first = std::fs::read(archive.folder.join("batch-000.p7m")).unwrap();
    let others = ["batch-001.p7m", "batch-002.p7m", "batch-002.p7m.ers", "batch-003.p7m", "batch-004.p7m"].map(aside);
    let renewed = archive.run(&["--now", RENEWED_AT]);
    assert_eq!(text(&renewed), "renewed  1 of 1, with 1 timestamps\n", "{renewed:?}");
    archive.store_renewal("batch-000.p7m", 1, &first);
    others.iter().for_each(|(path, octets)| std::fs::write(path, octets).unwrap());
    (archive, others.to_vec())
}

/// A day after the end of the first TSA's certificate.
const TOO_LATE: &str = "2028-12-01T00:00:00Z";

#[test]
fn what_was_stopped_goes_on_after_the_deadline() {
    let (archive, others) = stopped("stopped");
    let (changed, octets) = &others[3];
    let mut damaged = octets.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    std::fs::write(changed, damaged).unwrap();
    let resumed = archive.run(&["--now", TOO_LATE]);
    assert_eq!(resumed.status.code(), Some(1), "{resumed:?}");
    assert_eq!(text(&resumed), "renewed  3 of 3, with 0 timestamps\n", "{resumed:?}");
    // One was not renewed, and its timestamp is still there when the file is found again.
    assert!(archive.names().contains(&"batch-000.p7m.1.after".into()), "{:?}", archive.names());
    std::fs::write(changed, octets).unwrap();
    let resumed = archive.run(&["--now", TOO_LATE]);
    assert_eq!((resumed.status.code(), archive.trips()), (Some(0), 1), "{resumed:?}");
    assert_eq!(text(&resumed), "renewed  1 of 1, with 0 timestamps\n");
    archive.assert_renewed();
}

#[test]
fn what_others_left_in_the_folder_stays() {
    let archive = archive("planted", 1, 3);
    let put = |name: &str, octets: &[u8]| std::fs::write(archive.folder.join(name), octets).unwrap();
    // Names that anybody may have given.
    let of_others = ["notes.new", "x.before", "x.p7m.1.before", "single-000.p7m.before", "x.ers.new"];
    of_others.iter().for_each(|name| put(name, b"mine"));
    // What a run leaves that is stopped before it has written the renewed file.
    put("batch-000.p7m.1.before", &std::fs::read(archive.folder.join("batch-000.p7m")).unwrap());
    put("batch-000.p7m.1.leaves", b"leaves");
    put("batch-000.p7m.1.after.new", b"half");
    put("single-000.p7m.new", b"half");
    let renewed = archive.run(&["--now", RENEWED_AT]);
    assert_eq!(renewed.status.code(), Some(0), "{renewed:?}");
    assert_eq!(text(&renewed), "renewed  4 of 4, with 2 timestamps\n");
    for name in of_others {
        assert_eq!(std::fs::read(archive.folder.join(name)).unwrap(), b"mine");
        std::fs::remove_file(archive.folder.join(name)).unwrap();
    }
    archive.assert_renewed();
}

/// A renewal that files still wait for outlives the next renewal of its first file, and what was stopped between the two.
#[test]
fn a_second_renewal_leaves_the_first_to_those_that_wait() {
    let (archive, others) = stopped("twice");
    let late = &others[4].0;
    let mut damaged = others[4].1.clone();
    let middle = damaged.len() / 2;
    damaged[middle] ^= 1;
    std::fs::write(late, &damaged).unwrap();
    let second = archive.run(&["--now", RENEWED_AT, "--to", "sha512"]);
    assert_eq!(second.status.code(), Some(1), "{second:?}");
    assert_eq!(archive.trips(), 2, "{second:?}");
    for name in ["batch-000.p7m.1.before", "batch-000.p7m.1.after"] {
        assert!(archive.names().contains(&name.into()), "{name}: {:?}", archive.names());
    }
    std::fs::write(late, &others[4].1).unwrap();
    let third = archive.run(&["--now", TOO_LATE]);
    assert_eq!((third.status.code(), archive.trips()), (Some(0), 2), "{third:?}");
    assert_eq!(text(&third), "renewed  1 of 1, with 0 timestamps\n");
    archive.assert_renewed();
}

/// All memory that the program may have, in KiB: 200 MB.
#[cfg(target_os = "linux")]
const MEMORY: u64 = 200_000_000 / 1024;

/// `RECOMMANDE_RENEWED` says how many, and `.ci/full` says a million. No more may be held of each than its name.
#[cfg(target_os = "linux")]
#[test]
fn a_batch_is_renewed_in_bounded_memory_by_one_timestamp() {
    let count = std::env::var("RECOMMANDE_RENEWED").map_or(100, |count| count.parse().unwrap());
    let archive = batch_of("in-memory", count);
    let renew = archive.command(&["--now", RENEWED_AT]);
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -v $0 && exec \"$@\"", &MEMORY.to_string()]);
    limited.arg(renew.get_program()).args(renew.get_args()).current_dir(archive.beside());
    let (output, peak) = peak_of(limited);
    println!("renewing {count}: at most {peak} KiB resident");
    assert!(output.status.success(), "{}", errors(&output));
    let said = text(&output);
    assert!(said.contains(&format!("renewed  {count} of {count}, with 1 timestamps")), "{said}");
    assert_eq!((archive.trips(), archive.names().len()), (1, count));
    let verifier = verifier(&archive.service, &[&archive.era]);
    for number in (0..count).step_by(count.div_ceil(100)).chain([count - 1]) {
        let file = std::fs::read(archive.folder.join(format!("{number:07}.p7m"))).unwrap();
        let proof = ProofOfSending::from_der(&file).unwrap();
        let report = verifier.report(&proof, Payload::NotAvailable, at("2032-12-01T00:00:00Z"));
        assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
    }
    std::fs::remove_dir_all(&archive.folder).unwrap();
}

/// What a program puts out, and the most KiB that it had resident. The mark only rises: the last look is a moment before the
/// end.
#[cfg(target_os = "linux")]
fn peak_of(mut command: Command) -> (Output, u64) {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let marked = std::thread::spawn(move || {
        let mut most = 0;
        // A process that has ended has no such line.
        while let Some(seen) = std::fs::read_to_string(&status).ok().as_deref().and_then(high_water) {
            most = seen.max(most);
            std::thread::sleep(StdDuration::from_millis(5));
        }
        most
    });
    (child.wait_with_output().unwrap(), marked.join().unwrap())
}

#[cfg(target_os = "linux")]
fn high_water(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

fn errors(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
}

#[cfg(unix)]
fn mode(path: &Path) -> u32 {
    std::os::unix::fs::MetadataExt::mode(&std::fs::metadata(path).unwrap()) & 0o7777
}

#[cfg(unix)]
#[test]
fn renewed_files_keep_their_mode() {
    let archive = archive("modes", 4, 6);
    let path = |name: &str| archive.folder.join(name);
    let modes = [0o600, 0o400, 0o640, 0o644].into_iter().cycle();
    let mut files: Vec<_> = archive.names().into_iter().zip(modes).collect();
    // What is stored beside has the mode of the first.
    files.iter_mut().filter(|(name, _)| name == "batch-000.p7m").for_each(|(_, mode)| *mode = 0o600);
    files.iter().for_each(|(name, mode)| set_mode(&path(name), *mode));
    // One of the batch cannot be written, so that its renewal stays stored.
    let blocked = path("batch-004.p7m.new");
    std::fs::create_dir(&blocked).unwrap();
    let renewed = archive.run(&["--now", RENEWED_AT]);
    assert_eq!((renewed.status.code(), text(&renewed).as_str()), (Some(1), "renewed  9 of 10, with 5 timestamps\n"));
    for ending in ["before", "after"] {
        assert_eq!(mode(&path(&format!("batch-000.p7m.1.{ending}"))), 0o600, "{ending}");
    }
    std::fs::remove_dir(&blocked).unwrap();
    let renewed = archive.run(&["--now", TOO_LATE]);
    assert_eq!(text(&renewed), "renewed  1 of 1, with 0 timestamps\n", "{renewed:?}");
    for (name, before) in files {
        assert_eq!(mode(&path(&name)), before, "{name}");
    }
    archive.assert_renewed();
}

/// The name of a file may be as long as a file system allows, and then nothing fits beside it.
#[cfg(unix)]
#[test]
fn what_cannot_be_written_is_told_and_the_others_go_on() {
    for (name, arguments) in [("long", &[][..]), ("long-rehash", &["--to", "sha512"])] {
        let archive = archive(name, 1, 3);
        let path = |name: &str| archive.folder.join(name);
        let longest = format!("{}.p7m", "a".repeat(251));
        let long = format!("batch{}.p7m", "-".repeat(242));
        std::fs::copy(path("single-000.p7m"), path(&longest)).unwrap();
        // It is the first of its batch.
        std::fs::rename(path("batch-000.p7m"), path(&long)).unwrap();
        std::fs::create_dir(path("single-000.p7m.1.before")).unwrap();
        for _ in 0..2 {
            let renewed = archive.run(&[&["--now", RENEWED_AT], arguments].concat());
            let told = errors(&renewed);
            assert_eq!(renewed.status.code(), Some(1), "{told}");
            assert!(told.contains(&format!("failed   {longest}: ")), "{told}");
            assert!(told.contains("failed   single-000.p7m.1.before: "), "{told}");
            assert!(text(&renewed).starts_with("renewed  "), "{renewed:?}");
        }
        assert!(path("single-000.p7m.1.before").is_dir());
        std::fs::remove_dir(path("single-000.p7m.1.before")).unwrap();
        std::fs::remove_file(path(&longest)).unwrap();
        archive.assert_renewed();
    }
}

#[cfg(unix)]
#[test]
fn links_pipes_and_directories_are_refused_by_name() {
    let archive = archive("kinds", 2, 3);
    let path = |name: &str| archive.folder.join(name);
    let elsewhere = archive.beside().join("elsewhere.p7m");
    std::fs::rename(path("single-001.p7m"), &elsewhere).unwrap();
    let before = std::fs::read(&elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, path("link.p7m")).unwrap();
    std::os::unix::fs::symlink("nowhere", path("single-000.p7m.ers")).unwrap();
    let pipes = ["pipe.p7m", "pipe.p7m.1.after", "batch-000.p7m.7.after"];
    for pipe in pipes {
        assert!(Command::new("mkfifo").arg(path(pipe)).status().unwrap().success());
    }
    std::fs::create_dir(path("folder.p7m")).unwrap();
    std::fs::write(path("two\nlines\u{1b}[2J.p7m"), b"no proof").unwrap();
    std::fs::write(path("batch-000.pq.p7s"), b"a second seal").unwrap();
    let renewed = archive.run(&["--now", RENEWED_AT]);
    let told = errors(&renewed);
    assert_eq!(renewed.status.code(), Some(1), "{told}");
    assert_eq!(text(&renewed), "renewed  3 of 3, with 1 timestamps\n", "{told}");
    let others = ["link.p7m", "single-000.p7m.ers", "folder.p7m", r"two\nlines\u{1b}[2J.p7m", "batch-000.pq.p7s"];
    for name in pipes.into_iter().chain(others) {
        assert_eq!(told.matches(&format!("failed   {name}: ")).count(), 1, "{name}: {told}");
    }
    assert!(told.chars().all(|c| c == '\n' || !c.is_control()), "{told}");
    assert!(path("link.p7m").is_symlink() && std::fs::read(&elsewhere).unwrap() == before);
    // Without them everything is renewed.
    for name in pipes.into_iter().chain(["link.p7m", "single-000.p7m.ers", "two\nlines\u{1b}[2J.p7m"]) {
        std::fs::remove_file(path(name)).unwrap();
    }
    std::fs::remove_dir(path("folder.p7m")).unwrap();
    std::fs::remove_file(path("batch-000.pq.p7s")).unwrap();
    let renewed = archive.run(&["--now", RENEWED_AT]);
    assert_eq!((renewed.status.code(), text(&renewed).as_str()), (Some(0), "renewed  1 of 1, with 1 timestamps\n"));
    archive.assert_renewed();
}

#[cfg(unix)]
#[test]
fn a_link_is_read_where_the_record_beside_it_is_renewed() {
    let archive = archive("linked", 0, 3);
    let path = |name: &str| archive.folder.join(name);
    let elsewhere = archive.beside().join("batch-002.p7m");
    std::fs::rename(path("batch-002.p7m"), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, path("batch-002.p7m")).unwrap();
    let renewed = archive.run(&["--now", RENEWED_AT]);
    assert_eq!((renewed.status.code(), text(&renewed).as_str()), (Some(0), "renewed  3 of 3, with 1 timestamps\n"));
    assert!(path("batch-002.p7m").is_symlink());
    archive.assert_renewed();
}

impl Archive {
    /// Adds a proof and what its second seal becomes before it is written, a record beside the second seal among that.
    fn add_with_second_seal(&mut self, name: &str, write: impl FnOnce(&Path, Unstamped<SecondSeal>, &TsaPool)) {
        let pki = &self.service.pki;
        let spec = CertificateSpec::seal("Second Seal", now() - Duration::days(1), now() + Duration::days(300));
        let key = pki.intermediate.issue(&spec, generate_key(&KeyKind::MlDsa65).unwrap()).unwrap();
        let chain = [&key, &pki.intermediate, &pki.root].map(|key| key.certificate.clone());
        let credentials = Credentials::new(key.signer.clone(), chain.to_vec()).unwrap();
        let sealer = self.service.sealer.clone().with_second_seal(credentials).unwrap();
        let tsas = pool(self.service.tsa(now() + Duration::seconds(2)));
        let proof = sealer.seal(&common::sending_of(name), now()).unwrap().stamp_with(&tsas).unwrap();
        std::fs::write(self.folder.join(format!("{name}.p7m")), proof.der()).unwrap();
        write(&self.folder.join(format!("{name}.pq.p7s")), sealer.second_seal(&proof, now()).unwrap(), &tsas);
    }

    /// The report on a proof with its second seal, by a policy that demands it.
    fn report_on_both(&self, name: &str, time: DateTime<Utc>) -> Report {
        let read = |ending: &str| std::fs::read(self.folder.join(format!("{name}.{ending}")));
        let proof = ProofOfSending::from_der(&read("p7m").unwrap()).unwrap();
        let second_seals = [read("pq.p7s").unwrap()];
        let policy = Policy { second_seal: SecondSealRule::Required, ..Policy::default() };
        let verifier = verifier(&self.service, &[&self.era]).with_policy(policy);
        let verifier = verifier.with_evidence_records(read("pq.p7s.ers").ok());
        verifier.report(&proof, SendingContext::new(Payload::NotAvailable).with_second_seals(&second_seals), time)
    }
}

#[test]
fn second_seals_are_renewed_with_their_proofs() {
    let mut archive = archive("second-seals", 0, 0);
    archive.add_with_second_seal("inside", |path, second, tsas| {
        std::fs::write(path, second.stamp_with(tsas).unwrap().der()).unwrap();
    });
    archive.add_with_second_seal("beside", |path, second, tsas| {
        let seals = [second];
        let record = Batch::of(&seals).unwrap().stamp_with(tsas).unwrap().record(&seals[0]).unwrap();
        std::fs::write(path, seals[0].der()).unwrap();
        std::fs::write(path.with_extension("p7s.ers"), record).unwrap();
    });
    archive.add_with_second_seal("unstamped", |path, second, _| std::fs::write(path, second.der()).unwrap());
    let told = archive.run(&["--now", RENEWED_AT, "--dry-run"]);
    assert_eq!(text(&told).lines().filter(|line| line.starts_with("due ")).count(), 5, "{told:?}");
    for name in ["inside.pq.p7s", "beside.pq.p7s.ers"] {
        assert!(text(&told).contains(&format!("due      {name} by 2028-")), "{told:?}");
    }
    let renewed = archive.run(&["--now", RENEWED_AT]);
    assert_eq!((renewed.status.code(), text(&renewed).as_str()), (Some(1), "renewed  5 of 5, with 5 timestamps\n"));
    let why = errors(&renewed);
    assert_eq!(why.matches("failed   ").count(), 1, "{why}");
    assert!(why.contains("failed   unstamped.pq.p7s: "), "{why}");
    archive.assert_renewed();
    // Both hold when the first timestamps have ended, which the second seal does not by itself.
    let after = at("2032-12-01T00:00:00Z");
    for name in ["inside", "beside"] {
        let report = archive.report_on_both(name, after);
        assert_eq!(report.indication, Indication::TotalPassed, "{report}");
        assert_eq!(report.second_seals[0].proven_at, Some(now() + Duration::seconds(2)), "{report}");
    }
    assert_eq!(archive.report_on_both("unstamped", after).indication, Indication::Indeterminate);
    let again = archive.run(&["--now", RENEWED_AT]);
    assert_eq!(text(&again), "renewed  0 of 0, with 0 timestamps\n", "{again:?}");
    // Nothing can be said of a second seal whose proof is another one, no proof, or elsewhere.
    let path = |name: &str| archive.folder.join(name);
    std::fs::copy(path("beside.p7m"), path("inside.p7m")).unwrap();
    assert!(errors(&archive.run(&["--now", RENEWED_AT])).contains("failed   inside.pq.p7s: "));
    std::fs::write(path("inside.p7m"), b"no proof").unwrap();
    assert!(errors(&archive.run(&["--now", RENEWED_AT])).contains("failed   inside.pq.p7s: its proof: "));
    std::fs::remove_file(path("inside.p7m")).unwrap();
    assert!(errors(&archive.run(&["--now", RENEWED_AT])).contains("failed   inside.pq.p7s: its proof: "));
}

/// Pseudorandom milliseconds below a bound, the same in each run.
fn moments(below: u64) -> impl Iterator<Item = u64> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    std::iter::from_fn(move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        Some(state % below)
    })
}

/// Kills the example so many times at random moments, from the begin again whenever it came to its end. Every file is whole
/// each time.
fn killed(archive: &Archive, arguments: &[&str], times: usize) {
    let begin: Vec<_> = archive.names().into_iter().map(|name| archive.folder.join(name)).collect();
    let begin: Vec<_> = begin.into_iter().map(|path| (std::fs::read(&path).unwrap(), path)).collect();
    let (mut kills, mut moments) = (0, moments(500));
    while kills < times {
        let mut child = archive.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(StdDuration::from_millis(moments.next().unwrap()));
        if let Some(status) = child.try_wait().unwrap() {
            assert_eq!(status.code(), Some(0));
            archive.assert_renewed();
            begin.iter().for_each(|(octets, path)| std::fs::write(path, octets).unwrap());
        } else {
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
            for report in archive.reports(at(RENEWED_AT) + Duration::seconds(1)) {
                assert_eq!(report.proven_at, Some(now() + Duration::seconds(2)), "{report}");
            }
        }
    }
}

#[test]
fn killed_at_random_moments_it_goes_on() {
    let archive = archive("killed", 4, 9);
    for arguments in [&["--now", RENEWED_AT][..], &["--now", RENEWED_AT, "--to", "sha512"]] {
        killed(&archive, arguments, 15);
        // Whatever the last kill left is gone after a run that is not killed.
        let last = archive.run(arguments);
        assert_eq!(last.status.code(), Some(0), "{last:?}");
        archive.assert_renewed();
    }
}
