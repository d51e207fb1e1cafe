-- So long a token of a workspace of the organization lives at most, days from its making; null: as long as it says.
ALTER TABLE organization ADD COLUMN token_max_days INTEGER CONSTRAINT organization_token_max_days_check CHECK (token_max_days BETWEEN 1 AND 3650);
