-- How many may hold the key at the same time, as whoever asked for the place knows it.
ALTER TABLE step_place ADD COLUMN most integer;
-- The trace that the event came in: whichever process makes its run, the run goes on with it.
ALTER TABLE trigger_event ADD COLUMN trace text;

SELECT grant_millrace_roles();
