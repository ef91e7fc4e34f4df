//! Rows gathered for one call.

use std::collections::HashMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::Hasher;

use super::fault::Fault;
use super::record::Record;
use super::row::RawRow;

/// Most bytes of rows and records in one batch; a call may have 4 MiB.
const BYTES: usize = 3 * 1024 * 1024;
/// Rows that a batch may fold or leave out for each one that it may send.
const ROWS_PER_RECORD: usize = 16;

/// Rows gathered for one call, and what became of those that are not in it.
#[derive(Debug)]
pub(crate) struct Batch<R> {
    /// The line of its first row.
    pub(crate) first_line: u64,
    /// The line of its last row.
    pub(crate) last_line: u64,
    /// How many rows it is made of.
    pub(crate) read: u64,
    /// How many of them the map leaves out.
    pub(crate) skipped: u64,
    /// Bytes of the file up to its end.
    pub(crate) consumed: u64,
    /// Rows that cannot be sent.
    pub(crate) rejects: Vec<(RawRow, Fault)>,
    /// The records to send, no two of them with one id unless the kind allows it.
    pub(crate) entries: Vec<Entry<R>>,
    places: HashMap<String, usize>,
    bytes: usize,
}

/// A record and the rows it is made of.
#[derive(Debug)]
pub(crate) struct Entry<R> {
    /// What is sent: all rows as one record.
    record: R,
    /// The first content, once another one is folded into `record`.
    first: Option<R>,
    /// The rows of the first content.
    pub(crate) rows: Vec<RawRow>,
    /// The contents that follow, each unlike the one before it.
    pub(crate) later: Vec<Part<R>>,
}

/// Rows that say the same.
#[derive(Debug)]
pub(crate) struct Part<R> {
    pub(crate) record: R,
    pub(crate) rows: Vec<RawRow>,
}

impl<R: Record> Batch<R> {
    pub(crate) fn new() -> Self {
        Self {
            first_line: 0,
            last_line: 0,
            read: 0,
            skipped: 0,
            consumed: 0,
            rejects: Vec::new(),
            entries: Vec::new(),
            places: HashMap::new(),
            bytes: 0,
        }
    }

    /// Notes that a row belongs to this batch.
    pub(crate) fn count(&mut self, row: &RawRow) {
        if self.read == 0 {
            self.first_line = row.line;
        }
        self.last_line = row.line;
        self.read += 1;
    }

    /// Puts a row aside that cannot be sent.
    pub(crate) fn reject(&mut self, row: RawRow, fault: Fault) {
        self.bytes += row.bytes.len();
        self.rejects.push((row, fault));
    }

    /// Takes a record in. A further row of a record that is here already is folded into it.
    pub(crate) fn add(&mut self, record: R, row: RawRow, merge: bool) {
        self.bytes += row.bytes.len() + record.encoded_len();
        let key = record.key().filter(|_| R::FOLDS);
        let known = key.as_ref().and_then(|key| self.places.get(key));
        if let Some(entry) = known.and_then(|&place| self.entries.get_mut(place)) {
            entry.follow(record, row, merge);
            return;
        }
        if let Some(key) = key {
            self.places.insert(key, self.entries.len());
        }
        self.entries.push(Entry { record, first: None, rows: vec![row], later: Vec::new() });
    }

    /// Whether it holds what one call may hold.
    pub(crate) fn is_full(&self, records: usize) -> bool {
        self.entries.len() >= records
            || self.bytes >= BYTES
            || self.read >= (records * ROWS_PER_RECORD) as u64
    }

    /// Takes the records to send, in order.
    pub(crate) fn take_records(&mut self) -> Vec<R> {
        self.entries.iter_mut().map(|entry| std::mem::take(&mut entry.record)).collect()
    }

    /// Each id with a digest of the content it is sent with.
    pub(crate) fn versions(&self) -> HashMap<String, u64> {
        let mut versions = HashMap::with_capacity(self.entries.len());
        for entry in &self.entries {
            let record = &entry.record;
            let Some(key) = record.key() else { continue };
            let mut hasher = DefaultHasher::new();
            hasher.write(&record.encode_to_vec());
            let version = hasher.finish();
            // An id with two contents differs from any batch that has it.
            versions
                .entry(key)
                .and_modify(|known: &mut u64| {
                    if *known != version {
                        *known = known.wrapping_mul(31) ^ version;
                    }
                })
                .or_insert(version);
        }
        versions
    }
}

impl<R: Record> Entry<R> {
    fn follow(&mut self, record: R, row: RawRow, merge: bool) {
        // Only the content before counts: A, B, A ends as A.
        let (content, rows) = match self.later.last_mut() {
            Some(part) => (&part.record, &mut part.rows),
            None => (&self.record, &mut self.rows),
        };
        if *content == record {
            rows.push(row);
            return;
        }
        let before = std::mem::take(&mut self.record);
        self.first.get_or_insert_with(|| before.clone());
        self.record = before.followed_by(record.clone(), merge);
        self.later.push(Part { record, rows: vec![row] });
    }

    /// Its contents one after the other, to be sent singly.
    pub(crate) fn into_parts(self) -> impl Iterator<Item = Part<R>> {
        let first = Part { record: self.first.unwrap_or(self.record), rows: self.rows };
        std::iter::once(first).chain(self.later)
    }
}

#[cfg(test)]
mod tests {
    use abm_client::v1::{Account, Activity};

    use super::*;

    fn row(line: u64) -> RawRow {
        RawRow { line, ..RawRow::default() }
    }

    fn account(id: &str, name: &str, domain: &str) -> Account {
        Account {
            account_id: id.into(),
            name: name.into(),
            domains: vec![domain.into()],
            ..Account::default()
        }
    }

    fn lines(rows: &[RawRow]) -> Vec<u64> {
        rows.iter().map(|row| row.line).collect()
    }

    #[test]
    fn a_batch_holds_no_id_twice_and_later_rows_add_to_earlier_ones() {
        let mut batch = Batch::new();
        batch.add(account("ibm", "IBM", "ibm.com"), row(2), true);
        batch.add(account("ibm", "IBM", "ibm.com"), row(3), true);
        batch.add(account("ntt", "NTT", "ntt.com"), row(4), true);
        batch.add(account("ibm", "", "ozlabs.org"), row(5), true);
        let mut entries = std::mem::take(&mut batch.entries).into_iter();
        let (ibm, ntt) = (entries.next().unwrap(), entries.next().unwrap());
        assert!(entries.next().is_none());
        assert_eq!(ibm.record.name, "IBM", "an empty field keeps what is there");
        assert_eq!(ibm.record.domains, ["ibm.com", "ozlabs.org"]);
        assert_eq!(lines(&ntt.rows), [4]);
        let parts: Vec<_> = ibm.into_parts().collect();
        assert_eq!(
            parts.iter().map(|part| lines(&part.rows)).collect::<Vec<_>>(),
            [vec![2, 3], vec![5]]
        );
        assert_eq!(parts.first().map(|part| part.record.domains.len()), Some(1));
    }

    #[test]
    fn without_merging_the_last_row_stands() {
        let mut batch = Batch::new();
        for (line, name) in [(2, "A"), (3, "B"), (4, "A")] {
            batch.add(account("x", name, "x.com"), row(line), false);
        }
        assert_eq!(batch.entries.first().map(|entry| entry.later.len()), Some(2));
        assert_eq!(batch.take_records(), [account("x", "A", "x.com")]);
    }

    #[test]
    fn rows_without_an_id_and_activities_stay_single() {
        let mut batch = Batch::new();
        batch.add(account("", "A", "a.com"), row(2), true);
        batch.add(account("", "A", "a.com"), row(3), true);
        assert_eq!(batch.entries.len(), 2);
        let activity =
            Activity { source: "s".into(), activity_id: "1".into(), ..Activity::default() };
        let mut batch = Batch::new();
        batch.add(activity.clone(), row(2), true);
        batch.add(activity, row(3), true);
        assert_eq!(batch.entries.len(), 2);
        assert_eq!(batch.versions().len(), 1);
    }

    #[test]
    fn a_version_tells_contents_apart() {
        let version = |name| {
            let mut batch = Batch::new();
            batch.add(account("x", name, "x.com"), row(2), true);
            batch.versions()
        };
        assert_eq!(version("A"), version("A"));
        assert_ne!(version("A"), version("B"));
    }
}
