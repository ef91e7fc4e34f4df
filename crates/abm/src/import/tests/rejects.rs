//! Rows that are not accepted, and where they go.

use super::*;

#[tokio::test]
async fn bad_rows_are_listed_with_line_field_and_reason_and_the_rest_is_in() {
    let long = "x".repeat(5000);
    let file = format!(
        "id,name,domain,staff\r\na,\"A\r\nand more\",a.com,many\r\n\r\nb,B\r\nbad id,C,,\r\n\
         d,{long},,\r\ne,E\u{e9},,\r\nf,\"open,,\r\n"
    );
    let mut file = file.into_bytes();
    file.extend(b"g,G\xe9,,\r\nh,H,h.com,1\r\n");
    let desk = Desk::new(ACCOUNTS, &file);
    let to = Memory::default();
    let mut args = desk.args(Kind::Accounts);
    args.batch = 2;
    let summary = import(to.clone(), &args).await.unwrap();
    assert_eq!(counts(&summary), [2, 0, 0, 0, 6], "{summary}");
    assert_eq!(to.account_ids(), ["e", "h"]);

    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_path(desk.path("rejects.csv")).unwrap();
    assert_eq!(
        reader.headers().unwrap().iter().collect::<Vec<_>>(),
        ["line", "field", "reason", "message", "id", "name", "domain", "staff"]
    );
    let rows: Vec<Vec<String>> =
        reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
    let first: Vec<_> = rows
        .iter()
        .map(|row| row.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        first,
        [
            "2 employees INVALID_FIELD",
            "5  MALFORMED_ROW",
            "6 account_id INVALID_FIELD",
            "7 name INVALID_FIELD",
            "9  MALFORMED_ROW",
            "10  INVALID_ENCODING",
        ]
    );
    let row: Vec<_> = rows.first().unwrap().iter().skip(4).map(String::as_str).collect();
    assert_eq!(row, ["a", "A\r\nand more", "a.com", "many"], "the row as it is");
}

#[tokio::test]
async fn rejects_that_are_put_right_can_be_imported_with_the_same_map() {
    let desk = Desk::new(ACCOUNTS, b"id,name,domain,staff\na,A,a.com,many\n");
    let to = Memory::default();
    import(to.clone(), &desk.args(Kind::Accounts)).await.unwrap();
    std::fs::write(desk.path("file.csv"), desk.rejects().replace("many", "7")).unwrap();
    let summary = import(to.clone(), &desk.args(Kind::Accounts)).await.unwrap();
    assert_eq!(counts(&summary), [1, 0, 0, 0, 0]);
    assert!(!desk.path("rejects.csv").exists(), "the earlier ones are settled");
}

#[tokio::test]
async fn nothing_but_rejects_is_ever_overwritten() {
    let desk = Desk::new(ACCOUNTS, b"id,name,domain,staff\n");
    let mut args = desk.args(Kind::Accounts);
    for name in ["file.csv", "map.yaml"] {
        args.rejects = Some(desk.path(name));
        let error = import(Memory::default(), &args).await.unwrap_err();
        assert!(format!("{error:#}").contains("--rejects"), "{error:#}");
    }
    std::fs::write(desk.path("other.csv"), "linen,shirt\n").unwrap();
    args.rejects = Some(desk.path("other.csv"));
    let error = import(Memory::default(), &args).await.unwrap_err();
    assert!(format!("{error:#}").contains("something else"), "{error:#}");
}

#[tokio::test]
async fn several_calls_are_under_way_and_rejects_stay_in_the_order_of_the_file() {
    let mut file = "id,name,domain,staff\n".to_owned();
    for id in 0..400 {
        file.push_str(if id % 10 == 0 { "bad id,N,,\n" } else { "" });
        file.push_str(&format!("a{id},N,,\n"));
    }
    let desk = Desk::new(ACCOUNTS, file.as_bytes());
    let to = Memory::slow();
    let mut args = desk.args(Kind::Accounts);
    args.batch = 20;
    let summary = import(to.clone(), &args).await.unwrap();
    assert_eq!(counts(&summary), [400, 0, 0, 0, 40]);
    assert!(to.most_at_once() > 2 && to.most_at_once() <= in_flight::MOST, "{}", to.most_at_once());
    let rejects = desk.rejects();
    let lines: Vec<u64> = rejects
        .lines()
        .skip(1)
        .map(|row| row.split(',').next().unwrap().parse().unwrap())
        .collect();
    assert_eq!(lines.len(), 40);
    assert!(lines.is_sorted(), "{lines:?}");
}
