//! Which activities are new: by the key of the table, and by what was received lately.

use std::collections::BTreeMap;

use abm_core::{Activity, ActivityKey, Timestamp};
use abm_store::WriteTx;

use crate::AppError;

/// An activity to be stored, and the hash of its content.
pub(super) type Candidate<'a> = (&'a Activity, i64);

/// For each key of a transaction, the content that is stored under it from now on, and the
/// candidate that is new, if one is.
pub(super) struct Accepted<'a> {
    /// The hash of the content that counts for a key.
    pub(super) content: BTreeMap<&'a ActivityKey, i64>,
    /// Those to be stored.
    pub(super) new: BTreeMap<&'a ActivityKey, Candidate<'a>>,
}

/// Finds which candidates are new. Of several with one key the first counts. After this, other
/// transactions with one of these keys wait for this one.
pub(super) async fn dedupe<'a>(
    tx: &WriteTx,
    candidates: impl Iterator<Item = Candidate<'a>>,
    now: Timestamp,
) -> Result<Accepted<'a>, AppError> {
    let mut new: BTreeMap<&ActivityKey, Candidate<'a>> = BTreeMap::new();
    for candidate in candidates {
        new.entry(&candidate.0.key).or_insert(candidate);
    }
    let mut content: BTreeMap<&ActivityKey, i64> =
        new.iter().map(|(key, (_, hash))| (*key, *hash)).collect();
    if new.is_empty() {
        return Ok(Accepted { content, new });
    }
    let by_hash: BTreeMap<i64, (&ActivityKey, Timestamp)> =
        new.iter().map(|(key, (activity, _))| (key.hash(), (*key, activity.occurred_at))).collect();
    let receipts = by_hash.iter().map(|(hash, (_, at))| (*hash, *at)).collect();
    let received = tx.receive(&receipts, now).await?;
    // A receipt with another time may be of the same key, or of one with the same short hash:
    // the table itself tells.
    let other_times = received.iter().filter_map(|(hash, at)| {
        let (key, own) = by_hash.get(hash)?;
        (at != own).then(|| (*at, (*key).clone()))
    });
    let own_times = new.values().map(|(activity, _)| (activity.occurred_at, activity.key.clone()));
    let stored = tx.stored_hashes(own_times.chain(other_times)).await?;
    let mut mistaken = BTreeMap::new();
    for ((at, key), hash) in &stored {
        let Some((key, (activity, _))) = new.remove_entry(key) else { continue };
        content.insert(key, *hash);
        if *at != activity.occurred_at {
            mistaken.insert(key.hash(), activity.occurred_at);
        }
    }
    if !mistaken.is_empty() {
        tx.unreceive(&mistaken, now).await?;
    }
    Ok(Accepted { content, new })
}
