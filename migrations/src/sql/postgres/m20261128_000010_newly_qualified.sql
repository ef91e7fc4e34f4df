-- Somebody of the account qualifies under the version that it was assessed under, did not under the one
-- before, and was not looked at since by who hands over. The timer looks at them when the version is
-- in force.
ALTER TABLE account_state ADD COLUMN newly_qualified BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX account_state_newly_qualified ON account_state (workspace_id, slot, assessed_secs) WHERE newly_qualified;
