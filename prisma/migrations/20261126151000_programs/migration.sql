-- Programs: service accounts with roles of their own, applications that fetch short-lived tokens, issuers whose tokens are trusted.

CREATE TABLE service_account (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  organization_id UUID NOT NULL,
  name TEXT NOT NULL,
  description TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL,
  custom_role_id UUID,
  created_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  disabled_at TIMESTAMPTZ(3),
  CONSTRAINT service_account_pkey PRIMARY KEY (id),
  CONSTRAINT service_account_name_check CHECK (name = btrim(name) AND length(name) BETWEEN 1 AND 100),
  CONSTRAINT service_account_role_check CHECK (role IN ('admin', 'builder', 'operator', 'viewer', 'custom') AND (role = 'custom') = (custom_role_id IS NOT NULL)),
  CONSTRAINT service_account_workspace_id_organization_id_fkey FOREIGN KEY (workspace_id, organization_id) REFERENCES workspace(id, organization_id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT service_account_custom_role_id_organization_id_fkey FOREIGN KEY (custom_role_id, organization_id) REFERENCES custom_role(id, organization_id) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX service_account_id_workspace_id_key ON service_account (id, workspace_id);
CREATE UNIQUE INDEX service_account_name_key ON service_account (workspace_id, lower(name));
CREATE INDEX service_account_custom_role_id_organization_id_idx ON service_account (custom_role_id, organization_id);

CREATE TABLE oauth_client (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  service_account_id UUID NOT NULL,
  name TEXT NOT NULL,
  scopes TEXT[] NOT NULL,
  allowed_addresses TEXT[] NOT NULL DEFAULT '{}',
  token_seconds INTEGER NOT NULL DEFAULT 3600,
  refresh_days INTEGER,
  created_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT oauth_client_pkey PRIMARY KEY (id),
  CONSTRAINT oauth_client_name_check CHECK (name = btrim(name) AND length(name) BETWEEN 1 AND 100),
  CONSTRAINT oauth_client_token_seconds_check CHECK (token_seconds BETWEEN 60 AND 86400),
  CONSTRAINT oauth_client_refresh_days_check CHECK (refresh_days BETWEEN 1 AND 365),
  CONSTRAINT oauth_client_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT oauth_client_service_account_id_workspace_id_fkey FOREIGN KEY (service_account_id, workspace_id) REFERENCES service_account(id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX oauth_client_id_workspace_id_key ON oauth_client (id, workspace_id);
CREATE UNIQUE INDEX oauth_client_name_key ON oauth_client (workspace_id, lower(name));
CREATE INDEX oauth_client_service_account_id_workspace_id_idx ON oauth_client (service_account_id, workspace_id);

-- Two may count at a time, so that a secret is changed without a gap.
CREATE TABLE oauth_client_secret (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  client_id UUID NOT NULL,
  prefix TEXT NOT NULL,
  secret_hash BYTEA NOT NULL,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  expires_at TIMESTAMPTZ(3),
  last_used_at TIMESTAMPTZ(3),
  CONSTRAINT oauth_client_secret_pkey PRIMARY KEY (id),
  CONSTRAINT oauth_client_secret_client_id_workspace_id_fkey FOREIGN KEY (client_id, workspace_id) REFERENCES oauth_client(id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX oauth_client_secret_hash_key ON oauth_client_secret (secret_hash);
CREATE INDEX oauth_client_secret_client_id_workspace_id_idx ON oauth_client_secret (client_id, workspace_id);

CREATE TABLE trusted_issuer (
  id UUID NOT NULL,
  workspace_id UUID NOT NULL,
  name TEXT NOT NULL,
  issuer TEXT NOT NULL,
  audience TEXT NOT NULL,
  keys_url TEXT,
  claim TEXT NOT NULL,
  roles JSON NOT NULL,
  enabled BOOLEAN NOT NULL DEFAULT true,
  created_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_used_at TIMESTAMPTZ(3),
  CONSTRAINT trusted_issuer_pkey PRIMARY KEY (id),
  CONSTRAINT trusted_issuer_name_check CHECK (name = btrim(name) AND length(name) BETWEEN 1 AND 100),
  CONSTRAINT trusted_issuer_workspace_id_fkey FOREIGN KEY (workspace_id) REFERENCES workspace(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX trusted_issuer_id_workspace_id_key ON trusted_issuer (id, workspace_id);
CREATE UNIQUE INDEX trusted_issuer_name_key ON trusted_issuer (workspace_id, lower(name));
CREATE UNIQUE INDEX trusted_issuer_issuer_audience_key ON trusted_issuer (workspace_id, issuer, audience);
CREATE INDEX trusted_issuer_issuer_idx ON trusted_issuer (issuer, audience);

ALTER TABLE api_token
  ADD COLUMN kind TEXT NOT NULL DEFAULT 'token',
  ADD COLUMN service_account_id UUID,
  ADD COLUMN client_id UUID,
  ADD COLUMN family_id UUID,
  ADD COLUMN used_at TIMESTAMPTZ(3),
  ADD COLUMN allowed_addresses TEXT[] NOT NULL DEFAULT '{}',
  ADD CONSTRAINT api_token_kind_check CHECK (kind IN ('token', 'access', 'refresh')),
  ADD CONSTRAINT api_token_holder_check CHECK (num_nonnulls(user_id, service_account_id) <= 1 AND (kind = 'token' OR (client_id IS NOT NULL AND service_account_id IS NOT NULL AND expires_at IS NOT NULL))),
  ADD CONSTRAINT api_token_service_account_id_workspace_id_fkey FOREIGN KEY (service_account_id, workspace_id) REFERENCES service_account(id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT api_token_client_id_workspace_id_fkey FOREIGN KEY (client_id, workspace_id) REFERENCES oauth_client(id, workspace_id) ON DELETE CASCADE ON UPDATE CASCADE;
CREATE INDEX api_token_service_account_id_workspace_id_idx ON api_token (service_account_id, workspace_id) WHERE service_account_id IS NOT NULL;
CREATE INDEX api_token_client_id_workspace_id_idx ON api_token (client_id, workspace_id) WHERE client_id IS NOT NULL;
CREATE INDEX api_token_family_id_idx ON api_token (family_id) WHERE family_id IS NOT NULL;
-- What applications fetched is swept when it has ended.
CREATE INDEX api_token_expired_idx ON api_token (expires_at) WHERE kind <> 'token';

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['service_account', 'oauth_client', 'oauth_client_secret', 'trusted_issuer'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY tenant ON %I USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id())', table_name);
  END LOOP;
END $$;

SELECT grant_millrace_roles();
