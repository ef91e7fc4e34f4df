//! Activities.

use std::collections::BTreeMap;

use abm_app::{Refused, Submission};
use abm_core::{AccountId, Activity, ActivityKey, LeadId, Timestamp, Violation};

use crate::START;

/// An activity to be sent.
#[derive(Clone, Debug)]
pub struct AnActivity {
    source: String,
    activity_id: String,
    kind: String,
    occurred_at: Timestamp,
    lead: Option<String>,
    account: Option<String>,
    email: String,
    campaign: String,
    attributes: BTreeMap<String, String>,
}

/// A demo request at [`START`] by nobody: say who it was, or at which account.
#[must_use]
pub fn activity(source: &str, activity_id: &str) -> AnActivity {
    AnActivity {
        source: source.to_owned(),
        activity_id: activity_id.to_owned(),
        kind: "demo_request".to_owned(),
        occurred_at: START,
        lead: None,
        account: None,
        email: String::new(),
        campaign: String::new(),
        attributes: BTreeMap::new(),
    }
}

impl AnActivity {
    /// Another id.
    #[must_use]
    pub fn with_id(mut self, activity_id: &str) -> Self {
        activity_id.clone_into(&mut self.activity_id);
        self
    }

    /// Its type.
    #[must_use]
    pub fn kind(mut self, kind: &str) -> Self {
        kind.clone_into(&mut self.kind);
        self
    }

    /// When it happened.
    #[must_use]
    pub fn at(mut self, occurred_at: Timestamp) -> Self {
        self.occurred_at = occurred_at;
        self
    }

    /// When it happened, in seconds after [`START`].
    #[must_use]
    pub fn after(self, seconds: i64) -> Self {
        self.at(START + seconds)
    }

    /// Who did it.
    #[must_use]
    pub fn lead(mut self, lead: &str) -> Self {
        self.lead = Some(lead.to_owned());
        self
    }

    /// The account it was seen at.
    #[must_use]
    pub fn account(mut self, account: &str) -> Self {
        self.account = Some(account.to_owned());
        self
    }

    /// The address beside the lead.
    #[must_use]
    pub fn email(mut self, email: &str) -> Self {
        email.clone_into(&mut self.email);
        self
    }

    /// Its campaign.
    #[must_use]
    pub fn campaign(mut self, campaign: &str) -> Self {
        campaign.clone_into(&mut self.campaign);
        self
    }

    /// A further field.
    #[must_use]
    pub fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes.insert(name.to_owned(), value.to_owned());
        self
    }

    /// With other names for what it names.
    #[must_use]
    pub fn as_if(
        mut self,
        lead: &impl Fn(&str) -> String,
        account: &impl Fn(&str) -> String,
    ) -> Self {
        self.lead = self.lead.map(|id| lead(&id));
        self.account = self.account.map(|id| account(&id));
        self
    }

    /// The row as the use cases take it.
    ///
    /// # Errors
    /// What a caller is told of ids that are none.
    pub fn row(self) -> Submission {
        let read = |activity: &Self| -> Result<Activity, Violation> {
            Ok(Activity {
                key: ActivityKey::new(&activity.source, &activity.activity_id)?,
                kind: activity.kind.clone(),
                occurred_at: activity.occurred_at,
                lead: activity.lead.as_ref().map(LeadId::new).transpose()?,
                account: activity.account.as_ref().map(AccountId::new).transpose()?,
                email: activity.email.clone(),
                campaign: activity.campaign.clone(),
                attributes: activity.attributes.clone(),
            })
        };
        read(&self).map_err(|violation| Refused {
            source: self.source,
            activity_id: self.activity_id,
            violations: vec![violation],
        })
    }
}
