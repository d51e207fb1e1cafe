-- Blocks belong to the whole workspace, and lie in versions of no workflow, which is granted to nobody. Who is held to parts of the
-- workspace reads versions of its blocks, and no other definition that was run without being a workflow.
CREATE FUNCTION block_versions(asked_ids uuid[]) RETURNS TABLE (id uuid, hash text, definition json) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT w.id, w.hash, w.definition FROM workflow_version w
  WHERE w.id = ANY (asked_ids) AND w.workspace_id = current_workspace_id() AND EXISTS (
    SELECT FROM catalog_item_version v JOIN catalog_item c ON c.id = v.item_id
    WHERE c.workspace_id = current_workspace_id() AND c.type = 'module' AND v.config ->> 'versionId' = w.id::text)
$$;
