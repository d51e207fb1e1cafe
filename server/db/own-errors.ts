/** On errors that connections to our own database gave. Sockets of others, whom steps and triggers talk to, fail with the same codes. */
const MARK = Symbol.for("millrace.ownDatabase");

/** Said where such an error arises: by the pool and its clients. It goes on being itself. */
export function markOwn<Failure>(error: Failure): Failure {
  if (error instanceof Error && !(MARK in error)) Object.defineProperty(error, MARK, { value: true });
  return error;
}

/** Prisma talks to no other database, and makes errors of its own of what the driver says. */
export function isOwn(error: Error): boolean {
  return MARK in error || error.name.startsWith("PrismaClient");
}
