interface Waiting<Item, Answer> {
  item: Item;
  resolve: (answer: Answer) => void;
  reject: (reason: unknown) => void;
}

/** Items that come while one batch is on its way share the next: one commit for many senders. */
export class Batcher<Item, Answer> {
  #waiting: Waiting<Item, Answer>[] = [];
  #busy = false;

  /** Answers in the order of the items. */
  constructor(
    private readonly limit: number,
    private readonly work: (items: Item[]) => Promise<Answer[]>,
  ) {}

  add(item: Item): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ item, resolve, reject });
      if (this.#busy) return;
      this.#busy = true;
      setImmediate(() => void this.#run());
    });
  }

  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, this.limit);
      try {
        await this.#attempt(batch);
      } catch (error) {
        // One bad item must not refuse the others.
        if (batch.length === 1) batch[0]?.reject(error);
        else for (const one of batch) await this.#attempt([one]).catch(one.reject);
      }
    }
    this.#busy = false;
  }

  async #attempt(batch: Waiting<Item, Answer>[]): Promise<void> {
    const answers = await this.work(batch.map(({ item }) => item));
    for (const [index, { resolve }] of batch.entries()) resolve(answers[index]!);
  }
}
