-- PostgreSQL measures its tables by itself, and at the wrong time the slot that a publication fills is
-- measured as empty: then all of it is read for each lot. Without statistics of that column a slot is
-- taken for a part of the table, and single accounts are looked up. Naming the type drops what was
-- measured before.
ALTER TABLE account_state ALTER COLUMN slot TYPE SMALLINT, ALTER COLUMN slot SET STATISTICS 0;
ALTER TABLE lead_state ALTER COLUMN slot TYPE SMALLINT, ALTER COLUMN slot SET STATISTICS 0;
