-- The way of leads from marketing to sales: where each stands, what it was handed over with, and who
-- has it. Decisions are recorded once, with who made them and what was known then.

-- Where leads stand about whom something was decided; all others are leads without a mark.
CREATE TABLE lead_lifecycle (
    workspace_id BIGINT NOT NULL,
    lead_id TEXT COLLATE "C" NOT NULL,
    -- What was decided, whatever opportunities say: a stage.
    decided TEXT COLLATE "C" NOT NULL,
    -- recycled, disqualified, or empty.
    mark TEXT COLLATE "C" NOT NULL,
    -- open, won, or empty: what its opportunities say.
    outcome TEXT COLLATE "C" NOT NULL,
    -- While it is recycled: from then on it may qualify again.
    nurture_until BIGINT,
    -- When it was last given up.
    given_up_at BIGINT,
    -- Since when the stage that is shown is shown.
    since BIGINT NOT NULL,
    -- When it was first marketing and first sales qualified.
    mql_at BIGINT,
    sql_at BIGINT,
    -- The number of the latest transition.
    sequence BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, lead_id)
);
CREATE INDEX lead_lifecycle_nurtured ON lead_lifecycle (workspace_id, nurture_until) WHERE nurture_until IS NOT NULL;
CREATE INDEX lead_lifecycle_by_mql ON lead_lifecycle (workspace_id, mql_at, lead_id) WHERE mql_at IS NOT NULL;

-- Every move of a lead. Never rewritten.
CREATE TABLE lead_transition (
    workspace_id BIGINT NOT NULL,
    lead_id TEXT COLLATE "C" NOT NULL,
    -- Counts up from 1 without holes, per lead.
    sequence BIGINT NOT NULL,
    -- From when it holds, and when it was recorded.
    at BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    -- The move; empty for the stage that a caller declared when it first sent the lead.
    step TEXT COLLATE "C" NOT NULL,
    stage_before TEXT COLLATE "C" NOT NULL,
    mark_before TEXT COLLATE "C" NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    mark TEXT COLLATE "C" NOT NULL,
    -- On whose behalf, and by whom.
    actor TEXT COLLATE "C" NOT NULL,
    caller TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    model_version BIGINT NOT NULL,
    -- The handoff that it came with; empty for none.
    handoff_id TEXT COLLATE "C" NOT NULL,
    -- What was known then: a JSON object.
    evidence TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, lead_id, sequence)
);

-- What sales found out about leads. Never rewritten: the latest of each criterion counts.
CREATE TABLE qualification (
    workspace_id BIGINT NOT NULL,
    lead_id TEXT COLLATE "C" NOT NULL,
    -- budget, authority, need, timing.
    criterion TEXT COLLATE "C" NOT NULL,
    at BIGINT NOT NULL,
    value TEXT COLLATE "C" NOT NULL,
    -- Where it is known from, in the caller's words.
    source TEXT COLLATE "C" NOT NULL,
    caller TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, lead_id, criterion, at)
);

-- The contract between marketing and sales, as files. Never rewritten; the highest version holds.
CREATE TABLE handoff_policy (
    workspace_id BIGINT NOT NULL,
    version BIGINT NOT NULL,
    file TEXT COLLATE "C" NOT NULL,
    comment TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, version)
);

CREATE TABLE handoff (
    workspace_id BIGINT NOT NULL,
    handoff_id TEXT COLLATE "C" NOT NULL,
    -- The account, and the lead that it began with; empty where there is none.
    account_id TEXT COLLATE "C" NOT NULL,
    lead_id TEXT COLLATE "C" NOT NULL,
    -- pending, claimed, working, accepted, rejected, expired, recycled.
    state TEXT COLLATE "C" NOT NULL,
    -- Whether it has not ended.
    is_open BOOLEAN NOT NULL,
    -- hand_raiser, scores, account, person.
    cause TEXT COLLATE "C" NOT NULL,
    -- Who has it or is to claim it, or else the queue it waits in; the other is empty.
    owner TEXT COLLATE "C" NOT NULL,
    queue TEXT COLLATE "C" NOT NULL,
    -- The team and the route that it was given out by, and its service level; empty for none.
    team TEXT COLLATE "C" NOT NULL,
    route TEXT COLLATE "C" NOT NULL,
    sla TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    -- When whoever has it is warned, is late, and is relieved of it.
    warn_at BIGINT,
    due_at BIGINT NOT NULL,
    escalate_at BIGINT,
    -- When it is given up.
    gives_up_at BIGINT NOT NULL,
    -- The next of these moments that is ahead while it is open.
    next_at BIGINT,
    warned_at BIGINT,
    escalated_at BIGINT,
    claimed_at BIGINT,
    -- When somebody first tried to reach them, and when somebody first answered.
    attempted_at BIGINT,
    answered_at BIGINT,
    attempts BIGINT NOT NULL,
    ended_at BIGINT,
    -- Of a rejection.
    reason TEXT COLLATE "C" NOT NULL,
    rejection TEXT COLLATE "C" NOT NULL,
    comment TEXT COLLATE "C" NOT NULL,
    nurture_until BIGINT,
    model_version BIGINT NOT NULL,
    policy_version BIGINT NOT NULL,
    -- What was shown when it was handed over.
    engagement SMALLINT NOT NULL,
    fit SMALLINT NOT NULL,
    tier SMALLINT NOT NULL,
    -- What sales gets to read, as it was then: a JSON object.
    packet TEXT COLLATE "C" NOT NULL,
    -- Counts up with every change: what callers quote to act on what they saw.
    version BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, handoff_id)
);
-- One open handoff for each account: what comes meanwhile joins it.
CREATE UNIQUE INDEX handoff_open_of_account ON handoff (workspace_id, account_id) WHERE is_open AND account_id <> '';
CREATE INDEX handoff_due ON handoff (workspace_id, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX handoff_open_by_owner ON handoff (workspace_id, owner, due_at, handoff_id) WHERE is_open;
CREATE INDEX handoff_by_team ON handoff (workspace_id, team, created_at) WHERE team <> '';
CREATE INDEX handoff_by_account ON handoff (workspace_id, account_id, created_at) WHERE account_id <> '';
CREATE INDEX handoff_by_time ON handoff (workspace_id, created_at, handoff_id);

-- The leads of handoffs: the one that it began with, and those that joined it.
CREATE TABLE handoff_lead (
    workspace_id BIGINT NOT NULL,
    handoff_id TEXT COLLATE "C" NOT NULL,
    lead_id TEXT COLLATE "C" NOT NULL,
    joined_at BIGINT NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    is_open BOOLEAN NOT NULL,
    PRIMARY KEY (workspace_id, handoff_id, lead_id)
);
-- One open handoff for each lead.
CREATE UNIQUE INDEX handoff_lead_open ON handoff_lead (workspace_id, lead_id) WHERE is_open;
CREATE INDEX handoff_lead_by_lead ON handoff_lead (workspace_id, lead_id, joined_at);

-- What happened to handoffs, attempts among it. Never rewritten.
CREATE TABLE handoff_event (
    workspace_id BIGINT NOT NULL,
    handoff_id TEXT COLLATE "C" NOT NULL,
    -- The version of the handoff that it made.
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    what TEXT COLLATE "C" NOT NULL,
    actor TEXT COLLATE "C" NOT NULL,
    caller TEXT COLLATE "C" NOT NULL,
    -- A JSON object.
    details TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, handoff_id, version)
);

-- Since when a lead has been in the stage that its caller declares; none when not said.
ALTER TABLE lead ADD COLUMN stage_at BIGINT;
ALTER TABLE lead_alias ADD COLUMN stage_at BIGINT;

-- What callers declared of leads that were there before.
INSERT INTO lead_lifecycle (workspace_id, lead_id, decided, mark, outcome, since, mql_at, sql_at, sequence)
    SELECT workspace_id, lead_id, stage, '', '', created_at,
        CASE WHEN stage = 'mql' THEN created_at END, CASE WHEN stage = 'sql' THEN created_at END, 1
    FROM lead WHERE stage NOT IN ('', 'lead');
INSERT INTO lead_transition (workspace_id, lead_id, sequence, at, recorded_at, step, stage_before, mark_before, stage,
        mark, actor, caller, reason, model_version, handoff_id, evidence)
    SELECT workspace_id, lead_id, 1, since, since, '', 'lead', '', decided, '', 'import', '', '', 0, '', '{}'
    FROM lead_lifecycle;
