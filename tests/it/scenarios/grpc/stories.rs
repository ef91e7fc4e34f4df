//! The stories, as callers of a service live them.

use std::collections::{BTreeMap, BTreeSet};

use abm_app::Role;
use abm_client::v1;
use abm_core::Stage;
use abm_tests::{World, both_engines, days};

use super::acts::Doing;
use super::calls::{disqualify, recycle, to};
use super::desk::{self, Answer, Desk, moment, state};
use crate::scenarios::files::stories::{Deed, Scene, Step};
use crate::scenarios::files::{policy, stories};
use crate::scenarios::story::{self, Player, play};

both_engines!(every_story_happens_over_grpc);

async fn every_story_happens_over_grpc(world: World) {
    let all = stories::read_all();
    assert_eq!(all.len(), 20);
    for (number, (file, story)) in (2..).zip(&all) {
        let mut desk = Desk::open(&world, number, &policy()).await;
        desk.company = "sap";
        let mut callers = Callers { desk, people: Vec::new(), handoffs: Vec::new() };
        play(file, story, &mut callers).await;
        callers.desk.close().await;
    }
}

/// Those who call a service, and the handoffs that they have seen, the latest last.
struct Callers {
    desk: Desk,
    people: Vec<String>,
    handoffs: Vec<String>,
}

fn stage(stage: Stage) -> v1::Stage {
    let name = format!("STAGE_{}", stage.name().to_uppercase());
    v1::Stage::from_str_name(&name).unwrap()
}

impl Callers {
    async fn set(&self, step: &Step, request: v1::SetStageRequest) -> Answer {
        let client = self.desk.as_actor(step.actor());
        self.desk.set(client, step.lead(), request, step.because()).await
    }

    async fn act(&self, step: &Step, doing: Doing<'_>) -> Answer {
        let client = self.desk.as_actor(step.actor());
        self.desk.act(client, self.handoffs.last().unwrap(), doing).await
    }

    /// What nobody asks for.
    async fn happens(&self, step: &Step) {
        use v1::OpportunityState::{Lost, Open, Won};
        let (desk, who) = (&self.desk, step.who.as_str());
        let tell = async |lead: Option<&str>, told| {
            desk.tell(&format!("{}-deal", step.lead()), lead, told).await;
        };
        match step.does {
            Deed::AsksForADemo => desk.ask(who).await,
            Deed::MeetsUs => desk.meet(who).await,
            Deed::ReadsAPage => desk.read(who).await,
            Deed::Begins => tell(Some(step.lead()), Open).await,
            Deed::IsWon => tell(Some(step.lead()), Won).await,
            Deed::IsLost => tell(Some(step.lead()), Lost).await,
            Deed::Goes => tell(None, Open).await,
            Deed::Passes => desk.pass(days(step.days().unwrap())).await,
            Deed::Says => desk.send(step.lead(), stage(step.stage())).await,
            other => panic!("{other} is asked for"),
        }
    }

    async fn by_hand(&self, step: &Step) -> Answer {
        match step.does {
            Deed::Identifies | Deed::Reinstates => self.set(step, to(v1::Stage::Lead)).await,
            Deed::Qualifies => self.set(step, to(v1::Stage::Mql)).await,
            Deed::NamesAnEvangelist => self.set(step, to(v1::Stage::Evangelist)).await,
            Deed::SetsAside => self.set(step, to(v1::Stage::Other)).await,
            Deed::Disqualifies => self.set(step, disqualify()).await,
            Deed::Recycles => {
                let until = step.days().map(|count| self.desk.world().now() + days(count));
                let nurture_until = until.map(moment);
                self.set(step, v1::SetStageRequest { nurture_until, ..recycle() }).await
            }
            Deed::HandsOver => {
                let client = self.desk.as_actor(step.actor());
                self.desk.hand_over(client, step.lead()).await.map(|_| ())
            }
            Deed::FindsOutTheNeed => {
                let client = self.desk.as_actor(step.actor());
                self.desk.find_out_the_need(client, step.lead()).await
            }
            other => panic!("{other} is nothing that is done with a lead by hand"),
        }
    }

    async fn with_the_handoff(&self, step: &Step) -> Answer {
        let until = step.days().map(|count| self.desk.world().now() + days(count));
        let doing = match step.does {
            Deed::Claims => Doing::Claim(step.owner()),
            Deed::TriesInVain => Doing::Attempt(v1::AttemptOutcome::NoAnswer),
            Deed::IsAnswered => Doing::Attempt(v1::AttemptOutcome::Answered),
            Deed::Accepts => Doing::Accept,
            Deed::TurnsDown => Doing::Reject(step.because(), until),
            Deed::PassesItOn => Doing::Reassign(step.owner()),
            other => panic!("{other} is nothing that is done with a handoff"),
        };
        self.act(step, doing).await
    }
}

impl Player for Callers {
    async fn begin(&mut self, people: &BTreeMap<String, Stage>) {
        let account = v1::Account {
            account_id: self.desk.company.to_owned(),
            name: "SAP".to_owned(),
            ..Default::default()
        };
        let request = v1::UpsertAccountRequest { account: Some(account), ..Default::default() };
        self.desk.as_role(Role::Ingest).upsert_account(request).await.unwrap();
        for (name, first) in people {
            self.desk.send(name, stage(*first)).await;
            self.people.push(name.clone());
        }
    }

    async fn play(&mut self, step: &Step) -> Result<(), story::Refusal> {
        let answer = match step.does {
            Deed::Identifies
            | Deed::Qualifies
            | Deed::HandsOver
            | Deed::Recycles
            | Deed::Disqualifies
            | Deed::Reinstates
            | Deed::NamesAnEvangelist
            | Deed::SetsAside
            | Deed::FindsOutTheNeed => self.by_hand(step).await,
            Deed::Claims
            | Deed::TriesInVain
            | Deed::IsAnswered
            | Deed::Accepts
            | Deed::TurnsDown
            | Deed::PassesItOn => self.with_the_handoff(step).await,
            _ => {
                self.happens(step).await;
                Ok(())
            }
        };
        answer.map_err(|refusal| match refusal {
            desk::Refusal::Denied => story::Refusal::Denied,
            desk::Refusal::Forbidden(words) => story::Refusal::Said(words),
            desk::Refusal::Invalid(words) => panic!("{words}"),
        })
    }

    async fn scene(&mut self) -> Scene {
        let mut scene = Scene::new();
        for name in &self.people {
            scene.insert(name.clone(), self.desk.shown(name).await);
        }
        let client = self.desk.as_role(Role::Sales);
        let found = client.list_handoffs(v1::ListHandoffsRequest::default()).await.unwrap();
        let known: BTreeSet<&String> = self.handoffs.iter().collect();
        let new: Vec<String> = found
            .handoffs
            .into_iter()
            .map(|handoff| handoff.handoff_id)
            .filter(|id| !known.contains(id))
            .collect();
        assert!(new.len() <= 1, "one step hands over once");
        self.handoffs.extend(new);
        if let Some(latest) = self.handoffs.last() {
            let stands = state(&self.desk.handoff(latest).await);
            scene.insert("handoff".to_owned(), stands);
        }
        scene
    }
}
