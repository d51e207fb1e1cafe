-- Whoever joins without a password is signed in so far as to add a way that their organization allows.
ALTER TABLE session DROP CONSTRAINT session_method_check;
ALTER TABLE session ADD CONSTRAINT session_method_check CHECK (method IN ('password', 'link', 'passkey', 'github', 'google', 'sso', 'invitation'));
