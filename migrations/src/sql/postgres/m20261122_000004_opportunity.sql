-- Sales, under way or decided: outcomes, which no score depends on.
CREATE TABLE opportunity (
    workspace_id BIGINT NOT NULL,
    opportunity_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    -- Empty when unknown.
    account_id TEXT COLLATE "C" NOT NULL,
    -- 1 open, 2 won, 3 lost.
    state SMALLINT NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    -- Millionths of the currency's unit; no amount and an empty currency when unknown.
    amount_micros BIGINT,
    currency TEXT COLLATE "C" NOT NULL,
    opened_at BIGINT,
    closed_at BIGINT,
    loss_reason TEXT COLLATE "C" NOT NULL,
    owner TEXT COLLATE "C" NOT NULL,
    product TEXT COLLATE "C" NOT NULL,
    campaign TEXT COLLATE "C" NOT NULL,
    -- A JSON object.
    attributes TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, opportunity_id)
);
CREATE INDEX opportunity_by_account ON opportunity (workspace_id, account_id, opportunity_id) WHERE account_id <> '';
CREATE INDEX opportunity_by_state ON opportunity (workspace_id, state, opportunity_id);

-- Who takes part in an opportunity. The lead need not be known.
CREATE TABLE opportunity_person (
    workspace_id BIGINT NOT NULL,
    opportunity_id TEXT COLLATE "C" NOT NULL,
    lead_id TEXT COLLATE "C" NOT NULL,
    -- Empty when unknown.
    buying_role TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, opportunity_id, lead_id)
);
CREATE INDEX opportunity_person_by_lead ON opportunity_person (workspace_id, lead_id);
