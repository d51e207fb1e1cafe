-- By which token a program made a link: it ends with that.
ALTER TABLE wait_link ADD COLUMN made_by_token_id UUID;

-- What could not be taken away for good lets others go first.
ALTER TABLE workspace ADD COLUMN purge_tried_at TIMESTAMPTZ(3);
ALTER TABLE organization ADD COLUMN purge_tried_at TIMESTAMPTZ(3);
