/** SQL: the version of the workflow `w` that an environment has; of null, the published one. `environment`: an SQL expression of ours. */
export const VERSION_IN = (environment: string) =>
  `CASE WHEN ${environment}::uuid IS NULL THEN w.published_version_id ELSE (SELECT d.version_id FROM deployment d WHERE d.workflow_id = w.id AND d.environment_id = ${environment}::uuid AND d.replaced_at IS NULL) END`;
