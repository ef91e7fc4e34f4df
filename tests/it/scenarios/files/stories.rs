//! `stories/*.yaml`: what happens to somebody, step by step.

use std::collections::BTreeMap;
use std::fs;

use abm_core::Stage;
use abm_core::lifecycle::Actor;
use serde::Deserialize;

use super::{path, read, words};

words!(
    /// What is done in a step.
    Deed {
        AsksForADemo = "asks for a demo",
        MeetsUs = "meets us",
        ReadsAPage = "reads a page",
        Identifies = "identifies",
        Qualifies = "qualifies",
        HandsOver = "hands over",
        Recycles = "recycles",
        Disqualifies = "disqualifies",
        Reinstates = "reinstates",
        NamesAnEvangelist = "names an evangelist",
        SetsAside = "sets aside",
        FindsOutTheNeed = "finds out the need",
        Claims = "claims",
        TriesInVain = "tries without an answer",
        IsAnswered = "tries and is answered",
        Accepts = "accepts",
        TurnsDown = "turns down",
        PassesItOn = "passes it on",
        Begins = "begins",
        IsWon = "is won",
        IsLost = "is lost",
        Goes = "goes",
        Passes = "passes",
        Says = "says",
    }
);

/// Where people stand, and as `handoff` how the latest handoff does.
pub(in crate::scenarios) type Scene = BTreeMap<String, String>;

/// A story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::scenarios) struct Story {
    /// What it is about.
    pub(in crate::scenarios) title: String,
    /// Whom it happens to, and where they stand at first.
    pub(in crate::scenarios) people: BTreeMap<String, Stage>,
    /// What happens.
    pub(in crate::scenarios) steps: Vec<Step>,
}

/// A step of a story.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::scenarios) struct Step {
    /// One of its people, or on whose behalf.
    pub(in crate::scenarios) who: String,
    /// What they do.
    pub(in crate::scenarios) does: Deed,
    lead: Option<String>,
    #[serde(rename = "as")]
    owner: Option<String>,
    because: Option<String>,
    stage: Option<Stage>,
    days: Option<i64>,
    /// What is otherwise afterwards.
    #[serde(default)]
    pub(in crate::scenarios) then: Scene,
    /// What is said instead.
    pub(in crate::scenarios) refused: Option<String>,
}

impl Step {
    /// On whose behalf.
    pub(in crate::scenarios) fn actor(&self) -> Actor {
        Actor::from_name(&self.who).unwrap_or_else(|| panic!("{} {}", self.who, self.does))
    }

    /// Whom it is about.
    pub(in crate::scenarios) fn lead(&self) -> &str {
        self.lead.as_deref().unwrap_or_else(|| panic!("{} needs a lead", self.does))
    }

    /// Which colleague of sales.
    pub(in crate::scenarios) fn owner(&self) -> &str {
        self.owner.as_deref().unwrap_or_else(|| panic!("{} needs an `as`", self.does))
    }

    /// The reason; empty when none is given.
    pub(in crate::scenarios) fn because(&self) -> &str {
        self.because.as_deref().unwrap_or_default()
    }

    /// What another system says.
    pub(in crate::scenarios) fn stage(&self) -> Stage {
        self.stage.unwrap_or_else(|| panic!("{} needs a stage", self.does))
    }

    /// How many days, if it is told.
    pub(in crate::scenarios) const fn days(&self) -> Option<i64> {
        self.days
    }

    /// Expects that it tells what its deed needs and nothing that goes unheard.
    fn check(&self, people: &BTreeMap<String, Stage>) {
        let told = [
            ("lead", self.lead.is_some()),
            ("as", self.owner.is_some()),
            ("because", self.because.is_some()),
            ("stage", self.stage.is_some()),
            ("days", self.days.is_some()),
        ];
        let (by, needs, can_have): (&str, &[&str], &[&str]) = match self.does {
            Deed::AsksForADemo | Deed::MeetsUs | Deed::ReadsAPage => ("person", &[], &[]),
            Deed::Identifies | Deed::Qualifies | Deed::HandsOver | Deed::NamesAnEvangelist => {
                ("people", &["lead"], &[])
            }
            Deed::Disqualifies | Deed::Reinstates | Deed::SetsAside => {
                ("people", &["lead"], &["because"])
            }
            Deed::Recycles => ("people", &["lead"], &["because", "days"]),
            Deed::FindsOutTheNeed => ("people", &["lead"], &[]),
            Deed::Claims | Deed::PassesItOn => ("people", &["as"], &[]),
            Deed::TriesInVain | Deed::IsAnswered | Deed::Accepts => ("people", &[], &[]),
            Deed::TurnsDown => ("people", &["because"], &["days"]),
            Deed::Begins | Deed::IsWon | Deed::IsLost | Deed::Goes => {
                ("opportunity", &["lead"], &[])
            }
            Deed::Passes => ("time", &["days"], &[]),
            Deed::Says => ("import", &["lead", "stage"], &[]),
        };
        for (field, told) in told {
            let fits = if told {
                needs.contains(&field) || can_have.contains(&field)
            } else {
                !needs.contains(&field)
            };
            assert!(fits, "{}: {field}", self.does);
        }
        let is_person = people.contains_key(&self.who);
        let who = self.who.as_str();
        let fits = match by {
            "person" => is_person,
            "people" => matches!(who, "marketing" | "sales" | "admin"),
            other => who == other,
        };
        assert!(fits, "{who} {}", self.does);
        assert!(self.lead.as_ref().is_none_or(|lead| people.contains_key(lead)), "{}", self.does);
        let known = |name: &String| name == "handoff" || people.contains_key(name);
        assert!(self.then.keys().all(known), "{:?}", self.then);
        assert!(self.then.is_empty() || self.refused.is_none(), "{:?} and refused", self.then);
    }
}

/// Reads all stories, by the names of their files.
pub(in crate::scenarios) fn read_all() -> BTreeMap<String, Story> {
    let files = fs::read_dir(path("stories")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let stories: BTreeMap<String, Story> =
        names.map(|name| (name.clone(), read(&format!("stories/{name}")))).collect();
    for (name, story) in &stories {
        assert!(name.ends_with(".yaml") && !story.steps.is_empty(), "{name}");
        for reserved in Actor::ALL.iter().map(|actor| actor.name()).chain(["handoff"]) {
            assert!(!story.people.contains_key(reserved), "{name}: {reserved} is nobody's name");
        }
        story.steps.iter().for_each(|step| step.check(&story.people));
    }
    for deed in Deed::ALL {
        let does = |story: &Story| story.steps.iter().any(|step| step.does == *deed);
        assert!(stories.values().any(does), "nobody {deed}");
    }
    stories
}
