//! The maps that are shipped, on rows written like those they are for.

use abm_client::v1::{Account, Activity, Lead, Opportunity, OpportunityState, Stage};

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

async fn opportunities(map: &str, file: &str) -> Vec<Opportunity> {
    imported(Kind::Opportunities, map, file).await.opportunities_stored()
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

#[tokio::test]
async fn a_crm_export_whose_accounts_have_no_ids() {
    let file = "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n\
                Acme Corporation,technolgy,1996,1100.04,2822,United States,\n\
                Bluth Company,technolgy,1993,1242.32,3027,United States,Acme Corporation\n";
    let companies = accounts("maven-accounts.yaml", file).await;
    let company = companies.get(1).unwrap();
    assert_eq!(company.account_id, "bluth-company");
    assert_eq!(company.parent_account_id, "acme-corporation");
    assert_eq!(company.annual_revenue_usd, Some(1_242_320_000));

    let file = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n\
                1C1I,Moses,GTXPro,Bluth Company,Won,10/20/2016,3/1/2017,1054\n\
                2C1I,Moses,GTX Basic,Bluth Company,Lost,10/20/2016,3/2/2017,0\n\
                3C1I,Moses,GTX Basic,,Prospecting,,,\n";
    let sales = opportunities("maven-opportunities.yaml", file).await;
    let (won, lost, open) = (sales.first().unwrap(), sales.get(1).unwrap(), sales.get(2).unwrap());
    assert_eq!((won.state(), won.product.as_str()), (OpportunityState::Won, "GTX Pro"));
    assert_eq!((won.account_id.as_str(), won.stage.as_str()), ("bluth-company", "Won"));
    assert_eq!((won.amount_micros, won.currency.as_str()), (Some(1_054_000_000), "USD"));
    assert_eq!(won.opened_at.map(|at| at.seconds), Some(1_476_921_600), "20 October 2016");
    assert_eq!(won.closed_at.map(|at| at.seconds), Some(1_488_326_400), "1 March 2017");
    assert_eq!((lost.state(), lost.amount_micros), (OpportunityState::Lost, Some(0)));
    assert_eq!((open.state(), open.account_id.as_str()), (OpportunityState::Open, ""));
    assert_eq!((open.opened_at, open.closed_at, open.amount_micros), (None, None, None));
}

#[tokio::test]
async fn deals_of_a_funnel_join_their_leads() {
    let file = "mql_id,first_contact_date,landing_page_id,origin\n\
                5420,2018-02-26,88740e65,unknown\n5421,2018-02-27,88740e65,\n";
    let people = leads("olist-leads.yaml", file).await;
    let origin = |lead: Option<&Lead>| lead.unwrap().attributes.get("origin").cloned();
    assert_eq!(origin(people.first()).as_deref(), Some("unknown"));
    assert_eq!(origin(people.get(1)), None);
    let file = "mql_id,seller_id,sdr_id,sr_id,won_date,business_segment,lead_type,lead_behaviour_profile,business_type,declared_monthly_revenue\n\
                5420,2c43,a836,4ef1,2018-02-26 19:58:54,pet,online_medium,\"cat, wolf\",reseller,0.0\n";
    let deals = opportunities("olist-deals.yaml", file).await;
    let deal = deals.first().unwrap();
    assert_eq!(deal.state(), OpportunityState::Won);
    assert_eq!(deal.people.first().map(|person| person.lead_id.as_str()), Some("5420"));
    assert_eq!(deal.closed_at.map(|at| at.seconds), Some(1_519_675_134));
    assert_eq!(deal.attributes.get("declared_monthly_revenue"), None, "nothing was declared");
    assert_eq!(
        deal.attributes.get("lead_behaviour_profile").map(String::as_str),
        Some("cat, wolf")
    );
}

#[tokio::test]
async fn form_leads_keep_every_column_under_its_own_name() {
    let file = "Prospect ID,Lead Origin,Specialization,Converted,Last Notable Activity,\n\
                3256-f6,API,Select,1,Modified,\n";
    let people = leads("x-education-leads.yaml", file).await;
    let lead = people.first().unwrap();
    assert_eq!(lead.lead_id, "3256-f6");
    let names: Vec<_> = lead.attributes.keys().map(String::as_str).collect();
    assert_eq!(names, ["Converted", "Last Notable Activity", "Lead Origin"]);
}
