-- When it was last looked whether the certificates of the provider run out.
ALTER TABLE sso_connection ADD COLUMN certificates_checked_at TIMESTAMPTZ(3);
