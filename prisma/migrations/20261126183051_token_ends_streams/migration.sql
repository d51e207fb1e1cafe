-- Streams that were opened with a token end when it is revoked or its service account is switched off.
CREATE TRIGGER access_changed AFTER UPDATE OF revoked_at OR DELETE ON api_token FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
CREATE TRIGGER access_changed AFTER UPDATE OF disabled_at, role, custom_role_id OR DELETE ON service_account FOR EACH ROW EXECUTE FUNCTION tell_access_changed();
