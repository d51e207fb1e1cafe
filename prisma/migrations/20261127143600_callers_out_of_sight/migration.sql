-- What a workflow's name and id are to published versions is the same for whoever renames or deletes it, whatever they may see.
-- The rule of calls, as `server/environments/called-sql.ts` has it.
CREATE FUNCTION workflows_called(refs text[]) RETURNS TABLE (ref text, id uuid) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT r.ref, c.id FROM unnest(refs) r(ref) CROSS JOIN LATERAL (
    SELECT w.id FROM workflow w
    WHERE w.workspace_id = current_workspace_id() AND w.kind <> 'module' AND w.deleted_at IS NULL
      AND (w.id::text = lower(r.ref) OR (r.ref !~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$' AND (w.slug = r.ref OR w.name = r.ref)))
    ORDER BY w.id::text = lower(r.ref) DESC, w.slug = r.ref DESC, w.named_at, w.created_at, w.id LIMIT 1) c
$$;

CREATE FUNCTION published_callers(refs text[], besides uuid[]) RETURNS TABLE (id uuid) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT DISTINCT w.id FROM workflow_dependency d JOIN workflow w ON w.id = d.workflow_id AND w.workspace_id = d.workspace_id
  WHERE d.workspace_id = current_workspace_id() AND d.target_type = 'workflow' AND d.target_ref = ANY (refs) AND d.origin = 'published'
    AND w.deleted_at IS NULL AND w.archived_at IS NULL AND w.id <> ALL (besides)
$$;

SELECT grant_millrace_roles();
