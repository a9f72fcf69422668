//! Workers as processes, which are killed at random moments.

use std::ffi::OsString;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use super::account::{Account, End};
use super::letters::{NAME, NUMBER, Service, write};
use super::tsa::Tsa;

/// What each worker is started with.
pub struct Workers {
    program: PathBuf,
    arguments: Vec<OsString>,
    folder: PathBuf,
    tsa: Tsa,
    running: Vec<Running>,
    /// Those that were started and are not running any more.
    ended: Vec<(usize, End)>,
    pub kills: usize,
    random: u64,
}

/// A worker has a number, which is in the address of its TSA.
struct Running {
    number: usize,
    process: Child,
}

impl Workers {
    /// Makes the files of the service in the folder. `more` are further arguments.
    pub fn new(folder: &Path, service: &Service, tsa: &Tsa, more: &[&str]) -> Self {
        let key = write(folder, "key.pem", &service.key);
        let chain = write(folder, "chain.pem", &service.chain());
        let paths = [("--key", key), ("--chain", chain)];
        let mut arguments: Vec<OsString> =
            paths.into_iter().flat_map(|(name, path)| [name.into(), path.into()]).collect();
        let texts = ["--issuer-name", NAME, "--issuer-number", NUMBER, "--environment", "Test"];
        arguments.extend(texts.iter().chain(more).map(OsString::from));
        Self {
            program: example("worker"),
            arguments,
            folder: folder.to_owned(),
            tsa: tsa.clone(),
            running: Vec::new(),
            ended: Vec::new(),
            kills: 0,
            random: 0x9e37_79b9_7f4a_7c15,
        }
    }

    pub fn start(&mut self, count: usize) {
        for _ in 0..count {
            let number = self.running.len() + self.ended.len();
            let process = Command::new(&self.program)
                .args(&self.arguments)
                .args(["--tsa", &format!("{}{number}", self.tsa.url())])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(File::create(self.told(number)).unwrap())
                .spawn()
                .unwrap();
            self.running.push(Running { number, process });
        }
    }

    /// The file of what a worker tells.
    fn told(&self, number: usize) -> PathBuf {
        self.folder.join(format!("worker-{number}.told"))
    }

    /// What all of them did, when all have ended.
    pub fn accounts(&self) -> Vec<Account> {
        assert!(self.running.is_empty());
        let account = |(number, end): &(usize, End)| {
            let told = std::fs::read_to_string(self.told(*number)).unwrap();
            Account::of(&told, self.tsa.given_to(*number), *end)
        };
        self.ended.iter().map(account).collect()
    }

    /// Kills one of them, and starts another.
    pub fn kill_one(&mut self) {
        let victim = usize::try_from(self.next() % self.running.len() as u64).unwrap();
        let Running { number, mut process } = self.running.swap_remove(victim);
        assert!(process.try_wait().unwrap().is_none(), "a worker ended by itself");
        process.kill().unwrap();
        process.wait().unwrap();
        self.kills += 1;
        self.ended.push((number, End::Killed));
        self.start(1);
    }

    /// Waits between these times.
    pub fn pause(&mut self, shortest: Duration, longest: Duration) {
        let span = u64::try_from((longest - shortest).as_millis()).unwrap();
        std::thread::sleep(shortest + Duration::from_millis(self.next() % span));
    }

    /// Waits until all of them have ended by themselves, and returns their exit statuses.
    pub fn wait(&mut self) -> Vec<i32> {
        let ended = self.running.drain(..).map(|Running { number, mut process }| {
            self.ended.push((number, End::InOrder));
            process.wait().unwrap().code().expect("no signal")
        });
        ended.collect()
    }

    /// Asks all of them to end, and waits until they have.
    pub fn end(&mut self) {
        for Running { process, .. } in &self.running {
            assert!(Command::new("kill").args(["-TERM", &process.id().to_string()]).status().unwrap().success());
        }
        let until = Instant::now() + Duration::from_secs(60);
        for Running { process, .. } in &mut self.running {
            while process.try_wait().unwrap().is_none() {
                assert!(Instant::now() < until, "a worker does not end");
                std::thread::sleep(Duration::from_millis(20));
            }
        }
        assert!(self.wait().iter().all(|status| *status == 0));
    }

    /// xorshift: the moments differ, and a run does not need to be the same as another.
    fn next(&mut self) -> u64 {
        self.random ^= self.random << 13;
        self.random ^= self.random >> 7;
        self.random ^= self.random << 17;
        self.random
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        for Running { process, .. } in &mut self.running {
            let _ = process.kill();
            let _ = process.wait();
        }
        if std::env::var_os("RECOMMANDE_SCALE_TELL").is_some() {
            let numbers = 0..self.running.len() + self.ended.len();
            numbers.for_each(|number| eprintln!("{number}: {:?}", std::fs::read_to_string(self.told(number))));
        }
    }
}

/// An example, where cargo puts it: beside the folder of this test. `cargo test` builds it first.
fn example(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let folder = test.parent().and_then(Path::parent).unwrap().join("examples");
    let path = folder.join(name).with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.exists(), "{} is not there: cargo build --examples", path.display());
    path
}
