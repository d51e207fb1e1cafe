/** An answer of the SMTP server other than 250. */
export class MailReply extends Error {
  constructor(
    readonly responseCode: number,
    message: string,
  ) {
    super(message);
  }
}

/** The same for an address that never was and for one that takes nothing at present. */
export const noSuchAddress = () => new MailReply(550, "There is nobody at this address");
export const tooLarge = (limitKb: number) => new MailReply(552, `The mail is larger than ${limitKb} KB`);
/** The sending server tries again. */
export const putOff = (why: string) => new MailReply(451, why);
export const unreadable = () => new MailReply(554, "The mail cannot be read");
