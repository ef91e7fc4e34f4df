//! The stories, as the core alone has them happen.

use super::company::Company;
use crate::scenarios::files::stories;
use crate::scenarios::story::play;

#[tokio::test]
async fn every_story_happens_by_the_rules_alone() {
    let all = stories::read_all();
    assert_eq!(all.len(), 20);
    for (file, story) in &all {
        play(file, story, &mut Company::new()).await;
    }
}
