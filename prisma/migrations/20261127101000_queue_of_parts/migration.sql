-- What waits, in which order and for what, is known of those runs that one may see. A run and its place in the queue are made by one
-- statement, which does not see the run yet: what is written is held by the run.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY['run_queue', 'step_place', 'step_turn'] LOOP
    PERFORM hold_table_to_grants(name, format('EXISTS (SELECT FROM run WHERE run.id = %I.run_id)', name));
    EXECUTE format('ALTER POLICY granted ON %I WITH CHECK (true)', name);
  END LOOP;
  PERFORM keep_granted_policies();
END $$;
