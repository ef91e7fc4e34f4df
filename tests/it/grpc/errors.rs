//! Errors on the wire: the documented status, reason and details.

use abm_client::{Error, v1};
use abm_tests::{Served, World, both_engines};
use tonic::Code;
use tonic_types::StatusExt;

both_engines!(
    a_refused_field_is_named_and_the_request_can_be_found_again,
    what_is_not_there_is_not_found,
    a_profile_that_grows_past_its_limit_is_refused_and_stays_as_it_was,
    an_error_of_many_problems_fits_the_headers_of_any_client,
    lists_page_to_their_end_and_refuse_tokens_of_others,
    a_revision_from_the_future_or_of_nobody_is_refused,
    a_message_that_is_too_large_or_unreadable_is_refused_in_neutral_words,
);

pub(crate) fn status(error: &Error) -> &tonic::Status {
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

async fn a_profile_that_grows_past_its_limit_is_refused_and_stays_as_it_was(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let account = |domains: std::ops::Range<u32>| v1::Account {
        account_id: "ibm".into(),
        domains: domains.map(|number| format!("ibm{number}.com")).collect(),
        ..Default::default()
    };
    let other = v1::Account { account_id: "other".into(), ..Default::default() };
    let mut request = v1::BatchUpsertAccountsRequest {
        accounts: vec![account(0..256)],
        add_domains: true,
        ..Default::default()
    };
    client.batch_upsert_accounts(request.clone()).await.unwrap();
    request.accounts = vec![account(255..257), other];
    request.request_id = "0e9f1f5e-4b7c-4b06-8d0a-2b8a8f6f2c11".into();
    let first = client.batch_upsert_accounts(request.clone()).await.unwrap();
    let outcomes: Vec<_> = first.verdicts.iter().map(v1::RowVerdict::verdict).collect();
    assert_eq!(outcomes, [v1::Verdict::Rejected, v1::Verdict::Created]);
    let again = client.batch_upsert_accounts(request.clone()).await.unwrap();
    assert_eq!(again.verdicts, first.verdicts, "a retry is told the same");
    request.all_or_nothing = true;
    request.request_id.clear();
    request.accounts[1].account_id = "third".into();
    let refused = client.batch_upsert_accounts(request).await.unwrap_err();
    let details = status(&refused).get_error_details();
    assert_eq!(details.bad_request().unwrap().field_violations[0].field, "accounts[0].merge");
    let stored = served.world.account_ids().await;
    assert_eq!(stored, ["ibm", "other"]);
    let request = v1::GetAccountRequest { account_id: "ibm".into(), ..Default::default() };
    assert_eq!(client.get_account(request).await.unwrap().account.unwrap().domains.len(), 256);
    served.stop().await;
}

async fn an_error_of_many_problems_fits_the_headers_of_any_client(world: World) {
    let served = Served::open(world).await;
    let client = served.client().await;
    let signals: Vec<_> = (0..400)
        .map(|n| format!("{{name: s{n}, when: 'wrong{} == 1'}}", "x".repeat(900)))
        .collect();
    let model_file = format!("name: wrong\nsignals: [{}]", signals.join(",\n"));
    let request = v1::PublishModelRequest { model_file: model_file.clone(), ..Default::default() };
    let refused = client.publish_model(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::InvalidField);
    let fields = status(&refused).get_error_details().bad_request().unwrap().field_violations.len();
    assert_eq!(fields, 20);
    let request = v1::ValidateModelRequest { model_file, ..Default::default() };
    assert_eq!(client.validate_model(request).await.unwrap().problems.len(), 400);
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
    let request =
        v1::ValidateModelRequest { model_file: "x".repeat(5 << 20), ..Default::default() };
    let refused = client.validate_model(request).await.unwrap_err();
    assert_eq!(refused.reason(), v1::ErrorReason::MessageTooLarge);
    assert_eq!(status(&refused).code(), Code::ResourceExhausted);
    assert!(status(&refused).get_error_details().retry_info().is_none());
    served.stop().await;
}
