import fs from "node:fs";
import path from "node:path";
import { EmbeddedPostgresError } from "@/server/postgres/binaries";

/** How to run PostgreSQL's programs, which refuse to run as root. */
export interface ServerAccount {
  readonly uid?: number;
  readonly gid?: number;
  /** Words put before the command and its arguments. */
  readonly prefix: readonly string[];
}

const ACCOUNTS_IN_ORDER = ["postgres", "_postgres", "nobody"];
const SETPRIV_PATHS = ["/usr/bin/setpriv", "/bin/setpriv"];

export function chooseServerAccount(clusterFolder: string, programs: readonly string[]): ServerAccount {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const { uid, gid } = ownerOf(clusterFolder) ?? unprivilegedAccount();
  const blocked = [clusterFolder, ...programs].map((file) => blockingFolder(file, uid, gid)).find(Boolean);
  if (!blocked) return { uid, gid, prefix: [] };
  return { uid, gid, prefix: prefixPastPermissions(blocked, uid, gid) };
}

function ownerOf(folder: string): { uid: number; gid: number } | undefined {
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  return stat && stat.uid !== 0 ? { uid: stat.uid, gid: stat.gid } : undefined;
}

function unprivilegedAccount(): { uid: number; gid: number } {
  const accounts = new Map(
    fs
      .readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .map((line) => line.split(":"))
      .map(([name = "", , uid, gid]) => [name, { uid: Number(uid), gid: Number(gid) }]),
  );
  for (const name of ACCOUNTS_IN_ORDER) {
    const account = accounts.get(name);
    if (account && account.uid > 0) return account;
  }
  throw new EmbeddedPostgresError(
    "PostgreSQL refuses to run as root and there is no account postgres or nobody to run it as. " +
      "Start as a normal user, or set DATABASE_URL.",
  );
}

/** The first folder above `file` that the account may not pass through; such as /root with mode 0700. */
export function blockingFolder(file: string, uid: number, gid: number): string | undefined {
  const folders: string[] = [];
  for (let folder = path.dirname(path.resolve(file)); ; folder = path.dirname(folder)) {
    folders.unshift(folder);
    if (folder === path.dirname(folder)) break;
  }
  return folders.find((folder) => {
    const stat = fs.statSync(folder, { throwIfNoEntry: false });
    if (!stat) return false;
    const shift = stat.uid === uid ? 6 : stat.gid === gid ? 3 : 0;
    return ((stat.mode >> shift) & 0o1) === 0;
  });
}

/**
 * Modes of folders that are not ours stay as they are. The server gets the right to pass through them instead,
 * as an ambient capability; its user id is still an unprivileged one.
 */
function prefixPastPermissions(blocked: string, uid: number, gid: number): string[] {
  const setpriv = SETPRIV_PATHS.find((file) => fs.existsSync(file));
  if (!setpriv) {
    throw new EmbeddedPostgresError(
      `PostgreSQL refuses to run as root, and the account it would run as may not enter ${blocked}. ` +
        `Either run "chmod o+x ${blocked}", or set MILLRACE_DATA_DIR to a folder elsewhere, or start as a normal user.`,
    );
  }
  const capability = "+dac_override";
  return [
    setpriv,
    `--reuid=${uid}`,
    `--regid=${gid}`,
    "--clear-groups",
    `--inh-caps=${capability}`,
    `--ambient-caps=${capability}`,
    "--",
  ];
}
