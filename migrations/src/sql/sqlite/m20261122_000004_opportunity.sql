-- Sales, under way or decided: outcomes, which no score depends on.
CREATE TABLE opportunity (
    workspace_id INTEGER NOT NULL,
    opportunity_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- Empty when unknown.
    account_id TEXT NOT NULL,
    -- 1 open, 2 won, 3 lost.
    state INTEGER NOT NULL,
    stage TEXT NOT NULL,
    -- Millionths of the currency's unit; no amount and an empty currency when unknown.
    amount_micros INTEGER,
    currency TEXT NOT NULL,
    opened_at INTEGER,
    closed_at INTEGER,
    loss_reason TEXT NOT NULL,
    owner TEXT NOT NULL,
    product TEXT NOT NULL,
    campaign TEXT NOT NULL,
    -- A JSON object.
    attributes TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, opportunity_id)
) WITHOUT ROWID;
CREATE INDEX opportunity_by_account ON opportunity (workspace_id, account_id, opportunity_id) WHERE account_id <> '';
CREATE INDEX opportunity_by_state ON opportunity (workspace_id, state, opportunity_id);

-- Who takes part in an opportunity. The lead need not be known.
CREATE TABLE opportunity_person (
    workspace_id INTEGER NOT NULL,
    opportunity_id TEXT NOT NULL,
    lead_id TEXT NOT NULL,
    -- Empty when unknown.
    buying_role TEXT NOT NULL,
    PRIMARY KEY (workspace_id, opportunity_id, lead_id)
) WITHOUT ROWID;
CREATE INDEX opportunity_person_by_lead ON opportunity_person (workspace_id, lead_id);
