//! Reads: an account's view and the ranked list, against a bare echo of the same sizes.

use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use abm_proto::v1;
use abm_proto::v1::account_view_service_client::AccountViewServiceClient;
use anyhow::{Context, Result, ensure};
use prost::Message;
use tonic::transport::Channel;

use crate::database::Engine;
use crate::echo::Echo;
use crate::load::{Load, keep_calling};
use crate::options::Options;
use crate::service::Service;
use crate::stats::{Series, median};
use crate::table::{Table, two, whole};
use crate::world::World;

/// Calls in flight.
const IN_FLIGHT: usize = 64;

/// Accounts of the list.
const PAGE: i32 = 100;

/// Calls that sizes are taken from.
const SAMPLES: usize = 200;

type Answering = Pin<Box<dyn Future<Output = Result<()>> + Send>>;

/// A call that is measured in turns with others.
struct Course {
    name: String,
    call: Arc<dyn Fn(usize, usize) -> Answering + Send + Sync>,
    /// The position of the course it is compared with.
    floor: usize,
    loads: Vec<Load>,
}

/// Measures views and lists, and lists of worlds of other sizes.
pub(crate) async fn run(
    options: &Options,
    engine: Engine,
    world: &World,
    service: &Service,
) -> Result<Table> {
    service.database.settle().await?;
    let channels = service.connect(options.connections).await?;
    let view = Sizes::of_views(&channels, world).await?;
    let list = Sizes::of_lists(&channels).await?;
    let echoes = [
        Echo::start(view.request, view.answer, options.connections).await?,
        Echo::start(list.request, list.answer, options.connections).await?,
    ];
    let mut courses = Vec::new();
    for (echo, sizes) in echoes.iter().zip([&view, &list]) {
        let name = format!("bare echo, {} bytes in, {} out", sizes.request, sizes.answer);
        courses.push(Course::new(name, courses.len(), echo.caller()));
    }
    let accounts = whole(world.accounts.len() as f64);
    courses.push(Course::new("GetAccountView".into(), 0, get_views(channels.clone(), world)));
    let name = format!("ListPriorityAccounts, {PAGE} of {accounts} accounts");
    courses.push(Course::new(name, 1, get_lists(channels)));
    let mut others = Vec::new();
    for &size in &options.list_sizes {
        let other = other_world(options, engine, size).await?;
        let name = format!("ListPriorityAccounts, {PAGE} of {} accounts", whole(size as f64));
        let channels = other.connect(options.connections).await?;
        courses.push(Course::new(name, 1, get_lists(channels)));
        others.push(other);
    }
    measure(options, &mut courses).await?;
    for other in others {
        other.stop().await?;
    }
    for echo in echoes {
        echo.stop();
    }
    Ok(table(options, engine, &courses))
}

impl Course {
    fn new<F>(
        name: String,
        floor: usize,
        call: impl Fn(usize, usize) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = Result<()>> + Send + 'static,
    {
        let call = move |caller, number| -> Answering { Box::pin(call(caller, number)) };
        Self { name, call: Arc::new(call), floor, loads: Vec::new() }
    }

    async fn run(&self, length: Duration) -> Result<Load> {
        let call = Arc::clone(&self.call);
        keep_calling(length, IN_FLIGHT, move |caller, number| call(caller, number)).await
    }

    fn series(&self) -> Series {
        let mut series = Series::default();
        for load in &self.loads {
            series.add(&load.cost, load.latencies.count());
        }
        series
    }
}

async fn measure(options: &Options, courses: &mut [Course]) -> Result<()> {
    let length = Duration::from_millis(options.read_millis);
    let count = courses.len();
    for turn in 0..options.rounds as usize {
        for place in 0..count {
            if let Some(course) = courses.get_mut((turn + place) % count) {
                // Caches and prepared statements are warm before the time is taken.
                course.run(length / 10).await?;
                let load = course.run(length).await?;
                course.loads.push(load);
            }
        }
    }
    Ok(())
}

fn get_views(
    channels: Vec<Channel>,
    world: &World,
) -> impl Fn(usize, usize) -> Answering + Send + Sync + 'static {
    let ids: Vec<String> = world.accounts.iter().map(|(id, _)| id.to_string()).collect();
    move |caller, number| {
        let channel = channels.get(caller % channels.len()).cloned();
        // A step that shares no factor with the number of accounts meets each, in no order.
        let id = ids.get(number.wrapping_mul(7_919) % ids.len()).cloned();
        Box::pin(async move {
            let mut client = AccountViewServiceClient::new(channel.context("no connection")?);
            client.get_account_view(view_request(id.context("no account")?)).await?;
            Ok(())
        })
    }
}

fn get_lists(channels: Vec<Channel>) -> impl Fn(usize, usize) -> Answering + Send + Sync + 'static {
    move |caller, _| {
        let channel = channels.get(caller % channels.len()).cloned();
        Box::pin(async move {
            let mut client = AccountViewServiceClient::new(channel.context("no connection")?);
            client.list_priority_accounts(list_request()).await?;
            Ok(())
        })
    }
}

fn view_request(account_id: String) -> v1::GetAccountViewRequest {
    v1::GetAccountViewRequest { account_id, ..v1::GetAccountViewRequest::default() }
}

/// The best accounts, whether or not they are priority accounts: a full page in any world.
fn list_request() -> v1::ListPriorityAccountsRequest {
    v1::ListPriorityAccountsRequest {
        page_size: PAGE,
        include_all: true,
        ..v1::ListPriorityAccountsRequest::default()
    }
}

/// How long messages are, on average.
struct Sizes {
    request: usize,
    answer: usize,
}

impl Sizes {
    async fn of_views(channels: &[Channel], world: &World) -> Result<Self> {
        let channel = channels.first().context("no connection")?;
        let mut client = AccountViewServiceClient::new(channel.clone());
        let step = (world.accounts.len() / SAMPLES).max(1);
        let (mut request, mut answer, mut count) = (0, 0, 0);
        for (id, _) in world.accounts.iter().step_by(step) {
            let message = view_request(id.to_string());
            request += message.encoded_len();
            answer += client.get_account_view(message).await?.into_inner().encoded_len();
            count += 1;
        }
        Ok(Self { request: request / count, answer: answer / count })
    }

    async fn of_lists(channels: &[Channel]) -> Result<Self> {
        let channel = channels.first().context("no connection")?;
        let mut client = AccountViewServiceClient::new(channel.clone());
        let request = list_request();
        let request_size = request.encoded_len();
        let answer = client.list_priority_accounts(request).await?.into_inner();
        ensure!(answer.accounts.len() == PAGE as usize, "the list has no full page");
        Ok(Self { request: request_size, answer: answer.encoded_len() })
    }
}

/// A service over another world.
async fn other_world(options: &Options, engine: Engine, accounts: usize) -> Result<Service> {
    let world = World::new(options.seed, accounts, options.activities_per_account);
    let purpose = format!("list{accounts}");
    let service = Service::start_for(options, engine, world.now, &purpose).await?;
    service.load(&world).await?;
    service.database.settle().await?;
    Ok(service)
}

fn table(options: &Options, engine: Engine, courses: &[Course]) -> Table {
    let head = ["reads", "calls/s", "to the echo", "CPU us a call", "p50 ms", "p99 ms"];
    let title =
        format!("Reads, {engine}, {IN_FLIGHT} in flight on {} connections", options.connections);
    let mut table = Table::new(title, &head);
    for course in courses {
        let series = course.series();
        let floor = courses.get(course.floor).map(Course::series).unwrap_or_default();
        let millis = |percent| {
            let all: Vec<f64> =
                course.loads.iter().map(|load| load.latencies.millis(percent)).collect();
            two(median(&all))
        };
        table.row([
            course.name.clone(),
            whole(series.rate()),
            two(series.to(&floor)),
            two(series.cpu_micros()),
            millis(50),
            millis(99),
        ]);
    }
    table
}
