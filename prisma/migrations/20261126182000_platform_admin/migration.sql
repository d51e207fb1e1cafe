-- What those see and do who look after the installation; the colour of a workspace.

ALTER TABLE worker ADD COLUMN drain_requested_at TIMESTAMPTZ(3);

-- When something of the installation last happened, such as a turn of the scheduler.
CREATE TABLE installation_mark (
  name TEXT NOT NULL,
  at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  note TEXT,
  CONSTRAINT installation_mark_pkey PRIMARY KEY (name)
);
COMMENT ON TABLE installation_mark IS 'owner only';

CREATE TABLE announcement (
  id UUID NOT NULL,
  text TEXT NOT NULL,
  level TEXT NOT NULL,
  audience TEXT NOT NULL DEFAULT 'everybody',
  organization_id UUID,
  starts_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ends_at TIMESTAMPTZ(3),
  created_by_id UUID,
  created_at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT announcement_pkey PRIMARY KEY (id),
  CONSTRAINT announcement_text_check CHECK (length(text) BETWEEN 1 AND 500),
  CONSTRAINT announcement_level_check CHECK (level IN ('info', 'warning', 'danger')),
  CONSTRAINT announcement_audience_check CHECK (audience IN ('everybody', 'administrators', 'organization') AND (audience = 'organization') = (organization_id IS NOT NULL)),
  CONSTRAINT announcement_end_check CHECK (ends_at > starts_at),
  CONSTRAINT announcement_organization_id_fkey FOREIGN KEY (organization_id) REFERENCES organization(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX announcement_organization_id_idx ON announcement (organization_id);
COMMENT ON TABLE announcement IS 'owner only';

CREATE TABLE announcement_dismissal (
  announcement_id UUID NOT NULL,
  user_id UUID NOT NULL,
  at TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT announcement_dismissal_pkey PRIMARY KEY (announcement_id, user_id),
  CONSTRAINT announcement_dismissal_announcement_id_fkey FOREIGN KEY (announcement_id) REFERENCES announcement(id) ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT announcement_dismissal_user_id_fkey FOREIGN KEY (user_id) REFERENCES user_account(id) ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX announcement_dismissal_user_id_idx ON announcement_dismissal (user_id);
COMMENT ON TABLE announcement_dismissal IS 'owner only';

ALTER TABLE workspace ADD COLUMN color TEXT;
ALTER TABLE workspace ADD CONSTRAINT workspace_color_check CHECK (color ~ '^#[0-9a-f]{6}$');

SELECT grant_millrace_roles();
