-- Sizes of the database by table, largest first: rows as the statistics have them, table, indexes, and bytes for each row.
SELECT c.relname AS "table",
       to_char(c.reltuples, 'FM999,999,999') AS rows,
       pg_size_pretty(pg_table_size(c.oid)) AS "table size",
       pg_size_pretty(pg_indexes_size(c.oid)) AS "index size",
       (pg_total_relation_size(c.oid) / greatest(c.reltuples, 1))::int AS "bytes a row"
FROM pg_class c
WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND pg_total_relation_size(c.oid) > 10 * 1024 * 1024
ORDER BY pg_total_relation_size(c.oid) DESC;
SELECT pg_size_pretty(pg_database_size(current_database())) AS "whole database";
