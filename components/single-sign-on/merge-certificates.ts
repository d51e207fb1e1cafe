interface Certificate {
  pem: string;
  fingerprint: string;
  isExpired: boolean;
}

const MAX_CERTIFICATES = 5;

/** Those of the provider first; then those that were here and are not over, so that a change of certificates has no gap. */
export function mergeCertificates(read: readonly Certificate[], present: readonly Certificate[]): { pems: string[]; added: number } {
  const known = new Set(read.map(({ fingerprint }) => fingerprint));
  const still = present.filter(({ fingerprint, isExpired }) => !known.has(fingerprint) && !isExpired);
  return { pems: [...read, ...still].slice(0, MAX_CERTIFICATES).map(({ pem }) => pem.trim()), added: Math.min(read.length, MAX_CERTIFICATES) };
}
