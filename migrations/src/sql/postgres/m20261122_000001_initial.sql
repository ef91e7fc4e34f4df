-- The first schema: everything that ingestion and scoring need. Every key starts with the
-- workspace, so that tables can be distributed by it. Times are UTC microseconds, those ending
-- in _secs seconds.

CREATE TABLE workspace (
    workspace_id BIGINT PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL UNIQUE,
    -- The version of the scoring model in force.
    model_version BIGINT NOT NULL,
    -- Whether the company domain of a lead's address makes an account when none claims it.
    creates_accounts BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL
);

-- Secrets and marks of the installation, shared by its replicas.
CREATE TABLE setting (
    name TEXT COLLATE "C" PRIMARY KEY,
    value BYTEA NOT NULL
);

CREATE TABLE api_token (
    key_id TEXT COLLATE "C" PRIMARY KEY,
    workspace_id BIGINT NOT NULL REFERENCES workspace,
    -- SHA-256 of the secret; the secret itself is shown once and never stored.
    secret_hash BYTEA NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    caller TEXT COLLATE "C" NOT NULL,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT
);
CREATE INDEX api_token_by_workspace ON api_token (workspace_id);

CREATE TABLE model_version (
    workspace_id BIGINT NOT NULL REFERENCES workspace,
    version BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    file TEXT COLLATE "C" NOT NULL,
    comment TEXT COLLATE "C" NOT NULL,
    published_at BIGINT NOT NULL,
    published_by TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, version)
);

CREATE TABLE account (
    workspace_id BIGINT NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    -- A JSON list: the domains as claimed by the caller.
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
    -- A JSON object.
    attributes TEXT COLLATE "C" NOT NULL,
    -- 1 caller, 2 e-mail domain, 3 mention.
    origin SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, account_id)
);
CREATE INDEX account_by_parent ON account (workspace_id, parent_account_id) WHERE parent_account_id IS NOT NULL;

-- Which accounts claim a domain; the smallest id of several is matched.
CREATE TABLE account_domain (
    workspace_id BIGINT NOT NULL,
    domain TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, domain, account_id)
);
CREATE INDEX account_domain_by_account ON account_domain (workspace_id, account_id);

-- What scoring found of an account, and what it needs to find it again.
CREATE TABLE account_state (
    workspace_id BIGINT NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    model_version BIGINT NOT NULL,
    rules_fit SMALLINT NOT NULL,
    rules_coverage SMALLINT NOT NULL,
    exclusion TEXT COLLATE "C",
    -- The unknown visitor, and the matching rules its ledger was made by.
    visitor_ledger BYTEA NOT NULL,
    matching BIGINT NOT NULL,
    engagement SMALLINT NOT NULL,
    fit SMALLINT NOT NULL,
    -- 1 to 3, 4 for none; tier_met without the hold.
    tier SMALLINT NOT NULL,
    tier_met SMALLINT NOT NULL,
    mqa BOOLEAN NOT NULL,
    priority BOOLEAN NOT NULL,
    engaged_people BIGINT NOT NULL,
    people BIGINT NOT NULL,
    -- Orders accounts for lists: priority, tier, engagement, fit; the smallest comes first.
    rank BIGINT NOT NULL,
    last_activity_secs BIGINT,
    assessed_secs BIGINT NOT NULL,
    changes_secs BIGINT,
    -- The number of the latest line of the account's timeline.
    sequence BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, account_id)
);
CREATE INDEX account_state_by_rank ON account_state (workspace_id, rank, account_id);
CREATE INDEX account_state_mqa_by_rank ON account_state (workspace_id, rank, account_id) WHERE mqa;
CREATE INDEX account_state_due ON account_state (workspace_id, changes_secs) WHERE changes_secs IS NOT NULL;

CREATE TABLE lead (
    workspace_id BIGINT NOT NULL,
    lead_id TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    -- Registrable domain of the address; empty when it can match no account.
    mail_domain TEXT COLLATE "C" NOT NULL,
    first_name TEXT COLLATE "C" NOT NULL,
    last_name TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    seniority TEXT COLLATE "C" NOT NULL,
    buying_role TEXT COLLATE "C" NOT NULL,
    -- The account that a caller named; empty when none.
    named_account_id TEXT COLLATE "C" NOT NULL,
    -- The account beside the lead in its latest activity, and when that was; a last resort.
    hint_account_id TEXT COLLATE "C" NOT NULL,
    hint_at BIGINT NOT NULL,
    -- The smallest of the addresses beside the lead in activities; used when it has none.
    hint_email TEXT COLLATE "C" NOT NULL,
    country TEXT COLLATE "C" NOT NULL,
    stage TEXT COLLATE "C" NOT NULL,
    attributes TEXT COLLATE "C" NOT NULL,
    -- The account matched; empty when none.
    account_id TEXT COLLATE "C" NOT NULL,
    -- 0 only seen in activities, 1 sent by a caller.
    known SMALLINT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, lead_id)
);
CREATE INDEX lead_by_mail_domain ON lead (workspace_id, mail_domain) WHERE mail_domain <> '';
CREATE INDEX lead_by_account ON lead (workspace_id, account_id, lead_id);

-- What scoring needs of a person, beside the others of the account: one range to read.
CREATE TABLE lead_state (
    workspace_id BIGINT NOT NULL,
    -- Empty for people without an account.
    account_id TEXT COLLATE "C" NOT NULL,
    lead_id TEXT COLLATE "C" NOT NULL,
    fit SMALLINT NOT NULL,
    coverage SMALLINT NOT NULL,
    percent BIGINT NOT NULL,
    buying_role TEXT COLLATE "C" NOT NULL,
    ledger BYTEA NOT NULL,
    matching BIGINT NOT NULL,
    -- Engagement as of the account's assessment, and how long it stays.
    engagement SMALLINT NOT NULL,
    changes_secs BIGINT,
    last_activity_secs BIGINT,
    PRIMARY KEY (workspace_id, account_id, lead_id)
);

-- Every activity accepted. The key begins with time, so that a batch lands on few pages.
CREATE TABLE activity (
    workspace_id BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    activity_id TEXT COLLATE "C" NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    -- Empty for the account's unknown visitor.
    lead_id TEXT COLLATE "C" NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    email TEXT COLLATE "C" NOT NULL,
    campaign TEXT COLLATE "C" NOT NULL,
    attributes TEXT COLLATE "C" NOT NULL,
    content_hash BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, occurred_at, source, activity_id)
);
CREATE INDEX activity_by_lead ON activity (workspace_id, lead_id, occurred_at) WHERE lead_id <> '';
CREATE INDEX activity_of_visitor ON activity (workspace_id, account_id, occurred_at) WHERE lead_id = '';

-- Ids received lately, so that one sent again with another time is seen. Kept in buckets of 16
-- days by time of receipt: of three buckets the oldest is dropped as a whole.
CREATE TABLE activity_receipt (
    workspace_id BIGINT NOT NULL,
    bucket BIGINT NOT NULL,
    key_hash BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, bucket, key_hash)
);

-- Rows refused, kept 30 days.
CREATE TABLE rejected_activity (
    workspace_id BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    row_index BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    activity_id TEXT COLLATE "C" NOT NULL,
    field TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    message TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (workspace_id, received_at, request_id, row_index)
);

-- What was shown of an account, when, and why it changed. Never rewritten.
CREATE TABLE account_timeline (
    workspace_id BIGINT NOT NULL,
    account_id TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    -- The second from which it holds, and when it was found.
    at_secs BIGINT NOT NULL,
    recorded_at BIGINT NOT NULL,
    cause TEXT COLLATE "C" NOT NULL,
    model_version BIGINT NOT NULL,
    engagement SMALLINT NOT NULL,
    fit SMALLINT NOT NULL,
    tier SMALLINT NOT NULL,
    mqa BOOLEAN NOT NULL,
    priority BOOLEAN NOT NULL,
    engaged_people BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, account_id, sequence)
);

-- Timeline lines to be told to others, in the order of their commit.
CREATE TABLE outbox (
    workspace_id BIGINT NOT NULL,
    seq BIGINT GENERATED ALWAYS AS IDENTITY,
    account_id TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, seq)
);

-- The first outcome of each write, kept 7 days, so that a retry is harmless.
CREATE TABLE request (
    workspace_id BIGINT NOT NULL,
    request_id TEXT COLLATE "C" NOT NULL,
    content_hash BYTEA NOT NULL,
    reply BYTEA NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (workspace_id, request_id)
);
