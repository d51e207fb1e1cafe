/**
 * The one spelling of an e-mail address, or null if it has none that is safe to compare: letters that only look like others
 * (another alphabet before the @) would make two people of one, or one of two. Names of hosts become what DNS calls them.
 */
export function normalizeEmail(text: string): string | null {
  const plain = text.normalize("NFKC").trim();
  const at = plain.lastIndexOf("@");
  const [local, host] = [plain.slice(0, at).toLowerCase(), plain.slice(at + 1)];
  if (at < 1 || !/^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+$/.test(local) || local.startsWith(".") || local.endsWith(".") || local.includes("..")) return null;
  const name = hostNameOf(host);
  return name === null ? null : `${local}@${name}`;
}

function hostNameOf(host: string): string | null {
  if (host === "" || /[\s/:@?#\\[\]%]/.test(host)) return null;
  try {
    const { hostname } = new URL(`http://${host}`);
    return /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(hostname) && !/^[\d.]+$/.test(hostname) ? hostname : null;
  } catch {
    return null;
  }
}
