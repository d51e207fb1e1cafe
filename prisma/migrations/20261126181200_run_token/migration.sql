-- Tokens with which a step calls Millrace itself: they hold while its attempt is under way, and for what its run may do.

CREATE TABLE run_token (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  run_id UUID NOT NULL,
  path TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  token_hash BYTEA NOT NULL,
  scopes TEXT[] NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  expires_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT run_token_pkey PRIMARY KEY (id),
  CONSTRAINT run_token_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX run_token_id_workspace_id_key ON run_token (id, workspace_id);
CREATE UNIQUE INDEX run_token_token_hash_key ON run_token (token_hash);
CREATE INDEX run_token_run_id_path_attempt_idx ON run_token (run_id, path, attempt);
CREATE INDEX run_token_workspace_id_idx ON run_token (workspace_id);

ALTER TABLE run_token ENABLE ROW LEVEL SECURITY;
ALTER TABLE run_token FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON run_token USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
SELECT hold_table_to_grants('run_token', 'EXISTS (SELECT FROM run WHERE run.id = run_token.run_id)');

SELECT grant_millrace_roles();
