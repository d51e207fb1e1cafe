declare module "snappyjs" {
  export function uncompress(bytes: Buffer, maxLength?: number): Buffer;
  export function compress(bytes: Buffer): Buffer;
}

declare module "lz4js" {
  /** Upper bound of what the frame becomes. */
  export function decompressBound(frame: Uint8Array): number;
  /** How much it was, whether or not it had room. */
  export function decompressFrame(frame: Uint8Array, into: Uint8Array): number;
  export function compress(bytes: Uint8Array): Uint8Array;
}
