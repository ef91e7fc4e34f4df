//! The maps that are shipped, on rows written like those they are for.

use abm_client::v1::{Account, Activity, Lead, Stage};

use super::*;

fn shipped(map: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/maps")).join(map)
}

/// Imports with a map that is shipped; nothing may be rejected.
async fn imported(kind: Kind, map: &str, file: &str) -> Memory {
    let desk = Desk::new("", file.as_bytes());
    let mut args = desk.args(kind);
    args.map = shipped(map);
    let to = Memory::default();
    let summary = import(to.clone(), &args).await.unwrap();
    assert_eq!(summary.rejected, 0, "{summary}\n{}", desk.rejects());
    to
}

async fn accounts(map: &str, file: &str) -> Vec<Account> {
    imported(Kind::Accounts, map, file).await.accounts_stored()
}

async fn leads(map: &str, file: &str) -> Vec<Lead> {
    imported(Kind::Leads, map, file).await.leads_stored()
}

async fn activities(map: &str, file: &str) -> Vec<Activity> {
    imported(Kind::Activities, map, file).await.activities_stored()
}

#[test]
fn every_map_that_is_shipped_is_valid_and_says_what_it_is_for() {
    let mut count = 0;
    for entry in std::fs::read_dir(shipped("")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "yaml") {
            let map = MapFile::load(&path).unwrap();
            assert!(map.kind.is_some(), "{}", path.display());
            count += 1;
        }
    }
    assert!(count >= 14, "{count}");
}

#[tokio::test]
async fn a_company_list_and_a_domain_map_make_the_same_accounts() {
    let list = "company,num. of employees,revenue,sector,state,city,Website,Ticker\n\
                Dick&#8217;s &amp; Söhne,13360,3362.1,Retailing,NC,Raleigh,https://www.dicks.com,\n";
    let listed = accounts("fortune1000.yaml", list).await;
    let listed = listed.first().unwrap();
    assert_eq!(listed.account_id, "dicks-sohne");
    assert_eq!(listed.name, "Dick\u{2019}s & Söhne");
    assert_eq!(listed.annual_revenue_usd, Some(3_362_100_000));

    let map = "# comment\nibm.com IBM\nold.com Gone < 2012-07-20\n\nuni.edu Independent\n\
               dicks.de Dick\u{2019}s & Söhne\nozlabs.org IBM\n";
    let mapped = accounts("company-domains.yaml", map).await;
    let found: Vec<_> = mapped
        .iter()
        .map(|account| (account.account_id.as_str(), account.domains.clone()))
        .collect();
    assert_eq!(
        found,
        [
            ("dicks-sohne", vec!["dicks.de".to_owned()]),
            ("ibm", vec!["ibm.com".to_owned(), "ozlabs.org".to_owned()]),
        ]
    );
}

#[tokio::test]
async fn contributions_make_people_and_activities() {
    let file = "activity_id,contact_id,email_domain,occurred_at,type\n\
                20ca,ac21,coreos.com,2013-06-07T00:43:32Z,commit\n\
                1f57,ac21,coreos.com,2013-06-07T17:45:33Z,commit\n";
    let people = leads("oss-leads.yaml", file).await;
    assert_eq!(
        people.iter().map(|lead| lead.email.as_str()).collect::<Vec<_>>(),
        ["ac21@coreos.com"]
    );
    let done = activities("oss-activities.yaml", file).await;
    assert_eq!(done.len(), 2);
    let first = done.first().unwrap();
    assert_eq!((first.source.as_str(), first.lead_id.as_str()), ("etcd", "ac21"));
}

#[tokio::test]
async fn a_hubspot_export_with_labels() {
    let file = "Record ID,First Name,Last Name,Email,Lead Status,Lifecycle Stage,Job Title,Associated Company IDs\n\
                51,Ada,L,ada@example.com,NEW,Marketing Qualified Lead,CTO,77;78\n\
                52,Bob,M,bob@example.com,,1452450030,,\n";
    let people = leads("hubspot-contacts.yaml", file).await;
    let (ada, bob) = (people.first().unwrap(), people.get(1).unwrap());
    assert_eq!((ada.stage(), bob.stage()), (Stage::Mql, Stage::Other));
    assert_eq!(ada.account_id, "77");
    assert_eq!(ada.attributes.get("lead_status").map(String::as_str), Some("NEW"));
    let file = "Record ID,Company name,Company owner,Website URL,Number of Employees\n\
                77,Example,Olga,n/a,\"1,250.0\"\n";
    let companies = accounts("hubspot-companies.yaml", file).await;
    let company = companies.first().unwrap();
    assert_eq!(company.employees, Some(1250));
    assert_eq!(company.website, "n/a", "as it stands");
}

#[tokio::test]
async fn a_salesforce_export_with_api_names() {
    let file = "Id,Name,ParentId,Website,IsDeleted\n\
                0010000000AAA,Example,0010000000BBB,example.com,FALSE\n0010000000CCC,Old,,,TRUE\n";
    let companies = accounts("salesforce-accounts.yaml", file).await;
    assert_eq!(companies.len(), 1);
    assert_eq!(companies.first().unwrap().parent_account_id, "0010000000BBB");
    let file = "Id,WhoId,AccountId,TaskSubtype,IsClosed,ActivityDate,CompletedDateTime\n\
                00T1,0031,0011,Call,true,2019-11-11,2019-11-11T17:23:34.000+0000\n\
                00T2,0031,0011,Task,false,2019-11-12,\n00T3,0031,0011,,true,2019-11-12,\n";
    let tasks = activities("salesforce-tasks.yaml", file).await;
    let found: Vec<_> = tasks
        .iter()
        .map(|task| {
            (task.activity_id.as_str(), task.r#type.as_str(), task.occurred_at.unwrap().seconds)
        })
        .collect();
    let expected = [("00T1", "sales_call", 1_573_493_014), ("00T3", "sales_task", 1_573_516_800)];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn a_marketo_bulk_export() {
    let file = "marketoGUID,leadId,activityDate,activityTypeId,campaignId,primaryAttributeValueId,primaryAttributeValue,attributes\n\
                100,5,2022-02-13T14:06:20Z,1,null,9,Pricing,\"{\"\"Webpage URL\"\":\"\"/pricing\"\"}\"\n\
                101,5,2018-01-26T06:56:35+0000,10,12,9,Mail,\"[{\"\"name\"\":\"\"Device\"\",\"\"value\"\":\"\"x\"\"}]\"\n\
                102,5,2022-02-13T14:06:20Z,13,null,null,null,{}\n";
    let done = activities("marketo-activities.yaml", file).await;
    let found: Vec<_> =
        done.iter().map(|done| (done.r#type.as_str(), done.campaign.as_str())).collect();
    assert_eq!(found, [("page_view", ""), ("email_open", "12")]);
    let url = done.first().unwrap().attributes.get("url").map(String::as_str);
    assert_eq!(url, Some("/pricing"), "what the default model's rules ask for");
}
