-- What language models cost is counted when each request is written, not when its run ends: a run that goes on for weeks shows in the month, and in quotas.

ALTER TABLE usage_change ADD COLUMN input_tokens BIGINT, ADD COLUMN output_tokens BIGINT, ADD COLUMN cost DECIMAL(18, 8), ADD COLUMN asked_at TIMESTAMPTZ(3);

CREATE FUNCTION note_llm_usage() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO usage_change (run_id, workspace_id, made, ended, input_tokens, output_tokens, cost, asked_at)
  SELECT run_id, workspace_id, false, false, coalesce(input_tokens, 0), coalesce(output_tokens, 0), coalesce(cost, 0), finished_at
  FROM written WHERE coalesce(input_tokens, 0) + coalesce(output_tokens, 0) + coalesce(cost, 0) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER llm_usage_noted AFTER INSERT ON llm_request REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION note_llm_usage();

-- Of runs whose end has not been counted.
INSERT INTO usage_change (run_id, workspace_id, made, ended, input_tokens, output_tokens, cost, asked_at)
  SELECT l.run_id, l.workspace_id, false, false, coalesce(l.input_tokens, 0), coalesce(l.output_tokens, 0), coalesce(l.cost, 0), l.finished_at
  FROM llm_request l
  WHERE NOT EXISTS (SELECT FROM run_search s WHERE s.run_id = l.run_id AND s.counted) OR EXISTS (SELECT FROM usage_change u WHERE u.run_id = l.run_id AND u.ended);

ALTER TABLE usage_quota DROP CONSTRAINT usage_quota_metric_check;
ALTER TABLE usage_quota ADD CONSTRAINT usage_quota_metric_check CHECK (metric IN ('runs', 'steps', 'computeSeconds', 'llmTokens', 'llmCost', 'storage'));
