import { createHash } from "node:crypto";
import fs from "node:fs";
import { env } from "@/server/env";
import { MASTER_KEY_BYTES, type MasterKey, MasterKeyUnreadable } from "./port";
import { isRemote, plainKey, remoteSource } from "./reference";

/** One key seals; all of them open what was sealed under them. */
interface Ring {
  readonly present: MasterKey;
  readonly byId: ReadonlyMap<string, MasterKey>;
  /** Of the file that it was read from. */
  readonly changedAt: number | null;
}

export class MasterKeyMismatch extends Error {
  constructor(needed: string, present: readonly string[]) {
    super(`This was sealed under the master key ${needed}, and this process has ${present.join(", ")} (fingerprints). Give the other one in MILLRACE_MASTER_KEY_PREVIOUS.`);
    this.name = "MasterKeyMismatch";
  }
}

/** Why a changed file does not count yet; looked at again from `againAt` on. */
interface Pending {
  problem: string;
  againAt: number;
}

const AGAIN_AFTER_MS = 1_000;

// A built server has this module twice: for the pages and for what is answered before them.
const holder = globalThis as typeof globalThis & { millraceMasterKeys?: { ring?: Ring | undefined; opened: Map<string, Uint8Array>; pending?: Pending | undefined; isOpening?: boolean } };
const keys: NonNullable<typeof holder.millraceMasterKeys> = (holder.millraceMasterKeys ??= { opened: new Map() });

export function masterKeyFingerprint(masterKey: Uint8Array): string {
  return createHash("sha256").update("millrace master key\n").update(masterKey).digest("hex").slice(0, 16);
}

/** For the start of a process: asks a KMS for the keys that it keeps. Without one there is nothing to wait for. */
export async function openMasterKeys(): Promise<void> {
  await openRemoteKeys();
  taken(readRing());
}

async function openRemoteKeys(): Promise<void> {
  for (const reference of references().filter((one) => isRemote(one) && !keys.opened.has(one))) {
    const key = await remoteSource(reference).read();
    if (key.length !== MASTER_KEY_BYTES) throw new MasterKeyUnreadable(`a KMS gave ${key.length} bytes instead of ${MASTER_KEY_BYTES}`);
    keys.opened.set(reference, key);
  }
}

function taken(ring: Ring): Ring {
  keys.pending = undefined;
  return (keys.ring = ring);
}

/** The key that seals. */
export function presentMasterKey(): MasterKey {
  return currentRing().present;
}

export function masterKeyOf(id: string): MasterKey {
  const { byId } = currentRing();
  const key = byId.get(id);
  if (key === undefined) throw new MasterKeyMismatch(id, [...byId.keys()]);
  return key;
}

export function masterKeyIds(): string[] {
  return [...currentRing().byId.keys()];
}

/** For tests, which change the environment. */
export function forgetMasterKeys(): void {
  keys.ring = undefined;
  keys.pending = undefined;
}

/** Why the file as it is now does not count yet; null: it does. */
export function masterKeyProblem(): string | null {
  currentRing();
  return keys.pending?.problem ?? null;
}

/**
 * A file that changed counts at once, so that the key is changed without a restart. One that cannot be used yet, because it is half
 * written or a KMS has still to be asked, takes nothing away: the ring that is there goes on until the new one is open.
 */
function currentRing(): Ring {
  const file = env.MILLRACE_MASTER_KEY_FILE;
  const { ring, pending } = keys;
  if (ring === undefined) return taken(readRing());
  if (file === undefined || fileChangedAt(file) === ring.changedAt || (pending !== undefined && Date.now() < pending.againAt)) return ring;
  try {
    return taken(readRing());
  } catch (error) {
    keys.pending = { problem: (error as Error).message, againAt: Date.now() + AGAIN_AFTER_MS };
    openInBackground();
    return ring;
  }
}

/** The next look finds what is open by then. */
function openInBackground(): void {
  if (keys.isOpening) return;
  keys.isOpening = true;
  const told = (next: { problem?: string; againAt: number }) => {
    keys.isOpening = false;
    // Meanwhile the file may have become what is in use.
    keys.pending &&= { ...keys.pending, ...next };
  };
  void openRemoteKeys().then(
    () => told({ againAt: 0 }),
    (error: unknown) => told({ problem: error instanceof Error ? error.message : String(error), againAt: Date.now() + AGAIN_AFTER_MS }),
  );
}

function readRing(): Ring {
  const changedAt = env.MILLRACE_MASTER_KEY_FILE === undefined ? null : fileChangedAt(env.MILLRACE_MASTER_KEY_FILE);
  const found = references().map((reference): MasterKey => {
    const key = isRemote(reference) ? keys.opened.get(reference) : plainKey(reference);
    if (key === undefined) throw new MasterKeyUnreadable("a KMS keeps it, and has not been asked yet");
    return { id: masterKeyFingerprint(key), key };
  });
  const [present] = found;
  if (present === undefined) throw new MasterKeyUnreadable(`${env.MILLRACE_MASTER_KEY_FILE ?? "MILLRACE_MASTER_KEY"} holds none`);
  return { present, byId: new Map(found.map((one) => [one.id, one])), changedAt };
}

function references(): string[] {
  const file = env.MILLRACE_MASTER_KEY_FILE;
  if (file === undefined) return [env.MILLRACE_MASTER_KEY ?? [], env.MILLRACE_MASTER_KEY_PREVIOUS].flat();
  try {
    return fs.readFileSync(file, "utf8").split(/\s+/).filter((line) => line !== "");
  } catch (cause) {
    throw new MasterKeyUnreadable(`${file}: ${(cause as Error).message}`, { cause });
  }
}

function fileChangedAt(file: string): number {
  return fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
