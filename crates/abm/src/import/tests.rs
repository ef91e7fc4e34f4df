//! Whole imports, into a service that lives in memory.

mod maps;
mod memory;
mod rejects;

use std::path::PathBuf;

use self::memory::Memory;
use super::args::Kind;
use super::*;

/// A folder with a file and its map.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new(map: &str, file: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("map.yaml"), map).unwrap();
        std::fs::write(folder.path().join("file.csv"), file).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn args(&self, kind: Kind) -> ImportArgs {
        ImportArgs {
            kind,
            file: self.path("file.csv"),
            map: self.path("map.yaml"),
            rejects: Some(self.path("rejects.csv")),
            time_zone: None,
            date_order: None,
            batch: 1000,
            quiet: true,
        }
    }

    fn rejects(&self) -> String {
        std::fs::read_to_string(self.path("rejects.csv")).unwrap_or_default()
    }
}

/// Created, updated, unchanged, skipped, rejected, which add up to what was read.
fn counts(summary: &ImportSummary) -> [u64; 5] {
    let counts =
        [summary.created, summary.updated, summary.unchanged, summary.skipped, summary.rejected];
    assert_eq!(counts.iter().sum::<u64>(), summary.read);
    counts
}

const ACCOUNTS: &str = "
fields: {account_id: id, name: name, domains: domain, employees: staff}
skip_if: {name: Skip}
";

#[tokio::test]
async fn rows_are_stored_and_counted_and_a_second_import_changes_nothing() {
    let file = b"id,name,domain,staff\na,A,a.com,5\nb,B,b.com,\nc,Skip,,\n";
    let desk = Desk::new(ACCOUNTS, file);
    let to = Memory::default();
    let summary = import(to.clone(), &desk.args(Kind::Accounts)).await.unwrap();
    assert_eq!(counts(&summary), [2, 0, 0, 1, 0]);
    assert_eq!(summary.rejects_file, None);
    assert!(!desk.path("rejects.csv").exists());
    let summary = import(to, &desk.args(Kind::Accounts)).await.unwrap();
    assert_eq!(counts(&summary), [0, 0, 2, 1, 0]);
}

#[tokio::test]
async fn an_ambiguous_time_stops_the_import_before_anything_is_sent() {
    let map = "
fields: {source: {const: s}, activity_id: id, type: {const: t}, occurred_at: at, lead_id: {const: l}}
";
    let desk = Desk::new(map, b"id,at\n1,2018-01-01T00:00:00Z\n2,2018-01-01 10:00\n");
    let to = Memory::default();
    let mut args = desk.args(Kind::Activities);
    let error = format!("{:#}", import(to.clone(), &args).await.unwrap_err());
    assert!(error.contains("line 3") && error.contains("--time-zone"), "{error}");
    assert_eq!(to.calls(), 0);
    args.time_zone = Some("Europe/Berlin".into());
    let summary = import(to, &args).await.unwrap();
    assert_eq!(counts(&summary), [2, 0, 0, 0, 0]);
}

#[tokio::test]
async fn a_record_of_several_rows_is_sent_once_and_every_row_is_counted() {
    let file = b"id,name,domain,staff\na,A,a.com,\na,A,a.com,\na,,a.org,\na,,a.org,\nb,B,b.com,\n";
    let desk = Desk::new(ACCOUNTS, file);
    let to = Memory::default();
    let summary = import(to.clone(), &desk.args(Kind::Accounts)).await.unwrap();
    assert_eq!(counts(&summary), [2, 1, 2, 0, 0]);
    assert_eq!(to.account("a").domains, ["a.com", "a.org"]);
    assert_eq!((to.calls(), to.rows()), (1, 2));
    let summary = import(to, &desk.args(Kind::Accounts)).await.unwrap();
    assert_eq!(counts(&summary), [0, 0, 5, 0, 0]);
}

#[tokio::test]
async fn a_bad_row_does_not_keep_other_rows_of_its_record_out() {
    let file = b"id,name,domain,staff\na,A,a.com,\na,,bad domain!,\na,,a.org,\nb,B,,\n";
    let desk = Desk::new(
        "fields: {account_id: id, name: name, domains: {column: domain, split: ';'}}",
        file,
    );
    let to = Memory::default();
    let summary = import(to.clone(), &desk.args(Kind::Accounts)).await.unwrap();
    assert_eq!(counts(&summary), [2, 1, 0, 0, 1], "{summary}");
    assert_eq!(to.account("a").domains, ["a.com", "a.org"]);
    assert!(desk.rejects().contains("\n3,domains[0],INVALID_FIELD,"), "{}", desk.rejects());
}

/// Calls are answered in reverse here, as fast as they come.
#[tokio::test]
async fn with_many_calls_under_way_the_last_row_of_a_record_still_wins() {
    let mut file = "id,name,domain,staff\n".to_owned();
    for round in 0..50 {
        for id in 0..7 {
            file.push_str(&format!("{id},name {round},,\n"));
        }
    }
    let desk = Desk::new(ACCOUNTS, file.as_bytes());
    let to = Memory::slow();
    let mut args = desk.args(Kind::Accounts);
    args.batch = 5;
    let summary = import(to.clone(), &args).await.unwrap();
    assert_eq!((summary.read, summary.created, summary.rejected), (350, 7, 0));
    for id in 0..7 {
        assert_eq!(to.account(&id.to_string()).name, "name 49");
    }
}

#[tokio::test]
async fn a_batch_that_fails_as_a_whole_stops_the_import_and_says_how_far_it_came() {
    let mut file = "id,name,domain,staff\n".to_owned();
    for id in 0..100 {
        file.push_str(&format!("a{id},N,,\n"));
    }
    let desk = Desk::new(ACCOUNTS, file.as_bytes());
    let to = Memory::failing_after(3);
    let mut args = desk.args(Kind::Accounts);
    args.batch = 10;
    let error = format!("{:#}", import(to.clone(), &args).await.unwrap_err());
    for part in ["30 rows read: 30 created", "lines 32 to 41", "UNAVAILABLE", "again is safe"] {
        assert!(error.contains(part), "{part}: {error}");
    }
    let summary = import(to.healed(), &args).await.unwrap();
    assert_eq!(summary.read, 100);
    assert_eq!(summary.created + summary.unchanged, 100);
    assert_eq!(to.account_ids().len(), 100, "nothing lost, nothing double");
}

#[tokio::test]
async fn activities_without_an_id_get_one_from_their_content() {
    let map = "
time: {zone: UTC}
fields:
  source: {const: web}
  activity_id: {hash_of: [who, what, when]}
  type: what
  occurred_at: when
  lead_id: who
";
    let file = b"who,what,when\nada,visit,2018-01-01 10:00\nada,visit,2018-01-01 10:05\nada,visit,2018-01-01 10:00\n";
    let desk = Desk::new(map, file);
    let to = Memory::default();
    let summary = import(to.clone(), &desk.args(Kind::Activities)).await.unwrap();
    assert_eq!(counts(&summary), [2, 0, 1, 0, 0]);
    let summary = import(to, &desk.args(Kind::Activities)).await.unwrap();
    assert_eq!(counts(&summary), [0, 0, 3, 0, 0]);
}

#[tokio::test]
async fn a_conflict_is_a_rejected_row() {
    let map = "
fields: {source: {const: s}, activity_id: id, type: t, occurred_at: at, lead_id: {const: l}}
";
    let desk = Desk::new(map, b"id,t,at\n1,a,2018-01-01T00:00:00Z\n1,b,2018-01-01T00:00:00Z\n");
    let summary = import(Memory::default(), &desk.args(Kind::Activities)).await.unwrap();
    assert_eq!(counts(&summary), [1, 0, 0, 0, 1]);
    assert!(desk.rejects().contains("\n3,activity_id,ID_REUSED,"), "{}", desk.rejects());
}

#[tokio::test]
async fn a_map_for_another_kind_or_file_is_refused_before_the_first_row() {
    let desk = Desk::new("kind: leads\nfields: {lead_id: id}", b"id\n1\n");
    let error =
        format!("{:#}", import(Memory::default(), &desk.args(Kind::Accounts)).await.unwrap_err());
    assert!(error.contains("is for leads, not for accounts"), "{error}");
    let desk = Desk::new("fields: {lead_id: person}", b"Contact ID\n1\n");
    let error =
        format!("{:#}", import(Memory::default(), &desk.args(Kind::Leads)).await.unwrap_err());
    assert!(error.contains("unknown column `person`, the file has: Contact ID"), "{error}");
    let desk = Desk::new("fields: {lead_id: contact}", b"");
    let error =
        format!("{:#}", import(Memory::default(), &desk.args(Kind::Leads)).await.unwrap_err());
    assert!(error.contains("empty"), "{error}");
}
