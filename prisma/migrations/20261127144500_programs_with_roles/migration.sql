-- How many programs have which custom role of the organization. Nobody who speaks for the organization sees the programs themselves.
CREATE FUNCTION programs_with_roles() RETURNS TABLE (role_id uuid, accounts integer, issuers integer) LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT r.id,
    (SELECT count(*)::integer FROM service_account a WHERE a.custom_role_id = r.id),
    (SELECT count(*)::integer FROM trusted_issuer i JOIN workspace w ON w.id = i.workspace_id
      WHERE w.organization_id = r.organization_id AND EXISTS (SELECT FROM json_array_elements(i.roles) m WHERE m ->> 'role' = r.id::text))
  FROM custom_role r WHERE r.organization_id = current_organization_id() AND is_organization_scope()
$$;

SELECT grant_millrace_roles();
