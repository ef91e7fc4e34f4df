-- When a tier that is only held ends, so that it need not be found again at each reading.
ALTER TABLE account_state ADD COLUMN held_until_secs bigint;

-- Another one whenever the people of an account have changed.
ALTER TABLE account_state ADD COLUMN people_stamp bigint NOT NULL DEFAULT 0;

-- What a person's engagement was not above while the hold looks back; 100 says nothing.
ALTER TABLE lead_state ADD COLUMN peak smallint NOT NULL DEFAULT 100;

-- Accounts that hold a tier already are looked at again, as of when they were last.
UPDATE account_state SET changes_secs = assessed_secs WHERE tier <> tier_met;
