import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import path from "node:path";
import { inflateRawSync } from "node:zlib";

interface Samlp {
  getSamlResponse(options: Record<string, unknown>, user: Record<string, unknown>, answer: (error: Error | null, xml: string) => void): void;
}
/** The package brings no types. */
const samlp = createRequire(import.meta.url)("samlp") as Samlp;

export interface Keys {
  key: string;
  cert: string;
}

export function newSamlKeys(): Keys {
  const folder = mkdtempSync(path.join(tmpdir(), "millrace-saml-"));
  try {
    const [key, cert] = [path.join(folder, "key.pem"), path.join(folder, "cert.pem")];
    execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=idp.example.com", "-keyout", key, "-out", cert], { stdio: "ignore" });
    return { key: readFileSync(key, "utf8"), cert: readFileSync(cert, "utf8") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

export interface SamlAnswerOptions {
  keys: Keys;
  issuer: string;
  audience: string;
  recipient: string;
  inResponseTo?: string | undefined;
  lifetimeInSeconds?: number;
  signAssertion?: boolean;
  signResponse?: boolean;
  signatureAlgorithm?: "rsa-sha1";
  digestAlgorithm?: "sha1";
}

/** What a real SAML provider answers about a person, as XML. */
export function answerAbout(user: { id: string; email: string; name?: string; groups?: string[] }, { keys, ...options }: SamlAnswerOptions): Promise<string> {
  const claims = { "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress": user.email, displayName: user.name ?? user.email, groups: user.groups ?? [] };
  const profileMapper = () => ({ getClaims: () => claims, getNameIdentifier: () => ({ nameIdentifier: user.id, nameIdentifierFormat: "urn:oasis:names:tc:SAML:2.0:nameid-format:persistent" }) });
  const all = { ...keys, signatureAlgorithm: "rsa-sha256", digestAlgorithm: "sha256", lifetimeInSeconds: 300, destination: options.recipient, profileMapper, ...options };
  return new Promise((done, refuse) => samlp.getSamlResponse(all, user, (error, xml) => (error ? refuse(error) : done(String(xml)))));
}

/** The id of the request in an address that a browser was sent to. */
export function requestIdOf(url: URL): string {
  const xml = inflateRawSync(Buffer.from(url.searchParams.get("SAMLRequest")!, "base64")).toString();
  return /\bID="([^"]+)"/.exec(xml)![1]!;
}

export const formOf = (xml: string, relayState: string): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/x-www-form-urlencoded" },
  body: new URLSearchParams({ SAMLResponse: Buffer.from(xml).toString("base64"), RelayState: relayState }).toString(),
});

