-- When the address of an account was shown to be its holder's: by its organization's provider, or by a link that only went to the mailbox.
-- An account that somebody else made for an address is not adopted by an organization of that address. Those of before are trusted.
ALTER TABLE user_account ADD COLUMN email_proven_at TIMESTAMPTZ(3);
UPDATE user_account SET email_proven_at = created_at;
