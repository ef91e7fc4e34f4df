-- Leads and accounts that were merged into another one are no records of their own while they are: what
-- callers send of them is kept here, and everything that names them counts for the survivor.

-- How many there are: where there are none, nothing is looked up.
ALTER TABLE workspace ADD COLUMN merged_leads INTEGER NOT NULL DEFAULT 0;
ALTER TABLE workspace ADD COLUMN merged_accounts INTEGER NOT NULL DEFAULT 0;

CREATE TABLE lead_alias (
    workspace_id INTEGER NOT NULL,
    lead_id TEXT NOT NULL,
    -- The lead it was merged into; that one may be merged itself by now.
    merged_into TEXT NOT NULL,
    -- The lead it counts for, at the end of that chain.
    survivor_id TEXT NOT NULL,
    -- The columns of `lead` that callers fill.
    email TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    title TEXT NOT NULL,
    seniority TEXT NOT NULL,
    buying_role TEXT NOT NULL,
    named_account_id TEXT NOT NULL,
    country TEXT NOT NULL,
    stage TEXT NOT NULL,
    attributes TEXT NOT NULL,
    known INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, lead_id)
) WITHOUT ROWID;
CREATE INDEX lead_alias_by_survivor ON lead_alias (workspace_id, survivor_id);

CREATE TABLE account_alias (
    workspace_id INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    -- The account it was merged into; that one may be merged itself by now.
    merged_into TEXT NOT NULL,
    -- The account it counts for, at the end of that chain.
    survivor_id TEXT NOT NULL,
    -- The columns of `account`; the parent as callers named it.
    name TEXT NOT NULL,
    domains TEXT NOT NULL,
    website TEXT NOT NULL,
    industry TEXT NOT NULL,
    employees INTEGER,
    annual_revenue_usd INTEGER,
    country TEXT NOT NULL,
    region TEXT NOT NULL,
    city TEXT NOT NULL,
    parent_account_id TEXT,
    owner TEXT NOT NULL,
    attributes TEXT NOT NULL,
    origin INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, account_id)
) WITHOUT ROWID;
CREATE INDEX account_alias_by_survivor ON account_alias (workspace_id, survivor_id);

-- What callers named, where that is merged; the column without `sent_` holds the survivor, so that
-- whoever asks by it finds what counts. None where both are the same.
ALTER TABLE activity ADD COLUMN sent_lead_id TEXT;
ALTER TABLE activity ADD COLUMN sent_account_id TEXT;
ALTER TABLE account ADD COLUMN sent_parent_id TEXT;
ALTER TABLE opportunity ADD COLUMN sent_account_id TEXT;

-- Tells apart activities of one moment that name an account beside a lead: a hash of the key of the
-- one that counts.
ALTER TABLE lead ADD COLUMN hint_key INTEGER NOT NULL DEFAULT 0;

-- What people corrected by hand: who, when and why. Never rewritten.
CREATE TABLE adjustment (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace_id INTEGER NOT NULL,
    -- lead, account.
    kind TEXT NOT NULL,
    record_id TEXT NOT NULL,
    -- merge, split, account, parent, buying_role.
    what TEXT NOT NULL,
    -- The record merged into or split off, the account, the parent, the buying role; empty for none.
    value TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    made_by TEXT NOT NULL,
    reason TEXT NOT NULL
);
CREATE INDEX adjustment_by_record ON adjustment (workspace_id, kind, record_id, seq);
CREATE INDEX adjustment_by_survivor ON adjustment (workspace_id, kind, value, seq) WHERE what IN ('merge', 'split');
