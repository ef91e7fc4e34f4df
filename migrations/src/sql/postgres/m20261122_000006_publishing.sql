-- Scores are kept in two slots: the live one, which everybody reads, and the standby one, which
-- is filled under another version of the model while it comes into force. People without an
-- account are kept in slot 0 alone.
ALTER TABLE workspace ADD COLUMN slot SMALLINT NOT NULL DEFAULT 0;
-- The version that the standby slot is filled under; none when no version comes into force.
ALTER TABLE workspace ADD COLUMN publishing_version BIGINT;
-- Whether the standby slot holds rows that nobody needs any more.
ALTER TABLE workspace ADD COLUMN standby_used BOOLEAN NOT NULL DEFAULT FALSE;

ALTER TABLE account_state ADD COLUMN slot SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE account_state DROP CONSTRAINT account_state_pkey;
ALTER TABLE account_state ADD PRIMARY KEY (workspace_id, slot, account_id);
DROP INDEX account_state_by_rank;
DROP INDEX account_state_mqa_by_rank;
DROP INDEX account_state_due;
CREATE INDEX account_state_by_rank ON account_state (workspace_id, slot, rank, account_id);
CREATE INDEX account_state_mqa_by_rank ON account_state (workspace_id, slot, rank, account_id) WHERE mqa;
CREATE INDEX account_state_due ON account_state (workspace_id, slot, changes_secs) WHERE changes_secs IS NOT NULL;

ALTER TABLE lead_state ADD COLUMN slot SMALLINT NOT NULL DEFAULT 0;
ALTER TABLE lead_state DROP CONSTRAINT lead_state_pkey;
ALTER TABLE lead_state ADD PRIMARY KEY (workspace_id, slot, account_id, lead_id);

-- 0 draft, 1 published, 2 retired: once published and replaced by another.
ALTER TABLE model_version ADD COLUMN state SMALLINT NOT NULL DEFAULT 1;
ALTER TABLE model_version ADD COLUMN created_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE model_version ADD COLUMN created_by TEXT COLLATE "C" NOT NULL DEFAULT '';
ALTER TABLE model_version ADD COLUMN retired_at BIGINT;
UPDATE model_version SET created_at = published_at, created_by = published_by;
UPDATE model_version SET state = 2 FROM workspace
WHERE workspace.workspace_id = model_version.workspace_id AND model_version.version < workspace.model_version;

-- Long work: what it is about, how far it is, and how it ended.
CREATE TABLE operation (
    workspace_id BIGINT NOT NULL,
    operation_id TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    -- running, succeeded, failed, cancelled.
    state TEXT COLLATE "C" NOT NULL,
    model_version BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    created_by TEXT COLLATE "C" NOT NULL,
    ended_at BIGINT,
    done BIGINT NOT NULL,
    total BIGINT NOT NULL,
    -- The last account that was done; work that was broken off goes on behind it.
    place TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, operation_id)
);
CREATE INDEX operation_by_time ON operation (workspace_id, created_at, operation_id);
