-- Organizations connect their own identity providers, prove which domains are theirs, and let the provider keep their people.

CREATE TABLE sso_connection (
  id UUID NOT NULL,
  organization_id UUID NOT NULL,
  kind TEXT NOT NULL,
  name TEXT NOT NULL,
  enabled BOOLEAN NOT NULL DEFAULT false,
  provisions BOOLEAN NOT NULL DEFAULT true,
  default_role TEXT NOT NULL DEFAULT 'member',
  mapping JSON NOT NULL,
  issuer TEXT,
  client_id TEXT,
  sealed_secret BYTEA,
  master_key_id TEXT,
  scopes TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  entity_id TEXT,
  sso_url TEXT,
  certificates TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
  unsolicited BOOLEAN NOT NULL DEFAULT false,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT sso_connection_pkey PRIMARY KEY (id),
  CONSTRAINT sso_connection_kind_check CHECK (
    (kind = 'oidc' AND num_nulls(issuer, client_id) = 0 AND num_nonnulls(entity_id, sso_url) = 0)
    OR (kind = 'saml' AND num_nulls(entity_id, sso_url) = 0 AND cardinality(certificates) > 0 AND num_nonnulls(issuer, client_id, sealed_secret) = 0)),
  CONSTRAINT sso_connection_role_check CHECK (default_role IN ('member', 'admin')),
  CONSTRAINT sso_connection_secret_check CHECK ((sealed_secret IS NULL) = (master_key_id IS NULL)),
  CONSTRAINT sso_connection_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX sso_connection_id_organization_id_key ON sso_connection (id, organization_id);
CREATE INDEX sso_connection_organization_id_idx ON sso_connection (organization_id);

CREATE TABLE sso_domain (
  id UUID NOT NULL,
  organization_id UUID NOT NULL,
  domain TEXT NOT NULL,
  token TEXT NOT NULL,
  connection_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  verified_at TIMESTAMPTZ(3),
  CONSTRAINT sso_domain_pkey PRIMARY KEY (id),
  CONSTRAINT sso_domain_domain_check CHECK (domain = lower(domain) AND domain ~ '^[a-z0-9.-]+\.[a-z0-9-]+$' AND length(domain) <= 253),
  CONSTRAINT sso_domain_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT sso_domain_connection_id_organization_id_fkey FOREIGN KEY (connection_id, organization_id) REFERENCES sso_connection(id, organization_id) ON DELETE NO ACTION ON UPDATE NO ACTION
);
CREATE UNIQUE INDEX sso_domain_organization_id_domain_key ON sso_domain (organization_id, domain);
CREATE UNIQUE INDEX sso_domain_owner_key ON sso_domain (domain) WHERE verified_at IS NOT NULL;
CREATE INDEX sso_domain_connection_id_organization_id_idx ON sso_domain (connection_id, organization_id);

CREATE TABLE sso_attempt (
  hash BYTEA NOT NULL,
  connection_id UUID NOT NULL,
  browser_hash BYTEA NOT NULL,
  request_id TEXT,
  return_to TEXT NOT NULL,
  tester_id UUID,
  test_id UUID,
  found JSON,
  expires_at TIMESTAMPTZ(3) NOT NULL,
  taken_at TIMESTAMPTZ(3),
  CONSTRAINT sso_attempt_pkey PRIMARY KEY (hash),
  CONSTRAINT sso_attempt_test_check CHECK ((tester_id IS NULL) = (test_id IS NULL)),
  CONSTRAINT sso_attempt_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES sso_connection(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX sso_attempt_test_id_key ON sso_attempt (test_id);
CREATE INDEX sso_attempt_connection_id_idx ON sso_attempt (connection_id);
CREATE INDEX sso_attempt_expires_at_idx ON sso_attempt (expires_at);
COMMENT ON TABLE sso_attempt IS 'owner only';

CREATE TABLE sso_seen (
  connection_id UUID NOT NULL,
  hash BYTEA NOT NULL,
  expires_at TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT sso_seen_pkey PRIMARY KEY (connection_id, hash),
  CONSTRAINT sso_seen_connection_id_fkey FOREIGN KEY (connection_id) REFERENCES sso_connection(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX sso_seen_expires_at_idx ON sso_seen (expires_at);
COMMENT ON TABLE sso_seen IS 'owner only';

CREATE TABLE scim_token (
  id UUID NOT NULL,
  organization_id UUID NOT NULL,
  name TEXT NOT NULL,
  prefix TEXT NOT NULL,
  token_hash BYTEA NOT NULL,
  created_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  last_used_at TIMESTAMPTZ(3),
  revoked_at TIMESTAMPTZ(3),
  CONSTRAINT scim_token_pkey PRIMARY KEY (id),
  CONSTRAINT scim_token_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX scim_token_token_hash_key ON scim_token (token_hash);
CREATE INDEX scim_token_organization_id_idx ON scim_token (organization_id);

CREATE TABLE scim_user (
  organization_id UUID NOT NULL,
  user_id UUID NOT NULL,
  user_name TEXT NOT NULL,
  external_id TEXT,
  given_name TEXT,
  family_name TEXT,
  deactivated_at TIMESTAMPTZ(3),
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  updated_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT scim_user_pkey PRIMARY KEY (organization_id, user_id),
  CONSTRAINT scim_user_organization_id_user_id_fkey FOREIGN KEY (organization_id, user_id) REFERENCES organization_member(organization_id, user_id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX scim_user_name_key ON scim_user (organization_id, lower(user_name));
CREATE UNIQUE INDEX scim_user_external_id_key ON scim_user (organization_id, external_id) WHERE external_id IS NOT NULL;

DO $$
DECLARE
  table_name text;
BEGIN
  FOREACH table_name IN ARRAY ARRAY['sso_connection', 'sso_domain', 'scim_token', 'scim_user'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', table_name);
    EXECUTE format('CREATE POLICY organization ON %I USING (organization_id = current_organization_id() AND is_organization_scope()) WITH CHECK (organization_id = current_organization_id() AND is_organization_scope())', table_name);
  END LOOP;
END $$;

SELECT grant_millrace_roles();
