import { expect, it, vi } from "vitest";
import { rightsWatch } from "./rights-watch";

/** Answers what it is told to, when it is told to. */
function askedPerson() {
  const open: { resolve: (allowed: boolean) => void; reject: (error: Error) => void }[] = [];
  const end = vi.fn();
  const mayListen = vi.fn(() => new Promise<boolean>((resolve, reject) => open.push({ resolve, reject })));
  const watch = rightsWatch(mayListen, end);
  const answer = async (allowed: boolean | "unknown") => {
    const asked = open.shift()!;
    if (allowed === "unknown") asked.reject(new Error("the database is away"));
    else asked.resolve(allowed);
    await new Promise(setImmediate);
  };
  const look = async (allowed: boolean | "unknown") => (watch.tick(), answer(allowed));
  return { watch, end, mayListen, answer, look };
}

it("ends when somebody may not listen any more", async () => {
  const { look, end } = askedPerson();
  await look(true);
  expect(end).not.toHaveBeenCalled();
  await look(false);
  expect(end).toHaveBeenCalled();
});

it("outlives one look without an answer, and ends at the second in a row", async () => {
  const { look, end } = askedPerson();
  await look("unknown");
  await look(true);
  await look("unknown");
  expect(end).not.toHaveBeenCalled();
  await look("unknown");
  expect(end).toHaveBeenCalledOnce();
});

it("takes a look that is never answered for one without an answer", async () => {
  const { watch, end, mayListen } = askedPerson();
  watch.tick();
  watch.tick();
  expect(end).not.toHaveBeenCalled();
  watch.tick();
  expect(end).toHaveBeenCalledOnce();
  expect(mayListen).toHaveBeenCalledOnce();
});

it("counts a look once that takes long and then fails", async () => {
  const { watch, answer, look, end } = askedPerson();
  watch.tick();
  watch.tick();
  await answer("unknown");
  expect(end).not.toHaveBeenCalled();
  await look("unknown");
  expect(end).toHaveBeenCalledOnce();
});

it("looks again when rights change under a look, and once for several changes", async () => {
  const { watch, answer, end, mayListen } = askedPerson();
  watch.changed();
  watch.changed();
  watch.changed();
  expect(mayListen).toHaveBeenCalledTimes(1);
  await answer(true);
  expect(mayListen).toHaveBeenCalledTimes(2);
  await answer(false);
  expect(end).toHaveBeenCalledOnce();
});
