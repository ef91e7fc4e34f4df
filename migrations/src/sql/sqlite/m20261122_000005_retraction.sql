-- When an activity was taken back. What is left of it is its key and the hash of its content, so that
-- its id stays used; it has neither a lead nor an account, so that nothing finds it by them.
ALTER TABLE activity ADD COLUMN retracted_at INTEGER;
CREATE INDEX activity_retracted ON activity (workspace_id, retracted_at) WHERE retracted_at IS NOT NULL;
