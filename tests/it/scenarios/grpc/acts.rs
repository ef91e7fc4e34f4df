//! What people do with handoffs.

use abm_client::{Client, v1};
use abm_core::Timestamp;

use super::desk::{Answer, Desk, Refusal, answer, moment};

/// What is done with a handoff.
#[derive(Clone, Copy, Debug)]
pub(super) enum Doing<'a> {
    /// Somebody takes it.
    Claim(&'a str),
    /// Whoever has it tried to reach them.
    Attempt(v1::AttemptOutcome),
    /// It is accepted.
    Accept,
    /// It is turned down with a reason of the policy, until a moment if that is said.
    Reject(&'a str, Option<Timestamp>),
    /// It goes to somebody else.
    Reassign(&'a str),
    /// It goes into a queue.
    Enqueue(&'a str),
}

impl Desk {
    /// Does something with a handoff as it is now.
    pub(super) async fn act(&self, client: &Client, id: &str, doing: Doing<'_>) -> Answer {
        let etag = self.handoff(id).await.etag;
        let (handoff_id, request_id) = (id.to_owned(), String::new());
        match doing {
            Doing::Claim(owner) => {
                let owner = owner.to_owned();
                let request = v1::ClaimHandoffRequest { request_id, handoff_id, etag, owner };
                answer(client.claim_handoff(request).await)
            }
            Doing::Attempt(outcome) => {
                let request = v1::RecordAttemptRequest {
                    handoff_id,
                    etag,
                    kind: v1::AttemptKind::Call.into(),
                    outcome: outcome.into(),
                    ..Default::default()
                };
                answer(client.record_attempt(request).await)
            }
            Doing::Accept => {
                let request = v1::AcceptHandoffRequest { handoff_id, etag, ..Default::default() };
                answer(client.accept_handoff(request).await)
            }
            Doing::Reject(reason, until) => {
                let request = v1::RejectHandoffRequest {
                    handoff_id,
                    etag,
                    reason: reason.to_owned(),
                    nurture_until: until.map(moment),
                    ..Default::default()
                };
                answer(client.reject_handoff(request).await)
            }
            Doing::Reassign(owner) => {
                let owner = owner.to_owned();
                let request =
                    v1::ReassignHandoffRequest { handoff_id, etag, owner, ..Default::default() };
                answer(client.reassign_handoff(request).await)
            }
            Doing::Enqueue(queue) => {
                let queue = queue.to_owned();
                let request =
                    v1::ReassignHandoffRequest { handoff_id, etag, queue, ..Default::default() };
                answer(client.reassign_handoff(request).await)
            }
        }
    }

    /// Hands a lead over; gives the handoff, and whether it was open before.
    pub(super) async fn hand_over(
        &self,
        client: &Client,
        lead: &str,
    ) -> Result<(String, bool), Refusal> {
        let request = v1::HandOverRequest { lead_id: lead.to_owned(), ..Default::default() };
        match client.hand_over(request).await {
            Ok(reply) => Ok((reply.handoff.unwrap().handoff_id, reply.joined)),
            refused => Err(answer(refused).unwrap_err()),
        }
    }
}
