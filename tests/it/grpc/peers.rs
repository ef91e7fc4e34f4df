//! Peers of other kinds: browsers, health checkers, explorers, and those that stay silent.

use std::time::Duration;

use abm_client::v1;
use abm_tests::{Engine, Served, World};
use prost::Message;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tonic::transport::Endpoint;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

async fn served() -> Served {
    Served::open(World::new(Engine::Sqlite).await).await
}

/// Sends a request as a browser's HTTP/1.1 would and gives the whole answer as text.
async fn http1(served: &Served, path: &str, kind: &str, body: &[u8]) -> String {
    let mut stream = TcpStream::connect(served.address).await.unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: abm\r\ncontent-type: {kind}\r\nx-grpc-web: 1\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(body).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_browser_calls_by_grpc_web() {
    let served = served().await;
    let message = v1::GetModelRequest::default().encode_to_vec();
    let mut body = vec![0];
    body.extend(u32::try_from(message.len()).unwrap().to_be_bytes());
    body.extend(message);
    let kind = "application/grpc-web+proto";
    let answer = http1(&served, "/abm.v1.ModelService/GetModel", kind, &body).await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    assert!(answer.contains("grpc-status:0"), "the status comes behind the message: {answer}");
    assert!(answer.contains("demo_request"), "the model file is in it");
    let nowhere = http1(&served, "/nowhere", "text/plain", b"").await;
    assert!(nowhere.starts_with("HTTP/1.1 404"), "{nowhere}");
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn health_needs_no_credential_and_unknown_calls_are_unimplemented() {
    let served = Served::with(World::new(Engine::Sqlite).await, |_| {}).await;
    let endpoint = Endpoint::from_shared(format!("http://{}", served.address)).unwrap();
    let channel = endpoint.connect().await.unwrap();
    let mut health = HealthClient::new(channel.clone());
    let mut updates =
        health.watch(HealthCheckRequest { service: String::new() }).await.unwrap().into_inner();
    // Becomes SERVING with the first look at the database.
    loop {
        let update = updates.message().await.unwrap().unwrap();
        if update.status() == ServingStatus::Serving {
            break;
        }
    }
    let mut raw = tonic::client::Grpc::new(channel);
    raw.ready().await.unwrap();
    let codec = tonic_prost::ProstCodec::<(), ()>::default();
    let path = http::uri::PathAndQuery::from_static("/abm.v1.AccountService/Nothing");
    let refused = raw.unary(tonic::Request::new(()), path, codec).await.unwrap_err();
    assert_eq!(refused.code(), tonic::Code::Unimplemented);
    drop(updates);
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn stopping_does_not_wait_for_silent_peers() {
    let served = Served::with(World::new(Engine::Sqlite).await, |config| {
        config.dev_no_auth = true;
        config.drain = Duration::from_millis(200);
    })
    .await;
    let client = served.client().await;
    client.get_model(v1::GetModelRequest::default()).await.unwrap();
    // One never says a word, one says hello and stops reading.
    let _silent = TcpStream::connect(served.address).await.unwrap();
    let mut rude = TcpStream::connect(served.address).await.unwrap();
    rude.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    // The end comes, though both are still connected: otherwise this test would hang.
    served.stop().await;
}
