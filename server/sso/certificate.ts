import { X509Certificate } from "node:crypto";
import { DomainError } from "@/server/errors/domain-error";

const LINE_CHARACTERS = 64;

/** A certificate as PEM, from PEM or from the lines between its marks, which metadata holds alone. */
export function readCertificate(text: string, index = 0): string {
  const body = text.replace(/-----(?:BEGIN|END) CERTIFICATE-----/g, "").replace(/\s+/g, "");
  const pem = `-----BEGIN CERTIFICATE-----\n${body.match(new RegExp(`.{1,${LINE_CHARACTERS}}`, "g"))?.join("\n") ?? ""}\n-----END CERTIFICATE-----\n`;
  try {
    return new X509Certificate(pem) && pem;
  } catch (cause) {
    throw new DomainError("invalid_input", { field: `certificates.${index}`, reason: "is not an X.509 certificate in PEM" }, { cause });
  }
}

export function viewCertificate(pem: string) {
  const { subject, fingerprint256, validTo } = new X509Certificate(pem);
  const validUntil = new Date(validTo);
  return { pem, subject: subject?.replaceAll("\n", ", ") ?? "", fingerprint: fingerprint256, validUntil: validUntil.toISOString(), isExpired: validUntil < new Date() };
}
