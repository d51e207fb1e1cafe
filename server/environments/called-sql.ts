const ID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";

/**
 * SQL: the workflow that `ref`, a parameter, calls: by its id, else its slug, else its name. Of several with one name it is the one that
 * has had it longest, and one that is archived keeps what it is called by: nobody takes a call over by a name, new or changed. What reads as an
 * id is one only, also of what is gone. `$1` is the workspace.
 */
export const calledBy = (ref: string) => `(
  SELECT id, name, published_version_id, archived_at FROM workflow
  WHERE workspace_id = $1 AND kind <> 'module' AND deleted_at IS NULL
    AND (id::text = lower(${ref}) OR (${ref} !~* '${ID}' AND (slug = ${ref} OR name = ${ref})))
  ORDER BY id::text = lower(${ref}) DESC, slug = ${ref} DESC, named_at, created_at, id LIMIT 1)`;
