-- Rules that protect a folder or a whole workspace: publishing needs another person's review, or nobody but those named changes anything.

CREATE TABLE protection_rule (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  folder_id UUID,
  needs_review BOOLEAN NOT NULL DEFAULT false,
  is_locked BOOLEAN NOT NULL DEFAULT false,
  created_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT protection_rule_pkey PRIMARY KEY (id),
  CONSTRAINT protection_rule_does_something CHECK (needs_review OR is_locked),
  CONSTRAINT protection_rule_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT protection_rule_folder_id_workspace_id_fkey FOREIGN KEY (folder_id, workspace_id) REFERENCES folder (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX protection_rule_id_workspace_id_key ON protection_rule (id, workspace_id);
CREATE UNIQUE INDEX protection_rule_place_key ON protection_rule (workspace_id, folder_id) NULLS NOT DISTINCT;
CREATE INDEX protection_rule_folder_id_workspace_id_idx ON protection_rule (folder_id, workspace_id);

-- Whom a rule does not hold: a role of the workspace, or a person.
CREATE TABLE protection_exception (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  rule_id UUID NOT NULL,
  purpose TEXT NOT NULL,
  role TEXT,
  user_id UUID,
  CONSTRAINT protection_exception_pkey PRIMARY KEY (id),
  CONSTRAINT protection_exception_purpose CHECK (purpose IN ('publish', 'change')),
  CONSTRAINT protection_exception_one CHECK ((role IS NULL) <> (user_id IS NULL)),
  CONSTRAINT protection_exception_role CHECK (role IS NULL OR role IN ('owner', 'admin', 'builder', 'operator', 'viewer')),
  CONSTRAINT protection_exception_rule_id_workspace_id_fkey FOREIGN KEY (rule_id, workspace_id) REFERENCES protection_rule (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT protection_exception_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account (id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX protection_exception_id_workspace_id_key ON protection_exception (id, workspace_id);
CREATE UNIQUE INDEX protection_exception_rule_id_purpose_role_user_id_key ON protection_exception (rule_id, purpose, role, user_id) NULLS NOT DISTINCT;
CREATE INDEX protection_exception_rule_id_workspace_id_idx ON protection_exception (rule_id, workspace_id);
CREATE INDEX protection_exception_user_id_idx ON protection_exception (user_id);

CREATE TABLE review_request (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  workflow_id UUID NOT NULL,
  status TEXT NOT NULL DEFAULT 'open',
  draft_revision INTEGER NOT NULL,
  -- The draft as it is to be published: what is approved, is this and nothing later.
  definition JSON NOT NULL,
  -- What it is compared with.
  base_version_id UUID,
  note TEXT NOT NULL DEFAULT '',
  requested_by_id UUID NOT NULL,
  -- Who saved the draft last: a review by them is none.
  draft_author_id UUID,
  decided_by_id UUID,
  decided_at TIMESTAMPTZ(3),
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT review_request_pkey PRIMARY KEY (id),
  CONSTRAINT review_request_status CHECK (status IN ('open', 'approved', 'changes_requested', 'published', 'withdrawn')),
  CONSTRAINT review_request_by_another CHECK (status NOT IN ('approved', 'published') OR (decided_by_id IS NOT NULL AND decided_by_id <> requested_by_id AND decided_by_id IS DISTINCT FROM draft_author_id)),
  CONSTRAINT review_request_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace (id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT review_request_workflow_id_workspace_id_fkey FOREIGN KEY (workflow_id, workspace_id) REFERENCES workflow (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX review_request_id_workspace_id_key ON review_request (id, workspace_id);
CREATE UNIQUE INDEX review_request_pending_key ON review_request (workflow_id) WHERE status IN ('open', 'approved', 'changes_requested');
CREATE INDEX review_request_workspace_id_created_at_id_idx ON review_request (workspace_id, created_at DESC, id DESC);
CREATE INDEX review_request_workflow_id_workspace_id_idx ON review_request (workflow_id, workspace_id);

CREATE TABLE review_entry (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  review_id UUID NOT NULL,
  kind TEXT NOT NULL,
  author_id UUID,
  author_name TEXT NOT NULL,
  text TEXT NOT NULL DEFAULT '',
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT now(),
  CONSTRAINT review_entry_pkey PRIMARY KEY (id),
  CONSTRAINT review_entry_kind CHECK (kind IN ('comment', 'approved', 'changes_requested', 'withdrawn', 'published')),
  CONSTRAINT review_entry_review_id_workspace_id_fkey FOREIGN KEY (review_id, workspace_id) REFERENCES review_request (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX review_entry_id_workspace_id_key ON review_entry (id, workspace_id);
CREATE INDEX review_entry_review_id_workspace_id_idx ON review_entry (review_id, workspace_id);

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['protection_rule', 'protection_exception', 'review_request', 'review_entry'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id())', table_name);
  END LOOP;
END $$;
SELECT hold_table_to_grants('review_request', 'workflow_id IN (SELECT granted_workflow_ids())');
SELECT hold_table_to_grants('review_entry', 'EXISTS (SELECT FROM review_request r WHERE r.id = review_entry.review_id)');

/*
 * The rules that protect folders and workflows: of the workspace, of the folders themselves and of all above them; with `below`, of those
 * in them too. It reads with the rights of its owner, since somebody with access to one folder must be held to the rules of those above it.
 */
CREATE FUNCTION protecting_rules(folder_ids uuid[], workflow_ids uuid[], below boolean)
RETURNS TABLE (id uuid, needs_review boolean, is_locked boolean, exceptions json) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH RECURSIVE start AS (
    SELECT f.id, f.parent_id FROM folder f WHERE f.workspace_id = current_workspace_id() AND (
      f.id = ANY (folder_ids)
      OR f.id IN (SELECT i.folder_id FROM folder_item i WHERE i.workspace_id = current_workspace_id() AND i.item_type = 'workflow' AND i.item_id = ANY (workflow_ids)))
  ), up AS (
    SELECT s.id, s.parent_id FROM start s
    UNION SELECT f.id, f.parent_id FROM folder f JOIN up ON f.id = up.parent_id WHERE f.workspace_id = current_workspace_id()
  ), down AS (
    SELECT s.id FROM start s WHERE below
    UNION SELECT f.id FROM folder f JOIN down ON f.parent_id = down.id WHERE f.workspace_id = current_workspace_id()
  )
  SELECT r.id, r.needs_review, r.is_locked,
    (SELECT coalesce(json_agg(json_build_object('purpose', e.purpose, 'role', e.role, 'userId', e.user_id)), '[]') FROM protection_exception e WHERE e.rule_id = r.id AND e.workspace_id = r.workspace_id)
  FROM protection_rule r
  WHERE r.workspace_id = current_workspace_id() AND (r.folder_id IS NULL OR r.folder_id IN (SELECT up.id FROM up) OR r.folder_id IN (SELECT down.id FROM down))
$$;

SELECT grant_millrace_roles();
