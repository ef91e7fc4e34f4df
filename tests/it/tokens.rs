//! A credential opens one workspace until it ends, and says nothing when it does not.

use abm_app::{AppError, Role};
use abm_core::DAY;
use abm_tests::{World, both_engines};

both_engines!(
    a_token_is_its_caller_until_it_ends,
    a_revoked_token_is_dead_at_once,
    only_a_workspace_without_tokens_gets_a_first_one,
    a_token_is_refused_whatever_is_wrong_with_it,
);

async fn a_token_is_its_caller_until_it_ends(world: World) {
    for role in Role::ALL {
        let token = world.app.create_token(world.workspace, role, "crm", 30).await.unwrap();
        let caller = world.app.authenticate(&token.text).await.unwrap();
        assert_eq!((caller.workspace, caller.role), (world.workspace, role));
        assert_eq!((caller.name.as_str(), caller.key_id), ("crm", token.key_id));
    }
    let token = world.app.create_token(world.workspace, Role::Sales, "crm", 30).await.unwrap();
    world.at(30 * DAY - 1);
    assert!(world.app.authenticate(&token.text).await.is_ok());
    world.at(30 * DAY);
    assert!(matches!(world.app.authenticate(&token.text).await, Err(AppError::Credentials)));
    for days in [0, 366, -1, i64::MAX] {
        let refused = world.app.create_token(world.workspace, Role::Sales, "crm", days).await;
        assert!(matches!(refused, Err(AppError::Invalid(_))), "{days}");
    }
}

async fn a_revoked_token_is_dead_at_once(world: World) {
    let token = world.app.create_token(world.workspace, Role::Admin, "me", 1).await.unwrap();
    assert!(world.app.revoke_token(&token.key_id).await.unwrap());
    assert!(matches!(world.app.authenticate(&token.text).await, Err(AppError::Credentials)));
    assert!(!world.app.revoke_token(&token.key_id).await.unwrap(), "it has ended before");
    assert!(!world.app.revoke_token("unknown").await.unwrap());
}

async fn only_a_workspace_without_tokens_gets_a_first_one(world: World) {
    let first = world.app.first_token(world.workspace).await.unwrap().unwrap();
    let caller = world.app.authenticate(&first.text).await.unwrap();
    assert_eq!(caller.role, Role::Admin);
    assert!(world.app.first_token(world.workspace).await.unwrap().is_none());
}

async fn a_token_is_refused_whatever_is_wrong_with_it(world: World) {
    let token = world.app.create_token(world.workspace, Role::Admin, "me", 1).await.unwrap().text;
    let cut = &token[..token.len() - 1];
    let other = token.replace("live", "test");
    for wrong in ["", "abm", "abm_live_", "abm_live_a_b_c", cut, &other, &"x".repeat(9_000)] {
        assert!(matches!(world.app.authenticate(wrong).await, Err(AppError::Credentials)));
    }
    let secrets =
        "SELECT COUNT(*), COUNT(CASE WHEN LENGTH(secret_hash) = 32 THEN 1 END) FROM api_token";
    assert_eq!(world.sql().await.numbers(secrets).await, [[1, 1]], "only the hash is stored");
}
