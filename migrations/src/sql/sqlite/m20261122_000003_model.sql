-- The segment of the model whose bars hold for an account; none when those of all accounts do.
ALTER TABLE account_state ADD COLUMN segment TEXT;

-- The phase of a purchase, 1 to 3; 0 for none.
ALTER TABLE account_state ADD COLUMN phase INTEGER NOT NULL DEFAULT 0;

-- How senior a person is, as far as the model can tell; empty when it cannot.
ALTER TABLE lead_state ADD COLUMN effective_seniority TEXT NOT NULL DEFAULT '';

-- How sure that and the buying role are where they were read off the title, in percent; 0 where
-- a caller sent them.
ALTER TABLE lead_state ADD COLUMN seniority_confidence INTEGER NOT NULL DEFAULT 0;
ALTER TABLE lead_state ADD COLUMN role_confidence INTEGER NOT NULL DEFAULT 0;

-- Why a person is no part of their account's scores; none when they are.
ALTER TABLE lead_state ADD COLUMN exclusion TEXT;

-- Whether they are a marketing qualified lead, as of the account's assessment.
ALTER TABLE lead_state ADD COLUMN mql BOOLEAN NOT NULL DEFAULT FALSE;

-- Until now what callers sent is all that was known.
UPDATE lead_state SET effective_seniority = lead.seniority FROM lead
WHERE lead.workspace_id = lead_state.workspace_id AND lead.lead_id = lead_state.lead_id
AND lead.seniority <> '';
