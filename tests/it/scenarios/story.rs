//! Playing a story in some world, and holding what happens there against what it tells.

use std::collections::BTreeMap;

use abm_core::Stage;

use super::files::stories::{Scene, Step, Story};

/// Why a step was refused.
#[derive(Debug)]
pub(super) enum Refusal {
    /// In words.
    Said(String),
    /// Because such a caller may not even ask.
    Denied,
}

impl Refusal {
    /// Whether that is what a story tells. Who may not ask for a decision is not who decides.
    fn is(&self, told: &str) -> bool {
        match self {
            Self::Said(words) => words.contains(told),
            Self::Denied => told.starts_with("is not for ") && told.ends_with(" to decide"),
        }
    }
}

/// A world in which stories happen.
pub(super) trait Player {
    /// Sends the people of a story.
    async fn begin(&mut self, people: &BTreeMap<String, Stage>);

    /// Does what a step says.
    async fn play(&mut self, step: &Step) -> Result<(), Refusal>;

    /// How everything stands.
    async fn scene(&mut self) -> Scene;
}

/// Plays a story, and expects after each step what it tells.
pub(super) async fn play(file: &str, story: &Story, player: &mut impl Player) {
    player.begin(&story.people).await;
    let mut scene: Scene =
        story.people.iter().map(|(name, stage)| (name.clone(), stage.name().to_owned())).collect();
    assert_eq!(player.scene().await, scene, "{file}: {} begins", story.title);
    for (number, step) in story.steps.iter().enumerate() {
        let place = format!("{file}, step {}: {} {}", number + 1, step.who, step.does);
        match (player.play(step).await, &step.refused) {
            (Ok(()), None) => {
                for (name, stands) in &step.then {
                    let before = scene.insert(name.clone(), stands.clone());
                    assert_ne!(before.as_ref(), Some(stands), "{place}: {name} has not moved");
                }
            }
            (Err(refusal), Some(told)) => assert!(refusal.is(told), "{place}: {refusal:?}"),
            (Ok(()), Some(_)) => panic!("{place} is not refused"),
            (Err(refusal), None) => panic!("{place}: {refusal:?}"),
        }
        assert_eq!(player.scene().await, scene, "{place}");
    }
}
