-- Leads and accounts that were merged into another one are no records of their own while they are: what
-- callers send of them is kept here, and everything that names them counts for the survivor.

-- How many there are: where there are none, nothing is looked up.
ALTER TABLE workspace ADD COLUMN merged_leads BIGINT NOT NULL DEFAULT 0;
ALTER TABLE workspace ADD COLUMN merged_accounts BIGINT NOT NULL DEFAULT 0;

CREATE TABLE lead_alias (
    workspace_id BIGINT NOT NULL,
    lead_id TEXT COLLATE "C" NOT NULL,
    -- The lead it was merged into; that one may be merged itself by now.
    merged_into TEXT COLLATE "C" NOT NULL,
    -- The lead it counts for, at the end of that chain.
    survivor_id TEXT COLLATE "C" NOT NULL,
    -- The columns of `lead` that callers fill.
    email TEXT COLLATE "C" NOT NULL,
    first_name TEXT COLLATE "C" NOT NULL,
    last_name TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    seniority TEXT COLLATE "C" NOT NULL,
    buying_role TEXT COLLATE "C" NOT NULL,
    named_account_id TEXT COLLATE "C" NOT NULL,
    country TEXT COLLATE "C" NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    attributes TEXT COLLATE "C" NOT NULL,
    known SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, lead_id)
);
CREATE INDEX lead_alias_by_survivor ON lead_alias (workspace_id, survivor_id);

CREATE TABLE account_alias (
    workspace_id BIGINT NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    -- The account it was merged into; that one may be merged itself by now.
    merged_into TEXT COLLATE "C" NOT NULL,
    -- The account it counts for, at the end of that chain.
    survivor_id TEXT COLLATE "C" NOT NULL,
    -- The columns of `account`; the parent as callers named it.
    name TEXT COLLATE "C" NOT NULL,
    domains TEXT COLLATE "C" NOT NULL,
    website TEXT COLLATE "C" NOT NULL,
    industry TEXT COLLATE "C" NOT NULL,
    employees BIGINT,
    annual_revenue_usd BIGINT,
    country TEXT COLLATE "C" NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    city TEXT COLLATE "C" NOT NULL,
    parent_account_id TEXT COLLATE "C",
    owner TEXT COLLATE "C" NOT NULL,
    attributes TEXT COLLATE "C" NOT NULL,
    origin SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, account_id)
);
CREATE INDEX account_alias_by_survivor ON account_alias (workspace_id, survivor_id);

-- What callers named, where that is merged; the column without `sent_` holds the survivor, so that
-- whoever asks by it finds what counts. None where both are the same.
ALTER TABLE activity ADD COLUMN sent_lead_id TEXT COLLATE "C";
ALTER TABLE activity ADD COLUMN sent_account_id TEXT COLLATE "C";
ALTER TABLE account ADD COLUMN sent_parent_id TEXT COLLATE "C";
ALTER TABLE opportunity ADD COLUMN sent_account_id TEXT COLLATE "C";

-- Tells apart activities of one moment that name an account beside a lead: a hash of the key of the
-- one that counts.
ALTER TABLE lead ADD COLUMN hint_key BIGINT NOT NULL DEFAULT 0;

-- What people corrected by hand: who, when and why. Never rewritten.
CREATE TABLE adjustment (
    workspace_id BIGINT NOT NULL,
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    -- lead, account.
    kind TEXT COLLATE "C" NOT NULL,
    record_id TEXT COLLATE "C" NOT NULL,
    -- merge, split, account, parent, buying_role.
    what TEXT COLLATE "C" NOT NULL,
    -- The record merged into or split off, the account, the parent, the buying role; empty for none.
    value TEXT COLLATE "C" NOT NULL,
    made_at BIGINT NOT NULL,
    made_by TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);
CREATE INDEX adjustment_by_record ON adjustment (workspace_id, kind, record_id, seq);
CREATE INDEX adjustment_by_survivor ON adjustment (workspace_id, kind, value, seq) WHERE what IN ('merge', 'split');
