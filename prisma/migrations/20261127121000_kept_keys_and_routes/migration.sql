-- An event may be removed while the statement that records it again goes on: that statement has seen neither its key nor that it is gone. This looks anew, right before the row is written.
CREATE FUNCTION skip_event_of_kept_key() RETURNS trigger LANGUAGE plpgsql VOLATILE SET search_path FROM CURRENT AS $$
BEGIN
  IF EXISTS (SELECT FROM trigger_key k WHERE k.trigger_id = NEW.trigger_id AND k.key = NEW.dedupe_key AND k.until > clock_timestamp()) THEN
    RETURN NULL;
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER event_of_kept_key BEFORE INSERT ON trigger_event FOR EACH ROW EXECUTE FUNCTION skip_event_of_kept_key();

-- Who asked for the look that comes next or goes on.
ALTER TABLE trigger ADD COLUMN polled_by_id UUID;

-- A request's path is looked up word by word: each is one descent, however many routes there are.
CREATE INDEX trigger_route_path_idx ON trigger (workspace_id, (retired_at IS NULL), (split_part(route_key, ' ', 2)) COLLATE "C") WHERE route_key IS NOT NULL AND route_key NOT LIKE '% //%';
CREATE INDEX trigger_global_route_path_idx ON trigger ((retired_at IS NULL), (split_part(route_key, ' ', 2)) COLLATE "C") WHERE route_key LIKE '% //%';

SELECT grant_millrace_roles();
