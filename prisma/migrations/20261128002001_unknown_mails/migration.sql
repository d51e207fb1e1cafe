-- Mails to addresses that no trigger has are counted as calls are.
ALTER TABLE unknown_call DROP CONSTRAINT unknown_call_place_check;
ALTER TABLE unknown_call ADD CONSTRAINT unknown_call_place_check CHECK (place IN ('hook', 'route', 'email'));
