-- Of a handoff whose account is merged into another one: the account that it was made for.
ALTER TABLE handoff ADD COLUMN sent_account_id TEXT;

-- Who was given a handoff when it was made; empty for a queue.
ALTER TABLE handoff ADD COLUMN first_owner TEXT NOT NULL DEFAULT '';
UPDATE handoff SET first_owner = owner;

-- Whose turn it was last in each team.
CREATE TABLE team_turn (
    workspace_id INTEGER NOT NULL,
    team TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (workspace_id, team)
) WITHOUT ROWID;
INSERT INTO team_turn (workspace_id, team, owner)
    SELECT h.workspace_id, h.team, MAX(h.owner) FROM handoff AS h
    WHERE h.team <> '' AND h.owner <> '' AND h.created_at = (SELECT MAX(s.created_at) FROM handoff AS s
        WHERE s.workspace_id = h.workspace_id AND s.team = h.team AND s.team <> '' AND s.owner <> '')
    GROUP BY h.workspace_id, h.team;
DROP INDEX handoff_by_team;

DELETE FROM sqlite_stat1 WHERE idx = 'handoff_by_team';
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES ('team_turn', 'team_turn', '100 100 1');

-- For the connection that made them.
ANALYZE sqlite_schema;
