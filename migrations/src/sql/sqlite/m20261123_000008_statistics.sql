-- What the planner believes of the size of tables. Without it SQLite takes a workspace for ten rows,
-- and reads all of it by the primary key rather than the few rows that an index would give. These
-- are the figures of a base of 100,000 accounts, and not measured: so that a query is answered in
-- the same way on every base. A step that adds a table or an index adds its line; a test asks for
-- it. In each line: rows, then rows that share the first column of the key, the first two, and so on.
ANALYZE workspace;
DELETE FROM sqlite_stat1;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('workspace', 'workspace', '10 1'),
    ('workspace', 'sqlite_autoindex_workspace_1', '10 1'),
    ('setting', 'setting', '10 1'),
    ('api_token', 'api_token', '100 1'),
    ('api_token', 'api_token_by_workspace', '100 50'),
    ('model_version', 'model_version', '100 100 1'),
    ('account', 'account', '100000 100000 1'),
    ('account', 'account_by_parent', '10000 10000 5'),
    ('account_domain', 'account_domain', '100000 100000 1 1'),
    ('account_domain', 'account_domain_by_account', '100000 100000 2'),
    ('account_state', 'account_state', '200000 200000 100000 1'),
    ('account_state', 'account_state_by_rank', '200000 200000 100000 20 1'),
    ('account_state', 'account_state_mqa_by_rank', '20000 20000 10000 20 1'),
    ('account_state', 'account_state_due', '200000 200000 100000 2'),
    ('account_timeline', 'account_timeline', '2000000 2000000 20 1'),
    ('account_alias', 'account_alias', '10000 10000 1'),
    ('account_alias', 'account_alias_by_survivor', '10000 10000 2'),
    ('lead', 'lead', '400000 400000 1'),
    ('lead', 'lead_by_account', '400000 400000 4 1'),
    ('lead', 'lead_by_mail_domain', '400000 400000 4'),
    ('lead_state', 'lead_state', '800000 800000 400000 4 1'),
    ('lead_alias', 'lead_alias', '10000 10000 1'),
    ('lead_alias', 'lead_alias_by_survivor', '10000 10000 2'),
    ('activity', 'activity', '4000000 4000000 2 1 1'),
    ('activity', 'activity_by_lead', '4000000 4000000 10 1'),
    ('activity', 'activity_of_visitor', '400000 400000 10 1'),
    ('activity', 'activity_retracted', '10000 10000 10'),
    ('activity_receipt', 'activity_receipt', '4000000 4000000 1000000 1'),
    ('rejected_activity', 'rejected_activity', '10000 10000 100 100 1'),
    ('adjustment', 'adjustment_by_record', '10000 10000 5000 2 1'),
    ('adjustment', 'adjustment_by_survivor', '10000 10000 5000 2 1'),
    ('opportunity', 'opportunity', '100000 100000 1'),
    ('opportunity', 'opportunity_by_account', '100000 100000 2 1'),
    ('opportunity', 'opportunity_by_state', '100000 100000 30000 1'),
    ('opportunity_person', 'opportunity_person', '200000 200000 2 1'),
    ('opportunity_person', 'opportunity_person_by_lead', '200000 200000 2'),
    ('operation', 'operation', '100 100 1'),
    ('operation', 'operation_by_time', '100 100 1 1'),
    ('outbox', NULL, '1000000'),
    ('request', 'request', '100000 100000 1');

-- For the connection that made them.
ANALYZE sqlite_schema;
