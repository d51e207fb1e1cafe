-- What a person answered, newest first: a page of the inbox of approvals.
CREATE INDEX wait_response_answered_idx ON wait_response (workspace_id, user_id, answered_at DESC, id DESC) WHERE user_id IS NOT NULL;
