-- What the database refuses about lines and matches, asked once for all rows of a statement instead of once for each: a bank's file has a million.
-- Whatever its size or the statistics, each row is looked up by its keys: a plan is kept for the session, and the first file may have one line.

DROP TRIGGER statement_lines_fund ON statement_lines;
CREATE OR REPLACE FUNCTION treasury_statement_lines_fund() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM added a WHERE NOT EXISTS (SELECT 1 FROM statements s WHERE s.id = a.statement_id AND s.fund_id = a.fund_id)
  ) THEN
    RAISE EXCEPTION 'statement_lines: of another fund than their statement' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER statement_lines_fund AFTER INSERT ON statement_lines REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treasury_statement_lines_fund();

DROP TRIGGER matches_one_fund ON matches;
CREATE OR REPLACE FUNCTION treasury_matches_one_fund() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM added a WHERE NOT EXISTS (
      SELECT 1 FROM reconciliations r JOIN ledger_entries e ON e.id = a.entry_id
      WHERE r.id = a.reconciliation_id AND e.fund_id = r.fund_id AND r.created_by = a.matched_by
        AND (a.line_id IS NULL OR EXISTS (SELECT 1 FROM statement_lines l WHERE l.id = a.line_id AND l.fund_id = r.fund_id))
    )
  ) THEN
    RAISE EXCEPTION 'matches: of another fund or person than their reconciliation' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER matches_one_fund AFTER INSERT ON matches REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treasury_matches_one_fund();

DROP TRIGGER matches_segregation ON matches;
CREATE OR REPLACE FUNCTION treasury_matches_segregation() RETURNS trigger LANGUAGE plpgsql
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
  IF EXISTS (
    SELECT 1 FROM added a JOIN ledger_entries e ON e.id = a.entry_id JOIN payments p ON p.id = e.payment_id
    WHERE p.executor_id = a.matched_by OR p.requester_id = a.matched_by
  ) THEN
    RAISE EXCEPTION 'matches: matched by who requested or executed the payment' USING ERRCODE = 'integrity_constraint_violation', TABLE = TG_TABLE_NAME;
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER matches_segregation AFTER INSERT ON matches REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION treasury_matches_segregation();
