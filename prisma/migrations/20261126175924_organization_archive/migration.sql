-- An organization can be archived, as its workspaces can: everything can be seen, nothing changed or started.

ALTER TABLE organization ADD COLUMN archived_at TIMESTAMPTZ(3);

CREATE FUNCTION let_triggers_rest(of_workspace uuid) RETURNS void LANGUAGE sql SECURITY DEFINER SET search_path FROM CURRENT AS $$
  UPDATE trigger t SET dormant = NOT t.dormant, revision = t.revision + 1
  FROM workspace w JOIN organization o ON o.id = w.organization_id
  WHERE w.id = of_workspace AND t.workspace_id = w.id
    AND t.dormant <> (w.archived_at IS NOT NULL OR w.deleted_at IS NOT NULL OR o.archived_at IS NOT NULL OR o.deleted_at IS NOT NULL)
$$;

CREATE OR REPLACE FUNCTION workspace_lets_triggers_rest() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM let_triggers_rest(NEW.id);
  RETURN NULL;
END $$;

CREATE FUNCTION organization_lets_triggers_rest() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  PERFORM let_triggers_rest(w.id) FROM workspace w WHERE w.organization_id = NEW.id;
  PERFORM pg_notify('millrace_access', NEW.id::text);
  RETURN NULL;
END $$;
CREATE TRIGGER triggers_rest AFTER UPDATE OF archived_at, deleted_at ON organization FOR EACH ROW EXECUTE FUNCTION organization_lets_triggers_rest();

SELECT let_triggers_rest(w.id) FROM workspace w JOIN organization o ON o.id = w.organization_id WHERE o.deleted_at IS NOT NULL;
