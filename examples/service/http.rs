//! HTTP/1.1 by hyper: a server of one function, and a connection of one client.

use std::future::Future;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;

/// The largest body that is read, in octets.
const MAX_BODY: usize = 1 << 20;

/// The number of connections at a time.
const MAX_CONNECTIONS: usize = 4096;

/// Serves on a free port of loopback for as long as the runtime runs, and returns its address. When a client goes away, hyper drops the
/// future that answers it.
pub async fn serve<F>(answer: impl Fn(String, Bytes) -> F + Send + Sync + 'static) -> io::Result<SocketAddr>
where
    F: Future<Output = (StatusCode, &'static str, Bytes)> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (answer, connections) = (Arc::new(answer), Arc::new(Semaphore::new(MAX_CONNECTIONS)));
    tokio::spawn(async move {
        while let Ok(permit) = Arc::clone(&connections).acquire_owned().await {
            let Ok((stream, _)) = listener.accept().await else { continue };
            let answer = Arc::clone(&answer);
            tokio::spawn(async move {
                let serve = service_fn(|request| respond(request, answer.as_ref()));
                let mut server = hyper::server::conn::http1::Builder::new();
                // A client that is gone needs no answer.
                let _ = server.timer(TokioTimer::new()).serve_connection(TokioIo::new(stream), serve).await;
                drop(permit);
            });
        }
    });
    Ok(address)
}

async fn respond<F>(
    request: Request<Incoming>,
    answer: &(impl Fn(String, Bytes) -> F + Send + Sync),
) -> Result<Response<Full<Bytes>>, hyper::http::Error>
where
    F: Future<Output = (StatusCode, &'static str, Bytes)> + Send,
{
    let path = request.uri().path().to_owned();
    let body = Limited::new(request.into_body(), MAX_BODY).collect().await;
    let (status, media_type, body) = match body {
        Ok(body) => answer(path, body.to_bytes()).await,
        Err(_) => (StatusCode::PAYLOAD_TOO_LARGE, "text/plain", Bytes::from_static(b"too large")),
    };
    Response::builder().status(status).header("content-type", media_type).body(Full::new(body))
}

/// A connection of a client. It is closed when it is dropped.
pub struct Connection {
    sender: SendRequest<Full<Bytes>>,
    driver: JoinHandle<hyper::Result<()>>,
}

impl Connection {
    pub async fn open(address: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
        Ok(Self { sender, driver: tokio::spawn(connection) })
    }

    /// Posts a body, and returns the status and the body of the response.
    pub async fn post(&mut self, path: &str, media_type: &str, body: Bytes) -> io::Result<(StatusCode, Bytes)> {
        let request = Request::post(path).header("host", "localhost").header("content-type", media_type);
        let request = request.body(Full::new(body)).map_err(io::Error::other)?;
        self.sender.ready().await.map_err(io::Error::other)?;
        let response = self.sender.send_request(request).await.map_err(io::Error::other)?;
        let status = response.status();
        let body = Limited::new(response.into_body(), MAX_BODY).collect().await.map_err(io::Error::other)?;
        Ok((status, body.to_bytes()))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}
