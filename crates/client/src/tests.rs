//! The client against a server in the same process that answers as told.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Code, Request, Response, Status};

use crate::v1::activity_service_server::{ActivityService, ActivityServiceServer};
use crate::{Client, ConnectOptions, RetryPolicy, v1};

/// Fails the first calls, and notes what it was sent.
#[derive(Clone, Default)]
struct Scripted {
    failures: u32,
    slow: bool,
    seen: Arc<Mutex<Vec<Seen>>>,
}

#[derive(Clone, Debug, PartialEq)]
struct Seen {
    request_id: String,
    authorization: Option<String>,
    timeout: Option<String>,
}

#[tonic::async_trait]
impl ActivityService for Scripted {
    async fn record_activities(
        &self,
        request: Request<v1::RecordActivitiesRequest>,
    ) -> Result<Response<v1::RecordActivitiesResponse>, Status> {
        let header = |name: &str| {
            request.metadata().get(name).and_then(|v| v.to_str().ok()).map(str::to_owned)
        };
        let (authorization, timeout) = (header("authorization"), header("grpc-timeout"));
        let request_id = request.get_ref().request_id.clone();
        let count = {
            let mut seen = self.seen.lock().unwrap();
            seen.push(Seen { request_id, authorization, timeout });
            seen.len()
        };
        if self.slow {
            tokio::time::sleep(Duration::from_secs(60)).await;
        }
        if count <= self.failures as usize {
            return Err(Status::unavailable("not yet"));
        }
        Ok(Response::new(v1::RecordActivitiesResponse::default()))
    }

    async fn list_activities(
        &self,
        request: Request<v1::ListActivitiesRequest>,
    ) -> Result<Response<v1::ListActivitiesResponse>, Status> {
        let (now, next) = match request.get_ref().page_token.as_str() {
            "" => ("first", "2"),
            "2" => ("second", "3"),
            _ => ("third", ""),
        };
        let activity = v1::Activity { activity_id: now.into(), ..Default::default() };
        Ok(Response::new(v1::ListActivitiesResponse {
            activities: vec![activity],
            next_page_token: next.into(),
            ..Default::default()
        }))
    }

    async fn retract_activities(
        &self,
        _: Request<v1::RetractActivitiesRequest>,
    ) -> Result<Response<v1::RetractActivitiesResponse>, Status> {
        Err(Status::unimplemented("not scripted"))
    }

    async fn list_rejected_activities(
        &self,
        _: Request<v1::ListRejectedActivitiesRequest>,
    ) -> Result<Response<v1::ListRejectedActivitiesResponse>, Status> {
        Err(Status::unimplemented("not scripted"))
    }
}

async fn serve(service: Scripted) -> ConnectOptions {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Server::builder()
        .add_service(ActivityServiceServer::new(service))
        .serve_with_incoming(TcpListenerStream::new(listener));
    tokio::spawn(server);
    let mut options = ConnectOptions::new(format!("http://{address}")).with_token("abm_t");
    options.retry = RetryPolicy { first_wait: Duration::ZERO, ..RetryPolicy::default() };
    options
}

#[tokio::test]
async fn every_try_carries_the_same_request_id_the_token_and_the_deadline() {
    let service = Scripted { failures: 2, ..Scripted::default() };
    let client = Client::connect(serve(service.clone()).await).await.unwrap();
    client.record_activities(v1::RecordActivitiesRequest::default()).await.unwrap();

    let seen = service.seen.lock().unwrap().clone();
    assert_eq!(seen.len(), 3);
    assert!(seen.iter().all(|one| Some(one) == seen.first()), "{seen:?}");
    let first = seen.first().unwrap();
    assert_eq!(first.request_id.len(), 36);
    assert_eq!(first.authorization.as_deref(), Some("Bearer abm_t"));
    assert_eq!(first.timeout.as_deref(), Some("10000000u"));
}

#[tokio::test]
async fn a_callers_request_id_is_kept() {
    let service = Scripted::default();
    let client = Client::connect(serve(service.clone()).await).await.unwrap();
    let request = v1::RecordActivitiesRequest { request_id: "mine".into(), ..Default::default() };
    client.record_activities(request).await.unwrap();
    assert_eq!(service.seen.lock().unwrap().first().unwrap().request_id, "mine");
}

#[tokio::test]
async fn a_deadline_that_passes_is_told_as_such_and_not_tried_again() {
    let service = Scripted { slow: true, ..Scripted::default() };
    let client = Client::connect(serve(service.clone()).await).await.unwrap();
    let client = client.with_deadline(Duration::from_millis(50));
    let error = client.record_activities(v1::RecordActivitiesRequest::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::DeadlineExceeded, "{error}");
    assert_eq!(service.seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn pages_come_in_order_and_end() {
    let client = Client::connect(serve(Scripted::default()).await).await.unwrap();
    let mut pages = client.pages(v1::ListActivitiesRequest::default());
    let mut ids = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        ids.extend(page.activities.into_iter().map(|activity| activity.activity_id));
    }
    assert_eq!(ids, ["first", "second", "third"]);
    assert!(pages.next_page().await.unwrap().is_none(), "and stays ended");
}

#[tokio::test]
async fn a_server_that_is_away_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let mut options = ConnectOptions::new(format!("http://{address}"));
    options.retry = RetryPolicy { tries: 2, first_wait: Duration::ZERO, ..RetryPolicy::default() };
    let error = Client::connect(options.clone()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable);
    assert!(error.to_string().starts_with("cannot connect to http://127.0.0.1"), "{error}");

    let client = Client::connect_lazy(options).unwrap();
    let error = client.verify(v1::VerifyRequest::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable, "{error}");
    assert!(error.to_string().ends_with("tried 2 times"), "{error}");
}

/// Accepts connections and drops them once the call is on its way.
#[tokio::test]
async fn a_connection_that_breaks_is_unavailable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut buffer = [0; 1024];
            let _ = tokio::io::AsyncReadExt::read(&mut stream, &mut buffer).await;
        }
    });
    let mut options = ConnectOptions::new(format!("http://{address}"));
    options.retry = RetryPolicy { tries: 3, first_wait: Duration::ZERO, ..RetryPolicy::default() };
    let client = Client::connect_lazy(options).unwrap();
    let error = client.verify(v1::VerifyRequest::default()).await.unwrap_err();
    assert_eq!(error.code(), Code::Unavailable, "{error}");
    assert!(error.to_string().ends_with("tried 3 times"), "{error}");
}
