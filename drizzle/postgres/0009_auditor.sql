-- Whoever may not see what is kept of the secrets of sessions and tokens, as the auditor role, asks here which one they hold.

CREATE FUNCTION treasury_session_of(secret_hash text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.id FROM sessions s WHERE s.token_hash = $1
$$;
REVOKE ALL ON FUNCTION treasury_session_of(text) FROM PUBLIC;

CREATE FUNCTION treasury_token_of(secret_hash text) RETURNS uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT t.id FROM tokens t WHERE t.secret_hash = $1
$$;
REVOKE ALL ON FUNCTION treasury_token_of(text) FROM PUBLIC;
