import fs from "node:fs";

/** A file, or the names in a folder: what was written is there after a power cut too. */
export function syncToDisk(place: string): void {
  const handle = fs.openSync(place, "r");
  try {
    fs.fsyncSync(handle);
  } finally {
    fs.closeSync(handle);
  }
}
