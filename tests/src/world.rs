//! A service on a database of its own, and a clock that stands until it is moved.

use std::sync::Arc;

use abm_app::{App, Limits, ManualClock, WorkspaceRecord};
use abm_core::{Timestamp, WorkspaceId, model};
use abm_store::{ModelRecord, ModelState, Publication, Slot, Store};

use crate::{Database, Engine, START};

/// One workspace on one database, seen through one process of the service.
#[derive(Clone, Debug)]
pub struct World {
    /// The use cases.
    pub app: App,
    /// The service's clock.
    pub clock: Arc<ManualClock>,
    /// The workspace that everything here speaks of.
    pub workspace: WorkspaceId,
    /// Where it is stored; removed with the last world on it.
    pub database: Arc<Database>,
}

impl World {
    /// An empty world under the default model; its clock stands at [`START`].
    pub async fn new(engine: Engine) -> Self {
        Self::on(Arc::new(Database::fresh(engine).await)).await
    }

    /// The world on a database that may hold something already.
    pub async fn on(database: Arc<Database>) -> Self {
        let clock = Arc::new(ManualClock::new(START));
        let app = App::start(database.open().await, clock.clone(), Limits::default());
        let workspace = app.workspace_or_new("main").await.expect("a workspace").id;
        Self { app, clock, workspace, database }
    }

    /// A further process of the service on the same workspace, with the same clock and
    /// connections of its own.
    pub async fn replica(&self) -> Self {
        let store = self.database.open().await;
        Self { app: App::start(store, self.clock.clone(), Limits::default()), ..self.clone() }
    }

    /// An empty workspace in the same database, under `model`, with a clock of its own: cheaper
    /// than a database, and apart from this one all the same.
    pub async fn beside(&self, number: i64, model: &str) -> Self {
        let store = self.app.store().clone();
        let workspace = WorkspaceId(number);
        make_workspace(&store, workspace, model).await;
        let clock = Arc::new(ManualClock::new(START));
        let app = App::start(store, clock.clone(), Limits::default());
        Self { app, clock, workspace, database: Arc::clone(&self.database) }
    }

    /// Stops the service and starts it again on the same database.
    pub async fn restarted(self) -> Self {
        self.app.stop().await;
        let Self { app, clock, workspace, database } = self;
        drop(app);
        let app = App::start(database.open().await, clock.clone(), Limits::default());
        Self { app, clock, workspace, database }
    }

    /// The service's time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.app.clock().now()
    }

    /// Sets the service's clock to so many seconds after [`START`].
    pub fn at(&self, seconds: i64) {
        self.clock.set(START + seconds);
    }

    /// Moves the service's clock on by seconds, or back.
    pub fn pass(&self, seconds: i64) {
        self.clock.set(self.now() + seconds);
    }
}

async fn make_workspace(store: &Store, id: WorkspaceId, file: &str) {
    let parsed = model::parse(file).unwrap_or_else(|found| panic!("{found:?}"));
    let record = WorkspaceRecord {
        id,
        name: format!("workspace {id}"),
        model_version: 1,
        creates_accounts: true,
        live: Slot::default(),
        publishing: None,
        standby_used: false,
        merged_leads: 0,
        merged_accounts: 0,
    };
    let first = ModelRecord {
        version: 1,
        name: parsed.name,
        file: file.to_owned(),
        comment: String::new(),
        created_at: START,
        created_by: "test".to_owned(),
        state: ModelState::Published(Publication { at: START, by: "test".to_owned() }),
    };
    let tx = store.begin_workspace(&record, START).await.expect("a workspace");
    tx.add_model(&first).await.expect("a model");
    tx.commit().await.expect("a commit");
}
