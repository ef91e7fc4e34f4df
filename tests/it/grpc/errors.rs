//! Errors on the wire: the documented status, reason and details.

use abm_client::{Error, v1};
use abm_tests::{Served, World, both_engines};
use tonic::Code;
use tonic_types::StatusExt;

both_engines!(
    a_refused_field_is_named_and_the_request_can_be_found_again,
    what_is_not_there_is_not_found,
    lists_page_to_their_end_and_refuse_tokens_of_others,
    a_revision_from_the_future_or_of_nobody_is_refused,
    a_message_that_is_too_large_or_unreadable_is_refused_in_neutral_words,
);

fn status(error: &Error) -> &tonic::Status {
    error.status().unwrap()
}

async fn a_refused_field_is_named_and_the_request_can_be_found_again(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let account = v1::Account {
        account_id: "ibm".into(),
        name: "x".repeat(257),
        domains: vec!["ibm.com".into(), "no domain".into()],
        employees: Some(-1),
        ..Default::default()
    };
    let request = v1::UpsertAccountRequest { account: Some(account), ..Default::default() };
    let refused = client.upsert_account(request).await.unwrap_err();
    assert_eq!(status(&refused).code(), Code::InvalidArgument);
    let details = status(&refused).get_error_details();
    let info = details.error_info().unwrap();
    assert_eq!((info.domain.as_str(), info.reason.as_str()), ("abm.v1", "INVALID_FIELD"));
    let fields = &details.bad_request().unwrap().field_violations;
    let mut fields: Vec<_> = fields.iter().map(|found| found.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["account.domains[1]", "account.employees", "account.name"]);
    let id = &details.request_info().unwrap().request_id;
    let header = status(&refused).metadata().get("x-request-id").unwrap();
    assert_eq!(header.to_str().unwrap(), id);
    served.stop().await;
}

async fn what_is_not_there_is_not_found(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let request = v1::GetAccountRequest { account_id: "nobody".into(), ..Default::default() };
    let refused = client.get_account(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::ResourceNotFound);
    let request = v1::GetAccountViewRequest { account_id: "nobody".into(), ..Default::default() };
    assert_eq!(client.get_account_view(request).await.unwrap_err().code(), Code::NotFound);
    let request = v1::GetModelRequest { version: 9, ..Default::default() };
    assert_eq!(client.get_model(request).await.unwrap_err().code(), Code::NotFound);
    served.stop().await;
}

async fn lists_page_to_their_end_and_refuse_tokens_of_others(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let accounts = (0..7).map(|number| v1::Account {
        account_id: format!("a{number}"),
        name: "é".into(),
        ..Default::default()
    });
    let request =
        v1::BatchUpsertAccountsRequest { accounts: accounts.collect(), ..Default::default() };
    client.batch_upsert_accounts(request).await.unwrap();
    let page = v1::ListAccountsRequest { page_size: 3, ..Default::default() };
    let mut pages = client.pages(page.clone());
    let mut sizes = Vec::new();
    let mut token = String::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        sizes.push(page.accounts.len());
        if !page.next_page_token.is_empty() {
            token = page.next_page_token;
        }
    }
    assert_eq!(sizes, [3, 3, 1]);
    let other = v1::ListLeadsRequest { page_token: token.clone(), ..Default::default() };
    let refused = client.list_leads(other).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::PageTokenInvalid);
    let mut forged = page.clone();
    forged.page_token = "00".repeat(40);
    assert_eq!(
        client.list_accounts(forged).await.unwrap_err().reason(),
        v1::ErrorReason::PageTokenInvalid
    );
    served.world.pass(4 * abm_core::DAY);
    let expired = v1::ListAccountsRequest { page_token: token, ..page.clone() };
    assert_eq!(
        client.list_accounts(expired).await.unwrap_err().reason(),
        v1::ErrorReason::PageTokenInvalid
    );
    let negative = v1::ListAccountsRequest { page_size: -1, ..page };
    assert_eq!(client.list_accounts(negative).await.unwrap_err().code(), Code::InvalidArgument);
    served.stop().await;
}

async fn a_revision_from_the_future_or_of_nobody_is_refused(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let read = |min_revision: &str| {
        client.list_accounts(v1::ListAccountsRequest {
            min_revision: min_revision.into(),
            ..Default::default()
        })
    };
    let revision = read("").await.unwrap().revision;
    read(&revision).await.unwrap();
    for bad in ["x", "1.0", "ffff.0000000000000000"] {
        assert_eq!(read(bad).await.unwrap_err().code(), Code::InvalidArgument, "{bad}");
    }
    served.stop().await;
}

async fn a_message_that_is_too_large_or_unreadable_is_refused_in_neutral_words(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let request = v1::ValidateModelRequest { model_file: "x".repeat(5 << 20) };
    let refused = client.validate_model(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::MessageTooLarge);
    assert_eq!(status(&refused).code(), Code::ResourceExhausted);
    assert!(status(&refused).get_error_details().retry_info().is_none());
    served.stop().await;
}
