use abm_client::v1::{Account, Activity, Lead};

use super::*;

fn header(names: &str) -> Header {
    Header::new(names.split(',').map(str::to_owned).collect()).unwrap()
}

fn plan<R: Record>(map: &str, names: &str) -> anyhow::Result<Plan> {
    Plan::new::<R>(MapFile::parse(map).unwrap(), &header(names))
}

fn refused<R: Record>(map: &str, names: &str) -> String {
    format!("{:#}", plan::<R>(map, names).unwrap_err())
}

fn record<R: Record>(map: &str, names: &str, cells: &str) -> Result<Option<R>, RowError> {
    let row: Vec<String> = cells.split(',').map(str::to_owned).collect();
    plan::<R>(map, names).unwrap().record(&row)
}

#[test]
fn all_columns_that_the_file_lacks_are_told_before_it_is_read() {
    let map = "fields: {account_id: ID, name: Nmae, city: Town}\nskip_if: {until: not_empty}";
    let error = refused::<Account>(map, "ID,Name");
    assert!(error.contains("unknown column `Nmae` (did you mean `Name`?)"), "{error}");
    for word in ["`Town`", "`until`", "the file has: ID, Name"] {
        assert!(error.contains(word), "{error}");
    }
}

#[test]
fn a_field_that_no_record_has_is_told_with_those_there_are() {
    let error = refused::<Lead>("fields: {lead_id: a, emial: a}", "a");
    assert!(
        error.contains("`fields.emial`: leads have no such field (did you mean `email`?)"),
        "{error}"
    );
    assert!(refused::<Lead>("fields: {email: a}", "a").contains("lacks `lead_id`"));
    assert!(
        refused::<Lead>("fields: {lead_id: {columns: [x, y], optional: true}}", "a")
            .contains("the file has none of column `x`, `y`")
    );
    assert!(refused::<Lead>("fields: {lead_id: {column: a, split: x}}", "a").contains("`split`"));
    assert!(
        refused::<Lead>("fields: {lead_id: a}\nattributes: {b: {}}", "a").contains("attributes.b")
    );
}

#[test]
fn an_account_is_made_of_its_cells() {
    let map = "
fields:
  account_id: {column: company, transform: [html, slug]}
  name: {column: company, transform: [html]}
  domains: sites
  annual_revenue_usd: {column: revenue, transform: [{scale: 1000000}]}
  employees: staff
  country: {const: USA}
attributes: {ticker: Ticker}
";
    let account = record::<Account>(
        map,
        "company,sites,revenue,staff,Ticker",
        "Lowe&#8217;s,lowes.com www.lowes.ca,72148.1,300000,LOW",
    );
    let account = account.unwrap().unwrap();
    assert_eq!((account.account_id.as_str(), account.name.as_str()), ("lowes", "Lowe\u{2019}s"));
    assert_eq!(account.domains, ["lowes.com", "lowes.ca"]);
    assert_eq!(account.annual_revenue_usd, Some(72_148_100_000));
    assert_eq!((account.employees, account.country.as_str()), (Some(300_000), "USA"));
    assert_eq!(account.attributes.get("ticker").map(String::as_str), Some("LOW"));
}

#[test]
fn a_bad_cell_is_told_with_field_and_column() {
    let map = "fields: {account_id: id, employees: staff}";
    let found = record::<Account>(map, "id,staff", "a,many").unwrap_err();
    let RowError::Reject(fault) = found else { unreachable!("{found:?}") };
    assert_eq!((fault.field.as_str(), fault.reason.as_str()), ("employees", "INVALID_FIELD"));
    assert!(fault.message.contains("column `staff`"), "{}", fault.message);
    assert!(record::<Account>(map, "id,staff", "a,12.5").is_err(), "half a person");
    let nothing = record::<Account>(map, "id,staff", "a,").unwrap().unwrap();
    assert_eq!(nothing.employees, None);
}

#[test]
fn an_ambiguous_time_is_no_matter_of_one_row() {
    let map = "fields: {source: {const: x}, activity_id: id, type: id, occurred_at: at}";
    let found = record::<Activity>(map, "id,at", "1,01-02-2018");
    assert!(matches!(found, Err(RowError::Ambiguous(_))), "{found:?}");
    let found = record::<Activity>(map, "id,at", "1,soon");
    assert!(matches!(found, Err(RowError::Reject(_))), "{found:?}");
}

#[test]
fn rows_count_by_conditions() {
    let map = "
fields: {account_id: id}
only_if: {kind: [customer, partner], away: {is: x, optional: true}}
skip_if: {until: not_empty, deleted: {is: true, optional: true}}
";
    let counts = |cells| record::<Account>(map, "id,kind,until", cells).unwrap().is_some();
    assert!(counts("a,Customer,"));
    assert!(!counts("a,other,"));
    assert!(!counts("a,partner,2012-07-20"));
    assert!(!counts(",,"), "a row of nothing is no row");
}

#[test]
fn columns_that_nothing_names_can_become_attributes() {
    let map =
        "fields: {lead_id: id}\nunmapped: attributes\nempty_as: [Select]\nskip_if: {x: never}";
    let lead = record::<Lead>(map, "id,City,How,x,", "1,Berlin,Select,y,z").unwrap().unwrap();
    let expected = [("City".to_owned(), "Berlin".to_owned())];
    assert_eq!(lead.attributes.into_iter().collect::<Vec<_>>(), expected);
}

#[test]
fn columns_of_one_name_do_not_become_one_attribute() {
    let map = "fields: {lead_id: id}\nunmapped: attributes";
    let error = refused::<Lead>(map, "id,City,How,City");
    assert!(error.contains("several columns named `City`"), "{error}");
    let ignored = record::<Lead>("fields: {lead_id: id}", "id,City,How,City", "1,a,b,c");
    assert!(ignored.is_ok(), "what nobody uses may stand twice");
    // Those without a name are no columns.
    assert!(record::<Lead>(map, "id,,", "1,,").is_ok());
}

#[test]
fn a_column_that_cannot_become_an_attribute_is_told_before_the_first_row() {
    let map = "fields: {lead_id: id}\nunmapped: attributes";
    let name = "How did you hear about us? ".repeat(3);
    let error = refused::<Lead>(map, &format!("id,{name}"));
    let expected = "attributes[How did you hear about us? How did you hear about us? How did yo…]";
    assert!(error.contains(expected) && error.contains("at most 64"), "{error}");
    let named =
        "fields: {lead_id: id}\nattributes: {heard: {column: \"WHAT\"}}\nunmapped: attributes";
    let named = named.replace("WHAT", name.trim());
    assert!(plan::<Lead>(&named, &format!("id,{name}")).is_ok());
}
