-- Nothing starts by itself in a workspace that is archived or deleted. A column, so that what fires and listens has no other table to look into.
ALTER TABLE trigger ADD COLUMN dormant BOOLEAN NOT NULL DEFAULT false;

CREATE FUNCTION workspace_lets_triggers_rest() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
  UPDATE trigger SET dormant = (NEW.archived_at IS NOT NULL OR NEW.deleted_at IS NOT NULL), revision = revision + 1
    WHERE workspace_id = NEW.id AND dormant <> (NEW.archived_at IS NOT NULL OR NEW.deleted_at IS NOT NULL);
  RETURN NULL;
END $$;
CREATE TRIGGER triggers_rest AFTER UPDATE OF archived_at, deleted_at ON workspace FOR EACH ROW EXECUTE FUNCTION workspace_lets_triggers_rest();

UPDATE trigger t SET dormant = true FROM workspace w WHERE w.id = t.workspace_id AND (w.archived_at IS NOT NULL OR w.deleted_at IS NOT NULL);
