-- Variables and secrets of folders: a workflow sees those of its folder and of all folders above it, the nearest first, then the workspace's.

ALTER TABLE variable ADD COLUMN folder_id UUID,
  ADD CONSTRAINT variable_folder_id_workspace_id_fkey FOREIGN KEY (folder_id, workspace_id) REFERENCES folder(id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE secret ADD COLUMN folder_id UUID,
  ADD CONSTRAINT secret_folder_id_workspace_id_fkey FOREIGN KEY (folder_id, workspace_id) REFERENCES folder(id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE;
DROP INDEX variable_workspace_id_name_key;
DROP INDEX secret_workspace_id_name_key;
CREATE UNIQUE INDEX variable_id_workspace_id_key ON variable (id, workspace_id);
CREATE UNIQUE INDEX secret_id_workspace_id_key ON secret (id, workspace_id);
CREATE UNIQUE INDEX variable_name_key ON variable (workspace_id, name, folder_id) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX secret_name_key ON secret (workspace_id, name, folder_id) NULLS NOT DISTINCT;
CREATE INDEX variable_folder_id_workspace_id_idx ON variable (folder_id, workspace_id);
CREATE INDEX secret_folder_id_workspace_id_idx ON secret (folder_id, workspace_id);

-- The last run that used a secret.
CREATE TABLE secret_use (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  secret_id UUID NOT NULL,
  run_id UUID,
  workflow_id UUID,
  used_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT secret_use_pkey PRIMARY KEY (id),
  CONSTRAINT secret_use_secret_id_workspace_id_fkey FOREIGN KEY (secret_id, workspace_id) REFERENCES secret(id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX secret_use_key ON secret_use (secret_id);
ALTER TABLE secret_use ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON secret_use USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

SELECT hold_table_to_grants('variable', 'folder_id IN (SELECT granted_folder_ids())');
SELECT hold_table_to_grants('secret', 'folder_id IN (SELECT granted_folder_ids())');
SELECT hold_table_to_grants('secret_use', 'EXISTS (SELECT FROM secret s WHERE s.id = secret_use.secret_id)');

/* The folders that a workflow lies in, the nearest first. */
CREATE FUNCTION folder_chain(of_workflow uuid) RETURNS TABLE (id uuid, depth int) LANGUAGE sql STABLE AS $$
  WITH RECURSIVE chain AS (
    SELECT f.id, f.parent_id, 0 AS depth FROM folder_item i JOIN folder f ON f.id = i.folder_id AND f.workspace_id = i.workspace_id
      WHERE i.workspace_id = current_workspace_id() AND i.item_type = 'workflow' AND i.item_id = of_workflow AND f.deleted_at IS NULL
    UNION ALL
    SELECT f.id, f.parent_id, chain.depth + 1 FROM chain JOIN folder f ON f.id = chain.parent_id AND f.workspace_id = current_workspace_id()
      WHERE f.deleted_at IS NULL AND chain.depth < 50
  )
  SELECT chain.id, chain.depth FROM chain
$$;

CREATE TRIGGER master_key_in_use AFTER INSERT OR UPDATE OF master_key_id ON audit_stream FOR EACH ROW WHEN (NEW.master_key_id IS NOT NULL) EXECUTE FUNCTION refuse_retired_master_key();

SELECT grant_millrace_roles();
