-- What the Prisma schema cannot say: checks, partial indexes, storage settings, append-only audit, row-level security.
-- server/db/catalog.int.test.ts holds the list of all of it; `prisma migrate dev` would propose to drop parts of it.

-- Checks ---------------------------------------------------------------------------------------------------------

ALTER TABLE organization ADD CONSTRAINT organization_slug_check CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$');
ALTER TABLE workspace ADD CONSTRAINT workspace_slug_check CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$');
ALTER TABLE user_account ADD CONSTRAINT user_account_email_check CHECK (email = lower(btrim(email)) AND email LIKE '%_@_%');
ALTER TABLE membership ADD CONSTRAINT membership_role_check CHECK (role IN ('owner', 'admin', 'builder', 'operator', 'viewer'));
ALTER TABLE sign_in_link ADD CONSTRAINT sign_in_link_purpose_check CHECK (purpose IN ('first_admin', 'sign_in'));
ALTER TABLE scoped_setting ADD CONSTRAINT scoped_setting_scope_check CHECK (
  CASE scope_type
    WHEN 'platform' THEN scope_id IS NULL AND organization_id IS NULL AND workspace_id IS NULL
    WHEN 'organization' THEN scope_id = organization_id AND scope_id IS NOT NULL AND workspace_id IS NULL
    WHEN 'workspace' THEN scope_id = workspace_id AND scope_id IS NOT NULL
    WHEN 'user' THEN scope_id IS NOT NULL
    WHEN 'folder' THEN scope_id IS NOT NULL AND workspace_id IS NOT NULL
    WHEN 'workflow' THEN scope_id IS NOT NULL AND workspace_id IS NOT NULL
    ELSE false
  END);

ALTER TABLE workflow ADD CONSTRAINT workflow_kind_check CHECK (kind IN ('flow', 'script', 'app', 'sync', 'dataset', 'mirror', 'agent'));
ALTER TABLE workflow ADD CONSTRAINT workflow_slug_check CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$');
ALTER TABLE workflow ADD CONSTRAINT workflow_draft_revision_check CHECK (draft_revision > 0);
ALTER TABLE workflow_version ADD CONSTRAINT workflow_version_listed_check CHECK (listed = (number IS NOT NULL));
ALTER TABLE workflow_version ADD CONSTRAINT workflow_version_number_check CHECK (number IS NULL OR (number > 0 AND workflow_id IS NOT NULL));
ALTER TABLE workflow_version ADD CONSTRAINT workflow_version_hash_check CHECK (hash ~ '^[0-9a-f]{64}$');
ALTER TABLE workflow_dependency ADD CONSTRAINT workflow_dependency_origin_check CHECK (origin IN ('draft', 'published'));

ALTER TABLE run ADD CONSTRAINT run_mode_check CHECK (mode IN ('production', 'test'));
ALTER TABLE run ADD CONSTRAINT run_status_check CHECK (status IN ('queued', 'succeeded', 'failed', 'cancelled'));
ALTER TABLE run ADD CONSTRAINT run_finished_check CHECK ((status = 'queued') = (finished_at IS NULL));
ALTER TABLE run ADD CONSTRAINT run_parent_check CHECK ((parent_run_id IS NULL) = (parent_path IS NULL));
ALTER TABLE run_queue ADD CONSTRAINT run_queue_state_check CHECK (state IN ('queued', 'running', 'waiting', 'blocked'));
ALTER TABLE run_queue ADD CONSTRAINT run_queue_lease_check CHECK ((state = 'running') = (lease_owner IS NOT NULL AND lease_until IS NOT NULL));
ALTER TABLE step_run ADD CONSTRAINT step_run_status_check CHECK (status IN ('running', 'waiting', 'succeeded', 'failed', 'skipped', 'cancelled'));
ALTER TABLE step_run ADD CONSTRAINT step_run_finished_check CHECK ((status IN ('running', 'waiting')) = (finished_at IS NULL));
ALTER TABLE step_run ADD CONSTRAINT step_run_attempt_check CHECK (attempt > 0);
ALTER TABLE run_event ADD CONSTRAINT run_event_type_check CHECK (type IN ('waiting', 'iterated', 'timer', 'signal', 'cancel'));
ALTER TABLE run_log ADD CONSTRAINT run_log_level_check CHECK (level IN ('debug', 'info', 'warn', 'error'));
ALTER TABLE run_inbox ADD CONSTRAINT run_inbox_kind_check CHECK (kind IN ('signal', 'answer', 'child', 'cancel'));

ALTER TABLE wait ADD CONSTRAINT wait_kind_check CHECK (kind IN ('delay', 'signal', 'approval', 'child'));
ALTER TABLE wait ADD CONSTRAINT wait_status_check CHECK (status IN ('open', 'answered', 'expired', 'cancelled'));
ALTER TABLE wait ADD CONSTRAINT wait_closed_check CHECK ((status = 'open') = (closed_at IS NULL));
ALTER TABLE wait ADD CONSTRAINT wait_required_answers_check CHECK (required_answers > 0);
ALTER TABLE wait_response ADD CONSTRAINT wait_response_via_check CHECK (via IN ('page', 'link', 'api'));

ALTER TABLE variable ADD CONSTRAINT variable_name_check CHECK (name ~ '^[A-Za-z_][A-Za-z0-9_]{0,99}$');
ALTER TABLE secret ADD CONSTRAINT secret_name_check CHECK (name ~ '^[A-Za-z_][A-Za-z0-9_]{0,99}$');
ALTER TABLE api_token ADD CONSTRAINT api_token_hash_check CHECK (octet_length(token_hash) = 32);
ALTER TABLE session ADD CONSTRAINT session_hash_check CHECK (octet_length(token_hash) = 32);
ALTER TABLE sign_in_link ADD CONSTRAINT sign_in_link_hash_check CHECK (octet_length(token_hash) = 32);
ALTER TABLE wait_link ADD CONSTRAINT wait_link_hash_check CHECK (octet_length(token_hash) = 32);

ALTER TABLE catalog_item ADD CONSTRAINT catalog_item_type_check CHECK (type IN ('adapter', 'module', 'connector'));
ALTER TABLE catalog_item ADD CONSTRAINT catalog_item_slug_check CHECK (slug ~ '^[a-z0-9][a-z0-9-]{0,62}$');
ALTER TABLE llm_request ADD CONSTRAINT llm_request_status_check CHECK (status IN ('running', 'succeeded', 'failed', 'cancelled'));
ALTER TABLE audit_event ADD CONSTRAINT audit_event_actor_check CHECK (actor_type IN ('user', 'token', 'link', 'run', 'system'));
ALTER TABLE audit_event ADD CONSTRAINT audit_event_sealed_check CHECK (num_nulls(chain_seq, chain_hash, sealed_at) IN (0, 3));
ALTER TABLE worker ADD CONSTRAINT worker_state_check CHECK (state IN ('active', 'draining', 'stopped'));
ALTER TABLE blob ADD CONSTRAINT blob_store_check CHECK (store IN ('postgres', 'file'));
ALTER TABLE blob ADD CONSTRAINT blob_state_check CHECK (state IN ('writing', 'ready'));
ALTER TABLE blob ADD CONSTRAINT blob_owner_check CHECK ((owner_type IS NULL) = (owner_id IS NULL));

-- Indexes --------------------------------------------------------------------------------------------------------

CREATE UNIQUE INDEX folder_name_key ON folder (workspace_id, parent_id, name) NULLS NOT DISTINCT WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX workflow_slug_key ON workflow (workspace_id, slug) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX catalog_item_slug_key ON catalog_item (organization_id, workspace_id, type, slug) NULLS NOT DISTINCT WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX scoped_setting_key_key ON scoped_setting (key, scope_type, scope_id) NULLS NOT DISTINCT;
CREATE UNIQUE INDEX data_key_active_key ON data_key (workspace_id) WHERE retired_at IS NULL;

-- What a worker claims, in order; timers that end a wait; leases that may have run out; runs behind a limit.
CREATE INDEX run_queue_ready_idx ON run_queue (pool, workspace_id, rank) WHERE state = 'queued';
CREATE INDEX run_queue_due_idx ON run_queue (due_at) WHERE state = 'waiting' AND due_at IS NOT NULL;
CREATE INDEX run_queue_lease_idx ON run_queue (lease_until) WHERE state = 'running';
CREATE INDEX run_queue_blocked_idx ON run_queue (workspace_id, mutex_key, rank) WHERE state = 'blocked';

CREATE INDEX run_parent_idx ON run (parent_run_id) WHERE parent_run_id IS NOT NULL;
CREATE INDEX run_unsuccessful_idx ON run (workspace_id, status, created_at DESC, id DESC) WHERE status IN ('failed', 'cancelled');

CREATE UNIQUE INDEX wait_open_key ON wait (run_id, path, attempt) WHERE status = 'open';
CREATE INDEX wait_open_idx ON wait (workspace_id, opened_at DESC, id DESC) WHERE status = 'open';
CREATE UNIQUE INDEX wait_response_user_key ON wait_response (wait_id, user_id) WHERE user_id IS NOT NULL;

CREATE INDEX audit_event_unsealed_idx ON audit_event (id) WHERE chain_seq IS NULL;
CREATE UNIQUE INDEX audit_event_chain_key ON audit_event (organization_id, chain_seq) NULLS NOT DISTINCT WHERE chain_seq IS NOT NULL;
CREATE INDEX blob_loose_idx ON blob (created_at) WHERE state = 'writing' OR owner_type IS NULL;

-- Storage --------------------------------------------------------------------------------------------------------

-- The queue lives from being small: every run changes its row a few times and then deletes it.
ALTER TABLE run_queue SET (
  fillfactor = 50,
  autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0,
  autovacuum_analyze_scale_factor = 0.1, autovacuum_analyze_threshold = 5000);
ALTER TABLE run SET (fillfactor = 80);

-- Audit is append-only -------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    IF current_setting('app.audit_retention', true) = 'on' THEN RETURN OLD; END IF;
    RAISE EXCEPTION 'audit events are never deleted but by retention';
  END IF;
  IF OLD.chain_seq IS NOT NULL
    OR (to_jsonb(NEW) - ARRAY['chain_seq', 'chain_hash', 'sealed_at']) IS DISTINCT FROM (to_jsonb(OLD) - ARRAY['chain_seq', 'chain_hash', 'sealed_at'])
  THEN
    RAISE EXCEPTION 'audit events never change';
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER audit_event_append_only BEFORE UPDATE OR DELETE ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse_audit_change();

-- Versions never change ------------------------------------------------------------------------------------------

CREATE FUNCTION refuse_version_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a published version never changes';
END $$;
CREATE TRIGGER workflow_version_immutable BEFORE UPDATE ON workflow_version FOR EACH ROW EXECUTE FUNCTION refuse_version_change();
CREATE TRIGGER catalog_item_version_immutable BEFORE UPDATE ON catalog_item_version FOR EACH ROW EXECUTE FUNCTION refuse_version_change();

-- Row-level security: the last lock against a forgotten filter ----------------------------------------------------
-- Three roles: the owner of the tables migrates and is not subject to it; millrace_app is what scoped transactions
-- become (SET LOCAL ROLE) and sees one workspace; millrace_worker sees all workspaces, but no sign-in data.

CREATE FUNCTION current_workspace_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.workspace_id', true), '')::uuid;
CREATE FUNCTION current_organization_id() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
  RETURN nullif(current_setting('app.organization_id', true), '')::uuid;

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY[
    'membership', 'folder', 'folder_item', 'tag', 'tag_link', 'favorite',
    'workflow', 'workflow_version', 'workflow_dependency',
    'run', 'run_queue', 'step_run', 'run_event', 'run_log', 'run_inbox', 'step_cache',
    'wait', 'wait_response', 'wait_link',
    'variable', 'secret', 'data_key', 'api_token', 'llm_request', 'blob', 'blob_chunk', 'audit_event']
  LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('CREATE POLICY tenant ON %I USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id())', tenant_table);
  END LOOP;
END $$;

-- What is global or the organization's is read by all below it, and written by its own level only.
ALTER TABLE catalog_item ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON catalog_item USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
CREATE POLICY shared ON catalog_item FOR SELECT USING (workspace_id IS NULL AND (organization_id IS NULL OR organization_id = current_organization_id()));
ALTER TABLE catalog_item_version ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON catalog_item_version USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
CREATE POLICY shared ON catalog_item_version FOR SELECT USING (workspace_id IS NULL AND (organization_id IS NULL OR organization_id = current_organization_id()));
ALTER TABLE scoped_setting ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON scoped_setting USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());
CREATE POLICY shared ON scoped_setting FOR SELECT USING (
  workspace_id IS NULL AND scope_type IN ('platform', 'organization') AND (organization_id IS NULL OR organization_id = current_organization_id()));
ALTER TABLE pool ENABLE ROW LEVEL SECURITY;
CREATE POLICY shared ON pool FOR SELECT USING (organization_id IS NULL OR organization_id = current_organization_id());

ALTER TABLE workspace ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON workspace USING (id = current_workspace_id()) WITH CHECK (id = current_workspace_id());
ALTER TABLE organization ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON organization USING (id = current_organization_id()) WITH CHECK (id = current_organization_id());
-- Of people, a workspace sees its members.
ALTER TABLE user_account ENABLE ROW LEVEL SECURITY;
CREATE POLICY member ON user_account FOR SELECT USING (EXISTS (SELECT FROM membership WHERE membership.user_id = user_account.id));

-- Makes the roles where the migrating role may, and gives them what they need. Run it again (as the owner) after
-- creating them by hand. Later migrations that add tables call it at their end.
CREATE FUNCTION grant_millrace_roles() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  role_name text;
  target record;
BEGIN
  FOREACH role_name IN ARRAY ARRAY['millrace_app', 'millrace_worker'] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = role_name) THEN
      BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', role_name);
      EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
          RAISE NOTICE 'The role % is missing and may not be created: row-level security stays off.', role_name;
          CONTINUE;
      END;
    END IF;
    BEGIN
      EXECUTE format('GRANT %I TO current_user', role_name);
    EXCEPTION
      WHEN insufficient_privilege THEN RAISE NOTICE 'This role may not join %.', role_name;
    END;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', current_schema(), role_name);
    FOR target IN
      SELECT c.oid, c.relname, c.relrowsecurity FROM pg_class c
      WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
        AND c.relname NOT IN ('_prisma_migrations', 'user_account', 'session', 'sign_in_link', 'rate_limit', 'audit_chain', 'audit_event')
    LOOP
      IF role_name = 'millrace_worker' THEN
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO millrace_worker', target.relname);
      ELSIF target.relname IN ('organization', 'pool', 'worker') THEN
        EXECUTE format('GRANT SELECT ON %I TO millrace_app', target.relname);
      ELSE
        EXECUTE format('GRANT SELECT, INSERT, UPDATE, DELETE ON %I TO millrace_app', target.relname);
      END IF;
      IF role_name = 'millrace_worker' AND target.relrowsecurity
        AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = target.oid AND p.polname = 'worker')
      THEN
        EXECUTE format('CREATE POLICY worker ON %I TO millrace_worker USING (true) WITH CHECK (true)', target.relname);
      END IF;
    END LOOP;
    EXECUTE format('GRANT SELECT, INSERT ON audit_event TO %I', role_name);
    EXECUTE format('GRANT SELECT (id, email, name, created_at, last_seen_at, disabled_at) ON user_account TO %I', role_name);
    EXECUTE format('GRANT USAGE ON ALL SEQUENCES IN SCHEMA %I TO %I', current_schema(), role_name);
  END LOOP;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'millrace_worker')
    AND NOT EXISTS (SELECT FROM pg_policy WHERE polrelid = 'audit_event'::regclass AND polname = 'worker')
  THEN
    CREATE POLICY worker ON audit_event TO millrace_worker USING (true) WITH CHECK (true);
    CREATE POLICY worker ON user_account FOR SELECT TO millrace_worker USING (true);
  END IF;
END $$;

SELECT grant_millrace_roles();
