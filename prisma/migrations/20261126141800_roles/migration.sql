-- Organizations have members, groups and roles of their own; access to single folders and things is granted to people and groups.

ALTER TABLE workspace ADD COLUMN archived_at TIMESTAMPTZ(3);

CREATE TABLE organization_member (
  organization_id UUID NOT NULL,
  user_id UUID NOT NULL,
  role TEXT NOT NULL DEFAULT 'member',
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT organization_member_pkey PRIMARY KEY (organization_id, user_id),
  CONSTRAINT organization_member_role_check CHECK (role IN ('owner', 'admin', 'member')),
  CONSTRAINT organization_member_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT organization_member_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX organization_member_user_id_idx ON organization_member (user_id);

CREATE TABLE custom_role (
  id UUID NOT NULL,
  organization_id UUID NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  permissions TEXT[] NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT custom_role_pkey PRIMARY KEY (id),
  CONSTRAINT custom_role_name_check CHECK (name = btrim(name) AND length(name) BETWEEN 1 AND 100),
  CONSTRAINT custom_role_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX custom_role_id_organization_id_key ON custom_role (id, organization_id);
CREATE UNIQUE INDEX custom_role_name_key ON custom_role (organization_id, lower(name));

CREATE TABLE person_group (
  id UUID NOT NULL,
  organization_id UUID NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  external_id TEXT,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT person_group_pkey PRIMARY KEY (id),
  CONSTRAINT person_group_name_check CHECK (name = btrim(name) AND length(name) BETWEEN 1 AND 100),
  CONSTRAINT person_group_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX person_group_id_organization_id_key ON person_group (id, organization_id);
CREATE UNIQUE INDEX person_group_name_key ON person_group (organization_id, lower(name));
CREATE UNIQUE INDEX person_group_external_id_key ON person_group (organization_id, external_id) WHERE external_id IS NOT NULL;

CREATE TABLE group_member (
  group_id UUID NOT NULL,
  user_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT group_member_pkey PRIMARY KEY (group_id, user_id),
  CONSTRAINT group_member_group_id_organization_id_fkey FOREIGN KEY (group_id, organization_id) REFERENCES person_group(id, organization_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT group_member_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES organization_member(organization_id, user_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX group_member_user_id_organization_id_idx ON group_member (user_id, organization_id);

-- Who is in a workspace is in its organization; whoever owned a workspace owns the organization.
INSERT INTO organization_member (organization_id, user_id, role)
  SELECT w.organization_id, m.user_id, CASE WHEN bool_or(m.role = 'owner') THEN 'owner' ELSE 'member' END
  FROM membership m JOIN workspace w ON w.id = m.workspace_id GROUP BY 1, 2;

ALTER TABLE membership ADD COLUMN organization_id UUID, ADD COLUMN custom_role_id UUID;
UPDATE membership m SET organization_id = w.organization_id FROM workspace w WHERE w.id = m.workspace_id;
ALTER TABLE membership ALTER COLUMN organization_id SET NOT NULL,
  DROP CONSTRAINT membership_role_check,
  ADD CONSTRAINT membership_role_check CHECK (role IN ('owner', 'admin', 'builder', 'operator', 'viewer', 'custom') AND (role = 'custom') = (custom_role_id IS NOT NULL)),
  DROP CONSTRAINT membership_workspace_id_fkey,
  ADD CONSTRAINT membership_workspace_id_organization_id_fkey FOREIGN KEY (workspace_id, organization_id) REFERENCES workspace(id, organization_id) ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT membership_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES organization_member(organization_id, user_id) ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT membership_custom_role_id_organization_id_fkey FOREIGN KEY (custom_role_id, organization_id) REFERENCES custom_role(id, organization_id) ON DELETE NO ACTION ON UPDATE NO ACTION;
DROP INDEX membership_workspace_id_user_id_role_key;
CREATE UNIQUE INDEX membership_role_key ON membership (workspace_id, user_id, role, custom_role_id) NULLS NOT DISTINCT;
CREATE INDEX membership_organization_id_user_id_idx ON membership (organization_id, user_id);
CREATE INDEX membership_custom_role_id_organization_id_idx ON membership (custom_role_id, organization_id);

-- A role of a group in a workspace, or of a person or group in one folder or on one thing.
CREATE TABLE access_grant (
  id UUID NOT NULL,
  organization_id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  user_id UUID,
  group_id UUID,
  role TEXT NOT NULL,
  custom_role_id UUID,
  folder_id UUID,
  item_type TEXT,
  item_id UUID,
  created_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT access_grant_pkey PRIMARY KEY (id),
  CONSTRAINT access_grant_who_check CHECK (num_nonnulls(user_id, group_id) = 1),
  CONSTRAINT access_grant_where_check CHECK (num_nonnulls(folder_id, item_id) <= 1 AND (item_type IS NULL) = (item_id IS NULL) AND (user_id IS NULL OR num_nonnulls(folder_id, item_id) = 1)),
  CONSTRAINT access_grant_role_check CHECK (role IN ('owner', 'admin', 'builder', 'operator', 'viewer', 'custom') AND (role = 'custom') = (custom_role_id IS NOT NULL)),
  CONSTRAINT access_grant_workspace_id_organization_id_fkey FOREIGN KEY (workspace_id, organization_id) REFERENCES workspace(id, organization_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT access_grant_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES organization_member(organization_id, user_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT access_grant_group_id_organization_id_fkey FOREIGN KEY (group_id, organization_id) REFERENCES person_group(id, organization_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT access_grant_custom_role_id_organization_id_fkey FOREIGN KEY (custom_role_id, organization_id) REFERENCES custom_role(id, organization_id) ON DELETE NO ACTION ON UPDATE NO ACTION,
  CONSTRAINT access_grant_folder_id_workspace_id_fkey FOREIGN KEY (folder_id, workspace_id) REFERENCES folder(id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX access_grant_id_workspace_id_key ON access_grant (id, workspace_id);
CREATE UNIQUE INDEX access_grant_key ON access_grant (workspace_id, user_id, group_id, folder_id, item_type, item_id, role, custom_role_id) NULLS NOT DISTINCT;
CREATE INDEX access_grant_organization_id_user_id_idx ON access_grant (organization_id, user_id);
CREATE INDEX access_grant_group_id_organization_id_idx ON access_grant (group_id, organization_id);
CREATE INDEX access_grant_folder_id_workspace_id_idx ON access_grant (folder_id, workspace_id);
CREATE INDEX access_grant_custom_role_id_organization_id_idx ON access_grant (custom_role_id, organization_id);

-- Who looks after the installation. Says nothing about what they may do in organizations.
CREATE TABLE platform_admin (
  user_id UUID NOT NULL,
  granted_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT platform_admin_pkey PRIMARY KEY (user_id),
  CONSTRAINT platform_admin_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE ON UPDATE CASCADE
);
COMMENT ON TABLE platform_admin IS 'owner only';
INSERT INTO platform_admin (user_id) SELECT user_id FROM membership WHERE role = 'owner' ORDER BY created_at, id LIMIT 1;

-- An organization keeps an owner ---------------------------------------------------------------------------------
-- Looked at when the transaction ends; whoever takes an owner away waits for others who do.

CREATE FUNCTION keep_an_owner(owned_id uuid) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM FROM organization WHERE id = owned_id AND deleted_at IS NULL FOR UPDATE;
  IF FOUND AND NOT EXISTS (
    SELECT FROM organization_member m JOIN user_account u ON u.id = m.user_id
    WHERE m.organization_id = owned_id AND m.role = 'owner' AND u.disabled_at IS NULL)
  THEN
    RAISE EXCEPTION 'an organization keeps at least one owner' USING ERRCODE = 'integrity_constraint_violation', CONSTRAINT = 'organization_keeps_an_owner';
  END IF;
END $$;

CREATE FUNCTION member_keeps_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM keep_an_owner(OLD.organization_id);
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER organization_keeps_an_owner AFTER UPDATE OR DELETE ON organization_member DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.role = 'owner') EXECUTE FUNCTION member_keeps_an_owner();

CREATE FUNCTION disabled_person_leaves_an_owner() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM keep_an_owner(m.organization_id) FROM organization_member m WHERE m.user_id = NEW.id AND m.role = 'owner';
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER organization_keeps_an_owner AFTER UPDATE OF disabled_at ON user_account DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW WHEN (OLD.disabled_at IS NULL AND NEW.disabled_at IS NOT NULL) EXECUTE FUNCTION disabled_person_leaves_an_owner();

-- Open streams hear that rights have changed ---------------------------------------------------------------------

CREATE FUNCTION tell_access_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM pg_notify('millrace_access', coalesce((to_jsonb(coalesce(NEW, OLD)) ->> 'organization_id'), '*'));
  RETURN NULL;
END $$;
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE ON organization_member FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE ON membership FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE ON group_member FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER INSERT OR UPDATE OR DELETE ON access_grant FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER UPDATE OR DELETE ON custom_role FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER UPDATE OF deleted_at, archived_at ON workspace FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER UPDATE OF disabled_at ON user_account FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER UPDATE OF revoked_at OR DELETE ON session FOR EACH ROW EXECUTE FUNCTION tell_access_changed();

-- Rows of organizations ------------------------------------------------------------------------------------------
-- A transaction for an organization as such names the nil workspace: it sees what is the organization's, and of workspaces nothing
-- but themselves and who belongs to them.

CREATE FUNCTION is_organization_scope() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN current_workspace_id() = '00000000-0000-0000-0000-000000000000'::uuid;

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['organization_member', 'custom_role', 'person_group', 'group_member'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY shared ON %I FOR SELECT USING (organization_id = current_organization_id())', table_name);
    EXECUTE format('CREATE POLICY organization ON %I USING (organization_id = current_organization_id() AND is_organization_scope()) WITH CHECK (organization_id = current_organization_id() AND is_organization_scope())', table_name);
  END LOOP;
  FOREACH table_name IN ARRAY ARRAY['workspace', 'membership', 'access_grant'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY organization ON %I USING (organization_id = current_organization_id() AND is_organization_scope()) WITH CHECK (organization_id = current_organization_id() AND is_organization_scope())', table_name);
  END LOOP;
END $$;
CREATE POLICY tenant ON access_grant USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id() AND organization_id = current_organization_id());
CREATE POLICY organization ON audit_event USING (organization_id = current_organization_id() AND workspace_id IS NULL AND is_organization_scope())
  WITH CHECK (organization_id = current_organization_id() AND workspace_id IS NULL AND is_organization_scope());
-- Of people, an organization and its workspaces see its members.
CREATE POLICY organization ON user_account FOR SELECT USING (EXISTS (SELECT FROM organization_member WHERE organization_member.user_id = user_account.id));

-- Access to a part of a workspace --------------------------------------------------------------------------------
-- `app.granted` holds {"folders": […], "items": […]}: the roots of what the transaction may touch. Empty: the whole workspace.

CREATE FUNCTION is_access_whole() RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE
  RETURN current_user <> 'millrace_app' OR coalesce(current_setting('app.granted', true), '') = '';

CREATE FUNCTION granted_roots(kind text) RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT jsonb_array_elements_text(nullif(current_setting('app.granted', true), '')::jsonb -> kind)::uuid
$$;

/* These read with the rights of their owner, whom the policies below do not hold, and hold to the workspace of the transaction. */
CREATE FUNCTION granted_folder_ids() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  WITH RECURSIVE tree AS (
    SELECT f.id FROM folder f WHERE f.workspace_id = current_workspace_id() AND f.id IN (SELECT granted_roots('folders'))
    UNION
    SELECT f.id FROM folder f JOIN tree ON f.parent_id = tree.id WHERE f.workspace_id = current_workspace_id()
  )
  SELECT id FROM tree
$$;

CREATE FUNCTION granted_workflow_ids() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
  SELECT i.item_id FROM folder_item i
    WHERE i.workspace_id = current_workspace_id() AND i.item_type = 'workflow' AND i.folder_id IN (SELECT granted_folder_ids())
  UNION ALL
  SELECT granted_roots('items')
$$;

CREATE FUNCTION hold_table_to_grants(table_name text, condition text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE format('CREATE POLICY granted ON %I AS RESTRICTIVE USING ((SELECT is_access_whole()) OR (%s))', table_name, condition);
END $$;

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['workflow_version', 'workflow_dependency', 'workflow_search', 'sample_input', 'share_link', 'run', 'run_batch', 'trigger'] LOOP
    PERFORM hold_table_to_grants(table_name, 'workflow_id IN (SELECT granted_workflow_ids())');
  END LOOP;
  FOREACH table_name IN ARRAY ARRAY['step_run', 'run_event', 'run_log', 'run_inbox', 'run_change', 'run_search', 'wait', 'llm_request'] LOOP
    PERFORM hold_table_to_grants(table_name, format('EXISTS (SELECT FROM run WHERE run.id = %I.run_id)', table_name));
  END LOOP;
  FOREACH table_name IN ARRAY ARRAY['trigger_event', 'trigger_seen'] LOOP
    PERFORM hold_table_to_grants(table_name, format('EXISTS (SELECT FROM trigger t WHERE t.id = %I.trigger_id)', table_name));
  END LOOP;
  FOREACH table_name IN ARRAY ARRAY['wait_response', 'wait_link'] LOOP
    PERFORM hold_table_to_grants(table_name, format('EXISTS (SELECT FROM wait w WHERE w.id = %I.wait_id)', table_name));
  END LOOP;
  FOREACH table_name IN ARRAY ARRAY['tag_link', 'favorite'] LOOP
    PERFORM hold_table_to_grants(table_name, 'item_id IN (SELECT granted_workflow_ids())');
  END LOOP;
END $$;
SELECT hold_table_to_grants('workflow', 'id IN (SELECT granted_workflow_ids())');
SELECT hold_table_to_grants('folder', 'id IN (SELECT granted_folder_ids())');
SELECT hold_table_to_grants('folder_item', 'folder_id IN (SELECT granted_folder_ids())');
SELECT hold_table_to_grants('trigger_subscription', 'EXISTS (SELECT FROM trigger t WHERE t.id = trigger_subscription.id)');
SELECT hold_table_to_grants('access_grant', 'folder_id IN (SELECT granted_folder_ids()) OR item_id IN (SELECT granted_workflow_ids())');
SELECT hold_table_to_grants('blob', 'owner_id IS NULL OR EXISTS (SELECT FROM run WHERE run.id = blob.owner_id) OR EXISTS (SELECT FROM blob_share s JOIN run ON run.id = s.run_id WHERE s.blob_id = blob.id)');

-- The search of runs reads with its owner's rights: what is granted is one more condition there.
DO $$
DECLARE
  body text := pg_get_functiondef('search_runs(jsonb, text, bigint, bigint, timestamptz, timestamptz, uuid, int)'::regprocedure);
BEGIN
  EXECUTE replace(body, 'IF pattern IS NOT NULL THEN conditions', $new$IF coalesce(current_setting('app.granted', true), '') <> '' THEN
      conditions := conditions || ' AND EXISTS (SELECT FROM run r WHERE r.id = s.run_id AND r.workflow_id IN (SELECT granted_workflow_ids()))';
    END IF;
    IF pattern IS NOT NULL THEN conditions$new$);
END $$;

-- Who has which role in a workspace, from wherever: directly, by a group, or because of a role in the organization.
CREATE VIEW workspace_role WITH (security_invoker = true) AS
  SELECT m.workspace_id, m.user_id, m.role, m.custom_role_id, 'direct' AS via FROM membership m
  UNION ALL
  SELECT g.workspace_id, gm.user_id, g.role, g.custom_role_id, 'group' FROM access_grant g JOIN group_member gm ON gm.group_id = g.group_id
    WHERE g.folder_id IS NULL AND g.item_id IS NULL
  UNION ALL
  SELECT w.id, om.user_id, om.role, NULL::uuid, 'organization' FROM workspace w JOIN organization_member om ON om.organization_id = w.organization_id
    WHERE om.role IN ('owner', 'admin');

SELECT grant_millrace_roles();
DO $$
DECLARE
  role_name text;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['millrace_app', 'millrace_worker'] LOOP
    CONTINUE WHEN NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name);
    EXECUTE format('GRANT SELECT ON workspace_role TO %I', role_name);
  END LOOP;
END $$;
