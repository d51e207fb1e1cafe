-- Every role that reaches a place, whoever asks: a person with access to one folder sees who reaches it from the folders above as well.
-- With neither of both: what holds in the whole workspace. Reads with the rights of its owner and holds to the workspace of the transaction.
CREATE FUNCTION roles_at(place_folder uuid, place_item uuid)
RETURNS TABLE (user_id uuid, role text, custom_role_id uuid, group_id uuid, is_organization boolean, folder_id uuid, item_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH RECURSIVE up AS (
    SELECT f.id, f.parent_id FROM folder f WHERE f.workspace_id = current_workspace_id() AND f.deleted_at IS NULL AND f.id = coalesce(place_folder,
      (SELECT i.folder_id FROM folder_item i WHERE i.workspace_id = current_workspace_id() AND i.item_type = 'workflow' AND i.item_id = place_item))
    UNION
    SELECT f.id, f.parent_id FROM folder f JOIN up ON f.id = up.parent_id WHERE f.workspace_id = current_workspace_id()
  )
  SELECT m.user_id, m.role, m.custom_role_id, NULL::uuid, false, NULL::uuid, NULL::uuid FROM membership m WHERE m.workspace_id = current_workspace_id()
  UNION ALL
  SELECT coalesce(g.user_id, gm.user_id), g.role, g.custom_role_id, g.group_id, false, g.folder_id, g.item_id
  FROM access_grant g LEFT JOIN group_member gm ON gm.group_id = g.group_id
  WHERE g.workspace_id = current_workspace_id() AND num_nonnulls(g.user_id, gm.user_id) = 1
    AND (num_nonnulls(g.folder_id, g.item_id) = 0 OR g.folder_id IN (SELECT up.id FROM up) OR (g.item_type = 'workflow' AND g.item_id = place_item))
  UNION ALL
  SELECT om.user_id, om.role, NULL::uuid, NULL::uuid, true, NULL::uuid, NULL::uuid FROM organization_member om
  JOIN workspace w ON w.organization_id = om.organization_id WHERE w.id = current_workspace_id() AND om.role <> 'member'
$$;

SELECT grant_millrace_roles();
