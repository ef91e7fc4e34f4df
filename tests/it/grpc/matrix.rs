//! Who may call what: every call of the contract with every kind of credential.

use abm_app::Role;
use abm_client::{Client, ConnectOptions};
use abm_server::permission_of;
use abm_tests::{Served, World, both_engines};
use prost::Message;
use prost_types::FileDescriptorSet;
use tonic::transport::{Channel, Endpoint};
use tonic::{Code, Request, Status};

both_engines!(
    every_call_asks_for_a_good_credential_and_its_permission,
    a_revoked_or_expired_token_opens_nothing,
);

/// The paths of all calls of the contract.
fn paths() -> Vec<String> {
    let set = FileDescriptorSet::decode(abm_proto::FILE_DESCRIPTOR_SET).unwrap();
    let files = set.file.iter().filter(|file| file.package() == "abm.v1");
    let services = files.flat_map(|file| &file.service);
    let calls = services.flat_map(|service| {
        let path = |call: &str| format!("/abm.v1.{}/{call}", service.name());
        service.method.iter().map(move |method| path(method.name()))
    });
    calls.collect()
}

#[test]
fn every_call_of_the_contract_has_a_permission() {
    let paths = paths();
    assert!(paths.len() >= 19, "{paths:?}");
    for path in paths {
        assert!(permission_of(&path).is_some(), "{path}");
    }
    assert_eq!(permission_of("/abm.v1.AccountService/Unknown"), None);
}

/// Calls a path with an empty message and gives the answer's status.
async fn call(channel: &Channel, path: &str, token: Option<&str>) -> Status {
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.unwrap();
    let mut request = Request::new(());
    if let Some(token) = token {
        let value = format!("Bearer {token}").parse().unwrap();
        request.metadata_mut().insert("authorization", value);
    }
    let codec = tonic_prost::ProstCodec::<(), ()>::default();
    let path = http::uri::PathAndQuery::try_from(path).unwrap();
    match client.unary(request, path, codec).await {
        Ok(_) => Status::ok(""),
        Err(status) => status,
    }
}

async fn channel(served: &Served) -> Channel {
    Endpoint::from_shared(format!("http://{}", served.address)).unwrap().connect().await.unwrap()
}

async fn every_call_asks_for_a_good_credential_and_its_permission(world: World) {
    let served = Served::with(world, |_| {}).await;
    let channel = channel(&served).await;
    let garbage = ["", "abm_live_00_11_22", "Basic", "ä"];
    for path in paths() {
        assert_eq!(call(&channel, &path, None).await.code(), Code::Unauthenticated, "{path}");
        for token in garbage {
            let status = call(&channel, &path, Some(token)).await;
            assert_eq!(status.code(), Code::Unauthenticated, "{path} {token}");
        }
    }
    for role in Role::ALL {
        let world = &served.world;
        let token = world.app.create_token(world.workspace, role, "test", 1).await.unwrap();
        for path in paths() {
            let code = call(&channel, &path, Some(&token.text)).await.code();
            let permission = permission_of(&path).unwrap();
            assert_ne!(code, Code::Unauthenticated, "{path} {role:?}");
            let denied = code == Code::PermissionDenied;
            assert_eq!(denied, !permission.is_of(role), "{path} {role:?}: {code:?}");
        }
    }
    served.stop().await;
}

async fn a_revoked_or_expired_token_opens_nothing(world: World) {
    let served = Served::with(world, |_| {}).await;
    let channel = channel(&served).await;
    let path = "/abm.v1.ModelService/GetModel";
    let world = &served.world;
    let token = |days| world.app.create_token(world.workspace, Role::Admin, "test", days);
    let (revoked, expired) = (token(9).await.unwrap(), token(1).await.unwrap());
    assert!(world.app.revoke_token(&revoked.key_id).await.unwrap());
    assert_eq!(call(&channel, path, Some(&revoked.text)).await.code(), Code::Unauthenticated);
    world.pass(abm_core::DAY);
    let status = call(&channel, path, Some(&expired.text)).await;
    assert_eq!(status.code(), Code::Unauthenticated);
    assert_eq!(status.message(), "the credentials are not valid", "one text for all");
    served.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_without_a_credential_are_refused_beyond_loopback() {
    let world = World::new(abm_tests::Engine::Sqlite).await;
    for dev_no_auth in [true, false] {
        let mut config = abm_server::ServerConfig::new("0.0.0.0:0".parse().unwrap());
        config.dev_no_auth = dev_no_auth;
        let started = abm_server::Server::start(world.app.clone(), world.workspace, config).await;
        assert!(started.is_err(), "dev_no_auth {dev_no_auth}, without --plaintext");
    }
    // A token is not sent in the clear to another machine either.
    let options = ConnectOptions::new("http://192.0.2.1:1").with_token("secret");
    assert!(Client::connect_lazy(options).is_err());
}
