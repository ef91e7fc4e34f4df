//! A service in memory that keeps the contract as far as an import can tell.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use abm_client::Error;
use abm_client::v1::{Account, Activity, Lead, Opportunity, RowReason, RowVerdict, Verdict};
use tonic_status::unavailable;

use crate::import::destination::Destination;
use crate::import::record::Record;

#[derive(Clone, Default)]
pub(super) struct Memory {
    stored: Arc<Stored>,
    slow: bool,
    fails_after: Option<usize>,
}

#[derive(Default)]
struct Stored {
    accounts: Mutex<BTreeMap<String, Account>>,
    leads: Mutex<BTreeMap<String, Lead>>,
    activities: Mutex<BTreeMap<String, Activity>>,
    opportunities: Mutex<BTreeMap<String, Opportunity>>,
    calls: AtomicUsize,
    rows: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
}

impl Memory {
    /// Lets every other call wait, so that they overtake each other.
    pub(super) fn slow() -> Self {
        Self { slow: true, ..Self::default() }
    }

    pub(super) fn failing_after(calls: usize) -> Self {
        Self { fails_after: Some(calls), ..Self::default() }
    }

    pub(super) fn healed(&self) -> Self {
        Self { fails_after: None, ..self.clone() }
    }

    pub(super) fn calls(&self) -> usize {
        self.stored.calls.load(Ordering::SeqCst)
    }

    pub(super) fn rows(&self) -> usize {
        self.stored.rows.load(Ordering::SeqCst)
    }

    pub(super) fn most_at_once(&self) -> usize {
        self.stored.most.load(Ordering::SeqCst)
    }

    pub(super) fn account_ids(&self) -> Vec<String> {
        self.stored.accounts.lock().unwrap().keys().cloned().collect()
    }

    pub(super) fn account(&self, id: &str) -> Account {
        self.stored.accounts.lock().unwrap().get(id).cloned().unwrap_or_default()
    }

    pub(super) fn leads_stored(&self) -> Vec<Lead> {
        self.stored.leads.lock().unwrap().values().cloned().collect()
    }

    pub(super) fn accounts_stored(&self) -> Vec<Account> {
        self.stored.accounts.lock().unwrap().values().cloned().collect()
    }

    pub(super) fn activities_stored(&self) -> Vec<Activity> {
        self.stored.activities.lock().unwrap().values().cloned().collect()
    }

    pub(super) fn opportunities_stored(&self) -> Vec<Opportunity> {
        self.stored.opportunities.lock().unwrap().values().cloned().collect()
    }

    /// Counts a call, lets it wait, and fails it when told so.
    async fn call(&self, rows: usize) -> Result<(), Error> {
        let call = self.stored.calls.fetch_add(1, Ordering::SeqCst);
        let now = self.stored.now.fetch_add(1, Ordering::SeqCst) + 1;
        self.stored.most.fetch_max(now, Ordering::SeqCst);
        if self.slow {
            tokio::time::sleep(Duration::from_millis(if call.is_multiple_of(2) { 6 } else { 1 }))
                .await;
        }
        self.stored.now.fetch_sub(1, Ordering::SeqCst);
        if self.fails_after.is_some_and(|calls| call >= calls) {
            return Err(unavailable());
        }
        self.stored.rows.fetch_add(rows, Ordering::SeqCst);
        Ok(())
    }
}

/// The error of a service that is away.
mod tonic_status {
    use abm_client::{Client, ConnectOptions, Error, RetryPolicy, v1};

    /// Asks a port where nobody listens.
    pub(super) fn unavailable() -> Error {
        let mut options = ConnectOptions::new("http://127.0.0.1:1");
        options.retry = RetryPolicy::none();
        let asked = std::thread::spawn(move || {
            let runtime =
                tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let client = Client::connect_lazy(options).unwrap();
                client.verify(v1::VerifyRequest::default()).await.unwrap_err()
            })
        });
        asked.join().unwrap()
    }
}

fn accepted(verdict: Verdict) -> RowVerdict {
    RowVerdict { verdict: verdict.into(), ..RowVerdict::default() }
}

fn refused(verdict: Verdict, reason: RowReason, field: &str) -> RowVerdict {
    RowVerdict {
        verdict: verdict.into(),
        reason: reason.into(),
        field: field.to_owned(),
        message: "is not taken".to_owned(),
        ..RowVerdict::default()
    }
}

fn is_id(id: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"._:@/-".contains(&byte);
    (1..=128).contains(&id.len()) && id.bytes().all(allowed)
}

/// Stores rows one after the other, each id at most once in a call.
fn upsert<R: Record>(
    stored: &Mutex<BTreeMap<String, R>>,
    rows: Vec<R>,
    merge: bool,
    bad_field: impl Fn(&R) -> Option<&'static str>,
) -> Vec<RowVerdict> {
    let mut stored = stored.lock().unwrap();
    let mut seen = std::collections::BTreeSet::new();
    let one = |row: R| {
        if let Some(field) = bad_field(&row) {
            return refused(Verdict::Rejected, RowReason::InvalidField, field);
        }
        let key = row.key().unwrap();
        assert!(seen.insert(key.clone()), "{key} twice in one call");
        let before = stored.get(&key).cloned();
        let after = match before.clone() {
            Some(before) => before.followed_by(row, merge),
            None => row,
        };
        stored.insert(key, after.clone());
        accepted(match before {
            None => Verdict::Created,
            Some(before) if before == after => Verdict::Unchanged,
            Some(_) => Verdict::Updated,
        })
    };
    rows.into_iter().map(one).collect()
}

impl Destination for Memory {
    async fn accounts(&self, rows: Vec<Account>, merge: bool) -> Result<Vec<RowVerdict>, Error> {
        self.call(rows.len()).await?;
        Ok(upsert(&self.stored.accounts, rows, merge, |row| {
            let odd = |host: &String| !host.contains('.') || host.contains(' ');
            match row {
                row if !is_id(&row.account_id) => Some("account_id"),
                row if row.name.len() > 256 => Some("name"),
                row if row.domains.iter().any(odd) => Some("domains[0]"),
                _ => None,
            }
        }))
    }

    async fn leads(&self, rows: Vec<Lead>, merge: bool) -> Result<Vec<RowVerdict>, Error> {
        self.call(rows.len()).await?;
        Ok(upsert(&self.stored.leads, rows, merge, |row| match row {
            row if !is_id(&row.lead_id) => Some("lead_id"),
            row if !row.email.is_empty() && !row.email.contains('@') => Some("email"),
            _ => None,
        }))
    }

    async fn opportunities(
        &self,
        rows: Vec<Opportunity>,
        merge: bool,
    ) -> Result<Vec<RowVerdict>, Error> {
        self.call(rows.len()).await?;
        Ok(upsert(&self.stored.opportunities, rows, merge, |row| match row {
            row if !is_id(&row.opportunity_id) => Some("opportunity_id"),
            row if row.state == 0 => Some("state"),
            _ => None,
        }))
    }

    async fn activities(&self, rows: Vec<Activity>) -> Result<Vec<RowVerdict>, Error> {
        self.call(rows.len()).await?;
        let mut stored = self.stored.activities.lock().unwrap();
        let one = |row: Activity| {
            let ids =
                [("source", &row.source), ("activity_id", &row.activity_id), ("type", &row.r#type)];
            if let Some((field, _)) = ids.into_iter().find(|(_, id)| !is_id(id)) {
                return refused(Verdict::Rejected, RowReason::InvalidField, field);
            }
            if row.lead_id.is_empty() && row.account_id.is_empty() {
                return refused(Verdict::Rejected, RowReason::InvalidField, "lead_id");
            }
            let key = row.key().unwrap();
            match stored.get(&key) {
                None => {
                    stored.insert(key, row);
                    accepted(Verdict::Created)
                }
                Some(known) if *known == row => accepted(Verdict::Duplicate),
                Some(_) => refused(Verdict::Conflict, RowReason::IdReused, "activity_id"),
            }
        };
        Ok(rows.into_iter().map(one).collect())
    }
}
