-- The first schema: everything that ingestion and scoring need. Every key starts with the
-- workspace, so that tables can be distributed by it. Times are UTC microseconds, those ending
-- in _secs seconds.

CREATE TABLE workspace (
    workspace_id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    -- The version of the scoring model in force.
    model_version INTEGER NOT NULL,
    -- Whether the company domain of a lead's address makes an account when none claims it.
    creates_accounts BOOLEAN NOT NULL,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

-- Secrets and marks of the installation, shared by its replicas.
CREATE TABLE setting (
    name TEXT PRIMARY KEY,
    value BLOB NOT NULL
) WITHOUT ROWID;

CREATE TABLE api_token (
    key_id TEXT PRIMARY KEY,
    workspace_id INTEGER NOT NULL REFERENCES workspace,
    -- SHA-256 of the secret; the secret itself is shown once and never stored.
    secret_hash BLOB NOT NULL,
    role TEXT NOT NULL,
    caller TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER
) WITHOUT ROWID;
CREATE INDEX api_token_by_workspace ON api_token (workspace_id);

CREATE TABLE model_version (
    workspace_id INTEGER NOT NULL REFERENCES workspace,
    version INTEGER NOT NULL,
    name TEXT NOT NULL,
    file TEXT NOT NULL,
    comment TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    published_by TEXT NOT NULL,
    PRIMARY KEY (workspace_id, version)
) WITHOUT ROWID;

CREATE TABLE account (
    workspace_id INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    name TEXT NOT NULL,
    -- A JSON list: the domains as claimed by the caller.
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
    -- A JSON object.
    attributes TEXT NOT NULL,
    -- 1 caller, 2 e-mail domain, 3 mention.
    origin INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, account_id)
) WITHOUT ROWID;
CREATE INDEX account_by_parent ON account (workspace_id, parent_account_id) WHERE parent_account_id IS NOT NULL;

-- Which accounts claim a domain; the smallest id of several is matched.
CREATE TABLE account_domain (
    workspace_id INTEGER NOT NULL,
    domain TEXT NOT NULL,
    account_id TEXT NOT NULL,
    PRIMARY KEY (workspace_id, domain, account_id)
) WITHOUT ROWID;
CREATE INDEX account_domain_by_account ON account_domain (workspace_id, account_id);

-- What scoring found of an account, and what it needs to find it again.
CREATE TABLE account_state (
    workspace_id INTEGER NOT NULL,
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
    PRIMARY KEY (workspace_id, account_id)
) WITHOUT ROWID;
CREATE INDEX account_state_by_rank ON account_state (workspace_id, rank, account_id);
CREATE INDEX account_state_mqa_by_rank ON account_state (workspace_id, rank, account_id) WHERE mqa;
CREATE INDEX account_state_due ON account_state (workspace_id, changes_secs) WHERE changes_secs IS NOT NULL;

CREATE TABLE lead (
    workspace_id INTEGER NOT NULL,
    lead_id TEXT NOT NULL,
    email TEXT NOT NULL,
    -- Registrable domain of the address; empty when it can match no account.
    mail_domain TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    title TEXT NOT NULL,
    seniority TEXT NOT NULL,
    buying_role TEXT NOT NULL,
    -- The account that a caller named; empty when none.
    named_account_id TEXT NOT NULL,
    -- The account beside the lead in its latest activity, and when that was; a last resort.
    hint_account_id TEXT NOT NULL,
    hint_at INTEGER NOT NULL,
    -- The smallest of the addresses beside the lead in activities; used when it has none.
    hint_email TEXT NOT NULL,
    country TEXT NOT NULL,
    stage TEXT NOT NULL,
    attributes TEXT NOT NULL,
    -- The account matched; empty when none.
    account_id TEXT NOT NULL,
    -- 0 only seen in activities, 1 sent by a caller.
    known INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, lead_id)
) WITHOUT ROWID;
CREATE INDEX lead_by_mail_domain ON lead (workspace_id, mail_domain) WHERE mail_domain <> '';
CREATE INDEX lead_by_account ON lead (workspace_id, account_id, lead_id);

-- What scoring needs of a person, beside the others of the account: one range to read.
CREATE TABLE lead_state (
    workspace_id INTEGER NOT NULL,
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
    PRIMARY KEY (workspace_id, account_id, lead_id)
) WITHOUT ROWID;

-- Every activity accepted. The key begins with time, so that a batch lands on few pages.
CREATE TABLE activity (
    workspace_id INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    source TEXT NOT NULL,
    activity_id TEXT NOT NULL,
    type TEXT NOT NULL,
    -- Empty for the account's unknown visitor.
    lead_id TEXT NOT NULL,
    account_id TEXT NOT NULL,
    email TEXT NOT NULL,
    campaign TEXT NOT NULL,
    attributes TEXT NOT NULL,
    content_hash INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, occurred_at, source, activity_id)
) WITHOUT ROWID;
CREATE INDEX activity_by_lead ON activity (workspace_id, lead_id, occurred_at) WHERE lead_id <> '';
CREATE INDEX activity_of_visitor ON activity (workspace_id, account_id, occurred_at) WHERE lead_id = '';

-- Ids received lately, so that one sent again with another time is seen. Kept in buckets of 16
-- days by time of receipt: of three buckets the oldest is dropped as a whole.
CREATE TABLE activity_receipt (
    workspace_id INTEGER NOT NULL,
    bucket INTEGER NOT NULL,
    key_hash INTEGER NOT NULL,
    occurred_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, bucket, key_hash)
) WITHOUT ROWID;

-- Rows refused, kept 30 days.
CREATE TABLE rejected_activity (
    workspace_id INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    row_index INTEGER NOT NULL,
    source TEXT NOT NULL,
    activity_id TEXT NOT NULL,
    field TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    PRIMARY KEY (workspace_id, received_at, request_id, row_index)
) WITHOUT ROWID;

-- What was shown of an account, when, and why it changed. Never rewritten.
CREATE TABLE account_timeline (
    workspace_id INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    -- The second from which it holds, and when it was found.
    at_secs INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    cause TEXT NOT NULL,
    model_version INTEGER NOT NULL,
    engagement INTEGER NOT NULL,
    fit INTEGER NOT NULL,
    tier INTEGER NOT NULL,
    mqa BOOLEAN NOT NULL,
    priority BOOLEAN NOT NULL,
    engaged_people INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, account_id, sequence)
) WITHOUT ROWID;

-- Timeline lines to be told to others, in the order of their commit.
CREATE TABLE outbox (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace_id INTEGER NOT NULL,
    account_id TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);

-- The first outcome of each write, kept 7 days, so that a retry is harmless.
CREATE TABLE request (
    workspace_id INTEGER NOT NULL,
    request_id TEXT NOT NULL,
    content_hash BLOB NOT NULL,
    reply BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    PRIMARY KEY (workspace_id, request_id)
) WITHOUT ROWID;

-- Counts commits: the position that replies carry.
CREATE TABLE revision (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    value INTEGER NOT NULL
);
INSERT INTO revision VALUES (1, 0);
