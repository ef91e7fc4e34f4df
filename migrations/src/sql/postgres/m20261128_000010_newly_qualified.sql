-- Set while a version of the model comes into force: under it somebody of the account qualifies who
-- does not under the version that is shown. They are handed over when it is in force.
ALTER TABLE account_state ADD COLUMN newly_qualified BOOLEAN NOT NULL DEFAULT FALSE;
