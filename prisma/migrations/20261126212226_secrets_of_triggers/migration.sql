-- Whoever set a trigger without the right to use secrets of the workspace may have those of one folder: the secret that the trigger
-- names has to lie there, whatever else of that name it could see. NULL: wherever its workflow finds it.
ALTER TABLE trigger ADD COLUMN secret_folder_id UUID;
