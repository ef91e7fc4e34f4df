-- Of a handoff whose account is merged into another one: the account that it was made for.
ALTER TABLE handoff ADD COLUMN sent_account_id TEXT;

-- Who was given a handoff when it was made; empty for a queue.
ALTER TABLE handoff ADD COLUMN first_owner TEXT NOT NULL DEFAULT '';
UPDATE handoff SET first_owner = owner;

-- Whose turn it was last in each team.
CREATE TABLE team_turn (
    workspace_id BIGINT NOT NULL,
    team TEXT NOT NULL,
    owner TEXT NOT NULL,
    PRIMARY KEY (workspace_id, team)
);
INSERT INTO team_turn (workspace_id, team, owner)
    SELECT h.workspace_id, h.team, MAX(h.owner) FROM handoff AS h
    WHERE h.team <> '' AND h.owner <> '' AND h.created_at = (SELECT MAX(s.created_at) FROM handoff AS s
        WHERE s.workspace_id = h.workspace_id AND s.team = h.team AND s.team <> '' AND s.owner <> '')
    GROUP BY h.workspace_id, h.team;
DROP INDEX handoff_by_team;
