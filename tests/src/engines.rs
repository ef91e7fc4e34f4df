//! One rule, two databases.

/// Makes two tests of each rule, `the_rule::sqlite` and `the_rule::postgres`.
///
/// A rule is an `async fn` over a [`World`](crate::World) of its own in the same module.
#[macro_export]
macro_rules! both_engines {
    ($($rule:ident),+ $(,)?) => {
        $(
            mod $rule {
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    super::$rule($crate::World::new($crate::Engine::Sqlite).await).await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    super::$rule($crate::World::new($crate::Engine::Postgres).await).await;
                }
            }
        )+
    };
}
