-- PostgreSQL measures its tables by itself.
SELECT 1;
