//! What others do: scoring a whole base anew by GROUP BY over the activities, in PostgreSQL and
//! in DuckDB. Matching, daily caps and the hold are left out, so that it is less work than ours.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::io::Write as _;
use std::process::Command;

use abm_core::model::{self, DEFAULT_FILE, Match};
use abm_core::{Activity, Model};
use anyhow::{Context, Result, ensure};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection};
use tokio::time::Instant;

use crate::database::{Database, Engine};
use crate::options::Options;
use crate::stats::median;
use crate::table::{Table, two, whole};
use crate::world::World;

/// Rows of one statement that fills the table.
const ROWS: usize = 50_000;

/// Scores from raw points by person, then by company, both as tables that are stored.
const SCORE: [&str; 4] = [
    "DROP TABLE IF EXISTS lead_score",
    "DROP TABLE IF EXISTS account_score",
    "CREATE TABLE lead_score AS SELECT company, lead, round(100 * (1 - power(2, \
     -greatest(sum(points * power(2, -(NOW - secs) / half_life)), 0) / 40))) AS engagement \
     FROM flat GROUP BY company, lead",
    "CREATE TABLE account_score AS SELECT company, \
     round(100 * (1 - power(2, -sum(engagement) / 100))) AS engagement, \
     sum(CASE WHEN engagement >= 20 THEN 1 ELSE 0 END) AS engaged \
     FROM lead_score GROUP BY company",
];

/// One activity with what it gives: company, person, points, half-life in seconds, second.
type Flat = (String, String, f64, f64, i64);

/// Times the GROUP BY in both databases.
pub(crate) async fn run(options: &Options, world: &World) -> Result<Table> {
    let model =
        model::parse(DEFAULT_FILE).map_err(|found| anyhow::anyhow!("{} problems", found.len()))?;
    let rows = flat(world, &model);
    let now = world.now.secs();
    let mut table = Table::new(
        "GROUP BY over the activities, without matching, caps and hold",
        &["database", "seconds", "activities/s"],
    );
    let mut add = |name: &str, seconds: &[f64]| {
        let seconds = median(seconds);
        table.row([name.into(), two(seconds), whole(rows.len() as f64 / seconds)]);
    };
    add("PostgreSQL", &in_postgres(options, &rows, now).await?);
    match in_duckdb(options, &rows, now)? {
        Some(seconds) => add("DuckDB", &seconds),
        None => table.remark("DuckDB was left out: give --duckdb-python."),
    }
    Ok(table)
}

fn flat(world: &World, model: &Model) -> Vec<Flat> {
    let hosts: std::collections::HashMap<_, _> = world
        .leads
        .iter()
        .filter_map(|(id, profile)| Some((id, profile.email.split_once('@')?.1)))
        .collect();
    let mut seen = HashSet::new();
    let row = |activity: &Activity| -> Option<Flat> {
        let Match::Counts(position) = model.signals.classify(activity) else { return None };
        let worth = &model.signals.get(position)?.worth;
        let host = activity.lead.as_ref().and_then(|lead| hosts.get(lead)).copied();
        let account = activity.account.as_ref().map(|account| account.as_str());
        let company = host.or(account).unwrap_or_default().to_owned();
        let lead = activity.lead.as_ref().map(ToString::to_string).unwrap_or_default();
        let secs = activity.occurred_at.secs();
        Some((company, lead, worth.points, worth.half_life_secs, secs))
    };
    let once = world.stream.iter().filter(|activity| seen.insert(&activity.key));
    once.filter_map(row).collect()
}

async fn in_postgres(options: &Options, rows: &[Flat], now: i64) -> Result<Vec<f64>> {
    let database = Database::new(options, Engine::Postgres, "group_by").await?;
    let mut server = PgConnection::connect(&database.url()).await?;
    let table = "CREATE TABLE flat (company text, lead text, points float8, half_life float8, \
                 secs bigint)";
    server.execute(table).await?;
    for rows in rows.chunks(ROWS) {
        let insert = "INSERT INTO flat SELECT * FROM UNNEST($1::text[], $2::text[], \
                      $3::float8[], $4::float8[], $5::bigint[])";
        sqlx::query(insert)
            .bind(rows.iter().map(|row| row.0.as_str()).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.1.as_str()).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.2).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.3).collect::<Vec<_>>())
            .bind(rows.iter().map(|row| row.4).collect::<Vec<_>>())
            .execute(&mut server)
            .await?;
    }
    server.execute("VACUUM ANALYZE flat").await?;
    let mut seconds = Vec::new();
    for _ in 0..options.rounds {
        let started = Instant::now();
        for statement in SCORE {
            let statement = statement.replace("NOW", &format!("{now}::float8"));
            server.execute(AssertSqlSafe(statement)).await?;
        }
        seconds.push(started.elapsed().as_secs_f64());
    }
    server.close().await?;
    database.remove().await?;
    Ok(seconds)
}

/// Runs the same statements by DuckDB's package for Python, on its own columns.
fn in_duckdb(options: &Options, rows: &[Flat], now: i64) -> Result<Option<Vec<f64>>> {
    let Some(python) = &options.duckdb_python else { return Ok(None) };
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("flat.csv");
    let mut csv = std::io::BufWriter::new(std::fs::File::create(&file)?);
    writeln!(csv, "company,lead,points,half_life,secs")?;
    for (company, lead, points, half_life, secs) in rows {
        writeln!(csv, "{company},{lead},{points:?},{half_life:?},{secs}")?;
    }
    csv.into_inner()?;
    let table = format!(
        "CREATE TABLE flat AS SELECT * FROM read_csv('{}', header=true, columns={{'company': \
         'VARCHAR', 'lead': 'VARCHAR', 'points': 'DOUBLE', 'half_life': 'DOUBLE', 'secs': \
         'BIGINT'}})",
        file.display()
    );
    let stored = folder.path().join("flat.duckdb").display().to_string();
    let mut script = String::from("import duckdb, time\n");
    writeln!(script, "db = duckdb.connect({stored:?})")?;
    // A bar would stand among the figures.
    script.push_str("db.execute('SET enable_progress_bar = false')\n");
    writeln!(script, "db.execute({table:?})")?;
    for _ in 0..options.rounds {
        script.push_str("start = time.perf_counter()\n");
        for statement in SCORE {
            let statement = statement.replace("NOW", &format!("{now}::DOUBLE"));
            writeln!(script, "db.execute({statement:?})")?;
        }
        script.push_str("print(time.perf_counter() - start)\n");
    }
    let output = Command::new(python).arg("-c").arg(&script).output();
    let output = output.with_context(|| format!("{} cannot be run", python.display()))?;
    ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let lines = String::from_utf8(output.stdout)?;
    Ok(Some(lines.lines().map(str::parse).collect::<Result<_, _>>()?))
}
