-- When a tier that is only held ends, so that it need not be found again at each reading.
ALTER TABLE account_state ADD COLUMN held_until_secs bigint;

-- Accounts that hold a tier already are looked at again, as of when they were last.
UPDATE account_state SET changes_secs = assessed_secs WHERE tier <> tier_met;
