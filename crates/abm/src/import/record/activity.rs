//! Activities.

use std::collections::BTreeMap;

use abm_client::Error;
use abm_client::v1::{Activity, RowVerdict};

use super::{Record, Rules, moment, unknown_field};
use crate::import::destination::Destination;
use crate::import::fault::RowError;

impl Record for Activity {
    const NAME: &'static str = "activities";
    const FIELDS: &'static [&'static str] = &[
        "source",
        "activity_id",
        "type",
        "occurred_at",
        "lead_id",
        "account_id",
        "email",
        "campaign",
    ];
    const REQUIRED: &'static [&'static str] = &["source", "activity_id", "type", "occurred_at"];
    // What has happened does not change: the service tells duplicates from conflicts.
    const FOLDS: bool = false;

    fn set(
        &mut self,
        field: &'static str,
        text: String,
        origin: &str,
        rules: &Rules,
    ) -> Result<(), RowError> {
        match field {
            "source" => self.source = text,
            "activity_id" => self.activity_id = text,
            "type" => self.r#type = text,
            "occurred_at" => self.occurred_at = moment(field, &text, origin, &rules.times)?,
            "lead_id" => self.lead_id = text,
            "account_id" => self.account_id = text,
            "email" => self.email = text,
            "campaign" => self.campaign = text,
            other => return Err(unknown_field(other)),
        }
        Ok(())
    }

    fn attributes(&mut self) -> &mut BTreeMap<String, String> {
        &mut self.attributes
    }

    fn key(&self) -> Option<String> {
        let whole = !self.source.is_empty() && !self.activity_id.is_empty();
        whole.then(|| format!("{}\n{}", self.source, self.activity_id))
    }

    fn followed_by(self, _: Self, _: bool) -> Self {
        self
    }

    async fn send(
        to: impl Destination,
        records: Vec<Self>,
        _: bool,
    ) -> Result<Vec<RowVerdict>, Error> {
        to.activities(records).await
    }
}
