/** What mails about signing in say. Plain text; what people typed stands in no line of its own. */
export interface MailText {
  subject: string;
  text: string;
}

const IGNORE = "If you did not ask for this, you can leave this mail alone: without the link nothing happens.";

const lines = (...paragraphs: readonly string[]) => `${paragraphs.join("\n\n")}\n`;

export function magicMail(link: string, minutes: number): MailText {
  return { subject: "Sign in to Millrace", text: lines("Sign in with this link. It works once, within " + `${minutes} minutes:`, link, IGNORE) };
}

export function resetMail(link: string, minutes: number): MailText {
  return { subject: "Choose a new password for Millrace", text: lines(`Choose a new password with this link. It works once, within ${minutes} minutes:`, link, IGNORE) };
}

export function oldAddressMail(link: string, newEmail: string): MailText {
  return {
    subject: "Your address at Millrace is to change",
    text: lines(`Your account is to use ${newEmail} from now on. Say yes from this mailbox:`, link, "The new mailbox is asked too. If this was not you, change your password: somebody else is signed in as you."),
  };
}

export function newAddressMail(link: string): MailText {
  return { subject: "Confirm your new address at Millrace", text: lines("Somebody wants to use this address for their account. If that is you, say yes:", link, IGNORE) };
}

export const NOTICES = {
  "password.changed": "Your password was changed.",
  "password.reset": "Your password was reset, and all your sessions were ended.",
  "email.changed": "The address of your account was changed.",
  "address.proven": "Your address was shown to be yours; what your account opened by before was removed. Choose a new password.",
  "totp.added": "An authenticator app was added to your account.",
  "factors.reset": "Your authenticator app and passkeys were removed from your account by somebody with access to the machine that Millrace runs on.",
  "totp.removed": "The authenticator app was removed from your account.",
  "passkey.added": "A passkey was added to your account.",
  "passkey.removed": "A passkey was removed from your account.",
  "recovery_code.used": "A recovery code was used to sign in to your account.",
  "account.linked": "An account elsewhere was linked to yours; it can sign you in.",
} as const satisfies Record<string, string>;
export type Notice = keyof typeof NOTICES;

/** What people hear who answer for an organization, by the first word of a notice; the others are whom or what it is about. */
const OF_ORGANIZATIONS: Readonly<Record<string, (about: string) => { subject: string; text: string; page: string }>> = {
  "member.cleared": (about) => ({
    subject: `${about} has taken their account over`,
    text: `Whoever has the mailbox ${about} has shown so, and what the account had opened by until then was removed: passwords, passkeys, tokens, sessions. If those were not set up by the same person, somebody else was in your organization under this name. Look at what the account has done in the audit log:`,
    page: "/organizations",
  }),
  "domain.missing": (about) => ({ subject: `The record that proves ${about} is gone`, text: `There is no TXT record any more by which ${about} counts as your organization's. Put it back: whoever has the domain can prove that by it.`, page: "/organizations" }),
  "certificate.expiring": (about) => ({ subject: `The last certificate of ${about} runs out soon`, text: `The last certificate by which ${about} signs people in to your organization runs out within a month. Put the provider's next one beside it: both hold until you take one out.`, page: "/organizations" }),
  "certificate.expired": (about) => ({ subject: `The last certificate of ${about} has run out`, text: `The last certificate by which ${about} signs people in to your organization has run out. Put the provider's present one in its place.`, page: "/organizations" }),
  "domain.lost": (about) => ({ subject: `${about} does not count as yours any more`, text: `The TXT record that proves ${about} has been missing for too long. Your provider signs in nobody with its addresses. Put it back and check it, or remove the domain.`, page: "/organizations" }),
};

/** Null: it is one about the reader's own account. */
export function organizationMail(detail: string, addressOf: (page: string) => string): MailText | null {
  const [kind = "", ...words] = detail.split(" ");
  const about = words.join(" ");
  const told = OF_ORGANIZATIONS[kind]?.(about);
  return told === undefined ? null : { subject: `Millrace: ${told.subject}`, text: lines(told.text, addressOf(told.page)) };
}

export function noticeMail(notice: Notice, securityLink: string): MailText {
  return { subject: `Millrace: ${NOTICES[notice].replace(/\.$/, "").toLowerCase()}`, text: lines(NOTICES[notice], "If this was you, there is nothing to do. If not, look here, and ask your administrator for help:", securityLink) };
}
