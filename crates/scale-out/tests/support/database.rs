//! A PostgreSQL server of the test's own, as a user that may start one.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use recommande_scale_out::postgres::{Database, create_tables};

use super::Folder;

/// A server that listens on a socket in its own folder. It goes with the test.
pub struct Server {
    folder: Folder,
    programs: PathBuf,
}

impl Server {
    /// Makes a cluster with durable commits, and starts its server.
    ///
    /// # Errors
    /// Why there is none.
    pub fn start(name: &str) -> Result<Self, String> {
        let programs = programs().ok_or("no initdb of PostgreSQL (apt-get install postgresql)")?;
        let server = Self { folder: Folder::new(name), programs };
        fs::set_permissions(&server.folder.0, fs::Permissions::from_mode(0o777)).map_err(|error| error.to_string())?;
        let made = server
            .command("initdb")
            .args(["--auth=trust", "--username=test", "--no-sync", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(server.data())
            .output()
            .map_err(|error| error.to_string())?;
        if !made.status.success() {
            return Err(format!("initdb: {}", String::from_utf8_lossy(&made.stderr)));
        }
        server.run();
        Ok(server)
    }

    /// Starts the server, and waits until it answers.
    pub fn run(&self) {
        let socket = self.folder.0.display();
        let options =
            format!("-c listen_addresses='' -c unix_socket_directories='{socket}' -c fsync=on -c max_connections=40");
        let log = self.folder.0.join("log");
        let started = self
            .command("pg_ctl")
            .args(["start", "--wait", "--timeout=60", "-o", &options, "-l"])
            .arg(log)
            .arg("-D")
            .arg(self.data())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .unwrap();
        assert!(started.success(), "{}", fs::read_to_string(self.folder.0.join("log")).unwrap_or_default());
    }

    /// Kills the server, as a loss of power does, and waits until its processes are gone.
    pub fn kill(&self) {
        let file = fs::read_to_string(self.data().join("postmaster.pid")).unwrap();
        let process = file.lines().next().unwrap().to_owned();
        assert!(Command::new("kill").args(["-KILL", &process]).status().unwrap().success());
        let until = Instant::now() + Duration::from_secs(30);
        while Path::new("/proc").join(&process).exists() && Instant::now() < until {
            std::thread::sleep(Duration::from_millis(20));
        }
        // The processes of its sessions see that it is gone and end.
        std::thread::sleep(Duration::from_millis(200));
    }

    pub fn connection(&self) -> String {
        format!("host={} user=test dbname=postgres", self.folder.0.display())
    }

    pub fn database(&self) -> Database {
        Database::new(&self.connection()).unwrap()
    }

    /// The database with its tables.
    pub fn with_tables(&self) -> Database {
        let database = self.database();
        create_tables(&database).unwrap();
        database
    }

    /// A session of the test's own.
    pub fn client(&self) -> postgres::Client {
        postgres::Client::connect(&self.connection(), postgres::NoTls).unwrap()
    }

    fn data(&self) -> PathBuf {
        self.folder.0.join("data")
    }

    /// A program of PostgreSQL. None of them runs as root.
    fn command(&self, program: &str) -> Command {
        let path = self.programs.join(program);
        let is_root = fs::metadata("/proc/self").is_ok_and(|own| std::os::unix::fs::MetadataExt::uid(&own) == 0);
        let mut command = if is_root { Command::new("setpriv") } else { Command::new(&path) };
        if is_root {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]).arg(&path);
        }
        command.current_dir(&self.folder.0).stdin(Stdio::null());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let stopped = self
            .command("pg_ctl")
            .args(["stop", "--mode=immediate", "-D"])
            .arg(self.data())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        let _ = stopped;
    }
}

/// The folder of the newest version that Debian has, or where `initdb` is found.
fn programs() -> Option<PathBuf> {
    let mut versions: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path().join("bin"))
        .collect();
    versions.sort();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    versions.into_iter().rev().chain(std::env::split_paths(&paths)).find(|folder| folder.join("initdb").exists())
}
