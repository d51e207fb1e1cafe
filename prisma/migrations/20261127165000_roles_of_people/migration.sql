-- The roles that people have at workflows, from wherever: what an approval, an alert and a link go by. `workflow_id` null: in the whole workspace,
-- so at every workflow. Of everybody, where nobody is named. As `roles_at`, which tells of one place.
CREATE FUNCTION roles_of_people(of_workspace uuid, of_people uuid[], at_workflows uuid[])
RETURNS TABLE (user_id uuid, workflow_id uuid, role text, name text, permissions text[]) LANGUAGE sql STABLE SET search_path FROM CURRENT AS $$
  WITH RECURSIVE up AS (
    SELECT i.item_id AS workflow_id, f.id, f.parent_id FROM folder_item i JOIN folder f ON f.id = i.folder_id AND f.workspace_id = i.workspace_id
    WHERE i.workspace_id = of_workspace AND i.item_type = 'workflow' AND i.item_id = ANY (at_workflows) AND f.deleted_at IS NULL
    UNION
    SELECT up.workflow_id, f.id, f.parent_id FROM up JOIN folder f ON f.id = up.parent_id AND f.workspace_id = of_workspace
  ), held AS (
    SELECT m.user_id, m.role, m.custom_role_id, NULL::uuid AS folder_id, NULL::uuid AS item_id FROM membership m
    WHERE m.workspace_id = of_workspace AND (of_people IS NULL OR m.user_id = ANY (of_people))
    UNION ALL
    SELECT coalesce(g.user_id, gm.user_id), g.role, g.custom_role_id, g.folder_id, g.item_id
    FROM access_grant g LEFT JOIN group_member gm ON gm.group_id = g.group_id
    WHERE g.workspace_id = of_workspace AND num_nonnulls(g.user_id, gm.user_id) = 1
      AND (of_people IS NULL OR g.user_id = ANY (of_people) OR gm.user_id = ANY (of_people))
      AND (g.folder_id IS NULL OR g.folder_id IN (SELECT id FROM up))
      AND (g.item_id IS NULL OR g.item_type = 'workflow' AND g.item_id = ANY (at_workflows))
    UNION ALL
    SELECT om.user_id, om.role, NULL::uuid, NULL::uuid, NULL::uuid FROM organization_member om
    JOIN workspace w ON w.organization_id = om.organization_id WHERE w.id = of_workspace AND om.role IN ('owner', 'admin')
      AND (of_people IS NULL OR om.user_id = ANY (of_people))
  ), placed AS (
    SELECT h.user_id, NULL::uuid AS workflow_id, h.role, h.custom_role_id FROM held h WHERE num_nonnulls(h.folder_id, h.item_id) = 0
    UNION
    SELECT h.user_id, h.item_id, h.role, h.custom_role_id FROM held h WHERE h.item_id IS NOT NULL
    UNION
    SELECT h.user_id, up.workflow_id, h.role, h.custom_role_id FROM held h JOIN up ON up.id = h.folder_id
  )
  -- A custom role of before that is called like a built-in one answers for none of that name.
  SELECT p.user_id, p.workflow_id, p.role, CASE WHEN lower(c.name) IN ('owner', 'admin', 'builder', 'operator', 'viewer') THEN p.role ELSE coalesce(c.name, p.role) END, c.permissions
  FROM placed p LEFT JOIN custom_role c ON c.id = p.custom_role_id
$$;

-- The same of the transaction's workspace, whoever asks. Reads with the rights of its owner.
CREATE FUNCTION roles_held(of_people uuid[], at_workflows uuid[])
RETURNS TABLE (user_id uuid, workflow_id uuid, role text, name text, permissions text[]) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT * FROM roles_of_people(current_workspace_id(), of_people, at_workflows)
$$;

SELECT grant_millrace_roles();
