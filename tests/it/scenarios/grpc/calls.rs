//! What other systems tell the service of leads: who they are, what they did, which opportunities
//! they take part in; and what people do with leads by hand.

use abm_app::Role;
use abm_client::{Client, v1};

use super::desk::{Answer, Desk, answer, moment};

/// What somebody does with a lead by hand.
pub(super) fn to(stage: v1::Stage) -> v1::SetStageRequest {
    v1::SetStageRequest { stage: stage.into(), ..Default::default() }
}

/// Giving up for good.
pub(super) fn disqualify() -> v1::SetStageRequest {
    v1::SetStageRequest { disqualify: true, ..Default::default() }
}

/// Giving back for now.
pub(super) fn recycle() -> v1::SetStageRequest {
    v1::SetStageRequest { recycle: true, ..Default::default() }
}

impl Desk {
    /// Another system sends a lead, an officer, with the stage that it believes them to be in.
    pub(super) async fn send(&self, lead: &str, stage: v1::Stage) {
        let lead = v1::Lead {
            lead_id: lead.to_owned(),
            title: "CTO".to_owned(),
            account_id: self.company.to_owned(),
            stage: stage.into(),
            ..Default::default()
        };
        let request = v1::UpsertLeadRequest { lead: Some(lead), ..Default::default() };
        self.as_role(Role::Ingest).upsert_lead(request).await.unwrap();
    }

    /// Somebody does something now.
    pub(super) async fn record(&self, lead: &str, kind: &str) {
        let activity = v1::Activity {
            source: "web".to_owned(),
            activity_id: self.name("activity"),
            r#type: kind.to_owned(),
            occurred_at: Some(moment(self.world().now())),
            lead_id: lead.to_owned(),
            ..Default::default()
        };
        let request =
            v1::RecordActivitiesRequest { activities: vec![activity], ..Default::default() };
        let reply = self.as_role(Role::Ingest).record_activities(request).await.unwrap();
        assert_eq!(reply.counts.unwrap().created, 1);
    }

    /// Somebody asks to be contacted.
    pub(super) async fn ask(&self, lead: &str) {
        self.record(lead, "demo_request").await;
    }

    /// Somebody qualifies without asking for anything.
    pub(super) async fn meet(&self, lead: &str) {
        self.record(lead, "meeting_held").await;
    }

    /// Somebody reads a page, which qualifies nobody.
    pub(super) async fn read(&self, lead: &str) {
        self.record(lead, "page_view").await;
    }

    /// An opportunity is told anew, and who takes part in it.
    pub(super) async fn tell(&self, id: &str, lead: Option<&str>, state: v1::OpportunityState) {
        self.upsert(id, lead, v1::Opportunity { state: state.into(), ..Default::default() }).await;
    }

    /// An opportunity is told that was lost before anybody was qualified, which says nothing of now.
    pub(super) async fn tell_of_an_old_loss(&self, id: &str, lead: &str) {
        let lost = v1::Opportunity {
            state: v1::OpportunityState::Lost.into(),
            closed_at: Some(prost_types::Timestamp::default()),
            ..Default::default()
        };
        self.upsert(id, Some(lead), lost).await;
    }

    async fn upsert(&self, id: &str, lead: Option<&str>, opportunity: v1::Opportunity) {
        let person =
            |lead: &str| v1::OpportunityPerson { lead_id: lead.to_owned(), ..Default::default() };
        let opportunity = v1::Opportunity {
            opportunity_id: id.to_owned(),
            people: lead.map(person).into_iter().collect(),
            ..opportunity
        };
        let request =
            v1::UpsertOpportunityRequest { opportunity: Some(opportunity), ..Default::default() };
        self.as_role(Role::Ingest).upsert_opportunity(request).await.unwrap();
    }

    /// Somebody turns out to be somebody else.
    pub(super) async fn merge(&self, lead: &str, into: &str) {
        let request = v1::MergeLeadsRequest {
            survivor_lead_id: into.to_owned(),
            lead_ids: vec![lead.to_owned()],
            reason: "the same person".to_owned(),
            ..Default::default()
        };
        self.as_role(Role::Marketing).merge_leads(request).await.unwrap();
    }

    /// Sales writes down what somebody needs.
    pub(super) async fn find_out_the_need(&self, client: &Client, lead: &str) -> Answer {
        let need = v1::Qualification {
            criterion: v1::QualificationCriterion::Need.into(),
            value: "three tools that do not agree".to_owned(),
            ..Default::default()
        };
        let request = v1::RecordQualificationRequest {
            lead_id: lead.to_owned(),
            qualifications: vec![need],
            ..Default::default()
        };
        answer(client.record_qualification(request).await)
    }

    /// Somebody moves a lead by hand.
    pub(super) async fn set(
        &self,
        client: &Client,
        lead: &str,
        request: v1::SetStageRequest,
        reason: &str,
    ) -> Answer {
        let (lead_id, reason) = (lead.to_owned(), reason.to_owned());
        answer(client.set_stage(v1::SetStageRequest { lead_id, reason, ..request }).await)
    }
}
