-- Until now an archived workflow was passed over where another had its name: those calls go on to the one that took its place.
UPDATE workflow a SET named_at = l.named_at + interval '1 millisecond'
FROM (SELECT workspace_id, name, max(named_at) AS named_at FROM workflow WHERE archived_at IS NULL AND deleted_at IS NULL AND kind <> 'module' GROUP BY workspace_id, name) l
WHERE a.archived_at IS NOT NULL AND a.deleted_at IS NULL AND a.workspace_id = l.workspace_id AND a.name = l.name AND a.named_at <= l.named_at;
UPDATE workflow a SET slug = left(a.slug, 50) || '-' || right(a.id::text, 12)
WHERE a.archived_at IS NOT NULL AND a.deleted_at IS NULL AND a.kind <> 'module'
  AND EXISTS (SELECT FROM workflow l WHERE l.workspace_id = a.workspace_id AND l.name = a.slug AND l.id <> a.id AND l.archived_at IS NULL AND l.deleted_at IS NULL AND l.kind <> 'module');
