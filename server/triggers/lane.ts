import type { NewEvent, RecordedEvent } from "@/server/triggers/new-event";
import { addRow, eventRowOf } from "@/server/triggers/record";

interface Queue {
  turn: Promise<unknown>;
  broken?: Error;
}

/**
 * Events of one sender, recorded in the order in which they were handed over, however long each takes to seal or to put away.
 * Those that come together still share a commit. When one cannot be recorded, none that waited behind it is.
 */
export class Lane {
  #queue: Queue = { turn: Promise.resolve() };

  store(event: NewEvent): Promise<RecordedEvent> {
    const queue = this.#queue;
    const row = eventRowOf(event);
    row.catch(() => {});
    const added = queue.turn.then(async () => {
      if (queue.broken !== undefined) throw new Error("an earlier event could not be recorded", { cause: queue.broken });
      const recorded = addRow(await row.catch((error: Error) => this.#break(queue, error)));
      recorded.catch((error: Error) => void this.#break(queue, error).catch(() => {}));
      // A promise within an object is not waited for: the next event may join the same commit.
      return { recorded };
    });
    queue.turn = added.catch(() => {});
    return added.then(({ recorded }) => recorded);
  }

  #break(queue: Queue, why: Error): Promise<never> {
    queue.broken ??= why;
    if (this.#queue === queue) this.#queue = { turn: Promise.resolve() };
    return Promise.reject(why);
  }
}
