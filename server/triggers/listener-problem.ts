const HUNG_UP = /ECONNRESET|EPIPE|closed|hang up/i;

/** Why a listener does not listen. A server that refuses a certificate may have hung up before it is heard why. */
export function problemOf(error: unknown, config: Readonly<Record<string, unknown>>, hasListened: boolean): string {
  const message = error instanceof Error ? error.message : String(error);
  if (config.tls !== true || hasListened || !HUNG_UP.test(message)) return message;
  const shown = config.certificateSecret === undefined ? "that asks for a certificate does so when it is shown none" : "does so when it does not accept the certificate that it is shown";
  return `The server ended the encrypted connection before it answered (${message}); one ${shown}.`;
}
