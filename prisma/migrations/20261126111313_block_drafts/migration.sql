-- The draft under which a block's next version is made is a workflow that no list of workflows shows.
ALTER TABLE workflow DROP CONSTRAINT workflow_kind_check;
ALTER TABLE workflow ADD CONSTRAINT workflow_kind_check CHECK (kind IN ('flow', 'script', 'app', 'sync', 'dataset', 'mirror', 'agent', 'module'));
