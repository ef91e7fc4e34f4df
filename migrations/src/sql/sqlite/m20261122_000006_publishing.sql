-- Scores are kept in two slots: the live one, which everybody reads, and the standby one, which
-- is filled under another version of the model while it comes into force. People without an
-- account are kept in slot 0 alone.
ALTER TABLE workspace ADD COLUMN slot INTEGER NOT NULL DEFAULT 0;
-- The version that the standby slot is filled under; none when no version comes into force.
ALTER TABLE workspace ADD COLUMN publishing_version INTEGER;
-- Whether the standby slot holds rows that nobody needs any more.
ALTER TABLE workspace ADD COLUMN standby_used BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE account_state_in_slots (
    workspace_id INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    model_version INTEGER NOT NULL,
    rules_fit INTEGER NOT NULL,
    rules_coverage INTEGER NOT NULL,
    exclusion TEXT,
    -- The unknown visitor, and the matching rules its ledger was made by.
    visitor_ledger BLOB NOT NULL,
    matching INTEGER NOT NULL,
    engagement INTEGER NOT NULL,
    fit INTEGER NOT NULL,
    -- 1 to 3, 4 for none; tier_met without the hold.
    tier INTEGER NOT NULL,
    tier_met INTEGER NOT NULL,
    mqa BOOLEAN NOT NULL,
    priority BOOLEAN NOT NULL,
    engaged_people INTEGER NOT NULL,
    people INTEGER NOT NULL,
    -- Orders accounts for lists: priority, tier, engagement, fit; the smallest comes first.
    rank INTEGER NOT NULL,
    last_activity_secs INTEGER,
    assessed_secs INTEGER NOT NULL,
    changes_secs INTEGER,
    -- The number of the latest line of the account's timeline.
    sequence INTEGER NOT NULL,
    held_until_secs INTEGER,
    people_stamp INTEGER NOT NULL DEFAULT 0,
    segment TEXT,
    phase INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (workspace_id, slot, account_id)
) WITHOUT ROWID;
INSERT INTO account_state_in_slots (workspace_id, slot,
    account_id, model_version, rules_fit, rules_coverage, exclusion, visitor_ledger,
    matching, engagement, fit, tier, tier_met, mqa, priority, engaged_people, people,
    rank, last_activity_secs, assessed_secs, changes_secs, sequence, held_until_secs,
    people_stamp, segment, phase)
SELECT workspace_id, 0,
    account_id, model_version, rules_fit, rules_coverage, exclusion, visitor_ledger,
    matching, engagement, fit, tier, tier_met, mqa, priority, engaged_people, people,
    rank, last_activity_secs, assessed_secs, changes_secs, sequence, held_until_secs,
    people_stamp, segment, phase
FROM account_state;
DROP TABLE account_state;
ALTER TABLE account_state_in_slots RENAME TO account_state;
CREATE INDEX account_state_by_rank ON account_state (workspace_id, slot, rank, account_id);
CREATE INDEX account_state_mqa_by_rank ON account_state (workspace_id, slot, rank, account_id) WHERE mqa;
CREATE INDEX account_state_due ON account_state (workspace_id, slot, changes_secs) WHERE changes_secs IS NOT NULL;

CREATE TABLE lead_state_in_slots (
    workspace_id INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    -- Empty for people without an account.
    account_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    fit INTEGER NOT NULL,
    coverage INTEGER NOT NULL,
    percent INTEGER NOT NULL,
    buying_role TEXT NOT NULL,
    ledger BLOB NOT NULL,
    matching INTEGER NOT NULL,
    -- Engagement as of the account's assessment, and how long it stays.
    engagement INTEGER NOT NULL,
    changes_secs INTEGER,
    last_activity_secs INTEGER,
    peak INTEGER NOT NULL DEFAULT 100,
    effective_seniority TEXT NOT NULL DEFAULT '',
    seniority_confidence INTEGER NOT NULL DEFAULT 0,
    role_confidence INTEGER NOT NULL DEFAULT 0,
    exclusion TEXT,
    mql BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (workspace_id, slot, account_id, lead_id)
) WITHOUT ROWID;
INSERT INTO lead_state_in_slots (workspace_id, slot,
    account_id, lead_id, fit, coverage, percent, buying_role, ledger, matching,
    engagement, changes_secs, last_activity_secs, peak, effective_seniority,
    seniority_confidence, role_confidence, exclusion, mql)
SELECT workspace_id, 0,
    account_id, lead_id, fit, coverage, percent, buying_role, ledger, matching,
    engagement, changes_secs, last_activity_secs, peak, effective_seniority,
    seniority_confidence, role_confidence, exclusion, mql
FROM lead_state;
DROP TABLE lead_state;
ALTER TABLE lead_state_in_slots RENAME TO lead_state;

-- 0 draft, 1 published, 2 retired: once published and replaced by another.
ALTER TABLE model_version ADD COLUMN state INTEGER NOT NULL DEFAULT 1;
ALTER TABLE model_version ADD COLUMN created_at INTEGER NOT NULL DEFAULT 0;
ALTER TABLE model_version ADD COLUMN created_by TEXT NOT NULL DEFAULT '';
ALTER TABLE model_version ADD COLUMN retired_at INTEGER;
UPDATE model_version SET created_at = published_at, created_by = published_by;
UPDATE model_version SET state = 2 FROM workspace
WHERE workspace.workspace_id = model_version.workspace_id AND model_version.version < workspace.model_version;

-- Long work: what it is about, how far it is, and how it ended.
CREATE TABLE operation (
    workspace_id INTEGER NOT NULL,
    operation_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- running, succeeded, failed, cancelled.
    state TEXT NOT NULL,
    model_version INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    created_by TEXT NOT NULL,
    ended_at INTEGER,
    done INTEGER NOT NULL,
    total INTEGER NOT NULL,
    -- The last account that was done; work that was broken off goes on behind it.
    place TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (workspace_id, operation_id)
) WITHOUT ROWID;
CREATE INDEX operation_by_time ON operation (workspace_id, created_at, operation_id);
