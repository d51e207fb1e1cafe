-- Environments of a workspace: which version of a workflow each has, and values of variables and secrets that differ by environment.

CREATE TABLE environment (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  name TEXT NOT NULL,
  slug TEXT NOT NULL,
  -- Order of promotion. The last one is where things go live.
  position INTEGER NOT NULL,
  color TEXT NOT NULL DEFAULT 'gray',
  -- Values without an environment are not seen.
  is_strict BOOLEAN NOT NULL DEFAULT false,
  -- Drafts may be tested with its values.
  allows_tests BOOLEAN NOT NULL DEFAULT false,
  -- Versions may come from any earlier environment.
  allows_skipping BOOLEAN NOT NULL DEFAULT false,
  -- Who may promote into it, of those who may publish; both empty: all of them.
  promoter_roles TEXT[] NOT NULL DEFAULT '{}',
  promoter_ids UUID[] NOT NULL DEFAULT '{}',
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  deleted_at TIMESTAMPTZ(3),
  CONSTRAINT environment_pkey PRIMARY KEY (id),
  CONSTRAINT environment_slug CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  CONSTRAINT environment_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX environment_id_workspace_id_key ON environment (id, workspace_id);
CREATE UNIQUE INDEX environment_slug_key ON environment (workspace_id, slug) WHERE deleted_at IS NULL;
CREATE INDEX environment_workspace_id_position_idx ON environment (workspace_id, position);

-- Null: the workspace has no environments.
ALTER TABLE workspace ADD COLUMN live_environment_id UUID,
  ADD CONSTRAINT workspace_live_environment_id_fkey FOREIGN KEY (live_environment_id, id) REFERENCES environment (id, workspace_id) ON DELETE SET NULL (live_environment_id);

-- One row for every time a version came to an environment; the one that was not replaced is what the environment has.
CREATE TABLE deployment (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  workflow_id UUID NOT NULL,
  environment_id UUID NOT NULL,
  version_id UUID NOT NULL,
  kind TEXT NOT NULL,
  from_environment_id UUID,
  note TEXT NOT NULL DEFAULT '',
  deployed_by_id UUID,
  deployed_at TIMESTAMPTZ(3) NOT NULL DEFAULT clock_timestamp(),
  replaced_at TIMESTAMPTZ(3),
  CONSTRAINT deployment_pkey PRIMARY KEY (id),
  CONSTRAINT deployment_kind CHECK (kind IN ('initial', 'published', 'promoted', 'rolled_back')),
  CONSTRAINT deployment_from CHECK ((kind = 'promoted') = (from_environment_id IS NOT NULL)),
  CONSTRAINT deployment_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT deployment_workflow_id_workspace_id_fkey FOREIGN KEY (workflow_id, workspace_id) REFERENCES workflow (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT deployment_environment_id_workspace_id_fkey FOREIGN KEY (environment_id, workspace_id) REFERENCES environment (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT deployment_version_id_workspace_id_fkey FOREIGN KEY (version_id, workspace_id) REFERENCES workflow_version (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX deployment_id_workspace_id_key ON deployment (id, workspace_id);
CREATE UNIQUE INDEX deployment_current_key ON deployment (workflow_id, environment_id) WHERE replaced_at IS NULL;
CREATE INDEX deployment_workflow_id_workspace_id_idx ON deployment (workflow_id, workspace_id, deployed_at DESC);
CREATE INDEX deployment_environment_id_workspace_id_idx ON deployment (environment_id, workspace_id);
CREATE INDEX deployment_version_id_workspace_id_idx ON deployment (version_id, workspace_id);

/* What was deployed stays told; a row only ever says that another took its place. */
CREATE FUNCTION keep_deployment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.replaced_at IS NOT NULL OR to_jsonb(NEW) - 'replaced_at' IS DISTINCT FROM to_jsonb(OLD) - 'replaced_at' THEN
    RAISE EXCEPTION 'deployments are only added to';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER keep_deployment BEFORE UPDATE ON deployment FOR EACH ROW EXECUTE FUNCTION keep_deployment();

ALTER TABLE variable ADD COLUMN environment_id UUID,
  ADD CONSTRAINT variable_environment_id_workspace_id_fkey FOREIGN KEY (environment_id, workspace_id) REFERENCES environment (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE secret ADD COLUMN environment_id UUID,
  ADD CONSTRAINT secret_environment_id_workspace_id_fkey FOREIGN KEY (environment_id, workspace_id) REFERENCES environment (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE;
DROP INDEX variable_name_key;
DROP INDEX secret_name_key;
CREATE UNIQUE INDEX variable_name_key ON variable (workspace_id, name, folder_id, environment_id) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX secret_name_key ON secret (workspace_id, name, folder_id, environment_id) NULLS NOT DISTINCT;
CREATE INDEX variable_environment_id_workspace_id_idx ON variable (environment_id, workspace_id) WHERE environment_id IS NOT NULL;
CREATE INDEX secret_environment_id_workspace_id_idx ON secret (environment_id, workspace_id) WHERE environment_id IS NOT NULL;

-- Null: the live one.
ALTER TABLE trigger ADD COLUMN environment_id UUID,
  ADD CONSTRAINT trigger_environment_id_workspace_id_fkey FOREIGN KEY (environment_id, workspace_id) REFERENCES environment (id, workspace_id) ON DELETE NO ACTION ON UPDATE NO ACTION;
CREATE INDEX trigger_environment_id_workspace_id_idx ON trigger (environment_id, workspace_id) WHERE environment_id IS NOT NULL;

-- Null: the workspace had none. Like all of a run, without a foreign key.
ALTER TABLE run ADD COLUMN environment_id UUID;
CREATE INDEX run_environment_idx ON run (workspace_id, environment_id, created_at DESC, id DESC) WHERE environment_id IS NOT NULL;

ALTER TABLE environment ENABLE ROW LEVEL SECURITY;
ALTER TABLE environment FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON environment USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
ALTER TABLE deployment ENABLE ROW LEVEL SECURITY;
ALTER TABLE deployment FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant ON deployment USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
SELECT hold_table_to_grants('deployment', 'workflow_id IN (SELECT granted_workflow_ids())');

SELECT grant_millrace_roles();
