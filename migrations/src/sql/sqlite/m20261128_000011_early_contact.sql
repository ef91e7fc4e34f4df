-- How often somebody tried to reach a lead that nobody was to contact yet, or at all.
ALTER TABLE handoff ADD COLUMN early_contacts INTEGER NOT NULL DEFAULT 0;
