/** A key that data keys are wrapped with. Its id tells keys apart without giving them away. */
export interface MasterKey {
  readonly id: string;
  readonly key: Uint8Array;
}

/** Where a master key comes from. What a source answers is kept in memory only. */
export interface MasterKeySource {
  read(): Promise<Uint8Array>;
}

export const MASTER_KEY_BYTES = 32;

export class MasterKeyUnreadable extends Error {
  constructor(what: string, options?: { cause?: unknown }) {
    super(`The master key cannot be read: ${what}`, options);
    this.name = "MasterKeyUnreadable";
  }
}
