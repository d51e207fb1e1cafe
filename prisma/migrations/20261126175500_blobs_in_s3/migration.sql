ALTER TABLE blob DROP CONSTRAINT blob_store_check, ADD CONSTRAINT blob_store_check CHECK (store IN ('postgres', 'file', 's3'));
