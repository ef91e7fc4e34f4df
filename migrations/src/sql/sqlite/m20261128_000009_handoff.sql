-- The way of leads from marketing to sales: where each stands, what it was handed over with, and who
-- has it. Decisions are recorded once, with who made them and what was known then.

-- Where leads stand about whom something was decided; all others are leads without a mark.
CREATE TABLE lead_lifecycle (
    workspace_id INTEGER NOT NULL,
    lead_id TEXT NOT NULL,
    -- What was decided, whatever opportunities say: a stage.
    decided TEXT NOT NULL,
    -- recycled, disqualified, or empty.
    mark TEXT NOT NULL,
    -- open, won, or empty: what its opportunities say.
    outcome TEXT NOT NULL,
    -- While it is recycled: from then on it may qualify again.
    nurture_until INTEGER,
    -- When it was last given up.
    given_up_at INTEGER,
    -- Since when the stage that is shown is shown.
    since INTEGER NOT NULL,
    -- When it was first marketing and first sales qualified.
    mql_at INTEGER,
    sql_at INTEGER,
    -- The number of the latest transition.
    sequence INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, lead_id)
) WITHOUT ROWID;
CREATE INDEX lead_lifecycle_nurtured ON lead_lifecycle (workspace_id, nurture_until) WHERE nurture_until IS NOT NULL;
CREATE INDEX lead_lifecycle_by_mql ON lead_lifecycle (workspace_id, mql_at, lead_id) WHERE mql_at IS NOT NULL;

-- Every move of a lead. Never rewritten.
CREATE TABLE lead_transition (
    workspace_id INTEGER NOT NULL,
    lead_id TEXT NOT NULL,
    -- Counts up from 1 without holes, per lead.
    sequence INTEGER NOT NULL,
    -- From when it holds, and when it was recorded.
    at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    -- The move; empty for the stage that a caller declared when it first sent the lead.
    step TEXT NOT NULL,
    stage_before TEXT NOT NULL,
    mark_before TEXT NOT NULL,
    stage TEXT NOT NULL,
    mark TEXT NOT NULL,
    -- On whose behalf, and by whom.
    actor TEXT NOT NULL,
    caller TEXT NOT NULL,
    reason TEXT NOT NULL,
    model_version INTEGER NOT NULL,
    -- The handoff that it came with; empty for none.
    handoff_id TEXT NOT NULL,
    -- What was known then: a JSON object.
    evidence TEXT NOT NULL,
    PRIMARY KEY (workspace_id, lead_id, sequence)
) WITHOUT ROWID;

-- What sales found out about leads. Never rewritten: the latest of each criterion counts.
CREATE TABLE qualification (
    workspace_id INTEGER NOT NULL,
    lead_id TEXT NOT NULL,
    -- budget, authority, need, timing.
    criterion TEXT NOT NULL,
    at INTEGER NOT NULL,
    value TEXT NOT NULL,
    -- Where it is known from, in the caller's words.
    source TEXT NOT NULL,
    caller TEXT NOT NULL,
    PRIMARY KEY (workspace_id, lead_id, criterion, at)
) WITHOUT ROWID;

-- The contract between marketing and sales, as files. Never rewritten; the highest version holds.
CREATE TABLE handoff_policy (
    workspace_id INTEGER NOT NULL,
    version INTEGER NOT NULL,
    file TEXT NOT NULL,
    comment TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    PRIMARY KEY (workspace_id, version)
) WITHOUT ROWID;

CREATE TABLE handoff (
    workspace_id INTEGER NOT NULL,
    handoff_id TEXT NOT NULL,
    -- The account, and the lead that it began with; empty where there is none.
    account_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    -- pending, claimed, working, accepted, rejected, expired, recycled.
    state TEXT NOT NULL,
    -- Whether it has not ended.
    is_open INTEGER NOT NULL,
    -- hand_raiser, scores, account, person.
    cause TEXT NOT NULL,
    -- Who has it or is to claim it, or else the queue it waits in; the other is empty.
    owner TEXT NOT NULL,
    queue TEXT NOT NULL,
    -- The team and the route that it was given out by, and its service level; empty for none.
    team TEXT NOT NULL,
    route TEXT NOT NULL,
    sla TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    -- When whoever has it is warned, is late, and is relieved of it.
    warn_at INTEGER,
    due_at INTEGER NOT NULL,
    escalate_at INTEGER,
    -- When it is given up.
    gives_up_at INTEGER NOT NULL,
    -- The next of these moments that is ahead while it is open.
    next_at INTEGER,
    warned_at INTEGER,
    escalated_at INTEGER,
    claimed_at INTEGER,
    -- When somebody first tried to reach them, and when somebody first answered.
    attempted_at INTEGER,
    answered_at INTEGER,
    attempts INTEGER NOT NULL,
    ended_at INTEGER,
    -- Of a rejection.
    reason TEXT NOT NULL,
    rejection TEXT NOT NULL,
    comment TEXT NOT NULL,
    nurture_until INTEGER,
    model_version INTEGER NOT NULL,
    policy_version INTEGER NOT NULL,
    -- What was shown when it was handed over.
    engagement INTEGER NOT NULL,
    fit INTEGER NOT NULL,
    tier INTEGER NOT NULL,
    -- What sales gets to read, as it was then: a JSON object.
    packet TEXT NOT NULL,
    -- Counts up with every change: what callers quote to act on what they saw.
    version INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, handoff_id)
) WITHOUT ROWID;
-- One open handoff for each account: what comes meanwhile joins it.
CREATE UNIQUE INDEX handoff_open_of_account ON handoff (workspace_id, account_id) WHERE is_open AND account_id <> '';
CREATE INDEX handoff_due ON handoff (workspace_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX handoff_open_by_owner ON handoff (workspace_id, owner, due_at, handoff_id) WHERE is_open;
CREATE INDEX handoff_by_team ON handoff (workspace_id, team, created_at) WHERE team <> '';
CREATE INDEX handoff_by_account ON handoff (workspace_id, account_id, created_at) WHERE account_id <> '';
CREATE INDEX handoff_by_time ON handoff (workspace_id, created_at, handoff_id);

-- The leads of handoffs: the one that it began with, and those that joined it.
CREATE TABLE handoff_lead (
    workspace_id INTEGER NOT NULL,
    handoff_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    joined_at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    is_open INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, handoff_id, lead_id)
) WITHOUT ROWID;
-- One open handoff for each lead.
CREATE UNIQUE INDEX handoff_lead_open ON handoff_lead (workspace_id, lead_id) WHERE is_open;
CREATE INDEX handoff_lead_by_lead ON handoff_lead (workspace_id, lead_id, joined_at);

-- What happened to handoffs, attempts among it. Never rewritten.
CREATE TABLE handoff_event (
    workspace_id INTEGER NOT NULL,
    handoff_id TEXT NOT NULL,
    -- The version of the handoff that it made.
    version INTEGER NOT NULL,
    at INTEGER NOT NULL,
    what TEXT NOT NULL,
    actor TEXT NOT NULL,
    caller TEXT NOT NULL,
    -- A JSON object.
    details TEXT NOT NULL,
    PRIMARY KEY (workspace_id, handoff_id, version)
) WITHOUT ROWID;

-- Since when a lead has been in the stage that its caller declares; none when not said.
ALTER TABLE lead ADD COLUMN stage_at INTEGER;
ALTER TABLE lead_alias ADD COLUMN stage_at INTEGER;

-- What callers declared of leads that were there before.
INSERT INTO lead_lifecycle (workspace_id, lead_id, decided, mark, outcome, since, mql_at, sql_at, sequence)
    SELECT workspace_id, lead_id, stage, '', '', created_at,
        CASE WHEN stage = 'mql' THEN created_at END, CASE WHEN stage = 'sql' THEN created_at END, 1
    FROM lead WHERE stage NOT IN ('', 'lead');
INSERT INTO lead_transition (workspace_id, lead_id, sequence, at, recorded_at, step, stage_before, mark_before, stage,
        mark, actor, caller, reason, model_version, handoff_id, evidence)
    SELECT workspace_id, lead_id, 1, since, since, '', 'lead', '', decided, '', 'import', '', '', 0, '', '{}'
    FROM lead_lifecycle;

INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('lead_lifecycle', 'lead_lifecycle', '40000 40000 1'),
    ('lead_lifecycle', 'lead_lifecycle_nurtured', '10000 10000 1'),
    ('lead_lifecycle', 'lead_lifecycle_by_mql', '40000 40000 1 1'),
    ('lead_transition', 'lead_transition', '100000 100000 3 1'),
    ('qualification', 'qualification', '40000 40000 4 1 1'),
    ('handoff_policy', 'handoff_policy', '100 100 1'),
    ('handoff', 'handoff', '40000 40000 1'),
    ('handoff', 'handoff_open_of_account', '4000 4000 1'),
    ('handoff', 'handoff_due', '4000 4000 1'),
    ('handoff', 'handoff_open_by_owner', '4000 4000 40 1 1'),
    ('handoff', 'handoff_by_team', '40000 40000 4000 1'),
    ('handoff', 'handoff_by_account', '40000 40000 2 1'),
    ('handoff', 'handoff_by_time', '40000 40000 1 1'),
    ('handoff_lead', 'handoff_lead', '60000 60000 2 1'),
    ('handoff_lead', 'handoff_lead_open', '6000 6000 1'),
    ('handoff_lead', 'handoff_lead_by_lead', '60000 60000 2 1'),
    ('handoff_event', 'handoff_event', '200000 200000 5 1');

-- For the connection that made them.
ANALYZE sqlite_schema;
