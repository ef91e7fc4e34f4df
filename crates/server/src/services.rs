//! The services of the contract: each converts, asks the use case, and converts back.

pub(crate) mod account;
pub(crate) mod account_view;
pub(crate) mod activity;
pub(crate) mod admin;
pub(crate) mod handoff;
pub(crate) mod lead;
pub(crate) mod model;
pub(crate) mod operation;
pub(crate) mod outcome;
pub(crate) mod report;

use std::sync::Arc;

use abm_app::{App, Awaited, Caller, Note, RequestKey};
use abm_core::{AccountId, LeadId, OpportunityId, Timestamp, Violation, limits};
use prost::Message;
use tonic::{Request, Status};

use crate::convert::time;
use crate::error::{batch_too_large, internal, invalid, invalid_field, status_of};
use crate::gate::CallerExtension;
use crate::permissions::Permission;
use crate::services::handoff::actor_of;
use crate::tokens::{List, Tokens};

/// Largest page, and that of a caller who says nothing.
const PAGE_MOST: u64 = 1_000;
const PAGE_DEFAULT: u64 = 50;

/// Bytes that the rows of a page may take, so that the reply stays under its limit.
const PAGE_BYTES: usize = 3 << 20;

/// What every service works with.
#[derive(Clone, Debug)]
pub(crate) struct Services {
    pub(crate) app: App,
    pub(crate) tokens: Arc<Tokens>,
}

/// A message, who sent it, and whether they wait for the answer still.
pub(crate) struct Call<T> {
    pub(crate) message: T,
    pub(crate) caller: Arc<Caller>,
    pub(crate) awaited: Awaited,
}

impl Services {
    /// Opens a request. The gate let it through, so its caller is known.
    pub(crate) fn open<T>(&self, request: Request<T>) -> Result<Call<T>, Status> {
        let caller = request.extensions().get::<CallerExtension>().cloned();
        let awaited = request.extensions().get::<Awaited>().cloned();
        let (caller, awaited) = caller.zip(awaited).ok_or_else(internal)?;
        Ok(Call { message: request.into_inner(), caller, awaited })
    }

    pub(crate) fn revision(&self, caller: &Caller, position: u64) -> String {
        self.tokens.revision(caller.workspace, position)
    }

    /// Makes sure that a read sees at least the revision asked for.
    pub(crate) async fn at_least(&self, caller: &Caller, revision: &str) -> Result<(), Status> {
        if let Some(position) = self.tokens.position(caller.workspace, revision)? {
            let checked = self.app.check_revision(caller.workspace, position).await;
            checked.map_err(status_of)?;
        }
        Ok(())
    }

    /// The place that a page begins after.
    pub(crate) fn place(&self, list: &List, token: &str) -> Result<Option<Vec<String>>, Status> {
        self.tokens.place(list, token, self.app.clock().now())
    }

    /// The token of the next page; empty when `rows` are all there are.
    pub(crate) fn next(
        &self,
        list: &List,
        more: bool,
        last: Option<Vec<String>>,
    ) -> Result<String, Status> {
        match last {
            Some(place) if more => self.tokens.page(list, &place, self.app.clock().now()),
            _ => Ok(String::new()),
        }
    }
}

impl<T> Call<T> {
    /// The list a page belongs to.
    pub(crate) fn list(&self, method: &'static str, filter: String) -> List {
        List { workspace: self.caller.workspace, method, filter }
    }

    /// Who corrects something by hand, and why.
    pub(crate) fn note(&self, reason: &str) -> Note {
        let by = self.caller.name.clone();
        Note { by, actor: actor_of(self.caller.role), reason: reason.to_owned() }
    }

    /// Whether the caller may see names and titles of people.
    pub(crate) fn sees_personal(&self) -> bool {
        Permission::ReadRecords.is_of(self.caller.role)
    }
}

/// A request id, checked, with what the request asks for.
pub(crate) fn request_key(
    method: &str,
    request_id: &str,
    message: &impl Message,
) -> Result<RequestKey, Status> {
    check_request_id(request_id)?;
    let mut content = method.as_bytes().to_vec();
    content.extend(message.encode_to_vec());
    Ok(RequestKey::new(request_id, &content))
}

pub(crate) fn check_request_id(request_id: &str) -> Result<(), Status> {
    // The form with hyphens only: 36 characters.
    if request_id.len() == 36 && uuid::Uuid::try_parse(request_id).is_ok() {
        return Ok(());
    }
    Err(invalid_field("request_id", "must be a UUID of 36 characters"))
}

pub(crate) fn check_rows(rows: usize, all_or_nothing: bool) -> Result<(), Status> {
    let limit = if all_or_nothing { limits::ATOMIC_ROWS } else { limits::BATCH_ROWS };
    if rows > limit { Err(batch_too_large(rows, limit)) } else { Ok(()) }
}

/// The size of a page: the default for 0, at most 1,000.
pub(crate) fn page_size(asked: i32) -> Result<u64, Status> {
    match u64::try_from(asked) {
        Ok(0) => Ok(PAGE_DEFAULT),
        Ok(size) => Ok(size.min(PAGE_MOST)),
        Err(_) => Err(invalid_field("page_size", "is negative")),
    }
}

/// How many people a reply may open: `default` when not given, at most `most`.
pub(crate) fn people_limit(asked: Option<i32>, default: u32, most: u32) -> Result<u32, Status> {
    let asked = asked.map_or(Ok(default), u32::try_from);
    asked.map(|limit| limit.min(most)).map_err(|_| invalid_field("people_limit", "is negative"))
}

/// The ids of a list of a request, each as of its place in it.
pub(crate) fn ids<Id>(
    field: &str,
    sent: &[String],
    id: impl Fn(&str) -> Result<Id, Violation>,
) -> Result<Vec<Id>, Status> {
    let mut found = Vec::new();
    let read = sent.iter().enumerate().filter_map(|(index, sent)| {
        let placed =
            |violation: Violation| Violation { field: format!("{field}[{index}]"), ..violation };
        id(sent).map_err(|violation| found.push(placed(violation))).ok()
    });
    let ids = read.collect();
    if found.is_empty() { Ok(ids) } else { Err(invalid(&found)) }
}

/// An id in a field that goes by another name than the id.
pub(crate) fn id_in<Id>(field: &str, id: Result<Id, Violation>) -> Result<Id, Status> {
    id.map_err(|violation| invalid_field(field, violation.message))
}

pub(crate) fn account_id(id: &str) -> Result<AccountId, Status> {
    AccountId::new(id).map_err(|violation| invalid(&[violation]))
}

pub(crate) fn lead_id(id: &str) -> Result<LeadId, Status> {
    LeadId::new(id).map_err(|violation| invalid(&[violation]))
}

pub(crate) fn opportunity_id(id: &str) -> Result<OpportunityId, Status> {
    OpportunityId::new(id).map_err(|violation| invalid(&[violation]))
}

pub(crate) fn moment(
    field: &str,
    value: Option<&prost_types::Timestamp>,
) -> Result<Option<Timestamp>, Status> {
    time::from_proto(field, value).map_err(|violation| invalid(&[violation]))
}

/// 0 asks for the version in force.
pub(crate) fn version(version: u64) -> Option<u64> {
    (version > 0).then_some(version)
}

/// Violations of a row, as of a field of the request.
pub(crate) fn inside(violations: Vec<Violation>, parent: &str) -> Vec<Violation> {
    violations.into_iter().map(|violation| violation.inside(parent)).collect()
}

/// A page: as many rows as fit a reply, and whether there are more.
pub(crate) fn page_of<T: Message>(mut rows: Vec<T>, size: u64) -> (Vec<T>, bool) {
    let size = usize::try_from(size).unwrap_or(usize::MAX);
    let mut bytes = 0;
    let fits = rows.iter().take_while(|row| {
        bytes += row.encoded_len() + 8;
        bytes <= PAGE_BYTES
    });
    // One row is always told: none is larger than a reply may be.
    let keep = fits.count().max(1).min(size);
    let more = rows.len() > keep;
    rows.truncate(keep);
    (rows, more)
}

/// The violations of all rows, for a batch that is all or nothing.
pub(crate) fn all_violations<T>(rows: &[Result<T, Vec<Violation>>], list: &str) -> Vec<Violation> {
    let mut found = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        if let Err(violations) = row {
            found.extend(inside(violations.clone(), &format!("{list}[{index}]")));
        }
    }
    found
}
