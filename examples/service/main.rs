//! A service in tokio and hyper that takes letters over HTTP and answers each one with its proof of sending. It runs on loopback, with two
//! TSAs that fail and clients that go away, and shows how long the letters take and that none is lost.
//!
//! ```sh
//! cargo run --release --example service
//! ```

mod account;
#[path = "../common/arguments.rs"]
mod arguments;
mod clients;
mod http;
#[path = "../common/output.rs"]
mod output;
mod service;
mod store;
mod trips;
mod tsas;

use std::net::SocketAddr;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::{Duration, Instant};

use account::{Wanted, accounted, told};
use arguments::{Arguments, Error};
use chrono::Utc;
use clients::{Load, Patience};
use hyper::StatusCode;
use hyper::body::Bytes;
use output::print;
use recommande::identity::EnterpriseNumber;
use recommande::rfc3161_client::RetryPolicy;
use recommande::testing::TestPki;
use recommande::{Credentials, Environment, Issuer, MessageId, Sealer, TsaPool, Verifier};
use service::{Refusal, Service};
use store::Store;
use trips::Trips;
use tsas::{LocalTsa, Mood};

const USAGE: &str = "\
usage: service [--letters N] [--clients N] [--rate N] [--p99 MS]

  --letters N  letters in all (default: 10000)
  --clients N  connections at a time (default: 500)
  --rate N     letters in a second (default: 1000)
  --p99 MS     ends with 2 where the slowest hundredth takes longer while a TSA answers (default: it is told, with 1000)

exit status: 0 each letter that was taken has one proof, 1 one has not, 2 a p99 was missed, 3 usage or network";

/// The longest time that the service gets for what it has taken.
const DRAIN: Duration = Duration::from_secs(60);

/// How long the other TSA is asked first when one was silent.
const REST: Duration = Duration::from_secs(5);

/// How long both TSAs are away.
const AWAY: Duration = Duration::from_millis(1500);

fn main() -> ExitCode {
    match run() {
        Ok(status) => ExitCode::from(status),
        Err(error) => {
            eprintln!("service: {error}");
            ExitCode::from(3)
        }
    }
}

fn run() -> Result<u8, Error> {
    let options = ["--letters", "--clients", "--rate", "--p99"];
    let arguments = Arguments::read(&options, &["--help"]).map_err(|error| format!("{error}\n\n{USAGE}"))?;
    if arguments.has("--help") {
        print(&format!("{USAGE}\n"))?;
        return Ok(0);
    }
    let number = |name: &str, otherwise: u32| -> Result<u32, Error> {
        let Some(text) = arguments.text(name)? else { return Ok(otherwise) };
        let number = text.parse().ok().filter(|number| *number > 0);
        number.ok_or_else(|| format!("{name}: a number from 1 on").into())
    };
    let plan = Plan {
        letters: number("--letters", 10_000)?,
        clients: number("--clients", 500)?,
        rate: number("--rate", 1000)?,
        wanted: Wanted::Under(Duration::from_millis(number("--p99", 1000)?.into())),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let status = runtime.block_on(plan.run()).map(|ended| match ended {
        (0, Late::Yes) if arguments.has("--p99") => 2,
        (status, Late::Yes | Late::No) => status,
    });
    // What still waits is told as lost. Nobody waits for the threads.
    runtime.shutdown_background();
    status
}

struct Plan {
    letters: u32,
    clients: u32,
    rate: u32,
    /// While a TSA answers.
    wanted: Wanted,
}

/// Whether the slowest hundredth of a part took longer than was wanted.
enum Late {
    Yes,
    No,
}

impl Plan {
    async fn run(self) -> Result<(u8, Late), Error> {
        let pki = TestPki::new(Utc::now())?;
        let (first, first_address) = LocalTsa::start(&pki).await?;
        let (second, second_address) = LocalTsa::start(&pki).await?;
        let store = Arc::new(Store::default());
        let service = Arc::new(service(&pki, [first_address, second_address], &store)?);
        tokio::spawn(Arc::clone(&service).submit_again());
        let address = http::serve(move |path, letter| answer(Arc::clone(&service), path, letter)).await?;

        let quarter = self.letters / 4;
        let load = |part: u32, patience: Patience| Load {
            service: address,
            letters: quarter * part..if part == 3 { self.letters } else { quarter * (part + 1) },
            clients: self.clients,
            rate: self.rate,
            patience,
        };
        let mut all = vec![
            told("both TSAs answer", self.wanted, load(0, Patience::AllWait).run().await?)?,
            {
                first.set(Mood::IsSilent);
                told("one TSA is silent", self.wanted, load(1, Patience::AllWait).run().await?)?
            },
            {
                first.set(Mood::Fails);
                let name = "one TSA fails, clients vanish";
                told(name, self.wanted, load(2, Patience::SomeVanish).run().await?)?
            },
        ];
        first.set(Mood::IsSilent);
        second.set(Mood::Fails);
        let back = tokio::spawn({
            let (first, second) = (Arc::clone(&first), Arc::clone(&second));
            async move {
                tokio::time::sleep(AWAY).await;
                first.set(Mood::Answers);
                second.set(Mood::Answers);
            }
        });
        let name = "both TSAs away for 1.5 s, clients vanish";
        all.push(told(name, Wanted::Nothing, load(3, Patience::SomeVanish).run().await?)?);
        back.await?;

        let begin = Instant::now();
        while store.without_proof() > 0 && begin.elapsed() < DRAIN {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let verifier = Verifier::new(pki.seal_anchors(), pki.tsa_anchors(), Environment::Test);
        let late = if all.iter().any(|seen| seen.is_late) { Late::Yes } else { Late::No };
        Ok((accounted(store.account(), self.letters, all, verifier, [&first, &second]).await?, late))
    }
}

fn service(pki: &TestPki, tsas: [SocketAddr; 2], store: &Arc<Store>) -> Result<Service, Error> {
    let number = EnterpriseNumber::new("0406798006")?;
    let issuer = Issuer::of("Example Registered Mail", &number, Environment::Test)?;
    let sealer = Sealer::new(Credentials::new(pki.seal.signer.clone(), pki.seal_chain())?, issuer);
    let runtime = tokio::runtime::Handle::current();
    // What got no timestamp is submitted again by the service, so that the pool repeats nothing.
    let once = RetryPolicy { attempts: 1, ..RetryPolicy::default() };
    let [first, second] = tsas;
    let tsas = TsaPool::new()
        .with_tsa("first", Trips::new(runtime.clone(), first))
        .with_tsa("second", Trips::new(runtime, second))
        .with_retry(once)
        .with_rest(REST)
        .with_clock(Utc::now, Duration::from_secs(5));
    Service::start(sealer, tsas, Arc::clone(store))
}

/// Answers `POST /letters/ID` with the proof.
async fn answer(service: Arc<Service>, path: String, letter: Bytes) -> (StatusCode, &'static str, Bytes) {
    let id = path.strip_prefix("/letters/").and_then(|id| MessageId::new(id).ok());
    let Some(id) = id else {
        return (StatusCode::NOT_FOUND, "text/plain", Bytes::from_static(b"POST a letter to /letters/ID"));
    };
    match service.send(id, letter).await {
        Ok(proof) => (StatusCode::OK, "application/pkcs7-mime", proof),
        Err(refusal) => {
            let status = match refusal {
                Refusal::OtherLetter => StatusCode::CONFLICT,
                Refusal::Busy | Refusal::NoProof => StatusCode::SERVICE_UNAVAILABLE,
                Refusal::Statement(_) => StatusCode::UNPROCESSABLE_ENTITY,
                Refusal::Seal(_) => StatusCode::INTERNAL_SERVER_ERROR,
            };
            (status, "text/plain", refusal.to_string().into())
        }
    }
}
