import { EventEmitter } from "node:events";
import type pg from "pg";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { WalStream } from "./stream";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A connection whose other side is played by the test. */
function open() {
  let isPaused = false;
  const stream = { bytesRead: 0, pause: () => (isPaused = true), resume: () => (isPaused = false), isPaused: () => isPaused };
  const sent: Buffer[] = [];
  const connection = Object.assign(new EventEmitter(), { stream, sendCopyFromChunk: (chunk: Buffer) => sent.push(chunk) });
  const wal = new WalStream(Object.assign(new EventEmitter(), { connection }) as unknown as pg.Client);
  const row = (bytes: number) => connection.emit("copyData", { chunk: Buffer.concat([Buffer.from("w"), Buffer.alloc(24), Buffer.alloc(bytes)]) });
  return { wal, stream, sent, row };
}

it("ends when the server says nothing any more, though it was asked to", async () => {
  const { wal, stream, sent } = open();
  const next = wal.next();
  const failed = expect(next).rejects.toThrow("has said nothing for 60 s");
  for (let n = 0; n < 20; n++) {
    // Parts of one large row.
    stream.bytesRead += 100;
    await vi.advanceTimersByTimeAsync(10_000);
  }
  expect(sent.map((status) => status[33])).toEqual(Array(20).fill(1));
  await vi.advanceTimersByTimeAsync(70_000);
  await failed;
});

it("does not take its own pause for silence, and reads no more than it can hold", async () => {
  const { wal, stream, row } = open();
  for (let n = 0; n < 9; n++) row(2 * 1_048_576);
  expect(stream.isPaused()).toBe(true);
  await vi.advanceTimersByTimeAsync(600_000);
  for (let n = 0; n < 6; n++) await wal.next();
  expect(stream.isPaused()).toBe(true);
  for (let n = 0; n < 2; n++) await wal.next();
  expect(stream.isPaused()).toBe(false);
  wal.end(new Error("over"));
});
