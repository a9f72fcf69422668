//! A NATS server of the test's own.

use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::stream::{Config, DiscardPolicy, RetentionPolicy, StorageType};
use recommande_scale_out::nats::{JetStream, StreamSettings};

use super::Folder;

/// Longer than a batch takes, and shorter than a test has patience.
const ACK_WAIT: Duration = Duration::from_secs(3);

/// Room for the stream of [`Server::stream`] and some small ones.
const ROOM: &str = "jetstream { max_file_store: 2GB }";

/// A server on a free port, with JetStream in its own folder.
pub struct Server {
    folder: Folder,
    port: u16,
    process: Option<Child>,
}

impl Server {
    /// Starts a server.
    ///
    /// # Errors
    /// Why there is none.
    pub fn start(name: &str) -> Result<Self, String> {
        let mut server = Self::new(name);
        server.run()?;
        Ok(server)
    }

    /// Starts a server without JetStream.
    ///
    /// # Errors
    /// Why there is none.
    pub fn start_without_streams(name: &str) -> Result<Self, String> {
        let mut server = Self::new(name);
        server.spawn(&[])?;
        let port = server.port;
        wait(|| TcpStream::connect(("127.0.0.1", port)).is_ok());
        Ok(server)
    }

    fn new(name: &str) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Self { folder: Folder::new(name), port, process: None }
    }

    /// Starts the server, and waits until it answers.
    ///
    /// # Errors
    /// Why it does not start.
    pub fn run(&mut self) -> Result<(), String> {
        let (store, config) = (self.folder.0.join("store"), self.folder.0.join("nats.conf"));
        std::fs::write(&config, ROOM).unwrap();
        let (store, config) = (store.to_str().unwrap(), config.to_str().unwrap());
        self.spawn(&["--jetstream", "--store_dir", store, "--config", config])?;
        wait(|| self.stream(ACK_WAIT).create().is_ok());
        Ok(())
    }

    fn spawn(&mut self, arguments: &[&str]) -> Result<(), String> {
        let process = Command::new("nats-server")
            .args(["--addr", "127.0.0.1", "--port", &self.port.to_string()])
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("no nats-server (apt-get install nats-server): {error}"))?;
        self.process = Some(process);
        Ok(())
    }

    /// Kills the server.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }

    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// A connection, whose stream waits this long for an acknowledgement where it makes it.
    pub fn stream(&self, ack_wait: Duration) -> JetStream {
        JetStream::new(&self.url(), StreamSettings::default().with_ack_wait(ack_wait)).unwrap()
    }

    /// Publishes octets without an id, as a second producer does, or one that is not ours.
    pub fn publish_raw(&self, items: &[Vec<u8>]) {
        self.raw(async |context| {
            for item in items {
                context.publish("mail.item.0", item.clone().into()).await.unwrap().await.unwrap();
            }
        });
    }

    /// Deletes the consumer of [`Server::stream`], as an administrator does.
    pub fn delete_consumer(&self) {
        self.raw(async |context| _ = context.delete_consumer_from_stream("sealers", "ITEMS").await.unwrap());
    }

    /// Deletes the stream of [`Server::stream`], as an administrator does.
    pub fn delete_stream(&self) {
        self.raw(async |context| _ = context.delete_stream("ITEMS").await.unwrap());
    }

    /// Makes a stream and its consumer as somebody else does: in memory, or with a consumer that hands out an item so many times.
    pub fn make_raw(&self, name: &str, storage: StorageType, max_deliver: i64) {
        self.raw(async |context| {
            let stream = Config {
                name: name.to_owned(),
                subjects: vec![format!("{name}.item.>")],
                retention: RetentionPolicy::WorkQueue,
                discard: DiscardPolicy::New,
                storage,
                ..Config::default()
            };
            let stream = context.create_stream(stream).await.unwrap();
            let consumer =
                pull::Config { durable_name: Some("sealers".to_owned()), max_deliver, ..pull::Config::default() };
            stream.create_consumer(consumer).await.unwrap();
        });
    }

    /// Asks the server something with the client itself.
    fn raw(&self, ask: impl AsyncFnOnce(Context)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let client = async_nats::connect(self.url()).await.unwrap();
            ask(async_nats::jetstream::new(client)).await;
        });
    }
}

/// Waits until the server answers.
fn wait(answers: impl Fn() -> bool) {
    let until = Instant::now() + Duration::from_secs(20);
    while !answers() {
        assert!(Instant::now() < until, "nats-server does not answer");
        std::thread::sleep(Duration::from_millis(50));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
