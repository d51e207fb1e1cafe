-- Tokens of whoever is taken out of an organization, by whatever way, end: they would work again once the person is added again.
CREATE FUNCTION end_tokens_of_former_member() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  asked_in text := current_setting('app.workspace_id', true);
BEGIN
  PERFORM set_config('app.workspace_id', '', true);
  UPDATE api_token t SET revoked_at = now() FROM workspace w
  WHERE t.user_id = OLD.user_id AND t.revoked_at IS NULL AND w.id = t.workspace_id AND w.organization_id = OLD.organization_id;
  PERFORM set_config('app.workspace_id', coalesce(asked_in, ''), true);
  RETURN NULL;
END $$;
CREATE TRIGGER former_member_loses_tokens AFTER DELETE ON organization_member FOR EACH ROW EXECUTE FUNCTION end_tokens_of_former_member();

-- Those of whoever is out already.
UPDATE api_token t SET revoked_at = now() FROM workspace w
WHERE t.user_id IS NOT NULL AND t.revoked_at IS NULL AND w.id = t.workspace_id
  AND NOT EXISTS (SELECT FROM organization_member m WHERE m.organization_id = w.organization_id AND m.user_id = t.user_id);
