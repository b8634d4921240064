-- One table for all records, or one for each type? The figures behind docs/architecture.md.
-- psql postgres://doakte:doakte@127.0.0.1:5432/doakte -f tests/bench/bench_record_table.sql
-- 260,000 records (10,000 files, 50,000 cases, 200,000 documents) in 2,000 scopes; a person who may read 500 of them
-- asks for the newest 50 of whatever kind. All in temporary tables.
\timing off
CREATE TEMP TABLE page (id int PRIMARY KEY, title text, path text);
CREATE TEMP TABLE record (id int PRIMARY KEY, kind int, scope int, dated date);
CREATE TEMP TABLE allowed AS SELECT generate_series(1, 2000, 4) AS scope;
INSERT INTO page SELECT n, 'Titel ' || n, lpad(n::text, 12, '0') FROM generate_series(1, 260000) n;
INSERT INTO record
    SELECT n, CASE WHEN n <= 10000 THEN 1 WHEN n <= 60000 THEN 2 ELSE 3 END, n % 2000,
           date '2015-01-01' + (n * 7919) % 4000
    FROM generate_series(1, 260000) n;
CREATE INDEX ON record (scope, dated DESC);
CREATE INDEX ON record (dated DESC);
CREATE TEMP TABLE file_only AS SELECT id, scope, dated FROM record WHERE kind = 1;
CREATE TEMP TABLE case_only AS SELECT id, scope, dated FROM record WHERE kind = 2;
CREATE TEMP TABLE document_only AS SELECT id, scope, dated FROM record WHERE kind = 3;
CREATE INDEX ON file_only (dated DESC); CREATE INDEX ON case_only (dated DESC); CREATE INDEX ON document_only (dated DESC);
CREATE INDEX ON file_only (scope); CREATE INDEX ON case_only (scope); CREATE INDEX ON document_only (scope);
ANALYZE page; ANALYZE record; ANALYZE allowed; ANALYZE file_only; ANALYZE case_only; ANALYZE document_only;
\timing on
\echo 'one table, newest 50'
SELECT count(*) FROM (SELECT p.id FROM record r JOIN page p USING (id) WHERE scope IN (SELECT scope FROM allowed) ORDER BY dated DESC, id LIMIT 50) x;
SELECT count(*) FROM (SELECT p.id FROM record r JOIN page p USING (id) WHERE scope IN (SELECT scope FROM allowed) ORDER BY dated DESC, id LIMIT 50) x;
\echo 'type by type, newest 50'
SELECT count(*) FROM (SELECT p.id FROM (SELECT * FROM file_only UNION ALL SELECT * FROM case_only UNION ALL SELECT * FROM document_only) r JOIN page p USING (id) WHERE scope IN (SELECT scope FROM allowed) ORDER BY dated DESC, id LIMIT 50) x;
SELECT count(*) FROM (SELECT p.id FROM (SELECT * FROM file_only UNION ALL SELECT * FROM case_only UNION ALL SELECT * FROM document_only) r JOIN page p USING (id) WHERE scope IN (SELECT scope FROM allowed) ORDER BY dated DESC, id LIMIT 50) x;
\echo 'one table, count by kind'
SELECT kind, count(*) FROM record WHERE scope IN (SELECT scope FROM allowed) GROUP BY kind ORDER BY kind;
\echo 'one more insert of 10,000 rows: page alone, then page and record'
INSERT INTO page SELECT n, 'Titel ' || n, lpad(n::text, 12, '0') FROM generate_series(300001, 310000) n;
INSERT INTO record SELECT n, 3, n % 2000, date '2026-01-01' FROM generate_series(300001, 310000) n;
