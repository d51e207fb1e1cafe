/**
 * SQL: the workflow that `ref`, a parameter, calls: by its id, else its slug, else its name. Of several with one name it is the one that
 * has had it longest, and one that is archived keeps what it is called by: nobody takes a call over by a name, new or changed.
 * `$1` is the workspace.
 */
export const calledBy = (ref: string) => `(
  SELECT id, name, published_version_id, archived_at FROM workflow
  WHERE workspace_id = $1 AND kind <> 'module' AND deleted_at IS NULL AND (id::text = lower(${ref}) OR slug = ${ref} OR name = ${ref})
  ORDER BY id::text = lower(${ref}) DESC, slug = ${ref} DESC, named_at, created_at, id LIMIT 1)`;
