-- What workspaces use in a month, collected from notes that are left where runs and blobs are looked after anyhow, and what they may use.

ALTER TABLE run_search ADD COLUMN counted BOOLEAN NOT NULL DEFAULT true;
ALTER TABLE run_search ALTER COLUMN counted SET DEFAULT false;
UPDATE run_search SET counted = false WHERE run_id IN (SELECT run_id FROM run_queue UNION SELECT run_id FROM run_change);

-- A run that is new, or has ended, and is still to be counted. Only appended to, and emptied by the collector.
CREATE TABLE usage_change (
  run_id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  made BOOLEAN NOT NULL,
  ended BOOLEAN NOT NULL
);
-- Bytes by which the blobs of a workspace became more or less.
CREATE TABLE storage_change (
  workspace_id UUID NOT NULL,
  bytes BIGINT NOT NULL
);

CREATE TABLE usage_month (
  workspace_id UUID NOT NULL,
  month DATE NOT NULL,
  runs BIGINT NOT NULL DEFAULT 0,
  steps BIGINT NOT NULL DEFAULT 0,
  compute_ms BIGINT NOT NULL DEFAULT 0,
  input_tokens BIGINT NOT NULL DEFAULT 0,
  output_tokens BIGINT NOT NULL DEFAULT 0,
  cost DECIMAL(18, 8) NOT NULL DEFAULT 0,
  storage_bytes BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT usage_month_pkey PRIMARY KEY (workspace_id, month),
  CONSTRAINT usage_month_month_check CHECK (extract(day FROM month) = 1),
  CONSTRAINT usage_month_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE TABLE usage_storage (
  workspace_id UUID NOT NULL,
  bytes BIGINT NOT NULL DEFAULT 0,
  CONSTRAINT usage_storage_pkey PRIMARY KEY (workspace_id),
  CONSTRAINT usage_storage_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE ON UPDATE CASCADE
);

CREATE FUNCTION note_storage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'INSERT' THEN
    INSERT INTO storage_change (workspace_id, bytes) VALUES (NEW.workspace_id, NEW.size);
  ELSE
    INSERT INTO storage_change (workspace_id, bytes) VALUES (NEW.workspace_id, NEW.size - OLD.size);
  END IF;
  RETURN NULL;
END $$;
CREATE FUNCTION note_storage_freed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO storage_change (workspace_id, bytes) SELECT workspace_id, -sum(size) FROM gone GROUP BY workspace_id;
  RETURN NULL;
END $$;
CREATE TRIGGER storage_noted AFTER INSERT ON blob FOR EACH ROW WHEN (NEW.size > 0) EXECUTE FUNCTION note_storage();
CREATE TRIGGER storage_changed AFTER UPDATE OF size ON blob FOR EACH ROW WHEN (NEW.size <> OLD.size) EXECUTE FUNCTION note_storage();
CREATE TRIGGER storage_freed AFTER DELETE ON blob REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION note_storage_freed();

-- How much may be used in a month (of storage: at any time). Of a workspace, or of all workspaces of an organization together.
CREATE TABLE usage_quota (
  id UUID NOT NULL,
  organization_id UUID NOT NULL,
  workspace_id UUID,
  metric TEXT NOT NULL,
  amount DECIMAL(24, 6) NOT NULL,
  warn_percent INTEGER NOT NULL DEFAULT 80,
  is_hard BOOLEAN NOT NULL DEFAULT false,
  used DECIMAL(24, 6) NOT NULL DEFAULT 0,
  warned_for DATE,
  reached_for DATE,
  updated_by_id UUID,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT usage_quota_pkey PRIMARY KEY (id),
  CONSTRAINT usage_quota_metric_check CHECK (metric IN ('runs', 'steps', 'computeSeconds', 'llmCost', 'storage')),
  CONSTRAINT usage_quota_amount_check CHECK (amount >= 0),
  CONSTRAINT usage_quota_warn_check CHECK (warn_percent BETWEEN 1 AND 100),
  CONSTRAINT usage_quota_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT usage_quota_workspace_id_organization_id_fkey FOREIGN KEY (workspace_id, organization_id) REFERENCES workspace(id, organization_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX usage_quota_metric_key ON usage_quota (organization_id, workspace_id, metric) NULLS NOT DISTINCT;
CREATE INDEX usage_quota_workspace_id_organization_id_idx ON usage_quota (workspace_id, organization_id);

-- The hard quota that is used up, in words; null: none is. New runs are refused, and events are held, while it says something.
ALTER TABLE workspace ADD COLUMN quota_reached TEXT;
-- A column, so that what takes events in has no other table to look into.
ALTER TABLE trigger ADD COLUMN over_quota BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE trigger_event ADD COLUMN held_by_quota BOOLEAN NOT NULL DEFAULT false;
CREATE INDEX trigger_event_held_by_quota_idx ON trigger_event (workspace_id, received_at) WHERE status = 'held' AND held_by_quota;

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['usage_change', 'storage_change', 'usage_month', 'usage_storage'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id())', table_name);
  END LOOP;
END $$;
ALTER TABLE usage_quota ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON usage_quota FOR SELECT USING (workspace_id = current_workspace_id());
CREATE POLICY organization ON usage_quota USING (organization_id = current_organization_id() AND is_organization_scope())
  WITH CHECK (organization_id = current_organization_id() AND is_organization_scope());

-- What there is already.
INSERT INTO usage_change (run_id, workspace_id, made, ended)
  SELECT id, workspace_id, EXISTS (SELECT FROM run_search s WHERE s.run_id = r.id), finished_at IS NOT NULL AND NOT EXISTS (SELECT FROM run_change c WHERE c.run_id = r.id) FROM run r;
DELETE FROM usage_change WHERE NOT made AND NOT ended;
INSERT INTO storage_change (workspace_id, bytes) SELECT workspace_id, sum(size) FROM blob GROUP BY workspace_id;

SELECT grant_millrace_roles();
