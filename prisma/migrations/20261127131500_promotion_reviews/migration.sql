-- Rules and reviews for what comes to one environment.

ALTER TABLE protection_rule ADD COLUMN environment_id UUID,
  ADD CONSTRAINT protection_rule_environment_id_workspace_id_fkey FOREIGN KEY (environment_id, workspace_id) REFERENCES environment (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE,
  -- A lock holds for all that is in the folder.
  ADD CONSTRAINT protection_rule_of_environment CHECK (environment_id IS NULL OR NOT is_locked);
DROP INDEX protection_rule_place_key;
CREATE UNIQUE INDEX protection_rule_place_key ON protection_rule (workspace_id, folder_id, environment_id) NULLS NOT DISTINCT;
CREATE INDEX protection_rule_environment_id_workspace_id_idx ON protection_rule (environment_id, workspace_id);

-- A review is of a draft, or of a version that is to come to an environment.
ALTER TABLE review_request ADD COLUMN environment_id UUID, ADD COLUMN version_id UUID,
  ALTER COLUMN draft_revision DROP NOT NULL,
  ADD CONSTRAINT review_request_subject CHECK ((environment_id IS NULL) = (version_id IS NULL) AND (environment_id IS NULL) = (draft_revision IS NOT NULL)),
  ADD CONSTRAINT review_request_environment_id_workspace_id_fkey FOREIGN KEY (environment_id, workspace_id) REFERENCES environment (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT review_request_version_id_workspace_id_fkey FOREIGN KEY (version_id, workspace_id) REFERENCES workflow_version (id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE,
  DROP CONSTRAINT review_request_status,
  ADD CONSTRAINT review_request_status CHECK (status IN ('open', 'approved', 'changes_requested', 'published', 'deployed', 'withdrawn')),
  DROP CONSTRAINT review_request_by_another,
  ADD CONSTRAINT review_request_by_another CHECK (status NOT IN ('approved', 'published', 'deployed') OR (decided_by_id IS NOT NULL AND decided_by_id <> requested_by_id AND decided_by_id IS DISTINCT FROM draft_author_id));
DROP INDEX review_request_pending_key;
CREATE UNIQUE INDEX review_request_pending_key ON review_request (workflow_id, environment_id) NULLS NOT DISTINCT WHERE status IN ('open', 'approved', 'changes_requested');
CREATE INDEX review_request_environment_id_workspace_id_idx ON review_request (environment_id, workspace_id);
CREATE INDEX review_request_version_id_workspace_id_idx ON review_request (version_id, workspace_id);
ALTER TABLE review_entry DROP CONSTRAINT review_entry_kind,
  ADD CONSTRAINT review_entry_kind CHECK (kind IN ('comment', 'approved', 'changes_requested', 'withdrawn', 'published', 'deployed'));

-- As before, with the environment that a rule is for.
DROP FUNCTION protecting_rules(uuid[], uuid[], boolean);
CREATE FUNCTION protecting_rules(folder_ids uuid[], workflow_ids uuid[], below boolean)
RETURNS TABLE (id uuid, needs_review boolean, is_locked boolean, exceptions json, environment_id uuid) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
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
    (SELECT coalesce(json_agg(json_build_object('purpose', e.purpose, 'role', e.role, 'userId', e.user_id)), '[]') FROM protection_exception e WHERE e.rule_id = r.id AND e.workspace_id = r.workspace_id),
    r.environment_id
  FROM protection_rule r
  WHERE r.workspace_id = current_workspace_id() AND (r.folder_id IS NULL OR r.folder_id IN (SELECT up.id FROM up) OR r.folder_id IN (SELECT down.id FROM down))
$$;
SELECT grant_millrace_roles();
