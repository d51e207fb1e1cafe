-- Finding workflows by what their drafts say, and links to read-only views.

-- The text apart from the workflow, so that lists do not read it. Triggers keep it: whoever writes a draft, it is found.
CREATE TABLE "workflow_search" (
  "workflow_id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "content" TEXT NOT NULL,
  CONSTRAINT "workflow_search_pkey" PRIMARY KEY ("workflow_id")
);
CREATE UNIQUE INDEX "workflow_search_workflow_id_workspace_id_key" ON "workflow_search"("workflow_id", "workspace_id");
CREATE INDEX "workflow_search_workspace_id_idx" ON "workflow_search"("workspace_id");
ALTER TABLE "workflow_search" ADD CONSTRAINT "workflow_search_workflow_id_workspace_id_fkey"
  FOREIGN KEY ("workflow_id", "workspace_id") REFERENCES "workflow"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Without the extension, all texts of the workspace are read.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
  CREATE INDEX workflow_search_content_idx ON workflow_search USING gin (content gin_trgm_ops) WITH (gin_pending_list_limit = 512);
EXCEPTION
  WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
    RAISE NOTICE 'The extension pg_trgm may not be created here: searching workflows by content reads all of them. As a superuser: CREATE EXTENSION pg_trgm; then, as the owner: CREATE INDEX workflow_search_content_idx ON workflow_search USING gin (content gin_trgm_ops);';
END $$;

/* What a workflow is found by: its name, slug and description, and the names, ids, notes and configured texts of its nodes.
   JSON functions refuse documents that hold \u0000, and a draft may be any JSON: such a one is found by all of its text. */
CREATE FUNCTION workflow_content(name text, slug text, description text, draft json) RETURNS text LANGUAGE plpgsql STABLE AS $$
DECLARE
  nodes text;
BEGIN
  SELECT string_agg(t #>> '{}', E'\n') INTO nodes
  FROM jsonb_path_query(draft::jsonb, 'lax $.nodes[*]') node,
    LATERAL (
      SELECT jsonb_path_query(node, 'lax $.name') AS t
      UNION ALL SELECT jsonb_path_query(node, 'lax $.id')
      UNION ALL SELECT jsonb_path_query(node, 'lax $.notes')
      UNION ALL SELECT jsonb_path_query(node, 'strict $.config.**', '{}', true)
    ) texts
  WHERE jsonb_typeof(t) IN ('string', 'number');
  RETURN concat_ws(E'\n', name, slug, description, nodes);
EXCEPTION
  WHEN data_exception THEN RETURN concat_ws(E'\n', name, slug, description, draft::text);
END $$;

CREATE FUNCTION keep_workflow_content() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO workflow_search (workflow_id, workspace_id, content)
  VALUES (NEW.id, NEW.workspace_id, workflow_content(NEW.name, NEW.slug, NEW.description, NEW.draft))
  ON CONFLICT (workflow_id) DO UPDATE SET content = excluded.content WHERE workflow_search.content <> excluded.content;
  RETURN NULL;
END $$;
CREATE TRIGGER workflow_content AFTER INSERT OR UPDATE OF name, slug, description, draft ON workflow
  FOR EACH ROW EXECUTE FUNCTION keep_workflow_content();
INSERT INTO workflow_search (workflow_id, workspace_id, content)
  SELECT id, workspace_id, workflow_content(name, slug, description, draft) FROM workflow;

/* Workflows that hold every one of the patterns. It reads with the rights of its owner, because row-level security keeps the
   index from being used with ILIKE, and holds to the workspace of the transaction. */
CREATE FUNCTION search_workflows(patterns text[]) RETURNS SETOF uuid LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
  conditions text := '';
  pattern text;
BEGIN
  FOREACH pattern IN ARRAY patterns LOOP
    conditions := conditions || format(' AND content ILIKE %L', pattern);
  END LOOP;
  RETURN QUERY EXECUTE 'SELECT workflow_id FROM workflow_search WHERE workspace_id = $1' || conditions USING current_workspace_id();
END $$;

ALTER TABLE workflow_search ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON workflow_search USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

-- A link to look at a workflow, for signed-in people of the organization; only the hash of its token is stored.
CREATE TABLE "share_link" (
  "id" UUID NOT NULL,
  "workspace_id" UUID NOT NULL,
  "workflow_id" UUID NOT NULL,
  "token_hash" BYTEA NOT NULL,
  "note" TEXT NOT NULL DEFAULT '',
  "shows_runs" BOOLEAN NOT NULL DEFAULT false,
  "created_by_id" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "revoked_at" TIMESTAMPTZ(3),
  "last_viewed_at" TIMESTAMPTZ(3),
  CONSTRAINT "share_link_pkey" PRIMARY KEY ("id"),
  CONSTRAINT share_link_times_check CHECK (expires_at > created_at)
);
CREATE UNIQUE INDEX "share_link_token_hash_key" ON "share_link"("token_hash");
CREATE UNIQUE INDEX "share_link_id_workspace_id_key" ON "share_link"("id", "workspace_id");
CREATE INDEX "share_link_workflow_id_workspace_id_idx" ON "share_link"("workflow_id", "workspace_id");
ALTER TABLE "share_link" ADD CONSTRAINT "share_link_workflow_id_workspace_id_fkey"
  FOREIGN KEY ("workflow_id", "workspace_id") REFERENCES "workflow"("id", "workspace_id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE share_link ENABLE ROW LEVEL SECURITY;
CREATE POLICY tenant ON share_link USING (workspace_id = current_workspace_id()) WITH CHECK (workspace_id = current_workspace_id());

-- Only these colours have a look in light and dark.
ALTER TABLE tag ADD CONSTRAINT tag_color_check CHECK (color IN ('gray', 'red', 'orange', 'green', 'teal', 'blue', 'violet', 'pink'));
ALTER TABLE folder ADD CONSTRAINT folder_parent_check CHECK (parent_id <> id);
-- The things of a folder, a tag or a person of one kind.
CREATE INDEX "favorite_workspace_id_item_id_idx" ON "favorite"("workspace_id", "item_id");

SELECT grant_millrace_roles();
