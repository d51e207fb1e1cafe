-- Invitations into an organization, and into a workspace of it. Only the hash of the code is stored.
CREATE TABLE invitation (
  id UUID NOT NULL,
  organization_id UUID NOT NULL,
  workspace_id UUID,
  email TEXT NOT NULL,
  organization_role TEXT NOT NULL DEFAULT 'member',
  workspace_role TEXT,
  custom_role_id UUID,
  code_hash BYTEA NOT NULL,
  invited_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at TIMESTAMPTZ(3) NOT NULL,
  sent_at TIMESTAMPTZ(3),
  accepted_at TIMESTAMPTZ(3),
  accepted_by_id UUID,
  revoked_at TIMESTAMPTZ(3),
  CONSTRAINT invitation_pkey PRIMARY KEY (id),
  CONSTRAINT invitation_email_check CHECK (email = lower(btrim(email)) AND email LIKE '%_@_%'),
  CONSTRAINT invitation_hash_check CHECK (octet_length(code_hash) = 32),
  CONSTRAINT invitation_role_check CHECK (
    organization_role IN ('owner', 'admin', 'member') AND (workspace_id IS NULL) = (workspace_role IS NULL)
    AND (workspace_role IS NULL OR workspace_role IN ('owner', 'admin', 'builder', 'operator', 'viewer', 'custom'))
    AND (coalesce(workspace_role, '') = 'custom') = (custom_role_id IS NOT NULL)
    AND (workspace_id IS NULL OR organization_role = 'member')),
  CONSTRAINT invitation_accepted_check CHECK (accepted_at IS NULL OR revoked_at IS NULL),
  CONSTRAINT invitation_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT invitation_workspace_id_organization_id_fkey FOREIGN KEY (workspace_id, organization_id) REFERENCES workspace(id, organization_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT invitation_custom_role_id_organization_id_fkey FOREIGN KEY (custom_role_id, organization_id) REFERENCES custom_role(id, organization_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX invitation_code_hash_key ON invitation (code_hash);
CREATE INDEX invitation_organization_id_created_at_id_idx ON invitation (organization_id, created_at DESC, id DESC);
CREATE INDEX invitation_workspace_id_organization_id_idx ON invitation (workspace_id, organization_id);
CREATE INDEX invitation_custom_role_id_organization_id_idx ON invitation (custom_role_id, organization_id);
-- Somebody is invited to one place once; whoever invites again takes the earlier invitation back.
CREATE UNIQUE INDEX invitation_open_key ON invitation (organization_id, workspace_id, email) NULLS NOT DISTINCT WHERE accepted_at IS NULL AND revoked_at IS NULL;

ALTER TABLE invitation ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON invitation USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id() AND organization_id = current_organization_id());
CREATE POLICY organization ON invitation USING (organization_id = current_organization_id() AND is_organization_scope())
  WITH CHECK (organization_id = current_organization_id() AND is_organization_scope());
SELECT hold_table_to_grants('invitation', 'false');
COMMENT ON TABLE invitation IS 'not for workers';

-- An organization is renamed by its own; everything else about it stays with the installation.
CREATE OR REPLACE FUNCTION grant_millrace_table(table_name text, note text) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  rights text;
  role_name text;
BEGIN
  IF note LIKE 'owner only%' THEN RETURN; END IF;
  FOREACH role_name IN ARRAY ARRAY['millrace_app', 'millrace_worker'] LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name);
    CONTINUE WHEN role_name = 'millrace_worker' AND note LIKE 'not for workers%';
    rights := CASE
      WHEN table_name = 'user_account' THEN 'SELECT (id, email, name, created_at, last_seen_at, disabled_at)'
      WHEN table_name = 'audit_event' THEN 'SELECT, INSERT'
      WHEN role_name = 'millrace_app' AND table_name = 'organization' THEN 'SELECT, UPDATE (name, updated_at)'
      WHEN role_name = 'millrace_app' AND table_name IN ('pool', 'worker') THEN 'SELECT'
      ELSE 'SELECT, INSERT, UPDATE, DELETE'
    END;
    EXECUTE format('GRANT %s ON %I TO %I', rights, table_name, role_name);
    IF role_name = 'millrace_worker' AND (SELECT relrowsecurity FROM pg_class WHERE oid = format('%I', table_name)::regclass) THEN
      EXECUTE format('DROP POLICY IF EXISTS worker ON %I', table_name);
      IF table_name = 'user_account' THEN
        EXECUTE format('CREATE POLICY worker ON %I FOR SELECT TO millrace_worker USING (true)', table_name);
      ELSE
        EXECUTE format('CREATE POLICY worker ON %I TO millrace_worker USING (true) WITH CHECK (true)', table_name);
      END IF;
    END IF;
  END LOOP;
END $$;

SELECT grant_millrace_roles();
