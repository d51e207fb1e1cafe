declare module "mailauth" {
  interface Status {
    result: string;
    comment?: string;
  }
  interface Options {
    sender?: string;
    ip?: string;
    helo?: string;
    mta?: string;
    disableArc?: boolean;
    disableBimi?: boolean;
    resolver?: (name: string, type: string) => Promise<unknown>;
  }
  interface Authentication {
    spf: false | { domain: string; status: Status };
    dkim: { results?: { signingDomain?: string; selector?: string; status: Status & { aligned?: string | false } }[] };
    dmarc: false | { domain?: string; policy?: string; status: Status };
  }
  export function authenticate(message: Buffer, options: Options): Promise<Authentication>;
}
